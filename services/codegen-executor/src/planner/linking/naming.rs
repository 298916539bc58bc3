//! Header words found in a question, in either order.

use super::super::headers::HeaderWord;
use super::super::lexicon::lexicon;
use super::super::role::{Role, Unit};
use super::super::table::Table;
use super::{Edge, Meaning, Words};

impl Words<'_> {
    /// Behind the pieces that name some header words in order, "of" and 的 between them allowed.
    pub(super) fn sequence(&self, at: usize, words: &[HeaderWord], depth: usize) -> Option<usize> {
        let (first, rest) = words.split_first()?;
        let start = if depth > 0 { self.behind_joiner(at) } else { at };
        let mut ends = self.ends_of(start, first);
        if depth > 0 && rest.is_empty() {
            ends.extend(self.bound_end(start, first));
        }
        ends.into_iter()
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

    /// Behind the one character that a compound ends in: 高 of 塔高.
    fn bound_end(&self, at: usize, word: &HeaderWord) -> Option<usize> {
        let character = self.atoms.list.get(at)?;
        let concepts = lexicon().bound(&character.text);
        let same = concepts.iter().any(|concept| word.concepts.contains(concept));
        same.then_some(at + 1)
    }

    /// "number of games" asks how many rows there are, and is no name for them.
    pub(super) fn asks_how_many(&self, at: usize, end: usize) -> bool {
        let counted = ["number of", "count of"]
            .iter()
            .any(|words| self.atoms.reads(at, words).is_some());
        counted || end > at + 1 && self.atoms.folded(at, end).ends_with(['数', '量'])
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

    /// Of one thing in several units the column in the unit that the question names, else the first one.
    pub(super) fn choose_units(&self, edges: &mut [Vec<Edge>], table: &Table<'_>) {
        let sized = |role: &Role| match role {
            Role::Unit(Unit::Sized(size)) => Some(*size),
            _ => None,
        };
        let known = self.known.iter().flatten();
        let named: Vec<usize> = known
            .flat_map(|known| known.entry.roles.iter().filter_map(sized))
            .collect();
        for edge in edges.iter_mut().flatten() {
            let columns: Vec<usize> = edge
                .meanings
                .iter()
                .filter_map(|meaning| match meaning {
                    Meaning::Column(column, _) => Some(*column),
                    _ => None,
                })
                .collect();
            let chosen = |number: usize| {
                table
                    .column(number)
                    .and_then(super::super::table::Column::size)
                    .is_some_and(|size| named.contains(&size))
            };
            let outdone = |number: usize| {
                columns.iter().any(|other| {
                    let twins = table
                        .column(number)
                        .zip(table.column(*other))
                        .is_some_and(|(one, other)| one.is_twin(other));
                    let better = (chosen(*other), std::cmp::Reverse(*other))
                        > (chosen(number), std::cmp::Reverse(number));
                    twins && better
                })
            };
            edge.meanings
                .retain(|meaning| !matches!(meaning, Meaning::Column(column, _) if outdone(*column)));
        }
    }
}
