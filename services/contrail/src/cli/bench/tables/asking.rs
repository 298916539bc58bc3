//! What a question on a large table takes until its answer is verified, beside the two engines alone, and beside pandas.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use codegen_executor::bare::{self, Sums};
use codegen_executor::engines::python;
use models::ModelsConfig;
use schemas::answer::{AnswerStatus, ConfidenceLabel};
use schemas::jobs::AskJob;
use schemas::{Answer, Language, TenantId};
use serde::Serialize;

use super::super::latency::{Figures, Times};
use super::made::QUESTION;
use super::reading;
use crate::client::Client;
use crate::config::{GlobalConfig, ServicesConfig};
use crate::embedded::{PrivateServer, Services, Setting};
use crate::progress::{Reporter, Task};

/// How long one question, or the reading of the file, may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// Turns that are not counted.
const WARM_UP: usize = 2;
/// Runs of pandas: each starts a process and reads the file.
const SCRIPTS: usize = 3;
const SCRIPT: &str = include_str!("pandas.py");

/// The question, and what else gives its figures.
#[derive(Debug, Serialize)]
pub struct Asking {
    /// What is asked.
    pub question: &'static str,
    /// Rows of the table.
    pub rows: usize,
    /// How often each way.
    pub turns: usize,
    /// From the question to its verified answer, over the bus.
    pub answer: Figures,
    /// Polars and DataFusion alone on the same Parquet, at the same time.
    pub engines: Figures,
    /// Milliseconds that p50 of the answer may take: 1.3 times the engines' and 15.
    pub limit_ms: f64,
    /// Whether it takes no more.
    pub goal_met: bool,
    /// A script that reads the CSV and computes it.
    pub pandas: Script,
}

/// What pandas takes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// It was run.
    Ran {
        /// p50 of a process from its start to its end, in milliseconds.
        p50_ms: f64,
        /// The same as a multiple of p50 of our answer.
        ratio: f64,
        /// Whether that is ten at least.
        goal_met: bool,
    },
    /// There is none, and why.
    NotThere(String),
}

/// Asks a private server, in turns with the engines alone.
///
/// # Errors
/// When something fails, or two of them do not say the same.
pub async fn measure(
    global: &GlobalConfig,
    text: &str,
    rows: usize,
    turns: usize,
    reporter: &Reporter,
) -> anyhow::Result<Asking> {
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let csv = folder.path().join("orders.csv");
    std::fs::write(&csv, text).context("can't write the table")?;
    let parquet = folder.path().join("orders.parquet");
    let table = reading::read("orders.csv", text.as_bytes())?;
    std::fs::write(&parquet, table.parquet).context("can't write the table")?;

    let server = PrivateServer::start(&folder.path().join("nats"), &global.artifacts).await?;
    let mut config = ServicesConfig::from_environment()?;
    // Nothing sent to models: what the environment says is for servers that stay.
    config.executor.models = ModelsConfig::default();
    let setting = Setting {
        server: server.config(),
        config: &config,
        sandbox: &global.sandbox,
        documents: None,
    };
    let mut services = Services::start(setting).await?;
    let bus = bus::Bus::connect(server.config(), "contrail").await?;
    let client = Client::new(bus, TenantId::local()).await?;
    let measured = tokio::select! {
        measured = ask(&client, text, &parquet, turns, reporter) => measured,
        error = services.failed() => Err(error),
    };
    let stopped = services.stop().await;
    client.bus().close().await;
    server.stop().await;
    let (answers, engines, sums) = measured?;
    stopped?;

    let (answer, engines) = (
        answers.figures().context("nothing was asked")?,
        engines.figures().context("nothing was asked")?,
    );
    let mut task = reporter.task("pandas");
    let pandas = pandas(global, folder.path(), &csv, &sums, answer.p50_ms, &mut task).await?;
    let limit_ms = engines.p50_ms * 1.3 + 15.0;
    Ok(Asking {
        question: QUESTION,
        rows,
        turns: answers.count(),
        goal_met: answer.p50_ms <= limit_ms,
        answer,
        engines,
        limit_ms,
        pandas,
    })
}

