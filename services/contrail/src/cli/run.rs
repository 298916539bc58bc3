//! `contrail run`: one service alone.

use std::process::ExitCode;

use anyhow::Context;
use bus::Bus;
use clap::{Args, Subcommand};
use detector::config::DetectorConfig;
use gateway::GatewayConfig;
use ingest::IngestConfig;
use tokio_util::sync::CancellationToken;

use crate::config::{ExecutorArgs, GlobalConfig};
use crate::embedded;

const EXAMPLES: &str = "\
Examples:
  contrail run ingest --nats-url nats://127.0.0.1:4222
  NATS_URL=nats://nats.example:4222 contrail run gateway --listen 127.0.0.1:8080

The server must be provisioned: `contrail provision`. SIGINT or SIGTERM ends it.";

const INGEST_EXAMPLE: &str = "Example:\n  contrail run ingest --nats-url nats://127.0.0.1:4222";
const EXECUTOR_EXAMPLE: &str = "Example:\n  contrail run codegen-executor --nats-url nats://127.0.0.1:4222";
const DETECTOR_EXAMPLE: &str = "Example:\n  contrail run detector --nats-url nats://127.0.0.1:4222";
const GATEWAY_EXAMPLE: &str =
    "Example:\n  contrail run gateway --nats-url nats://127.0.0.1:4222 --listen 127.0.0.1:0";

/// See [`super::Command::Run`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Run {
    #[command(subcommand)]
    service: Service,
}

#[derive(Debug, Subcommand)]
enum Service {
    /// Reads files.
    #[command(after_help = INGEST_EXAMPLE)]
    Ingest(IngestConfig),
    /// Answers questions over tables.
    #[command(after_help = EXECUTOR_EXAMPLE)]
    CodegenExecutor(ExecutorArgs),
    /// Judges texts.
    #[command(after_help = DETECTOR_EXAMPLE)]
    Detector(DetectorConfig),
    /// Routes questions and speaks HTTP.
    #[command(after_help = GATEWAY_EXAMPLE)]
    Gateway(GatewayConfig),
}

impl Run {
    /// The name of the service.
    pub fn service(&self) -> &'static str {
        match self.service {
            Service::Ingest(_) => "ingest",
            Service::CodegenExecutor(_) => "codegen-executor",
            Service::Detector(_) => "detector",
            Service::Gateway(_) => "gateway",
        }
    }

    pub async fn run(&self, global: &GlobalConfig, signalled: CancellationToken) -> anyhow::Result<ExitCode> {
        let config = global
            .bus()
            .context("name the server with --nats-url or NATS_URL")?;
        let bus = Bus::connect(&config, self.service()).await?;
        match &self.service {
            Service::Ingest(settings) => {
                let workers = ingest::start_workers(settings, &global.sandbox).await?;
                ingest::run(bus, settings, workers, signalled).await?;
            }
            Service::CodegenExecutor(settings) => {
                let workers = codegen_executor::Workers::start(&global.sandbox)
                    .await?
                    .with_python(&global.sandbox, settings.python.folder.as_deref())
                    .await?;
                codegen_executor::run(bus, &settings.on(&config), workers, signalled).await?;
            }
            Service::Detector(settings) => detector::run(bus, settings, signalled).await?,
            Service::Gateway(settings) => {
                let listener = embedded::listen(settings.listen).await?;
                gateway::run(bus, settings, listener, signalled).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
