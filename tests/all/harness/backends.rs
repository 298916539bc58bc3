//! The collector and Jaeger that compose and k8s ship, of the same versions, with the files that are shipped.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use artifacts::Cache;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::PATIENCE;
use super::qdrant::free_port;

/// A program that listens; killed when it is dropped.
struct Listening(Child);

impl Drop for Listening {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A collector, as a file of ours configures it.
pub struct Collector {
    /// Where it takes traces and metrics, OTLP over gRPC, as `host:port`.
    pub otlp: String,
    /// Where Prometheus would fetch metrics.
    pub metrics: String,
    _process: Listening,
}

impl Collector {
    /// Starts one on a file of the project. Where it listens and where it sends traces to are all that is set otherwise.
    pub async fn start(file: &str, exporter: &str, traces_to: &str) -> Self {
        let binary = fetched().await;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        // Whoever takes a port between our look and the program's makes it end: then it gets others.
        for _ in 0..5 {
            let [otlp, metrics, health] = [(); 3].map(|()| local(free_port()));
            let mut settings = vec![
                format!("receivers.otlp.protocols.grpc.endpoint={otlp}"),
                format!("exporters.prometheus.endpoint={metrics}"),
                format!("exporters.{exporter}.endpoint={traces_to}"),
                // Two of them would want the same port for metrics of their own.
                "service.telemetry.metrics.level=none".to_owned(),
            ];
            if std::fs::read_to_string(&path).unwrap().contains("health_check:") {
                settings.push(format!("extensions.health_check.endpoint={health}"));
            }
            let mut command = Command::new(&binary);
            command
                .arg(format!("--config={}", path.display()))
                // What the Deployment of k8s sets.
                .env("TRACES_ENDPOINT", traces_to);
            command.args(settings.iter().map(|setting| format!("--set={setting}")));
            if let Some(process) = listening(command, &[&otlp, &metrics]).await {
                return Self {
                    otlp,
                    metrics: format!("http://{metrics}/metrics"),
                    _process: process,
                };
            }
        }
        panic!("no collector started on {file}");
    }
}

/// A Jaeger that keeps traces in memory.
pub struct Jaeger {
    /// Where it takes traces, OTLP over gRPC, as `host:port`.
    pub otlp: String,
    /// Its API, without a slash at the end.
    api: String,
    _folder: tempfile::TempDir,
    _process: Listening,
}

impl Jaeger {
    pub async fn start() -> Self {
        let binary = fetched().await.with_file_name("jaeger");
        for _ in 0..5 {
            let [otlp, http, grpc] = [(); 3].map(|()| local(free_port()));
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("jaeger.yaml");
            // What it does without a file, on ports that are free: the file of compose has none.
            let config = format!(
                "\
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {{ receivers: [otlp], exporters: [jaeger_storage_exporter] }}
  telemetry: {{ metrics: {{ level: none }}, logs: {{ level: warn }} }}
extensions:
  jaeger_storage: {{ backends: {{ kept: {{ memory: {{ max_traces: 10000 }} }} }} }}
  jaeger_query:
    storage: {{ traces: kept }}
    http: {{ endpoint: \"{http}\" }}
    grpc: {{ endpoint: \"{grpc}\" }}
receivers:
  otlp: {{ protocols: {{ grpc: {{ endpoint: \"{otlp}\" }} }} }}
exporters:
  jaeger_storage_exporter: {{ trace_storage: kept }}
"
            );
            std::fs::write(&file, config).unwrap();
            let mut command = Command::new(&binary);
            command.arg(format!("--config={}", file.display()));
            if let Some(process) = listening(command, &[&otlp, &http]).await {
                return Self {
                    otlp,
                    api: format!("http://{http}/api"),
                    _folder: folder,
                    _process: process,
                };
            }
        }
        panic!("no Jaeger started");
    }

    /// The spans of a trace that it has so far.
    pub async fn spans(&self, trace: &str) -> Vec<Span> {
        let response = reqwest::get(format!("{}/traces/{trace}", self.api))
            .await
            .unwrap();
        let found: Value = response.json().await.unwrap();
        // Not found yet: an object without traces.
        let Some(trace) = found.pointer("/data/0") else {
            return Vec::new();
        };
        let spans = trace["spans"].as_array().unwrap().iter();
        spans.map(|span| Span::of(span, &trace["processes"])).collect()
    }
}

/// A span as Jaeger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub id: String,
    /// The span that it hangs on, if that is known.
    pub parent: Option<String>,
    pub name: String,
    /// The service of the process that it comes from.
    pub service: String,
    /// Its attributes, as text.
    pub tags: Vec<(String, String)>,
}

impl Span {
    fn of(span: &Value, processes: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let references = span["references"].as_array().unwrap().iter();
        let references = references.filter(|reference| reference["traceID"] == span["traceID"]);
        // A parent that is linked to as well is told as the link alone.
        let kind = |reference: &&Value| u8::from(reference["refType"] != "CHILD_OF");
        let parent = references.min_by_key(kind);
        let tags = span["tags"].as_array().unwrap().iter();
        Self {
            id: text(&span["spanID"]),
            parent: parent.map(|parent| text(&parent["spanID"])),
            name: text(&span["operationName"]),
            service: text(&processes[text(&span["processID"])]["serviceName"]),
            tags: tags
                .map(|tag| {
                    let value = &tag["value"];
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    (text(&tag["key"]), value)
                })
                .collect(),
        }
    }

    pub fn tag(&self, name: &str) -> Option<&str> {
        let tag = self.tags.iter().find(|(key, _)| key == name);
        tag.map(|(_, value)| value.as_str())
    }
}

/// The collector; Jaeger is beside it.
async fn fetched() -> PathBuf {
    let cache = std::env::var_os("CONTRAIL_CACHE").map(PathBuf::from);
    let fetched =
        tokio::task::spawn_blocking(move || Cache::new(cache.as_deref()).ensure("telemetry-backends"));
    fetched.await.unwrap().unwrap()
}

/// Starts a program and waits until it listens everywhere; none: it has ended.
async fn listening(mut command: Command, addresses: &[&str]) -> Option<Listening> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut process = Listening(command.spawn().unwrap());
    let deadline = Instant::now() + PATIENCE;
    for address in addresses {
        while TcpStream::connect(address).await.is_err() {
            if process.0.try_wait().unwrap().is_some() {
                return None;
            }
            assert!(
                Instant::now() < deadline,
                "nobody listens on {address} after {PATIENCE:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Some(process)
}

fn local(port: u16) -> String {
    format!("127.0.0.1:{port}")
}
