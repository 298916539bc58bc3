//! The gateway as a process of its own.

use anyhow::Context;
use clap::Parser;
use gateway::config::Config;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let telemetry = telemetry::init("gateway", &config.telemetry)?;
    let ended = run(&config).await;
    telemetry.shutdown().await;
    ended
}

async fn run(config: &Config) -> anyhow::Result<()> {
    let bus = bus::Bus::connect(&config.bus, "gateway").await?;
    let address = config.gateway.listen;
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address}"))?;

    let shutdown = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("can't watch for signals")?;
    let signalled = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        signalled.cancel();
    });
    gateway::run(bus, &config.gateway, listener, shutdown).await
}
