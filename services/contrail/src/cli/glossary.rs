//! `contrail glossary`: what words mean to a tenant.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{ArgGroup, Args, Subcommand};
use schemas::Glossary;
use schemas::glossary::formula::Formula;
use schemas::glossary::{Entry, Meaning};
use schemas::table::TableProfile;

use crate::client::Client;
use crate::config::GlobalConfig;
use crate::output;
use crate::render;
use crate::session::{Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail glossary set 营收 --alias 销售额
  contrail glossary set 客单价 --metric \"销售额 / 订单数\"
  contrail glossary set 魔都 --value 上海 --column 城市
  contrail glossary list
  contrail glossary import glossary.json
  contrail glossary remove 营收

Both planners read questions with these words: the rules put them in the place of what they stand for, a language model is
shown them. A table's own names come first: where a column is called like a term, the column is meant.";

const LIST_EXAMPLE: &str = "Example:\n  contrail glossary list --json > glossary.json";
const SET_EXAMPLES: &str = "\
Examples:
  contrail glossary set 营收 --alias 销售额 --note \"finance calls it that\"
  contrail glossary set \"gross margin\" --metric \"(revenue - cost) / revenue\"
  contrail glossary set 魔都 --value 上海 --column 城市

A formula has names of columns, aliases and metrics, numbers, + - * / and brackets; a name with such signs in it stands in
double quotes. The rules compute formulas of two columns, a ratio as that of their sums; longer ones are for a language model.";
const REMOVE_EXAMPLE: &str = "Example:\n  contrail glossary remove 营收 客单价";
const IMPORT_EXAMPLES: &str = "\
Examples:
  contrail glossary import glossary.json
  contrail glossary import glossary.json --replace

The file is what `contrail glossary list --json` prints:
  {\"entries\": [{\"term\": \"营收\", \"kind\": \"alias\", \"of\": \"销售额\"},
               {\"term\": \"魔都\", \"kind\": \"value\", \"of\": \"上海\", \"column\": \"城市\"},
               {\"term\": \"客单价\", \"kind\": \"metric\", \"formula\": \"销售额 / 订单数\", \"note\": \"…\"}]}
It is taken as a whole or not at all.";

/// Bytes of a file to import.
const MAX_FILE: u64 = 4 << 20;

/// See [`super::Command::Glossary`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct GlossaryCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists the entries.
    #[command(after_help = LIST_EXAMPLE)]
    List {
        /// Prints one JSON document, as `import` reads it.
        #[arg(long)]
        json: bool,
    },
    /// Says what a word means, in the place of what it meant before.
    #[command(after_help = SET_EXAMPLES)]
    Set(Set),
    /// Forgets words.
    #[command(after_help = REMOVE_EXAMPLE)]
    Remove {
        /// The words.
        #[arg(value_name = "TERM", required = true)]
        terms: Vec<String>,
    },
    /// Takes in a file of entries.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Forgets all other entries.
        #[arg(long)]
        replace: bool,
    },
}

#[derive(Debug, Args)]
#[command(after_help = SET_EXAMPLES, group = ArgGroup::new("meaning").required(true))]
struct Set {
    /// The word or phrase, as it stands in questions.
    #[arg(value_name = "TERM")]
    term: String,

    /// The column that it is another name of.
    #[arg(long, value_name = "COLUMN", group = "meaning")]
    alias: Option<String>,

    /// The value that it is another name of.
    #[arg(long, value_name = "VALUE", group = "meaning")]
    value: Option<String>,

    /// How it is computed.
    #[arg(long, value_name = "FORMULA", group = "meaning")]
    metric: Option<String>,

    /// The column that holds the value; by default any.
    #[arg(long, value_name = "COLUMN", requires = "value")]
    column: Option<String>,

    /// What people should know of it.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Set {
    fn entry(&self) -> anyhow::Result<Entry> {
        let trimmed = |text: &String| text.trim().to_owned();
        let meaning = match (&self.alias, &self.value, &self.metric) {
            (Some(of), None, None) => Meaning::Alias { of: trimmed(of) },
            (None, Some(of), None) => Meaning::Value {
                of: trimmed(of),
                column: self.column.as_ref().map(trimmed),
            },
            (None, None, Some(formula)) => Meaning::Metric {
                formula: trimmed(formula),
            },
            _ => anyhow::bail!("say one of --alias, --value and --metric"),
        };
        Ok(Entry {
            term: trimmed(&self.term),
            meaning,
            note: self.note.clone(),
        })
    }
}

impl GlossaryCommand {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        // A file that can't be read is told before anything is started.
        let read = match &self.action {
            Action::Import { file, .. } => read(file)?,
            Action::List { .. } | Action::Set(_) | Action::Remove { .. } => Glossary::default(),
        };
        let session = Session::open(global, Needs::Server).await?;
        let done = self.work(&session.client, read).await;
        let closed = session.close().await;
        done?;
        closed?;
        Ok(ExitCode::SUCCESS)
    }

    async fn work(&self, client: &Client, read: Glossary) -> anyhow::Result<()> {
        let (bus, tenant) = (client.bus(), client.tenant());
        match &self.action {
            Action::List { json } => {
                let glossary = bus.glossary(tenant).await?;
                if *json {
                    output::json(&glossary)?;
                } else if glossary.entries.is_empty() {
                    output::line("the glossary is empty")?;
                } else {
                    let rows = glossary.entries.iter().map(|entry| {
                        let kind = match &entry.meaning {
                            Meaning::Alias { .. } => "alias",
                            Meaning::Value { .. } => "value",
                            Meaning::Metric { .. } => "metric",
                        };
                        vec![
                            kind.to_owned(),
                            entry.line(),
                            entry.note.clone().unwrap_or_default(),
                        ]
                    });
                    let table = render::text_table(&["kind", "entry", "note"], rows);
                    output::line(&table.to_string())?;
                }
            }
            Action::Set(set) => {
                let entry = set.entry()?;
                let changed = bus
                    .change_glossary(tenant, |glossary| glossary.with(entry.clone()))
                    .await?;
                output::line(&output::printable(&entry.line()))?;
                warn(client, &changed, std::slice::from_ref(&entry)).await?;
            }
            Action::Remove { terms } => {
                let known = bus.glossary(tenant).await?;
                for term in terms {
                    let entry = known.get(term);
                    entry.with_context(|| format!("the glossary has no term {term:?}"))?;
                }
                bus.change_glossary(tenant, |mut glossary| {
                    for term in terms {
                        glossary = glossary.without(term);
                    }
                    glossary
                })
                .await?;
                output::line(&output::printable(&format!("forgotten: {}", terms.join(", "))))?;
            }
            Action::Import { replace, .. } => {
                // Twice in one file is a mistake that would be lost by setting one after the other.
                read.check()?;
                let changed = bus
                    .change_glossary(tenant, |glossary| {
                        let mut glossary = if *replace { Glossary::default() } else { glossary };
                        for entry in &read.entries {
                            glossary = glossary.with(entry.clone());
                        }
                        glossary
                    })
                    .await?;
                output::line(&format!(
                    "{} entries taken in; the glossary has {}",
                    read.entries.len(),
                    changed.entries.len()
                ))?;
                warn(client, &changed, &read.entries).await?;
            }
        }
        Ok(())
    }
}

fn read(file: &Path) -> anyhow::Result<Glossary> {
    let shown = file.display();
    let metadata = std::fs::metadata(file).with_context(|| format!("can't read {shown}"))?;
    anyhow::ensure!(
        metadata.len() <= MAX_FILE,
        "{shown} has {} bytes, more than {MAX_FILE}",
        metadata.len()
    );
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {shown}"))?;
    serde_json::from_str(&text).with_context(|| format!("{shown} is no glossary"))
}

/// Says which names of some entries no table has. Tables differ, and others may come: nothing is wrong with that.
async fn warn(client: &Client, glossary: &Glossary, entries: &[Entry]) -> anyhow::Result<()> {
    let mut profiles = Vec::new();
    for record in client.files().await? {
        for table in record.active.iter().flat_map(|version| &version.tables) {
            profiles.push(client.profile(table).await?);
        }
    }
    for entry in entries {
        for name in names(entry) {
            if glossary.get(&name).is_none() && !has_column(&profiles, &name) {
                output::note(&output::printable(&format!(
                    "warning: no table has a column {name:?}, which {:?} stands for",
                    entry.term
                )));
            }
        }
    }
    Ok(())
}

/// The columns that an entry names.
fn names(entry: &Entry) -> Vec<String> {
    match &entry.meaning {
        Meaning::Alias { of } => vec![of.clone()],
        Meaning::Value { column, .. } => column.iter().cloned().collect(),
        Meaning::Metric { formula } => Formula::parse(formula)
            .map(|formula| formula.names().into_iter().map(str::to_owned).collect())
            .unwrap_or_default(),
    }
}

fn has_column(profiles: &[TableProfile], name: &str) -> bool {
    let folded = schemas::glossary::folded(name);
    let mut columns = profiles.iter().flat_map(|profile| &profile.columns);
    columns.any(|column| schemas::glossary::folded(&column.name) == folded)
}
