//! What texts that took no part in fitting say: calibrations, and how good they are.

use std::collections::{BTreeMap, BTreeSet};

use schemas::Language;

use crate::measure::{auroc, auroc_interval, calibration_error, median, true_alarms};
use crate::model::{Bounds, Calibration, Curve, length};
use crate::report::{Counts, FitReport, Trial};

use super::calibrate::{Held, curve};
use super::corpus::Corpus;
use super::folds::Parts;
use super::logistic::Weights;

/// Scores of texts by weights that were fitted without them.
#[derive(Debug)]
pub struct Scores {
    /// With a fold of groups held out.
    pub folds: HeldOut,
    /// With its domain held out.
    pub units: HeldOut,
    /// With its whole family of sources held out.
    pub families: HeldOut,
}

/// A score for each text.
#[derive(Debug)]
pub struct HeldOut(Vec<f32>);

impl HeldOut {
    /// Scores the texts whose labelled text is held out.
    pub fn fill(&mut self, corpus: &Corpus, weights: &Weights, held: impl Fn(usize) -> bool) {
        for (number, score) in self.0.iter_mut().enumerate() {
            if held(corpus.example(number).row) {
                *score = weights.score(corpus, number);
            }
        }
    }

    /// Sets the score of a text.
    pub fn set(&mut self, number: usize, score: f32) {
        if let Some(place) = self.0.get_mut(number) {
            *place = score;
        }
    }

    /// The score of a text.
    #[must_use]
    pub fn of(&self, number: usize) -> f32 {
        self.0.get(number).copied().unwrap_or(0.0)
    }
}

impl Scores {
    /// Nothing scored yet.
    #[must_use]
    pub fn new(texts: usize) -> Self {
        let none = || HeldOut(vec![0.0; texts]);
        Self {
            folds: none(),
            units: none(),
            families: none(),
        }
    }
}

/// All families of sources.
#[must_use]
pub fn families(parts: &Parts) -> Vec<String> {
    let families: BTreeSet<&String> = parts.names.iter().map(|unit| &unit.family).collect();
    families.into_iter().cloned().collect()
}

/// One text of the trials.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// Its number in the corpus.
    pub number: usize,
    /// The number of its labelled text.
    pub row: usize,
    /// The number of its range of lengths.
    pub bucket: usize,
    /// The number of its unit.
    pub unit: usize,
    /// Whether a machine wrote it.
    pub machine: bool,
    /// How much it counts.
    pub weight: f64,
    /// Not a stretch of one.
    pub whole: bool,
}

/// The texts of the trials: those that are `taken`, by their number.
pub fn texts(language: Language, corpus: &Corpus, taken: impl Fn(usize) -> bool) -> Vec<Text> {
    let mut counts: BTreeMap<(usize, bool), f64> = BTreeMap::new();
    for number in (0..corpus.len()).filter(|number| taken(*number)) {
        let example = corpus.example(number);
        *counts.entry((example.unit, example.machine)).or_default() += 1.0;
    }
    let of = |unit, machine| counts.get(&(unit, machine)).copied().unwrap_or(0.0);
    let mut before = None;
    (0..corpus.len())
        .filter(|number| taken(*number))
        .filter_map(|number| {
            let example = corpus.example(number);
            let whole = before.replace(example.row) != Some(example.row);
            let (unit, machine) = (example.unit, example.machine);
            let (own, other) = (of(unit, machine), of(unit, !machine));
            Some(Text {
                number,
                row: example.row,
                bucket: length::bucket(language, example.length)?,
                unit,
                machine,
                // Both kinds count the same in every unit, so that odds hold for as many of one kind as of the other; a unit of one
                // kind has no odds to tell.
                weight: if other > 0.0 {
                    (own + other) / 2.0 / own
                } else {
                    0.0
                },
                whole,
            })
        })
        .collect()
}

/// Calibrates by what was held out.
#[must_use]
pub fn calibrate(
    language: Language,
    texts: &[Text],
    parts: &Parts,
    scores: &Scores,
    strange: f32,
) -> Calibration {
    let family = |text: &Text| parts.names.get(text.unit).map(|unit| unit.family.as_str());
    let families = families(parts);
    let held = |text: &Text, scores: &HeldOut| Held {
        score: scores.of(text.number),
        machine: text.machine,
        weight: text.weight,
    };
    let mut calibration = Calibration {
        strange,
        ..Calibration::default()
    };
    for bucket in 0..length::starts(language).len() {
        let within = || texts.iter().filter(move |text| text.bucket == bucket);
        let pooled: Vec<Held> = within()
            .filter(|text| text.weight > 0.0)
            .map(|text| held(text, &scores.folds))
            .collect();
        let by_unit = (0..parts.names.len()).map(|unit| {
            let of_unit = within().filter(|text| text.unit == unit);
            of_unit.map(|text| held(text, &scores.units)).collect::<Vec<_>>()
        });
        let by_family = families.iter().map(|name| {
            let of_family = within().filter(|text| family(text) == Some(name));
            of_family
                .map(|text| held(text, &scores.families))
                .collect::<Vec<_>>()
        });
        let apart: Vec<Vec<Held>> = by_unit.chain(by_family).collect();
        calibration.curves.push(curve(&pooled, &apart));
        let people = within().filter(|text| !text.machine).filter_map(|text| {
            let name = parts.names.get(text.unit)?.name();
            Some((name, scores.units.of(text.number)))
        });
        calibration.bounds.push(Bounds::new(people));
    }
    calibration
}

