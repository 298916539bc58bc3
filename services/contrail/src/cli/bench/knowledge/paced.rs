//! How many a second: images read and passages embedded, here and by Python with the same models and threads.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use models::{Encoder, OnnxConfig, Purpose};
use ocr::OcrConfig;
use serde::Serialize;

use super::python::Python;
use crate::cli::eval;
use crate::config::{GlobalConfig, ServicesConfig};
use crate::documents;

/// The packages of Python, with the runtime that is used here.
const RUNTIME: &str = "onnxruntime==1.32.0";
const RAPIDOCR: &str = "rapidocr==3.10.0";
const TOKENIZERS: &str = "tokenizers==0.22.1";

/// What both ways gave.
#[derive(Debug, Serialize)]
pub(super) struct Paced {
    what: &'static str,
    count: usize,
    per_second: f64,
    python_per_second: Option<f64>,
    /// Ours as a multiple of Python's.
    ratio: Option<f64>,
    /// Why there is no figure of Python.
    skipped: Option<String>,
    note: Option<String>,
}

impl Paced {
    fn new(what: &'static str, count: usize, per_second: f64, python: anyhow::Result<f64>) -> Self {
        let python_per_second = python.as_ref().ok().copied();
        Self {
            what,
            count,
            per_second,
            python_per_second,
            ratio: python_per_second.map(|python| per_second / python),
            skipped: python.err().map(|error| format!("{error:#}")),
            note: None,
        }
    }

    pub fn row(&self) -> Vec<String> {
        let rate = |rate: f64| format!("{rate:.2}/s");
        let skipped = self.skipped.as_ref().map(|reason| format!("no Python: {reason}"));
        let notes: Vec<String> = self.note.iter().cloned().chain(skipped).collect();
        vec![
            self.what.to_owned(),
            self.count.to_string(),
            rate(self.per_second),
            self.python_per_second.map_or_else(|| "–".to_owned(), rate),
            self.ratio
                .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
            notes.join("; "),
        ]
    }
}

/// Images of a folder with `truth.jsonl`, by the local engine and by RapidOCR.
pub(super) async fn images(
    global: &GlobalConfig,
    folder: &Path,
    threads: usize,
    python: &Python,
) -> anyhow::Result<Paced> {
    let ServicesConfig { ocr, mut onnx, .. } = ServicesConfig::from_environment()?;
    onnx.threads = Some(threads);
    let (count, per_second) = read(global, folder, ocr, onnx).await?;
    let arguments = [folder.display().to_string(), threads.to_string()];
    let program = include_str!("../../../../../ocr/benches/rapidocr.py");
    let theirs = python.run(&[RAPIDOCR, RUNTIME], program, &arguments).await;
    Ok(Paced::new(
        "images read",
        count,
        per_second,
        theirs.and_then(|said| rate_of_images(&said)),
    ))
}

async fn read(
    global: &GlobalConfig,
    folder: &Path,
    config: OcrConfig,
    onnx: OnnxConfig,
) -> anyhow::Result<(usize, f64)> {
    let (folder, cache) = (folder.to_owned(), global.artifacts.open());
    let reading = tokio::task::spawn_blocking(move || eval::pace_of_ocr(&folder, config, onnx, &cache));
    reading.await.context("it was broken off")?
}

/// What `rapidocr.py` says of all images: `total  33 images  CER 0.0123  1.50 images/s`.
fn rate_of_images(said: &str) -> anyhow::Result<f64> {
    let total = said.lines().find(|line| line.starts_with("total"));
    let rate = total.and_then(|line| line.split_whitespace().rev().nth(1));
    let rate = rate.context("it does not say how many images a second")?;
    rate.parse()
        .with_context(|| format!("{rate:?} is no number of images a second"))
}

/// Chinese passages by the local model for Chinese. It is run with that of all languages here, whose part is measured for itself
/// and taken off.
pub(super) async fn embedding(
    global: &GlobalConfig,
    count: usize,
    threads: usize,
    python: &Python,
) -> anyhow::Result<Paced> {
    let mut config = ServicesConfig::from_environment()?;
    config.embedding.base_url = None;
    config.onnx.threads = Some(threads);
    documents::equip_embedding(&mut config.embedding, &mut config.onnx, &global.artifacts).await?;
    let encoders = Encoder::configured(&config.embedding, &config.onnx)?;
    let encoder = encoders
        .into_iter()
        .next()
        .context("there is no local model of embeddings")?;
    let texts: Vec<String> = (0..count).map(passage).collect();
    // Loads the models.
    encoder.embed(&["航站楼".to_owned()], Purpose::Passage).await?;
    let started = Instant::now();
    encoder.embed(&texts, Purpose::Passage).await?;
    let all = started.elapsed().as_secs_f64();
    let started = Instant::now();
    encoder.embed_across(&texts).await?;
    let across = started.elapsed().as_secs_f64();

    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let file = folder.path().join("texts.json");
    tokio::fs::write(&file, serde_json::to_vec(&texts)?).await?;
    let model = config
        .embedding
        .chinese
        .context("there is no model for Chinese")?;
    let plain = model.with_file_name("tokenizer.json");
    let tokenizer = if plain.exists() {
        plain
    } else {
        model.with_file_name("tokenizer.json.gz")
    };
    let arguments = [&model, &tokenizer, &file].map(|path| path.display().to_string());
    let arguments = [&arguments[..], &[threads.to_string()]].concat();
    let theirs = python
        .run(&[RUNTIME, TOKENIZERS], include_str!("embedding.py"), &arguments)
        .await;
    let theirs = theirs.and_then(|said| said.trim().parse().context("it does not say how many a second"));
    let own = (all - across).max(f64::EPSILON);
    Ok(Paced {
        note: Some(format!(
            "{:.2}/s with the model of all languages",
            count as f64 / all
        )),
        ..Paced::new("passages embedded", count, count as f64 / own, theirs)
    })
}

/// A passage of some 200 characters, each another one.
fn passage(number: usize) -> String {
    let sentence = |part: usize| {
        format!(
            "{}号登机口在{}号航站楼{}层，每日{:02}:00开放，步行约{}分钟，请提前到达。",
            number + part,
            number % 3 + 1,
            part + 1,
            (number + part) % 24,
            number % 20 + 1
        )
    };
    (0..5).map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rapidocr_says_is_understood() {
        let said = "clean        10 images  CER 0.0010  1.00 images/s\ntotal        33 images  CER 0.0123  1.57 images/s\n";
        assert_eq!(rate_of_images(said).unwrap(), 1.57);
        assert!(rate_of_images("nothing").is_err());
    }

    #[test]
    fn without_python_the_reason_is_told() {
        let paced = Paced::new("images read", 3, 1.5, Err(anyhow::anyhow!("there is no python3")));
        assert_eq!((paced.ratio, paced.python_per_second), (None, None));
        assert!(paced.row().join("|").contains("no Python: there is no python3"));
    }
}
