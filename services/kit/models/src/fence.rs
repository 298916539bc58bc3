//! Data in a prompt, between fences.
//!
//! What comes out of files stands between fences whose name nobody knows who wrote the file, as JSON in which no text
//! can end the fence: `<` and what changes the direction of writing are escaped.

/// The name of the fences in one conversation: the end of the answer's id, which no file can know.
#[must_use]
pub fn name(id: &str) -> String {
    let tail: Vec<char> = id.chars().filter(char::is_ascii_alphanumeric).collect();
    let from = tail.len().saturating_sub(12);
    tail.into_iter().skip(from).collect()
}

/// Some JSON between fences.
#[must_use]
pub fn fenced(fence: &str, data: &serde_json::Value) -> String {
    let mut text = String::new();
    for character in data.to_string().chars() {
        match character {
            '<'
            | '>'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => text.push(other),
        }
    }
    format!("<data-{fence}>\n{text}\n</data-{fence}>")
}
