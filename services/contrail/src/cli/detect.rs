//! `contrail detect`: how likely it is that texts were written by a machine.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use artifacts::ArtifactsConfig;
use clap::{Args, ValueEnum};
use detector::batch::{self, Tally};
use detector::config::EquipmentConfig;
use detector::decode::{decode, is_text};
use detector::equipment;
use detector::handler::options;
use detector::judge::{Detector, MAX_BYTES, Options};
use gateway::router::is_document;
use models::OnnxConfig;
use schemas::Judgement;
use serde::Serialize;

use crate::config::GlobalConfig;
use crate::embedded::PrivateServer;
use crate::judgement;
use crate::language_models;
use crate::output;
use crate::progress::Reporter;
use crate::session::{Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail detect essay.txt
  contrail detect thesis.docx letter.pdf
  cat letter.md | contrail detect -
  contrail detect --json --prior 0.1 one.txt two.txt | jq .judgement.verdicts
  contrail detect --batch texts.jsonl > judged.jsonl
  contrail detect --weights fitted/weights.bin essay.txt

Plain text and Markdown are read, in UTF-8, UTF-16 or GB18030; the running text of documents (PDF, DOCX,
PPTX, HTML, e-mail, scans) as for questions, on a server of their own, and nothing of it is kept. A batch is JSON lines with `text` and
perhaps `id`. Exit codes: 0 judged, 1 error, 2 usage, 3 there was a text that is not judged: it is
too short, or no prose in Chinese or English.

Weights that were fitted with a language model have it read the texts too; it is fetched once. One behind
an endpoint (--detector-base-url) is sent the beginning of each text.";

/// How long a document may be read.
const READING: Duration = Duration::from_secs(600);
/// Exit code where a text is not judged.
const UNJUDGED: u8 = 3;

/// See [`super::Command::Detect`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Detect {
    /// Files of plain text, or documents; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,

    /// Prints a JSON document a line: the file and its judgement.
    #[arg(long)]
    json: bool,

    /// Reads each file as JSON lines, a text each, and prints a JSON document for each.
    #[arg(long)]
    batch: bool,

    /// How likely a text is held to be machine-written before anybody looks at it, above 0 and below 1.
    #[arg(long, value_name = "PROBABILITY", default_value_t = 0.5)]
    prior: f64,

    /// What judges.
    #[command(flatten)]
    equipment: Equipment,

    /// Whether sentences are coloured by what they add.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    colour: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// On a terminal.
    Auto,
    Always,
    Never,
}

/// What judges.
#[derive(Debug, Args)]
pub struct Equipment {
    /// Weights and language models; by default the built-in and the pinned ones, which are fetched.
    #[command(flatten)]
    config: EquipmentConfig,

    /// What runs models in this process; by default the pinned one is fetched.
    #[command(flatten)]
    onnx: OnnxConfig,
}

impl Equipment {
    /// The detector, with language models that are fetched unless they are set.
    pub(super) async fn detector(&self, artifacts: &ArtifactsConfig) -> anyhow::Result<Detector> {
        let detector = equipment::detector(self.config.weights.as_deref())?;
        let (mut config, mut onnx) = (self.config.clone(), self.onnx.clone());
        let languages = detector.informed();
        language_models::try_equip(&mut config.language_models, &mut onnx, artifacts, &languages).await;
        let detector = equipment::equip(detector, &config, &onnx).await?;
        let loading = tokio::task::spawn_blocking(move || detector.readers().load().map(|()| detector));
        loading.await?.context("a language model can't be used")
    }
}

/// One line of `--json`.
#[derive(Debug, Serialize)]
struct Judged<'a> {
    file: &'a Path,
    judgement: &'a Judgement,
}

