//! `contrail dead`: jobs that were given up.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::GlobalConfig;
use crate::session::{Needs, Session};
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail dead list
  contrail dead show 7
  contrail dead redrive 7";

const LIST_EXAMPLE: &str = "Example:\n  contrail dead list --service ingest --json";
const SHOW_EXAMPLE: &str = "Example:\n  contrail dead show 7";
const REDRIVE_EXAMPLE: &str = "Example:\n  contrail dead redrive 7";

/// See [`super::Command::Dead`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Dead {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists them, oldest first.
    #[command(after_help = LIST_EXAMPLE)]
    List {
        /// Only those that this service gave up.
        #[arg(long)]
        service: Option<String>,
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 1000)]
        limit: usize,
        /// Prints one JSON document: a list of them.
        #[arg(long)]
        json: bool,
    },
    /// Prints one as JSON: reason, headers and body.
    #[command(after_help = SHOW_EXAMPLE)]
    Show {
        /// Its number in the list.
        #[arg(value_name = "N")]
        number: u64,
    },
    /// Sends the job again under a new id and removes the dead letter.
    #[command(after_help = REDRIVE_EXAMPLE)]
    Redrive {
        /// Its number in the list.
        #[arg(value_name = "N")]
        number: u64,
    },
}

impl Dead {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let session = Session::open(global, Needs::Server).await?;
        let bus = session.client.bus();
        match &self.action {
            Action::List { service, limit, json } => {
                let letters = bus.dead_letters(service.as_deref(), *limit).await?;
                if *json {
                    let list: Vec<_> = letters.iter().map(document).collect();
                    output::json(&list)?;
                } else if letters.is_empty() {
                    output::line("there are no dead letters")?;
                } else {
                    let rows = letters.iter().map(|kept| {
                        let letter = &kept.letter;
                        let (number, cause) = (kept.sequence.to_string(), render::word(&letter.cause));
                        vec![
                            number,
                            letter.at.clone(),
                            letter.subject.clone(),
                            cause,
                            letter.reason.clone(),
                        ]
                    });
                    let table =
                        render::text_table(&["number", "given up at", "job", "cause", "reason"], rows);
                    output::line(&table.to_string())?;
                }
            }
            Action::Show { number } => {
                let kept = bus.dead_letter(*number).await?;
                output::line(&serde_json::to_string_pretty(&document(&kept))?)?;
            }
            Action::Redrive { number } => {
                let id = bus.redrive(*number).await?;
                output::line(&format!("sent again as job {id}"))?;
            }
        }
        session.close().await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn document(kept: &bus::dead_letters::Kept) -> serde_json::Value {
    json!({ "number": kept.sequence, "subject": kept.subject, "letter": kept.letter })
}
