//! From a text to its judgement.

use std::sync::Arc;

use schemas::Language;
use schemas::judgement::{
    Interval, Judgement, Length, LengthUnit, ModelVersion, Unjudged, Verdict, Verdicts,
};

use crate::evidence::{Evidence, Heard, rounded};
use crate::features::{self, grams};
use crate::likelihood::{self, Readers, identity, likelihoods};
use crate::model::{LanguageModel, Model, StoreError, length, store};
use crate::text::{Kind, Normalized, Sorted, normalize, sort};

/// The weights that are built in: what `contrail detector fit` wrote.
const BUILT_IN: &[u8] = include_bytes!("../data/weights.bin");

/// The name of the model.
pub const MODEL: &str = "contrail-detector-ngrams";

/// Bytes of a text that is judged.
pub const MAX_BYTES: usize = 16 << 20;

/// Sentences that a judgement lists.
const SENTENCES: usize = 2_000;
/// A p-value above which nothing points to a machine: one text in five by people looks like this or more so.
const ORDINARY: f64 = 0.2;

/// How a text is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How likely a text is held to be machine-written before anybody looks at it, above 0 and below 1.
    pub prior: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { prior: 0.5 }
    }
}

/// A language model behind an endpoint that weights were not fitted with: what it expects of texts would mean nothing.
#[derive(Debug, thiserror::Error)]
#[error(
    "DETECTOR_UNCALIBRATED: the weights {version} were not fitted with {model}. `contrail detector read --endpoint --data texts.jsonl.gz \
     --readings readings.jsonl` has it read labelled texts, `contrail detector fit --data texts.jsonl.gz --readings readings.jsonl --out \
     fitted` fits weights to that, and CONTRAIL_DETECTOR_WEIGHTS=fitted/weights.bin names them; without DETECTOR_BASE_URL it is not asked"
)]
pub struct Uncalibrated {
    /// The model, as the endpoint names it.
    pub model: String,
    /// The version of the weights.
    pub version: String,
}

/// Judges texts.
#[derive(Debug, Clone)]
pub struct Detector {
    model: Model,
    readers: Arc<Readers>,
}

impl Detector {
    /// The one with the weights that are built in.
    ///
    /// # Errors
    /// When they are damaged, which a test excludes.
    pub fn built_in() -> Result<Self, StoreError> {
        Ok(Self::new(store::read(BUILT_IN)?))
    }

