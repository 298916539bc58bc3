//! Puts the score of n-grams and style together with what a language model says: a few weights, fitted by Newton's method.

use crate::likelihood::{LIKELIHOODS, Likelihoods};

/// Numbers that are weighed: the score, then the likelihoods.
pub const INPUTS: usize = 1 + LIKELIHOODS;

/// One text to fit to.
#[derive(Debug, Clone, Copy)]
pub struct Stacked {
    /// The score of n-grams and style, by weights that were fitted without the text.
    pub score: f32,
    /// What the language model says.
    pub likelihoods: Likelihoods,
    /// Whether a machine wrote it.
    pub machine: bool,
    /// The number of its unit, whose own level takes part in fitting alone.
    pub unit: usize,
    /// How much it counts.
    pub weight: f64,
}

/// The inverse of how far a weight may go from nothing, for a number of usual deviation 1.
const PENALTY: f64 = 3.0;
/// Steps of Newton's method; it is done far earlier.
const STEPS: usize = 25;

/// A weight for each number, in the order of [`Stacked`], with what every text has: the numbers are deviations.
#[must_use]
pub fn fit(texts: &[Stacked], usual: &[[f32; 2]; INPUTS], units: usize) -> [f64; INPUTS + 1] {
    let size = INPUTS + 1 + units;
    let mut weights = vec![0.0f64; size];
    let row = |text: &Stacked| {
        let mut row = vec![0.0f64; size];
        for (place, number) in row
            .iter_mut()
            .zip(deviations(text.score, &text.likelihoods, usual))
        {
            *place = f64::from(number);
        }
        for own in [INPUTS, INPUTS + 1 + text.unit] {
            if let Some(place) = row.get_mut(own) {
                *place = 1.0;
            }
        }
        row
    };
    for _ in 0..STEPS {
        // All but what every text has is pulled to nothing.
        let pull = |place: usize| if place == INPUTS { 1e-6 } else { PENALTY };
        let mut gradient: Vec<f64> = weights
            .iter()
            .enumerate()
            .map(|(at, weight)| pull(at) * weight)
            .collect();
        let mut bend = vec![vec![0.0f64; size]; size];
        for (at, line) in bend.iter_mut().enumerate() {
            if let Some(own) = line.get_mut(at) {
                *own = pull(at);
            }
        }
        for text in texts {
            let row = row(text);
            let product: f64 = row.iter().zip(&weights).map(|(x, weight)| x * weight).sum();
            let p = 1.0 / (1.0 + (-product).exp());
            let error = text.weight * (p - f64::from(u8::from(text.machine)));
            let curvature = text.weight * p * (1.0 - p);
            for ((x, slope), line) in row.iter().zip(&mut gradient).zip(&mut bend) {
                if *x != 0.0 {
                    *slope += error * x;
                    line.iter_mut()
                        .zip(&row)
                        .for_each(|(sum, other)| *sum += curvature * x * other);
                }
            }
        }
        let step = solve(bend, gradient);
        let longest = step.iter().fold(0.0f64, |longest, step| longest.max(step.abs()));
        weights
            .iter_mut()
            .zip(&step)
            .for_each(|(weight, step)| *weight -= step / longest.max(1.0));
        if longest < 1e-6 {
            break;
        }
    }
    let mut kept = [0.0; INPUTS + 1];
    kept.iter_mut()
        .zip(weights)
        .for_each(|(kept, weight)| *kept = weight);
    kept
}

/// Usual amount and deviation of each number.
#[must_use]
pub fn usual(texts: &[Stacked]) -> [[f32; 2]; INPUTS] {
    let total: f64 = texts.iter().map(|text| text.weight).sum::<f64>().max(1e-9);
    let mut sums = [[0.0f64; 2]; INPUTS];
    for text in texts {
        let numbers = [text.score].into_iter().chain(text.likelihoods);
        for ([sum, squares], number) in sums.iter_mut().zip(numbers) {
            *sum += f64::from(number) * text.weight / total;
            *squares += f64::from(number * number) * text.weight / total;
        }
    }
    sums.map(|[mean, square]| [mean as f32, (square - mean * mean).max(1e-8).sqrt() as f32])
}

