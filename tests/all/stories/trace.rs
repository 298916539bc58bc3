//! One trace from the HTTP request through every service to the answer.

use std::collections::BTreeSet;
use std::time::Duration;

use fake_opentelemetry_collector::FakeCollectorServer;
use serde_json::{Value, json};
use telemetry::TelemetryConfig;

use crate::harness::{Platform, fixture, soon};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_from_the_request_to_the_answer() {
    let mut collector = FakeCollectorServer::start().await.unwrap();
    let config = TelemetryConfig {
        otlp_endpoint: Some(collector.endpoint()),
        log_filter: "warn".to_owned(),
        keep_spans: true,
        ..TelemetryConfig::default()
    };
    let telemetry = telemetry::init("contrail", &config).unwrap();
    let platform = Platform::start().await;
    let client = reqwest::Client::new();
    let traceparent = |span: &str| format!("00-{TRACE}-{span}-01");

    let uploaded: Value = client
        .put(format!("{}/api/files/flights.csv", platform.http))
        .header("traceparent", traceparent("00f067aa0ba902b7"))
        .body(std::fs::read(fixture("flights.csv")).unwrap())
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let request = client
        .post(format!("{}/api/ask?wait=60", platform.http))
        .header("traceparent", traceparent("00f067aa0ba902b8"))
        .json(&json!({ "question": "How many flights are there?", "files": [uploaded["file"]] }));
    let answer: Value = soon("the answer", request.send())
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(answer["status"], "answered", "{answer:#}");
    assert_eq!(answer["trace_id"], TRACE);
    let kept = soon("the answer's own spans", kept(&client, &platform.http, &answer)).await;

    platform.stop().await;
    telemetry.shutdown().await;
    let spans = collector.exported_spans(1, Duration::from_secs(10)).await;
    let names: BTreeSet<&str> = spans
        .iter()
        .filter(|span| span.trace_id == TRACE)
        .map(|span| span.name.as_str())
        .collect();
    for expected in [
        "PUT /api/files/{*name}",
        "POST /api/ask",
        "process job.ingest.v1",
        "process job.ask.v1",
        "process job.codegen-executor.v1",
        "run in the sandbox",
    ] {
        assert!(
            names.contains(expected),
            "no span {expected} of the trace among {names:?}"
        );
    }
    let computed = kept.iter().filter(|span| span["service"] == "codegen-executor");
    let kinds: BTreeSet<&str> = computed
        .filter_map(|span| span["attributes"]["sandbox.kind"].as_str())
        .collect();
    assert_eq!(kinds, BTreeSet::from(["plan", "sql"]), "{kept:#?}");
    // What reads a file hangs on its job, as does what runs a plan.
    let named = |name: &'static str| {
        spans
            .iter()
            .filter(move |span| span.trace_id == TRACE && span.name == name)
    };
    for job in ["process job.ingest.v1", "process job.codegen-executor.v1"] {
        let mut above: Vec<&str> = named(job).map(|span| span.span_id.as_str()).collect();
        // Spans in between count too.
        loop {
            let below = spans
                .iter()
                .filter(|span| above.contains(&span.parent_span_id.as_str()));
            let new: Vec<&str> = below
                .map(|span| span.span_id.as_str())
                .filter(|id| !above.contains(id))
                .collect();
            if new.is_empty() {
                break;
            }
            above.extend(new);
        }
        let ran = named("run in the sandbox").any(|span| above.contains(&span.span_id.as_str()));
        assert!(ran, "{job} ran nothing in the sandbox among {names:?}");
    }
    // Every span of the trace hangs on another one of it, or on the caller's.
    let ids: BTreeSet<&str> = spans.iter().map(|span| span.span_id.as_str()).collect();
    for span in spans.iter().filter(|span| span.trace_id == TRACE) {
        let parent = span.parent_span_id.as_str();
        assert!(
            ids.contains(parent) || parent.starts_with("00f067aa0ba902b"),
            "{} hangs on {parent}",
            span.name
        );
    }
}

/// The spans of an answer that the gateway keeps, as soon as all have ended.
async fn kept(client: &reqwest::Client, http: &str, answer: &Value) -> Vec<Value> {
    let url = format!("{http}/api/answers/{}/trace", answer["id"].as_str().unwrap());
    loop {
        let trace: Value = client.get(&url).send().await.unwrap().json().await.unwrap();
        let waterfall = &trace["waterfall"];
        assert!(waterfall.is_object(), "{trace}");
        if waterfall["complete"] == true {
            break waterfall["spans"].as_array().unwrap().clone();
        }
    }
}