async fn ask(
    client: &Client,
    text: &str,
    parquet: &Path,
    turns: usize,
    reporter: &Reporter,
) -> anyhow::Result<(Times, Times, Sums)> {
    let mut task = reporter.task("orders.csv");
    let submitted = client.submit_bytes("orders.csv", text.to_owned()).await?;
    client.settle(&submitted, PATIENCE, &mut task).await?;
    drop(task);
    let job = AskJob {
        language: Some(Language::En),
        ..AskJob::about(QUESTION)
    };
    let mut task = reporter.task("asking");
    let (mut answers, mut engines) = (Times::default(), Times::default());
    let mut sums = Sums::new();
    for turn in 0..WARM_UP + turns {
        let started = Instant::now();
        let answer = client.ask(&job, PATIENCE, &mut Reporter::silent()).await?;
        let took = started.elapsed();
        let started = Instant::now();
        sums = bare::both(parquet).await?;
        let alone = started.elapsed();
        agree(&answered(&answer)?, &sums, "the engines alone")?;
        if turn >= WARM_UP {
            answers.add(took);
            engines.add(alone);
        }
        task.update("turns", turn as u64 + 1, (WARM_UP + turns) as u64);
    }
    Ok((answers, engines, sums))
}

/// What an answer says of each category.
fn answered(answer: &Answer) -> anyhow::Result<Sums> {
    ensure!(
        answer.status == AnswerStatus::Answered && answer.confidence.label == ConfidenceLabel::Verified,
        "the question got no verified answer: {}",
        answer.text
    );
    answer
        .rows
        .iter()
        .map(|row| match row.as_slice() {
            [schemas::Value::Text(category), sum] => {
                Ok((category.clone(), sum.as_f64().context("a sum is missing")?))
            }
            _ => bail!("an answer has other columns than those asked for"),
        })
        .collect()
}

fn agree(ours: &Sums, theirs: &BTreeMap<String, f64>, whose: &str) -> anyhow::Result<()> {
    let same = ours.len() == theirs.len()
        && ours.iter().all(|(category, sum)| {
            let other = theirs.get(category);
            other.is_some_and(|other| (sum - other).abs() <= 1e-9 * sum.abs().max(1.0))
        });
    ensure!(same, "our sums are {ours:?}, those of {whose} {theirs:?}");
    Ok(())
}

async fn pandas(
    global: &GlobalConfig,
    folder: &Path,
    csv: &Path,
    sums: &Sums,
    ours_ms: f64,
    task: &mut Task,
) -> anyhow::Result<Script> {
    let cache = global.artifacts.open();
    let tree = match tokio::task::spawn_blocking(move || cache.ensure("python")).await? {
        Ok(tree) => tree,
        Err(error) => return Ok(Script::NotThere(error.to_string())),
    };
    let script = folder.join("sums.py");
    tokio::fs::write(&script, SCRIPT).await?;
    let mut times = Times::default();
    for run in 0..SCRIPTS {
        let started = Instant::now();
        let output = tokio::process::Command::from(python::command(&tree))
            .args([&script, csv])
            .output()
            .await
            .context("Python can't be started")?;
        let took = started.elapsed();
        ensure!(
            output.status.success(),
            "pandas failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        agree(sums, &serde_json::from_slice(&output.stdout)?, "pandas")?;
        times.add(took);
        task.update("runs", run as u64 + 1, SCRIPTS as u64);
    }
    let p50_ms = times.figures().context("pandas was not run")?.p50_ms;
    let ratio = p50_ms / ours_ms;
    Ok(Script::Ran {
        p50_ms,
        ratio,
        goal_met: ratio >= 10.0,
    })
}
