//! How many texts written by people score as high: conformal p-values over many sources.
//!
//! Source: Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World". Sources count the same, whatever their size,
//! and the worst one is held to a bound of its own, since what holds for all of them together is far too low for some.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Scores of texts written by people, ascending, by source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Scores by the name of the source.
    pub sources: BTreeMap<String, Vec<f32>>,
}

/// Texts that a source must have to speak for itself: with fewer, no score could ever reach one in a hundred.
const ENOUGH: usize = 110;
/// How many times as many false alarms as on average the worst source may have.
const WORST: f64 = 4.0;
/// The name of those that have fewer, together.
const REST: &str = "others";

impl Bounds {
    /// Takes scores by source; sources of few texts become one.
    #[must_use]
    pub fn new(scores: impl IntoIterator<Item = (String, f32)>) -> Self {
        let mut sources: BTreeMap<String, Vec<f32>> = BTreeMap::new();
        for (source, score) in scores {
            sources.entry(source).or_default().push(score);
        }
        let (few, mut sources): (BTreeMap<_, _>, BTreeMap<_, _>) =
            sources.into_iter().partition(|(_, scores)| scores.len() < ENOUGH);
        let rest: Vec<f32> = few.into_values().flatten().collect();
        if rest.len() >= ENOUGH || (sources.is_empty() && !rest.is_empty()) {
            sources.insert(REST.to_owned(), rest);
        } else if let Some(first) = sources.values_mut().next() {
            first.extend(rest);
        }
        for scores in sources.values_mut() {
            scores.sort_by(f32::total_cmp);
        }
        Self { sources }
    }

    /// The same without some sources.
    #[must_use]
    pub fn without(&self, left_out: impl Fn(&str) -> bool) -> Self {
        let kept = self.sources.iter().filter(|(source, _)| !left_out(source));
        Self {
            sources: kept
                .map(|(source, scores)| (source.clone(), scores.clone()))
                .collect(),
        }
    }

    /// The share of texts that score at least as high: on average over the sources, or a fourth of the share in the worst
    /// source if that is more. Where it is one in a hundred, no source has more than four in a hundred. 1 without sources.
    #[must_use]
    pub fn p_value(&self, score: f32) -> f64 {
        let share = |scores: &Vec<f32>| {
            let below = scores.partition_point(|known| *known < score);
            (scores.len() - below + 1) as f64 / (scores.len() + 1) as f64
        };
        let shares = || self.sources.values().map(share);
        let Some(worst) = shares().reduce(f64::max) else {
            return 1.0;
        };
        let mean = shares().sum::<f64>() / self.sources.len() as f64;
        mean.max(worst / WORST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_count_the_same_and_the_worst_has_its_own_bound() {
        let even = |name: &str, from: f32| {
            let name = name.to_owned();
            (0..199).map(move |i| (name.clone(), from + i as f32))
        };
        let bounds = Bounds::new(even("a", 0.0).chain(even("b", 100.0)));
        assert!((bounds.p_value(1000.0) - 1.0 / 200.0).abs() < 1e-9);
        // 2 of 200 in one source and 102 of 200 in the other.
        assert!((bounds.p_value(198.0) - 52.0 / 200.0).abs() < 1e-9);
        // With many sources the worst one alone decides.
        let many = (0..9)
            .flat_map(|i| even(&i.to_string(), 0.0))
            .chain(even("b", 100.0));
        assert!((Bounds::new(many).p_value(250.0) - 50.0 / 200.0 / 4.0).abs() < 1e-9);
        assert!((bounds.without(|source| source == "b").p_value(198.0) - 2.0 / 200.0).abs() < 1e-9);
        assert!((Bounds::default().p_value(0.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn sources_of_few_texts_are_one() {
        let few = (0..60).map(|i| (format!("s{}", i % 3), i as f32));
        assert_eq!(Bounds::new(few).sources.len(), 1);
    }
}
