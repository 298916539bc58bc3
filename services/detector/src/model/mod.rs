//! Fitted weights and what they say of a text.

pub mod bounds;
pub mod curve;
pub mod informed;
pub mod length;
pub mod linear;
pub mod store;

use std::collections::BTreeMap;

use schemas::Language;
use serde::{Deserialize, Serialize};

pub use bounds::Bounds;
pub use curve::Curve;
pub use informed::Informed;
pub use linear::Linear;
pub use store::StoreError;

use crate::report::FitReport;

/// Everything that is fitted for one language.
#[derive(Debug, Clone)]
pub struct LanguageModel {
    /// Which language.
    pub language: Language,
    /// From what is measured to a score.
    pub linear: Linear,
    /// How scores become odds.
    pub calibration: Calibration,
    /// How it was fitted and what it measured.
    pub report: FitReport,
    /// What holds where a language model has read the text too.
    pub informed: Option<Informed>,
}

/// From scores to odds, for each range of lengths.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Probability and its bounds, by the number of the range.
    pub curves: Vec<Curve>,
    /// Scores of texts written by people, by the number of the range.
    pub bounds: Vec<Bounds>,
    /// The share of n-grams without a weight beyond which a text is unlike all others: that of the strangest hundredth.
    pub strange: f32,
}

/// The models of all languages.
#[derive(Debug, Clone)]
pub struct Model {
    /// Changes whenever the weights do.
    pub version: String,
    /// By language.
    pub languages: BTreeMap<String, LanguageModel>,
}

/// The key of a language among the models.
#[must_use]
pub fn key(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh",
        Language::En => "en",
    }
}

impl Model {
    /// The model of a language, if there is one.
    #[must_use]
    pub fn of(&self, language: Language) -> Option<&LanguageModel> {
        self.languages.get(key(language))
    }
}
