//! What makes no sense in a glossary.

use std::collections::BTreeSet;

use super::formula::{Formula, FormulaError};
use super::{Entry, Glossary, MAX_BYTES, MAX_ENTRIES, MAX_NOTE, MAX_TEXT, Meaning, folded};

/// What is wrong with a glossary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GlossaryError {
    /// There are more entries than [`MAX_ENTRIES`].
    TooMany(usize),
    /// It has more bytes than [`MAX_BYTES`].
    TooLarge(usize),
    /// An entry has an empty text.
    Blank {
        /// Its term.
        term: String,
        /// Which text, for instance `the term`.
        what: &'static str,
    },
    /// An entry has a text that is too long.
    TooLong {
        /// Its term.
        term: String,
        /// Which text.
        what: &'static str,
        /// Its characters.
        characters: usize,
        /// How many it may have.
        limit: usize,
    },
    /// An entry has a line break or another control character.
    Control {
        /// Its term.
        term: String,
    },
    /// Two entries have one term.
    Twice {
        /// The term.
        term: String,
    },
    /// The formula of a metric can't be read.
    Formula {
        /// Its term.
        term: String,
        /// Why not.
        why: FormulaError,
    },
    /// Terms stand for each other.
    Cycle {
        /// The terms on the way, the first one again at its end.
        terms: Vec<String>,
    },
}

impl std::fmt::Display for GlossaryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooMany(entries) => {
                write!(
                    f,
                    "the glossary would have {entries} entries, more than {MAX_ENTRIES}"
                )
            }
            Self::TooLarge(bytes) => {
                write!(f, "the glossary would have {bytes} bytes, more than {MAX_BYTES}")
            }
            Self::Blank { term, what } => write!(f, "entry {term:?}: {what} is blank"),
            Self::TooLong {
                term,
                what,
                characters,
                limit,
            } => {
                let term: String = term.chars().take(40).collect();
                write!(
                    f,
                    "entry {term:?}: {what} has {characters} characters, more than {limit}"
                )
            }
            Self::Control { term } => {
                write!(f, "entry {term:?} has a line break or another control character")
            }
            Self::Twice { term } => write!(f, "entry {term:?} is there twice"),
            Self::Formula { term, why } => write!(f, "entry {term:?}: {why}"),
            Self::Cycle { terms } => {
                write!(f, "these entries stand for each other: {}", terms.join(" → "))
            }
        }
    }
}

impl std::error::Error for GlossaryError {}

impl Glossary {
    /// Checks all of it. That a column is in no table is no mistake: other tables may come.
    ///
    /// # Errors
    /// [`GlossaryError`], the first one met.
    pub fn check(&self) -> Result<(), GlossaryError> {
        if self.entries.len() > MAX_ENTRIES {
            return Err(GlossaryError::TooMany(self.entries.len()));
        }
        let bytes = serde_json::to_vec(self).map_or(usize::MAX, |json| json.len());
        if bytes > MAX_BYTES {
            return Err(GlossaryError::TooLarge(bytes));
        }
        for (place, entry) in self.entries.iter().enumerate() {
            entry.check()?;
            let term = folded(&entry.term);
            let before = self.entries.iter().take(place);
            if before.into_iter().any(|other| folded(&other.term) == term) {
                return Err(GlossaryError::Twice {
                    term: entry.term.clone(),
                });
            }
        }
        let mut done = BTreeSet::new();
        for entry in &self.entries {
            self.follow(entry, &mut Vec::new(), &mut done)?;
        }
        Ok(())
    }

    /// Goes from an entry to those that it names, unless it was gone on from before.
    fn follow<'a>(
        &'a self,
        entry: &'a Entry,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Result<(), GlossaryError> {
        if let Some(place) = way.iter().position(|term| *term == entry.term) {
            let terms = way.iter().skip(place).copied().chain([entry.term.as_str()]);
            return Err(GlossaryError::Cycle {
                terms: terms.map(str::to_owned).collect(),
            });
        }
        if done.contains(entry.term.as_str()) {
            return Ok(());
        }
        way.push(&entry.term);
        for name in entry.names() {
            if let Some(named) = self.get(&name) {
                self.follow(named, way, done)?;
            }
        }
        way.pop();
        done.insert(&entry.term);
        Ok(())
    }
}

