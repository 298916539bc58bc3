//! The whole of fitting: read, measure, part, fit with each part held out, calibrate by what was held out, fit to all.

use std::collections::BTreeMap;

use schemas::Language;

use crate::features;
use crate::hashing::{Draws, mix};
use crate::likelihood::{Likelihoods, likelihoods};
use crate::model::{LanguageModel, Linear, Model, key, length};
use crate::report::{Counts, FitReport};
use crate::text::{Kind, Normalized, normalize, sort};

use super::corpus::Corpus;
use super::data::{DataError, Record};
use super::folds::{Parts, Row, part};
use super::groups::{Keys, Sets, signature};
use super::informed;
use super::logistic::{self, Weighed, Weights};
use super::readings::Readings;
use super::trials::{self, Scores};

/// Why nothing could be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The labelled texts can't be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// There is no language with enough texts.
    #[error("no language has {ENOUGH} texts by people and as many by machines")]
    TooFew,
}

/// Texts of each kind without which a language is not fitted.
const ENOUGH: usize = 200;

/// How to fit.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What everything that is drawn hangs on.
    pub seed: u64,
    /// The inverse of the penalty on weights.
    pub cost: f32,
    /// Passes over the texts.
    pub passes: u32,
    /// Folds of the trial on known kinds of texts.
    pub folds: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 7,
            cost: 8.0,
            passes: 10,
            folds: 5,
        }
    }
}

/// What a fit has of a language before it is fitted.
struct Collected {
    language: Language,
    corpus: Corpus,
    rows: Vec<Row>,
    sets: Sets,
    signatures: Keys,
    left_out: BTreeMap<String, usize>,
}

/// Fits to labelled texts, and to what a language model expected in those of them that it has read; `progress` hears the stage, how much of it is done, and how much there is.
///
/// # Errors
/// [`FitError`]: a line that can't be read, or too few texts.
pub fn fit(
    records: impl Iterator<Item = Result<Record, DataError>>,
    settings: &Settings,
    readings: &Readings,
    progress: &mut dyn FnMut(&str, u64, u64),
) -> Result<Model, FitError> {
    let mut languages = [Language::Zh, Language::En].map(Collected::new);
    for record in records {
        let record = record?;
        for collected in &mut languages {
            collected.take(&record, settings.seed, readings);
        }
    }
    let mut model = Model {
        version: String::new(),
        languages: BTreeMap::new(),
    };
    for collected in languages {
        let machines = collected.rows.iter().filter(|row| row.machine).count();
        if machines < ENOUGH || collected.rows.len() - machines < ENOUGH {
            continue;
        }
        let reader = readings.reader(collected.language);
        let fitted = collected.fit(settings, reader, progress);
        model.languages.insert(key(fitted.language).to_owned(), fitted);
    }
    if model.languages.is_empty() {
        return Err(FitError::TooFew);
    }
    model.version = crate::model::store::version(&model);
    Ok(model)
}

/// Lengths of the stretches that are cut out of longer texts, in tokens: weights must hold for short texts too.
const STRETCHES: [usize; 6] = [55, 75, 100, 130, 170, 220];

impl Collected {
    fn new(language: Language) -> Self {
        Self {
            language,
            corpus: Corpus::new(language),
            rows: Vec::new(),
            sets: Sets::default(),
            signatures: Keys::default(),
            left_out: BTreeMap::new(),
        }
    }

