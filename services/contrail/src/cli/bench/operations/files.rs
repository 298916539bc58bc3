//! Many small files through a whole `contrail up`, and what is seen of it meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use bus::queues::Queue;
use bus::{Bus, BusConfig};
use futures::{StreamExt, TryStreamExt};
use schemas::TenantId;
use schemas::events::{FileIndexed, FileRejected};
use serde::Serialize;
use tokio_util::task::AbortOnDropHandle;

use super::idle::memory;
use super::own::{Own, Up, nats_of};
use crate::cli::bench::memory::resident_of;
use crate::client::Client;
use crate::data_folder::{Access, DataFolder};
use crate::progress::Task;

/// Between two looks.
const EACH: Duration = Duration::from_millis(500);
/// Files on their way to the object store at once.
const AT_ONCE: usize = 16;

/// What became of the files.
#[derive(Debug, Serialize)]
pub(super) struct Files {
    pub submitted: usize,
    /// That can be asked about. Rows of tables are found by search when no jobs are left.
    pub indexed: usize,
    pub rejected: usize,
    /// Jobs that were waiting or under way when the time was over.
    pub jobs_left: u64,
    /// Until the last was through, or the time was over.
    pub seconds: f64,
    pub each_second: f64,
    /// Jobs of all queues, waiting and under way, at the fullest moment that was seen.
    pub most_waiting: u64,
    /// Of `contrail up`, its workers and its server of NATS together, at the largest moment that was seen.
    pub peak_mb: f64,
}

/// One look.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub seconds: f64,
    pub submitted: usize,
    pub indexed: usize,
    pub rejected: usize,
    /// Jobs that are waiting or under way, by queue.
    pub queues: Vec<(&'static str, u64)>,
    /// Megabytes of the process of `contrail up`, of its workers, and of its server of NATS.
    pub memory: [f64; 3],
}

impl Sample {
    fn jobs(&self) -> u64 {
        self.queues.iter().map(|(_, jobs)| jobs).sum()
    }
}

/// Submits so many files as fast as they are taken, and looks until all are through.
pub(super) async fn measure(
    own: &Own,
    count: usize,
    limit: Duration,
    task: &mut Task,
) -> anyhow::Result<(Files, Vec<Sample>)> {
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let mut up = own.up(folder.path()).await?;
    let watched = watch(&mut up, folder.path(), count, limit, task).await;
    up.end(folder.path()).await?;
    watched
}

async fn watch(
    up: &mut Up,
    data: &std::path::Path,
    count: usize,
    limit: Duration,
    task: &mut Task,
) -> anyhow::Result<(Files, Vec<Sample>)> {
    let Access::Through(running) = DataFolder::open(Some(data))?.access(limit, || {}).await? else {
        bail!("`contrail up` has not said where its server is");
    };
    let bus = Bus::connect(&BusConfig::at(running.nats_url), "contrail").await?;
    let client = Client::new(bus.clone(), TenantId::local()).await?;
    let mut through = bus.events::<FileIndexed>(client.tenant()).await?;
    let mut refused = bus.events::<FileRejected>(client.tenant()).await?;
    let (process, nats) = (up.process.id().context("it ended")?, nats_of(data).await?);

    let started = Instant::now();
    let submitted = Arc::new(AtomicUsize::new(0));
    let mut submitting = AbortOnDropHandle::new(tokio::spawn(submit(
        client.clone(),
        count,
        Arc::clone(&submitted),
    )));
    let (mut indexed, mut rejected, mut over) = (0, 0, false);
    let mut samples: Vec<Sample> = Vec::new();
    let mut ticks = tokio::time::interval(EACH);
    loop {
        tokio::select! {
            Some(_) = through.next() => indexed += 1,
            Some(_) = refused.next() => rejected += 1,
            ended = &mut submitting, if !over => {
                ended.context("submitting was broken off")??;
                over = true;
            }
            _ = ticks.tick() => {
                ensure!(up.process.try_wait()?.is_none(), "`contrail up` ended meanwhile");
                let own = memory(process)?;
                let nats_mb = resident_of(nats)?.now;
                let waiting = |queue: Queue| (queue.name, queue.waiting + queue.running);
                let sample = Sample {
                    seconds: started.elapsed().as_secs_f64(),
                    submitted: submitted.load(Ordering::Relaxed),
                    indexed,
                    rejected,
                    queues: bus.queues().await?.into_iter().map(waiting).collect(),
                    memory: [own.process_mb, (own.workers_mb - nats_mb).max(0.0), nats_mb],
                };
                task.update("files through", (indexed + rejected) as u64, count as u64);
                let done = over && sample.jobs() == 0 && indexed + rejected >= count;
                samples.push(sample);
                if done || started.elapsed() > limit {
                    break;
                }
            }
        }
    }
    bus.close().await;
    let seconds = started.elapsed().as_secs_f64();
    let files = Files {
        submitted: submitted.load(Ordering::Relaxed),
        indexed,
        rejected,
        jobs_left: samples.last().map(Sample::jobs).unwrap_or_default(),
        seconds,
        each_second: (indexed + rejected) as f64 / seconds,
        most_waiting: samples.iter().map(Sample::jobs).max().unwrap_or_default(),
        peak_mb: samples
            .iter()
            .map(|sample| sample.memory.iter().sum::<f64>())
            .fold(0.0, f64::max),
    };
    Ok((files, samples))
}

async fn submit(client: Client, count: usize, submitted: Arc<AtomicUsize>) -> anyhow::Result<()> {
    futures::stream::iter(0..count)
        .map(|number| {
            let client = client.clone();
            async move {
                let (name, text) = file(number);
                client.submit_bytes(&name, text).await
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |_| {
            submitted.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
        .await?;
    Ok(())
}

/// A file of its own for each number: tables and notes by turns.
fn file(number: usize) -> (String, String) {
    if number.is_multiple_of(2) {
        let rows: String = (0..5)
            .map(|row| format!("G{row},{},{}\n", number + row, (number * 7 + row) % 500))
            .collect();
        let text = format!("gate,flights,passengers\n{rows}");
        (format!("gates-{number:06}.csv"), text)
    } else {
        let text = format!(
            "# Notice {number}\n\nGate {} of terminal {} is closed for {} minutes on day {number}.\n",
            number % 90,
            number % 4,
            number % 240,
        );
        (format!("notice-{number:06}.md"), text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_files_are_the_same() {
        let files: Vec<_> = (0..200).map(file).collect();
        let names: BTreeSet<&String> = files.iter().map(|(name, _)| name).collect();
        let texts: BTreeSet<&String> = files.iter().map(|(_, text)| text).collect();
        assert_eq!((names.len(), texts.len()), (200, 200));
    }
}
