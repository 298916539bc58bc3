//! The ingest service as a process of its own.

use bus::Bus;
use clap::Parser;
use ingest::config::Config;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

fn main() -> anyhow::Result<()> {
    sandbox::enter_if_worker(&[ingest::WORKER]);
    run(&Config::parse())
}

#[tokio::main]
async fn run(config: &Config) -> anyhow::Result<()> {
    let telemetry = telemetry::init("ingest", &config.telemetry)?;
    let workers = ingest::start_workers(&config.ingest, &config.sandbox).await?;
    let bus = Bus::connect(&config.bus, "ingest").await?;
    let shutdown = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let signalled = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        signalled.cancel();
    });
    let served = ingest::run(bus, &config.ingest, workers, shutdown).await;
    telemetry.shutdown().await;
    served
}
