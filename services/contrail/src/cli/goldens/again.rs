//! Confirmed questions, asked again.

use std::collections::BTreeSet;
use std::time::Duration;

use codegen_executor::answer::agreement::{alike, same};
use schemas::answer::{AnswerKind, AnswerStatus};
use schemas::file::FileRecord;
use schemas::golden::Golden;
use schemas::jobs::AskJob;
use schemas::{Answer, FileId, Value};
use serde_json::json;

use super::brief;
use crate::client::{Client, ClientError};
use crate::progress::Reporter;

/// What became of a confirmed question.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The same result.
    Right,
    /// Another result.
    Changed {
        /// Names of its columns.
        columns: Vec<String>,
        /// The result.
        rows: Vec<Vec<Value>>,
    },
    /// No result.
    Refused {
        /// Why not, in the words of the answer.
        text: String,
    },
    /// A file has other bytes than those that the answer was computed from.
    Outdated {
        /// Its logical name.
        file: String,
    },
}

impl Outcome {
    /// In one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Changed { .. } => "changed",
            Self::Refused { .. } => "refused",
            Self::Outdated { .. } => "outdated",
        }
    }

    /// Whether it is no longer what was confirmed.
    pub fn is_failure(&self) -> bool {
        match self {
            Self::Changed { .. } | Self::Refused { .. } => true,
            Self::Right | Self::Outdated { .. } => false,
        }
    }

    /// What it is now, in a few words; nothing where it is what it was.
    pub fn is(&self) -> String {
        match self {
            Self::Right => String::new(),
            Self::Changed { rows, .. } => brief(rows),
            Self::Refused { text } => text.clone(),
            Self::Outdated { file } => format!("{file} has other bytes since"),
        }
    }

    /// All of it for programs.
    pub fn document(&self, golden: &Golden) -> serde_json::Value {
        let is = match self {
            Self::Right => json!(null),
            Self::Changed { columns, rows } => json!({ "columns": columns, "rows": rows }),
            Self::Refused { text } => json!({ "text": text }),
            Self::Outdated { file } => json!({ "file": file }),
        };
        json!({
            "id": golden.id, "question": golden.question, "outcome": self.word(),
            "was": { "columns": golden.columns, "rows": golden.rows }, "is": is,
        })
    }
}

/// How many there are of each, in one line.
pub fn counts(outcomes: &[Outcome]) -> String {
    let count = |word: &str| outcomes.iter().filter(|outcome| outcome.word() == word).count();
    let words = ["right", "changed", "refused", "outdated"];
    let told: Vec<String> = words
        .iter()
        .map(|word| format!("{} {word}", count(word)))
        .collect();
    told.join(", ")
}

/// Asks each of them again, one after the other. What was answered is not kept.
///
/// # Errors
/// When the bus fails, or a question takes too long.
pub async fn ask(
    client: &Client,
    goldens: &[Golden],
    limit: Duration,
    reporter: &Reporter,
) -> Result<Vec<Outcome>, ClientError> {
    let files = client.files().await?;
    let mut task = reporter.task("confirmed questions");
    let mut outcomes = Vec::with_capacity(goldens.len());
    for (number, golden) in (1..).zip(goldens) {
        outcomes.push(match outdated(golden, &files) {
            Some(file) => Outcome::Outdated { file },
            None => {
                let asked = client.ask(&job(golden), limit, &mut Reporter::silent()).await;
                match asked {
                    Ok(answer) => {
                        let answers = client.bus().answers(client.tenant()).await?;
                        answers.delete(answer.id.as_str()).await?;
                        outcome(golden, answer)
                    }
                    Err(ClientError::Failed { reason, .. }) => Outcome::Refused { text: reason },
                    Err(error) => return Err(error),
                }
            }
        });
        task.update("asking", number, goldens.len() as u64);
    }
    Ok(outcomes)
}

/// The first file of a question that is not what it was.
fn outdated(golden: &Golden, files: &[FileRecord]) -> Option<String> {
    let differs = golden.sources.iter().find(|source| {
        let record = files.iter().find(|record| record.file == source.file);
        let active = record.and_then(|record| record.active.as_ref());
        active.is_none_or(|version| version.content != source.content)
    });
    differs.map(|source| source.name.clone())
}

fn job(golden: &Golden) -> AskJob {
    let files: BTreeSet<FileId> = golden.sources.iter().map(|source| source.file.clone()).collect();
    AskJob {
        files: files.into_iter().collect(),
        history: golden.history.clone(),
        language: Some(golden.language),
        only: Some(AnswerKind::Table),
        today: golden.today,
        ..AskJob::about(&golden.question)
    }
}

fn outcome(golden: &Golden, answer: Answer) -> Outcome {
    match answer.status {
        AnswerStatus::Answered if is_right(golden, &answer.rows) => Outcome::Right,
        AnswerStatus::Answered => Outcome::Changed {
            columns: answer.columns,
            rows: answer.rows,
        },
        AnswerStatus::Refused | AnswerStatus::NeedsClarification => Outcome::Refused { text: answer.text },
    }
}

/// Whether a result is the confirmed one. The order of its rows counts where the plan has one.
fn is_right(golden: &Golden, rows: &[Vec<Value>]) -> bool {
    let ordered = golden
        .plan
        .as_ref()
        .is_some_and(|plan| !plan.order.is_empty() || plan.limit.is_some());
    if ordered {
        same(&golden.rows, rows)
    } else {
        alike(&golden.rows, rows)
    }
}
