//! Whether a question can be answered from what was found at all.
//!
//! Nearness tells little of it: of whatever is asked of an airport, passages about an airport are near. What tells is how much of the
//! question, word by word, has a counterpart in whatever was found, and whether the best passage has the kind of thing that is asked for. A
//! logistic model weighs them, with weights that `contrail eval knowledge --fit` writes to `data/answerable.json`.

use std::sync::LazyLock;

use schemas::calls::Hit;
use serde::{Deserialize, Serialize};

use crate::counterparts::Counterparts;
use crate::expected::Expected;

/// A word whose nearest counterpart is below this has none, as a refusal tells it.
const NONE: f32 = 0.5;

/// The weights that `contrail eval knowledge --fit` has written; none of any weight if they can't be read, which a test rules out.
static FITTED: LazyLock<Weights> =
    LazyLock::new(|| serde_json::from_str(include_str!("../data/answerable.json")).unwrap_or_default());

/// What is looked at of a question and of what was found for it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Signals {
    /// The share of the question, by weight, that has a counterpart in whatever was found, 0 to 1.
    pub share: f32,
    /// Whether the best passage has nothing of the kind that is asked for.
    pub kind_absent: bool,
}

/// How the signals are weighed, before the logistic function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Of [`Signals::numbers`], in their order.
    pub signals: [f32; Signals::COUNT],
    /// Added to them.
    pub offset: f32,
    /// How likely an answer has to be, 0 to 1.
    pub threshold: f32,
}

/// What is thought of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answerable {
    /// How likely it is that what was found answers it, 0 to 1: among questions as those that the weights were fitted to.
    pub chance: f32,
    /// How likely it has to be.
    pub threshold: f32,
    /// The word of the question that most lacks a counterpart, if one lacks it.
    pub lacking: Option<String>,
    /// The kind of thing that is asked for, where the best passage has nothing of it.
    pub absent: Option<Expected>,
}

impl Signals {
    /// How many there are.
    pub const COUNT: usize = 2;

    /// Of a question, the passage that comes first among those that can be cited, and the counterparts of its words. A question without
    /// words may be answered by anything.
    #[must_use]
    pub fn of(question: &str, best: &Hit, counterparts: &Counterparts) -> Self {
        Self {
            share: counterparts.overall().unwrap_or(1.0),
            kind_absent: absent(question, best).is_some(),
        }
    }

    /// All of them as numbers, 0 to 1.
    #[must_use]
    pub fn numbers(&self) -> [f32; Self::COUNT] {
        [self.share, f32::from(u8::from(self.kind_absent))]
    }
}

impl Weights {
    /// How likely an answer is, 0 to 1.
    #[must_use]
    pub fn chance(&self, signals: &Signals) -> f32 {
        let weighed = self.signals.iter().zip(signals.numbers());
        let sum: f32 = weighed.map(|(weight, number)| weight * number).sum();
        1.0 / (1.0 + (-self.offset - sum).exp())
    }
}

impl Answerable {
    /// Of a question, the passage that comes first among those that can be cited, and the counterparts of its words.
    #[must_use]
    pub fn of(question: &str, best: &Hit, counterparts: &Counterparts) -> Self {
        Self {
            chance: FITTED.chance(&Signals::of(question, best, counterparts)),
            threshold: FITTED.threshold,
            lacking: counterparts
                .lacking()
                .map(|(word, _)| word)
                .filter(|word| counterparts.anywhere(word).is_some_and(|share| share < NONE))
                .map(str::to_owned),
            absent: absent(question, best),
        }
    }

    /// Whether that is enough for an answer.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.chance >= self.threshold
    }
}

/// The kind of thing that a question asks for, if a passage has nothing of it.
fn absent(question: &str, passage: &Hit) -> Option<Expected> {
    Expected::of(question).filter(|kind| !kind.is_in(&passage.passage.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fitted_weights_can_be_read_and_point_the_right_way() {
        let fitted: Weights = serde_json::from_str(include_str!("../data/answerable.json")).unwrap();
        let chance = |share, kind_absent| fitted.chance(&Signals { share, kind_absent });
        assert!(chance(1.0, false) > fitted.threshold);
        assert!(chance(0.2, true) < fitted.threshold);
        assert!(chance(0.6, false) > chance(0.4, false));
        assert!(chance(0.6, false) > chance(0.6, true));
    }
}
