//! `contrail export`: what was answered, for others to learn from.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use tracing::Instrument;

use crate::config::GlobalConfig;
use crate::export::llama_factory::{self, Card};
use crate::export::pairs;
use crate::output;
use crate::progress::Reporter;
use crate::session::{Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail export llama-factory --out ./tuning";

const LLAMA_FACTORY_EXAMPLES: &str = "\
Examples:
  contrail export llama-factory --out ./tuning
  contrail export llama-factory --out ./tuning --format sharegpt --tenant red
  contrail export llama-factory --out ./tuning --model ./models/qwen3-coder --template qwen3

Taken are questions over tables whose plan two engines agree on, and those whose answer a person has confirmed (`contrail
goldens list`); each once. The folder gets contrail.json, dataset_info.json, lora_sft.yaml, freeze_sft.yaml and README.md,
which counts what is in it and what was left out. Prompts hold values of the tables: treat the folder as you treat those.";

/// See [`super::Command::Export`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Export {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Writes a data set of questions and programs, with settings to tune a model on it.
    #[command(after_help = LLAMA_FACTORY_EXAMPLES)]
    LlamaFactory(LlamaFactory),
}

#[derive(Debug, Args)]
#[command(after_help = LLAMA_FACTORY_EXAMPLES)]
struct LlamaFactory {
    /// The folder that is written; made if need be.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// The format of the data set.
    #[arg(long, value_enum, default_value = "alpaca")]
    format: Format,

    /// The model to tune: a name of a hub, or a folder.
    #[arg(long, value_name = "MODEL", default_value = "Qwen/Qwen2.5-Coder-7B-Instruct")]
    model: String,

    /// The template of its prompts, as LLaMA-Factory names it.
    #[arg(long, value_name = "NAME", default_value = "qwen")]
    template: String,

    /// Writes over what is there.
    #[arg(long)]
    overwrite: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line of instruction and output each.
    Alpaca,
    /// A conversation each.
    Sharegpt,
}

impl From<Format> for llama_factory::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Alpaca => Self::Alpaca,
            Format::Sharegpt => Self::Sharegpt,
        }
    }
}

impl Export {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let Action::LlamaFactory(wanted) = &self.action;
        let mut session = Session::open(global, Needs::Server).await?;
        let client = session.client.clone();
        let mut task = Reporter::new().task("export");
        let work = pairs::gather(&client, &mut task).instrument(tracing::info_span!("contrail export"));
        let gathered = session.during(work).await;
        drop(task);
        let closed = session.close().await;
        let (pairs, counts) = gathered?;
        closed?;
        let card = Card {
            tenant: client.tenant().to_string(),
            day: chrono::Utc::now().format("%Y-%m-%d").to_string(),
            version: env!("CARGO_PKG_VERSION"),
            model: wanted.model.clone(),
            template: wanted.template.clone(),
        };
        let format = wanted.format.into();
        let written = llama_factory::write(&wanted.out, format, &pairs, &counts, &card, wanted.overwrite)?;
        output::line(&format!(
            "{} pairs: {} verified by two engines, {} confirmed and {} corrected by people",
            pairs.len(),
            counts.verified,
            counts.confirmed,
            counts.corrected
        ))?;
        for path in written {
            output::line(&path.display().to_string())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
