//! `contrail backup`: what a tenant has, in one file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;
use schemas::TenantId;
use serde_json::json;

use crate::backup::pack::Pack;
use crate::backup::save::{Saved, save};
use crate::config::GlobalConfig;
use crate::output;
use crate::progress::Reporter;
use crate::session::{Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail backup contrail.tar.gz
  contrail backup --all-tenants /var/backups/contrail/
  contrail backup --tenant airport-north --nats-url nats://nats.example:4222 north.tar.gz

Files as they were uploaded and as they were read, answers, what people decided, dead letters. The
index is not in it: `contrail restore` builds it again. The server goes on working meanwhile; files that
are being read at that moment are read again after a restore. Whoever can read the archive can read the
files: it is written for its owner alone, and is not encrypted.";

/// See [`super::Command::Backup`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Backup {
    /// File to write, or a folder: then the file is named after tenant and time.
    #[arg(value_name = "FILE|FOLDER")]
    target: PathBuf,

    /// All tenants, not only that of --tenant.
    #[arg(long)]
    all_tenants: bool,

    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let whose = if self.all_tenants {
            "all"
        } else {
            global.tenant.as_str()
        };
        let target = self.file(whose);
        // First, so that a file that is in the way is told before anything is started.
        let pack = Pack::create(&target)?;
        let session = Session::open(global, Needs::Server).await?;
        let bus = session.client.bus();
        let tenants = if self.all_tenants {
            bus.tenants().await?
        } else {
            vec![global.tenant.clone()]
        };
        let mut task = Reporter::new().task("backup");
        let saved = save(bus, &tenants, pack, &mut task).await;
        drop(task);
        let closed = session.close().await;
        self.tell(&target, &saved?)?;
        closed?;
        Ok(ExitCode::SUCCESS)
    }

    /// The file to write.
    fn file(&self, whose: &str) -> PathBuf {
        if self.target.is_dir() {
            let moment = Utc::now().format("%Y%m%dT%H%M%SZ");
            self.target.join(format!("contrail-{whose}-{moment}.tar.gz"))
        } else {
            self.target.clone()
        }
    }

    fn tell(&self, target: &Path, saved: &Saved) -> anyhow::Result<()> {
        let Saved {
            manifest,
            files,
            missing,
        } = saved;
        let contents = manifest.contents();
        for object in missing {
            output::note(&output::printable(&format!(
                "warning: an object that a file refers to is not there: {object}"
            )));
        }
        if self.json {
            output::json(&json!({
                "file": target, "tenants": manifest.tenants, "files": files, "objects": contents.objects,
                "bytes": contents.bytes, "missing": missing,
            }))?;
        } else {
            let tenants: Vec<&str> = manifest.tenants.iter().map(TenantId::as_str).collect();
            let megabytes = contents.bytes as f64 / 1e6;
            output::line(&format!(
                "{}: {files} files of {}, {} objects of {megabytes:.1} MB",
                target.display(),
                tenants.join(", "),
                contents.objects,
            ))?;
        }
        Ok(())
    }
}
