//! `contrail eval knowledge`: documents in, questions asked, citations compared with where the answers stand.

mod candidates;
mod fit;
mod questions;

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use futures::StreamExt;
use futures::stream;
use retrieve::counterparts::WordVectors;
use schemas::Answer;
use schemas::Language;
use schemas::answer::{AnswerKind, AnswerStatus};
use schemas::citation::Citation;
use schemas::jobs::AskJob;
use serde::Serialize;
use tracing::Instrument;

use crate::cli::add::chain;
use crate::client::Client;
use crate::config::GlobalConfig;
use crate::embedded::PrivateServer;
use crate::folder;
use crate::output;
use crate::progress::Reporter;
use crate::render::text_table;
use crate::session::{Needs, Session};
use questions::{Question, read};

const EXAMPLES: &str = "\
Examples:
  contrail eval knowledge --data tests/fixtures/knowledge --set dev
  contrail eval knowledge --data ./questions --json --predictions predictions.jsonl
  contrail eval knowledge --data tests/fixtures/knowledge --set dev --fit answerable.json

The folder holds documents in corpus/ and questions.jsonl, a line for each question:
  {\"id\": \"1\", \"language\": \"en\", \"question\": \"When does the last metro leave?\", \"kind\": \"meaning\",
   \"file\": \"handbook.pdf\", \"page\": 7, \"answer\": \"23:10\"}

`answer` may be a list of texts that all must be cited, `accept` has further places, `set` names a part of
the questions, and a question of the kind \"unanswerable\" is right when it is refused.";

/// Questions that are under way at once.
const AT_ONCE: usize = 4;
/// How long a document may take.
const READING: Duration = Duration::from_secs(600);
/// How long a question may take.
const ANSWERING: Duration = Duration::from_secs(120);

/// See [`super::Set::Knowledge`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Knowledge {
    /// Folder of questions and documents.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,

    /// Asks the questions of this set only.
    #[arg(long, value_name = "NAME")]
    set: Option<String>,

    /// Lets the tables answer what they can, as `contrail ask` does; without this the documents alone are asked.
    #[arg(long)]
    tables: bool,

    /// Writes what was answered here, a JSON document a line.
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,

    /// Writes what was found for each question here with what speaks for each passage, a JSON document a line: what the rule for
    /// evidence is fitted on.
    #[arg(long, value_name = "FILE")]
    candidates: Option<PathBuf>,

    /// Fits when a question is refused to these questions, prints what comes of it in cross-validation, and writes the weights here:
    /// the file is services/retrieve/data/answerable.json. What is asked after that is still decided by the weights that are built in.
    #[arg(long, value_name = "FILE")]
    fit: Option<PathBuf>,

    /// What the parts of the cross-validation are drawn from.
    #[arg(long, value_name = "N", default_value_t = 7, requires = "fit")]
    seed: u64,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,
}

/// What came of one question. Ranks are places among the pages of the citations, or of the passages of the trail for a refusal.
#[derive(Debug, Clone, Serialize)]
struct Outcome<'a> {
    id: &'a str,
    kind: &'a str,
    language: Language,
    set: Option<&'a str>,
    question: &'a str,
    status: String,
    text: String,
    /// The place of the right page.
    rank: Option<usize>,
    /// The same within everything that was found.
    found: Option<usize>,
    /// Whether the cited passage at `rank` has the answer.
    has_answer: bool,
    evidence: f32,
    similarity: Option<f32>,
    cited: Vec<String>,
}

/// How the questions of one kind went.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
struct Figures {
    asked: u32,
    answered: u32,
    /// Right page cited first.
    first: u32,
    /// Right page among the first three pages cited.
    top3: u32,
    /// The cited passage of the right page has the answer.
    has_answer: u32,
    refused: u32,
    failed: u32,
}

/// All of it.
#[derive(Debug, Clone, Serialize)]
struct Report {
    documents: usize,
    /// By kind of question.
    kinds: BTreeMap<String, Figures>,
    answerable: Figures,
    unanswerable: Figures,
}