impl Entry {
    /// What of the glossary it may name. A value is named by nobody: it is the table's.
    fn names(&self) -> Vec<String> {
        match &self.meaning {
            Meaning::Alias { of } => vec![of.clone()],
            Meaning::Value { .. } => Vec::new(),
            Meaning::Metric { formula } => Formula::parse(formula)
                .map(|formula| formula.names().into_iter().map(str::to_owned).collect())
                .unwrap_or_default(),
        }
    }

    fn check(&self) -> Result<(), GlossaryError> {
        let term = || self.term.clone();
        let (what, column) = match &self.meaning {
            Meaning::Alias { .. } => ("the column", None),
            Meaning::Value { column, .. } => ("the value", column.as_deref()),
            Meaning::Metric { .. } => ("the formula", None),
        };
        let texts = [
            ("the term", Some(self.term.as_str()), MAX_TEXT),
            (what, Some(self.target()), MAX_TEXT),
            ("the column", column, MAX_TEXT),
            ("the note", self.note.as_deref(), MAX_NOTE),
        ];
        for (what, text, limit) in texts {
            let Some(text) = text else { continue };
            let characters = text.chars().count();
            if text.trim().is_empty() {
                return Err(GlossaryError::Blank { term: term(), what });
            }
            if characters > limit {
                return Err(GlossaryError::TooLong {
                    term: term(),
                    what,
                    characters,
                    limit,
                });
            }
            if text.chars().any(char::is_control) {
                return Err(GlossaryError::Control { term: term() });
            }
        }
        match &self.meaning {
            Meaning::Metric { formula } => match Formula::parse(formula) {
                Ok(_) => Ok(()),
                Err(why) => Err(GlossaryError::Formula { term: term(), why }),
            },
            Meaning::Alias { .. } | Meaning::Value { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(entries: serde_json::Value, expect: &str) {
        let glossary: Glossary = serde_json::from_value(serde_json::json!({ "entries": entries })).unwrap();
        let said = glossary
            .check()
            .map_or_else(|error| error.to_string(), |()| "fine".to_owned());
        assert_eq!(said, expect);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let alias = |term: &str, of: &str| serde_json::json!({ "term": term, "kind": "alias", "of": of });
        let metric = |term: &str, formula: &str| serde_json::json!({ "term": term, "kind": "metric", "formula": formula });
        check(
            serde_json::json!([alias("营收", "销售额"), metric("客单价", "营收 / 订单数"),
                { "term": "魔都", "kind": "value", "of": "上海", "column": "城市", "note": "n" }]),
            "fine",
        );
        check(
            serde_json::json!([alias(" ", "a")]),
            "entry \" \": the term is blank",
        );
        check(
            serde_json::json!([alias("a", &"x".repeat(201))]),
            "entry \"a\": the column has 201 characters, more than 200",
        );
        check(
            serde_json::json!([alias("a", "b\nc")]),
            "entry \"a\" has a line break or another control character",
        );
        check(
            serde_json::json!([alias("A", "b"), alias("ａ", "c")]),
            "entry \"ａ\" is there twice",
        );
        check(
            serde_json::json!([metric("a", "b +")]),
            "entry \"a\": the formula ends where a name or a number is expected",
        );
        check(
            serde_json::json!([alias("a", "b"), metric("b", "C / 2"), alias("c", "a")]),
            "these entries stand for each other: a → b → c → a",
        );
        check(
            serde_json::json!([metric("a", "A * 2")]),
            "these entries stand for each other: a → a",
        );
    }

    #[test]
    fn many_ways_are_gone_once() {
        let entries: Vec<_> = (0..200)
            .map(|at| {
                let (next, formula) = (at + 1, format!("m{} + m{}", at + 1, at + 1));
                serde_json::json!({ "term": format!("m{at}"), "kind": "metric", "formula": formula, "note": format!("of {next}") })
            })
            .collect();
        check(entries.into(), "fine");
    }

    #[test]
    fn an_entry_named_on_two_ways_is_no_cycle() {
        check(
            serde_json::json!([
                { "term": "margin", "kind": "metric", "formula": "profit / revenue" },
                { "term": "profit", "kind": "metric", "formula": "revenue - cost" },
                { "term": "revenue", "kind": "alias", "of": "sales" }]),
            "fine",
        );
    }
}
