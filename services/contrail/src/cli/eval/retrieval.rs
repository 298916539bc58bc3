//! `contrail eval retrieval`: the index and the models against questions of which it is known what fits them.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use index::{Found, Index, IndexConfig, Point, Query, Space};
use models::{EmbeddingConfig, Encoder, OnnxConfig, Purpose, RerankConfig, Reranker};
use schemas::calls::{LegRanks, SearchFilter};
use schemas::document::{Passage, PassageKind, Place};
use schemas::{ContentId, FileId, TenantId};
use serde::Serialize;

use super::beir::{Beir, Text};
use super::ranking::{Quality, Sum};
use super::vectors::Vectors;
use crate::config::GlobalConfig;
use crate::progress::Reporter;
use crate::render::text_table;
use crate::{documents, output};

const EXAMPLES: &str = "\
Examples:
  contrail eval retrieval --data ./scifact
  contrail eval retrieval --data ./scifact --limit 50 --json | jq .hybrid.ndcg_at_10
  contrail eval retrieval --data ./scifact --rerank-base-url http://127.0.0.1:8000/v1 --rerank-model bge-reranker-v2-m3

The folder has the layout of BEIR: corpus.jsonl, queries.jsonl, qrels/test.tsv. Texts go into an
embedded index of their own, each as one passage, as the services would write and search them.";

/// Passages that each leg gives.
const DEPTH: usize = 100;
/// Passages that are ranked again.
const RERANKED: usize = 50;
/// Passages that are written at one go.
const AT_ONCE: usize = 256;

/// See [`super::Set::Retrieval`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Retrieval {
    /// Folder with texts, questions and judgements.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,

    /// Asks the first N questions only.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,

    /// Keeps vectors in this file, to be taken from there the next time.
    #[arg(long, value_name = "FILE")]
    cache: Option<PathBuf>,

    /// The model of embeddings.
    #[command(flatten)]
    embedding: Box<EmbeddingConfig>,

    /// What runs local models.
    #[command(flatten)]
    onnx: OnnxConfig,

    /// What ranks again.
    #[command(flatten)]
    rerank: Box<RerankConfig>,
}

/// Everything that is told at the end.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    dimension: u32,
    texts: usize,
    questions: usize,
    seconds: f64,
    /// By meaning.
    dense: Option<Quality>,
    /// By meaning in whatever language.
    across: Option<Quality>,
    /// By words.
    sparse: Option<Quality>,
    /// All legs together, as questions are answered.
    hybrid: Option<Quality>,
    /// The best of these in the order of another model.
    reranked: Option<Quality>,
}

impl Retrieval {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let data = Beir::read(&self.data, self.limit)?;
        let (mut embedding, mut onnx) = (self.embedding.as_ref().clone(), self.onnx.clone());
        documents::equip_embedding(&mut embedding, &mut onnx, &global.artifacts).await?;
        let encoders = Encoder::configured(&embedding, &onnx)?;
        let encoder = encoders
            .into_iter()
            .next()
            .context("there is no model of embeddings")?;
        let reranker = Reranker::open(&self.rerank)?;
        let space = Space {
            model: encoder.name().to_owned(),
            dimension: encoder.dimension().await?,
        };
        let across = encoder.across() as usize;
        let vectors =
            Vectors::open(encoder, self.cache.as_deref()).context("can't use the file of vectors")?;
        let folder = tempfile::tempdir().context("can't make a folder for the index")?;
        let start = Instant::now();
        let index = Index::open(&IndexConfig::default(), Some(folder.path())).await?;
        let mut run = Run {
            data: &data,
            index,
            space,
            across,
            vectors,
            reranker,
            reporter: Reporter::new(),
        };
        run.fill().await?;
        let mut report = run.ask().await?;
        report.seconds = start.elapsed().as_secs_f64();
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&output::printable(&text(&report)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

struct Run<'a> {
    data: &'a Beir,
    index: Index,
    space: Space,
    /// See [`Query::across`].
    across: usize,
    vectors: Vectors,
    reranker: Option<Reranker>,
    reporter: Reporter,
}

impl Run<'_> {
    /// Puts all texts into the index.
    async fn fill(&mut self) -> anyhow::Result<()> {
        let total = self.data.corpus.len() as u64;
        let texts: Vec<String> = self.data.corpus.iter().map(read_with_title).collect();
        let mut task = self.reporter.task("texts");
        let told = |done| task.update("embedding", done, total);
        let vectors = self.vectors.of(&texts, Purpose::Passage, told).await?;
        let tenant = self.index.tenant(&TenantId::local());
        let mut points = Vec::with_capacity(AT_ONCE);
        for (number, (text, vector)) in self.data.corpus.iter().zip(vectors).enumerate() {
            points.push(point(number, text, vector)?);
            if points.len() == AT_ONCE || number + 1 == self.data.corpus.len() {
                tenant.upsert(&self.space, std::mem::take(&mut points)).await?;
                task.update("indexing", number as u64 + 1, total);
            }
        }
        Ok(self.index.settle().await?)
    }

