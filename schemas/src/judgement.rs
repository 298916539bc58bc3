//! What the detector says of a text: odds with their bounds, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What is known of one text. Never a verdict on a person: nothing here says that somebody wrote the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judgement {
    /// How likely it is that a machine wrote the text, from 0 to 1; none where the text is not judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub probability: Option<f64>,
    /// What the probability would be by calibrations on one kind of source each: the lowest and the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// The share of texts written by people that look at least as machine-made: on average over many sources, or a fourth of
    /// the share in the worst source if that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub p_value: Option<f64>,
    /// What follows from that.
    pub verdicts: Verdicts,
    /// Why the text is not judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unjudged: Option<Unjudged>,
    /// The language of the text, where it is one that is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// How long it is.
    pub length: Length,
    /// Whether the text is unlike all that the statistics were fitted to, so that the odds mean little.
    pub out_of_distribution: bool,
    /// Signs that somebody hides something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tampering: Vec<Tampering>,
    /// What each sentence adds to the odds of the whole: no verdict on the sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<SentenceScore>,
    /// Sentences that are not listed, since the text has so many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sentences_omitted: u32,
    /// What weighs most, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// What judged.
    pub models: Vec<ModelVersion>,
    /// How likely a text was held to be machine-written before anybody looked at it.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub prior: f64,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A lower and an upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// The lower bound, from 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub low: f64,
    /// The upper bound, from 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub high: f64,
}

/// The verdicts at two rates of false alarms, each held to on average over many sources of texts written by people, and to
/// four times as many in the worst of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdicts {
    /// With one false alarm in a hundred.
    pub at_1_percent: Verdict,
    /// With five false alarms in a hundred.
    pub at_5_percent: Verdict,
}

impl Verdicts {
    /// The same verdict at every rate.
    #[must_use]
    pub fn both(verdict: Verdict) -> Self {
        Self {
            at_1_percent: verdict,
            at_5_percent: verdict,
        }
    }
}

/// What can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Few texts written by people look like this.
    AiLikely,
    /// It can't be told.
    Inconclusive,
    /// Nothing points to a machine; which does not show that there was none.
    NoEvidence,
    /// Too little text to say anything.
    TooShort,
    /// No text of a kind that is judged.
    Unsupported,
}

/// Why a text is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unjudged {
    /// There is nothing in it.
    Empty,
    /// It has prose, and too little.
    TooShort,
    /// It is no text.
    Binary,
    /// It has signs or pictures and no words.
    NoWords,
    /// It is a program.
    Code,
    /// It is a list or a table.
    List,
    /// It is in a language that is not judged.
    OtherLanguage,
    /// It is in several languages, none of which is most of it.
    MixedLanguages,
    /// It is larger than what is read.
    TooLarge,
}

/// How long a text is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Length {
    /// How much of it is in its language.
    pub count: u64,
    /// What is counted.
    pub unit: LengthUnit,
    /// The range of lengths that it is calibrated with, for instance `100-199`; none where the text is not judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
}

/// What length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LengthUnit {
    /// Chinese characters.
    Characters,
    /// Words.
    Words,
}

/// A sign that somebody hides something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tampering {
    /// What it is.
    pub kind: TamperingKind,
    /// How often it was found.
    pub count: u32,
}

/// What hides something in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TamperingKind {
    /// Characters that nobody sees, within words.
    InvisibleCharacters,
    /// Controls that reverse the order in which characters are shown.
    BidirectionalControls,
    /// Letters of another script in the place of Latin ones that look the same.
    Lookalikes,
}

/// What one sentence adds to the odds of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SentenceScore {
    /// The byte of the text (UTF-8) that it begins with.
    pub start: u64,
    /// The byte behind its last one.
    pub end: u64,
    /// What it adds to the score of the whole: above 0 towards a machine, below 0 away from one. The scores of all sentences
    /// and of the style of the whole add up to the score that the probability is read from.
    pub contribution: f64,
}

/// Something that weighs in the odds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Signal {
    /// What it is, in words, in the language of the text.
    pub text: String,
    /// Which kind of sign.
    pub kind: SignalKind,
    /// What it adds to the score.
    pub contribution: f64,
}

/// Which kind of sign something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Words of the text.
    Wording,
    /// How the whole is written.
    Style,
}

/// A model and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelVersion {
    /// Which model.
    pub id: String,
    /// Which version of it: changes whenever its weights do.
    pub version: String,
}
