//! Many answers streamed at once, as chat front ends have them.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde::Serialize;
use serde_json::json;

use super::latency::{Figures, Times};
use super::memory;
use crate::progress::Task;

/// What the last event of a stream says.
const END: &[u8] = b"data: [DONE]";

/// How many streams went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Streams {
    /// How many were open at once.
    pub count: usize,
    /// Seconds until all had their answer.
    pub seconds: f64,
    /// Until the first event of each.
    pub first_event: Figures,
    /// Megabytes resident before.
    pub before_mb: f64,
    /// Megabytes resident at most. The process is this one: server, services and the clients of the streams.
    pub peak_mb: f64,
    /// What each adds to the peak, in kilobytes.
    pub each_kb: f64,
}

/// Opens so many streams with a question each, and reads all to their end.
///
/// # Errors
/// When one of them does not end as it should, or not within the limit.
pub async fn run(
    client: &reqwest::Client,
    url: &str,
    question: &str,
    count: usize,
    limit: Duration,
    task: &mut Task,
) -> anyhow::Result<Streams> {
    let before = memory::resident()?;
    memory::forget_peak()?;
    let started = Instant::now();
    let mut open: FuturesUnordered<_> = (0..count).map(|_| one(client, url, question)).collect();
    let mut firsts = Times::default();
    let all = async {
        let mut done: u64 = 0;
        while let Some(ended) = open.next().await {
            firsts.add(ended?);
            done += 1;
            task.update("streams that have ended", done, count as u64);
        }
        anyhow::Ok(())
    };
    let ended = tokio::time::timeout(limit, all).await;
    ended.with_context(|| format!("{count} streams did not end within {limit:?}"))??;
    let seconds = started.elapsed().as_secs_f64();
    let peak = memory::resident()?.peak;
    let streams = u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Streams {
        count,
        seconds,
        first_event: firsts.figures().context("there was no stream")?,
        before_mb: before.now,
        peak_mb: peak,
        each_kb: (peak - before.now).max(0.0) * 1024.0 / f64::from(streams),
    })
}

/// How long it took until the first event of a stream, which is read to its end.
async fn one(client: &reqwest::Client, url: &str, question: &str) -> anyhow::Result<Duration> {
    let message = json!({ "role": "user", "content": question });
    let body = json!({ "model": "contrail-tables", "stream": true, "messages": [message] });
    let started = Instant::now();
    let response = client
        .post(url)
        .json(&body)
        .send()
        .await
        .context("no stream was opened")?;
    let status = response.status();
    ensure!(status.is_success(), "a stream was refused with status {status}");
    let mut bytes = response.bytes_stream();
    let (mut first, mut tail) = (None, Vec::new());
    while let Some(piece) = bytes.next().await {
        first.get_or_insert_with(|| started.elapsed());
        tail.extend_from_slice(&piece.context("a stream broke off")?);
        // The end alone is looked at: what was read before would count as memory.
        let surplus = tail.len().saturating_sub(2 * END.len());
        tail.drain(..surplus);
    }
    ensure!(
        tail.windows(END.len()).any(|window| window == END),
        "a stream ended without its end"
    );
    first.context("a stream had no event")
}
