//! The second step of fitting: what a language model says beside the score of n-grams and style.
//!
//! The score of each text comes from weights that were fitted without its domain, or without its whole family of sources; half of
//! the fit is made of the one and half of the other, so that n-grams are trusted no more than they deserve on kinds of texts
//! that nobody has seen. What is held out is held out of both steps.

use schemas::Language;

use crate::likelihood::LIKELIHOODS;
use crate::model::Informed;

use super::corpus::Corpus;
use super::fit::strange;
use super::folds::Parts;
use super::stack::{self, INPUTS, Stacked};
use super::trials::{self, HeldOut, Scores, Text};

/// Texts of each kind without which nothing is fitted.
const ENOUGH: usize = 200;

/// Fits to all texts that a language model, `reader`, has read; none of too few.
#[must_use]
pub fn fit(
    language: Language,
    reader: [String; 2],
    corpus: &Corpus,
    parts: &Parts,
    scores: &Scores,
    folds: usize,
) -> Option<Informed> {
    let texts = trials::texts(language, corpus, |number| {
        corpus.example(number).likelihoods.is_some()
    });
    let machines = texts.iter().filter(|text| text.machine).count();
    if machines < ENOUGH || texts.len() - machines < ENOUGH {
        return None;
    }
    let rows = |kept: &[bool]| -> Vec<Stacked> {
        let taken = texts
            .iter()
            .filter(|text| kept.get(text.row).copied().unwrap_or(false));
        taken
            .flat_map(|text| [&scores.units, &scores.families].map(|held| stacked(corpus, text, held)))
            .flatten()
            .collect()
    };
    let units = parts.names.len();
    let usual = stack::usual(&rows(&vec![true; parts.units.len()]));
    let score = |weights: &[f64; INPUTS + 1], text: &Text, held: &HeldOut| -> f32 {
        let Some(likelihoods) = corpus.example(text.number).likelihoods else {
            return 0.0;
        };
        let numbers = stack::deviations(held.of(text.number), likelihoods, &usual).chain([1.0]);
        numbers
            .zip(weights)
            .map(|(number, weight)| f64::from(number) * weight)
            .sum::<f64>() as f32
    };
    let mut informed = Scores::new(corpus.len());
    for fold in 0..folds {
        let kept = parts.without_fold(fold, folds);
        let weights = stack::fit(&rows(&kept), &usual, units);
        for text in texts
            .iter()
            .filter(|text| !kept.get(text.row).copied().unwrap_or(true))
        {
            informed
                .folds
                .set(text.number, score(&weights, text, &scores.folds));
        }
    }
    for unit in 0..units {
        let weights = stack::fit(&rows(&parts.without_unit(unit)), &usual, units);
        for text in texts.iter().filter(|text| text.unit == unit) {
            informed
                .units
                .set(text.number, score(&weights, text, &scores.units));
        }
    }
    for family in trials::families(parts) {
        let weights = stack::fit(&rows(&parts.without_family(&family)), &usual, units);
        let of = |text: &&Text| {
            parts
                .names
                .get(text.unit)
                .is_some_and(|unit| unit.family == family)
        };
        for text in texts.iter().filter(of) {
            informed
                .families
                .set(text.number, score(&weights, text, &scores.families));
        }
    }
    let weights = stack::fit(&rows(&vec![true; parts.units.len()]), &usual, units);
    let calibration = trials::calibrate(language, &texts, parts, &informed, strange(corpus));
    let report = trials::report(language, &texts, parts, &informed, &calibration);

    let mut by_likelihood = [[0.0f32; 3]; LIKELIHOODS];
    let of_likelihoods = usual.iter().zip(&weights).skip(1);
    for (place, ([mean, spread], weight)) in by_likelihood.iter_mut().zip(of_likelihoods) {
        *place = [*mean, *spread, *weight as f32];
    }
    let ([[mean, spread], ..], [base, .., intercept]) = (usual, weights);
    let base = base as f32 / spread;
    Some(Informed {
        reader,
        base,
        likelihoods: by_likelihood,
        intercept: intercept as f32 - base * mean,
        calibration,
        report,
    })
}

fn stacked(corpus: &Corpus, text: &Text, held: &HeldOut) -> Option<Stacked> {
    Some(Stacked {
        score: held.of(text.number),
        likelihoods: *corpus.example(text.number).likelihoods?,
        machine: text.machine,
        unit: text.unit,
        // Texts of units of one kind have no weight in odds, but tell of their kind.
        weight: if text.weight > 0.0 {
            text.weight.min(4.0) / 2.0
        } else {
            0.25
        },
    })
}
