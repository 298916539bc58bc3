//! Alive, ready, metrics.

use crate::harness::{Gateway, problem, send, soon, whole_problem};

#[tokio::test]
async fn a_gateway_lives_without_its_bus_and_is_not_ready() {
    let gateway = Gateway::start().await;
    let (status, _) = send(gateway.get("/readyz")).await;
    assert_eq!(status, 200);

    let ready = gateway.get("/readyz");
    let (live, list) = (gateway.get("/livez"), gateway.get("/api/files"));
    gateway.server.stop().await;
    // The client of the bus notices on its own time.
    let response = soon(async {
        loop {
            let response = ready.try_clone().unwrap().send().await.unwrap();
            if response.status() != 200 {
                break response;
            }
        }
    })
    .await;
    whole_problem(response, 503, "not_ready").await;
    assert_eq!(send(live).await.0, 200);
    let down = problem(list, 503, "bus_unavailable").await;
    assert!(!down.to_string().contains("127.0.0.1"), "{down}");
}

#[tokio::test]
async fn metrics_are_prometheus_text() {
    let gateway = Gateway::start().await;
    let response = soon(gateway.get("/metrics").send()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
}
