//! `contrail bench gateway`: what HTTP adds to a question, and what many streams at once take of memory.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use gateway::GatewayConfig;
use models::ModelsConfig;
use schemas::jobs::AskJob;
use schemas::{Answer, Language, TenantId};
use serde::Serialize;
use serde_json::json;

use super::latency::{Compared, Times};
use super::streams::{self, Streams};
use crate::client::Client;
use crate::config::{GlobalConfig, ServicesConfig};
use crate::embedded::{self, PrivateServer, Services, Setting};
use crate::output;
use crate::progress::{Reporter, Task};
use crate::render::text_table;

const EXAMPLES: &str = "\
Examples:
  contrail bench gateway
  contrail bench gateway --questions 500 --streams 0
  contrail bench gateway --json | jq '.questions[0].added_p50_ms'

A private server and the services of tables run in this process, on loopback and a temporary folder. A
question goes through HTTP and over the bus in turns, so that both meet the same machine: first one that
the router refuses at once, where nothing but the way counts, then one that is computed. The streams are
chat completions, each with a question that is computed.";

/// What p50 may rise by, in milliseconds.
const GOAL_MS: f64 = 2.0;
/// Pairs that are not counted: connections are opened, and code is met for the first time.
const WARM_UP: usize = 5;
/// How long one question, or the reading of the file, may take.
const PATIENCE: Duration = Duration::from_secs(120);

const FILE: &str = "flights.csv";
const FLIGHTS: &[u8] = include_bytes!("../../../../../tests/fixtures/flights.csv");
const QUESTION: &str = "How many flights are there?";

/// See [`super::Part::Gateway`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Gateway {
    /// Times that a question which is refused at once is asked each way.
    #[arg(long, value_name = "N", default_value_t = 300)]
    questions: usize,

    /// Times that a question which is computed is asked each way.
    #[arg(long, value_name = "N", default_value_t = 50)]
    computed: usize,

    /// Streams at once.
    #[arg(long, value_name = "N", default_value_t = 200)]
    streams: usize,

    /// Seconds that each of the three may take; questions are then fewer, streams fail.
    #[arg(long, value_name = "S", default_value_t = 180)]
    seconds: u64,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,
}

/// Everything that is told at the end.
#[derive(Debug, Serialize)]
struct Report {
    /// Processors that this process may use.
    cores: usize,
    questions: Vec<Compared>,
    /// Milliseconds that p50 of the question which is refused at once may rise by.
    goal_ms: f64,
    /// Whether it rose by less; none where it was not asked.
    goal_met: Option<bool>,
    streams: Option<Streams>,
}

impl Gateway {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let folder = tempfile::tempdir().context("can't make a temporary folder")?;
        let server = PrivateServer::start(&folder.path().join("nats"), &global.artifacts).await?;
        let mut config = ServicesConfig::from_environment()?;
        // Loopback alone, no keys, nothing sent to models: what the environment says is for servers that stay.
        config.gateway = GatewayConfig::default();
        config.executor.models = ModelsConfig::default();
        let setting = Setting {
            server: server.config(),
            config: &config,
            sandbox: &global.sandbox,
            documents: None,
        };
        let listener = embedded::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let http = format!("http://{}", listener.local_addr()?);
        let mut services = Services::start_with_http(setting, listener).await?;
        let bus = bus::Bus::connect(server.config(), "contrail").await?;
        let client = Client::new(bus, TenantId::local()).await?;
        let ways = Ways::new(client.clone(), http)?;
        let measured = tokio::select! {
            measured = self.measure(&ways) => measured,
            error = services.failed() => Err(error),
        };
        let stopped = services.stop().await;
        client.bus().close().await;
        // However it went, the server ends before its folder does: it would write into it again.
        server.stop().await;
        let report = measured?;
        stopped?;
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&text(&report))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn measure(&self, ways: &Ways) -> anyhow::Result<Report> {
        let reporter = Reporter::new();
        let limit = Duration::from_secs(self.seconds);
        // No file yet: the router refuses.
        let mut task = reporter.task("refused at once");
        let refused = ways
            .compare("refused at once", self.questions, limit, &mut task)
            .await?;
        drop(task);
        let submitted = ways.client.submit_bytes(FILE, FLIGHTS).await?;
        let mut task = reporter.task(FILE);
        ways.client.settle(&submitted, PATIENCE, &mut task).await?;
        drop(task);
        let mut task = reporter.task("computed");
        let computed = ways.compare("computed", self.computed, limit, &mut task).await?;
        drop(task);
        let streams = if self.streams > 0 {
            let url = format!("{}/v1/chat/completions", ways.http);
            let mut task = reporter.task("streams");
            Some(streams::run(&ways.web, &url, QUESTION, self.streams, limit, &mut task).await?)
        } else {
            None
        };
        Ok(Report {
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            goal_ms: GOAL_MS,
            goal_met: refused.as_ref().map(|compared| compared.added_p50_ms < GOAL_MS),
            questions: refused.into_iter().chain(computed).collect(),
            streams,
        })
    }
}

