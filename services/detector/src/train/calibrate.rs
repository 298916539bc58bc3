//! From scores of texts that took no part in fitting to curves of probability with bounds.

use crate::model::Curve;
use crate::model::curve::interpolate;

/// A score, whether a machine wrote the text, and how much it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// The score.
    pub score: f32,
    /// Whether a machine wrote the text.
    pub machine: bool,
    /// How much it counts.
    pub weight: f64,
}

/// Points of a curve.
const POINTS: usize = 49;
/// No probability is closer to 0 or 1 than this: there is always something that was not measured.
const MARGIN: f64 = 0.005;

/// The curve of probabilities by `pooled` texts of all sources, with bounds that hold the curve of every source in `apart`.
/// Empty where there are no texts of both kinds.
#[must_use]
pub fn curve(pooled: &[Held], apart: &[Vec<Held>]) -> Curve {
    let steps = isotonic(pooled);
    let curves: Vec<(f64, f64)> = apart.iter().filter_map(|held| sigmoid(held)).collect();
    let mut scores: Vec<f32> = pooled.iter().map(|held| held.score).collect();
    scores.sort_by(f32::total_cmp);
    if steps.is_empty() {
        return Curve::default();
    }
    let (xs, ys): (Vec<f32>, Vec<f32>) = steps.into_iter().unzip();
    let mut curve = Curve::default();
    for point in 0..POINTS {
        // Points lie as densely as texts do.
        let at = (scores.len() - 1) * point / (POINTS - 1);
        let Some(score) = scores.get(at).copied() else {
            continue;
        };
        if curve.scores.last().is_some_and(|last| *last >= score) {
            continue;
        }
        let probability = f64::from(interpolate(&xs, &ys, score)).clamp(MARGIN, 1.0 - MARGIN);
        let by_source = curves
            .iter()
            .map(|(slope, offset)| logistic(slope * f64::from(score) + offset));
        let (low, high) = by_source.fold((probability, probability), |(low, high), p| {
            (low.min(p), high.max(p))
        });
        curve.scores.push(score);
        curve.probability.push(probability as f32);
        curve.low.push(low as f32);
        curve.high.push(high as f32);
    }
    // A bound of sources whose curves cross still never falls.
    for bound in [&mut curve.low, &mut curve.high] {
        let mut before = 0.0f32;
        for value in bound {
            before = before.max(*value);
            *value = before;
        }
    }
    curve
}

/// Points of the rising steps that fit best (isotonic regression, pool adjacent violators, Ayer and others 1955), each step
/// at its middle, with one text of each kind added so that none is certain.
fn isotonic(held: &[Held]) -> Vec<(f32, f32)> {
    struct Step {
        weight: f64,
        machines: f64,
        scores: f64,
    }
    let mut sorted = held.to_vec();
    sorted.sort_by(|a, b| a.score.total_cmp(&b.score));
    let (machines, total) = sorted.iter().fold((0.0, 0.0), |(machines, total), held| {
        (
            machines + if held.machine { held.weight } else { 0.0 },
            total + held.weight,
        )
    });
    if machines <= 0.0 || machines >= total {
        return Vec::new();
    }
    // Steps begin as hundredths of the texts: smaller ones would follow chance.
    let size = sorted.len().div_ceil(100).max(1);
    let mut steps: Vec<Step> = Vec::new();
    for texts in sorted.chunks(size) {
        let mut step = Step {
            weight: 0.0,
            machines: 0.0,
            scores: 0.0,
        };
        for held in texts {
            step.weight += held.weight;
            step.machines += if held.machine { held.weight } else { 0.0 };
            step.scores += held.weight * f64::from(held.score);
        }
        while let Some(before) =
            steps.pop_if(|before| before.machines * step.weight >= step.machines * before.weight)
        {
            step.weight += before.weight;
            step.machines += before.machines;
            step.scores += before.scores;
        }
        steps.push(step);
    }
    let mean = total / sorted.len() as f64;
    steps
        .iter()
        .map(|step| {
            let probability = (step.machines + mean) / (step.weight + 2.0 * mean);
            ((step.scores / step.weight) as f32, probability as f32)
        })
        .collect()
}

