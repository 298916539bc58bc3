//! The service on its own: settings, telemetry, bus, and the loop until it is told to stop.

use clap::Parser;
use codegen_executor::config::ExecutorConfig;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

const SERVICE: &str = "codegen-executor";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = ExecutorConfig::parse();
    let telemetry = telemetry::init(SERVICE, &config.telemetry)?;
    let bus = bus::Bus::connect(&config.bus, SERVICE).await?;

    let shutdown = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.cancel();
    });

    let served = codegen_executor::run(bus, &config, shutdown).await;
    telemetry.shutdown().await;
    served
}
