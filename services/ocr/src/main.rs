//! The ocr service as a process of its own.

use bus::Bus;
use clap::Parser;
use ocr::config::Config;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

fn main() -> anyhow::Result<()> {
    sandbox::enter_if_worker(&[ocr::WORKER]);
    run(&Config::parse())
}

#[tokio::main]
async fn run(config: &Config) -> anyhow::Result<()> {
    let telemetry = telemetry::init("ocr", &config.telemetry)?;
    let workers = ocr::start_workers(&config.ocr, &config.sandbox).await?;
    let engine = ocr::load_engine(&config.ocr, &config.onnx).await?;
    let bus = Bus::connect(&config.bus, "ocr").await?;
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
    let served = ocr::run(bus, &config.ocr, workers, engine, shutdown).await;
    telemetry.shutdown().await;
    served
}