/// Texts of each kind that a source must have for a curve of its own.
const ENOUGH: usize = 40;

/// Slope and offset of the sigmoid that fits best (Platt 1999, with Newton's method as in Lin, Lin, Weng 2007), both kinds of
/// texts counting the same. None of too few texts.
#[must_use]
pub fn sigmoid(held: &[Held]) -> Option<(f64, f64)> {
    let machines = held.iter().filter(|held| held.machine).count();
    let people = held.len() - machines;
    if machines < ENOUGH || people < ENOUGH {
        return None;
    }
    let (mut slope, mut offset) = (1.0f64, 0.0f64);
    // A weak pull to slope 1 keeps a source whose texts are parted cleanly from growing it without end.
    let pull = 2.0;
    for _ in 0..100 {
        let (mut g0, mut g1) = (pull * (slope - 1.0), 0.0);
        let (mut h00, mut h01, mut h11) = (pull, 0.0, 1e-6);
        for held in held {
            let x = f64::from(held.score);
            let (target, weight) = if held.machine {
                (1.0, 0.5 * people.min(machines) as f64 / machines as f64)
            } else {
                (0.0, 0.5 * people.min(machines) as f64 / people as f64)
            };
            let p = logistic(slope * x + offset);
            let (error, bend) = (weight * (p - target), weight * p * (1.0 - p));
            g0 += error * x;
            g1 += error;
            h00 += bend * x * x;
            h01 += bend * x;
            h11 += bend;
        }
        let determinant = h00 * h11 - h01 * h01;
        if determinant.abs() < 1e-12 {
            break;
        }
        let (step0, step1) = (
            (h11 * g0 - h01 * g1) / determinant,
            (h00 * g1 - h01 * g0) / determinant,
        );
        slope -= step0.clamp(-1.0, 1.0);
        offset -= step1.clamp(-2.0, 2.0);
        if step0.abs() + step1.abs() < 1e-6 {
            break;
        }
    }
    Some((slope.max(0.0), offset))
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::Draws;

    /// Texts whose odds are `exp(slope · score + offset)`.
    fn drawn(slope: f64, offset: f64, seed: u64) -> Vec<Held> {
        let mut draws = Draws::new(seed);
        (0..4_000)
            .map(|_| {
                let score = draws.below(6_000) as f32 / 1_000.0 - 3.0;
                let p = logistic(slope * f64::from(score) + offset);
                Held {
                    score,
                    machine: (draws.below(10_000) as f64) < p * 10_000.0,
                    weight: 1.0,
                }
            })
            .collect()
    }

    #[test]
    fn a_curve_finds_the_odds_that_texts_were_drawn_by() {
        let curve = curve(&drawn(1.5, 0.0, 1), &[drawn(1.5, -1.0, 2), drawn(1.5, 1.0, 3)]);
        for score in [-2.0f32, -1.0, 0.0, 1.0, 2.0] {
            let [p, low, high] = curve.at(score, 0.5);
            let expected = logistic(1.5 * f64::from(score));
            assert!((p - expected).abs() < 0.07, "{score}: {p} {expected}");
            assert!(low < p && p < high, "{score}: {low} {p} {high}");
        }
        assert!(curve.probability.is_sorted() && curve.low.is_sorted() && curve.high.is_sorted());
    }

    #[test]
    fn a_sigmoid_needs_both_kinds() {
        let (slope, _) = sigmoid(&drawn(1.5, 0.0, 4)).unwrap();
        assert!((slope - 1.5).abs() < 0.2, "{slope}");
        let people: Vec<Held> = drawn(1.5, 0.0, 5)
            .into_iter()
            .filter(|held| !held.machine)
            .collect();
        assert_eq!(sigmoid(&people), None);
        assert_eq!(curve(&people, &[]), Curve::default());
    }
}
