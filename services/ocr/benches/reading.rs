//! Images a second, and how well they are read, of a folder with `truth.jsonl`; `rapidocr.py` beside this file measures the
//! same of RapidOCR in Python, with the same models.
//!
//! ```text
//! cargo bench -p ocr -- FOLDER [THREADS]
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measurement ends where it can't go on, and prints"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use models::OnnxConfig;
use ocr::measure::{Errors, errors};
use ocr::{Engine, Limits, decode, page};

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"));
    // `cargo test --benches` runs it too, without a folder.
    let Some(folder) = arguments.next() else {
        return;
    };
    let threads = arguments.next().map_or(1, |threads| threads.parse().unwrap());
    let cache = artifacts::Cache::new(None);
    let onnx = OnnxConfig {
        library: Some(cache.ensure("onnxruntime").unwrap()),
        threads: Some(threads),
    };
    let models = cache.ensure("ppocr").unwrap();
    let engine = Engine::load(models.parent().unwrap(), onnx.load().unwrap()).unwrap();
    engine.check().unwrap();

    let folder = Path::new(&folder);
    let truth = std::fs::read_to_string(folder.join("truth.jsonl")).unwrap();
    let mut by: BTreeMap<String, (Errors, usize, Duration)> = BTreeMap::new();
    for line in truth.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = Path::new(line["image"].as_str().unwrap()).file_name().unwrap();
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let began = Instant::now();
        let image = decode(&bytes, &Limits::default()).unwrap();
        let page = page::recognized(1, &engine.read(image).unwrap());
        let took = began.elapsed();
        let read: Vec<&str> = page.lines.iter().map(|line| line.text.as_str()).collect();
        let found = errors(line["text"].as_str().unwrap(), &read.join("\n"));
        if found.wrong > 0 {
            println!(
                "{} {}/{} turned {}",
                name.display(),
                found.wrong,
                found.letters,
                page.turned
            );
            if std::env::args().any(|argument| argument == "--show") {
                println!(
                    "  {}\n  {}",
                    line["text"].as_str().unwrap().replace('\n', "|"),
                    read.join("|")
                );
            }
        }
        for group in [line["condition"].as_str().unwrap(), "total"] {
            let (errors, images, time) = by.entry(group.to_owned()).or_default();
            *errors = errors.with(found);
            *images += 1;
            *time += took;
        }
    }
    for (group, (errors, images, time)) in by {
        let rate = images as f64 / time.as_secs_f64();
        println!(
            "{group:10} {images:4} images  CER {:.4}  {rate:.2} images/s",
            errors.rate()
        );
    }
}
