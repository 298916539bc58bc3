//! The service on its own: settings, workers, telemetry, bus, and the loop until it is told to stop.

use clap::Parser;
use codegen_executor::Workers;
use codegen_executor::config::ExecutorConfig;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

const SERVICE: &str = "codegen-executor";

fn main() -> anyhow::Result<()> {
    sandbox::enter_if_worker(&codegen_executor::WORKERS);
    run(&ExecutorConfig::parse())
}

#[tokio::main]
async fn run(config: &ExecutorConfig) -> anyhow::Result<()> {
    let telemetry = telemetry::init(SERVICE, &config.telemetry)?;
    let workers = Workers::start(&config.sandbox)
        .await?
        .with_python(&config.sandbox, config.python.folder.as_deref())
        .await?;
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

    let served = codegen_executor::run(bus, config, workers, shutdown).await;
    telemetry.shutdown().await;
    served
}
