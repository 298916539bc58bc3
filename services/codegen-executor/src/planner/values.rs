//! The text values of a table, by their folded form and by the ideas that they name, so that words of a question
//! find them.

use std::collections::HashMap;

use super::fold::fold;
use super::headers;
use super::lexicon::{Concept, lexicon};
use super::stem::stem;

/// Which columns hold a text value.
#[derive(Debug, Clone, Default)]
pub struct ValueIndex {
    columns: Vec<String>,
    /// Values as written, with their column.
    values: Vec<(usize, String)>,
    by_text: HashMap<String, Vec<u32>>,
    by_concept: HashMap<Concept, Vec<u32>>,
    /// Characters of the longest value that a question may name.
    longest: usize,
}

/// A value in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// The column's name.
    pub column: &'a str,
    /// The value as written.
    pub text: &'a str,
}

/// Values beyond this many are not indexed.
const MOST: usize = 50_000;
/// Longer values are texts, not names; nobody writes one out.
const LONGEST: usize = 64;

impl ValueIndex {
    /// Indexes the distinct values of text columns: (column name, its distinct values in order of appearance).
    #[must_use]
    pub fn new(columns: Vec<(String, Vec<String>)>) -> Self {
        let mut index = Self::default();
        for (name, values) in columns {
            let column = index.columns.len();
            let of_column = headers::concepts(&name);
            index.columns.push(name);
            for text in values {
                if index.values.len() >= MOST {
                    return index;
                }
                index.add(column, text, &of_column);
            }
        }
        index
    }

    /// The same with columns of another table under other names: (there, here).
    #[must_use]
    pub fn with(&self, other: &Self, names: &[(&str, &str)]) -> Self {
        let columns = |index: &Self, name: &str| index.of_column(name).map(str::to_owned).collect();
        let own = self
            .columns
            .iter()
            .map(|name| (name.clone(), columns(self, name)));
        let theirs = names
            .iter()
            .map(|(there, here)| ((*here).to_owned(), columns(other, there)));
        Self::new(own.chain(theirs).collect())
    }

    /// The values that a folded text is.
    pub fn of_text(&self, folded: &str) -> impl Iterator<Item = Held<'_>> {
        self.held(self.by_text.get(folded))
    }

    /// The values that name an idea.
    pub fn of_concept(&self, concept: Concept) -> impl Iterator<Item = Held<'_>> {
        self.held(self.by_concept.get(&concept))
    }

    /// A value of one column, as written.
    #[must_use]
    pub fn in_column(&self, column: &str, folded: &str) -> Option<&str> {
        self.of_text(folded)
            .find(|held| held.column == column)
            .map(|held| held.text)
    }

    /// Whether a column holds a text, written in whichever way; none: not all of its texts are known.
    #[must_use]
    pub fn holds(&self, column: &str, text: &str, distinct: u64) -> Option<bool> {
        let held = self.in_column(column, &fold(text.trim())).is_some();
        let whole = || self.of_column(column).count() as u64 >= distinct;
        (held || whole()).then_some(held)
    }

    /// The values that stand in a text, longest first, at most so many.
    #[must_use]
    pub fn mentioned(&self, text: &str, most: usize) -> Vec<Held<'_>> {
        /// A single letter or digit stands in any text.
        const SHORTEST: usize = 2;
        let text = fold(text);
        let mut found: Vec<(&str, &Vec<u32>)> = self
            .by_text
            .iter()
            .filter(|(value, _)| value.chars().count() >= SHORTEST && stands_in(value, &text))
            .map(|(value, numbers)| (value.as_str(), numbers))
            .collect();
        found.sort_by_key(|(value, _)| (std::cmp::Reverse(value.len()), *value));
        let numbers = found.into_iter().map(|(_, numbers)| numbers);
        numbers
            .flat_map(|numbers| self.held(Some(numbers)))
            .take(most)
            .collect()
    }

    /// The distinct values of one column, in order of appearance.
    pub fn of_column(&self, column: &str) -> impl Iterator<Item = &str> {
        let number = self.columns.iter().position(|name| name == column);
        let of_it = self.values.iter().filter(move |(at, _)| Some(*at) == number);
        of_it.map(|(_, text)| text.as_str())
    }

    /// Characters of the longest value that a question may name.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    fn held<'a>(&'a self, numbers: Option<&'a Vec<u32>>) -> impl Iterator<Item = Held<'a>> {
        numbers.into_iter().flatten().filter_map(|number| {
            let (column, text) = self.values.get(*number as usize)?;
            Some(Held {
                column: self.columns.get(*column)?,
                text,
            })
        })
    }

    fn add(&mut self, column: usize, text: String, of_column: &[Concept]) {
        let folded = fold(&text);
        let length = folded.chars().count();
        let Ok(number) = u32::try_from(self.values.len()) else {
            return;
        };
        if length == 0 || length > LONGEST {
            return;
        }
        self.longest = self.longest.max(length);
        let concepts = match lexicon().coded(of_column, &folded) {
            Some(concept) => vec![concept],
            None => lexicon()
                .find(
                    &folded,
                    &folded.split(' ').map(stem).collect::<Vec<_>>().join(" "),
                    true,
                )
                .map(|entry| entry.concepts)
                .unwrap_or_default(),
        };
        for concept in concepts {
            self.by_concept.entry(concept).or_default().push(number);
        }
        self.by_text.entry(folded).or_default().push(number);
        self.values.push((column, text));
    }
}

