//! One trace from the request to the job.

use schemas::jobs::IngestJob;
use telemetry::TelemetryConfig;

use crate::harness::{Gateway, soon};

#[tokio::test]
async fn the_trace_of_the_caller_goes_on_to_the_job() {
    // The only test here that starts telemetry: it can be started once in a process.
    let config = TelemetryConfig {
        log_filter: "warn".to_owned(),
        ..TelemetryConfig::default()
    };
    let _telemetry = telemetry::init("gateway", &config).unwrap();
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
