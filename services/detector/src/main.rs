//! The detector as a process of its own.

use bus::Bus;
use clap::Parser;
use detector::config::Config;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let telemetry = telemetry::init("detector", &config.telemetry)?;
    let bus = Bus::connect(&config.bus, "detector").await?;
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
    let served = detector::run(bus, &config.detector, &config.onnx, shutdown).await;
    telemetry.shutdown().await;
    served
}