    /// The one with other weights.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self {
            model,
            readers: Arc::default(),
        }
    }

    /// The same with language models, which read texts of their languages too.
    ///
    /// # Errors
    /// [`Uncalibrated`]: one is behind an endpoint, and the weights were not fitted with it.
    pub fn with_readers(self, readers: Readers) -> Result<Self, Uncalibrated> {
        if let Some(endpoint) = readers.endpoint() {
            let model = endpoint.identity();
            let mut informed = self.fitted_with();
            if !informed.any(|(_, reader)| *reader == model) {
                let [model, _] = model;
                let version = self.model.version.clone();
                return Err(Uncalibrated { model, version });
            }
        }
        let readers = Arc::new(readers);
        Ok(Self { readers, ..self })
    }

    /// The language models that read texts.
    #[must_use]
    pub fn readers(&self) -> &Readers {
        &self.readers
    }

    /// Its weights.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The languages whose weights were fitted with the language model that reads them in this process, too.
    #[must_use]
    pub fn informed(&self) -> Vec<Language> {
        let local = self
            .fitted_with()
            .filter(|(language, reader)| **reader == identity(*language));
        local.map(|(language, _)| language).collect()
    }

    /// With which language models the weights were fitted.
    fn fitted_with(&self) -> impl Iterator<Item = (Language, &[String; 2])> {
        let languages = self.model.languages.values();
        languages.filter_map(|one| Some((one.language, &one.informed.as_ref()?.reader)))
    }

    /// Judges a text, in time linear in its length. Every text has a judgement: where there is nothing to say, it says so.
    #[must_use]
    pub fn judge(&self, text: &str, options: Options) -> Judgement {
        self.judge_with_score(text, options).0
    }

    /// The same with the score that the probability is read from, where the text is judged: it tells apart what the probability
    /// rounds to the same.
    #[must_use]
    pub fn judge_with_score(&self, text: &str, options: Options) -> (Judgement, Option<f32>) {
        if text.len() > MAX_BYTES {
            let judgement = self.unjudged(Verdict::Unsupported, Unjudged::TooLarge, None, 0, options);
            return (judgement, None);
        }
        let normalized = normalize(text);
        let sorted = sort(text, &normalized);
        let unsupported =
            |why| self.unjudged(Verdict::Unsupported, why, sorted.language, sorted.units, options);
        let (judgement, score) = match (sorted.kind, sorted.language) {
            (Kind::Prose, Some(language)) => self.prose(&normalized, &sorted, language, options),
            (Kind::Prose, None) => (unsupported(Unjudged::OtherLanguage), None),
            (Kind::Other(why), _) => (unsupported(why), None),
        };
        let judgement = Judgement {
            tampering: normalized.tampering,
            ..judgement
        };
        (judgement, score)
    }

    fn prose(
        &self,
        text: &Normalized,
        sorted: &Sorted,
        language: Language,
        options: Options,
    ) -> (Judgement, Option<f32>) {
        let units = sorted.units;
        let unjudged = |verdict, why| (self.unjudged(verdict, why, Some(language), units, options), None);
        let Some(bucket) = length::bucket(language, units) else {
            return unjudged(Verdict::TooShort, Unjudged::TooShort);
        };
        // Weights that were fitted to one language alone.
        let Some(model) = self.model.of(language) else {
            return unjudged(Verdict::Unsupported, Unjudged::OtherLanguage);
        };
        let features = features::measure(language, text);
        let counted = grams::count(&features.grams);
        let score = model.linear.score(&counted, &features.style);
        let mut shares = model.linear.shares(&counted, &features.grams);
        let heard = self.heard(model, text);
        let (calibration, total, base) = match &heard {
            None => (&model.calibration, score.total, 1.0),
            Some(Heard { informed, shares, .. }) => {
                let total = informed.score(score.total, shares);
                (&informed.calibration, total, informed.base)
            }
        };
        shares.iter_mut().for_each(|share| *share *= base);
        let [probability, low, high] = calibration
            .curves
            .get(bucket)
            .map_or([0.5, 0.0, 1.0], |curve| curve.at(total, options.prior));
        let p_value = calibration
            .bounds
            .get(bucket)
            .map_or(1.0, |bounds| bounds.p_value(total));
        let verdict = |rate: f64| match p_value {
            p if p <= rate => Verdict::AiLikely,
            p if p > ORDINARY => Verdict::NoEvidence,
            _ => Verdict::Inconclusive,
        };
        let evidence = Evidence {
            model,
            text,
            features: &features,
            shares: &shares,
            style: score.style.iter().map(|share| share * base).collect(),
            heard: heard.as_ref(),
        };
        let scores = evidence.by_sentence();
        let omitted = scores.len().saturating_sub(SENTENCES);
        let judgement = Judgement {
            probability: Some(rounded(probability)),
            interval: Some(Interval {
                low: rounded(low),
                high: rounded(high),
            }),
            p_value: Some(rounded(p_value)),
            verdicts: Verdicts {
                at_1_percent: verdict(0.01),
                at_5_percent: verdict(0.05),
            },
            unjudged: None,
            language: Some(language),
            length: Length {
                count: units as u64,
                unit: length::unit(language),
                bucket: Some(length::name(language, bucket)),
            },
            out_of_distribution: score.unknown > calibration.strange || sorted.foreign > FOREIGN,
            tampering: Vec::new(),
            sentences: scores.into_iter().take(SENTENCES).collect(),
            sentences_omitted: u32::try_from(omitted).unwrap_or(u32::MAX),
            signals: evidence.signals(),
            models: self.models(heard.as_ref()),
            prior: options.prior,
        };
        (judgement, Some(total))
    }

    /// What the language model says, where there is one, the weights were fitted with it, and the text is long enough for it.
    fn heard<'a>(&self, model: &'a LanguageModel, text: &Normalized) -> Option<Heard<'a>> {
        // Without weights that were fitted with it, a model is not even loaded.
        let informed = model.informed.as_ref()?;
        let letters: String = text.chars.iter().take(likelihood::CHARACTERS).collect();
        let read = self.readers.hear(model.language, &informed.reader, &letters)?;
        let shares = informed.shares(&likelihoods(&read)?);
        Some(Heard {
            informed,
            read,
            shares,
        })
    }

    fn unjudged(
        &self,
        verdict: Verdict,
        why: Unjudged,
        language: Option<Language>,
        units: usize,
        options: Options,
    ) -> Judgement {
        Judgement {
            probability: None,
            interval: None,
            p_value: None,
            verdicts: Verdicts::both(verdict),
            unjudged: Some(why),
            language,
            length: Length {
                count: units as u64,
                unit: language.map_or(LengthUnit::Words, length::unit),
                bucket: None,
            },
            out_of_distribution: false,
            tampering: Vec::new(),
            sentences: Vec::new(),
            sentences_omitted: 0,
            signals: Vec::new(),
            models: self.models(None),
            prior: options.prior,
        }
    }

    /// What the judgement rests on.
    fn models(&self, heard: Option<&Heard<'_>>) -> Vec<ModelVersion> {
        let own = [MODEL.to_owned(), self.model.version.clone()];
        let used = [own]
            .into_iter()
            .chain(heard.map(|heard| heard.informed.reader.clone()));
        used.map(|[id, version]| ModelVersion { id, version }).collect()
    }
}