    /// Asks all questions in each way.
    async fn ask(&mut self) -> anyhow::Result<Report> {
        let questions = &self.data.questions;
        let total = questions.len() as u64;
        let texts: Vec<String> = questions.iter().map(|question| question.text.clone()).collect();
        let mut task = self.reporter.task("questions");
        let told = |done| task.update("embedding", done, total);
        let vectors = self.vectors.of(&texts, Purpose::Query, told).await?;
        let (mut dense, mut across, mut sparse) = (Sum::default(), Sum::default(), Sum::default());
        let (mut hybrid, mut reranked) = (Sum::default(), Sum::default());
        for (number, (question, vector)) in questions.iter().zip(vectors).enumerate() {
            let by_meaning = self.search("", Some(vector.clone())).await?;
            let by_own = leg(&by_meaning, |ranks| ranks.dense);
            dense.add(&self.names(&by_own), &question.relevant);
            if self.across > 0 {
                let by_across = leg(&by_meaning, |ranks| ranks.across);
                across.add(&self.names(&by_across), &question.relevant);
            }
            // Codes are a leg of their own, and what they find stands before words that are not asked for here.
            let by_words = self.search(&question.text, None).await?;
            let by_words = leg(&by_words, |ranks| ranks.sparse);
            sparse.add(&self.names(&by_words), &question.relevant);
            let by_both = self.search(&question.text, Some(vector)).await?;
            hybrid.add(&self.names(&by_both), &question.relevant);
            if let Some(reranker) = &self.reranker {
                let again = ranked_again(reranker, &question.text, by_both).await?;
                reranked.add(&self.names(&again), &question.relevant);
            }
            task.update("asking", number as u64 + 1, total);
        }
        Ok(Report {
            model: self.space.model.clone(),
            dimension: self.space.dimension,
            texts: self.data.corpus.len(),
            questions: questions.len(),
            seconds: 0.0,
            dense: dense.mean(),
            across: across.mean(),
            sparse: sparse.mean(),
            hybrid: hybrid.mean(),
            reranked: reranked.mean(),
        })
    }

    async fn search(&self, text: &str, dense: Option<Vec<f32>>) -> anyhow::Result<Vec<Found>> {
        let query = Query {
            text: text.to_owned(),
            dense,
            across: self.across,
            only: SearchFilter::default(),
            // Each leg may find others.
            limit: 2 * DEPTH,
            each: 0,
            depth: DEPTH,
        };
        let tenant = self.index.tenant(&TenantId::local());
        Ok(tenant.search(&self.space, &query).await?)
    }

    /// Names of the texts that were found.
    fn names(&self, found: &[Found]) -> Vec<&str> {
        let number = |found: &Found| usize::try_from(found.passage.index).ok();
        let texts = found
            .iter()
            .filter_map(|found| self.data.corpus.get(number(found)?));
        texts.map(|text| text.id.as_str()).collect()
    }
}

/// What one leg found, in its order.
fn leg(found: &[Found], rank: impl Fn(&LegRanks) -> Option<u32>) -> Vec<Found> {
    let mut found: Vec<(u32, &Found)> = found
        .iter()
        .filter_map(|found| Some((rank(&found.ranks)?, found)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, found)| found.clone()).collect()
}

fn read_with_title(text: &Text) -> String {
    if text.title.is_empty() {
        text.text.clone()
    } else {
        format!("{}\n{}", text.title, text.text)
    }
}

/// A text as the only passage of a file of its own; the passage's place is its number.
fn point(number: usize, text: &Text, vector: Vec<f32>) -> anyhow::Result<Point> {
    let content = ContentId::new(format!("{number:064x}"))?;
    Ok(Point {
        file: FileId::new(format!("00000000-0000-7000-8000-{number:012x}"))?,
        name: text.id.clone(),
        content: content.clone(),
        document: content,
        passage: Passage {
            index: u32::try_from(number)?,
            text: text.text.clone(),
            context: text.title.clone(),
            place: Place::default(),
            kind: PassageKind::Text,
            language: None,
            duplicate_of: None,
        },
        received: 0,
        dense: Some(vector),
    })
}

async fn ranked_again(
    reranker: &Reranker,
    question: &str,
    mut found: Vec<Found>,
) -> anyhow::Result<Vec<Found>> {
    let rest = found.split_off(found.len().min(RERANKED));
    let texts: Vec<String> = found
        .iter()
        .map(|found| format!("{}\n{}", found.passage.context, found.passage.text))
        .collect();
    let scores = reranker.scores(question, &texts).await?;
    let mut scored: Vec<(f32, Found)> = scores.into_iter().zip(found).collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0));
    Ok(scored.into_iter().map(|(_, found)| found).chain(rest).collect())
}

fn text(report: &Report) -> String {
    let row = |name: &str, quality: &Option<Quality>| {
        let quality = (*quality)?;
        let figures = [quality.ndcg_at_10, quality.recall_at_100, quality.mrr_at_10];
        let figures = figures.map(|figure| format!("{figure:.4}"));
        Some(
            std::iter::once(name.to_owned())
                .chain(figures)
                .collect::<Vec<String>>(),
        )
    };
    let rows = [
        row("dense", &report.dense),
        row("across", &report.across),
        row("sparse", &report.sparse),
        row("hybrid", &report.hybrid),
        row("reranked", &report.reranked),
    ];
    let Report {
        model,
        dimension,
        texts,
        questions,
        seconds,
        ..
    } = report;
    let table = text_table(
        &["", "nDCG@10", "recall@100", "MRR@10"],
        rows.into_iter().flatten(),
    );
    format!("{model} ({dimension} dimensions): {texts} texts, {questions} questions, {seconds:.1} s\n{table}")
}
