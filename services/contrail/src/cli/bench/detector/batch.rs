//! A large batch through the service over the bus, and what the service has in memory meanwhile.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use bus::Bus;
use bus::ids::new_job_id;
use detector::config::LanguageModels;
use detector::hashing::Draws;
use detector::train::records;
use futures::StreamExt;
use models::OnnxConfig;
use schemas::TenantId;
use schemas::events::{Judged, TextJudged};
use schemas::jobs::{DetectorInput, DetectorJob};
use schemas::judgement::Verdict;
use schemas::progress::ProgressState;
use serde::Serialize;
use tokio::process::{Child, Command};

use crate::cli::bench::memory::resident_of;
use crate::config::GlobalConfig;
use crate::embedded::PrivateServer;
use crate::progress::Task;
use crate::render::text_table;

/// How often it is looked whether the service is still there.
const EACH: Duration = Duration::from_millis(500);
/// How long nothing may be heard of the service.
const PATIENCE: Duration = Duration::from_secs(120);

/// What came of the batch.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// As a debug build tells nothing of speed.
    build: &'static str,
    texts: u64,
    /// Whether they were made up for this.
    made_up: bool,
    /// Those that were long enough, and prose of a language that is known.
    judged: u64,
    megabytes: f64,
    seconds: f64,
    texts_per_second: f64,
    /// What the service had while the first tenth of the texts was judged, on average, and the last.
    first_tenth_mb: f64,
    last_tenth_mb: f64,
    /// How much more that is, as a share.
    growth: f64,
    peak_mb: f64,
    samples: Vec<Sample>,
}

/// One look at the service.
#[derive(Debug, Clone, Copy, Serialize)]
struct Sample {
    seconds: f64,
    /// Texts that are done.
    texts: u64,
    megabytes: f64,
}

/// Sends one batch of so many texts, those of a file over and over, or made-up ones.
pub(super) async fn measure(
    global: &GlobalConfig,
    count: usize,
    data: Option<&Path>,
    language_models: &LanguageModels,
    onnx: &OnnxConfig,
    task: &mut Task,
) -> anyhow::Result<Report> {
    let lines = match data {
        Some(path) => lines(count, &kept(path, count)?),
        None => lines(count, &(0..count.min(1_000)).map(made_up).collect::<Vec<_>>()),
    };
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let server = PrivateServer::start(&folder.path().join("nats"), &global.artifacts).await?;
    let bus = Bus::connect(server.config(), "contrail").await?;
    let service = service(&server.config().url, language_models, onnx)?;
    let watched = watch(&bus, service, lines, task).await;
    bus.close().await;
    server.stop().await;
    let report = watched?;
    let made_up = data.is_none();
    Ok(Report { made_up, ..report })
}

/// The service as a process of its own, so that what it has is its alone.
fn service(url: &str, language_models: &LanguageModels, onnx: &OnnxConfig) -> anyhow::Result<Child> {
    let executable = std::env::current_exe().context("can't find this executable")?;
    let mut command = Command::new(executable);
    for (option, path) in [
        ("--detector-english", &language_models.english),
        ("--detector-chinese", &language_models.chinese),
        ("--onnxruntime", &onnx.library),
    ] {
        if let Some(path) = path {
            command.arg(option).arg(path);
        }
    }
    command
        .args(["run", "detector", "--nats-url", url])
        .env_remove("DETECTOR_BASE_URL")
        .env_remove("CONTRAIL_DETECTOR_WEIGHTS")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("can't start `contrail run detector`")
}

