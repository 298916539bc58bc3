//! `contrail goldens`: questions whose right answers people have confirmed.

mod again;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Subcommand};
use schemas::feedback::{Feedback, Verdict};
use schemas::golden::Golden;
use schemas::{AnswerId, Value};
use tracing::Instrument;

use crate::client::Client;
use crate::config::GlobalConfig;
use crate::progress::Reporter;
use crate::session::{Needs, Session};
use crate::{output, render};
use again::Outcome;

const EXAMPLES: &str = "\
Examples:
  contrail goldens list
  contrail goldens show 3f2a5c0d9e8b7a61
  contrail goldens add 0199f1d2-7c3a-7def-8123-0000000000bb
  contrail goldens run
  contrail goldens remove 3f2a5c0d9e8b7a61

An answer that is called right, on the page or by POST /api/answers/{id}/feedback, becomes one by itself.
They rest on their files: a file that is deleted takes its own with it.";

const LIST_EXAMPLE: &str = "Example:\n  contrail goldens list --json";
const SHOW_EXAMPLE: &str = "Example:\n  contrail goldens show 3f2a5c0d9e8b7a61";
const ADD_EXAMPLES: &str = "\
Examples:
  contrail goldens add 0199f1d2-7c3a-7def-8123-0000000000bb
  contrail goldens add 0199f1d2-7c3a-7def-8123-0000000000bb --corrects 0199f1d2-7c3a-7def-8123-0000000000cc

With --corrects the question of the other answer has this one for its right answer, too.";
const REMOVE_EXAMPLE: &str = "Example:\n  contrail goldens remove 3f2a5c0d9e8b7a61";
const RUN_EXAMPLES: &str = "\
Examples:
  contrail goldens run
  contrail goldens run 3f2a5c0d9e8b7a61 --json

Each question is asked again over the files that its answer rests on, and the result is held against the one that was
confirmed. Where a file has other bytes since, there is nothing to compare: `outdated`, and no failure.

Exit codes: 0 none differs, 1 some differ or are refused now, 2 wrong usage.";

