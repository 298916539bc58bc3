//! `contrail bench tables`: what reading a table and asking about it cost beside the bare libraries.

mod asking;
mod made;
mod reading;

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use self::asking::{Asking, Script};
use self::reading::Reading;
use super::build;
use crate::config::GlobalConfig;
use crate::output;
use crate::progress::Reporter;
use crate::render::text_table;

const EXAMPLES: &str = "\
Examples:
  contrail bench tables
  contrail bench tables --rows 100000 --turns 5
  contrail bench tables --json | jq '.reading[].ratio'

Everything is done in turns with what it is compared with, so that both meet the same machine: reading a CSV
with Polars' own reader and writer, reading a workbook with calamine, a question with Polars and DataFusion
alone on the same Parquet, and with a script for pandas that reads the CSV. All ways must give the same sums.
The Python with pandas is fetched once.";

/// Rows of CSV for each row of XLSX: workbooks are slower to read, and smaller.
const SHARE: usize = 20;

/// See [`super::Part::Tables`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Tables {
    /// Rows of the table.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    rows: u32,

    /// Times that each file is read each way.
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,

    /// Times that the question is asked each way.
    #[arg(long, value_name = "N", default_value_t = 31, value_parser = clap::value_parser!(u32).range(1..=1000))]
    turns: u32,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,
}

/// Everything that is told at the end.
#[derive(Debug, Serialize)]
struct Report {
    /// Processors that this process may use.
    cores: usize,
    /// Whether this build is one whose figures count.
    optimized: bool,
    reading: Vec<Reading>,
    asking: Asking,
}

impl Tables {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let reporter = Reporter::new();
        let (rows, rounds) = (self.rows as usize, self.rounds);
        let mut task = reporter.task("reading");
        let (text, reading) = tokio::task::spawn_blocking(move || {
            let text = made::csv(rows);
            let csv = reading::csv(&text, rows, rounds)?;
            task.update("files", 1, 2);
            let fewer = rows.div_ceil(SHARE);
            let workbook = made::workbook(&made::csv(fewer))?;
            let xlsx = reading::xlsx(&workbook, fewer, rounds)?;
            task.update("files", 2, 2);
            anyhow::Ok((text, vec![csv, xlsx]))
        })
        .await
        .context("reading broke off")??;
        let asking = asking::measure(global, &text, rows, self.turns as usize, &reporter).await?;
        let report = Report {
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            optimized: !cfg!(debug_assertions),
            reading,
            asking,
        };
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&text_of(&report))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn verdict(met: bool) -> String {
    if met { "met" } else { "missed" }.to_owned()
}

fn text_of(report: &Report) -> String {
    let ms = |time: f64| format!("{time:.1} ms");
    let rows = report.reading.iter().map(|reading| {
        vec![
            reading.what.to_owned(),
            reading.rows.to_string(),
            ms(reading.best_ms),
            reading.bare.to_owned(),
            ms(reading.bare_best_ms),
            format!("{:.2}", reading.ratio),
            format!("at least {}: {}", reading.goal, verdict(reading.goal_met)),
        ]
    });
    let header = [
        "reading",
        "rows",
        "best",
        "beside",
        "best",
        "of its throughput",
        "goal",
    ];
    let mut parts = vec![text_table(&header, rows).to_string()];
    let asking = &report.asking;
    let row = vec![
        asking.rows.to_string(),
        asking.turns.to_string(),
        ms(asking.answer.p50_ms),
        ms(asking.engines.p50_ms),
        ms(asking.answer.p99_ms),
        ms(asking.engines.p99_ms),
        format!(
            "p50 at most {}: {}",
            ms(asking.limit_ms),
            verdict(asking.goal_met)
        ),
    ];
    let header = [
        "rows",
        "turns",
        "answer p50",
        "engines alone",
        "answer p99",
        "engines alone",
        "goal (1.3 × + 15 ms)",
    ];
    parts.push(format!("asked: {}", asking.question));
    parts.push(text_table(&header, [row]).to_string());
    parts.push(match &asking.pandas {
        Script::Ran {
            p50_ms,
            ratio,
            goal_met,
        } => format!(
            "pandas, reading the CSV from a script: {}, {ratio:.1} × as long as the answer (goal at least 10 ×: {})",
            ms(*p50_ms),
            verdict(*goal_met)
        ),
        Script::NotThere(why) => format!("pandas was not measured: {why}"),
    });
    let build = build();
    parts.push(format!("{} cores, {build}", report.cores));
    parts.join("\n")
}
