//! Progress as server-sent events.

use futures::StreamExt;
use reqwest::Response;
use schemas::TenantId;
use schemas::file::FileState;
use serde_json::{Value as Json, json};

use crate::harness::{FortyTwo, Gateway, problem, send, soon, text};

/// The (event, id, data) of a stream that ends.
async fn events(response: Response) -> Vec<(String, String, Json)> {
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let body = soon(response.text()).await.unwrap();
    let field = |event: &str, name: &str| {
        let prefix = format!("{name}: ");
        event
            .lines()
            .find_map(|line| line.strip_prefix(&prefix))
            .map(str::to_owned)
    };
    body.split("\n\n")
        .filter_map(|event| {
            let data = serde_json::from_str(&field(event, "data")?).unwrap();
            Some((field(event, "event")?, field(event, "id")?, data))
        })
        .collect()
}

#[tokio::test]
async fn progress_is_followed_to_its_end_and_a_late_joiner_gets_the_last_state() {
    let gateway = Gateway::start().await;
    gateway.seed(&TenantId::local(), FileState::Indexed).await;
    let (_, asked) = send(gateway.ask("", &json!({ "question": "how many?" }))).await;
    let progress = text(&asked, "/links/progress");

    let early = soon(gateway.get(&progress).send()).await.unwrap();
    let executor = gateway.server.connect("codegen-executor").await;
    let _serving = gateway.server.serve("codegen-executor", FortyTwo(executor)).await;
    let seen = events(early).await;
    let (last, before) = seen.split_last().unwrap();
    assert_eq!(last.0, "finished");
    assert!(
        !before.is_empty() && before.iter().all(|event| event.0 == "progress"),
        "{seen:?}"
    );
    assert!(seen.iter().all(|event| event.2["id"] == asked["id"]), "{seen:?}");

    let late = events(soon(gateway.get(&progress).send()).await.unwrap()).await;
    assert_eq!(late, std::slice::from_ref(last));

    // A browser that has seen the end comes back, and is told to stay away.
    let again = gateway.get(&progress).header("last-event-id", &last.1);
    assert_eq!(soon(again.send()).await.unwrap().status(), 204);
}

#[tokio::test]
async fn a_failed_job_ends_with_its_reason() {
    let gateway = Gateway::start().await;
    let id = bus::ids::new_job_id();
    let question = serde_json::from_value::<schemas::jobs::AskJob>(json!({ "question": "" })).unwrap();
    gateway
        .bus
        .publish(&TenantId::local(), &id, &question)
        .await
        .unwrap();
    let mut reports = gateway.bus.follow(&TenantId::local(), &id).await.unwrap();
    while soon(reports.next()).await.is_some() {}

    let seen = events(
        soon(gateway.get(&format!("/api/progress/{id}")).send())
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((seen.len(), seen[0].0.as_str()), (1, "failed"));
    assert!(text(&seen[0].2, "/state/reason").contains("blank"), "{seen:?}");
}

#[tokio::test]
async fn unknown_jobs_have_no_progress() {
    let gateway = Gateway::start().await;
    problem(
        gateway.get(&format!("/api/progress/{}", bus::ids::new_job_id())),
        404,
        "unknown_job",
    )
    .await;
    problem(gateway.get("/api/progress/42"), 400, "invalid_id").await;
}

#[tokio::test]
async fn a_shutdown_ends_streams_and_whoever_waits() {
    let gateway = Gateway::start().await;
    gateway.seed(&TenantId::local(), FileState::Indexed).await;
    let question = json!({ "question": "how many?" });
    let (_, asked) = send(gateway.ask("", &question)).await;
    let stream = soon(gateway.get(&text(&asked, "/links/progress")).send())
        .await
        .unwrap();
    let mut chunks = stream.bytes_stream();
    soon(chunks.next()).await.unwrap().unwrap();

    gateway.stop.cancel();
    while let Some(chunk) = soon(chunks.next()).await {
        chunk.unwrap();
    }
    soon(gateway.running).await.unwrap().unwrap();
}
