//! `contrail bench detector`: what judging texts takes, with and without language models, and whether memory grows with a batch.

mod batch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use detector::config::LanguageModels;
use detector::likelihood::Readers;
use detector::train::records;
use detector::{Detector, Options};
use models::OnnxConfig;
use schemas::Language;
use serde::Serialize;

use crate::config::GlobalConfig;
use crate::progress::{Reporter, Task};
use crate::render::text_table;
use crate::{language_models, output};

const EXAMPLES: &str = "\
Examples:
  contrail bench detector --data texts.jsonl.gz
  contrail bench detector --data texts.jsonl.gz --texts 50 --json | jq '.languages[0]'
  contrail bench detector --batch
  contrail bench detector --batch 2000 --data texts.jsonl.gz --json | jq .growth

Each line is a JSON document with `text`, as for `contrail eval detection`. Texts are judged one after the
other, on one thread, and read by the language model of their language. Whether its word counts is for the weights.

With --batch they go as one batch through `contrail run detector`, a process of its own on a private server
of NATS, whose memory is looked at meanwhile: texts of --data over and over, or made-up ones. A language model
reads them if it is set; none is fetched.";

/// See [`super::Part::Detector`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DetectorBench {
    /// Texts as JSON lines, packed (`.gz`) or not.
    #[arg(long, value_name = "FILE", required_unless_present = "batch")]
    data: Option<PathBuf>,

    /// Sends so many texts, 10,000 unless it says otherwise, as one batch over the bus, and looks at the memory of the service.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "10000", conflicts_with = "texts")]
    batch: Option<usize>,

    /// Texts of each language: the first ones that are judged.
    #[arg(long, value_name = "N", default_value_t = 100)]
    texts: usize,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,

    /// Language models; by default the pinned ones are fetched.
    #[command(flatten)]
    language_models: LanguageModels,

    /// What runs them; by default the pinned one is fetched. It has one thread here, whatever is set.
    #[command(flatten)]
    onnx: OnnxConfig,
}

/// What was measured of one language.
#[derive(Debug, Serialize)]
struct Measured {
    language: Language,
    texts: usize,
    /// Texts a second without a language model.
    plain: f64,
    /// Texts a second that one reads too; none without one.
    informed: Option<f64>,
    /// Tokens a second that the language model reads; none without one.
    tokens: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Report {
    languages: Vec<Measured>,
}

impl DetectorBench {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let (mut language_models, mut onnx) = (self.language_models.clone(), self.onnx.clone());
        if let Some(count) = self.batch {
            let mut task = Reporter::new().task("texts");
            let data = self.data.as_deref();
            let report = batch::measure(global, count, data, &language_models, &onnx, &mut task).await?;
            drop(task);
            return printed(self.json, &report, batch::text);
        }
        let data = self.data.as_deref().context("name texts with --data")?;
        let languages = [Language::En, Language::Zh];
        language_models::equip(&mut language_models, &mut onnx, &global.artifacts, &languages).await?;
        onnx.threads = Some(1);
        let readers = language_models.readers(&onnx);
        readers.load().context("a language model can't be used")?;
        let plain = Detector::built_in()?;
        let mut task = Reporter::new().task("texts");
        let mut measured = Vec::new();
        for language in languages {
            let texts = self.of(data, language, &plain)?;
            if texts.is_empty() {
                continue;
            }
            let count = texts.len() as f64;
            let judging = judged(&plain, &texts, &mut task);
            let reading = read(&readers, language, &texts, &mut task)?;
            measured.push(Measured {
                language,
                texts: texts.len(),
                plain: count / judging,
                informed: reading.map(|(seconds, _)| count / (judging + seconds)),
                tokens: reading.map(|(seconds, tokens)| tokens as f64 / seconds),
            });
        }
        drop(task);
        ensure!(
            !measured.is_empty(),
            "{} has no text that is judged",
            data.display()
        );
        printed(self.json, &Report { languages: measured }, text)
    }

    /// The first texts of a language that are judged.
    fn of(&self, data: &Path, language: Language, detector: &Detector) -> anyhow::Result<Vec<String>> {
        let mut texts = Vec::new();
        for record in records(data, |_, _| {})? {
            if texts.len() == self.texts {
                break;
            }
            let text = record?.text;
            let judgement = detector.judge(&text, Options::default());
            if judgement.language == Some(language) && judgement.unjudged.is_none() {
                texts.push(text);
            }
        }
        Ok(texts)
    }
}

fn printed<R: Serialize>(json: bool, report: &R, text: fn(&R) -> String) -> anyhow::Result<ExitCode> {
    if json {
        output::json(report)?;
    } else {
        output::line(&text(report))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Seconds that judging takes. The first text is judged once more before: what is slow but once is no part of it.
fn judged(detector: &Detector, texts: &[String], task: &mut Task) -> f64 {
    if let Some(first) = texts.first() {
        std::hint::black_box(detector.judge(first, Options::default()));
    }
    let start = Instant::now();
    for (done, text) in (1u64..).zip(texts) {
        std::hint::black_box(detector.judge(text, Options::default()));
        task.update("judging", done, texts.len() as u64);
    }
    start.elapsed().as_secs_f64()
}

/// Seconds that reading takes, and tokens that are read.
fn read(
    readers: &Readers,
    language: Language,
    texts: &[String],
    task: &mut Task,
) -> anyhow::Result<Option<(f64, usize)>> {
    let Some(reader) = readers.of(language) else {
        return Ok(None);
    };
    let (start, mut tokens) = (Instant::now(), 0);
    for (done, text) in (1u64..).zip(texts) {
        tokens += reader.read(text)?.len();
        task.update("reading", done, texts.len() as u64);
    }
    Ok(Some((start.elapsed().as_secs_f64(), tokens)))
}

fn text(report: &Report) -> String {
    let number = |number: Option<f64>| number.map_or("–".to_owned(), |number| format!("{number:.1}"));
    let rows = report.languages.iter().map(|measured| {
        vec![
            crate::render::word(&measured.language),
            measured.texts.to_string(),
            format!("{:.1}", measured.plain),
            number(measured.informed),
            number(measured.tokens),
        ]
    });
    let header = [
        "language",
        "texts",
        "texts/s without a language model",
        "texts/s with one that reads too",
        "its tokens/s",
    ];
    text_table(&header, rows).to_string()
}
