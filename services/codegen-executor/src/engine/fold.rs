//! Text compared without regard to case, width and surrounding blanks.
//!
//! Width means the full-width forms of ASCII (`Ｔ２` is `T2`) and the ideographic space.

use schemas::plan::Place;

/// A text that others are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// As given: most texts that are the same are the same to the byte.
    given: String,
    /// The first and the last character: they tell most other texts apart without folding them.
    first: Option<char>,
    last: Option<char>,
}

impl Folded {
    /// Folds a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let given = text.to_owned();
        let text: String = folded(text).collect();
        let (first, last) = (text.chars().next(), text.chars().next_back());
        Self {
            text,
            given,
            first,
            last,
        }
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether nothing but blanks was there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a text is this one.
    #[must_use]
    pub fn equals(&self, text: &str) -> bool {
        // Texts of one column often begin alike and have one length: "region 3", "region 5".
        let last = text.bytes().next_back().filter(u8::is_ascii_graphic);
        if last.is_some_and(|last| Some(char::from(last.to_ascii_lowercase())) != self.last) {
            return false;
        }
        if text == self.given {
            return true;
        }
        match (text.chars().next(), self.first) {
            (Some(first), Some(wanted)) if folds_to_itself(first) && first != wanted => false,
            (Some(first), Some(wanted))
                if first.is_ascii_graphic() && first.to_ascii_lowercase() != wanted =>
            {
                false
            }
            _ if text.is_ascii() => text.trim().eq_ignore_ascii_case(&self.text),
            _ => folded(text).eq(self.text.chars()),
        }
    }

    /// Whether a text has this one in it.
    #[must_use]
    pub fn is_in(&self, text: &str, place: Place) -> bool {
        let text: String = folded(text).collect();
        match place {
            Place::Anywhere => text.contains(&self.text),
            Place::Start => text.starts_with(&self.text),
            Place::End => text.ends_with(&self.text),
        }
    }
}

/// Whether two texts are the same.
#[must_use]
pub fn equal(left: &str, right: &str) -> bool {
    left == right || folded(left).eq(folded(right))
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.trim().chars().map(narrow).flat_map(char::to_lowercase)
}

/// Whether a character has neither case nor width: Chinese characters.
fn folds_to_itself(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}')
}

fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_width_and_blanks_do_not_count() {
        for (left, right, same) in [
            ("T2", "t2", true),
            ("Ｔ２", "t2", true),
            ("\u{3000}T2 ", "T2", true),
            ("香化", " 香化", true),
            ("Ä", "ä", true),
            ("T2", "T 2", false),
            ("T2", "T20", false),
            ("region 3", "region 5", false),
            ("region 3", "REGION ３", true),
            ("香A", "香ａ\u{3000}", true),
            ("香化", "香化x", false),
            ("", "T2", false),
            ("", "  ", true),
        ] {
            assert_eq!(equal(left, right), same, "{left:?} {right:?}");
            assert_eq!(Folded::new(left).equals(right), same, "{left:?} {right:?}");
            assert_eq!(Folded::new(right).equals(left), same, "{right:?} {left:?}");
        }
    }

    #[test]
    fn parts_are_literal() {
        for (part, text, place, found) in [
            ("a.c", "xA.Cx", Place::Anywhere, true),
            ("a.c", "abc", Place::Anywhere, false),
            ("免税", "中心免税店", Place::Anywhere, true),
            ("免税", "免税店", Place::Start, true),
            ("免税", "中免税", Place::Start, false),
            ("店", "免税店 ", Place::End, true),
            ("100%", "is １００％", Place::End, true),
        ] {
            assert_eq!(Folded::new(part).is_in(text, place), found, "{part:?} {text:?}");
        }
    }
}
