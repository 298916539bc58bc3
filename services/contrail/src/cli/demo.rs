//! `contrail demo`: sample files, questions, and whether the answers are the known ones.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use futures::future::try_join_all;
use schemas::answer::{Answer, AnswerStatus};
use schemas::jobs::AskJob;
use schemas::{Date, Language, TenantId, Value};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::eval::score::is_correct;
use super::up::serve;
use crate::client::Client;
use crate::config::{GlobalConfig, ServicesConfig};
use crate::documents;
use crate::embedded::{self, PrivateServer, Services, Setting};
use crate::progress::Reporter;
use crate::shutdown::INTERRUPTED;
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail demo
  contrail demo --no-serve

Everything is kept in a temporary folder and forgotten at the end. Exit code 1 when an answer is
not the known one.";

/// The sample files: see `tests/fixtures/README.md`.
const FILES: [(&str, &[u8]); 4] = [
    (
        "airport-retail.xlsx",
        include_bytes!("../../../../tests/fixtures/airport-retail.xlsx"),
    ),
    (
        "flights.csv",
        include_bytes!("../../../../tests/fixtures/flights.csv"),
    ),
    (
        "handbook-zh.pdf",
        include_bytes!("../../../../tests/fixtures/knowledge/corpus/handbook-zh.pdf"),
    ),
    (
        "notice-security-en.docx",
        include_bytes!("../../../../tests/fixtures/knowledge/corpus/notice-security-en.docx"),
    ),
];

/// How long a file, or a question, may take.
const LIMIT: Duration = Duration::from_secs(120);

/// See [`super::Command::Demo`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Demo {
    /// Ends after the questions, without serving HTTP.
    #[arg(long)]
    no_serve: bool,

    /// Address and port to serve on afterwards; port 0: a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: std::net::SocketAddr,
}

/// A question with its right answer, which was computed from the files, or read in them, without Contrail.
struct Known {
    question: &'static str,
    right: Right,
}

enum Right {
    /// These rows, in this order where it matters.
    Rows { rows: serde_json::Value, ordered: bool },
    /// A citation of this document, and page, that says this.
    Cited {
        name: &'static str,
        page: Option<u32>,
        text: &'static str,
    },
}

impl Demo {
    pub async fn run(&self, global: &GlobalConfig, signalled: CancellationToken) -> anyhow::Result<ExitCode> {
        let folder = tempfile::tempdir().context("can't make a temporary folder")?;
        output::line("starting a private server and all services in this process")?;
        let store = folder.path().join("nats");
        let server = tokio::select! {
            started = PrivateServer::start(&store, &global.artifacts) => started?,
            () = signalled.cancelled() => return Ok(ExitCode::from(INTERRUPTED)),
        };
        let mut config = ServicesConfig::from_environment()?;
        documents::equip(&mut config, &global.artifacts).await?;
        documents::equip_scripts(&mut config.executor, &global.artifacts).await;
        let setting = Setting {
            server: server.config(),
            config: &config,
            sandbox: &global.sandbox,
            documents: Some(folder.path()),
        };
        let (mut services, http) = if self.no_serve {
            (Services::start(setting).await?, None)
        } else {
            let listener = embedded::listen(self.listen).await?;
            let http = listener.local_addr()?;
            (Services::start_with_http(setting, listener).await?, Some(http))
        };
        let bus = bus::Bus::connect(server.config(), "contrail").await?;
        let client = Client::new(bus, TenantId::local()).await?;

        let shown = tokio::select! {
            shown = show(&client) => shown.map(Some),
            error = services.failed() => Err(error),
            () = signalled.cancelled() => Ok(None),
        };
        let served = match http {
            Some(http) if matches!(shown, Ok(Some(_))) => {
                output::line(&format!(
                    "\nserving http://{http} until it is told to stop (Ctrl-C)"
                ))?;
                serve(services, signalled).await.map(drop)
            }
            _ => services.stop().await,
        };
        client.bus().close().await;
        // However it went, the server ends before its folder does: it would write into it again.
        server.stop().await;
        let wrong = shown?;
        served?;
        Ok(match wrong {
            Some(0) => ExitCode::SUCCESS,
            Some(_) => ExitCode::FAILURE,
            None => ExitCode::from(INTERRUPTED),
        })
    }
}

