//! `contrail bench operations`: how soon it is ready, what it takes of memory while nobody asks anything, and how many small files
//! go through it.
//!
//! | module | what is in it |
//! |---|---|
//! | [`own`] | this executable, started again |
//! | [`start`] | from the start of `contrail up` to its first answer |
//! | [`idle`] | the memory of each service, as a process of its own |
//! | [`files`] | many small files, and what is seen of them meanwhile |
//! | [`curves`] | that as CSV and SVG |

mod curves;
mod files;
mod idle;
mod own;
mod start;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::build;
use crate::config::GlobalConfig;
use crate::output;
use crate::progress::Reporter;
use crate::render::text_table;

const EXAMPLES: &str = "\
Examples:
  contrail bench operations
  contrail bench operations --files 1000 --output curves
  contrail bench operations --files 0 --qdrant-url http://127.0.0.1:6334 --json | jq .idle

`contrail up` is started on empty temporary folders, and on one that was used before; then each service as a
process of its own, on a private server of NATS; then small files, tables and notes by turns, go through one
`contrail up`, whose queues and memory are looked at twice a second: `files.csv` and `files.svg` of the
output folder. What has to be fetched is fetched before. Settings of the environment hold, but for servers,
keys and models elsewhere.";

/// Seconds from the start to the first answer.
const GOAL_SECONDS: f64 = 1.0;

/// See [`super::Part::Operations`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Operations {
    /// Times that `contrail up` is started on an empty folder, and on one that was used before.
    #[arg(long, value_name = "N", default_value_t = 5)]
    starts: usize,

    /// Small files.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    files: usize,

    /// Seconds that the files may take; what is not through by then is told.
    #[arg(long, value_name = "S", default_value_t = 3_600)]
    seconds: u64,

    /// Qdrant server for the services that need one as processes of their own; without it these are left out.
    #[arg(id = "bench-qdrant-url", long = "qdrant-url", value_name = "URL")]
    qdrant_url: Option<String>,

    /// Folder for the curves, which is made.
    #[arg(long, value_name = "FOLDER", default_value = "bench-operations")]
    output: PathBuf,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,
}

/// Everything that is told at the end.
#[derive(Debug, Serialize)]
struct Report {
    /// Processors that this process may use.
    cores: usize,
    /// Whether this build is optimized.
    optimized: bool,
    starts: Option<start::Starts>,
    /// Seconds that a start on an empty folder may take.
    goal_seconds: f64,
    /// Whether its median took less; none where it was not measured.
    goal_met: Option<bool>,
    idle: Vec<idle::Idle>,
    files: Option<files::Files>,
}

impl Operations {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let reporter = Reporter::new();
        let own = own::Own::prepare(global).await?;
        let starts = {
            let mut task = reporter.task("starts");
            start::measure(&own, self.starts, &mut task).await?
        };
        let idle = {
            let mut task = reporter.task("idle services");
            idle::measure(&own, self.qdrant_url.as_deref(), &mut task).await?
        };
        let files = if self.files == 0 {
            None
        } else {
            let mut task = reporter.task("small files");
            let limit = Duration::from_secs(self.seconds);
            let (files, samples) = files::measure(&own, self.files, limit, &mut task).await?;
            curves::write(&self.output, &samples)?;
            Some(files)
        };
        let report = Report {
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            optimized: !cfg!(debug_assertions),
            goal_seconds: GOAL_SECONDS,
            goal_met: starts.as_ref().map(|starts| starts.empty.median < GOAL_SECONDS),
            starts,
            idle,
            files,
        };
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&self.text(&report))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn text(&self, report: &Report) -> String {
        let mut parts = Vec::new();
        if let Some(starts) = &report.starts {
            let row = |name: &str, times: &start::Times| {
                let seconds = |time: f64| format!("{time:.2} s");
                vec![
                    name.to_owned(),
                    times.count.to_string(),
                    seconds(times.median),
                    seconds(times.least),
                    seconds(times.most),
                ]
            };
            let rows = [
                row("empty folder", &starts.empty),
                row("used before", &starts.used),
            ];
            let header = ["contrail up to ready", "starts", "median", "least", "most"];
            parts.push(text_table(&header, rows).to_string());
            let verdict = if report.goal_met == Some(true) {
                "met"
            } else {
                "missed"
            };
            parts.push(format!(
                "goal: less than {GOAL_SECONDS} s from nothing to ready: {verdict}"
            ));
        }
        let rows = report.idle.iter().map(|idle| {
            let figures = match &idle.memory {
                Some(memory) => [
                    format!("{:.0} MB", memory.process_mb),
                    format!("{:.0} MB", memory.workers_mb),
                    memory.workers.to_string(),
                ],
                None => ["needs --qdrant-url".to_owned(), String::new(), String::new()],
            };
            [vec![idle.service.to_owned()], figures.to_vec()].concat()
        });
        let header = ["idle", "process", "its workers", "workers"];
        parts.push(text_table(&header, rows).to_string());
        if let Some(files) = &report.files {
            let header = [
                "small files",
                "through",
                "rejected",
                "jobs left",
                "took",
                "each second",
                "most waiting",
                "peak memory",
            ];
            let row = vec![
                files.submitted.to_string(),
                files.indexed.to_string(),
                files.rejected.to_string(),
                files.jobs_left.to_string(),
                format!("{:.1} s", files.seconds),
                format!("{:.1}", files.each_second),
                files.most_waiting.to_string(),
                format!("{:.0} MB", files.peak_mb),
            ];
            parts.push(text_table(&header, [row]).to_string());
            parts.push(format!("curves: {}", self.output.join("files.svg").display()));
        }
        let build = build();
        parts.push(format!(
            "{} cores, {build}; memory is resident, what processes share counted for each",
            report.cores
        ));
        parts.join("\n")
    }
}
