//! `contrail eval`: how many questions are answered, and answered right; how well documents are
//! found, texts are judged and images are read.

mod beir;
mod dataset;
mod detection;
mod knowledge;
mod ocr;
mod ranking;
mod report;
mod retrieval;
pub mod score;
mod tables;
mod vectors;

use std::process::ExitCode;

pub use self::ocr::pace as pace_of_ocr;

use clap::{Args, Subcommand};

use crate::config::GlobalConfig;

const EXAMPLES: &str = "\
Examples:
  contrail eval tables --data ./questions
  contrail eval tables --data ./questions --json --predictions predictions.jsonl
  contrail eval knowledge --data tests/fixtures/knowledge
  contrail eval retrieval --data ./scifact
  contrail eval detection --data texts.jsonl.gz
  contrail eval ocr --data ./scans";

/// See [`super::Command::Eval`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Eval {
    #[command(subcommand)]
    set: Set,
}

#[derive(Debug, Subcommand)]
enum Set {
    /// Asks questions over tables in Chinese and in English, and compares the answers with the right ones.
    Tables(tables::Tables),
    /// Asks questions over documents, and compares what is cited with where the answers stand.
    Knowledge(knowledge::Knowledge),
    /// Looks for texts by questions of which it is known what fits them, and compares.
    Retrieval(retrieval::Retrieval),
    /// Judges texts of which it is known who wrote them, and compares.
    Detection(detection::Detection),
    /// Reads images of which it is known what stands in them, and compares.
    Ocr(ocr::Ocr),
}

impl Eval {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        match &self.set {
            Set::Tables(tables) => tables.run(global).await,
            Set::Knowledge(knowledge) => knowledge.run(global).await,
            Set::Retrieval(retrieval) => retrieval.run(global).await,
            Set::Detection(detection) => detection.run(global).await,
            Set::Ocr(ocr) => ocr.run(global).await,
        }
    }
}