/// Numbers as deviations from the usual.
pub fn deviations<'a>(
    score: f32,
    likelihoods: &'a Likelihoods,
    usual: &'a [[f32; 2]; INPUTS],
) -> impl Iterator<Item = f32> + 'a {
    let numbers = [score].into_iter().chain(likelihoods.iter().copied());
    numbers
        .zip(usual)
        .map(|(number, [mean, spread])| (number - mean) / spread)
}

/// The solution of a system of equations (Gaussian elimination with the largest pivot).
fn solve(mut rows: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for pivot in 0..size {
        let value = |rows: &Vec<Vec<f64>>, row: usize| {
            rows.get(row)
                .and_then(|row| row.get(pivot))
                .copied()
                .unwrap_or(0.0)
        };
        let largest = (pivot..size)
            .max_by(|a, b| value(&rows, *a).abs().total_cmp(&value(&rows, *b).abs()))
            .unwrap_or(pivot);
        rows.swap(pivot, largest);
        right.swap(pivot, largest);
        let (Some(line), Some(own)) = (rows.get(pivot).cloned(), right.get(pivot).copied()) else {
            continue;
        };
        let by = line
            .get(pivot)
            .copied()
            .filter(|by| by.abs() > 1e-12)
            .unwrap_or(1e-12);
        for (at, (row, right)) in rows.iter_mut().zip(&mut right).enumerate() {
            let factor = row.get(pivot).copied().unwrap_or(0.0) / by;
            if at == pivot || factor == 0.0 {
                continue;
            }
            row.iter_mut()
                .zip(&line)
                .for_each(|(x, other)| *x -= factor * other);
            *right -= factor * own;
        }
    }
    (rows.iter().zip(right).enumerate())
        .map(|(at, (row, right))| {
            right
                / row
                    .get(at)
                    .copied()
                    .filter(|own| own.abs() > 1e-12)
                    .unwrap_or(1e-12)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::Draws;

    /// Texts whose odds hang on the score and the first likelihood, and on their unit.
    fn drawn() -> Vec<Stacked> {
        let mut draws = Draws::new(3);
        let mut number = || draws.below(4_000) as f32 / 1_000.0 - 2.0;
        let texts = (0..4_000).map(|at| {
            let mut likelihoods = [0.0; LIKELIHOODS];
            likelihoods.iter_mut().for_each(|place| *place = number());
            let (score, unit) = (number(), at % 2);
            let odds = score * 2.0 - likelihoods[0] + if unit == 0 { 1.0 } else { -1.0 };
            Stacked {
                score,
                likelihoods,
                machine: (number() + 2.0) / 4.0 < 1.0 / (1.0 + (-odds).exp()),
                unit,
                weight: 1.0,
            }
        });
        texts.collect()
    }

    #[test]
    fn weights_are_found_that_texts_were_drawn_by() {
        let texts = drawn();
        let usual = usual(&texts);
        let weights = fit(&texts, &usual, 2);
        // By deviations; their spread is that of an even distribution from -2 to 2.
        let spread = (16.0f64 / 12.0).sqrt();
        assert!((weights[0] / spread - 2.0).abs() < 0.2, "{weights:?}");
        assert!((weights[1] / spread + 1.0).abs() < 0.2, "{weights:?}");
        // What units have of their own is no part of it.
        assert!(weights[INPUTS].abs() < 0.2, "{weights:?}");
    }

    #[test]
    fn equations_are_solved() {
        let rows = vec![vec![0.0, 2.0, 1.0], vec![1.0, 1.0, 0.0], vec![3.0, 0.0, 1.0]];
        let solved = solve(rows, vec![7.0, 3.0, 6.0]);
        for (value, expected) in solved.iter().zip([1.0, 2.0, 3.0]) {
            assert!((value - expected).abs() < 1e-9, "{solved:?}");
        }
    }
}
