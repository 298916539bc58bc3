//! A question cut into the smallest pieces that a word can start or end at: English words and codes, numbers, quoted
//! text, single Chinese characters and punctuation.

use schemas::trail::Span;

use super::fold::{fold_char, is_han};
use super::lexicon::lexicon;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AtomKind {
    /// Letters, or a code of letters and digits.
    Word,
    /// Digits.
    Number(f64),
    /// One Chinese character.
    Han,
    /// Text in quotation marks; the piece has the marks, its text has not.
    Quoted,
    /// Anything else.
    Mark,
}

/// A piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// Its first character.
    pub start: usize,
    /// Behind its last character.
    pub end: usize,
    /// What it is.
    pub kind: AtomKind,
    /// Its folded text.
    pub text: String,
}

/// A question in pieces.
#[derive(Debug, Clone, Default)]
pub struct Atoms {
    /// The question as asked.
    original: Vec<char>,
    /// The same, folded.
    folded: Vec<char>,
    /// The pieces, in order; blanks lie between them.
    pub list: Vec<Atom>,
}

/// Longer questions are cut here; nobody means so much.
const LONGEST: usize = 600;

impl Atoms {
    /// Cuts a question.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let original: Vec<char> = text.chars().take(LONGEST).collect();
        let folded: Vec<char> = original.iter().map(|c| fold_char(*c)).collect();
        let mut atoms = Self {
            original,
            folded,
            list: Vec::new(),
        };
        let mut at = 0;
        while let Some(c) = atoms.at(at) {
            at = if c == ' ' {
                at + 1
            } else {
                let (end, kind) = atoms.piece(at, c);
                let inner = if kind == AtomKind::Quoted {
                    at + 1..end - 1
                } else {
                    at..end
                };
                let text = atoms.folded.get(inner).unwrap_or_default().iter().collect();
                atoms.list.push(Atom {
                    start: at,
                    end,
                    kind,
                    text,
                });
                end
            };
        }
        atoms
    }

    /// The folded text of some pieces, with one blank where there are blanks.
    #[must_use]
    pub fn folded(&self, first: usize, behind: usize) -> String {
        let mut text = String::new();
        let mut last_end = None;
        for atom in self.list.get(first..behind).unwrap_or_default() {
            if last_end.is_some_and(|end| end < atom.start) {
                text.push(' ');
            }
            text.push_str(&atom.text);
            last_end = Some(atom.end);
        }
        text
    }

    /// Some pieces of the question as asked, quotation marks left out.
    #[must_use]
    pub fn literal(&self, start: usize, end: usize) -> String {
        let text: String = self.original.get(start..end).unwrap_or_default().iter().collect();
        text.trim_matches(|c: char| matches!(fold_char(c), '"' | '\'' | ' '))
            .to_owned()
    }

    /// A stretch of the question.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        let text = self.original.get(start..end).unwrap_or_default().iter().collect();
        Span {
            start: u32::try_from(start).unwrap_or(0),
            end: u32::try_from(end).unwrap_or(0),
            text,
        }
    }

    /// Whether a piece is written with capitals only.
    #[must_use]
    pub fn in_capitals(&self, atom: usize) -> bool {
        self.list.get(atom).is_some_and(|atom| {
            let original = self.original.get(atom.start..atom.end).unwrap_or_default();
            original.iter().any(|c| c.is_uppercase()) && !original.iter().any(|c| c.is_lowercase())
        })
    }

    /// Whether a piece is written with a capital letter first.
    #[must_use]
    pub fn has_capital(&self, atom: usize) -> bool {
        self.list
            .get(atom)
            .and_then(|atom| self.original.get(atom.start))
            .is_some_and(|c| c.is_uppercase())
    }

    /// Whether a piece starts with a capital letter and is not the first.
    #[must_use]
    pub fn is_capitalised(&self, atom: usize) -> bool {
        atom > 0 && self.has_capital(atom)
    }

    /// Behind the pieces that read as a folded text, where they start here.
    #[must_use]
    pub fn reads(&self, at: usize, text: &str) -> Option<usize> {
        let mut rest = text;
        let mut end = at;
        while !rest.is_empty() {
            let atom = self
                .list
                .get(end)
                .filter(|atom| atom.kind != AtomKind::Quoted || end == at)?;
            rest = rest.trim_start().strip_prefix(atom.text.as_str())?;
            // A word must not end within another one.
            let glued = rest.starts_with(|c: char| c.is_alphanumeric() && !is_han(c));
            if glued && matches!(atom.kind, AtomKind::Word) {
                return None;
            }
            end += 1;
        }
        (end > at).then_some(end)
    }

    fn at(&self, at: usize) -> Option<char> {
        self.folded.get(at).copied()
    }

    fn piece(&self, at: usize, c: char) -> (usize, AtomKind) {
        if is_han(c) {
            return (at + 1, AtomKind::Han);
        }
        if matches!(c, '"' | '\'')
            && let Some(end) = self.closing(at, c)
        {
            return (end, AtomKind::Quoted);
        }
        if c == '\'' && self.is_possessive(at) {
            return (at + 2, AtomKind::Word);
        }
        if c.is_ascii_digit() {
            return self.number(at);
        }
        if c.is_alphabetic() {
            return (self.word(at), AtomKind::Word);
        }
        // Comparison signs of two characters.
        let next = self.at(at + 1);
        if matches!((c, next), ('<' | '>' | '!' | '=', Some('=')) | ('<', Some('>'))) {
            return (at + 2, AtomKind::Mark);
        }
        (at + 1, AtomKind::Mark)
    }

    /// Behind the mark that closes a quotation.
    fn closing(&self, at: usize, mark: char) -> Option<usize> {
        let letter = |at: usize| self.at(at).is_some_and(|c| c.is_alphanumeric() && !is_han(c));
        if mark == '\'' && at > 0 && letter(at - 1) {
            return None;
        }
        let end = (at + 1..self.folded.len())
            .find(|end| self.at(*end) == Some(mark) && !(mark == '\'' && letter(end + 1)))?;
        (end > at + 1).then_some(end + 1)
    }

    fn is_possessive(&self, at: usize) -> bool {
        self.at(at + 1) == Some('s') && !self.at(at + 2).is_some_and(|c| c.is_alphanumeric() && !is_han(c))
    }

    /// Whether a word with a hyphen is one of the lexicon: "on-time", but not "left-footed".
    fn is_one(&self, start: usize, hyphen: usize) -> bool {
        let behind = (hyphen + 1..)
            .find(|at| !self.at(*at).is_some_and(|c| c.is_ascii_alphabetic()))
            .unwrap_or(hyphen);
        let whole: String = self
            .folded
            .get(start..behind)
            .unwrap_or_default()
            .iter()
            .collect();
        lexicon().get(&whole).is_some() || lexicon().get(&whole.replace('-', " ")).is_some()
    }

    /// Whether a word with its ending is one of the lexicon: "what's", but not "the shop's".
    fn is_known(&self, start: usize, end: usize) -> bool {
        let whole: String = self.folded.get(start..end).unwrap_or_default().iter().collect();
        lexicon().get(&whole).is_some()
    }

    fn word(&self, start: usize) -> usize {
        let mut end = start;
        while let Some(c) = self.at(end) {
            let before = end.checked_sub(1).and_then(|at| self.at(at)).unwrap_or(' ');
            let after = self.at(end + 1).unwrap_or(' ');
            let inner = match c {
                '_' => true,
                '\'' if self.is_possessive(end) => self.is_known(start, end + 2),
                '\'' => after.is_alphabetic() && !is_han(after),
                '&' => end > start && before.is_ascii_alphabetic() && after.is_ascii_alphabetic(),
                '-' => {
                    end > start
                        && before.is_ascii_alphabetic()
                        && after.is_ascii_alphabetic()
                        && self.is_one(start, end)
                }
                _ => c.is_alphanumeric() && !is_han(c),
            };
            if !inner {
                break;
            }
            end += 1;
        }
        end.max(start + 1)
    }

    fn number(&self, start: usize) -> (usize, AtomKind) {
        let digits = |from: usize| {
            (from..)
                .take_while(|at| self.at(*at).is_some_and(|c| c.is_ascii_digit()))
                .count()
        };
        let mut end = start + digits(start);
        if end - start <= 3 {
            while self.at(end) == Some(',') && digits(end + 1) == 3 {
                end += 4;
            }
        }
        if self.at(end) == Some('.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        let whole = self.word(start);
        if whole > end {
            // "5kg" is a number and its unit, "3rd" and "2024W05" are words.
            let rest: String = self.folded.get(end..whole).unwrap_or_default().iter().collect();
            let is_unit = lexicon()
                .get(&rest)
                .is_some_and(|entry| entry.roles.iter().any(|role| role.name() == "unit"));
            if !is_unit {
                return (whole, AtomKind::Word);
            }
        }
        let text: String = self
            .folded
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .filter(|c| **c != ',')
            .collect();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => (end, AtomKind::Number(number)),
            _ => (end, AtomKind::Word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        for (question, expected) in [
            ("T2的销售额>1,000？", "t2|的|销|售|额|>|1,000|?"),
            ("What's CA1234's on-time rate", "what's|ca1234|'s|on-time|rate"),
            ("以“王”开头", "以|王|开|头"),
            ("the name 'Li Na' isn't there", "the|name|li na|isn't|there"),
            ("5kg 3rd 2024W05 12.5%", "5|kg|3rd|2024w05|12.5|%"),
            ("price >= 3.", "price|>=|3|."),
        ] {
            let atoms = Atoms::new(question);
            let texts: Vec<&str> = atoms.list.iter().map(|atom| atom.text.as_str()).collect();
            assert_eq!(texts.join("|"), expected);
        }
    }
}