async fn watch(bus: &Bus, mut service: Child, lines: Vec<u8>, task: &mut Task) -> anyhow::Result<Report> {
    let process = service.id().context("the service ended")?;
    let (tenant, job) = (TenantId::local(), new_job_id());
    let megabytes = lines.len() as f64 / f64::from(1 << 20);
    let count = lines.iter().filter(|byte| **byte == b'\n').count() as u64;
    let content = bus.files(&tenant).await?.put(lines.into()).await?;
    let mut facts = bus.events::<TextJudged>(&tenant).await?;
    let input = DetectorInput::Batch { content };
    bus.publish(&tenant, &job, &DetectorJob { input, prior: None })
        .await?;
    let mut reports = bus.follow(&tenant, &job).await?;
    let mut ticks = tokio::time::interval(EACH);
    let (mut samples, mut heard) = (Vec::new(), Instant::now());
    // From the first text on: what starting takes is no part of it.
    let mut started: Option<Instant> = None;
    loop {
        tokio::select! {
            report = reports.next() => {
                let report = report.context("nothing more is told of the batch")?;
                heard = Instant::now();
                let started = *started.get_or_insert(heard);
                match report.state {
                    // Told with every few texts that are done.
                    ProgressState::Running => samples.push(Sample {
                        seconds: started.elapsed().as_secs_f64(),
                        texts: report.done,
                        megabytes: resident_of(process)?.now,
                    }),
                    ProgressState::Finished => break,
                    ProgressState::Failed { reason } => bail!("the batch failed: {reason}"),
                }
                task.update("judging", report.done, count);
            }
            _ = ticks.tick() => {
                ensure!(service.try_wait()?.is_none(), "the service ended meanwhile");
                ensure!(heard.elapsed() < PATIENCE, "nothing was heard of the service for {PATIENCE:?}");
            }
        }
    }
    let seconds = started.map_or(0.0, |started| started.elapsed().as_secs_f64());
    let peak_mb = resident_of(process)?.peak;
    let fact = tokio::time::timeout(PATIENCE, facts.next()).await;
    let fact = fact.ok().flatten().context("the result did not come")?;
    let Judged::Batch {
        texts,
        errors,
        verdicts,
        ..
    } = fact.message.result
    else {
        bail!("the result is that of one text");
    };
    ensure!(
        (texts, errors) == (count, 0),
        "{texts} of {count} texts came back, and {errors} errors"
    );
    service.kill().await.context("can't end the service")?;
    let unjudged = |verdict: &Verdict| matches!(verdict, Verdict::TooShort | Verdict::Unsupported);
    let judged = verdicts.iter().filter(|(verdict, _)| !unjudged(verdict));
    let [first_tenth_mb, last_tenth_mb] = tenths(&samples, count)?;
    Ok(Report {
        build: super::super::build(),
        texts,
        made_up: false,
        judged: judged.map(|(_, count)| count).sum(),
        megabytes,
        seconds,
        // The first few were done when it was first told of.
        texts_per_second: texts.saturating_sub(samples.first().map_or(0, |first| first.texts)) as f64
            / seconds.max(1e-9),
        first_tenth_mb,
        last_tenth_mb,
        growth: last_tenth_mb / first_tenth_mb - 1.0,
        peak_mb,
        samples,
    })
}

/// What there was on average in the first tenth of the texts, and in the last.
fn tenths(samples: &[Sample], count: u64) -> anyhow::Result<[f64; 2]> {
    let mean = |within: &dyn Fn(u64) -> bool| {
        let some: Vec<f64> = samples
            .iter()
            .filter(|sample| within(sample.texts))
            .map(|sample| sample.megabytes)
            .collect();
        (!some.is_empty()).then(|| some.iter().sum::<f64>() / some.len() as f64)
    };
    let first = mean(&|texts| texts > 0 && texts * 10 <= count);
    let last = mean(&|texts| texts * 10 >= count * 9);
    let both = first.zip(last);
    let (first, last) =
        both.context("the batch was over before its memory could be looked at: take more texts")?;
    Ok([first, last])
}

/// The first texts of a file.
fn kept(path: &Path, count: usize) -> anyhow::Result<Vec<String>> {
    let records = records(path, |_, _| {})?.take(count);
    let texts: Vec<String> = records
        .map(|record| record.map(|record| record.text))
        .collect::<Result<_, _>>()?;
    ensure!(!texts.is_empty(), "{} has no text", path.display());
    Ok(texts)
}

/// So many lines, of texts over and over.
fn lines(count: usize, texts: &[String]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (number, text) in texts.iter().cycle().take(count).enumerate() {
        let line = serde_json::json!({ "id": number, "text": text });
        lines.extend_from_slice(line.to_string().as_bytes());
        lines.push(b'\n');
    }
    lines
}

