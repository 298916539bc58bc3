//! How good rankings are.

use std::collections::BTreeMap;

use serde::Serialize;

/// Figures of one way to rank, as means over all questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Quality {
    /// Normalized discounted cumulative gain of the first ten, with gains of 2^relevance - 1 (Järvelin and Kekäläinen 2002; Burges et al. 2005).
    pub ndcg_at_10: f64,
    /// Share of what fits that is among the first hundred.
    pub recall_at_100: f64,
    /// One by the place of the first that fits, if that is among the first ten.
    pub mrr_at_10: f64,
}

/// Adds up figures of one way to rank.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    total: Quality,
    questions: u32,
}

impl Sum {
    /// Adds what one question found, the best first.
    pub fn add(&mut self, found: &[&str], relevant: &BTreeMap<String, u32>) {
        let one = quality(found, relevant);
        self.total.ndcg_at_10 += one.ndcg_at_10;
        self.total.recall_at_100 += one.recall_at_100;
        self.total.mrr_at_10 += one.mrr_at_10;
        self.questions += 1;
    }

    /// The means; none of no question.
    #[must_use]
    pub fn mean(&self) -> Option<Quality> {
        let share = |total: f64| total / f64::from(self.questions);
        (self.questions > 0).then(|| Quality {
            ndcg_at_10: share(self.total.ndcg_at_10),
            recall_at_100: share(self.total.recall_at_100),
            mrr_at_10: share(self.total.mrr_at_10),
        })
    }
}

fn quality(found: &[&str], relevant: &BTreeMap<String, u32>) -> Quality {
    let gain = |score: u32| f64::from(score).exp2() - 1.0;
    let discounted = |scores: &mut dyn Iterator<Item = u32>| -> f64 {
        (2_u32..)
            .zip(scores.take(10))
            .map(|(place, score)| gain(score) / f64::from(place).log2())
            .sum()
    };
    let score = |id: &&str| relevant.get(*id).copied().unwrap_or(0);
    let mut ideal: Vec<u32> = relevant.values().copied().collect();
    ideal.sort_unstable_by(|left, right| right.cmp(left));
    let best = discounted(&mut ideal.iter().copied());
    let among_first = found.iter().take(100).filter(|id| score(id) > 0).count();
    let first = found.iter().take(10).position(|id| score(id) > 0);
    Quality {
        ndcg_at_10: discounted(&mut found.iter().map(score)) / best,
        recall_at_100: among_first as f64 / relevant.len() as f64,
        mrr_at_10: first.map_or(0.0, |place| 1.0 / (place + 1) as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &[&str], relevant: &[(&str, u32)], expected: [f64; 3]) {
        let relevant = relevant
            .iter()
            .map(|(id, score)| ((*id).to_owned(), *score))
            .collect();
        let given = quality(found, &relevant);
        let given = [given.ndcg_at_10, given.recall_at_100, given.mrr_at_10];
        for (given, expected) in given.iter().zip(expected) {
            assert!(
                (given - expected).abs() < 1e-4,
                "{found:?}: {given} is not {expected}"
            );
        }
    }

    #[test]
    fn the_first_places_count_most() {
        check(&["a", "b"], &[("a", 1)], [1.0, 1.0, 1.0]);
        check(&["b", "a"], &[("a", 1)], [0.6309, 1.0, 0.5]);
        check(&["a", "b"], &[("a", 1), ("c", 1)], [0.6131, 0.5, 1.0]);
        check(&["a", "b"], &[("a", 1), ("b", 2)], [0.7967, 1.0, 1.0]);
        check(&[], &[("a", 1)], [0.0, 0.0, 0.0]);
        let eleven = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a"];
        check(&eleven, &[("a", 1)], [0.0, 1.0, 0.0]);
    }
}
