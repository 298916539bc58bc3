//! Header words found in a question, in either order.

use super::super::headers::HeaderWord;
use super::Words;

impl Words<'_> {
    /// Behind the pieces that name some header words in order, "of" and 的 between them allowed.
    pub(super) fn sequence(&self, at: usize, words: &[HeaderWord], depth: usize) -> Option<usize> {
        let (first, rest) = words.split_first()?;
        let start = if depth > 0 { self.behind_joiner(at) } else { at };
        self.ends_of(start, first)
            .into_iter()
            .filter_map(|end| {
                if rest.is_empty() {
                    Some(end)
                } else {
                    self.sequence(end, rest, depth + 1)
                }
            })
            .max()
    }

    /// The same with the last word first: "name of the country", "date of birth".
    pub(super) fn turned(&self, at: usize, words: &[HeaderWord]) -> Option<usize> {
        let (last, rest) = words.split_last()?;
        if rest.is_empty() {
            return None;
        }
        self.ends_of(at, last).into_iter().find_map(|end| {
            let text = |at: usize| self.atoms.list.get(at).map_or("", |atom| atom.text.as_str());
            if !matches!(text(end), "of" | "for") {
                return None;
            }
            let start = if text(end + 1) == "the" || text(end + 1) == "each" {
                end + 2
            } else {
                end + 1
            };
            // "the name of each country" still asks for each.
            if text(end + 1) == "each" {
                None
            } else {
                self.sequence(start, rest, 0)
            }
        })
    }

    pub(super) fn behind_joiner(&self, at: usize) -> usize {
        let joins = self
            .atoms
            .list
            .get(at)
            .is_some_and(|atom| matches!(atom.text.as_str(), "的" | "-" | "_" | "/" | "'s" | "of"));
        if joins { at + 1 } else { at }
    }

    pub(super) fn ends_of(&self, at: usize, word: &HeaderWord) -> Vec<usize> {
        let mut ends: Vec<usize> = self
            .known
            .get(at)
            .into_iter()
            .flatten()
            .filter(|known| {
                known.stem == word.stem
                    || known
                        .entry
                        .concepts
                        .iter()
                        .any(|concept| word.concepts.contains(concept))
            })
            .map(|known| known.end)
            .collect();
        ends.extend(self.atoms.reads(at, &word.text));
        ends
    }
}
