//! `contrail status`: the services, what waits for them, of which versions all is, the files, what went wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use bus::presence::Instance;
use bus::queues::Queue;
use clap::Args;
use schemas::file::FileRecord;
use serde_json::{Value, json};

use super::add::summary;
use crate::client::reason;
use crate::config::GlobalConfig;
use crate::session::{Host, Needs, Session};
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail status
  contrail status --json --nats-url nats://127.0.0.1:4222
  contrail status --json | jq '.services[] | select(.instances == [])'

A service that is not running has no processes; what waits for it waits until it is there again.";

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

/// A service with its queue.
struct Service {
    queue: Queue,
    instances: Vec<Instance>,
    letters: usize,
}

impl Status {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let session = Session::open(global, Needs::Server).await?;
        let client = &session.client;
        let bus = client.bus();
        let files = client.files().await?;
        let mut states: BTreeMap<String, u32> = BTreeMap::new();
        for file in &files {
            *states.entry(render::word(&file.state)).or_default() += 1;
        }
        let letters = bus.dead_letters(None, LETTERS).await?;
        // In a server of our own nobody serves but us, and we don't.
        let instances = match &session.host {
            Host::Own => Vec::new(),
            Host::Elsewhere { .. } | Host::Up(_) => {
                bus.services().await.context("the server is going away")?
            }
        };
        let engines: BTreeSet<&str> = instances
            .iter()
            .filter_map(|instance| instance.facts.get("index").map(String::as_str))
            .collect();
        let nats = bus.server();
        let services: Vec<Service> = bus
            .queues()
            .await?
            .into_iter()
            .map(|queue| Service {
                instances: instances
                    .iter()
                    .filter(|instance| instance.service == queue.service)
                    .cloned()
                    .collect(),
                letters: letters
                    .iter()
                    .filter(|kept| kept.letter.service == queue.service)
                    .count(),
                queue,
            })
            .collect();
        if self.json {
            let queues: Vec<_> = services.iter().map(|service| queue(&service.queue)).collect();
            output::json(&json!({
                "server": server(&session.host),
                "versions": {
                    "contrail": env!("CARGO_PKG_VERSION"),
                    "nats": nats.version,
                    "index": engines,
                },
                "services": services.iter().map(document).collect::<Vec<_>>(),
                "tenant": client.tenant(),
                "queues": queues,
                "files": files,
                "files_by_state": states,
                "dead_letters": letters.len(),
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
            let cluster = nats.cluster.map(|name| format!(" in cluster {name}"));
            output::line(&format!(
                "versions: contrail {}, nats-server {}{}{}",
                env!("CARGO_PKG_VERSION"),
                nats.version,
                cluster.unwrap_or_default(),
                engines
                    .iter()
                    .map(|engine| format!(", {engine}"))
                    .collect::<String>(),
            ))?;
            output::line(&table(&services))?;
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
            output::line(&format!("dead letters: {}", letters.len()))?;
        }
        session.close().await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn server(host: &Host) -> Value {
    match host {
        Host::Elsewhere { nats_url } => json!({ "running": true, "nats_url": nats_url }),
        Host::Up(running) => {
            json!({ "running": true, "nats_url": running.nats_url, "http_url": running.http_url, "pid": running.pid })
        }
        Host::Own => json!({ "running": false }),
    }
}

fn queue(queue: &Queue) -> Value {
    json!({
        "name": queue.name,
        "waiting": queue.waiting,
        "running": queue.running,
        "oldest_seconds": queue.age().map(|age| age.as_secs()),
    })
}

fn document(service: &Service) -> Value {
    let instances = service.instances.iter().map(|instance| {
        json!({
            "id": instance.id,
            "version": instance.version,
            "started": instance.started,
            "facts": instance.facts,
        })
    });
    json!({
        "name": service.queue.service,
        "instances": instances.collect::<Vec<_>>(),
        "queue": queue(&service.queue),
        "dead_letters": service.letters,
    })
}

/// A row for each service.
fn table(services: &[Service]) -> String {
    let rows = services.iter().map(|service| {
        let versions: BTreeSet<&str> = service.instances.iter().map(|one| one.version.as_str()).collect();
        let since = service.instances.iter().map(|one| one.started.as_str()).min();
        vec![
            service.queue.service.to_owned(),
            service.instances.len().to_string(),
            Vec::from_iter(versions).join(", "),
            since.unwrap_or_default().to_owned(),
            service.queue.waiting.to_string(),
            service.queue.running.to_string(),
            service.queue.age().map(span).unwrap_or_default(),
            service.letters.to_string(),
        ]
    });
    let header = [
        "service",
        "processes",
        "version",
        "up since",
        "waiting",
        "under way",
        "oldest",
        "dead letters",
    ];
    render::text_table(&header, rows).to_string()
}

/// A time as people say it, in its two greatest units.
fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn line(file: &FileRecord) -> String {
    match &file.rejection {
        Some(rejection) => output::printable(&format!("{}: rejected: {}", file.name, reason(rejection))),
        None if file.active.is_some() => summary(file),
        None => output::printable(&format!("{}: {}", file.name, render::word(&file.state))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_two_units() {
        for (seconds, told) in [
            (0, "0 s"),
            (59, "59 s"),
            (61, "1 min 1 s"),
            (3_600, "1 h 0 min"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), told);
        }
    }
}
