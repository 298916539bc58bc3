//! One trace from the request to the job, and on to the answer. Telemetry can be started once in a process: cargo-nextest runs
//! each test in one.

use bus::provision::Topology;
use gateway::GatewayConfig;
use reqwest::Method;
use schemas::TenantId;
use schemas::jobs::IngestJob;
use serde_json::{Value as Json, json};

use crate::harness::{Gateway, problem, send, soon, telemetry, text};
use crate::scripted::Cast;

/// The trace of an answer as soon as all of it has ended.
async fn trace(gateway: &Gateway, answer: &Json) -> Json {
    let path = format!("/api/answers/{}/trace", text(answer, "/id"));
    soon(async {
        loop {
            let (status, trace) = send(gateway.get(&path)).await;
            assert_eq!(status, 200, "{trace}");
            if trace["waterfall"]["complete"] == true {
                break trace;
            }
        }
    })
    .await
}

#[tokio::test]
async fn the_spans_of_an_answer_are_shown_to_its_tenant() {
    let _telemetry = telemetry(true);
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    send(gateway.put("/api/files/a.csv", "a\n1\n")).await;
    let shared = "0af7651916cd43dd8448eb211c80319c";
    let ask = |tenant: &str| {
        gateway
            .ask(
                "?wait=60",
                &json!({ "question": "各地区的销售额？", "only": "knowledge" }),
            )
            .header("traceparent", format!("00-{shared}-b7ad6b7169203331-01"))
            .header("x-contrail-tenant", tenant.to_owned())
    };
    let red = TenantId::new("red").unwrap();
    gateway
        .bus
        .create_tenant(&red, &Topology::default())
        .await
        .unwrap();
    let (_, answer) = send(ask("local")).await;
    let (_, other) = send(ask("red")).await;

    let trace = trace(&gateway, &answer).await;
    assert_eq!(
        (&trace["trace_id"], &trace["link"]),
        (&json!(shared), &Json::Null)
    );
    let spans = trace["waterfall"]["spans"].as_array().unwrap();
    let told: Vec<(u64, &str, &str)> = spans
        .iter()
        .map(|span| {
            let text = |member: &str| span[member].as_str().unwrap();
            (span["depth"].as_u64().unwrap(), text("service"), text("name"))
        })
        .collect();
    assert_eq!(
        told,
        [
            (0, "gateway", "POST /api/ask"),
            (1, "gateway", "publish job.ask.v1"),
            (2, "gateway", "process job.ask.v1"),
            (3, "gateway", "publish job.retrieve.v1"),
            (4, "retrieve", "process job.retrieve.v1"),
            (5, "retrieve", "publish event.answer-ready.v1"),
        ],
        "{trace:#}"
    );
    let all = trace["waterfall"]["duration_us"].as_u64().unwrap();
    for span in spans {
        let end = span["start_us"].as_u64().unwrap() + span["duration_us"].as_u64().unwrap();
        assert!(end <= all + 1, "{span} of {all}");
        let shown = span.to_string();
        assert!(!shown.contains("地区") && !shown.contains("a.csv"), "{shown}");
    }
    assert_eq!(spans[0]["attributes"]["http.response.status_code"], 200);

    let path = |answer: &Json| format!("/api/answers/{}/trace", text(answer, "/id"));
    problem(gateway.get(&path(&other)), 404, "unknown_answer").await;
    let seen = send(gateway.get(&path(&other)).header("x-contrail-tenant", "red"))
        .await
        .1;
    assert_eq!(seen["trace_id"], shared);
    let ids = |trace: &Json| -> Vec<Json> {
        let spans = trace["waterfall"]["spans"].as_array().unwrap();
        spans.iter().map(|span| span["id"].clone()).collect()
    };
    assert!(ids(&seen).iter().all(|id| !ids(&trace).contains(id)), "{seen:#}");
    problem(
        gateway.request(Method::POST, &path(&answer)),
        405,
        "method_not_allowed",
    )
    .await;
}

#[tokio::test]
async fn where_no_spans_are_kept_there_is_a_link_or_a_reason() {
    let _telemetry = telemetry(false);
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    let question = json!({ "question": "Who walked on the moon?", "only": "knowledge" });
    let (_, answer) = send(gateway.ask("?wait=60", &question)).await;
    let path = format!("/api/answers/{}/trace", text(&answer, "/id"));
    let told = problem(gateway.get(&path), 404, "no_trace").await;
    assert!(text(&told, "/detail").contains("CONTRAIL_TRACE_URL"), "{told}");

    let config = GatewayConfig {
        trace_url: Some("https://traces.example/trace/{trace_id}?from=answer".to_owned()),
        ..GatewayConfig::default()
    };
    let gateway = Gateway::on(gateway.server, config, "127.0.0.1:0").await;
    let (status, trace) = send(gateway.get(&path)).await;
    let id = text(&answer, "/trace_id");
    let link = format!("https://traces.example/trace/{id}?from=answer");
    assert_eq!(
        (status.as_u16(), trace),
        (200, json!({ "trace_id": id, "link": link }))
    );
}

#[tokio::test]
async fn the_trace_of_the_caller_goes_on_to_the_job() {
    let _telemetry = telemetry(false);
    let gateway = Gateway::start().await;
    let mut queue = gateway.server.queue::<IngestJob>("ingest").await;

    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    let put = || gateway.put("/api/files/a.csv", "a\n1\n");
    let response = soon(put().header("traceparent", parent).send()).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-trace-id"]),
        (202, &trace.parse().unwrap())
    );
    assert_eq!(queue.next().await.trace_id, trace);

    // Without a caller's trace, or with nonsense, a request begins one of its own.
    for header in ["", "00-nonsense"] {
        let response = soon(put().header("traceparent", header).send()).await.unwrap();
        let own = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
        assert!(own.len() == 32 && own != trace && own != "0".repeat(32), "{own}");
        assert_eq!(queue.next().await.trace_id, own);
    }
    let metrics = soon(gateway.get("/metrics").send())
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        metrics.contains("http_server_request_duration_seconds"),
        "{metrics}"
    );
    assert!(metrics.contains("/api/files/{*name}"), "{metrics}");
}