/// Both ways to have a question answered.
struct Ways {
    client: Client,
    web: reqwest::Client,
    http: String,
    job: AskJob,
}

impl Ways {
    fn new(client: Client, http: String) -> anyhow::Result<Self> {
        // The client of HTTP comes with no cryptography of its own; one that is set already will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let web = reqwest::Client::builder().no_proxy().build();
        Ok(Self {
            client,
            web: web.context("can't set up a client of HTTP")?,
            http,
            job: AskJob {
                language: Some(Language::En),
                ..AskJob::about(QUESTION)
            },
        })
    }

    /// Asks the question through HTTP and on the bus in turns, up to so many times each; none where that is never.
    async fn compare(
        &self,
        name: &str,
        pairs: usize,
        limit: Duration,
        task: &mut Task,
    ) -> anyhow::Result<Option<Compared>> {
        let (mut http, mut bus) = (Times::default(), Times::default());
        if pairs == 0 {
            return Ok(None);
        }
        for _ in 0..WARM_UP {
            self.through_http().await?;
            self.on_the_bus().await?;
        }
        let started = Instant::now();
        for pair in 0..pairs {
            // Whoever comes second finds the machine as the first has left it: each is that as often as the other.
            if pair % 2 == 0 {
                http.add(self.through_http().await?);
                bus.add(self.on_the_bus().await?);
            } else {
                bus.add(self.on_the_bus().await?);
                http.add(self.through_http().await?);
            }
            task.update("questions each way", pair as u64 + 1, pairs as u64);
            if started.elapsed() > limit {
                break;
            }
        }
        Ok(Compared::new(name, &http, &bus))
    }

    async fn through_http(&self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let url = format!("{}/api/ask?wait=60", self.http);
        let body = json!({ "question": self.job.question, "language": self.job.language });
        let response = self.web.post(url).json(&body).send().await?;
        let status = response.status();
        ensure!(
            status == 200,
            "a question got status {status} instead of its answer"
        );
        let _: Answer = response.json().await.context("an answer can't be read")?;
        Ok(started.elapsed())
    }

    async fn on_the_bus(&self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let _: Answer = self
            .client
            .ask(&self.job, PATIENCE, &mut Reporter::silent())
            .await?;
        Ok(started.elapsed())
    }
}

fn text(report: &Report) -> String {
    let mut parts = Vec::new();
    let rows = report.questions.iter().map(|compared| {
        let ms = |time: f64| format!("{time:.2} ms");
        vec![
            compared.question.clone(),
            compared.pairs.to_string(),
            ms(compared.http.p50_ms),
            ms(compared.bus.p50_ms),
            format!("{:+.2} ms", compared.added_p50_ms),
            format!("{:.2}", compared.ratio_p50),
            ms(compared.http.p99_ms),
            ms(compared.bus.p99_ms),
        ]
    });
    let header = [
        "question",
        "each way",
        "HTTP p50",
        "bus p50",
        "added p50",
        "ratio",
        "HTTP p99",
        "bus p99",
    ];
    if !report.questions.is_empty() {
        parts.push(text_table(&header, rows).to_string());
    }
    if let Some(met) = report.goal_met {
        let verdict = if met { "met" } else { "missed" };
        parts.push(format!(
            "goal: less than {GOAL_MS} ms added to p50 of what is refused at once: {verdict}"
        ));
    }
    if let Some(streams) = &report.streams {
        let header = [
            "streams at once",
            "all ended",
            "first event p50",
            "p99",
            "memory before",
            "peak",
            "each",
        ];
        let row = vec![
            streams.count.to_string(),
            format!("{:.1} s", streams.seconds),
            format!("{:.0} ms", streams.first_event.p50_ms),
            format!("{:.0} ms", streams.first_event.p99_ms),
            format!("{:.0} MB", streams.before_mb),
            format!("{:.0} MB", streams.peak_mb),
            format!("{:.0} KB", streams.each_kb),
        ];
        parts.push(text_table(&header, [row]).to_string());
    }
    parts.push(format!(
        "{} cores; memory is that of this one process: the services and the clients, without nats-server and workers",
        report.cores
    ));
    parts.join("\n")
}
