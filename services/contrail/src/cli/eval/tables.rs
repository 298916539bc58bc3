//! `contrail eval tables`: the whole pipeline against right answers.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use codegen_executor::confidence::Measured;
use futures::StreamExt;
use futures::stream;
use schemas::answer::{AnswerStatus, Tier};
use schemas::jobs::AskJob;
use schemas::{Answer, FileId, Language, Value};
use serde::Serialize;
use tracing::Instrument;

use super::dataset::{Dataset, Expect, QUESTIONS, Question};
use super::report::{Counts, Outcome, Report, Unusable};
use super::score::is_correct;
use crate::cli::add::chain;
use crate::client::{Client, ClientError, reason};
use crate::config::GlobalConfig;
use crate::embedded::PrivateServer;
use crate::output;
use crate::progress::Reporter;
use crate::render;
use crate::session::{Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail eval tables --data ./questions
  contrail eval tables --data ./questions --json --predictions predictions.jsonl
  contrail eval tables --data tests/evaluation/tables --questions dev.jsonl \\
    --write-confidence services/codegen-executor/data/confidence.toml

The folder holds tables in csv/ (CSV, TSV, XLSX) and questions.jsonl, a line for each question:
  {\"id\": \"1\", \"table\": \"gates.csv\", \"zh\": \"有几个登机口？\", \"en\": \"How many gates?\",
   \"rows\": [[42]], \"ordered\": false}

An answer is correct when it has as many rows as the right one, at most one column more, and some
of its columns, in some order, equal the right ones: numbers to 1e-6, text without blanks around
it, rows in any order unless `ordered`. A line may also have `accept` (other right answers),
`today` (what relative dates count from) and `expect`: with \"refuse\" any answer is wrong, and to
refuse or to ask back is right.";

/// Tables that are read at once, and questions that are under way at once.
const AT_ONCE: usize = 4;

/// How long a table may take to be read.
const LIMIT: Duration = Duration::from_secs(120);

/// See [`super::Set::Tables`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Tables {
    /// Folder of questions and tables.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,

    /// Writes what was answered here, a JSON document a line.
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,

    /// Writes what was said to each question here, a JSON document a line: why it was refused, or how it was read.
    #[arg(long, value_name = "FILE")]
    reasons: Option<PathBuf>,

    /// Writes how many answers of which shape were right here: `services/codegen-executor/data/confidence.toml` is built into
    /// the service, which tells it with its answers.
    #[arg(long, value_name = "FILE")]
    write_confidence: Option<PathBuf>,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,

    /// Asks the language model (LLM_BASE_URL, LLM_MODEL) what the rules abstain from; without this it is never asked.
    #[arg(long)]
    llm: bool,

    /// Seconds that a question may take; a language model on this machine needs many.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,

    /// The file of questions in that folder.
    #[arg(long, value_name = "NAME", default_value = QUESTIONS)]
    questions: String,

    /// Asks the first N questions only.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// One line of `--predictions`.
#[derive(Debug, Serialize)]
struct Prediction<'a> {
    id: &'a str,
    lang: Language,
    /// Of the answer; `error` where there is none.
    status: String,
    columns: &'a [String],
    rows: &'a [Vec<Value>],
}

/// A question in one language, and what came of it.
type Asked<'a> = (&'a Question, Language, Result<Answer, String>);

impl Tables {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let data = Dataset::read(&self.data, &self.questions, self.limit)?;
        // Before the questions are asked, so that a wrong path is told at once.
        let predictions = match &self.predictions {
            Some(path) => {
                let file =
                    std::fs::File::create(path).with_context(|| format!("can't write {}", path.display()))?;
                Some((path, BufWriter::new(file)))
            }
            None => None,
        };

