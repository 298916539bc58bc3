//! What a score is made of: what each sentence adds, and what weighs most.

use std::collections::HashMap;

use schemas::Language;
use schemas::judgement::{SentenceScore, Signal, SignalKind};

use crate::features::{Features, STYLES, grams};
use crate::likelihood::{Expectation, Likelihoods};
use crate::model::{Informed, LanguageModel};
use crate::text::Normalized;

/// Signals that a judgement tells of.
pub const SIGNALS: usize = 8;

/// What a language model says of a text.
#[derive(Debug)]
pub struct Heard<'a> {
    /// What that means.
    pub informed: &'a Informed,
    /// What it expected, token by token.
    pub read: Vec<Expectation>,
    /// What each likelihood adds to the score.
    pub shares: Likelihoods,
}

impl Heard<'_> {
    /// The byte that each token begins with, and what it adds by itself.
    fn by_token(&self) -> impl Iterator<Item = (usize, f32)> {
        let count = self.read.len();
        self.read
            .iter()
            .map(move |one| (one.start, self.informed.share(one, count)))
    }
}

/// Everything that a score was made of.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The weights.
    pub model: &'a LanguageModel,
    /// The text.
    pub text: &'a Normalized,
    /// What was measured of it.
    pub features: &'a Features,
    /// What each n-gram adds.
    pub shares: &'a [f32],
    /// What each trait of style adds.
    pub style: Vec<f32>,
    /// What a language model says.
    pub heard: Option<&'a Heard<'a>>,
}

impl Evidence<'_> {
    /// What each sentence adds: the n-grams that begin in it, and its part of what a language model says of the whole.
    pub fn by_sentence(&self) -> Vec<SentenceScore> {
        let Self {
            text,
            features,
            heard,
            ..
        } = self;
        // What each token adds, of n-grams of all lengths that begin with it.
        let mut of_tokens = vec![0.0f32; features.tokens.len()];
        for (gram, share) in features.grams.iter().zip(self.shares) {
            if let Some(sum) = of_tokens.get_mut(gram.first as usize) {
                *sum += share;
            }
        }
        // Of what the language model has read, the bytes that a sentence ends before are of the normalized text.
        let mut read = heard
            .map(|heard| heard.by_token())
            .into_iter()
            .flatten()
            .peekable();
        let (mut letters, mut bytes_before) = (text.chars.iter(), 0usize);
        let mut before = 0usize;
        let mut tokens = features.tokens.iter().zip(of_tokens).peekable();
        let origin = |at: usize| text.origins.get(at).map_or(0, |origin| *origin as u64);
        let scores = features.sentences.iter().map(|span| {
            let mut contribution = 0.0;
            while let Some((_, share)) = tokens.next_if(|(token, _)| token.start < span.end) {
                contribution += f64::from(share);
            }
            let ended = letters.by_ref().take(span.end.saturating_sub(before));
            bytes_before += ended.map(|c| c.len_utf8()).sum::<usize>();
            before = before.max(span.end);
            while let Some((_, share)) = read.next_if(|(start, _)| *start < bytes_before) {
                contribution += f64::from(share);
            }
            let last = span.end.saturating_sub(1);
            let bytes = text.chars.get(last).map_or(0, |c| c.len_utf8() as u64);
            // The last character may have been folded from a longer one: the next one's start is the surest end.
            let end = text
                .origins
                .get(span.end)
                .map_or(origin(last) + bytes, |next| *next as u64);
            SentenceScore {
                start: origin(span.start),
                end,
                contribution: rounded(contribution),
            }
        });
        scores.collect()
    }

    /// What weighs most: wordings of the text itself, and traits of its style.
    pub fn signals(&self) -> Vec<Signal> {
        let Self {
            model,
            text,
            features,
            ..
        } = self;
        let mut wordings: HashMap<String, f32> = HashMap::new();
        for (gram, share) in features.grams.iter().zip(self.shares) {
            // Shapes have no words of their own, single characters say nothing to a reader, and small shares are many.
            let block = grams::blocks(model.language)
                .get(1)
                .is_some_and(|words| gram.place >= *words);
            if block || share.abs() < 0.004 || (model.language == Language::Zh && gram.length == 1) {
                continue;
            }
            let first = gram.first as usize;
            let span = features
                .tokens
                .get(first)
                .zip(features.tokens.get(first + usize::from(gram.length) - 1));
            let Some((from, to)) = span else { continue };
            let letters = text.chars.get(from.start..to.end).unwrap_or_default();
            if letters.iter().any(|c| c.is_alphabetic()) && letters.len() <= 60 {
                let wording: String = letters
                    .iter()
                    .map(|c| if *c == '\n' { ' ' } else { *c })
                    .collect();
                *wordings.entry(wording).or_default() += share;
            }
        }
        let mut signals: Vec<Signal> = wordings
            .into_iter()
            .map(|(wording, share)| Signal {
                text: match model.language {
                    Language::Zh => format!("“{wording}”"),
                    Language::En => format!("\"{wording}\""),
                },
                kind: SignalKind::Wording,
                contribution: rounded(f64::from(share)),
            })
            .collect();
        let traits = STYLES
            .iter()
            .zip(&self.style)
            .zip(&features.style)
            .zip(&model.linear.style);
        signals.extend(
            traits.map(|((((english, chinese), share), amount), [usual, ..])| {
                let much = amount >= usual;
                Signal {
                    text: match (model.language, much) {
                        (Language::Zh, true) => format!("{chinese}：多于一般"),
                        (Language::Zh, false) => format!("{chinese}：少于一般"),
                        (Language::En, true) => format!("{english}: more than usual"),
                        (Language::En, false) => format!("{english}: less than usual"),
                    },
                    kind: SignalKind::Style,
                    contribution: rounded(f64::from(*share)),
                }
            }),
        );
        if let Some(heard) = self.heard {
            let share: f32 = heard.shares.iter().sum();
            signals.push(Signal {
                text: match (model.language, share >= 0.0) {
                    (Language::Zh, true) => "语言模型对用词的预料：多于一般".to_owned(),
                    (Language::Zh, false) => "语言模型对用词的预料：少于一般".to_owned(),
                    (Language::En, true) => "words that a language model expects: more than usual".to_owned(),
                    (Language::En, false) => {
                        "words that a language model expects: less than usual".to_owned()
                    }
                },
                kind: SignalKind::Style,
                contribution: rounded(f64::from(share)),
            });
        }
        signals.retain(|signal| signal.contribution.abs() >= 0.01);
        // By name where they weigh the same, so that the order never changes.
        signals.sort_by(|a, b| {
            let strength = b.contribution.abs().total_cmp(&a.contribution.abs());
            strength.then_with(|| a.text.cmp(&b.text))
        });
        signals.truncate(SIGNALS);
        signals
    }
}

