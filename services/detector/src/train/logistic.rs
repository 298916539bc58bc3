//! Logistic regression with a quadratic penalty, by coordinate descent on its dual.
//!
//! Source: Yu, Huang, Lin, "Dual coordinate descent methods for logistic regression and maximum entropy models" (2011),
//! algorithm 5. It has no step size to choose, and the order of texts is the only thing that is drawn.

use crate::hashing::Draws;

use super::corpus::Corpus;

/// What is fitted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    /// By place.
    pub places: Vec<f32>,
    /// By trait of style.
    pub style: Vec<f32>,
    /// By unit: what a domain's texts have in common takes part in fitting alone, so that the rest tells people from machines
    /// within each domain rather than one domain from another.
    pub units: Vec<f32>,
    /// What every text has.
    pub intercept: f32,
}

/// One text to fit to.
#[derive(Debug, Clone, Copy)]
pub struct Weighed {
    /// Its number in the corpus.
    pub example: usize,
    /// How much it counts, times the inverse of the penalty.
    pub cost: f32,
}

/// How strongly a unit is told by its own weight.
const UNIT: f32 = 1.5;

impl Weights {
    fn of(corpus: &Corpus) -> Self {
        Self {
            places: vec![0.0; corpus.places],
            style: vec![0.0; crate::features::STYLES.len()],
            units: vec![0.0; corpus.units],
            intercept: 0.0,
        }
    }

    /// The score of a text, without what its unit adds.
    #[must_use]
    pub fn score(&self, corpus: &Corpus, example: usize) -> f32 {
        let x = corpus.example(example);
        let places: f32 = x
            .places
            .iter()
            .zip(x.values)
            .map(|(place, value)| self.place(*place) * value)
            .sum();
        let style: f32 = x
            .style
            .iter()
            .zip(&self.style)
            .map(|(value, weight)| value * weight)
            .sum();
        places + style + self.intercept
    }

    fn place(&self, place: u32) -> f32 {
        self.places.get(place as usize).copied().unwrap_or(0.0)
    }

    fn product(&self, corpus: &Corpus, example: usize) -> f32 {
        let unit = self
            .units
            .get(corpus.example(example).unit)
            .copied()
            .unwrap_or(0.0);
        self.score(corpus, example) + unit * UNIT
    }

    fn add(&mut self, corpus: &Corpus, example: usize, step: f32) {
        let x = corpus.example(example);
        for (place, value) in x.places.iter().zip(x.values) {
            if let Some(weight) = self.places.get_mut(*place as usize) {
                *weight += step * value;
            }
        }
        for (weight, value) in self.style.iter_mut().zip(x.style) {
            *weight += step * value;
        }
        if let Some(weight) = self.units.get_mut(x.unit) {
            *weight += step * UNIT;
        }
        self.intercept += step;
    }
}

/// Fits to some texts in so many passes.
#[must_use]
pub fn fit(corpus: &Corpus, texts: &[Weighed], passes: u32, seed: u64) -> Weights {
    let mut weights = Weights::of(corpus);
    // For each text both dual variables, which add up to its cost.
    let mut duals: Vec<[f64; 2]> = Vec::with_capacity(texts.len());
    let mut squares: Vec<f64> = Vec::with_capacity(texts.len());
    for text in texts {
        let cost = f64::from(text.cost);
        let small = (0.001 * cost).min(1e-8);
        duals.push([small, cost - small]);
        let x = corpus.example(text.example);
        let sum: f32 = x
            .values
            .iter()
            .chain(x.style.iter())
            .map(|value| value * value)
            .sum();
        squares.push(f64::from(sum + UNIT * UNIT + 1.0));
        let sign = if x.machine { 1.0 } else { -1.0 };
        weights.add(corpus, text.example, small as f32 * sign);
    }
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut draws = Draws::new(seed);
    for _ in 0..passes {
        for last in (1..order.len()).rev() {
            order.swap(last, draws.below(last + 1));
        }
        for at in &order {
            let (Some(text), Some(dual), Some(square)) =
                (texts.get(*at), duals.get_mut(*at), squares.get(*at))
            else {
                continue;
            };
            let sign = if corpus.example(text.example).machine {
                1.0
            } else {
                -1.0
            };
            let margin = sign * f64::from(weights.product(corpus, text.example));
            let step = improve(dual, f64::from(text.cost), *square, margin);
            if step != 0.0 {
                weights.add(corpus, text.example, (step * sign) as f32);
            }
        }
    }
    weights
}

/// Moves the two dual variables of a text to where they are best while all others stay; returns by how much the first one
/// grew.
fn improve(dual: &mut [f64; 2], cost: f64, square: f64, margin: f64) -> f64 {
    const SHRINK: f64 = 0.1;
    let [first, second] = *dual;
    // The smaller variable is moved: near 0 its logarithm needs the digits.
    let swapped = 0.5 * square * (second - first) + margin < 0.0;
    let (old, sign) = if swapped { (second, -1.0) } else { (first, 1.0) };
    let mut z = if cost - old < 0.5 * cost {
        SHRINK * old
    } else {
        old
    };
    let gradient = |z: f64| square * (z - old) + sign * margin + (z / (cost - z)).ln();
    for _ in 0..50 {
        let slope = gradient(z);
        if slope.abs() < 1e-3 {
            break;
        }
        let next = z - slope / (square + cost / ((cost - z) * z));
        z = if next <= 0.0 {
            z * SHRINK
        } else {
            next.min(cost * (1.0 - 1e-12))
        };
    }
    *dual = if swapped { [cost - z, z] } else { [z, cost - z] };
    dual[0] - first
}
