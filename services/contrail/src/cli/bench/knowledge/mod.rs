//! `contrail bench knowledge`: what a search costs on its way over the bus, and how fast images are read, passages are embedded and
//! documents go through all of it.
//!
//! | module | what is in it |
//! |---|---|
//! | [`hybrid`] | the same search over the bus and of the engine alone |
//! | [`made_up`] | passages of a made-up language, as many as are wanted |
//! | [`paced`] | images read and passages embedded, here and by Python |
//! | [`python`] | a Python with the packages that are compared with |
//! | [`pipeline`] | documents on their way through all services |

mod hybrid;
mod made_up;
mod paced;
mod pipeline;
mod python;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::build;
use crate::config::GlobalConfig;
use crate::output;
use crate::progress::Reporter;
use crate::render::text_table;
use hybrid::Hybrid;
use paced::Paced;
use pipeline::Pipeline;

const EXAMPLES: &str = "\
Examples:
  contrail bench knowledge --scans tests/fixtures/knowledge/scans --documents tests/fixtures/knowledge/corpus
  contrail bench knowledge --passages 10000 --searches 100 --json | jq .hybrid
  contrail bench knowledge --passages 0 --texts 256 --no-python

Searches go by turns over the bus, to the services of documents in this process, and to the engine and the
model themselves, over passages of a made-up language. Images (a folder with `truth.jsonl`, see `contrail
eval ocr`) are also read by RapidOCR in Python, and passages embedded by Python's ONNX Runtime, with the same
models and threads; their packages are fetched by pip into a temporary folder. Documents go through all
services on a temporary folder. What is not given a folder, or is 0, is left out.";

/// Milliseconds that half of all searches over the bus may take.
const GOAL_MS: f64 = 15.0;
/// What p50 over the bus may be as a multiple of that of the engine.
const GOAL_RATIO: f64 = 1.5;

/// See [`super::Part::Knowledge`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Knowledge {
    /// Passages that are searched.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    passages: u32,

    /// Searches each way.
    #[arg(long, value_name = "N", default_value_t = 200)]
    searches: usize,

    /// Folder of images with `truth.jsonl`.
    #[arg(long, value_name = "FOLDER")]
    scans: Option<PathBuf>,

    /// Passages that are embedded.
    #[arg(long, value_name = "N", default_value_t = 64)]
    texts: usize,

    /// Folder of documents.
    #[arg(long, value_name = "FOLDER")]
    documents: Option<PathBuf>,

    /// Threads of a model where it is compared with Python's.
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,

    /// Compares with no Python.
    #[arg(long)]
    no_python: bool,

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
    hybrid: Option<Hybrid>,
    /// Milliseconds that p50 over the bus may take, and what it may be as a multiple of that of the engine.
    goal_ms: f64,
    goal_ratio: f64,
    /// Whether both are kept; none where it was not measured.
    goal_met: Option<bool>,
    images: Option<Paced>,
    embedding: Option<Paced>,
    pipeline: Option<Pipeline>,
}

impl Knowledge {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let reporter = Reporter::new();
        let hybrid = match self.passages {
            0 => None,
            passages => Some(hybrid::measure(global, passages, self.searches, &reporter).await?),
        };
        let python = python::Python::new(!self.no_python);
        let images = match &self.scans {
            None => None,
            Some(folder) => Some(paced::images(global, folder, self.threads, &python).await?),
        };
        let embedding = match self.texts {
            0 => None,
            texts => Some(paced::embedding(global, texts, self.threads, &python).await?),
        };
        let pipeline = match &self.documents {
            None => None,
            Some(folder) => Some(pipeline::measure(global, folder, &reporter).await?),
        };
        let report = Report {
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            optimized: !cfg!(debug_assertions),
            goal_ms: GOAL_MS,
            goal_ratio: GOAL_RATIO,
            goal_met: hybrid
                .as_ref()
                .map(|hybrid| hybrid.bus.p50_ms <= GOAL_MS && hybrid.ratio_p50 <= GOAL_RATIO),
            hybrid,
            images,
            embedding,
            pipeline,
        };
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&output::printable(&text(&report)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn text(report: &Report) -> String {
    let mut parts = Vec::new();
    let ms = |time: f64| format!("{time:.2} ms");
    if let Some(hybrid) = &report.hybrid {
        let header = [
            "passages",
            "searches",
            "bus p50",
            "engine p50",
            "ratio",
            "bus p99",
            "engine p99",
        ];
        let row = vec![
            hybrid.passages.to_string(),
            hybrid.searches.to_string(),
            ms(hybrid.bus.p50_ms),
            ms(hybrid.engine.p50_ms),
            format!("{:.2}", hybrid.ratio_p50),
            ms(hybrid.bus.p99_ms),
            ms(hybrid.engine.p99_ms),
        ];
        parts.push(text_table(&header, [row]).to_string());
        let verdict = if report.goal_met == Some(true) {
            "met"
        } else {
            "missed"
        };
        parts.push(format!(
            "goal: p50 over the bus at most {GOAL_MS} ms and {GOAL_RATIO} times that of the engine: {verdict}"
        ));
    }
    let paced = [&report.images, &report.embedding].into_iter().flatten();
    let rows: Vec<Vec<String>> = paced.map(Paced::row).collect();
    if !rows.is_empty() {
        let header = ["", "count", "here", "Python", "ratio", ""];
        parts.push(text_table(&header, rows).to_string());
    }
    if let Some(pipeline) = &report.pipeline {
        let header = [
            "documents",
            "pages",
            "took",
            "pages/s",
            "slowest stage",
            "its share of the time",
        ];
        let row = vec![
            pipeline.documents.to_string(),
            pipeline.pages.to_string(),
            format!("{:.1} s", pipeline.seconds),
            format!("{:.2}", pipeline.pages_per_second),
            pipeline.slowest.clone(),
            format!("{:.0} %", pipeline.share * 100.0),
        ];
        parts.push(text_table(&header, [row]).to_string());
    }
    let build = build();
    parts.push(format!("{} cores, {build}", report.cores));
    parts.join("\n")
}
