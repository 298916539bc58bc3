//! Whether a question can be answered from what was found at all.
//!
//! Nearness tells little of it: of whatever is asked of an airport, passages about an airport are near. What tells is how much of the
//! question, word by word, has a counterpart in whatever was found; whether the best passage has the kind of thing that is asked for;
//! and whether a name of the question stands nowhere. A logistic model weighs them, with weights that `contrail eval knowledge --fit`
//! writes to `data/answerable.json`.

use std::sync::LazyLock;

use schemas::calls::Hit;
use serde::{Deserialize, Serialize};

use crate::counterparts::Counterparts;
use crate::expected::Expected;

/// A name is known as one by its capital and at least so many letters.
const NAME: usize = 3;
/// A word whose nearest counterpart is below this has none of the same meaning.
const SAME: f32 = 0.8;
/// Below this, nothing that was found is said to tell of a word.
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
    /// Whether a name of the question has no counterpart in whatever was found.
    pub name_absent: bool,
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
    pub const COUNT: usize = 3;

    /// Of a question, the passage that comes first among those that can be cited, and the counterparts of its words. A question without
    /// words may be answered by anything.
    #[must_use]
    pub fn of(question: &str, best: &Hit, counterparts: &Counterparts) -> Self {
        Self {
            share: counterparts.overall().unwrap_or(1.0),
            kind_absent: absent(question, best).is_some(),
            name_absent: names(question)
                .any(|name| counterparts.anywhere(&name).is_some_and(|share| share < SAME)),
        }
    }

    /// All of them as numbers, 0 to 1.
    #[must_use]
    pub fn numbers(&self) -> [f32; Self::COUNT] {
        [
            self.share,
            f32::from(u8::from(self.kind_absent)),
            f32::from(u8::from(self.name_absent)),
        ]
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

/// What is written like a name in a question in English, in lower case: with a capital, but not for being the first word.
fn names(question: &str) -> impl Iterator<Item = String> {
    let mut begins = true;
    question.split_whitespace().filter_map(move |word| {
        let was_begin = begins;
        begins = word.ends_with(['.', '!', '?', ':']);
        let name = word.trim_matches(|c: char| !c.is_alphabetic());
        let name = name
            .strip_suffix("'s")
            .or(name.strip_suffix("’s"))
            .unwrap_or(name);
        let is_name = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().count() >= NAME;
        (is_name && !was_begin).then(|| name.to_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fitted_weights_can_be_read_and_point_the_right_way() {
        let fitted: Weights = serde_json::from_str(include_str!("../data/answerable.json")).unwrap();
        let chance = |share, kind_absent, name_absent| {
            let signals = Signals {
                share,
                kind_absent,
                name_absent,
            };
            fitted.chance(&signals)
        };
        assert!(chance(1.0, false, false) > fitted.threshold);
        assert!(chance(0.2, true, true) < fitted.threshold);
        assert!(chance(0.6, false, false) > chance(0.4, false, false));
        assert!(chance(0.6, false, false) > chance(0.6, true, false));
        assert!(chance(0.6, false, false) > chance(0.6, false, true));
    }

    #[test]
    fn names_have_a_capital_within_a_sentence() {
        let check = |question: &str, expect: &[&str]| {
            assert_eq!(names(question).collect::<Vec<_>>(), expect, "{question}");
        };
        check("From which gate do flights to Sydney leave?", &["sydney"]);
        check("What is Silk Lake's number?", &["silk", "lake"]);
        check("I came late. What now, CA1234 or T2?", &[]);
        check("巴黎的航班几点？", &[]);
    }
}
