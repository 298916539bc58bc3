//! The model that also counts in what a language model says.

use serde::{Deserialize, Serialize};

use super::Calibration;
use crate::likelihood::{Expectation, LIKELIHOODS, Likelihoods, of_token};
use crate::report::FitReport;

/// How the score of n-grams and style and what a language model says become one score, and what that score means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Informed {
    /// The language model that it was fitted with: its name, then which weights of it.
    pub reader: [String; 2],
    /// The weight of the score of n-grams and style.
    pub base: f32,
    /// For each likelihood its usual amount, its usual deviation, and the weight of a deviation.
    pub likelihoods: [[f32; 3]; LIKELIHOODS],
    /// What is added to every score.
    pub intercept: f32,
    /// How scores become odds.
    pub calibration: Calibration,
    /// What it measured.
    pub report: FitReport,
}

impl Informed {
    /// What each likelihood adds to the score.
    #[must_use]
    pub fn shares(&self, likelihoods: &Likelihoods) -> Likelihoods {
        let mut shares = [0.0; LIKELIHOODS];
        let numbers = likelihoods.iter().zip(&self.likelihoods);
        for (share, (amount, [usual, spread, weight])) in shares.iter_mut().zip(numbers) {
            *share = (amount - usual) / spread * weight;
        }
        shares
    }

    /// What one of so many tokens adds by itself: its part of the means.
    #[must_use]
    pub fn share(&self, token: &Expectation, of: usize) -> f32 {
        let shares = self.shares(&of_token(token));
        shares.iter().sum::<f32>() / of.max(1) as f32
    }

    /// The score of a text, of its score by n-grams and style and what each likelihood adds.
    #[must_use]
    pub fn score(&self, base: f32, shares: &Likelihoods) -> f32 {
        base * self.base + shares.iter().sum::<f32>() + self.intercept
    }
}