/// A text of its own for each number: some hundred words, in English and in Chinese by turns.
fn made_up(number: usize) -> String {
    const ENGLISH: [&str; 12] = [
        "the last bus had left before we came",
        "nobody in the office knew where the key was",
        "my sister wanted to see the old harbour",
        "it rained until the river reached the road",
        "the doctor asked me to come back in a week",
        "we bought bread and a little cheese",
        "the report says nothing about the costs",
        "somebody had painted the gate green",
        "he kept talking about the film",
        "the children were asleep in the back of the car",
        "most of the windows on the north side are broken",
        "she has worked there for eleven years",
    ];
    const CHINESE: [&str; 12] = [
        "昨天晚上下了一场大雨",
        "我们在车站等了半个小时",
        "他一直在抱怨天气预报不准",
        "办公室里没有人知道钥匙在哪里",
        "妹妹想去看看老码头",
        "医生让我下个星期再来一次",
        "报告里没有提到费用的问题",
        "孩子们在后座上睡着了",
        "我买了面包和一点水果",
        "她在那里工作了十一年",
        "北边的窗户大多已经坏了",
        "有人把大门刷成了绿色",
    ];
    let mut draws = Draws::new(number as u64);
    let (clauses, comma, end) = if number.is_multiple_of(2) {
        (&ENGLISH, ", and ", ". ")
    } else {
        (&CHINESE, "，", "。")
    };
    let mut text = String::new();
    for _ in 0..8 + draws.below(24) {
        let mut clause = || {
            clauses
                .get(draws.below(clauses.len()))
                .copied()
                .unwrap_or_default()
        };
        let (first, second) = (clause(), clause());
        text.push_str(&[first, comma, second, end].concat());
    }
    text
}

pub(super) fn text(report: &Report) -> String {
    let megabytes = |number: f64| format!("{number:.1}");
    // Ten looks tell the curve to people; the document has all.
    let looks = report.samples.len().saturating_sub(1);
    let rows = (0..=10).filter_map(|tenth| report.samples.get(looks * tenth / 10));
    let rows = rows.map(|sample| {
        vec![
            format!("{:.1}", sample.seconds),
            sample.texts.to_string(),
            megabytes(sample.megabytes),
        ]
    });
    let curve = text_table(&["seconds", "texts", "resident MB"], rows);
    format!(
        "{} {} texts ({:.1} MB), of which {} are judged, through the service in {:.1} s: {:.1} texts/s, in {}\n\
         resident while the first tenth was judged {} MB, the last {} MB: {:+.1} %; at most {} MB\n{curve}",
        report.texts,
        if report.made_up { "made-up" } else { "given" },
        report.megabytes,
        report.judged,
        report.seconds,
        report.texts_per_second,
        report.build,
        megabytes(report.first_tenth_mb),
        megabytes(report.last_tenth_mb),
        report.growth * 100.0,
        megabytes(report.peak_mb),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use detector::{Detector, Options};

    use super::*;

    #[test]
    fn made_up_texts_are_judged_and_no_two_are_the_same() {
        let texts: BTreeSet<String> = (0..60).map(made_up).collect();
        assert_eq!(texts.len(), 60);
        let detector = Detector::built_in().unwrap();
        for text in &texts {
            let judgement = detector.judge(text, Options::default());
            assert!(
                judgement.probability.is_some(),
                "{:?} of {text}",
                judgement.unjudged
            );
        }
        let lines = String::from_utf8(lines(150, &texts.into_iter().collect::<Vec<_>>())).unwrap();
        assert_eq!(lines.lines().count(), 150);
    }

    #[test]
    fn growth_is_told_by_the_first_tenth_and_the_last() {
        let sample = |texts: u64, megabytes: f64| Sample {
            seconds: 0.0,
            texts,
            megabytes,
        };
        // What there is before the first text is no part of it.
        let samples = [
            sample(0, 10.0),
            sample(64, 100.0),
            sample(100, 110.0),
            sample(500, 500.0),
            sample(960, 120.0),
            sample(1_000, 130.0),
        ];
        assert_eq!(tenths(&samples, 1_000).unwrap(), [105.0, 125.0]);
        assert!(tenths(&samples[..4], 1_000).is_err());
    }
}
