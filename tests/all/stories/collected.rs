//! Whole traces of real processes, through the collectors that compose and k8s ship, out of Jaeger by the id that an answer has.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::harness::apart::Apart;
use crate::harness::backends::{Collector, Jaeger, Span};
use crate::harness::{fixture, soon};

/// A trace that an upload continues, and the span of its sender.
const UPLOAD: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SENDER: &str = "00f067aa0ba902b7";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_found_with_its_whole_trace() {
    let jaeger = Jaeger::start().await;
    // One behind the other, so that both files are used as they are shipped.
    let second = Collector::start(
        "k8s/components/monitoring/collector-config.yaml",
        "otlp/traces",
        &jaeger.otlp,
    )
    .await;
    let first = Collector::start("compose/collector.yaml", "otlp/jaeger", &second.otlp).await;
    let apart = Apart::start(&first.otlp).await;
    let client = Client::new();

    let corpus = fixture("knowledge").join("corpus");
    add(&client, &apart, &corpus.join("sign-gate-b12.jpg")).await;
    let uploaded = whole(
        &jaeger,
        UPLOAD,
        Some(SENDER),
        &["gateway", "ingest", "ocr", "embed"],
    )
    .await;
    for service in ["ingest", "ocr"] {
        ran_in_the_sandbox(&uploaded, service);
    }

    let table = add(&client, &apart, &fixture("flights.csv")).await;
    let counted = json!({ "question": "How many flights are there?", "files": [table] });
    let answer = ask(&client, &apart, &counted).await;
    assert_eq!(answer["status"], "answered", "{answer:#}");
    let trace = answer["trace_id"].as_str().unwrap();
    let computed = whole(&jaeger, trace, None, &["gateway", "codegen-executor"]).await;
    ran_in_the_sandbox(&computed, "codegen-executor");
    for name in [
        "POST /api/ask",
        "process job.ask.v1",
        "process job.codegen-executor.v1",
    ] {
        named(&computed, name);
    }

    let asked = json!({ "question": "B12登机口提前多少分钟关？", "only": "knowledge" });
    let answer = ask(&client, &apart, &asked).await;
    assert!(answer["text"].as_str().unwrap().contains("15"), "{answer:#}");
    let trace = answer["trace_id"].as_str().unwrap();
    let quoted = whole(&jaeger, trace, None, &["gateway", "retrieve", "embed"]).await;
    let call = named(&quoted, "process call.embed.v1");
    let caller = quoted.iter().find(|span| Some(&span.id) == call.parent.as_ref());
    assert_eq!(
        caller.map(|span| span.service.as_str()),
        Some("retrieve"),
        "{quoted:#?}"
    );

    // Content is in none of them.
    for span in uploaded.iter().chain(&computed).chain(&quoted) {
        for (key, value) in &span.tags {
            assert!(
                !value.contains("B12") && !value.contains("flights are"),
                "{key}: {value}"
            );
        }
    }

    // Metrics come the same way, and tell whose they are.
    for (metrics, service) in [
        (&first.metrics, "ingest"),
        (&first.metrics, "ocr"),
        (&first.metrics, "codegen-executor"),
    ] {
        let wanted = format!("service_name=\"{service}\"");
        soon("the metrics of a service", async {
            loop {
                let text = reqwest::get(metrics).await.unwrap().text().await.unwrap();
                let done = text.lines().any(|line| {
                    line.starts_with("messaging_process_duration_seconds_count{") && line.contains(&wanted)
                });
                if done {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        })
        .await;
    }
    apart.stop().await;
}

/// Uploads a file, of the trace of uploads if it is an image, and waits until it can be asked about; its id.
async fn add(client: &Client, apart: &Apart, path: &Path) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut request = client.put(format!("{}/api/files/{name}", apart.http));
    if name.ends_with(".jpg") {
        request = request.header("traceparent", format!("00-{UPLOAD}-{SENDER}-01"));
    }
    let uploaded = request.body(std::fs::read(path).unwrap()).send().await.unwrap();
    let uploaded: Value = uploaded.json().await.unwrap();
    let file = uploaded["file"].as_str().unwrap().to_owned();
    soon("a file to be read", async {
        loop {
            let known = client
                .get(format!("{}/api/files/{file}", apart.http))
                .send()
                .await;
            let known: Value = known.unwrap().json().await.unwrap();
            if known["state"] == "indexed" {
                break;
            }
            assert_ne!(known["state"], "rejected", "{known:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    file
}

async fn ask(client: &Client, apart: &Apart, question: &Value) -> Value {
    let request = client
        .post(format!("{}/api/ask?wait=60", apart.http))
        .json(question);
    let response = soon("the answer", request.send()).await.unwrap();
    response.json().await.unwrap()
}

/// The spans of a trace, as soon as each hangs on another one, all on one, and these services have theirs.
async fn whole(jaeger: &Jaeger, trace: &str, sender: Option<&str>, services: &[&str]) -> Vec<Span> {
    let mut last = String::new();
    let found = tokio::time::timeout(crate::harness::PATIENCE, async {
        loop {
            let spans = jaeger.spans(trace).await;
            match lacking(&spans, sender, services) {
                None => return spans,
                Some(lack) => last = format!("{lack} among {spans:#?}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    match found.await {
        Ok(spans) => spans,
        Err(_) => panic!("trace {trace} stays without {last}"),
    }
}

/// What a trace lacks to be whole.
fn lacking(spans: &[Span], sender: Option<&str>, services: &[&str]) -> Option<String> {
    let from: BTreeSet<&str> = spans.iter().map(|span| span.service.as_str()).collect();
    if let Some(service) = services.iter().find(|service| !from.contains(*service)) {
        return Some(format!("a span of {service}"));
    }
    let ids: BTreeSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    let mut roots = 0;
    for span in spans {
        match span.parent.as_deref() {
            Some(parent) if ids.contains(parent) => {}
            parent if parent == sender => roots += 1,
            parent => return Some(format!("the parent {parent:?} of {}", span.name)),
        }
    }
    (roots != 1).then(|| format!("one root: there are {roots}"))
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans
        .iter()
        .find(|span| span.name == name)
        .unwrap_or_else(|| panic!("no {name} among {spans:#?}"))
}

/// Whether a service ran something in the sandbox, and the trace tells how that ended.
fn ran_in_the_sandbox(spans: &[Span], service: &str) {
    let ran = spans.iter().any(|span| {
        span.service == service
            && span.name == "run in the sandbox"
            && span.tag("sandbox.outcome") == Some("done")
            && span.tag("sandbox.wall_ms").is_some()
    });
    assert!(ran, "{service} ran nothing in the sandbox among {spans:#?}");
}
