//! `contrail eval ocr`: how well images are read of which it is known what stands in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ::ocr::measure::{Errors, errors};
use ::ocr::{Engine, OcrConfig, decode, page};
use anyhow::{Context, bail};
use artifacts::Cache;
use clap::Args;
use models::OnnxConfig;
use serde::{Deserialize, Serialize};

use crate::config::GlobalConfig;
use crate::output;
use crate::progress::{Reporter, Task};
use crate::render::text_table;

const EXAMPLES: &str = "\
Examples:
  contrail eval ocr --data ./scans
  contrail eval ocr --data ./scans --json | jq .by.noisy.rate

The folder holds images and `truth.jsonl`, with a JSON document a line: `image`, `text` (in reading order)
and `condition`, for instance clean, noisy or rotated. The character error rate is the Levenshtein distance
by the number of letters, without spaces, wide and narrow forms being the same.";

/// The file that says what stands in the images.
const TRUTH: &str = "truth.jsonl";

/// See [`super::Set::Ocr`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Ocr {
    /// Folder of images and `truth.jsonl`.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,

    /// Where the models are; by default the pinned ones are fetched.
    #[command(flatten)]
    ocr: OcrConfig,

    /// What runs them; by default the pinned one is fetched.
    #[command(flatten)]
    onnx: OnnxConfig,
}

/// A line of the truth.
#[derive(Debug, Deserialize)]
struct Truth {
    image: PathBuf,
    text: String,
    condition: String,
}

/// Figures of some images.
#[derive(Debug, Clone, Default, Serialize)]
struct Figures {
    images: usize,
    letters: usize,
    wrong: usize,
    /// The character error rate.
    rate: f64,
    images_per_second: f64,
    #[serde(skip)]
    time: Duration,
}

/// Everything that is told at the end.
#[derive(Debug, Serialize)]
struct Report {
    engine: &'static str,
    total: Figures,
    by: BTreeMap<String, Figures>,
    /// The images with errors, the worst first.
    worst: Vec<Worst>,
}

/// An image with errors.
#[derive(Debug, Serialize)]
struct Worst {
    image: String,
    wrong: usize,
    letters: usize,
    read: String,
}

impl Ocr {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let (data, ocr, onnx) = (self.data.clone(), self.ocr.clone(), self.onnx.clone());
        let cache = global.artifacts.open();
        let measured = tokio::task::spawn_blocking(move || measure(&data, ocr, onnx, &cache));
        let report = measured.await.context("it was broken off")??;
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&text(&report))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// How many images of a folder there are, and how many are read a second.
///
/// # Errors
/// When the folder, the models or an image can't be read.
pub fn pace(
    folder: &Path,
    config: OcrConfig,
    onnx: OnnxConfig,
    cache: &Cache,
) -> anyhow::Result<(usize, f64)> {
    let total = measure(folder, config, onnx, cache)?.total;
    Ok((total.images, total.images_per_second))
}

fn measure(folder: &Path, config: OcrConfig, onnx: OnnxConfig, cache: &Cache) -> anyhow::Result<Report> {
    let truths = truths(folder)?;
    let engine = engine(&config, onnx, cache)?;
    let mut task = Reporter::new().task("images");
    let (mut by, mut worst) = (BTreeMap::<String, Figures>::new(), Vec::new());
    for (done, truth) in truths.iter().enumerate() {
        tell(&mut task, done, truths.len());
        let path = found(folder, &truth.image);
        let bytes = std::fs::read(&path).with_context(|| format!("can't read {}", path.display()))?;
        let began = Instant::now();
        let image = decode(&bytes, &config.limits()).with_context(|| format!("in {}", path.display()))?;
        let read = page::recognized(1, &engine.read(image)?);
        let took = began.elapsed();
        let lines: Vec<&str> = read.lines.iter().map(|line| line.text.as_str()).collect();
        let errors = errors(&truth.text, &lines.join("\n"));
        by.entry(truth.condition.clone()).or_default().add(errors, took);
        if errors.wrong > 0 {
            worst.push(Worst {
                image: truth.image.display().to_string(),
                wrong: errors.wrong,
                letters: errors.letters,
                read: lines.join("\n"),
            });
        }
    }
    worst.sort_by_key(|page| std::cmp::Reverse(page.wrong));
    let mut total = Figures::default();
    for figures in by.values_mut() {
        total.include(figures);
        figures.finish();
    }
    total.finish();
    Ok(Report {
        engine: ::ocr::engine::ENGINE,
        total,
        by,
        worst,
    })
}

