//! The memory of each service, as a process of its own, while nobody asks anything of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bus::Bus;
use bus::provision::QUEUES;
use serde::Serialize;

use super::own::Own;
use crate::cli::bench::memory::{Resident, resident_of};
use crate::embedded::PrivateServer;
use crate::progress::Task;

/// How long a service may take until it tells of itself.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it is left alone before it is looked at: what starting took is given back.
const REST: Duration = Duration::from_secs(2);

/// A service that does nothing.
#[derive(Debug, Serialize)]
pub(super) struct Idle {
    pub service: &'static str,
    /// What it takes; none: it needs a server that was not named.
    pub memory: Option<Memory>,
}

/// What a process and its workers take, in megabytes (2²⁰ bytes).
#[derive(Debug, Serialize)]
pub(super) struct Memory {
    pub process_mb: f64,
    /// Workers that wait, locked in, for a job.
    pub workers: usize,
    pub workers_mb: f64,
}

/// Looks at each service by itself, one after the other.
pub(super) async fn measure(own: &Own, qdrant: Option<&str>, task: &mut Task) -> anyhow::Result<Vec<Idle>> {
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let server = PrivateServer::start(&folder.path().join("nats"), &own.global.artifacts).await?;
    let bus = Bus::connect(server.config(), "contrail").await?;
    let mut measured = Vec::new();
    let mut failure = Ok(());
    let mut services: Vec<&'static str> = QUEUES.iter().map(|(_, service)| *service).collect();
    services.sort_unstable();
    for (done, service) in (1u64..).zip(&services) {
        let needs = ["embed", "retrieve"].contains(service);
        let memory = if needs && qdrant.is_none() {
            None
        } else {
            match look(own, &bus, service, &server.config().url, qdrant).await {
                Ok(memory) => Some(memory),
                Err(error) => {
                    failure = Err(error.context(format!("{service} can't be measured")));
                    break;
                }
            }
        };
        measured.push(Idle { service, memory });
        task.update("services", done, services.len() as u64);
    }
    bus.close().await;
    server.stop().await;
    failure.map(|()| measured)
}

async fn look(
    own: &Own,
    bus: &Bus,
    service: &str,
    nats: &str,
    qdrant: Option<&str>,
) -> anyhow::Result<Memory> {
    let mut command = own.command(&["run", service, "--nats-url", nats]);
    command.env("CONTRAIL_LISTEN", "127.0.0.1:0");
    command.envs(qdrant.map(|url| ("QDRANT_URL", url)));
    let mut process = command.spawn().context("it can't be started")?;
    let deadline = Instant::now() + PATIENCE;
    while !bus.services().await?.iter().any(|one| one.service == service) {
        ensure!(process.try_wait()?.is_none(), "it ended");
        ensure!(Instant::now() < deadline, "it is not ready in time");
    }
    tokio::time::sleep(REST).await;
    let id = process.id().context("it ended")?;
    let memory = memory(id)?;
    process.kill().await?;
    // Else it would be taken for the next one.
    while bus.services().await?.iter().any(|one| one.service == service) {
        ensure!(Instant::now() < deadline, "it does not end");
    }
    Ok(memory)
}

/// What a process and all below it take.
pub(super) fn memory(process: u32) -> anyhow::Result<Memory> {
    let parents = parents()?;
    let mut below = vec![process];
    let mut workers = Vec::new();
    while let Some(parent) = below.pop() {
        let children = parents.iter().filter(|(_, of)| **of == parent);
        let children: Vec<u32> = children.map(|(child, _)| *child).collect();
        below.extend(&children);
        workers.extend(children);
    }
    let of = |process: &u32| resident_of(*process).map_or(0.0, |resident: Resident| resident.now);
    Ok(Memory {
        process_mb: resident_of(process)?.now,
        workers: workers.len(),
        workers_mb: workers.iter().map(of).fold(0.0, |sum, one| sum + one),
    })
}

/// The parent of each process that there is. Source: proc_pid_stat(5).
fn parents() -> anyhow::Result<BTreeMap<u32, u32>> {
    let mut parents = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").context("can't read which processes there are")? {
        let entry = entry?;
        let Some(process) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        // It may have ended meanwhile.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        // The name stands in brackets and may hold anything.
        let fields = stat.rsplit_once(')').map(|(_, fields)| fields);
        let parent = fields.and_then(|fields| fields.split_whitespace().nth(1)?.parse().ok());
        parents.extend(parent.map(|parent| (process, parent)));
    }
    Ok(parents)
}
