//! `contrail bench`: what a part costs beside doing without it, measured in one run on this machine.

mod detector;
mod gateway;
mod latency;
mod memory;
mod operations;
mod streams;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::config::GlobalConfig;

const EXAMPLES: &str = "\
Examples:
  contrail bench detector --data texts.jsonl.gz
  contrail bench gateway
  contrail bench gateway --streams 500 --json | jq .streams
  contrail bench operations --files 1000";

/// See [`super::Command::Bench`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Bench {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Measures what judging texts takes, with and without language models.
    Detector(detector::DetectorBench),
    /// Measures what HTTP adds to a question, and what many streams at once take of memory.
    Gateway(gateway::Gateway),
    /// Measures starts, the memory of idle services, and many small files on their way through all of it.
    Operations(operations::Operations),
}

impl Bench {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        match &self.part {
            Part::Detector(detector) => detector.run(global).await,
            Part::Gateway(gateway) => gateway.run(global).await,
            Part::Operations(operations) => operations.run(global).await,
        }
    }
}
