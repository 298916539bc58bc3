//! Whether what a question is about is in what was found at all.
//!
//! Nearness tells little of it: of whatever is asked of an airport, passages about an airport are near (of the unanswerable questions of
//! the project's own corpus, the best passage's evidence tells them from others no better than chance). What tells is how much of the
//! question, word by word, has a counterpart in whatever was found.

use crate::counterparts::Counterparts;

/// How much of a question has to have a counterpart, by weight. It lies between the answerable and the unanswerable questions of the
/// project's own corpus that are nearest to each other, those held back among them: others may fare worse. Of the unanswerable ones without a code that stands nowhere, 3 of 8 are refused, and 2 of 4
/// of those that were held back; of 197 answerable ones, none.
const ENOUGH: f32 = 0.48;

/// How much of a question what was found tells of.
#[derive(Debug, Clone, PartialEq)]
pub struct Answerable {
    /// The share, by weight, 0 to 1.
    pub share: f32,
    /// The word of the question that most lacks a counterpart.
    pub lacking: Option<String>,
}

impl Answerable {
    /// Of a question whose words have these counterparts in what was found. One without words may be answered by anything.
    #[must_use]
    pub fn of(counterparts: &Counterparts) -> Self {
        Self {
            share: counterparts.overall().unwrap_or(1.0),
            lacking: counterparts.lacking().map(|(word, _)| word.to_owned()),
        }
    }

    /// Whether that is enough for an answer.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.share >= ENOUGH
    }
}