impl Knowledge {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let questions = read(&self.data.join("questions.jsonl"), self.set.as_deref())?;
        let documents = self.data.join("corpus");
        let listed =
            folder::list(&documents).with_context(|| format!("can't read {}", documents.display()))?;
        let folder = tempfile::tempdir().context("can't make a temporary folder")?;
        let global = GlobalConfig {
            tenant: schemas::TenantId::local(),
            ..global.clone()
        };
        let server = PrivateServer::start(&folder.path().join("nats"), &global.artifacts).await?;
        let mut session = Session::own(&global, server, None, Needs::Documents, Some(folder.path())).await?;
        let client = session.client.clone();
        let words = WordVectors::new(client.bus().clone());
        let reporter = Reporter::new();
        let work = async {
            let mut task = reporter.task("documents");
            for (done, (name, file)) in (1..).zip(&listed) {
                let submitted = client.submit_as(name.clone(), &file.path).await?;
                client
                    .settle(&submitted, READING, &mut reporter.task(name))
                    .await
                    .with_context(|| format!("{name} can't be read"))?;
                task.update("reading", done, listed.len() as u64);
            }
            drop(task);
            if let Some(path) = &self.candidates {
                candidates::write(path, &client, &questions, &words).await?;
            }
            if let Some(path) = &self.fit {
                fit::write(path, &client, &questions, &words, self.seed, &reporter).await?;
            }
            anyhow::Ok(self.ask_all(&client, &questions, &reporter).await)
        };
        let asked = session
            .during(work.instrument(tracing::info_span!("contrail eval knowledge")))
            .await;
        let closed = session.close().await;
        let outcomes: Vec<Outcome<'_>> = asked?
            .iter()
            .map(|(question, answer)| outcome(question, answer.as_ref()))
            .collect();
        if let Some(path) = &self.predictions {
            write(path, &outcomes).with_context(|| format!("can't write {}", path.display()))?;
        }
        let report = report(&outcomes, listed.len());
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&text(&report))?;
        }
        closed?;
        Ok(ExitCode::SUCCESS)
    }

    async fn ask_all<'a>(
        &self,
        client: &Client,
        questions: &'a [Question],
        reporter: &Reporter,
    ) -> Vec<(&'a Question, Result<Answer, String>)> {
        let mut task = reporter.task("questions");
        let mut asking = stream::iter(questions)
            .map(async |question| {
                let job = AskJob {
                    language: Some(question.language),
                    only: (!self.tables).then_some(AnswerKind::Knowledge),
                    ..AskJob::about(&question.question)
                };
                let answer = client.ask(&job, ANSWERING, &mut Reporter::silent()).await;
                (question, answer.map_err(|error| chain(&error)))
            })
            .buffered(AT_ONCE);
        let mut asked = Vec::with_capacity(questions.len());
        while let Some(one) = asking.next().await {
            asked.push(one);
            task.update("asking", asked.len() as u64, questions.len() as u64);
        }
        asked
    }
}

fn outcome<'a>(question: &'a Question, answer: Result<&Answer, &String>) -> Outcome<'a> {
    let stands = question.stands();
    let right = |citation: &Citation| stands.iter().any(|stand| stand.is_of(citation));
    let mut outcome = Outcome {
        id: &question.id,
        kind: &question.kind,
        language: question.language,
        set: question.set.as_deref(),
        question: &question.question,
        status: "failed".to_owned(),
        text: String::new(),
        rank: None,
        found: None,
        has_answer: false,
        evidence: 0.0,
        similarity: None,
        cited: Vec::new(),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            outcome.text.clone_from(error);
            return outcome;
        }
    };
    outcome.status = crate::render::word(&answer.status);
    outcome.text.clone_from(&answer.text);
    let place = |citations: &[Citation]| place_of(citations, right);
    if answer.status == AnswerStatus::Answered {
        outcome.rank = place(&answer.citations);
    }
    if let Some(search) = &answer.trail.search {
        outcome.found = place(&search.passages);
        outcome.evidence = search.evidence;
        outcome.similarity = search
            .passages
            .first()
            .and_then(|passage| passage.ranks.similarity);
    }
    outcome.has_answer = answer
        .citations
        .iter()
        .any(|citation| question.is_said_by(citation, &stands));
    outcome.cited = answer
        .citations
        .iter()
        .map(|citation| crate::citations::place(&citation.name, &citation.place, question.language))
        .collect();
    outcome
}

