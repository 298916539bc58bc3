//! Documents on their way through all services, and which of these has most to do meanwhile.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bus::Bus;
use serde::Serialize;

use crate::client::Client;
use crate::config::GlobalConfig;
use crate::embedded::PrivateServer;
use crate::folder::{self, Listed};
use crate::progress::Reporter;
use crate::session::{Needs, Session};

/// Between two looks at the queues.
const EACH: Duration = Duration::from_millis(200);
/// How long all of them may take.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// What came of them.
#[derive(Debug, Serialize)]
pub(super) struct Pipeline {
    pub documents: usize,
    /// Pages; a document without pages counts as one.
    pub pages: u32,
    pub seconds: f64,
    pub pages_per_second: f64,
    /// The queue that jobs were in at most of the looks.
    pub slowest: String,
    /// At what share of them, 0 to 1.
    pub share: f64,
}

/// Brings all documents of a folder in at once.
pub(super) async fn measure(
    global: &GlobalConfig,
    documents: &Path,
    reporter: &Reporter,
) -> anyhow::Result<Pipeline> {
    let listed = folder::list(documents).with_context(|| format!("can't read {}", documents.display()))?;
    ensure!(
        !listed.is_empty(),
        "there is no document in {}",
        documents.display()
    );
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let global = GlobalConfig {
        tenant: schemas::TenantId::local(),
        ..global.clone()
    };
    let server = PrivateServer::start(&folder.path().join("nats"), &global.artifacts).await?;
    let mut session = Session::own(&global, server, None, Needs::Documents, Some(folder.path())).await?;
    let client = session.client.clone();
    let measured = session.during(through(&client, &listed, reporter)).await;
    let closed = session.close().await;
    let measured = measured?;
    closed?;
    Ok(measured)
}

async fn through(
    client: &Client,
    listed: &BTreeMap<String, Listed>,
    reporter: &Reporter,
) -> anyhow::Result<Pipeline> {
    let started = Instant::now();
    let mut task = reporter.task("documents");
    let bringing = async {
        let mut all = Vec::new();
        for (name, file) in listed {
            all.push(client.submit_as(name.clone(), &file.path).await?);
        }
        let mut pages = 0;
        for (done, submitted) in (1..).zip(&all) {
            let record = client.settle(submitted, PATIENCE, &mut Reporter::silent()).await;
            let record = record.with_context(|| format!("{} can't be read", submitted.name))?;
            let document = record.active.and_then(|version| version.document);
            pages += document.map_or(1, |document| document.pages.max(1));
            task.update("through", done, listed.len() as u64);
        }
        anyhow::Ok(pages)
    };
    let (mut looks, mut busy) = (0_u32, BTreeMap::new());
    tokio::pin!(bringing);
    let mut ticks = tokio::time::interval(EACH);
    let pages = loop {
        tokio::select! {
            pages = &mut bringing => break pages?,
            _ = ticks.tick() => {
                looks += 1;
                look(client.bus(), &mut busy).await?;
            }
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let slowest = busy.into_iter().max_by_key(|(_, times)| *times);
    let (slowest, times) = slowest.unwrap_or_else(|| ("none".to_owned(), 0));
    Ok(Pipeline {
        documents: listed.len(),
        pages,
        seconds,
        pages_per_second: f64::from(pages) / seconds,
        slowest,
        share: f64::from(times) / f64::from(looks.max(1)),
    })
}

/// Counts the queues that have jobs, waiting or under way.
async fn look(bus: &Bus, busy: &mut BTreeMap<String, u32>) -> anyhow::Result<()> {
    for queue in bus.queues().await? {
        if queue.waiting + queue.running > 0 {
            *busy.entry(queue.name.to_owned()).or_default() += 1;
        }
    }
    Ok(())
}
