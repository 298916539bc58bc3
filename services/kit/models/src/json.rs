//! JSON out of replies that have more in them, or not quite JSON: thoughts before it, a fence around it, comments,
//! trailing commas, single or Chinese quotation marks, line breaks in texts, `True` and `None`. Nothing is made up: a
//! reply that breaks off is none.

use serde_json::Value;

/// Braces of one reply that are looked at.
const BRACES: usize = 500;

/// A reply without an object in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no JSON object in the reply: {reason}")]
pub struct NotJson {
    /// What the parser said of the longest candidate.
    pub reason: String,
}

/// The JSON object in a reply: the longest one that stands on its own.
///
/// # Errors
/// [`NotJson`] when there is none.
pub fn read(reply: &str) -> Result<Value, NotJson> {
    // Thoughts end with this tag, whether the server left the first one in or not.
    let said = reply
        .rsplit_once("</think>")
        .map_or(reply, |(_, said)| said)
        .trim();
    if let Ok(value @ Value::Object(_)) = serde_json::from_str(said) {
        return Ok(value);
    }
    let mut found: Vec<&str> = objects(said);
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.len()));
    let mut reason = None;
    for candidate in found {
        let mended = || serde_json::from_str(&mend(candidate));
        match serde_json::from_str(candidate).or_else(|_: serde_json::Error| mended()) {
            Ok(value) => return Ok(value),
            Err(error) => reason = reason.or(Some(error.to_string())),
        }
    }
    let reason = reason.unwrap_or_else(|| "no brace opens and closes again".to_owned());
    Err(NotJson { reason })
}

/// The stretches from an opening brace to the one that closes it, none within another.
fn objects(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    for _ in 0..BRACES {
        let Some(at) = text.get(from..).and_then(|rest| rest.find('{')) else {
            break;
        };
        let start = from + at;
        match text.get(start..).and_then(closing) {
            Some(length) => {
                found.extend(text.get(start..start + length));
                from = start + length;
            }
            None => from = start + 1,
        }
    }
    found
}

/// The length of the object at the start of a text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut state = State::default();
    for (at, character) in text.char_indices() {
        if !state.outside(character) {
            continue;
        }
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + character.len_utf8());
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a character is of a string, or of what is around strings.
#[derive(Debug, Default)]
struct State {
    /// What ends the string.
    until: Option<char>,
    escaped: bool,
    /// The last character around strings that is no blank.
    before: Option<char>,
}

impl State {
    /// Takes the next character; whether it stands outside of strings, their quotation marks not counted.
    fn outside(&mut self, character: char) -> bool {
        if let Some(end) = self.until {
            if self.escaped {
                self.escaped = false;
            } else if character == '\\' {
                self.escaped = true;
            } else if character == end {
                self.until = None;
                self.before = Some('"');
            }
            return false;
        }
        // An apostrophe elsewhere is none of JSON, and no quotation mark either.
        let may_begin = matches!(self.before, Some('{' | '[' | ',' | ':' | '，' | '：'));
        self.until = match character {
            '"' => Some('"'),
            '\'' if may_begin => Some('\''),
            '“' if may_begin => Some('”'),
            _ => None,
        };
        if !character.is_whitespace() {
            self.before = Some(character);
        }
        self.until.is_none()
    }
}

/// What was not quite JSON, as JSON.
fn mend(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut state = State::default();
    let mut rest = text.chars().peekable();
    let mut word = String::new();
    while let Some(character) = rest.next() {
        let (was_within, was_escaped) = (state.until.is_some(), state.escaped);
        let outside = state.outside(character);
        if outside && character == '/' && matches!(rest.peek(), Some('/' | '*')) {
            skip_comment(&mut rest);
            continue;
        }
        if outside && character.is_alphanumeric() {
            word.push(character);
            continue;
        }
        push_word(&mut out, &mut word);
        let (opens, closes) = (!was_within && !outside, was_within && state.until.is_none());
        if opens || closes {
            out.push('"');
        } else if was_within {
            push_within(&mut out, character, was_escaped);
        } else {
            push_outside(&mut out, character);
        }
    }
    push_word(&mut out, &mut word);
    out
}

fn skip_comment(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if rest.next() == Some('/') {
        while rest.peek().is_some_and(|character| *character != '\n') {
            rest.next();
        }
        return;
    }
    let mut last = ' ';
    for character in rest.by_ref() {
        if last == '*' && character == '/' {
            return;
        }
        last = character;
    }
}

fn push_word(out: &mut String, word: &mut String) {
    out.push_str(match word.as_str() {
        "True" => "true",
        "False" => "false",
        "None" | "NaN" | "undefined" => "null",
        other => other,
    });
    word.clear();
}

/// A character of a string whose quotation marks have become double ones.
fn push_within(out: &mut String, character: char, was_escaped: bool) {
    match character {
        // Only single quotation marks are escaped that JSON leaves alone.
        '\'' if was_escaped => {
            out.pop();
            out.push('\'');
        }
        '"' if !was_escaped => out.push_str("\\\""),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        other => out.push(other),
    }
}

fn push_outside(out: &mut String, character: char) {
    match character {
        '}' | ']' => {
            let kept = out.trim_end().trim_end_matches(',').len();
            out.truncate(kept);
            out.push(character);
        }
        '，' => out.push(','),
        '：' => out.push(':'),
        other => out.push(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_found_wherever_it_stands() {
        let expected = json!({ "a": 1, "b": ["x", null] });
        for reply in [
            r#"{"a": 1, "b": ["x", null]}"#,
            "<think>Perhaps {\"a\": 2}? No.</think>\n{\"a\": 1, \"b\": [\"x\", null]}",
            "no first tag, {} </think>{\"a\": 1, \"b\": [\"x\", null]}",
            "Here it is:\n```json\n{\"a\": 1, \"b\": [\"x\", null]}\n```\nIt's done {really}.",
            "{'a': 1, 'b': ['x', None,],}",
            "{“a”：1，“b”：[“x”，null]}",
            "{\"a\": 1, // the first\n \"b\": [\"x\", /* none */ null]}",
            "{\"c\": 3} is less than {\"a\": 1, \"b\": [\"x\", null]}",
        ] {
            assert_eq!(read(reply).as_ref(), Ok(&expected), "{reply}");
        }
    }

    #[test]
    fn texts_stay_as_they_are() {
        for (reply, text) in [
            (r#"{"t": "a // b, } ] 'c' “d” True"}"#, "a // b, } ] 'c' “d” True"),
            ("{\"t\": \"two\nlines\", }", "two\nlines"),
            (r#"{'t': 'it\'s "so"'}"#, "it's \"so\""),
            (r#"{"t": "quoted \" and \\",}"#, "quoted \" and \\"),
            ("{\"t\": \"列，名：值\",}", "列，名：值"),
        ] {
            assert_eq!(read(reply), Ok(json!({ "t": text })), "{reply}");
        }
    }

    #[test]
    fn what_breaks_off_is_no_object() {
        for reply in [
            "",
            "I can't.",
            "{\"a\": [1, 2",
            "{\"a\": \"",
            "[1, 2]",
            "{\"a\" 1}",
            "}{",
        ] {
            assert!(read(reply).is_err(), "{reply}");
        }
    }

    #[test]
    fn a_long_reply_of_braces_ends() {
        assert!(read(&"{".repeat(20_000)).is_err());
    }
}
