//! `contrail search`: passages of documents, without an answer.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use schemas::Language;
use schemas::calls::{SearchCall, SearchFilter};
use schemas::document::PassageKind;
use tracing::Instrument;

use crate::client::Client;
use crate::config::GlobalConfig;
use crate::session::{Needs, Session};
use crate::{citations, output};

const EXAMPLES: &str = "\
Examples:
  contrail search \"nursing room near the gates\"
  contrail search --limit 3 --file handbook.pdf CA1234
  contrail search --closely \"Where can I sleep for a few hours?\"
  contrail search --json \"末班地铁\" | jq .hits[0].passage.text

Finds by meaning, by words and by exact codes at once. Exit code 3 when nothing is found.";

/// See [`super::Command::Search`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Search {
    /// What to look for: a question, some words, or a code.
    query: String,

    /// Passages to show.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,

    /// A file to look in, by its name or id; by default all. May be given several times.
    #[arg(long = "file", short = 'f', value_name = "FILE")]
    files: Vec<String>,

    /// Looks in rows of tables alone.
    #[arg(long)]
    rows: bool,

    /// Looks closely at what is found, sentence by sentence, as answers do: slower, and the right passages come earlier.
    #[arg(long)]
    closely: bool,

    /// Prints one JSON document.
    #[arg(long)]
    json: bool,

    /// Seconds that it may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

impl Search {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let mut session = Session::open(global, Needs::Documents).await?;
        let client = session.client.clone();
        let span = tracing::info_span!("contrail search");
        let found = session.during(self.search(&client).instrument(span)).await;
        let closed = session.close().await;
        let found = found?;
        if self.json {
            output::json(&found)?;
        } else if found.hits.is_empty() {
            output::note("nothing is found");
        } else {
            output::line(&citations::hits(&found.hits, Language::of(&self.query)))?;
        }
        closed?;
        Ok(if found.hits.is_empty() {
            ExitCode::from(3)
        } else {
            ExitCode::SUCCESS
        })
    }

    async fn search(&self, client: &Client) -> anyhow::Result<schemas::calls::SearchHits> {
        let mut only = SearchFilter::default();
        for name in &self.files {
            only.files.push(client.file(name).await?.file);
        }
        if self.rows {
            only.kinds = vec![PassageKind::Row, PassageKind::SheetRow];
        }
        let call = SearchCall {
            query: self.query.clone(),
            limit: self.limit,
            only,
            closely: self.closely,
        };
        Ok(client.search(&call, Duration::from_secs(self.timeout)).await?)
    }
}
