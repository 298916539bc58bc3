//! `contrail add`: files in.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use futures::future::join_all;
use schemas::file::FileRecord;
use serde_json::json;
use tracing::Instrument;

use crate::client::{Client, ClientError, distinct_names};
use crate::config::GlobalConfig;
use crate::output;
use crate::progress::Reporter;
use crate::session::{Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail add sales.xlsx flights.csv
  contrail add --json *.csv

A file is known by its file name: adding one of the same name again replaces it. Exit code 1 when
one is rejected.";

/// See [`super::Command::Add`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Add {
    /// Files: CSV, TSV, XLSX, XLS, ODS, JSON, JSON lines or Parquet.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Prints one JSON document: a list with a member for each file.
    #[arg(long)]
    json: bool,

    /// Seconds that each file may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

impl Add {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        distinct_names(&self.files)?;
        let mut session = Session::open(global, Needs::Services).await?;
        let client = session.client.clone();
        let span = tracing::info_span!("contrail add");
        let limit = Duration::from_secs(self.timeout);
        let reporter = Reporter::new();
        let work =
            async { Ok(join_all(self.files.iter().map(|path| add(&client, path, limit, &reporter))).await) };
        let added = session.during(work.instrument(span)).await;
        let closed = session.close().await;

        let added = added?;
        let failed = added.iter().any(Result::is_err);
        if self.json {
            let list: Vec<_> = self
                .files
                .iter()
                .zip(&added)
                .map(|(path, added)| described(path, added.as_ref()))
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
}

async fn add(
    client: &Client,
    path: &std::path::Path,
    limit: Duration,
    reporter: &Reporter,
) -> Result<FileRecord, ClientError> {
    let submitted = client.submit(path).await?;
    client
        .settle(&submitted, limit, &mut reporter.task(&submitted.name))
        .await
}

/// One line: the file and its tables.
pub(super) fn summary(record: &FileRecord) -> String {
    let tables = record.active.iter().flat_map(|version| &version.tables);
    let tables: Vec<String> = tables
        .map(|table| format!("{} ({} rows, {} columns)", table.name, table.rows, table.columns))
        .collect();
    output::printable(&format!("{}: {}", record.name, tables.join(", ")))
}

fn described(path: &std::path::Path, added: Result<&FileRecord, &ClientError>) -> serde_json::Value {
    match added {
        Ok(record) => json!(record),
        Err(ClientError::Rejected { name, rejection }) => {
            json!({ "name": name, "state": "rejected", "rejection": rejection })
        }
        Err(error) => json!({ "name": path.to_string_lossy(), "state": "failed", "error": chain(error) }),
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
