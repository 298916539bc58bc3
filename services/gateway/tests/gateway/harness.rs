//! A gateway on a free port, its own nats-server, and readers of the queues behind it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, Delivery, DeliverySettings, Fault, Faulty, Handler, Outputs};
use gateway::GatewayConfig;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use schemas::answer::{Answer, AnswerKind, AnswerStatus, Confidence, ConfidenceLabel, Tier};
use schemas::events::AnswerReady;
use schemas::file::{FileRecord, FileState};
use schemas::jobs::CodegenExecutorJob;
use schemas::{FileId, JobId, Message, TenantId, Trail, Value};
use serde_json::Value as Json;
use telemetry::TelemetryConfig;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes; what does not come until then does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for something that must come.
pub async fn soon<T>(coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, coming)
        .await
        .expect("it did not come")
}

/// Starts telemetry, which a process can do once; with `keep_spans` traces are kept as where all services are one process.
pub fn telemetry(keep_spans: bool) -> telemetry::Telemetry {
    let config = TelemetryConfig {
        log_filter: "warn".to_owned(),
        keep_spans,
        ..TelemetryConfig::default()
    };
    telemetry::init("gateway", &config).unwrap()
}

/// A provisioned bus of its own.
pub struct Server {
    server: NatsServer,
    _store: TempDir,
}

impl Server {
    pub async fn start() -> Self {
        let binary: PathBuf =
            tokio::task::spawn_blocking(|| artifacts::Cache::new(None).ensure("nats-server"))
                .await
                .unwrap()
                .expect("nats-server is there");
        let store = tempfile::tempdir().unwrap();
        let server = NatsServer::start(&binary, store.path()).await.unwrap();
        let started = Self {
            server,
            _store: store,
        };
        started
            .connect("gateway")
            .await
            .provision(&Topology::default())
            .await
            .unwrap();
        started
    }

    pub async fn connect(&self, service: &'static str) -> Bus {
        Bus::connect(&BusConfig::at(self.server.url()), service)
            .await
            .unwrap()
    }

    pub async fn stop(self) {
        self.server.stop().await;
    }

    /// Reads a queue as its service would, one job after the other.
    pub async fn queue<J: Message>(&self, service: &'static str) -> Queue<J> {
        let (sender, taken) = unbounded_channel();
        let serving = self.serve(service, Take(sender)).await;
        Queue {
            taken,
            _serving: serving,
        }
    }

    /// Serves a queue.
    pub async fn serve<J: Message, H: Handler<J>>(&self, service: &'static str, handler: H) -> Serving {
        let bus = self.connect(service).await;
        let stop = CancellationToken::new();
        let settings = DeliverySettings {
            concurrency: 1,
            ..DeliverySettings::default()
        };
        let (token, guard) = (stop.clone(), stop.drop_guard());
        tokio::spawn(async move { bus.serve::<J, H>(handler, &settings, token).await });
        Serving { _guard: guard }
    }
}

/// Ends with its owner.
pub struct Serving {
    _guard: tokio_util::sync::DropGuard,
}

/// A job as it was taken from its queue.
pub struct Taken<J> {
    pub job: J,
    pub id: JobId,
    pub tenant: TenantId,
    pub trace_id: String,
}

pub struct Queue<J> {
    taken: UnboundedReceiver<Taken<J>>,
    _serving: Serving,
}

impl<J> Queue<J> {
    pub async fn next(&mut self) -> Taken<J> {
        soon(self.taken.recv()).await.unwrap()
    }
}

struct Take<J>(UnboundedSender<Taken<J>>);

/// Nothing fails here.
#[derive(Debug, thiserror::Error)]
#[error("never")]
pub enum Never {}

impl Faulty for Never {
    fn fault(&self) -> Fault {
        match *self {}
    }
}

impl<J: Message> Handler<J> for Take<J> {
    type Error = Never;

    async fn handle(&self, job: J, delivery: &Delivery) -> Result<Outputs, Never> {
        let (id, tenant, trace_id) = (
            delivery.id.clone(),
            delivery.tenant.clone(),
            delivery.trace_id.clone(),
        );
        // The test may have ended.
        let _ = self.0.send(Taken {
            job,
            id,
            tenant,
            trace_id,
        });
        Ok(Outputs::none())
    }
}

/// Answers every question with 42, the way the executor does.
pub struct FortyTwo(pub Bus);

impl Handler<CodegenExecutorJob> for FortyTwo {
    type Error = Never;