        // A server of its own on an empty folder: nobody's files take part, and nothing stays behind.
        let folder = tempfile::tempdir().context("can't make a temporary folder")?;
        let global = GlobalConfig {
            tenant: schemas::TenantId::local(),
            ..global.clone()
        };
        let server = PrivateServer::start(folder.path(), &global.artifacts).await?;
        let needs = if self.llm { Needs::Services } else { Needs::Rules };
        let mut session = Session::own(&global, server, None, needs, None).await?;
        let client = session.client.clone();
        let reporter = Reporter::new();

        let start = Instant::now();
        let work = async {
            let (files, rejected) = add_all(&client, &data, &reporter).await?;
            let limit = Duration::from_secs(self.timeout);
            Ok((ask_all(&client, &data, &files, limit, &reporter).await, rejected))
        };
        let done = session.during(work).await;
        let seconds = start.elapsed().as_secs_f64();
        let closed = session.close().await;
        let (asked, rejected) = done?;

        if let Some(path) = &self.reasons {
            write_reasons(path, &asked).with_context(|| format!("can't write {}", path.display()))?;
        }
        if let Some(path) = &self.write_confidence {
            std::fs::write(path, measured(&asked).text())
                .with_context(|| format!("can't write {}", path.display()))?;
        }
        if let Some((path, mut writer)) = predictions {
            write_predictions(&mut writer, &asked)
                .with_context(|| format!("can't write {}", path.display()))?;
        }
        let report = report(&asked, rejected, seconds);
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&output::printable(&report.text()))?;
        }
        closed?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Adds every table once; returns the files by name, and those that were rejected.
async fn add_all(
    client: &Client,
    data: &Dataset,
    reporter: &Reporter,
) -> anyhow::Result<(BTreeMap<String, FileId>, Vec<Unusable>)> {
    let mut task = reporter.task("tables");
    let total = data.tables.len() as u64;
    let mut added = stream::iter(&data.tables)
        .map(async |path| {
            let submitted = client.submit(path).await?;
            client
                .settle(&submitted, LIMIT, &mut reporter.task(&submitted.name))
                .await
        })
        .buffered(AT_ONCE)
        .enumerate();
    let (mut files, mut rejected) = (BTreeMap::new(), Vec::new());
    while let Some((number, added)) = added.next().await {
        match added {
            Ok(record) => {
                files.insert(record.name, record.file);
            }
            Err(ClientError::Rejected { name, rejection }) => {
                rejected.push(Unusable {
                    name,
                    reason: reason(&rejection),
                });
            }
            Err(error) => return Err(error.into()),
        }
        task.update("reading", number as u64 + 1, total);
    }
    Ok((files, rejected))
}

/// Asks every question in both languages; the results come in the order of the questions.
async fn ask_all<'a>(
    client: &Client,
    data: &'a Dataset,
    files: &BTreeMap<String, FileId>,
    limit: Duration,
    reporter: &Reporter,
) -> Vec<Asked<'a>> {
    let mut task = reporter.task("questions");
    let total = data.questions.len() as u64 * 2;
    let mut asked = stream::iter(&data.questions)
        .flat_map(|question| stream::iter([(question, Language::Zh), (question, Language::En)]))
        .map(async |(question, language)| {
            (
                question,
                language,
                ask(client, question, language, files, limit).await,
            )
        })
        .buffered(AT_ONCE);
    let mut results = Vec::new();
    while let Some(result) = asked.next().await {
        results.push(result);
        task.update("asking", results.len() as u64, total);
    }
    results
}

async fn ask(
    client: &Client,
    question: &Question,
    language: Language,
    files: &BTreeMap<String, FileId>,
    limit: Duration,
) -> Result<Answer, String> {
    let file = files
        .get(&question.table)
        .ok_or_else(|| format!("{} was rejected", question.table))?;
    let text = match language {
        Language::Zh => &question.zh,
        Language::En => &question.en,
    };
    let job = AskJob {
        files: vec![file.clone()],
        language: Some(language),
        today: question.today,
        ..AskJob::about(text)
    };
    let span = tracing::info_span!("contrail eval", question = question.id);
    // Bars for every question would flicker; the one for all of them tells enough.
    client
        .ask(&job, limit, &mut Reporter::silent())
        .instrument(span)
        .await
        .map_err(|error| chain(&error))
}

