//! From a score to a probability and its bounds: points of a curve that never falls.

use serde::{Deserialize, Serialize};

/// Points by ascending score; between two of them the line, beyond the last one its value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Scores.
    pub scores: Vec<f32>,
    /// The probability at each, for as many texts by machines as by people.
    pub probability: Vec<f32>,
    /// The lowest probability by any source alone.
    pub low: Vec<f32>,
    /// The highest one.
    pub high: Vec<f32>,
}

impl Curve {
    /// Probability, lower and upper bound at a score, for a prior probability (between 0 and 1).
    #[must_use]
    pub fn at(&self, score: f32, prior: f64) -> [f64; 3] {
        [&self.probability, &self.low, &self.high]
            .map(|values| with_prior(f64::from(interpolate(&self.scores, values, score)), prior))
    }
}

/// The value at `x` of the line through points with ascending `xs`; 0.5 without points.
#[must_use]
pub fn interpolate(xs: &[f32], ys: &[f32], x: f32) -> f32 {
    let behind = xs.partition_point(|known| *known <= x);
    let point = |at: usize| Some((*xs.get(at)?, *ys.get(at)?));
    let before = behind.checked_sub(1).and_then(point);
    match (before, point(behind)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (x - x0) / (x1 - x0).max(1e-9),
        (Some((_, y)), None) | (None, Some((_, y))) => y,
        (None, None) => 0.5,
    }
}

/// A probability that holds for as many texts of one kind as of the other, for another share of them (Bayes' rule in odds).
#[must_use]
pub fn with_prior(probability: f64, prior: f64) -> f64 {
    let odds = probability / (1.0 - probability).max(1e-9) * prior / (1.0 - prior).max(1e-9);
    odds / (1.0 + odds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_points_there_are_lines() {
        let curve = Curve {
            scores: vec![-1.0, 1.0],
            probability: vec![0.2, 0.6],
            low: vec![0.1, 0.4],
            high: vec![0.5, 0.9],
        };
        let check = |score, expected: [f64; 3]| {
            for (value, expected) in curve.at(score, 0.5).iter().zip(expected) {
                assert!((value - expected).abs() < 1e-6, "{value} {expected}");
            }
        };
        check(-9.0, [0.2, 0.1, 0.5]);
        check(0.0, [0.4, 0.25, 0.7]);
        check(9.0, [0.6, 0.4, 0.9]);
        assert!((Curve::default().at(0.0, 0.5)[0] - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_lower_prior_makes_it_less_likely() {
        assert!((with_prior(0.9, 0.5) - 0.9).abs() < 1e-9);
        assert!((with_prior(0.9, 0.1) - 0.5).abs() < 1e-9);
    }
}