    async fn handle(&self, job: CodegenExecutorJob, delivery: &Delivery) -> Result<Outputs, Never> {
        let asked = JobId::from(job.answer.clone());
        delivery.report(&asked, "computing", 1, 2).await;
        let answer = Answer {
            id: job.answer.clone(),
            conversation_id: job.conversation.clone(),
            question: job.question.clone(),
            language: job.language,
            kind: AnswerKind::Table,
            tier: Tier::Rules,
            status: AnswerStatus::Answered,
            text: "42".to_owned(),
            columns: vec!["n".to_owned()],
            rows: vec![vec![Value::Int(42)]],
            chart: None,
            citations: Vec::new(),
            confidence: Confidence {
                label: ConfidenceLabel::Unverified,
                precision: None,
                n: 0,
                shape: None,
            },
            trail: Trail::default(),
            trace_id: delivery.trace_id.clone(),
        };
        let json = serde_json::to_vec(&answer).unwrap();
        let answers = self.0.answers(&delivery.tenant).await.unwrap();
        answers.put_named(job.answer.as_str(), json.into()).await.unwrap();
        let ready = AnswerReady {
            answer: job.answer,
            conversation: job.conversation,
            kind: answer.kind,
            status: answer.status,
        };
        Ok(Outputs::none().with(&ready).finished(&asked))
    }
}

/// A gateway that serves HTTP and routes.
pub struct Gateway {
    pub server: Server,
    pub bus: Bus,
    pub address: SocketAddr,
    pub stop: CancellationToken,
    pub running: JoinHandle<anyhow::Result<()>>,
    client: reqwest::Client,
}

impl Gateway {
    pub async fn start() -> Self {
        Self::with(GatewayConfig::default()).await
    }

    pub async fn with(config: GatewayConfig) -> Self {
        Self::on(Server::start().await, config, "127.0.0.1:0").await
    }

    pub async fn on(server: Server, config: GatewayConfig, address: &str) -> Self {
        let bus = server.connect("gateway").await;
        let listener = TcpListener::bind(address).await.unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], listener.local_addr().unwrap().port()));
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let (bus, stop) = (bus.clone(), stop.clone());
            async move { gateway::run(bus, &config, listener, stop).await }
        });
        // The workspace's HTTP client comes with no cryptography of its own; one that is there already will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self {
            server,
            bus,
            address,
            stop,
            running,
            client,
        }
    }

    /// A request to a path.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.address))
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn put(&self, path: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.request(Method::PUT, path).body(body)
    }

    pub fn ask(&self, query: &str, job: &Json) -> RequestBuilder {
        self.request(Method::POST, &format!("/api/ask{query}")).json(job)
    }

    /// Has a file as ingest would leave it.
    pub async fn seed(&self, tenant: &TenantId, state: FileState) -> FileRecord {
        seed(&self.bus, tenant, state).await
    }
}

/// Writes the record of a new file.
pub async fn seed(bus: &Bus, tenant: &TenantId, state: FileState) -> FileRecord {
    let file = bus::ids::new_file_id();
    let record = record(&file, state);
    let records = bus.file_records(tenant).await.unwrap();
    records
        .update(file.as_str(), |_| Some(record.clone()))
        .await
        .unwrap();
    record
}

/// The record of a file.
pub fn record(file: &FileId, state: FileState) -> FileRecord {
    FileRecord {
        file: file.clone(),
        name: format!("{file}.csv"),
        state,
        order: 1,
        job: bus::ids::new_job_id(),
        active: None,
        pending: None,
        rejection: None,
        updated_at: "2024-05-06T07:08:09Z".to_owned(),
    }
}

/// Sends a request and reads the JSON of its response.
pub async fn send(request: RequestBuilder) -> (StatusCode, Json) {
    let response = soon(request.send()).await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap())
}

/// Sends a request that must fail, and checks that its problem is whole.
pub async fn problem(request: RequestBuilder, status: u16, code: &str) -> Json {
    whole_problem(soon(request.send()).await.unwrap(), status, code).await
}

/// Checks that a response is a whole problem (RFC 9457).
pub async fn whole_problem(response: Response, status: u16, code: &str) -> Json {
    let kind = response.headers().get("content-type").cloned();
    let got = response.status();
    let body: Json = response.json().await.unwrap();
    assert_eq!(
        (got.as_u16(), body["code"].as_str()),
        (status, Some(code)),
        "{body}"
    );
    assert_eq!(kind.unwrap(), "application/problem+json");
    assert_eq!(
        (body["status"].as_u64(), body["type"].as_str()),
        (Some(u64::from(status)), Some(&*format!("/problems/{code}")))
    );
    assert!(
        body["title"].as_str().is_some_and(|title| !title.is_empty()),
        "{body}"
    );
    assert!(
        body["detail"].as_str().is_some_and(|detail| !detail.is_empty()),
        "{body}"
    );
    body
}

/// The text of a member.
pub fn text(json: &Json, pointer: &str) -> String {
    json.pointer(pointer)
        .and_then(Json::as_str)
        .unwrap_or_else(|| panic!("no {pointer} in {json}"))
        .to_owned()
}
