//! `contrail status`: the server, the files, what went wrong.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;
use schemas::file::FileRecord;
use serde_json::json;

use super::add::summary;
use crate::client::reason;
use crate::config::GlobalConfig;
use crate::session::{Host, Needs, Session};
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail status
  contrail status --json --nats-url nats://127.0.0.1:4222";

/// Dead letters that are counted.
const LETTERS: usize = 10_000;

/// See [`super::Command::Status`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Status {
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl Status {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let session = Session::open(global, Needs::Server).await?;
        let client = &session.client;
        let files = client.files().await?;
        let mut states: BTreeMap<String, u32> = BTreeMap::new();
        for file in &files {
            *states.entry(render::word(&file.state)).or_default() += 1;
        }
        let letters = client.bus().dead_letters(None, LETTERS).await?.len();
        let queues = client.bus().queues().await?;
        if self.json {
            let queues: Vec<_> = queues
                .iter()
                .map(
                    |queue| json!({ "name": queue.name, "waiting": queue.waiting, "running": queue.running, "oldest_seconds": queue.age().map(|age| age.as_secs()) }),
                )
                .collect();
            output::json(&json!({
                "server": server(&session.host),
                "tenant": client.tenant(),
                "queues": queues,
                "files": files,
                "files_by_state": states,
                "dead_letters": letters,
            }))?;
        } else {
            output::line(&match &session.host {
                Host::Elsewhere { nats_url } => format!("server: {nats_url}"),
                Host::Up(running) => {
                    format!(
                        "server: {} (process {}, {})",
                        running.http_url, running.pid, running.nats_url
                    )
                }
                Host::Own => {
                    "server: none is running on this data folder (`contrail up` starts one)".to_owned()
                }
            })?;
            for queue in &queues {
                let (waiting, running) = (queue.waiting, queue.running);
                let oldest = queue
                    .age()
                    .map(|age| format!(", the oldest for {} s", age.as_secs()));
                output::line(&format!(
                    "queue {}: {waiting} waiting, {running} under way{}",
                    queue.name,
                    oldest.unwrap_or_default()
                ))?;
            }
            let states: Vec<String> = states
                .iter()
                .map(|(state, count)| format!("{count} {state}"))
                .collect();
            let states = if states.is_empty() {
                "none".to_owned()
            } else {
                states.join(", ")
            };
            output::line(&format!("files of {}: {states}", client.tenant()))?;
            for file in &files {
                output::line(&format!("  {}", line(file)))?;
            }
            output::line(&format!("dead letters: {letters}"))?;
        }
        session.close().await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn server(host: &Host) -> serde_json::Value {
    match host {
        Host::Elsewhere { nats_url } => json!({ "running": true, "nats_url": nats_url }),
        Host::Up(running) => {
            json!({ "running": true, "nats_url": running.nats_url, "http_url": running.http_url, "pid": running.pid })
        }
        Host::Own => json!({ "running": false }),
    }
}

fn line(file: &FileRecord) -> String {
    match &file.rejection {
        Some(rejection) => output::printable(&format!("{}: rejected: {}", file.name, reason(rejection))),
        None if file.active.is_some() => summary(file),
        None => output::printable(&format!("{}: {}", file.name, render::word(&file.state))),
    }
}
