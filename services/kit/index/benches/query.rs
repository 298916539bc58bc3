//! What a hybrid search costs the embedded engine: percentiles by the number of passages, with each leg alone beside it.
//!
//! `cargo bench -p index --bench query`, or with other numbers of passages: `-- 1000 20000`

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use std::error::Error;
use std::time::{Duration, Instant};

use index::{Index, IndexConfig, Point, Query, Space, TenantIndex};
use schemas::TenantId;
use schemas::document::{Passage, PassageKind, Place};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Passages, unless the command line says others.
const PASSAGES: [u32; 2] = [10_000, 100_000];
const DIMENSION: u32 = 512;
const QUERIES: u32 = 200;
/// Words of the made-up language, of which low numbers are frequent.
const WORDS: u32 = 30_000;

/// Repeatable numbers (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 up to 1.
    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// A word, by Zipf's law.
    fn word(&mut self) -> String {
        let rank = (WORDS as f32).powf(self.share()) as u32;
        format!("w{}", char_name(rank))
    }

    fn text(&mut self, words: usize) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn vector(&mut self) -> Vec<f32> {
        let vector: Vec<f32> = (0..DIMENSION).map(|_| self.share() - 0.5).collect();
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        vector.into_iter().map(|x| x / length).collect()
    }
}

/// A number in letters, so that it is a word and no code.
fn char_name(mut number: u32) -> String {
    let mut name = String::new();
    loop {
        name.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return name;
        }
    }
}

fn main() -> Result<()> {
    let wanted: Vec<u32> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if wanted.is_empty() {
        PASSAGES.to_vec()
    } else {
        wanted
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run(&sizes))
}

async fn run(sizes: &[u32]) -> Result<()> {
    println!(
        "{QUERIES} searches of each kind, {DIMENSION} dimensions, 100 passages of each leg, the best 10 returned; milliseconds"
    );
    println!(
        "{:>9} {:>8} {:>8} {:>8} {:>8} {:>12} {:>10}",
        "passages", "search", "p50", "p95", "p99", "passages/s", "settled s"
    );
    for size in sizes {
        measure(*size).await?;
    }
    Ok(())
}

async fn measure(size: u32) -> Result<()> {
    let place = tempfile::tempdir()?;
    let index = Index::open(&IndexConfig::default(), Some(place.path())).await?;
    let tenant = index.tenant(&TenantId::local());
    let space = Space {
        model: "made-up".to_owned(),
        dimension: DIMENSION,
    };
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let started = Instant::now();
    for first in (0..size).step_by(1_000) {
        let points = (first..size.min(first + 1_000)).map(|number| point(&mut dice, number));
        tenant.upsert(&space, points.collect::<Result<_>>()?).await?;
    }
    let written = f64::from(size) / started.elapsed().as_secs_f64();
    index.settle().await?;
    let settled = started.elapsed().as_secs_f64();
    for (name, meaning, words) in [
        ("hybrid", true, true),
        ("dense", true, false),
        ("words", false, true),
    ] {
        let mut times = Vec::new();
        for _ in 0..QUERIES {
            let query = Query {
                text: if words {
                    format!("{} A{}", dice.text(8), dice.next() % 300)
                } else {
                    String::new()
                },
                dense: meaning.then(|| dice.vector()),
                limit: 10,
                depth: 100,
                ..Query::default()
            };
            times.push(timed(&tenant, &space, &query).await?);
        }
        times.sort();
        let at = |share: usize| {
            let place = times.len().saturating_sub(1) * share / 100;
            times.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        println!(
            "{size:>9} {name:>8} {:>8.2} {:>8.2} {:>8.2} {written:>12.0} {settled:>10.1}",
            at(50),
            at(95),
            at(99)
        );
    }
    Ok(())
}

async fn timed(tenant: &TenantIndex, space: &Space, query: &Query) -> Result<Duration> {
    let started = Instant::now();
    let found = tenant.search(space, query).await?;
    let took = started.elapsed();
    (!found.is_empty())
        .then_some(took)
        .ok_or_else(|| "nothing was found".into())
}

fn point(dice: &mut Dice, number: u32) -> Result<Point> {
    Ok(Point {
        file: format!("00000000-0000-7000-8000-{:012x}", number / 100).parse()?,
        name: format!("{}.pdf", number / 100),
        content: "0".repeat(64).parse()?,
        document: format!("{:064x}", number / 100).parse()?,
        passage: Passage {
            index: number % 100,
            text: format!("{} A{}", dice.text(80), dice.next() % 300),
            context: "Handbook".to_owned(),
            place: Place::default(),
            kind: PassageKind::Text,
            language: None,
            duplicate_of: None,
        },
        received: 0,
        dense: Some(dice.vector()),
    })
}