/// Submits, asks, prints and compares; returns how many answers are wrong.
async fn show(client: &Client) -> anyhow::Result<usize> {
    let reporter = Reporter::new();
    let span = tracing::info_span!("contrail demo files");
    let added = try_join_all(FILES.iter().map(async |(name, bytes)| {
        let submitted = client.submit_bytes(name, *bytes).await?;
        client.settle(&submitted, LIMIT, &mut reporter.task(name)).await
    }));
    for record in added.instrument(span).await? {
        output::line(&super::add::summary(&record))?;
    }

    let questions = questions();
    let mut wrong = 0;
    for (number, known) in (1..).zip(&questions) {
        let job = AskJob {
            language: Some(Language::of(known.question)),
            today: Date::new(2026, 11, 2),
            ..AskJob::about(known.question)
        };
        let span = tracing::info_span!("contrail demo question", number);
        let answer = client
            .ask(&job, LIMIT, &mut reporter.task(known.question))
            .instrument(span)
            .await?;
        output::line(&format!("\n{number}. {}\n", known.question))?;
        output::line(&render::answer(&answer))?;
        output::line(&render::trail(&answer))?;
        if let Some(chart) = &answer.chart {
            output::line(&format!(
                "Chart\n  {}: contrail ask --chart FILE.svg writes it\n",
                render::word(&chart.kind)
            ))?;
        }
        let verdict = verdict(known, &answer)?;
        wrong += usize::from(verdict.is_err());
        output::line(match &verdict {
            Ok(text) | Err(text) => text,
        })?;
    }
    let right = questions.len() - wrong;
    output::line(&format!(
        "\n{right} of {} answers are the known ones",
        questions.len()
    ))?;
    Ok(wrong)
}

/// Whether an answer is the known one, in words.
fn verdict(known: &Known, answer: &Answer) -> anyhow::Result<Result<String, String>> {
    let answered = answer.status == AnswerStatus::Answered;
    let (right, agrees, differs) = match &known.right {
        Right::Rows { rows, ordered } => {
            let expected: Vec<Vec<Value>> =
                serde_json::from_value(rows.clone()).context("the known answer is no table")?;
            (
                is_correct(&expected, answer.columns.len(), &answer.rows, *ordered),
                format!("as computed independently: {rows}"),
                format!("expected {rows}"),
            )
        }
        Right::Cited { name, page, text } => {
            let cited = answer.citations.first().is_some_and(|citation| {
                citation.name == *name && citation.place.page == *page && citation.quote.contains(text)
            });
            (
                cited,
                format!("as it stands in {name}: {text}"),
                format!("expected {text}, from {name}"),
            )
        }
    };
    Ok(if answered && right {
        Ok(format!("✓ {agrees}"))
    } else {
        Err(format!("✗ {differs}"))
    })
}

/// Eight questions; each is about one table or passage, which it must find by itself.
fn questions() -> [Known; 8] {
    let known = |question, rows, ordered| Known {
        question,
        right: Right::Rows { rows, ordered },
    };
    let cited = |question, name, page, text| Known {
        question,
        right: Right::Cited { name, page, text },
    };
    [
        known(
            "2024年3月T2航站楼销售额最高的3个品类",
            json!([["免税", 166_785.20], ["精品", 62_572.79], ["餐饮", 25_518.36]]),
            true,
        ),
        known(
            "2024年各季度的销售额合计是多少？",
            json!([
                ["2024-Q1", 1_815_514.29],
                ["2024-Q2", 1_658_474.00],
                ["2024-Q3", 1_839_598.86],
                ["2024-Q4", 1_867_672.56],
            ]),
            false,
        ),
        known(
            "各航站楼的出发旅客合计",
            json!([["T1", 5_157_356], ["T2", 8_299_822], ["T3", 2_978_659]]),
            false,
        ),
        known("How many flights were cancelled?", json!([[7]]), false),
        known(
            "What is the average delay by airline?",
            json!([
                ["Cedar Airways", 30.590_909_090_9],
                ["Harbour Air, Ltd.", 18.64],
                ["Magpie Express", 40.583_333_333_3],
                ["Northbridge Air", 22.733_333_333_3],
                ["Orchid Pacific", 28.458_333_333_3],
                ["Silk Lake Airlines", 30.406_25],
            ]),
            false,
        ),
        known(
            "Which 3 destinations had the most passengers in April 2024?",
            json!([["Tokyo", 1959], ["Beijing", 1930], ["Singapore", 1752]]),
            true,
        ),
        cited(
            "YL-SEC-07对随身携带的瓶子容量有什么规定？",
            "handbook-zh.pdf",
            Some(6),
            "单瓶容量不超过100毫升",
        ),
        cited(
            "What should be reported to 8866-1188?",
            "notice-security-en.docx",
            None,
            "unattended bags",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers_are_tables_and_half_of_the_questions_are_chinese() {
        let questions = questions();
        for known in &questions {
            let Right::Rows { rows, .. } = &known.right else {
                continue;
            };
            let rows: Vec<Vec<Value>> = serde_json::from_value(rows.clone()).unwrap();
            assert!(
                is_correct(&rows, rows[0].len(), &rows, true),
                "{}",
                known.question
            );
        }
        let chinese = questions
            .iter()
            .filter(|known| Language::of(known.question) == Language::Zh);
        assert_eq!(chinese.count(), 4);
    }
}
