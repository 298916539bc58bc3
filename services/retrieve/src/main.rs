//! The retrieve service as a process of its own.

use bus::Bus;
use clap::Parser;
use index::Index;
use retrieve::config::Config;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let telemetry = telemetry::init("retrieve", &config.telemetry)?;
    let index = Index::open(&config.index, None).await?;
    let bus = Bus::connect(&config.bus, "retrieve").await?;
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
    let served = retrieve::run(bus, &config.retrieve, &config.models, index, shutdown).await;
    telemetry.shutdown().await;
    served
}