    fn take(&mut self, record: &Record, seed: u64, readings: &Readings) {
        let text = normalize(&record.text);
        let sorted = sort(&record.text, &text);
        let named = (!record.lang.is_empty()).then_some(record.lang.as_str());
        if named.is_some_and(|named| named != key(self.language)) {
            return;
        }
        if sorted.language.is_some_and(|language| language != self.language) {
            if named.is_some() {
                self.leave_out("in another language than it says");
            }
            return;
        }
        match sorted.kind {
            Kind::Prose => {}
            Kind::Other(why) => {
                // Without a language it is counted once, with the first one.
                if named.is_some() || self.language == Language::Zh {
                    self.leave_out(&format!("{why:?}"));
                }
                return;
            }
        }
        if length::bucket(self.language, sorted.units).is_none() {
            return self.leave_out("TooShort");
        }
        let (row, machine) = (self.rows.len(), record.label == 1);
        let features = features::measure(self.language, &text);
        self.sets.push();
        for band in signature(&features.tokens) {
            self.signatures.join(&mut self.sets, band, row);
        }
        if !record.pair.is_empty() {
            let name = record.source.bytes().chain([0]).chain(record.pair.bytes());
            let pair = name.fold(0u64, |hash, byte| mix(hash ^ u64::from(byte)));
            self.signatures.join(&mut self.sets, pair, row);
        }
        let read = readings.of(self.language, &text.chars.iter().collect::<String>());
        // What the model expected in the beginning of a text holds for the beginning alone.
        let said = |stretch: &Normalized| -> Option<Likelihoods> {
            let end: usize = stretch.chars.iter().map(|c| c.len_utf8()).sum();
            let read = read?;
            likelihoods(read.get(..read.partition_point(|one| one.start < end))?)
        };
        self.corpus
            .push(row, machine, &features, sorted.units, said(&text));
        if let Some(stretch) = stretch(&text, &features, mix(seed ^ row as u64), read.is_some()) {
            let sorted = sort(&record.text, &stretch);
            if length::bucket(self.language, sorted.units).is_some() {
                let features = features::measure(self.language, &stretch);
                self.corpus
                    .push(row, machine, &features, sorted.units, said(&stretch));
            }
        }
        self.rows.push(Row {
            machine,
            source: record.source.clone(),
            domain: record.domain.clone(),
            revised: !record.attack.is_empty(),
        });
    }

    fn leave_out(&mut self, why: &str) {
        *self.left_out.entry(why.to_owned()).or_default() += 1;
    }

    fn fit(
        mut self,
        settings: &Settings,
        reader: [String; 2],
        progress: &mut dyn FnMut(&str, u64, u64),
    ) -> LanguageModel {
        let language = self.language;
        let parts = part(&self.rows, &mut self.sets);
        self.corpus.assign(parts.names.len(), |row| {
            parts.units.get(row).copied().unwrap_or(0)
        });
        let rarity = self.corpus.weigh(language);
        let usual = self.corpus.standardize();

        let families: Vec<String> = trials::families(&parts);
        let total = (settings.folds + parts.names.len() + families.len() + 1) as u64;
        let stage = format!("fitting {}", key(language));
        let mut done = 0;
        let mut fitted = |kept: &[bool]| {
            done += 1;
            progress(&stage, done, total);
            let texts = weighed(&self.corpus, &parts, kept, settings.cost);
            logistic::fit(&self.corpus, &texts, settings.passes, settings.seed)
        };
        let mut scores = Scores::new(self.corpus.len());
        for fold in 0..settings.folds {
            let kept = parts.without_fold(fold, settings.folds);
            let weights = fitted(&kept);
            scores.folds.fill(&self.corpus, &weights, |row| {
                !kept.get(row).copied().unwrap_or(true)
            });
        }
        for unit in 0..parts.names.len() {
            let weights = fitted(&parts.without_unit(unit));
            scores
                .units
                .fill(&self.corpus, &weights, |row| parts.units.get(row) == Some(&unit));
        }
        for family in &families {
            let weights = fitted(&parts.without_family(family));
            let of = |row: usize| {
                let unit = parts.units.get(row).and_then(|unit| parts.names.get(*unit));
                unit.is_some_and(|unit| unit.family == *family)
            };
            scores.families.fill(&self.corpus, &weights, of);
        }
        let weights: Weights = fitted(&vec![true; self.rows.len()]);

        let style = usual
            .iter()
            .zip(&weights.style)
            .map(|([mean, spread], weight)| [*mean, *spread, *weight]);
        let linear = Linear::quantized(
            language,
            &weights.places,
            rarity,
            style.collect(),
            weights.intercept,
        );
        let texts = trials::texts(language, &self.corpus, |_| true);
        let calibration = trials::calibrate(language, &texts, &parts, &scores, strange(&self.corpus));
        let report = FitReport {
            sources: sources(&self.rows),
            left_out: self.left_out,
            seed: settings.seed,
            ..trials::report(language, &texts, &parts, &scores, &calibration)
        };
        let informed = informed::fit(language, reader, &self.corpus, &parts, &scores, settings.folds);
        LanguageModel {
            language,
            linear,
            calibration,
            report,
            informed,
        }
    }
}