/// More digits would say more than is known.
#[must_use]
pub fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Detector;
    use crate::features::measure;
    use crate::likelihood::{LIKELIHOODS, likelihoods};
    use crate::text::normalize;

    #[test]
    fn what_a_language_model_says_is_shared_out_to_sentences() {
        let detector = Detector::built_in().unwrap();
        let model = detector.model().of(Language::En).unwrap();
        let text = normalize(&"It was raining hard. Nobody minded the rain, or said so. ".repeat(6));
        let features = measure(Language::En, &text);
        let informed = Informed {
            reader: ["a model", "1"].map(str::to_owned),
            base: 1.0,
            likelihoods: [[0.5, 2.0, 0.25]; LIKELIHOODS],
            intercept: 0.0,
            calibration: model.calibration.clone(),
            report: model.report.clone(),
        };
        let letters = text.chars.len();
        let read: Vec<Expectation> = (0..letters / 2)
            .step_by(5)
            .map(|start| Expectation {
                start,
                log_probability: -(start as f32) / 50.0,
                distribution: None,
            })
            .collect();
        let shares = informed.shares(&likelihoods(&read).unwrap());
        let heard = Heard {
            informed: &informed,
            read,
            shares,
        };
        let nothing = vec![0.0; features.grams.len()];
        let evidence = Evidence {
            model,
            text: &text,
            features: &features,
            shares: &nothing,
            style: vec![0.0; STYLES.len()],
            heard: Some(&heard),
        };
        let sentences = evidence.by_sentence();
        let sum: f64 = sentences.iter().map(|sentence| sentence.contribution).sum();
        assert!(
            (sum - f64::from(shares.iter().sum::<f32>())).abs() < 1e-2,
            "{sum} {shares:?}"
        );
        // What was read ends in the middle.
        assert!(sentences.last().unwrap().contribution.abs() < 1e-9);
        assert!(
            evidence
                .signals()
                .iter()
                .any(|signal| signal.text.starts_with("words that a language model"))
        );
    }
}
