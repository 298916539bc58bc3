//! Whether what a question is about is in what was found at all.
//!
//! Nearness tells little of it: of whatever is asked of an airport, passages about an airport are near. What tells is the word of the
//! question that nothing has a counterpart of.

use crate::counterparts::Counterparts;

/// How likely it has to be.
const ENOUGH: f32 = 0.5;

/// What each signal adds, before the logistic function.
const OVERALL: f32 = 10.0;
const LACKING: f32 = -5.0;
const CODED: f32 = 2.0;
const OFFSET: f32 = 0.0;

/// How likely what was found has an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answerable {
    /// How likely, 0 to 1.
    pub chance: f32,
    /// The word of the question that most lacks a counterpart.
    pub lacking: Option<String>,
}

impl Answerable {
    /// Of a question with these codes, whose words have these counterparts in what was found.
    #[must_use]
    pub fn of(codes: &[String], counterparts: &Counterparts) -> Self {
        let (lacking, lacks) = counterparts.lacking().unzip();
        // A code that stands somewhere is what the question is about; that it does, the passages are held against for themselves.
        let coded = if codes.is_empty() { 0.0 } else { CODED };
        let overall = counterparts.overall().unwrap_or(1.0);
        let x = OVERALL * overall + LACKING * lacks.unwrap_or_default() + coded + OFFSET;
        Self {
            chance: 1.0 / (1.0 + (-x).exp()),
            lacking: lacking.map(str::to_owned),
        }
    }

    /// Whether that is enough for an answer.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.chance >= ENOUGH
    }
}
