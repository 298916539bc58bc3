//! How well the leg of words finds, on collections in BEIR's layout (`corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`): nDCG@10,
//! recall@100 and MRR@10, by the embedded engine. The other legs need vectors: `contrail eval retrieval` measures all of them.
//!
//! `cargo bench -p index --bench relevance -- FOLDER…`

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use index::{Index, IndexConfig, Point, Query, Space};
use schemas::TenantId;
use schemas::document::{Passage, PassageKind, Place};
use serde::Deserialize;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[derive(Deserialize)]
struct Line {
    _id: String,
    #[serde(default)]
    title: String,
    text: String,
}

fn main() -> Result<()> {
    let folders = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"));
    let folders: Vec<PathBuf> = folders.map(PathBuf::from).collect();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run(&folders))
}

async fn run(folders: &[PathBuf]) -> Result<()> {
    println!(
        "{:>12} {:>8} {:>8} {:>8} {:>10} {:>8} {:>10} {:>10}",
        "collection", "passages", "queries", "nDCG@10", "recall@100", "MRR@10", "passages/s", "queries/s"
    );
    for folder in folders {
        measure(folder).await?;
    }
    Ok(())
}

async fn measure(folder: &Path) -> Result<()> {
    let corpus = lines(&folder.join("corpus.jsonl"))?;
    let queries = lines(&folder.join("queries.jsonl"))?;
    let relevant = judgements(&folder.join("qrels/test.tsv"))?;

    let place = tempfile::tempdir()?;
    let index = Index::open(&IndexConfig::default(), Some(place.path())).await?;
    let tenant = index.tenant(&TenantId::local());
    let space = Space::words();
    let started = Instant::now();
    for (batch, lines) in (0u32..).zip(corpus.chunks(1_000)) {
        let points = (batch * 1_000..)
            .zip(lines)
            .map(|(number, line)| point(number, line));
        tenant.upsert(&space, points.collect::<Result<_>>()?).await?;
    }
    index.settle().await?;
    let written = corpus.len() as f64 / started.elapsed().as_secs_f64();

    let started = Instant::now();
    let (mut asked, mut gain, mut recall, mut reciprocal) = (0, 0.0, 0.0, 0.0);
    for query in &queries {
        let Some(relevant) = relevant.get(&query._id) else {
            continue;
        };
        let wanted = Query {
            text: query.text.clone(),
            limit: 100,
            depth: 100,
            ..Query::default()
        };
        let found = tenant.search(&space, &wanted).await?;
        let gains: Vec<f64> = found
            .iter()
            .map(|found| relevant.get(&found.name).copied().unwrap_or_default())
            .collect();
        let mut ideal: Vec<f64> = relevant.values().copied().collect();
        ideal.sort_by(|a, b| b.total_cmp(a));
        asked += 1;
        gain += discounted(&gains) / discounted(&ideal);
        recall += gains.iter().filter(|gain| **gain > 0.0).count() as f64 / relevant.len() as f64;
        let first = gains.iter().take(10).position(|gain| *gain > 0.0);
        reciprocal += first.map_or(0.0, |place| 1.0 / (place + 1) as f64);
    }
    let mean = |sum: f64| sum / f64::from(asked);
    println!(
        "{:>12} {:>8} {:>8} {:>8.4} {:>10.4} {:>8.4} {:>10.0} {:>10.0}",
        folder.file_name().unwrap_or_default().to_string_lossy(),
        corpus.len(),
        asked,
        mean(gain),
        mean(recall),
        mean(reciprocal),
        written,
        f64::from(asked) / started.elapsed().as_secs_f64(),
    );
    Ok(())
}

/// Discounted cumulative gain of the first ten.
fn discounted(gains: &[f64]) -> f64 {
    (2u32..)
        .zip(gains.iter().take(10))
        .map(|(place, gain)| gain / f64::from(place).log2())
        .sum()
}

fn point(number: u32, line: &Line) -> Result<Point> {
    let content = "0".repeat(64).parse()?;
    Ok(Point {
        file: "00000000-0000-7000-8000-000000000000".parse()?,
        name: line._id.clone(),
        document: "0".repeat(64).parse()?,
        content,
        passage: Passage {
            index: number,
            text: line.text.clone(),
            context: line.title.clone(),
            place: Place::default(),
            kind: PassageKind::Text,
            language: None,
            duplicate_of: None,
        },
        received: 0,
        dense: None,
    })
}

fn lines(path: &Path) -> Result<Vec<Line>> {
    let text = fs::read_to_string(path)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Ok(lines
        .map(serde_json::from_str)
        .collect::<std::result::Result<_, _>>()?)
}

/// Query → passage → how relevant it is.
fn judgements(path: &Path) -> Result<HashMap<String, BTreeMap<String, f64>>> {
    let mut judgements: HashMap<_, BTreeMap<_, _>> = HashMap::new();
    for line in fs::read_to_string(path)?.lines().skip(1) {
        let mut fields = line.split('\t');
        if let (Some(query), Some(passage), Some(grade)) = (fields.next(), fields.next(), fields.next()) {
            let grade: f64 = grade.trim().parse()?;
            if grade > 0.0 {
                judgements
                    .entry(query.to_owned())
                    .or_default()
                    .insert(passage.to_owned(), grade);
            }
        }
    }
    Ok(judgements)
}
