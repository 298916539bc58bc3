//! `contrail provision`: streams, consumers and buckets.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::config::GlobalConfig;
use crate::{embedded, output};

const EXAMPLES: &str = "\
Examples:
  contrail provision --nats-url nats://127.0.0.1:4222
  NATS_URL=nats://nats.example:4222 NATS_REPLICAS=3 contrail provision

It can be run again: what is there is updated, and what can't be updated is named.";

/// See [`super::Command::Provision`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Provision {}

impl Provision {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let config = global
            .bus()
            .context("name the server with --nats-url or NATS_URL")?;
        embedded::provision(&config).await?;
        output::line(&format!("{} is ready", config.url))?;
        Ok(ExitCode::SUCCESS)
    }
}
