//! `contrail add`: files in.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use futures::stream::{self, StreamExt};
use schemas::file::FileRecord;
use serde_json::json;
use tracing::Instrument;

use crate::client::{Client, ClientError, distinct_names, logical_name};
use crate::config::GlobalConfig;
use crate::folder::{self, Changes};
use crate::output;
use crate::progress::Reporter;
use crate::session::{Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail add sales.xlsx flights.csv
  contrail add --json *.csv
  contrail add ./handbooks
  contrail add --watch ./handbooks

A file is known by its file name, one of a folder by its path from there: adding one of the same name
again replaces it. With --watch it goes on until it is told to stop: what is written is added, what is
deleted there is forgotten. Exit code 1 when one is rejected.";

/// See [`super::Command::Add`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Add {
    /// Files, or folders of them: CSV, TSV, XLSX, XLS, ODS, JSON, JSON lines, Parquet; PDF, DOCX, PPTX, HTML, Markdown, text,
    /// EML; PNG, JPEG, WebP, TIFF, BMP.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Goes on looking at one folder, and adds what is written there.
    #[arg(long, conflicts_with = "json")]
    watch: bool,

    /// Prints one JSON document: a list with a member for each file.
    #[arg(long)]
    json: bool,

    /// Seconds that each file may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

impl Add {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        if self.watch {
            return self.watch(global).await;
        }
        let named = named(&self.files)?;
        let mut session =
            Session::open(global, Needs::of(named.iter().map(|(name, _)| name.as_str()))).await?;
        let client = session.client.clone();
        let span = tracing::info_span!("contrail add");
        let added = session
            .during(self.add_all(&client, &named).instrument(span))
            .await;
        let closed = session.close().await;

        let added = added?;
        let failed = added.iter().any(Result::is_err);
        if self.json {
            let list: Vec<_> = named
                .iter()
                .zip(&added)
                .map(|((name, _), added)| described(name, added.as_ref()))
                .collect();
            output::json(&list)?;
        }
        for result in &added {
            match result {
                Ok(record) if !self.json => output::line(&summary(record))?,
                Ok(_) => {}
                Err(error) => output::note(&format!("error: {}", chain(error))),
            }
        }
        closed?;
        Ok(if failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }

    /// Adds files side by side, and shows how many are done where there are many.
    async fn add_all(
        &self,
        client: &Client,
        named: &[(String, PathBuf)],
    ) -> anyhow::Result<Vec<Result<FileRecord, ClientError>>> {
        let reporter = Reporter::new();
        let limit = Duration::from_secs(self.timeout);
        let mut all = (named.len() > 1).then(|| reporter.task("all files"));
        let total = named.len() as u64;
        let mut adding = stream::iter(
            named
                .iter()
                .map(|(name, path)| add(client, name, path, limit, &reporter)),
        )
        .buffered(AT_ONCE);
        let mut added = Vec::with_capacity(named.len());
        while let Some(one) = adding.next().await {
            added.push(one);
            if let Some(all) = &mut all {
                all.update("done", added.len() as u64, total);
            }
        }
        Ok(added)
    }

    /// Keeps a folder and the files of the tenant alike, until it is told to stop.
    async fn watch(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let [folder] = self.files.as_slice() else {
            anyhow::bail!("--watch takes one folder");
        };
        anyhow::ensure!(
            folder.is_dir(),
            "{} is no folder: --watch takes one",
            folder.display()
        );
        let mut session = Session::open(global, Needs::Documents).await?;
        let client = session.client.clone();
        let reporter = Reporter::new();
        let limit = Duration::from_secs(self.timeout);
        let work = async {
            let mut known = BTreeMap::new();
            reporter.note(&format!("watching {}", folder.display()));
            loop {
                let listed =
                    folder::list(folder).with_context(|| format!("can't read {}", folder.display()))?;
                let Changes { written, gone } = folder::changes(&known, &listed);
                for name in gone {
                    match client.remove(&name, limit, &mut reporter.task(&name)).await {
                        Ok(name) => output::line(&output::printable(&format!("{name}: forgotten")))?,
                        Err(error) => output::note(&format!("error: {}", chain(&error))),
                    }
                }
                let named: Vec<(String, PathBuf)> = written
                    .into_iter()
                    .filter_map(|name| {
                        listed
                            .get(&name)
                            .map(|listed| (name.clone(), listed.path.clone()))
                    })
                    .collect();
                for result in self.add_all(&client, &named).await? {
                    match result {
                        Ok(record) => output::line(&summary(&record))?,
                        Err(error) => output::note(&format!("error: {}", chain(&error))),
                    }
                }
                known = listed;
                tokio::time::sleep(LOOK).await;
            }
        };
        let ended: anyhow::Result<ExitCode> = session.during(work).await;
        session.close().await?;
        ended
    }
}

/// Files that are on their way at once.
const AT_ONCE: usize = 16;
/// How often a watched folder is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Every file with its logical name.
fn named(paths: &[PathBuf]) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut named = Vec::with_capacity(paths.len());
    for path in paths {
        if path.is_dir() {
            let listed = folder::list(path).with_context(|| format!("can't read {}", path.display()))?;
            anyhow::ensure!(!listed.is_empty(), "there is no file in {}", path.display());
            named.extend(listed.into_iter().map(|(name, listed)| (name, listed.path)));
        } else {
            named.push((logical_name(path)?, path.clone()));
        }
    }
    distinct_names(named.iter().map(|(name, _)| name.as_str()))?;
    Ok(named)
}

async fn add(
    client: &Client,
    name: &str,
    path: &std::path::Path,
    limit: Duration,
    reporter: &Reporter,
) -> Result<FileRecord, ClientError> {
    let submitted = client.submit_as(name.to_owned(), path).await?;
    client
        .settle(&submitted, limit, &mut reporter.task(&submitted.name))
        .await
}

/// One line: the file and its tables.
pub(super) fn summary(record: &FileRecord) -> String {
    let tables = record.active.iter().flat_map(|version| &version.tables);
    let mut parts: Vec<String> = tables
        .map(|table| format!("{} ({} rows, {} columns)", table.name, table.rows, table.columns))
        .collect();
    let document = record
        .active
        .as_ref()
        .and_then(|version| version.document.as_ref());
    if let Some(document) = document {
        if document.pages > 0 {
            parts.insert(0, format!("{} pages", document.pages));
        }
        if parts.is_empty() || document.pages > 0 {
            parts.push(format!("{} passages", document.passages));
        }
        if document.notices > 0 {
            parts.push(format!("{} parts could not be read", document.notices));
        }
    }
    output::printable(&format!("{}: {}", record.name, parts.join(", ")))
}

fn described(name: &str, added: Result<&FileRecord, &ClientError>) -> serde_json::Value {
    match added {
        Ok(record) => json!(record),
        Err(ClientError::Rejected { name, rejection }) => {
            json!({ "name": name, "state": "rejected", "rejection": rejection })
        }
        Err(error) => json!({ "name": name, "state": "failed", "error": chain(error) }),
    }
}

/// An error with its sources, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    output::printable(&text)
}
