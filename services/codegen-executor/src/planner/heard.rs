//! What a question says, whatever is made of it: its numbers, whether it ranks, and the columns and values of a table that it
//! names. It is what a program that somebody else wrote is held against.

use std::collections::HashSet;

use super::ValueIndex;
use super::atoms::{AtomKind, Atoms};
use super::fold::fold;
pub use super::fold::is_han;
use super::headers::{self, HeaderWord};
use super::lexicon::{Concept, lexicon, stem_phrase};
use super::number::{Number, numbers};
use super::role::Role;
use super::stem::stem;
use super::values::Held;

/// Pieces of the longest phrase that is looked up.
const LONGEST: usize = 8;

/// The words of one question.
#[derive(Debug)]
pub struct Heard {
    folded: String,
    quoted: Vec<String>,
    stems: HashSet<String>,
    numbers: Vec<Number>,
    concepts: Vec<Concept>,
    ranks: bool,
    wants_distinct: bool,
}

/// How much of a column's name a question says, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Words that it says, by themselves or by others for the same idea.
    pub said: usize,
    /// Words that it does not.
    pub unsaid: usize,
}

impl Heard {
    /// Reads a question.
    #[must_use]
    pub fn new(question: &str) -> Self {
        let atoms = Atoms::new(question);
        let stems = atoms.list.iter().filter(|atom| atom.kind == AtomKind::Word);
        let quoted = atoms.list.iter().filter(|atom| atom.kind == AtomKind::Quoted);
        let numbers = numbers(&atoms.list).into_iter().flatten();
        let mut heard = Self {
            folded: fold(question),
            quoted: quoted.map(|atom| atom.text.clone()).collect(),
            stems: stems.map(|atom| stem(&atom.text)).collect(),
            numbers: numbers.map(|(_, number)| number).collect(),
            concepts: Vec::new(),
            ranks: false,
            wants_distinct: false,
        };
        for first in 0..atoms.list.len() {
            for behind in first + 1..=(first + LONGEST).min(atoms.list.len()) {
                heard.look_up(&atoms, first, behind);
            }
        }
        heard
    }

    fn look_up(&mut self, atoms: &Atoms, first: usize, behind: usize) {
        let phrase = atoms.folded(first, behind);
        let capitals = atoms.in_capitals(first);
        let Some(entry) = lexicon().find(&phrase, &stem_phrase(&phrase), capitals) else {
            return;
        };
        self.ranks |= entry.roles.iter().any(ranks);
        self.wants_distinct |= entry.roles.contains(&Role::Word("distinct"));
        // A single Chinese character stands in words that have nothing to do with it.
        let is_lone = behind == first + 1
            && atoms
                .list
                .get(first)
                .is_some_and(|atom| atom.kind == AtomKind::Han);
        if !is_lone {
            self.concepts.extend(entry.concepts.iter().chain(&entry.verbs));
        }
    }

    /// Whether it asks for the first or the last of some order, or for the largest or the smallest.
    #[must_use]
    pub fn ranks(&self) -> bool {
        self.ranks
    }

    /// The texts that it has in quotation marks, folded.
    #[must_use]
    pub fn quoted(&self) -> &[String] {
        &self.quoted
    }

    /// Whether it asks for what is different only once.
    #[must_use]
    pub fn wants_distinct(&self) -> bool {
        self.wants_distinct
    }

    /// Whether it says a number, as it stands or as a percentage of one.
    #[must_use]
    pub fn says_number(&self, number: f64) -> bool {
        let alike = |said: f64| (said - number).abs() <= 1e-9 * said.abs().max(1.0);
        self.numbers
            .iter()
            .any(|said| alike(said.value) || (said.percent && alike(said.value / 100.0)))
    }

    /// Whether a text stands in it.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.folded.contains(&fold(text))
    }

    /// The values of a table that it names by words for the same idea, in another language perhaps.
    #[must_use]
    pub fn values<'a>(&self, values: &'a ValueIndex) -> Vec<Held<'a>> {
        let named = self
            .concepts
            .iter()
            .flat_map(|concept| values.of_concept(*concept));
        let mut told = HashSet::new();
        named
            .filter(|held| told.insert((held.column, held.text)))
            .collect()
    }

    /// How much of a column's name it says.
    #[must_use]
    pub fn column(&self, name: &str) -> Named {
        let words = headers::words(headers::without_unit(name));
        let said = words.iter().filter(|word| self.says_word(word)).count();
        Named {
            said,
            unsaid: words.len() - said,
        }
    }

    fn says_word(&self, word: &HeaderWord) -> bool {
        let is_han = |text: &str| !text.is_ascii();
        self.stems.contains(&word.stem)
            || (is_han(&word.text) && self.folded.contains(&word.text))
            || word
                .concepts
                .iter()
                .any(|concept| self.concepts.contains(concept))
    }
}

/// Whether a word asks for a place in an order.
fn ranks(role: &Role) -> bool {
    const WORDS: [&str; 11] = [
        "top",
        "bottom",
        "first",
        "last",
        "sort",
        "ascending",
        "descending",
        "oldest_first",
        "youngest_first",
        "latest_first",
        "earliest_first",
    ];
    match role {
        Role::Extreme { .. }
        | Role::Most { .. }
        | Role::ExtremeOf { .. }
        | Role::Modal { .. }
        | Role::Nth(_)
        | Role::DegreeOf { .. } => true,
        Role::Word(word) => WORDS.contains(word),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_first_ranks() {
        for question in [
            "Which singer is the youngest?",
            "the most common city",
            "销售额最高的城市",
            "前三名是谁",
            "the second highest price",
        ] {
            assert!(Heard::new(question).ranks(), "{question}");
        }
        for question in [
            "List all names of dogs",
            "列出所有狗的名字",
            "How many cities are there?",
        ] {
            assert!(!Heard::new(question).ranks(), "{question}");
        }
    }

    #[test]
    fn what_is_different_is_asked_for() {
        let wants = |question: &str| Heard::new(question).wants_distinct();
        assert!(wants("List the different cities") && wants("列出不同的城市"));
        assert!(!wants("List the cities") && !wants("列出城市"));
    }

    #[test]
    fn numbers_are_heard_in_words_and_in_both_languages() {
        let says = |question: &str, number| Heard::new(question).says_number(number);
        assert!(says("older than 20", 20.0) && says("at least two cities", 2.0));
        assert!(says("超过三千", 3000.0) && says("more than 5%", 0.05) && says("人口大于1,500", 1500.0));
        assert!(!says("older than 20", 30.0) && !says("多少人", 1.0));
    }

    #[test]
    fn columns_and_values_are_heard_in_the_other_language() {
        let heard = Heard::new("Find the highest rank of losers in all matches.");
        let named = |name: &str| {
            let Named { said, unsaid } = heard.column(name);
            (said, unsaid)
        };
        assert_eq!(named("loser_rank"), (2, 0));
        assert_eq!(named("winner_rank"), (1, 1));
        let index = ValueIndex::new(vec![(
            "country".to_owned(),
            vec!["France".to_owned(), "Italy".to_owned()],
        )]);
        let heard = Heard::new("法国有多少人？");
        let values: Vec<&str> = heard.values(&index).iter().map(|held| held.text).collect();
        assert_eq!(values, ["France"]);
        assert!(heard.says("法国") && !heard.says("France"));
    }
}
