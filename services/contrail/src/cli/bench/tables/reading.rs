//! What reading costs beside the bare libraries: CSV to Parquet and profile against Polars' own reader and writer, XLSX against
//! calamine's cells alone.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use ingest::{Limits, ReadTable, bare};
use serde::Serialize;

/// One kind of file.
#[derive(Debug, Serialize)]
pub struct Reading {
    /// What is read into what.
    pub what: &'static str,
    /// Rows, without the header.
    pub rows: usize,
    /// The best time, in milliseconds.
    pub best_ms: f64,
    /// What does less.
    pub bare: &'static str,
    /// Its best time, in milliseconds.
    pub bare_best_ms: f64,
    /// Our throughput as a share of its.
    pub ratio: f64,
    /// What that should be at least.
    pub goal: f64,
    /// Whether it is.
    pub goal_met: bool,
}

/// Reads a CSV both ways in turns.
///
/// # Errors
/// When one can't read it.
pub fn csv(text: &str, rows: usize, rounds: usize) -> anyhow::Result<Reading> {
    let best = turns(
        rounds,
        || read("orders.csv", text.as_bytes()).map(|table| table.profile.rows),
        || bare::csv_to_parquet(text.as_bytes()),
    )?;
    Ok(reading(
        "CSV to Parquet and profile",
        rows,
        ("polars read_csv + write_parquet", 0.5),
        best,
    ))
}

/// Reads a workbook both ways in turns.
///
/// # Errors
/// When one can't read it.
pub fn xlsx(workbook: &[u8], rows: usize, rounds: usize) -> anyhow::Result<Reading> {
    let best = turns(
        rounds,
        || read("orders.xlsx", workbook).map(|table| table.profile.rows),
        || bare::cells(workbook),
    )?;
    Ok(reading(
        "XLSX to Parquet and profile",
        rows,
        ("calamine, cells alone", 0.7),
        best,
    ))
}

/// Reads the one table of a file, as a worker does.
///
/// # Errors
/// When it is rejected.
pub fn read(name: &str, bytes: &[u8]) -> anyhow::Result<ReadTable> {
    let mut tables = ingest::read(bytes, name, "bench", &Limits::default(), &mut |_| {})
        .with_context(|| format!("{name} can't be read"))?;
    ensure!(tables.len() == 1, "{name} has {} tables", tables.len());
    tables.pop().context("there is no table")
}

/// The best times of both, turn by turn, so that what else the machine does strikes both.
fn turns<T>(
    rounds: usize,
    ours: impl Fn() -> anyhow::Result<T>,
    bare: impl Fn() -> anyhow::Result<()>,
) -> anyhow::Result<(Duration, Duration)> {
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds.max(1) {
        let started = Instant::now();
        black_box(ours()?);
        best.0 = best.0.min(started.elapsed());
        let started = Instant::now();
        bare()?;
        best.1 = best.1.min(started.elapsed());
    }
    Ok(best)
}

fn reading(
    what: &'static str,
    rows: usize,
    (bare, goal): (&'static str, f64),
    (ours, theirs): (Duration, Duration),
) -> Reading {
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    Reading {
        what,
        rows,
        best_ms: ours.as_secs_f64() * 1e3,
        bare,
        bare_best_ms: theirs.as_secs_f64() * 1e3,
        ratio,
        goal,
        goal_met: ratio >= goal,
    }
}
