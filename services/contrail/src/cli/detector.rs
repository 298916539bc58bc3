//! `contrail detector`: how the detector's weights are fitted, and what is known of them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use detector::train::{self, Settings};

use crate::output;
use crate::progress::Reporter;

const EXAMPLES: &str = "\
Examples:
  contrail detector fit --data texts.jsonl.gz --out services/detector/data
  contrail detector card > MODEL_CARD.md";

const FIT_EXAMPLE: &str = "\
Example:
  contrail detector fit --data texts.jsonl.gz --out fitted

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

#[derive(Debug, Args)]
struct Fit {
    /// Labelled texts as JSON lines, packed (`.gz`) or not.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,

    /// Folder for the weights and the card.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// What everything that is drawn hangs on.
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
}

impl DetectorCommand {
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.action {
            Action::Fit(fit) => fit.run(),
            Action::Card { weights } => {
                let detector = super::detect::detector(weights.as_deref())?;
                output::line(detector::card::card(detector.model()).trim_end())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
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
        let model = train::fit(records, &settings, &mut |stage, done, total| {
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