/// See [`super::Command::Goldens`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Goldens {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists them.
    #[command(after_help = LIST_EXAMPLE)]
    List {
        /// Prints one JSON document: a list of them.
        #[arg(long)]
        json: bool,
    },
    /// Prints one as JSON: question, files, right answer and the plan that gave it.
    #[command(after_help = SHOW_EXAMPLE)]
    Show {
        /// Its id, or the beginning of it.
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Confirms an answer.
    #[command(after_help = ADD_EXAMPLES)]
    Add {
        /// The id of the answer, as `contrail ask --json` tells it.
        #[arg(value_name = "ANSWER")]
        answer: AnswerId,
        /// The wrong answer that it puts right.
        #[arg(long, value_name = "ANSWER")]
        corrects: Option<AnswerId>,
        /// Prints one JSON document: a list of what was confirmed.
        #[arg(long)]
        json: bool,
    },
    /// Forgets some.
    #[command(after_help = REMOVE_EXAMPLE)]
    Remove {
        /// Their ids, or the beginnings of them.
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// Asks them again and compares.
    #[command(after_help = RUN_EXAMPLES)]
    Run {
        /// Their ids, or the beginnings of them; by default all.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Prints one JSON document: a list of what was and what is.
        #[arg(long)]
        json: bool,
        /// Seconds that one question may take.
        #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
        timeout: u64,
    },
}

impl Goldens {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let needs = match &self.action {
            Action::Run { .. } => Needs::Services,
            Action::List { .. } | Action::Show { .. } | Action::Add { .. } | Action::Remove { .. } => {
                Needs::Server
            }
        };
        let mut session = Session::open(global, needs).await?;
        let client = session.client.clone();
        let work = self
            .work(&client)
            .instrument(tracing::info_span!("contrail goldens"));
        let done = session.during(work).await;
        let closed = session.close().await;
        let code = done?;
        closed?;
        Ok(code)
    }

    async fn work(&self, client: &Client) -> anyhow::Result<ExitCode> {
        let kept = client.bus().goldens(client.tenant()).await?;
        match &self.action {
            Action::List { json } => {
                let goldens = kept.list().await?;
                if *json {
                    output::json(&goldens)?;
                } else if goldens.is_empty() {
                    output::line("no answer was confirmed yet")?;
                } else {
                    let rows = goldens.iter().map(|golden| {
                        vec![
                            golden.id.clone(),
                            golden.question.clone(),
                            brief(&golden.rows),
                            golden.at.clone(),
                        ]
                    });
                    let table = render::text_table(&["id", "question", "right answer", "confirmed at"], rows);
                    output::line(&table.to_string())?;
                }
            }
            Action::Show { id } => {
                let golden = one(kept.list().await?, id)?;
                output::line(&output::printable(&serde_json::to_string_pretty(&golden)?))?;
            }
            Action::Add {
                answer,
                corrects,
                json,
            } => {
                let right = client.answer(answer).await?;
                let wrong = match corrects {
                    Some(wrong) => Some(client.answer(wrong).await?),
                    None => None,
                };
                if let Some(wrong) = &wrong {
                    // Who says that it is put right says that it is wrong.
                    kept.say(wrong, &feedback(wrong, Verdict::Wrong, None), None)
                        .await?;
                }
                let corrects = wrong.as_ref().map(|wrong| wrong.id.clone());
                // Refused in words where it can't be confirmed, before anything is said of it.
                let confirmed = kept.confirm(&right, wrong.as_ref()).await?;
                kept.say(
                    &right,
                    &feedback(&right, Verdict::Right, corrects),
                    wrong.as_ref(),
                )
                .await?;
                if *json {
                    output::json(&confirmed)?;
                } else {
                    for golden in &confirmed {
                        let line = format!("{}: {} → {}", golden.id, golden.question, brief(&golden.rows));
                        output::line(&output::printable(&line))?;
                    }
                }
            }
            Action::Remove { ids } => {
                let goldens = kept.list().await?;
                for id in ids {
                    let golden = one(goldens.clone(), id)?;
                    kept.remove(&golden.id).await?;
                    output::line(&output::printable(&format!("{}: forgotten", golden.id)))?;
                }
            }
            Action::Run { ids, json, timeout } => {
                let all = kept.list().await?;
                let chosen = match ids.as_slice() {
                    [] => all,
                    ids => {
                        let chosen = ids.iter().map(|id| one(all.clone(), id));
                        chosen.collect::<anyhow::Result<Vec<Golden>>>()?
                    }
                };
                return asked_again(client, &chosen, *json, Duration::from_secs(*timeout)).await;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn asked_again(
    client: &Client,
    goldens: &[Golden],
    json: bool,
    limit: Duration,
) -> anyhow::Result<ExitCode> {
    let outcomes = again::ask(client, goldens, limit, &Reporter::new()).await?;
    if json {
        let told: Vec<_> = goldens
            .iter()
            .zip(&outcomes)
            .map(|(golden, outcome)| outcome.document(golden))
            .collect();
        output::json(&told)?;
    } else if goldens.is_empty() {
        output::line("no answer was confirmed yet")?;
    } else {
        let rows = goldens.iter().zip(&outcomes).map(|(golden, outcome)| {
            vec![
                golden.id.clone(),
                golden.question.clone(),
                outcome.word().to_owned(),
                brief(&golden.rows),
                outcome.is(),
            ]
        });
        let table = render::text_table(&["id", "question", "now", "was", "is"], rows);
        output::line(&table.to_string())?;
        output::line(&again::counts(&outcomes))?;
    }
    let differ = outcomes.iter().any(Outcome::is_failure);
    Ok(if differ {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The only one whose id begins like this.
fn one(goldens: Vec<Golden>, id: &str) -> anyhow::Result<Golden> {
    let mut found = goldens
        .into_iter()
        .filter(|golden| !id.is_empty() && golden.id.starts_with(id));
    let golden = found
        .next()
        .with_context(|| format!("no confirmed question {id}: `contrail goldens list` shows them"))?;
    anyhow::ensure!(
        found.next().is_none(),
        "several confirmed questions begin with {id}: give more of the id"
    );
    Ok(golden)
}

fn feedback(answer: &schemas::Answer, verdict: Verdict, corrects: Option<AnswerId>) -> Feedback {
    Feedback {
        answer: answer.id.clone(),
        question: answer.question.clone(),
        verdict,
        note: None,
        corrects,
        at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    }
}

/// A result in a few words: its only value, or how many rows and the first of them.
fn brief(rows: &[Vec<Value>]) -> String {
    let row = |row: &[Value]| row.iter().map(render::cell).collect::<Vec<_>>().join(", ");
    match rows {
        [] => "no rows".to_owned(),
        [only] => row(only),
        [first, ..] => format!("{} rows: {}, …", rows.len(), row(first)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_told_in_a_few_words() {
        assert_eq!(brief(&[]), "no rows");
        assert_eq!(brief(&[vec![Value::Int(42)]]), "42");
        let rows = vec![vec!["T1".into(), Value::Int(1)], vec!["T2".into(), Value::Int(2)]];
        assert_eq!(brief(&rows), "2 rows: T1, 1, …");
    }
}
