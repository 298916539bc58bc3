//! How a model was fitted and what it measured: the figures of its card.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is known of the fitting of one language.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FitReport {
    /// Labelled texts by source.
    pub sources: BTreeMap<String, Counts>,
    /// Labelled texts that were left out, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// What it was fitted with.
    pub seed: u64,
    /// Texts that took no part in fitting, of kinds that did: grouped folds.
    pub in_domain: Trial,
    /// Each domain of a family of sources, held out as a whole.
    pub domains: BTreeMap<String, Trial>,
    /// Each family of sources, held out as a whole.
    pub families: BTreeMap<String, Trial>,
    /// The same domains without texts that a machine revised, or that were changed to hide what wrote them.
    #[serde(default)]
    pub generated_domains: BTreeMap<String, Trial>,
    /// The same families without such texts.
    #[serde(default)]
    pub generated_families: BTreeMap<String, Trial>,
    /// The grouped folds by length.
    pub lengths: BTreeMap<String, Trial>,
}

/// How many texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// By people.
    pub people: usize,
    /// By machines.
    pub machines: usize,
}

/// What was measured on texts that took no part in fitting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// How many texts.
    pub counts: Counts,
    /// Area under the curve.
    pub auroc: Option<f64>,
    /// Its 95 % interval.
    pub auroc_interval: Option<[f64; 2]>,
    /// True alarms at the threshold that one in a hundred of these very people's texts reaches.
    pub true_alarms_at_1_percent: Option<f64>,
    /// The same of five in a hundred.
    pub true_alarms_at_5_percent: Option<f64>,
    /// The share of people's texts with the verdict `ai_likely` at 1 %, by bounds that knew nothing of these texts.
    pub false_verdicts: Option<f64>,
    /// The share of machines' texts with that verdict.
    pub true_verdicts: Option<f64>,
    /// Expected calibration error.
    pub calibration_error: Option<f64>,
    /// Median width of the interval.
    pub interval_width: Option<f64>,
}
