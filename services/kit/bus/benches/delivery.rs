//! What the delivery loop costs: a job with one output through the whole loop (envelope, decoding, span, heartbeat,
//! metrics, deterministic ids) against bare async-nats doing the same round — publish, pull, publish the output and
//! await its ack, double ack — with messages of the same size, as many at once, on the same server, in turns. What the
//! envelope's headers add to a message of the loop, the bare one has in its body: its readers get no less.
//!
//! `cargo bench -p bus --bench delivery`

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, RetentionPolicy};
use async_nats::jetstream::{self, Context};
use bus::delivery::DeliverySettings;
use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, Delivery, Fault, Faulty, Handler, Outputs};
use futures::StreamExt;
use hdrhistogram::Histogram;
use schemas::events::FileDeleted;
use schemas::jobs::{AddFile, IngestJob};
use schemas::{Message, TenantId};
use tokio_util::sync::CancellationToken;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Jobs of one round, rounds, and jobs one by one for the latency of a round.
const JOBS: usize = 4000;
const ROUNDS: usize = 15;
const SINGLE: usize = 1500;
/// Jobs at once, and publishers.
const PLACES: usize = 16;
/// Bytes of the name in a job and in its output.
const NAME: usize = 900;

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
    let full = Full::new(server.url()).await?;
    // Warm: connections, streams on disk.
    full.round(JOBS / 4).await?;
    let envelope = full.envelope().await?;
    let bare = Bare::new(server.url(), envelope).await?;
    bare.round(JOBS / 4).await?;

    println!(
        "{JOBS} jobs of {} + {envelope} bytes a round, {PLACES} at once, {ROUNDS} rounds each, in turns",
        job().len()
    );
    println!(
        "{:>8} {:>14} {:>14} {:>7}",
        "round", "bare jobs/s", "full jobs/s", "ratio"
    );
    let mut ratios = Vec::new();
    let (mut bare_times, mut full_times) = (histogram()?, histogram()?);
    for round in 1..=ROUNDS {
        let bare_rate = JOBS as f64 / bare.round(JOBS).await?.as_secs_f64();
        let full_rate = JOBS as f64 / full.round(JOBS).await?.as_secs_f64();
        ratios.push(full_rate / bare_rate);
        println!(
            "{round:>8} {bare_rate:>14.0} {full_rate:>14.0} {:>7.2}",
            full_rate / bare_rate
        );
        bare.singles(SINGLE / ROUNDS, &mut bare_times).await?;
        full.singles(SINGLE / ROUNDS, &mut full_times).await?;
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ROUNDS / 2).copied().unwrap_or_default();
    println!("throughput ratio, median: {median:.2} (goal: at least 0.80)");

    println!(
        "{:>8} {:>14} {:>14} {:>14}",
        "one job", "bare ms", "full ms", "added ms"
    );
    let milliseconds = |micros: u64| micros as f64 / 1000.0;
    for (name, quantile) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
        let (bare, full) = (
            bare_times.value_at_quantile(quantile),
            full_times.value_at_quantile(quantile),
        );
        let (bare, full) = (milliseconds(bare), milliseconds(full));
        println!("{name:>8} {bare:>14.2} {full:>14.2} {:>14.2}", full - bare);
    }
    println!("goal: less than 1 ms added at p99");
    full.shutdown.cancel();
    server.stop().await;
    Ok(())
}

fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

fn name() -> String {
    "x".repeat(NAME)
}

fn ingest() -> Result<IngestJob> {
    Ok(IngestJob::Add(AddFile {
        name: name(),
        content: "0".repeat(64).parse()?,
    }))
}

fn deleted() -> FileDeleted {
    FileDeleted {
        job: bus::ids::new_job_id(),
        file: bus::ids::new_file_id(),
        name: name(),
        expired: false,
    }
}

fn job() -> Vec<u8> {
    ingest()
        .ok()
        .and_then(|job| serde_json::to_vec(&job).ok())
        .unwrap_or_default()
}

fn output() -> Vec<u8> {
    serde_json::to_vec(&deleted()).unwrap_or_default()
}