fn outcome(question: &Question, result: &Result<Answer, String>) -> Outcome {
    match result {
        Ok(answer) if answer.status == AnswerStatus::Answered => {
            let right = |gold: &Vec<Vec<Value>>| {
                is_correct(gold, answer.columns.len(), &answer.rows, question.ordered)
            };
            let correct = question.expect == Expect::Answer
                && std::iter::once(&question.rows).chain(&question.accept).any(right);
            if correct { Outcome::Correct } else { Outcome::Wrong }
        }
        Ok(_) if question.expect == Expect::Refuse => Outcome::Refused,
        Ok(_) | Err(_) => Outcome::Abstained,
    }
}

fn report(asked: &[Asked<'_>], rejected: Vec<Unusable>, seconds: f64) -> Report {
    let (mut zh, mut en, mut failed) = (Counts::default(), Counts::default(), Vec::new());
    let mut tiers: BTreeMap<String, Counts> = BTreeMap::new();
    for (question, language, result) in asked {
        let (counts, lang) = match language {
            Language::Zh => (&mut zh, "zh"),
            Language::En => (&mut en, "en"),
        };
        let outcome = outcome(question, result);
        counts.add(outcome);
        if let (Ok(answer), Outcome::Correct | Outcome::Wrong) = (result, outcome) {
            tiers.entry(render::word(&answer.tier)).or_default().add(outcome);
        }
        let known = rejected.iter().any(|table| table.name == question.table);
        if let (Err(reason), false) = (result, known) {
            failed.push(Unusable {
                name: format!("{} ({lang})", question.id),
                reason: reason.clone(),
            });
        }
    }
    Report::new([zh, en], tiers, seconds, rejected, failed)
}

/// The answers by the shapes of their plans.
fn measured(asked: &[Asked<'_>]) -> Measured {
    let mut measured = Measured::default();
    for (question, language, result) in asked {
        let right = match outcome(question, result) {
            Outcome::Correct => true,
            Outcome::Wrong => false,
            Outcome::Abstained | Outcome::Refused => continue,
        };
        // What is told with answers of the planner must not hang on whether a model was there.
        if let Ok(Answer {
            trail,
            tier: Tier::Rules,
            ..
        }) = result
            && let Some(plan) = &trail.plan
        {
            measured.add(plan, *language, right);
        }
    }
    measured
}

fn write_reasons(path: &std::path::Path, asked: &[Asked<'_>]) -> std::io::Result<()> {
    let mut writer = BufWriter::new(std::fs::File::create(path)?);
    for (question, language, result) in asked {
        let (text, read_as) = match result {
            Ok(answer) => (answer.text.as_str(), answer.trail.sentence.as_str()),
            Err(error) => (error.as_str(), ""),
        };
        let outcome = format!("{:?}", outcome(question, result)).to_lowercase();
        let reason = serde_json::json!({
            "id": question.id, "lang": language, "outcome": outcome, "text": text, "read_as": read_as,
        });
        serde_json::to_writer(&mut writer, &reason)?;
        writer.write_all(b"\n")?;
    }
    writer.flush()
}

fn write_predictions(writer: &mut impl Write, asked: &[Asked<'_>]) -> std::io::Result<()> {
    for (question, language, result) in asked {
        let lang = *language;
        let id = question.id.as_str();
        let prediction = match result {
            Ok(answer) => Prediction {
                id,
                lang,
                status: render::word(&answer.status),
                columns: &answer.columns,
                rows: &answer.rows,
            },
            Err(_) => Prediction {
                id,
                lang,
                status: "error".to_owned(),
                columns: &[],
                rows: &[],
            },
        };
        serde_json::to_writer(&mut *writer, &prediction)?;
        writer.write_all(b"\n")?;
    }
    writer.flush()
}