/// Whether a value stands in a text, and not in the middle of a word or of a number: `AF` does not in "after".
fn stands_in(value: &str, text: &str) -> bool {
    let is_word =
        |character: Option<char>| character.is_some_and(|character| character.is_ascii_alphanumeric());
    let goes_on = |one: Option<char>, next: Option<char>| is_word(one) && is_word(next);
    let (first, last) = (value.chars().next(), value.chars().next_back());
    text.match_indices(value).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + value.len()..)
            .and_then(|after| after.chars().next());
        !goes_on(before, first) && !goes_on(last, after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_a_text_mentions_are_found() {
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let index = ValueIndex::new(vec![
            ("city".to_owned(), texts(&["York", "New York", "Rome"])),
            ("gate".to_owned(), texts(&["A", "A12"])),
        ]);
        let found = index.mentioned("Flights from NEW YORK at gate Ａ12?", 9);
        let found: Vec<_> = found.iter().map(|held| (held.column, held.text)).collect();
        assert_eq!(found, [("city", "New York"), ("city", "York"), ("gate", "A12")]);
        assert_eq!(index.mentioned("New York", 1).len(), 1);
        // Not in the middle of a word or of a number.
        assert!(index.mentioned("Yorkshire, Romeo, A120", 9).is_empty());
        assert_eq!(index.mentioned("从Rome出发", 9).len(), 1);
        assert_eq!(index.holds("city", " rome", 3), Some(true));
        assert_eq!(index.holds("city", "A12", 3), Some(false));
        assert_eq!(index.holds("city", "Oslo", 4), None);
    }

    #[test]
    fn values_are_found_by_form_and_by_idea() {
        let index = ValueIndex::new(vec![
            (
                "Country".to_owned(),
                vec!["France".to_owned(), "United States".to_owned()],
            ),
            ("sex".to_owned(), vec!["F".to_owned(), "M".to_owned()]),
        ]);
        assert_eq!(index.in_column("Country", "united states"), Some("United States"));
        assert_eq!(index.in_column("sex", "france"), None);
        for (word, value) in [("法国", "France"), ("american", "United States"), ("女", "F")] {
            let concepts = lexicon().get(word).unwrap().concepts.clone();
            let found: Vec<&str> = concepts
                .iter()
                .flat_map(|concept| index.of_concept(*concept))
                .map(|held| held.text)
                .collect();
            assert_eq!(found, [value], "{word}");
        }
    }
}
