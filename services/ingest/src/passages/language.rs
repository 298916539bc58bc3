//! The language of a text: Chinese, English, or another one.

use schemas::Language;
use schemas::document::{Block, BlockContent};
use whatlang::{Lang, Script};

/// Letters of a text that is too short for statistics.
const SHORT: usize = 40;
/// Bytes of a document that are looked at.
const SAMPLE: usize = 40_000;

/// Whether a text is too short to tell its language alone.
pub(crate) fn is_short(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() < SHORT
}

/// The language of most of a text; none: another one, or none that can be told.
pub(crate) fn of(text: &str) -> Option<Language> {
    let (mut han, mut kana, mut others, mut ascii) = (0usize, 0usize, 0usize, 0usize);
    for letter in text.chars() {
        match letter {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' => han += 1,
            letter if letter.is_ascii_alphabetic() => ascii += 1,
            letter if letter.is_alphabetic() => others += 1,
            _ => {}
        }
    }
    // A Chinese letter says about as much as three others.
    if han * 3 > ascii.max(others) {
        return (kana * 10 < han).then_some(Language::Zh);
    }
    if ascii <= others * 4 || ascii == 0 {
        return None;
    }
    match whatlang::detect(text) {
        Some(found) if found.lang() == Lang::Eng => Some(Language::En),
        // Names and codes are of any language.
        Some(found) if found.script() == Script::Latin && found.is_reliable() && !is_short(text) => None,
        _ if others == 0 => Some(Language::En),
        _ => None,
    }
}

/// The language of most of a document.
pub(crate) fn of_blocks(blocks: &[Block]) -> Option<Language> {
    let mut sample = String::new();
    for block in blocks {
        match &block.content {
            BlockContent::Heading { text, .. } | BlockContent::Text { text } => sample.push_str(text),
            BlockContent::Table { header, rows, .. } => {
                for cell in header.iter().chain(rows.iter().take(20).flatten()) {
                    sample.push_str(cell);
                    sample.push(' ');
                }
            }
        }
        sample.push('\n');
        if sample.len() > SAMPLE {
            break;
        }
    }
    of(&sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told() {
        for (text, expect) in [
            (
                "二号航站楼国内出发，CA1234 航班的登机口是 A12。",
                Some(Language::Zh),
            ),
            (
                "The lounge on the second floor is open until the last departure.",
                Some(Language::En),
            ),
            ("Gate A12", Some(Language::En)),
            ("ターミナルの営業時間は午前五時からです。", None),
            (
                "Der Flughafen ist von fünf Uhr morgens bis zum letzten Abflug geöffnet, auch an Feiertagen.",
                None,
            ),
            ("صالة المغادرة مفتوحة", None),
            ("12345", None),
            ("", None),
        ] {
            assert_eq!(of(text), expect, "{text}");
        }
    }
}
