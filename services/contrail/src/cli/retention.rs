//! `contrail retention`: how long a tenant's data is kept.

use std::process::ExitCode;

use anyhow::bail;
use chrono::Utc;
use clap::{Args, Subcommand};
use ingest::retention::{Expired, expired};
use schemas::{Retention as Kept, TenantId};
use serde_json::json;

use crate::config::GlobalConfig;
use crate::session::{Needs, Session};
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail retention show
  contrail retention set --tenant airport-north --files 90d --answers 30d
  contrail retention set --tenant airport-north --files forever

What is not set is kept until somebody deletes it. What was kept long enough goes within the hour, just as what is deleted
does: a file with all that was read from it and said of it.";

const SHOW_EXAMPLES: &str = "\
Examples:
  contrail retention show
  contrail retention show --json | jq '.[] | select(.files_days == null) | .tenant'";

const SET_EXAMPLES: &str = "\
Examples:
  contrail retention set --files 1y
  contrail retention set --tenant airport-north --files 90d --answers 30d --dry-run
  contrail retention set --tenant airport-north --answers forever

The days of a file count from its newest version, or from the last change of how it is read; those of an answer, or of what
people say of it, from when it was given. What is left out stays as it is.";

/// See [`super::Command::Retention`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Retention {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Shows how long each tenant's data is kept.
    #[command(after_help = SHOW_EXAMPLES)]
    Show {
        /// Prints one JSON document: a list of tenants.
        #[arg(long)]
        json: bool,
    },
    /// Sets how long the tenant's files and answers are kept.
    #[command(after_help = SET_EXAMPLES)]
    Set {
        /// How long files are kept, with what was read from them and said of them: 90d, 12w, 2y or forever.
        #[arg(long, value_name = "TIME", value_parser = term, required_unless_present = "answers")]
        files: Option<Term>,
        /// How long answers, judgements and dead letters of questions are kept: 90d, 12w, 2y or forever.
        #[arg(long, value_name = "TIME", value_parser = term)]
        answers: Option<Term>,
        /// Only tells what would go, and changes nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// For how many days something is kept; none: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Term(Option<u32>);

impl Retention {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let session = Session::open(global, Needs::Server).await?;
        let done = match &self.action {
            Action::Show { json } => show(&session, *json).await,
            Action::Set {
                files,
                answers,
                dry_run,
            } => set(&session, *files, *answers, *dry_run).await,
        };
        session.close().await?;
        done?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn show(session: &Session, as_json: bool) -> anyhow::Result<()> {
    let bus = session.client.bus();
    let mut kept = Vec::new();
    for tenant in bus.tenants().await? {
        let retention = bus.retention(&tenant).await?;
        kept.push((tenant, retention));
    }
    if as_json {
        let list: Vec<_> = kept
            .iter()
            .map(|(tenant, kept)| {
                json!({ "tenant": tenant, "files_days": kept.files_days, "answers_days": kept.answers_days })
            })
            .collect();
        return Ok(output::json(&list)?);
    }
    let rows = kept.iter().map(|(tenant, kept)| {
        vec![
            tenant.to_string(),
            words(kept.files_days),
            words(kept.answers_days),
        ]
    });
    output::line(&render::text_table(&["tenant", "files", "answers"], rows).to_string())?;
    Ok(())
}

async fn set(
    session: &Session,
    files: Option<Term>,
    answers: Option<Term>,
    dry_run: bool,
) -> anyhow::Result<()> {
    let (bus, tenant) = (session.client.bus(), session.client.tenant());
    let changed = |known: Kept| Kept {
        files_days: files.map_or(known.files_days, |Term(days)| days),
        answers_days: answers.map_or(known.answers_days, |Term(days)| days),
    };
    let wanted = changed(bus.retention(tenant).await?);
    let gone = expired(bus, tenant, wanted, Utc::now()).await?;
    if dry_run {
        output::line(&told(tenant, wanted, "would be kept"))?;
        output::line(&going(&gone, "would go within the hour"))?;
        return Ok(());
    }
    let kept = bus.change_retention(tenant, changed).await?;
    if kept != wanted {
        bail!("somebody else has changed it at the same time: look with `contrail retention show`");
    }
    output::line(&told(tenant, kept, "are kept"))?;
    output::line(&going(&gone, "go within the hour"))?;
    Ok(())
}

fn told(tenant: &TenantId, kept: Kept, verb: &str) -> String {
    let (files, answers) = (words(kept.files_days), words(kept.answers_days));
    format!("files of {tenant} {verb} {files}, answers {answers}")
}

fn going(expired: &Expired, verb: &str) -> String {
    let (files, answers) = (expired.files.len(), expired.answers.len());
    format!("{files} files and {answers} objects of answers are older: they {verb}")
}

fn words(days: Option<u32>) -> String {
    match days {
        None => "for ever".to_owned(),
        Some(1) => "for 1 day".to_owned(),
        Some(days) => format!("for {days} days"),
    }
}

/// Reads `90d`, `12w`, `2y` or `forever`; a year has 365 days.
fn term(text: &str) -> Result<Term, String> {
    if text == "forever" {
        return Ok(Term(None));
    }
    let wrong = || "write a time such as 90d, 12w or 2y, at least a day, or forever".to_owned();
    let (number, each) = [("d", 1), ("w", 7), ("y", 365)]
        .into_iter()
        .find_map(|(unit, each)| Some((text.strip_suffix(unit)?, each)))
        .ok_or_else(wrong)?;
    let number: u32 = number.parse().map_err(|_| wrong())?;
    let days = number.checked_mul(each).filter(|days| *days > 0);
    days.map(|days| Term(Some(days))).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_days_weeks_and_years() {
        for (text, days) in [("1d", 1), ("90d", 90), ("12w", 84), ("2y", 730)] {
            assert_eq!(term(text), Ok(Term(Some(days))), "{text}");
        }
        assert_eq!(term("forever"), Ok(Term(None)));
        for text in [
            "",
            "90",
            "0d",
            "d",
            "-1d",
            "1.5d",
            "3m",
            "99999999999y",
            "4294967295y",
        ] {
            assert!(term(text).is_err(), "{text}");
        }
    }
}