fn tell(task: &mut Task, done: usize, total: usize) {
    task.update("reading", done as u64, total as u64);
}

fn engine(config: &OcrConfig, onnx: OnnxConfig, cache: &Cache) -> anyhow::Result<Engine> {
    let library = match onnx.library {
        Some(library) => library,
        None => cache.ensure("onnxruntime")?,
    };
    let models = match config.models.clone() {
        Some(models) => models,
        None => {
            let detection = cache.ensure("ppocr")?;
            let folder = detection.parent().context("the models are in no folder")?;
            folder.to_owned()
        }
    };
    let runtime = OnnxConfig {
        library: Some(library),
        threads: onnx.threads,
    };
    Ok(Engine::load(&models, runtime.load()?)?)
}

fn truths(folder: &Path) -> anyhow::Result<Vec<Truth>> {
    let path = folder.join(TRUTH);
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    let lines = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty());
    let truths = lines.map(|(number, line)| {
        serde_json::from_str(line)
            .with_context(|| format!("{}, line {number}: not an image with its text", path.display()))
    });
    let truths: Vec<Truth> = truths.collect::<anyhow::Result<_>>()?;
    if truths.is_empty() {
        bail!("{} names no images", path.display());
    }
    Ok(truths)
}

/// An image is named from the folder, or from the one around it where the folder is part of a larger set.
fn found(folder: &Path, image: &Path) -> PathBuf {
    let here = folder.join(image);
    let around = folder.parent().map(|around| around.join(image));
    around
        .filter(|around| !here.exists() && around.exists())
        .unwrap_or(here)
}

impl Figures {
    fn add(&mut self, errors: Errors, took: Duration) {
        self.images += 1;
        self.letters += errors.letters;
        self.wrong += errors.wrong;
        self.time += took;
    }

    fn include(&mut self, other: &Self) {
        self.images += other.images;
        self.letters += other.letters;
        self.wrong += other.wrong;
        self.time += other.time;
    }

    fn finish(&mut self) {
        let Self { wrong, letters, .. } = *self;
        self.rate = Errors { wrong, letters }.rate();
        self.images_per_second = self.images as f64 / self.time.as_secs_f64().max(f64::EPSILON);
    }
}

fn text(report: &Report) -> String {
    let row = |(name, figures): (&str, &Figures)| {
        vec![
            name.to_owned(),
            figures.images.to_string(),
            figures.letters.to_string(),
            figures.wrong.to_string(),
            format!("{:.2} %", 100.0 * figures.rate),
            format!("{:.2}", figures.images_per_second),
        ]
    };
    let groups = report.by.iter().map(|(name, figures)| (name.as_str(), figures));
    let rows = groups.chain([("all", &report.total)]).map(row);
    let header = [
        "condition",
        "images",
        "letters",
        "wrong",
        "error rate",
        "images per second",
    ];
    let worst = report.worst.iter().take(5).map(|worst| {
        let name = output::printable(&worst.image);
        format!("\n{name}: {} of {} letters wrong", worst.wrong, worst.letters)
    });
    let worst: String = worst.collect();
    format!("{}\nRead by {}.{worst}", text_table(&header, rows), report.engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_truth_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let check = |truth: &str, expect: &str| {
            std::fs::write(folder.path().join(TRUTH), truth).unwrap();
            let error = truths(folder.path()).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        let good = r#"{"image":"a.png","text":"A12","condition":"clean","language":"en"}"#;
        check(&format!("{good}\n\n{{\"image\":"), "truth.jsonl, line 3");
        check("\n", "names no images");
        let missing = truths(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/truth.jsonl"), "{missing}");
    }

    #[test]
    fn images_are_found_from_their_folder_or_the_one_around_it() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("scans");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a.png"), "").unwrap();
        for name in ["a.png", "scans/a.png"] {
            assert!(found(&folder, Path::new(name)).exists(), "{name}");
        }
        assert_eq!(found(&folder, Path::new("b.png")), folder.join("b.png"));
    }

    #[test]
    fn figures_add_up() {
        let mut figures = Figures::default();
        figures.add(errors("登机口A12", "登机口A1"), Duration::from_millis(500));
        figures.add(errors("T2", "T2"), Duration::from_millis(500));
        figures.finish();
        assert_eq!((figures.images, figures.letters, figures.wrong), (2, 8, 1));
        assert!((figures.rate - 0.125).abs() < 1e-9);
        assert!((figures.images_per_second - 2.0).abs() < 1e-9);
    }
}