/// The share of values that are missing in the strangest hundredth of texts: texts of few weighed n-grams.
pub(super) fn strange(corpus: &Corpus) -> f32 {
    let mut unknown: Vec<f32> = (0..corpus.len()).map(|number| corpus.unknown(number)).collect();
    unknown.sort_by(f32::total_cmp);
    unknown.get(unknown.len() * 99 / 100).copied().unwrap_or(1.0)
}

/// A stretch of a text of a length that is drawn, from its beginning or from elsewhere; none of a text that is hardly longer.
fn stretch(
    text: &Normalized,
    features: &features::Features,
    seed: u64,
    beginning: bool,
) -> Option<Normalized> {
    let mut draws = Draws::new(seed);
    let length = *STRETCHES.get(draws.below(STRETCHES.len()))?;
    let tokens = &features.tokens;
    if tokens.len() * 10 < length * 13 {
        return None;
    }
    // It begins where a sentence does, as what people paste mostly does.
    let last = tokens.get(tokens.len() - length)?.start;
    let starts: Vec<usize> = features
        .sentences
        .iter()
        .map(|span| span.start)
        .filter(|start| *start <= last)
        .collect();
    let drawn = *starts.get(draws.below(starts.len()))?;
    let start = if beginning { 0 } else { drawn };
    let first = tokens.partition_point(|token| token.start < start);
    let end = tokens.get((first + length).min(tokens.len()) - 1)?.end;
    Some(text.slice(start, end))
}

/// The texts to fit to. In every unit both kinds count the same, and all its texts together as many as they are; where there
/// is one kind only, they count half, since they tell of their unit as much as of their kind.
fn weighed(corpus: &Corpus, parts: &Parts, kept: &[bool], cost: f32) -> Vec<Weighed> {
    let mut counts: BTreeMap<usize, [f32; 2]> = BTreeMap::new();
    let examples =
        || (0..corpus.len()).filter(|number| kept.get(corpus.example(*number).row).copied().unwrap_or(false));
    for number in examples() {
        let example = corpus.example(number);
        if let Some(count) = counts
            .entry(example.unit)
            .or_default()
            .get_mut(usize::from(example.machine))
        {
            *count += 1.0;
        }
    }
    debug_assert!(parts.names.len() == corpus.units, "every unit has a name");
    examples()
        .map(|number| {
            let example = corpus.example(number);
            let count = counts.get(&example.unit).copied().unwrap_or([1.0; 2]);
            let share = match count {
                [people, machines] if people > 0.0 && machines > 0.0 => {
                    let own = if example.machine { machines } else { people };
                    (people + machines) / 2.0 / own
                }
                _ => 0.5,
            };
            Weighed {
                example: number,
                cost: cost * share.min(4.0),
            }
        })
        .collect()
}

fn sources(rows: &[Row]) -> BTreeMap<String, Counts> {
    let mut sources: BTreeMap<String, Counts> = BTreeMap::new();
    for row in rows {
        let counts = sources.entry(row.source.clone()).or_default();
        if row.machine {
            counts.machines += 1;
        } else {
            counts.people += 1;
        }
    }
    sources
}
