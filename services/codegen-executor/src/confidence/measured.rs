//! Shapes with their counts, as a file: a table for each shape, `["zh/sum/filtered"]`, with `n` and `right`.

use std::collections::BTreeMap;
use std::fmt::Write;

use schemas::Language;
use schemas::answer::{Confidence, ConfidenceLabel};
use schemas::plan::Plan;
use serde::Deserialize;

use super::shape;

/// Fewer answers than these say little: a coarser shape is told instead.
const ENOUGH: u32 = 20;

/// The head of the file.
const HEAD: &str = "\
# Answers to questions of the project's own evaluation by the shapes of their plans, finer and coarser ones: how many
# there were (n) and how many of them were right. Written by `contrail eval tables --write-confidence`.
";

/// Answers of a shape.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How many there were.
    pub n: u32,
    /// How many of them were right.
    pub right: u32,
}

/// Answers by their shapes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Measured {
    shapes: BTreeMap<String, Count>,
}

impl Measured {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (shape, Count { n, right }) in &self.shapes {
            // Writing to a string does not fail; names of shapes need no escapes.
            let _ = write!(text, "\n[\"{shape}\"]\nn = {n}\nright = {right}\n");
        }
        text
    }

    /// Counts the answer that a plan gave, under its shape and all coarser ones.
    pub fn add(&mut self, plan: &Plan, language: Language, right: bool) {
        for name in shape::names(plan, language) {
            let count = self.shapes.entry(name).or_default();
            count.n += 1;
            count.right += u32::from(right);
        }
    }

    /// How far to trust the answer that a plan gave: what was measured on the finest shape with enough answers.
    #[must_use]
    pub fn confidence(&self, plan: &Plan, language: Language, label: ConfidenceLabel) -> Confidence {
        let known = shape::names(plan, language).into_iter().find_map(|name| {
            let count = self.shapes.get(&name)?;
            (count.n >= ENOUGH).then_some((name, *count))
        });
        match known {
            Some((name, Count { n, right })) => Confidence {
                label,
                precision: Some(f64::from(right) / f64::from(n)),
                n,
                shape: Some(name),
            },
            None => Confidence {
                label,
                precision: None,
                n: 0,
                shape: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Plan {
        let json = serde_json::json!({
            "table": { "file": "0199f1d2-7c3a-7def-8123-0000000000aa", "index": 0 }, "select": ["a"],
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_file_is_read_as_it_was_written() {
        let mut measured = Measured::default();
        assert_eq!(Measured::parse(&measured.text()).unwrap(), measured);
        measured.add(&list(), Language::Zh, true);
        measured.add(&list(), Language::En, false);
        let text = measured.text();
        assert!(text.contains("[\"zh/list/whole\"]\nn = 1\nright = 1\n"), "{text}");
        assert!(text.contains("[\"all\"]\nn = 2\nright = 1\n"), "{text}");
        assert_eq!(Measured::parse(&text).unwrap(), measured);
        assert!(Measured::parse("[\"all\"]\nn = -1\nright = 0").is_err());
    }

    #[test]
    fn few_answers_make_it_coarser() {
        let mut measured = Measured::default();
        let told = |measured: &Measured| {
            let confidence = measured.confidence(&list(), Language::Zh, ConfidenceLabel::Verified);
            (confidence.shape, confidence.precision, confidence.n)
        };
        assert_eq!(told(&measured), (None, None, 0));
        for answer in 0..ENOUGH - 1 {
            measured.add(&list(), Language::Zh, answer > 0);
        }
        assert_eq!(told(&measured), (None, None, 0));
        measured.add(&list(), Language::En, true);
        assert_eq!(told(&measured), (Some("all".to_owned()), Some(0.95), 20));
        measured.add(&list(), Language::Zh, true);
        assert_eq!(
            told(&measured),
            (Some("zh/list/whole".to_owned()), Some(0.95), 20)
        );
    }
}