/// Share of another language from which on a text is unlike those that were fitted to.
const FOREIGN: f64 = 0.2;

#[cfg(test)]
mod tests {
    use schemas::judgement::TamperingKind;

    use crate::evidence::SIGNALS;

    use super::*;

    const ENGLISH: &str = "My brother and I missed the last bus, so we walked home along the canal. It took two hours. He kept \
        talking about the film, and I mostly thought about my feet. Nobody was out except a man with a very old dog, who said \
        good evening as if it was the middle of the day.";

    fn judge(text: &str) -> Judgement {
        Detector::built_in().unwrap().judge(text, Options::default())
    }

    #[test]
    fn weights_are_small_and_whole() {
        assert!(BUILT_IN.len() < 15 << 20);
        let model = store::read(BUILT_IN).unwrap();
        assert_eq!(model.languages.keys().collect::<Vec<_>>(), ["en", "zh"]);
        assert_eq!(store::version(&model), model.version);
        let again = store::read(&store::write(&model).unwrap()).unwrap();
        assert_eq!(again.languages["zh"].linear, model.languages["zh"].linear);
        assert_eq!(
            again.languages["en"].calibration,
            model.languages["en"].calibration
        );
        assert!(matches!(store::read(b"something else"), Err(StoreError::Format)));
        assert!(matches!(
            store::read(&BUILT_IN[..1000]),
            Err(StoreError::Packed(_))
        ));
    }

    #[test]
    fn a_judgement_is_whole() {
        let judgement = judge(ENGLISH);
        let (probability, interval) = (judgement.probability.unwrap(), judgement.interval.unwrap());
        assert!(interval.low <= probability && probability <= interval.high);
        assert!((0.0..=1.0).contains(&judgement.p_value.unwrap()));
        assert_eq!(judgement.length.bucket.as_deref(), Some("50-99"));
        assert_eq!(judgement.sentences.len(), 4);
        let first = judgement.sentences[0];
        assert_eq!(
            &ENGLISH[first.start as usize..first.end as usize].trim(),
            &"My brother and I missed the last bus, so we walked home along the canal."
        );
        assert!(!judgement.signals.is_empty() && judgement.signals.len() <= SIGNALS);
        assert!(!serde_json::to_string(&judgement).unwrap().contains("human"));
    }

