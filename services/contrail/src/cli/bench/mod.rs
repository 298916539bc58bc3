//! `contrail bench`: what a part costs beside doing without it, measured in one run on this machine.

mod detector;
mod gateway;
mod knowledge;
mod latency;
mod memory;
mod operations;
mod streams;
mod tables;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::config::GlobalConfig;

const EXAMPLES: &str = "\
Examples:
  contrail bench detector --data texts.jsonl.gz
  contrail bench detector --batch
  contrail bench gateway
  contrail bench gateway --streams 500 --json | jq .streams
  contrail bench knowledge --passages 10000
  contrail bench operations --files 1000
  contrail bench tables";

/// What a report says of this build.
fn build() -> &'static str {
    if cfg!(debug_assertions) {
        "a build without optimization, which nobody should go by"
    } else {
        "an optimized build"
    }
}

/// See [`super::Command::Bench`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Bench {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Measures what judging texts takes, with and without language models, and whether memory grows with a batch.
    Detector(detector::DetectorBench),
    /// Measures what HTTP adds to a question, and what many streams at once take of memory.
    Gateway(gateway::Gateway),
    /// Measures what the bus adds to a search, and how fast images are read, passages embedded and documents brought in.
    Knowledge(knowledge::Knowledge),
    /// Measures starts, the memory of idle services, and many small files on their way through all of it.
    Operations(operations::Operations),
    /// Measures reading a table, and questions about a large one, beside the bare libraries.
    Tables(tables::Tables),
}

impl Bench {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        match &self.part {
            Part::Detector(detector) => detector.run(global).await,
            Part::Gateway(gateway) => gateway.run(global).await,
            Part::Knowledge(knowledge) => knowledge.run(global).await,
            Part::Operations(operations) => operations.run(global).await,
            Part::Tables(tables) => tables.run(global).await,
        }
    }
}
