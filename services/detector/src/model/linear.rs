//! The linear model: what each n-gram and each trait of style adds to the score.

use schemas::Language;

use crate::features::grams::{self, Counted};
use crate::features::{Gram, STYLES, Style};

/// A weight for each place and each trait of style.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// Which language's places they are.
    pub language: Language,
    /// Weights of places, as `sign(q) (q / 127)² scale`: most are small, and small ones differ most.
    pub weights: Vec<i8>,
    /// The largest weight.
    pub scale: f32,
    /// How rare what falls on a place is (inverse document frequency), in sixteenths; 0: too rare to have been weighed.
    pub rarity: Vec<u8>,
    /// For each trait its usual amount, its usual deviation, and the weight of a deviation.
    pub style: Vec<[f32; 3]>,
    /// What is added to every score.
    pub intercept: f32,
}

/// How much all traits of style together count beside n-grams, of which each kind has length 1.
pub const STYLE_SHARE: f32 = 0.08;
/// Deviations beyond which a trait does not get stranger.
pub const FARTHEST: f32 = 3.0;

/// What a score is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The sum.
    pub total: f32,
    /// What each trait of style adds.
    pub style: Vec<f32>,
    /// The share of different n-grams that have no weight.
    pub unknown: f32,
}

/// The value of a count: logarithmic, since the second occurrence says less than the first.
#[must_use]
pub fn damped(count: u8) -> f32 {
    1.0 + f32::from(count).ln()
}

/// A trait of style as the model sees it.
#[must_use]
pub fn deviation(amount: f32, usual: f32, spread: f32) -> f32 {
    ((amount - usual) / spread.max(1e-6)).clamp(-FARTHEST, FARTHEST) * STYLE_SHARE
}

impl Linear {
    fn weight(&self, place: u32) -> f32 {
        let weight = f32::from(self.weights.get(place as usize).copied().unwrap_or(0)) / 127.0;
        weight * weight.abs() * self.scale
    }

    fn rarity(&self, place: u32) -> f32 {
        f32::from(self.rarity.get(place as usize).copied().unwrap_or(0)) / 16.0
    }

    /// The length of each kind of n-grams, in the order of [`grams::blocks`].
    fn norms(&self, counted: &[Counted]) -> Vec<f32> {
        let ends = grams::blocks(self.language).iter().skip(1);
        let mut squares: Vec<f32> = ends.clone().map(|_| 0.0).collect();
        for counted in counted {
            let value = damped(counted.count) * self.rarity(counted.place);
            let block = ends.clone().position(|end| counted.place < *end).unwrap_or(0);
            if let Some(sum) = squares.get_mut(block) {
                *sum += value * value;
            }
        }
        squares.iter().map(|square| square.sqrt().max(1e-6)).collect()
    }

    /// The score of a text.
    #[must_use]
    pub fn score(&self, counted: &[Counted], style: &Style) -> Score {
        let norms = self.norms(counted);
        let (mut total, mut all, mut unknown) = (self.intercept, 0.0f32, 0.0f32);
        for one in counted {
            total += self.value(one, &norms);
            all += 1.0;
            if self.rarity(one.place) == 0.0 {
                unknown += 1.0;
            }
        }
        let style: Vec<f32> = style
            .iter()
            .zip(&self.style)
            .map(|(amount, [usual, spread, weight])| deviation(*amount, *usual, *spread) * weight)
            .collect();
        Score {
            total: total + style.iter().sum::<f32>(),
            style,
            unknown: unknown / all.max(1.0),
        }
    }

    fn value(&self, counted: &Counted, norms: &[f32]) -> f32 {
        let block = grams::blocks(self.language)
            .iter()
            .skip(1)
            .position(|end| counted.place < *end);
        let norm = block.and_then(|block| norms.get(block)).copied().unwrap_or(1.0);
        damped(counted.count) * self.rarity(counted.place) * self.weight(counted.place) / norm
    }

    /// What each occurrence of an n-gram adds to the score: they share evenly in what their place adds.
    #[must_use]
    pub fn shares(&self, counted: &[Counted], occurrences: &[Gram]) -> Vec<f32> {
        let norms = self.norms(counted);
        occurrences
            .iter()
            .map(|gram| {
                let found = counted.binary_search_by_key(&gram.place, |counted| counted.place);
                found.ok().and_then(|at| counted.get(at)).map_or(0.0, |counted| {
                    self.value(counted, &norms) / f32::from(counted.count)
                })
            })
            .collect()
    }

    /// Weights that are stored in a byte each.
    #[must_use]
    pub fn quantized(
        language: Language,
        weights: &[f32],
        rarity: Vec<u8>,
        style: Vec<[f32; 3]>,
        intercept: f32,
    ) -> Self {
        debug_assert!(style.len() == STYLES.len(), "a weight for each trait");
        let scale = weights
            .iter()
            .fold(1e-9f32, |largest, weight| largest.max(weight.abs()));
        let byte = |weight: &f32| {
            let root = (weight.abs() / scale).sqrt() * 127.0;
            root.round().copysign(*weight) as i8
        };
        Self {
            language,
            weights: weights.iter().map(byte).collect(),
            scale,
            rarity,
            style,
            intercept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_the_sum_of_its_shares() {
        let gram = |place, first| Gram {
            place,
            first,
            length: 1,
        };
        let occurrences = [gram(3, 0), gram(9, 1), gram(3, 2), gram(7, 3)];
        let counted = grams::count(&occurrences);
        let mut weights = vec![0.0; grams::places(Language::Zh)];
        (weights[3], weights[9]) = (2.0, -0.5);
        let mut rarity = vec![0; weights.len()];
        (rarity[3], rarity[9]) = (32, 16);
        let style = vec![[0.0, 1.0, 0.1]; STYLES.len()];
        let linear = Linear::quantized(Language::Zh, &weights, rarity, style, 0.5);
        let score = linear.score(&counted, &[1.0; STYLES.len()]);
        let shares: f32 = linear.shares(&counted, &occurrences).iter().sum();
        let style: f32 = score.style.iter().sum();
        assert!((score.total - (0.5 + shares + style)).abs() < 1e-4, "{score:?}");
        assert!((style - STYLES.len() as f32 * STYLE_SHARE * 0.1).abs() < 1e-4);
        assert!((score.unknown - 1.0 / 3.0).abs() < 1e-6);
        // (1 + ln 2) · 2 · 2 and 1 · 1 · -0.5, divided by their length.
        let (a, b) = ((1.0 + 2f32.ln()) * 2.0, 1.0f32);
        let expected = (a * 2.0 - b * 0.5) / (a * a + b * b).sqrt();
        assert!((shares - expected).abs() < 0.02, "{shares} {expected}");
    }
}