    #[test]
    fn sentences_and_style_add_up_to_the_score() {
        let detector = Detector::built_in().unwrap();
        let (judgement, score) = detector.judge_with_score(ENGLISH, Options::default());
        let model = detector.model().of(Language::En).unwrap();
        let features = features::measure(Language::En, &normalize(ENGLISH));
        let parts = model
            .linear
            .score(&grams::count(&features.grams), &features.style);
        let sentences: f64 = judgement
            .sentences
            .iter()
            .map(|sentence| sentence.contribution)
            .sum();
        let whole = sentences + f64::from(parts.style.iter().sum::<f32>() + model.linear.intercept);
        assert!(
            (whole - f64::from(score.unwrap())).abs() < 1e-2,
            "{whole} {score:?}"
        );
    }

    #[test]
    fn a_lower_prior_lowers_the_odds_and_changes_no_p_value() {
        let detector = Detector::built_in().unwrap();
        let (even, rare) = (judge(ENGLISH), detector.judge(ENGLISH, Options { prior: 0.01 }));
        assert!(rare.probability < even.probability && rare.p_value == even.p_value);
        assert!((rare.prior - 0.01).abs() < 1e-9);
    }

    #[test]
    fn bad_input_has_a_named_outcome() {
        use Unjudged::*;
        for (text, why) in [
            (String::new(), Empty),
            ("\u{200b}\u{feff}".to_owned(), Empty),
            ("😀🎉".repeat(1_000), NoWords),
            ("\0\u{1}\u{fffd}\u{fffd}PK".repeat(100), Binary),
            ("Too short.".to_owned(), TooShort),
            ("天".to_owned(), TooShort),
            ("Добрый день, коллеги. ".repeat(30), OtherLanguage),
            ("a".repeat(MAX_BYTES + 1), TooLarge),
        ] {
            let judgement = judge(&text);
            assert_eq!(judgement.unjudged, Some(why));
            assert_eq!((judgement.probability, judgement.p_value), (None, None));
        }
        let mixed = "今天我们去公园玩 and then it was raining so we 就回家了 with some tea ".repeat(10);
        assert_eq!(judge(&mixed).unjudged, Some(MixedLanguages));
    }

    #[test]
    fn tricks_are_undone_and_told() {
        let hidden = ENGLISH
            .replace("the ", "t\u{200b}he ")
            .replace("man", "m\u{430}n");
        let judgement = judge(&format!("\u{202e}{hidden}"));
        let kinds: Vec<TamperingKind> = judgement
            .tampering
            .iter()
            .map(|tampering| tampering.kind)
            .collect();
        use TamperingKind::*;
        assert_eq!(kinds, [InvisibleCharacters, BidirectionalControls, Lookalikes]);
        assert_eq!(judgement.probability, judge(ENGLISH).probability);
    }

    #[test]
    fn an_endless_sentence_is_judged_in_time_that_grows_with_its_length() {
        let judgement = judge(&"字里行间都是阳光和雨水".repeat(50_000));
        assert!(judgement.probability.is_some() && judgement.sentences_omitted == 0);
        let many = judge(&"It rained again today. ".repeat(10_000));
        assert_eq!((many.sentences.len(), many.sentences_omitted), (SENTENCES, 8_000));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]
        #[test]
        fn nothing_breaks_it(text in "(\\PC|[a-z \n.]|[天气好，。]|[\u{200b}\u{202e}\u{300}<`#]){0,400}") {
            let judgement = judge(&text);
            for sentence in &judgement.sentences {
                proptest::prop_assert!(text.get(sentence.start as usize..sentence.end as usize).is_some());
            }
        }
    }
}