/// The place, from 1, of the first right page among the pages of some citations. What has no pages counts for itself.
fn place_of(citations: &[Citation], right: impl Fn(&Citation) -> bool) -> Option<usize> {
    let mut pages: Vec<(&str, Option<u32>)> = Vec::new();
    for citation in citations {
        let page = (citation.name.as_str(), citation.place.page);
        if page.1.is_none() || !pages.contains(&page) {
            pages.push(page);
        }
        if right(citation) {
            return Some(pages.len());
        }
    }
    None
}

fn report(outcomes: &[Outcome<'_>], documents: usize) -> Report {
    let mut report = Report {
        documents,
        kinds: BTreeMap::new(),
        answerable: Figures::default(),
        unanswerable: Figures::default(),
    };
    for outcome in outcomes {
        let all = if outcome.kind == "unanswerable" {
            &mut report.unanswerable
        } else {
            &mut report.answerable
        };
        for figures in [all, report.kinds.entry(outcome.kind.to_owned()).or_default()] {
            figures.asked += 1;
            figures.answered += u32::from(outcome.status == "answered");
            figures.refused += u32::from(outcome.status == "refused");
            figures.failed += u32::from(outcome.status == "failed");
            figures.first += u32::from(outcome.rank == Some(1));
            figures.top3 += u32::from(outcome.rank.is_some_and(|rank| rank <= 3));
            figures.has_answer += u32::from(outcome.has_answer);
        }
    }
    report
}

fn text(report: &Report) -> String {
    let row = |name: &str, figures: &Figures| {
        let share = |part: u32| match figures.asked {
            0 => "–".to_owned(),
            asked => format!("{part} ({:.1} %)", f64::from(part) * 100.0 / f64::from(asked)),
        };
        vec![
            name.to_owned(),
            figures.asked.to_string(),
            share(figures.answered),
            share(figures.first),
            share(figures.top3),
            share(figures.has_answer),
            share(figures.refused),
            figures.failed.to_string(),
        ]
    };
    let kinds = report.kinds.iter().map(|(name, figures)| row(name, figures));
    let all = [
        row("all answerable", &report.answerable),
        row("all unanswerable", &report.unanswerable),
    ];
    let header = [
        "kind",
        "asked",
        "answered",
        "right page first",
        "in first 3",
        "answer cited",
        "refused",
        "failed",
    ];
    format!(
        "{} documents\n{}",
        report.documents,
        text_table(&header, kinds.chain(all))
    )
}

fn write(path: &Path, lines: &[impl Serialize]) -> std::io::Result<()> {
    let mut writer = BufWriter::new(std::fs::File::create(path)?);
    for line in lines {
        serde_json::to_writer(&mut writer, line)?;
        writer.write_all(b"\n")?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use schemas::calls::LegRanks;
    use schemas::document::Place;
    use schemas::{ContentId, FileId};

    use super::*;

    fn cited(page: Option<u32>) -> Citation {
        Citation {
            number: 1,
            file: FileId::new("0199f1d2-7c3a-7def-8123-456789abcdef").unwrap(),
            name: "handbook.pdf".to_owned(),
            content: ContentId::new("a".repeat(64)).unwrap(),
            passage: 0,
            context: String::new(),
            place: Place {
                page,
                ..Place::default()
            },
            quote: String::new(),
            text: String::new(),
            image: None,
            ranks: LegRanks::default(),
            score: 0.5,
        }
    }

    #[test]
    fn passages_of_one_page_take_one_place() {
        let all = [Some(1), Some(1), Some(2), None, None, Some(7)].map(cited);
        let place = |page| place_of(&all, |citation| citation.place.page == page);
        assert_eq!(
            (place(Some(1)), place(Some(2)), place(None)),
            (Some(1), Some(2), Some(3))
        );
        assert_eq!((place(Some(7)), place(Some(8))), (Some(5), None));
    }
}
