//! `contrail detector`: how the detector's weights are fitted, and what is known of them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use detector::config::LanguageModels;
use detector::likelihood::Endpoint;
use detector::train::{self, Readings, Settings, Source};
use models::{OnnxConfig, ScorerConfig};
use schemas::Language;

use crate::config::GlobalConfig;
use crate::language_models;
use crate::output;
use crate::progress::Reporter;

const EXAMPLES: &str = "\
Examples:
  contrail detector read --data texts.jsonl.gz --readings readings.jsonl
  contrail detector fit --data texts.jsonl.gz --readings readings.jsonl --out services/detector/data
  contrail detector card > MODEL_CARD.md";

const READ_EXAMPLE: &str = "\
Examples:
  contrail detector read --data texts.jsonl.gz --readings readings.jsonl --texts 3000
  contrail detector read --data texts.jsonl.gz --readings large.jsonl --endpoint \\
    --detector-base-url http://127.0.0.1:8000/v1 --detector-model Qwen3-8B-Base

What the language models expected in each text is added to the file, text by text; what is there already
is not read again. Texts are named by a number, and none is kept.";

const FIT_EXAMPLE: &str = "\
Examples:
  contrail detector fit --data texts.jsonl.gz --out fitted
  contrail detector fit --data texts.jsonl.gz --readings readings.jsonl --out fitted

Each line is a JSON document: `text`, `label` (0 by a person, 1 by a machine), and perhaps `source`,
`domain`, `generator`, `lang` (zh, en), `attack` and `pair`. Near-duplicates and texts of one pair are
never parted; every domain and every source is held out once. The same data and seed give the same
weights. It writes weights.bin, which holds numbers and no text, and MODEL_CARD.md.";

const CARD_EXAMPLE: &str = "Example:\n  contrail detector card > MODEL_CARD.md";

/// See [`super::Command::Detector`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DetectorCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Has language models read labelled texts, for `fit`.
    #[command(after_help = READ_EXAMPLE)]
    Read(Read),
    /// Fits weights to labelled texts, and measures them.
    #[command(after_help = FIT_EXAMPLE)]
    Fit(Fit),
    /// Prints the model card.
    #[command(after_help = CARD_EXAMPLE)]
    Card {
        /// Weights that `fit` wrote, instead of those that are built in.
        #[arg(long, value_name = "FILE")]
        weights: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Args)]
struct Read {
    /// Labelled texts as JSON lines, packed (`.gz`) or not.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,

    /// File that what was read is added to.
    #[arg(long, value_name = "FILE")]
    readings: PathBuf,

    /// Texts of each language: sources, domains and kinds by turns.
    #[arg(long, value_name = "N", default_value_t = 3_000)]
    texts: usize,

    /// Has the model behind the endpoint read them, and no other one. A file of readings is of one model.
    #[arg(long)]
    endpoint: bool,

    /// Where that is.
    #[command(flatten)]
    scorer: ScorerConfig,

    /// Language models; by default the pinned ones are fetched.
    #[command(flatten)]
    language_models: LanguageModels,

    /// What runs them; by default the pinned one is fetched.
    #[command(flatten)]
    onnx: OnnxConfig,
}

#[derive(Debug, Clone, Args)]
struct Fit {
    /// Labelled texts as JSON lines, packed (`.gz`) or not.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,

    /// Folder for the weights and the card.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// What `read` wrote: without it, weights for judging with language models are not fitted.
    #[arg(long, value_name = "FILE")]
    readings: Option<PathBuf>,

    /// What everything that is drawn hangs on.
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
}

impl DetectorCommand {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        match &self.action {
            Action::Read(read) => read.run(global).await,
            Action::Fit(fit) => {
                let fit = fit.clone();
                apart(move || fit.run()).await
            }
            Action::Card { weights } => {
                let detector = detector::equipment::detector(weights.as_deref())?;
                output::line(detector::card::card(detector.model()).trim_end())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Read {
    async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        if self.endpoint {
            let endpoint = Endpoint::configured(&self.scorer)?;
            let endpoint =
                endpoint.context("name the endpoint with --detector-base-url or DETECTOR_BASE_URL")?;
            endpoint.look().await?;
            let read = self.clone();
            return apart(move || read.read(&Source::Endpoint(&endpoint))).await;
        }
        let (mut language_models, mut onnx) = (self.language_models.clone(), self.onnx.clone());
        let languages = [Language::Zh, Language::En];
        language_models::equip(&mut language_models, &mut onnx, &global.artifacts, &languages).await?;
        let readers = language_models.readers(&onnx);
        readers.load().context("a language model can't be used")?;
        let read = self.clone();
        apart(move || read.read(&Source::Local(&readers))).await
    }

    fn read(&self, source: &Source<'_>) -> anyhow::Result<ExitCode> {
        let mut task = Reporter::new().task("texts");
        let records = train::records(&self.data, |_, _| {})?;
        train::readings::read(records, source, &self.readings, self.texts, &mut |done, total| {
            task.update("reading", done, total);
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Does what takes long on a thread of its own, which ends with the process: a signal does not wait for it.
async fn apart(work: impl FnOnce() -> anyhow::Result<ExitCode> + Send + 'static) -> anyhow::Result<ExitCode> {
    let (done, awaited) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Where a signal came first, nobody waits for it any more.
        let _ = done.send(work());
    });
    awaited.await.context("it broke off")?
}

impl Fit {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let reporter = Reporter::new();
        let mut reading = reporter.task("texts");
        let mut task = reporter.task("weights");
        let settings = Settings {
            seed: self.seed,
            ..Settings::default()
        };
        let records = train::records(&self.data, |done, total| reading.update("reading", done, total))?;
        let readings = match &self.readings {
            Some(path) => train::readings::load(path)?,
            None => Readings::default(),
        };
        let model = train::fit(records, &settings, &readings, &mut |stage, done, total| {
            task.update(stage, done, total)
        })?;
        drop(task);
        let bytes = detector::model::store::write(&model)?;
        std::fs::create_dir_all(&self.out).with_context(|| format!("can't make {}", self.out.display()))?;
        for (name, content) in [
            ("weights.bin", bytes.as_slice()),
            ("MODEL_CARD.md", detector::card::card(&model).as_bytes()),
        ] {
            let path = self.out.join(name);
            std::fs::write(&path, content).with_context(|| format!("can't write {}", path.display()))?;
        }
        output::line(&format!(
            "{} {}: {} bytes of weights in {}",
            detector::judge::MODEL,
            model.version,
            bytes.len(),
            self.out.display()
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
