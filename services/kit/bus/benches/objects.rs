//! What reading an object costs: [`bus::Objects::get`] against bare async-nats, which makes a consumer for each read, on
//! the same server, in turns. Both check the digest.
//!
//! `cargo bench -p bus --bench objects`

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use std::error::Error;
use std::time::{Duration, Instant};

use async_nats::jetstream::object_store::ObjectStore;
use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, Objects};
use schemas::TenantId;
use tokio::io::AsyncReadExt;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Rounds, and the objects that are read in each: (name, bytes, reads).
const ROUNDS: usize = 7;
const OBJECTS: [(&str, usize, usize); 3] = [
    ("answer", 4 << 10, 25),
    ("table", 1 << 20, 10),
    ("book", 64 << 20, 1),
];

fn main() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run())
}

async fn run() -> Result<()> {
    let binary = tokio::task::spawn_blocking(|| artifacts::Cache::new(None).ensure("nats-server")).await??;
    let folder = tempfile::tempdir()?;
    let server = NatsServer::start(&binary, folder.path()).await?;
    let bus = Bus::connect(&BusConfig::at(server.url()), "bench").await?;
    bus.provision(&Topology::default()).await?;
    let ours = bus.files(&TenantId::local()).await?;
    let bare = async_nats::jetstream::new(async_nats::connect(server.url()).await?)
        .get_object_store("files_local")
        .await?;
    for (name, size, _) in OBJECTS {
        let bytes: Vec<u8> = (0..size).map(|place| (place * 31 / 7) as u8).collect();
        ours.put_named(name, bytes.into()).await?;
    }
    println!("{ROUNDS} rounds of each, in turns; medians");
    println!(
        "{:>8} {:>6} {:>12} {:>12} {:>7}",
        "bytes", "reads", "bare MiB/s", "ours MiB/s", "ratio"
    );
    for (name, size, reads) in OBJECTS {
        let (mut bare_rates, mut our_rates) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let rate = |time: Duration| (size * reads) as f64 / (1 << 20) as f64 / time.as_secs_f64();
            let started = Instant::now();
            for _ in 0..reads {
                with_consumer(&bare, name, size).await?;
            }
            bare_rates.push(rate(started.elapsed()));
            let started = Instant::now();
            for _ in 0..reads {
                without(&ours, name, size).await?;
            }
            our_rates.push(rate(started.elapsed()));
        }
        let (bare_rate, our_rate) = (median(bare_rates), median(our_rates));
        println!(
            "{size:>8} {reads:>6} {bare_rate:>12.1} {our_rate:>12.1} {:>7.2}",
            our_rate / bare_rate
        );
    }
    server.stop().await;
    Ok(())
}

async fn with_consumer(store: &ObjectStore, name: &str, size: usize) -> Result<()> {
    let mut object = store.get(name).await?;
    let (mut bytes, mut read) = (vec![0; size], 0);
    while let Some(rest) = bytes.get_mut(read..).filter(|rest| !rest.is_empty()) {
        read += object.read(rest).await?;
    }
    Ok(())
}

async fn without(objects: &Objects, name: &str, size: usize) -> Result<()> {
    let bytes = objects.get(name, size as u64).await?;
    (bytes.len() == size)
        .then_some(())
        .ok_or_else(|| "an object came back short".into())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