/// Everything that is measured of the calibrations.
#[must_use]
pub fn report(
    language: Language,
    texts: &[Text],
    parts: &Parts,
    scores: &Scores,
    calibration: &Calibration,
) -> FitReport {
    let all: Vec<Text> = texts.iter().filter(|text| text.whole).copied().collect();
    let trial = |of: &dyn Fn(&Text) -> bool, scores: &HeldOut, known: &dyn Fn(&str) -> bool| {
        let texts: Vec<&Text> = all.iter().filter(|text| of(text)).collect();
        measured(&texts, scores, calibration, known)
    };
    let in_domain = trial(&|_| true, &scores.folds, &|_| true);
    let lengths = (0..length::starts(language).len()).map(|bucket| {
        let of = trial(&|text| text.bucket == bucket, &scores.folds, &|_| true);
        (length::name(language, bucket), of)
    });
    let domains = parts.names.iter().enumerate().map(|(number, unit)| {
        let name = unit.name();
        let of = trial(&|text| text.unit == number, &scores.units, &|known| known != name);
        (name.clone(), of)
    });
    let revised = |text: &Text| parts.revised.get(text.row).copied().unwrap_or(false);
    let by_family = |generated: bool| {
        let of_family = move |family: String| {
            let unit = |text: &Text| parts.names.get(text.unit);
            let prefix = format!("{family}/");
            let of = trial(
                &|text| unit(text).is_some_and(|unit| unit.family == family) && !(generated && revised(text)),
                &scores.families,
                &|known| !known.starts_with(&prefix),
            );
            (family, of)
        };
        families(parts).into_iter().map(of_family).collect()
    };
    let generated = parts.names.iter().enumerate().map(|(number, unit)| {
        let name = unit.name();
        let of = trial(
            &|text| text.unit == number && !revised(text),
            &scores.units,
            &|known| known != name,
        );
        (name.clone(), of)
    });
    FitReport {
        in_domain,
        lengths: lengths.collect(),
        domains: domains.collect(),
        generated_domains: generated.collect(),
        families: by_family(false),
        generated_families: by_family(true),
        ..FitReport::default()
    }
}

/// Draws with replacement for the interval of an area.
const SAMPLES: usize = 200;

fn measured(
    texts: &[&Text],
    scores: &HeldOut,
    calibration: &Calibration,
    known: &dyn Fn(&str) -> bool,
) -> Trial {
    let bounds: Vec<Bounds> = calibration
        .bounds
        .iter()
        .map(|bounds| bounds.without(|source| !known(source)))
        .collect();
    let scored: Vec<(f64, bool)> = texts
        .iter()
        .map(|text| (f64::from(scores.of(text.number)), text.machine))
        .collect();
    let machines = texts.iter().filter(|text| text.machine).count();
    let none = Curve::default();
    let judged: Vec<([f64; 3], &&Text)> = texts
        .iter()
        .map(|text| {
            let curve = calibration.curves.get(text.bucket).unwrap_or(&none);
            (curve.at(scores.of(text.number), 0.5), text)
        })
        .collect();
    let flagged = |machine: bool| {
        let of_kind = || texts.iter().filter(move |text| text.machine == machine);
        let above = of_kind().filter(|text| {
            let bounds = bounds.get(text.bucket);
            bounds.is_some_and(|bounds| bounds.p_value(scores.of(text.number)) <= 0.01)
        });
        let total = of_kind().count();
        (total > 0).then(|| above.count() as f64 / total as f64)
    };
    Trial {
        counts: Counts {
            people: texts.len() - machines,
            machines,
        },
        auroc: auroc(&scored),
        auroc_interval: auroc_interval(&scored, SAMPLES, 1),
        true_alarms_at_1_percent: true_alarms(&scored, 0.01),
        true_alarms_at_5_percent: true_alarms(&scored, 0.05),
        false_verdicts: flagged(false),
        true_verdicts: flagged(true),
        calibration_error: calibration_error(
            judged
                .iter()
                .map(|([p, ..], text)| (*p, text.machine, text.weight)),
        ),
        interval_width: median(judged.iter().map(|([_, low, high], _)| high - low).collect()),
    }
}