/// Waits for as many outputs on core NATS, which sees each as it is published.
async fn outputs(subscriber: &mut async_nats::Subscriber, count: usize) -> Result<()> {
    for _ in 0..count {
        tokio::time::timeout(Duration::from_secs(60), subscriber.next())
            .await?
            .ok_or("the subscription ended")?;
    }
    Ok(())
}

/// Waits until every job of a stream is acked.
async fn emptied(jetstream: &Context, stream: &str) -> Result<()> {
    while jetstream.get_stream(stream).await?.cached_info().state.messages > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// The sequence of a stream's last message: how many it ever took.
async fn stored(jetstream: &Context, stream: &str) -> Result<u64> {
    Ok(jetstream
        .get_stream(stream)
        .await?
        .cached_info()
        .state
        .last_sequence)
}

/// A round whose outputs are not there was no round.
fn ensure_outputs(outputs: u64, jobs: usize) -> Result<()> {
    if usize::try_from(outputs)? == jobs {
        Ok(())
    } else {
        Err(format!("{jobs} jobs gave {outputs} outputs").into())
    }
}

/// The loop of the bus.
struct Full {
    submitter: Bus,
    raw: async_nats::Client,
    jetstream: Context,
    shutdown: CancellationToken,
}

struct Forgets;

#[derive(Debug)]
struct Never(Infallible);

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl Error for Never {}

impl Faulty for Never {
    fn fault(&self) -> Fault {
        match self.0 {}
    }
}

impl Handler<IngestJob> for Forgets {
    type Error = Never;

    async fn handle(&self, _: IngestJob, _: &Delivery) -> std::result::Result<Outputs, Never> {
        Ok(Outputs::none().with(&deleted()))
    }
}

impl Full {
    async fn new(url: &str) -> Result<Self> {
        let submitter = Bus::connect(&BusConfig::at(url), "submitter").await?;
        let delivery = DeliverySettings {
            concurrency: PLACES,
            ..DeliverySettings::default()
        };
        submitter
            .provision(&Topology {
                delivery: delivery.clone(),
                ..Topology::default()
            })
            .await?;
        let service = Bus::connect(&BusConfig::at(url), "ingest").await?;
        let shutdown = CancellationToken::new();
        tokio::spawn({
            let shutdown = shutdown.clone();
            async move { service.serve(Forgets, &delivery, shutdown).await }
        });
        let raw = async_nats::connect(url).await?;
        Ok(Self {
            submitter,
            jetstream: jetstream::new(raw.clone()),
            raw,
            shutdown,
        })
    }

    /// Bytes that the headers of a message have more than the one that a bare one has as well, its id.
    async fn envelope(&self) -> Result<usize> {
        let stream = self.jetstream.get_stream("EVENTS").await?;
        let last = stream
            .get_last_raw_message_by_subject(&FileDeleted::subject(&TenantId::local()))
            .await?;
        let size = |(name, values): (&async_nats::HeaderName, &Vec<async_nats::HeaderValue>)| {
            let name: &str = name.as_ref();
            let signs = ": \r\n".len();
            values
                .iter()
                .map(|value| name.len() + value.as_str().len() + signs)
                .sum::<usize>()
        };
        let others = last
            .headers
            .iter()
            .filter(|(name, _)| AsRef::<str>::as_ref(*name) != "Nats-Msg-Id");
        Ok(others.map(size).sum())
    }

    async fn submit(&self) -> Result<()> {
        Ok(self
            .submitter
            .publish(&TenantId::local(), &bus::ids::new_job_id(), &ingest()?)
            .await?)
    }

    async fn round(&self, jobs: usize) -> Result<Duration> {
        let before = stored(&self.jetstream, "EVENTS").await?;
        let started = Instant::now();
        let submitting = futures::stream::iter(0..jobs)
            .map(|_| self.submit())
            .buffer_unordered(PLACES)
            .collect::<Vec<_>>();
        submitting.await.into_iter().collect::<Result<Vec<()>>>()?;
        emptied(&self.jetstream, "JOBS_INGEST").await?;
        let took = started.elapsed();
        ensure_outputs(stored(&self.jetstream, "EVENTS").await? - before, jobs)?;
        Ok(took)
    }

    async fn singles(&self, jobs: usize, times: &mut Histogram<u64>) -> Result<()> {
        let mut done = self
            .raw
            .subscribe(FileDeleted::subject(&TenantId::local()))
            .await?;
        self.raw.flush().await?;
        for _ in 0..jobs {
            let started = Instant::now();
            self.submit().await?;
            outputs(&mut done, 1).await?;
            times.record(u64::try_from(started.elapsed().as_micros())?)?;
        }
        emptied(&self.jetstream, "JOBS_INGEST").await
    }
}

/// async-nats alone.
struct Bare {
    submitter: Context,
    raw: async_nats::Client,
    jetstream: Context,
    envelope: usize,
}

impl Bare {
    async fn new(url: &str, envelope: usize) -> Result<Self> {
        let submitter = jetstream::new(async_nats::connect(url).await?);
        let worker = jetstream::new(async_nats::connect(url).await?);
        let stream = |name: &str, subject: &str, retention| Config {
            name: name.to_owned(),
            subjects: vec![subject.to_owned()],
            retention,
            max_bytes: 256 << 20,
            ..Default::default()
        };
        worker
            .create_stream(stream("BARE_IN", "bare.in", RetentionPolicy::WorkQueue))
            .await?;
        worker
            .create_stream(stream("BARE_OUT", "bare.out", RetentionPolicy::Limits))
            .await?;
        let config = pull::Config {
            durable_name: Some("bare".to_owned()),
            ack_policy: AckPolicy::Explicit,
            max_ack_pending: 10_000,
            ..Default::default()
        };
        let consumer: PullConsumer = worker.create_consumer_on_stream(config, "BARE_IN").await?;
        tokio::spawn(async move {
            let messages = consumer
                .stream()
                .max_messages_per_batch(PLACES)
                .messages()
                .await?;
            messages
                .for_each_concurrent(PLACES, |message| {
                    let worker = worker.clone();
                    async move {
                        // Each in a task of its own, as in the loop.
                        let handled = tokio::spawn(async move {
                            let message = message?;
                            publish(&worker, "bare.out", padded(output(), envelope)).await?;
                            message.double_ack().await
                        });
                        if let Ok(Err(error)) = handled.await {
                            println!("bare: {error}");
                        }
                    }
                })
                .await;
            Result::Ok(())
        });
        let raw = async_nats::connect(url).await?;
        Ok(Self {
            submitter,
            jetstream: jetstream::new(raw.clone()),
            raw,
            envelope,
        })
    }

    async fn round(&self, jobs: usize) -> Result<Duration> {
        let before = stored(&self.jetstream, "BARE_OUT").await?;
        let started = Instant::now();
        let submitting = futures::stream::iter(0..jobs)
            .map(|_| publish(&self.submitter, "bare.in", padded(job(), self.envelope)))
            .buffer_unordered(PLACES)
            .collect::<Vec<_>>();
        submitting.await.into_iter().collect::<Result<Vec<()>>>()?;
        emptied(&self.jetstream, "BARE_IN").await?;
        let took = started.elapsed();
        ensure_outputs(stored(&self.jetstream, "BARE_OUT").await? - before, jobs)?;
        Ok(took)
    }

    async fn singles(&self, jobs: usize, times: &mut Histogram<u64>) -> Result<()> {
        let mut done = self.raw.subscribe("bare.out").await?;
        self.raw.flush().await?;
        for _ in 0..jobs {
            let started = Instant::now();
            publish(&self.submitter, "bare.in", padded(job(), self.envelope)).await?;
            outputs(&mut done, 1).await?;
            times.record(u64::try_from(started.elapsed().as_micros())?)?;
        }
        emptied(&self.jetstream, "BARE_IN").await
    }
}

/// A body with as many bytes more.
fn padded(mut body: Vec<u8>, more: usize) -> Vec<u8> {
    body.resize(body.len() + more, b' ');
    body
}

/// With an id: without one the server does not look for duplicates, and the two would not do the same work.
async fn publish(jetstream: &Context, subject: &'static str, body: Vec<u8>) -> Result<()> {
    let id = bus::ids::new_job_id();
    let message = PublishMessage::build()
        .message_id(id.as_str())
        .payload(body.into());
    jetstream.send_publish(subject, message).await?.await?;
    Ok(())
}