impl Detect {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let options = options(Some(self.prior))?;
        let detector = self.equipment.detector(&global.artifacts).await?;
        let documents = self.files.iter().filter(|path| !self.batch && is_read(path));
        let mut documents = texts(global, documents).await?;
        let mut unjudged = false;
        for file in &self.files {
            if self.batch {
                judge_lines(&detector, options, file)?;
                continue;
            }
            let text = match documents.remove(file.as_path()) {
                Some(text) => text,
                None => read(file)?,
            };
            let judgement = detector.judge(&text, options);
            unjudged |= judgement.unjudged.is_some();
            if self.json {
                let judgement = &judgement;
                output::json(&Judged { file, judgement })?;
            } else {
                if self.files.len() > 1 {
                    output::line(&output::printable(&format!("{}:", file.display())))?;
                }
                let coloured = match self.colour {
                    Colour::Auto => std::io::stdout().is_terminal(),
                    Colour::Always => true,
                    Colour::Never => false,
                };
                output::line(judgement::text(&judgement, &text, coloured).trim_end())?;
            }
        }
        let code = if unjudged { UNJUDGED } else { 0 };
        Ok(ExitCode::from(code))
    }
}

/// Whether a file is read as a document, and not as it stands.
fn is_read(path: &Path) -> bool {
    let name = path.to_string_lossy();
    path != Path::new("-") && !is_text(&name) && is_document(&name)
}

/// The running texts of documents, read on a server of their own.
async fn texts<'a>(
    global: &GlobalConfig,
    paths: impl IntoIterator<Item = &'a PathBuf>,
) -> anyhow::Result<BTreeMap<&'a Path, String>> {
    let mut texts = BTreeMap::new();
    let mut paths = paths.into_iter().peekable();
    if paths.peek().is_none() {
        return Ok(texts);
    }
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let server = PrivateServer::start(&folder.path().join("nats"), &global.artifacts).await?;
    let global = GlobalConfig {
        tenant: schemas::TenantId::local(),
        ..global.clone()
    };
    let mut session = Session::own(&global, server, None, Needs::Documents, Some(folder.path())).await?;
    let client = session.client.clone();
    let reading = async {
        let reporter = Reporter::new();
        for path in paths {
            let submitted = client.submit(path).await?;
            let mut task = reporter.task(&submitted.name);
            let record = client.settle(&submitted, READING, &mut task).await?;
            texts.insert(path.as_path(), client.prose(&record).await?);
        }
        Ok(texts)
    };
    let texts = session.during(reading).await;
    session.close().await?;
    texts
}

fn open(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let unreadable = || format!("can't read {}", path.display());
    let file = std::fs::File::open(path).with_context(unreadable)?;
    if file.metadata().with_context(unreadable)?.is_dir() {
        bail!("{} is a folder: name its files", path.display());
    }
    Ok(Box::new(file))
}

fn read(path: &Path) -> anyhow::Result<String> {
    if path != Path::new("-") && !is_text(&path.to_string_lossy()) {
        bail!(
            "{} can't be read: expected plain text (.txt, .text), Markdown (.md, .markdown) or a document",
            path.display()
        );
    }
    let mut bytes = Vec::new();
    // One byte beyond what is judged tells that there is more.
    open(path)?
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("can't read {}", path.display()))?;
    Ok(decode(&bytes))
}

/// Judges a few lines at a time, so that memory does not grow with the file.
fn judge_lines(detector: &Detector, options: Options, path: &Path) -> anyhow::Result<()> {
    let total = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut task = Reporter::new().task(&path.display().to_string());
    let (mut done, mut number, mut tally) = (0, 0, Tally::default());
    let mut lines = BufReader::new(open(path)?).split(b'\n');
    loop {
        let some = lines.by_ref().take(detector.readers().at_once());
        let some = some.collect::<Result<Vec<_>, _>>();
        let some = some.with_context(|| format!("can't read {}", path.display()))?;
        if some.is_empty() {
            break;
        }
        done += some.iter().map(|text| text.len() as u64 + 1).sum::<u64>();
        let texts = some.iter().map(|text| String::from_utf8_lossy(text).into_owned());
        let texts: Vec<String> = texts.collect();
        for result in batch::lines(detector, options, number, &texts, &mut tally) {
            output::json(&result)?;
        }
        number += texts.len() as u64;
        task.update("judging", done, total);
    }
    drop(task);
    output::note(&format!(
        "{} texts judged, {} lines can't be read",
        tally.texts, tally.errors
    ));
    Ok(())
}
