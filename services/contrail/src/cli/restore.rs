//! `contrail restore`: a backup, back into a server.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use schemas::TenantId;
use serde_json::json;

use crate::backup::load::{Loaded, load};
use crate::backup::unpack::Unpack;
use crate::config::GlobalConfig;
use crate::output;
use crate::progress::{Reporter, Task};
use crate::session::{Host, Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail restore contrail.tar.gz
  contrail restore --check contrail.tar.gz
  contrail restore --force --nats-url nats://nats.example:4222 contrail.tar.gz

The archive is verified as a whole before anything is changed. Its tenants are restored, and made where
they do not exist; where one has data already, nothing is done without --force. The index is built again
from the stored documents: without --nats-url and without a running `contrail up` here and now, else by
the services (`contrail status` shows what waits for embed).";

/// How often the queues are looked at while the index is built.
const LOOK: Duration = Duration::from_millis(200);

/// See [`super::Command::Restore`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Restore {
    /// What `contrail backup` wrote.
    #[arg(value_name = "FILE")]
    archive: PathBuf,

    /// Removes what the archive's tenants have, then restores.
    #[arg(long)]
    force: bool,

    /// Verifies the archive and changes nothing.
    #[arg(long, conflicts_with = "force")]
    check: bool,

    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let path = self.archive.clone();
        let archive = tokio::task::spawn_blocking(move || Unpack::verified(&path))
            .await
            .context("it was broken off")??;
        if self.check {
            return self.tell_contents(&archive);
        }
        // The tenant that always exists: those of the archive may be made first.
        let global = GlobalConfig {
            tenant: TenantId::local(),
            ..global.clone()
        };
        let session = Session::open(&global, Needs::Server).await?;
        let topology = global.bus().unwrap_or_else(|| bus::BusConfig::at("")).topology();
        let mut task = Reporter::new().task("restore");
        let loaded = load(session.client.bus(), &topology, archive, self.force, &mut task).await;
        let host = session.host.clone();
        session.close().await?;
        let loaded = loaded?;
        let at_work = loaded.indexing + loaded.reading;
        if host == Host::Own && at_work > 0 {
            index(&global, &mut task).await?;
        }
        drop(task);
        self.tell(&loaded, &host)?;
        Ok(ExitCode::SUCCESS)
    }

    fn tell_contents(&self, archive: &Unpack) -> anyhow::Result<ExitCode> {
        let manifest = archive.manifest();
        let contents = manifest.contents();
        let tenants: Vec<&str> = manifest.tenants.iter().map(TenantId::as_str).collect();
        if self.json {
            output::json(&json!({
                "made_at": manifest.made_at, "contrail": manifest.contrail, "tenants": tenants,
                "objects": contents.objects, "bytes": contents.bytes,
            }))?;
        } else {
            output::line(&format!(
                "whole: of {}, with {} objects of {:.1} MB of {}",
                manifest.made_at,
                contents.objects,
                contents.bytes as f64 / 1e6,
                tenants.join(", "),
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, loaded: &Loaded, host: &Host) -> anyhow::Result<()> {
        let Loaded {
            files,
            objects,
            letters,
            indexing,
            reading,
            lost,
        } = loaded;
        for name in lost {
            output::note(&output::printable(&format!(
                "warning: {name} was on its way in when the backup was made: add it again"
            )));
        }
        if self.json {
            output::json(&json!({
                "files": files, "objects": objects, "dead_letters": letters, "indexing": indexing, "reading": reading,
                "lost": lost,
            }))?;
            return Ok(());
        }
        output::line(&format!(
            "restored: {files} files, {objects} objects, {letters} dead letters"
        ))?;
        if *host != Host::Own && indexing + reading > 0 {
            output::line(&format!(
                "{indexing} files are on their way into the index and {reading} are read again: `contrail status` tells when \
                 nothing waits any more"
            ))?;
        }
        Ok(())
    }
}

/// Runs the services until nothing waits for them any more.
async fn index(global: &GlobalConfig, task: &mut Task) -> anyhow::Result<()> {
    let mut session = Session::open(global, Needs::Documents).await?;
    let bus = session.client.bus().clone();
    let work = async {
        let mut most = 0;
        loop {
            let queues = bus.queues().await?;
            let reading = queues
                .iter()
                .filter(|queue| ["ingest", "ocr", "embed"].contains(&queue.name));
            let left: u64 = reading.map(|queue| queue.waiting + queue.running).sum();
            if left == 0 {
                return Ok(());
            }
            most = most.max(left);
            task.update("building the index", most - left, most);
            tokio::time::sleep(LOOK).await;
        }
    };
    let worked = session.during(work).await;
    let closed = session.close().await;
    worked
        .context("the data is restored, but the index could not be built: `contrail up` goes on with it")?;
    closed
}
