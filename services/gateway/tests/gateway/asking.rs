//! Questions over HTTP.

use futures::StreamExt;
use schemas::events::AnswerReady;
use schemas::file::FileState;
use schemas::jobs::{AskJob, CodegenExecutorJob};
use schemas::{JobId, TenantId};
use serde_json::json;

use crate::harness::{FortyTwo, Gateway, problem, send, soon, text};

#[tokio::test]
async fn a_question_is_routed_to_the_tables_under_its_own_id() {
    let gateway = Gateway::start().await;
    let mut queue = gateway
        .server
        .queue::<CodegenExecutorJob>("codegen-executor")
        .await;
    let file = gateway.seed(&TenantId::local(), FileState::Indexed).await.file;

    let question =
        json!({ "question": "how many?", "today": "2024-02-29", "conversation": "c-1", "language": "zh" });
    let response = soon(gateway.ask("", &question).send()).await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(response.status(), 202);
    let body = response.json().await.unwrap();
    assert_eq!(location, text(&body, "/links/answer"));

    let job = queue.next().await.job;
    assert_eq!(
        serde_json::to_value(&job).unwrap(),
        json!({
            "answer": body["id"], "question": "how many?", "files": [file], "conversation": "c-1",
            "language": "zh", "today": "2024-02-29",
        })
    );
    // Nobody answers it: this queue only looks.
    let (status, progress) = send(gateway.get(&location)).await;
    assert_eq!(
        (status.as_u16(), &progress["id"]),
        (202, &body["id"]),
        "{progress}"
    );
    let (status, _) = send(gateway.ask("?wait=0", &question)).await;
    assert_eq!(status, 202);
}

#[tokio::test]
async fn whoever_waits_gets_the_answer() {
    let gateway = Gateway::start().await;
    let executor = gateway.server.connect("codegen-executor").await;
    let _serving = gateway.server.serve("codegen-executor", FortyTwo(executor)).await;
    gateway.seed(&TenantId::local(), FileState::Received).await;

    let question = json!({ "question": "how many?" });
    let (status, answer) = send(gateway.ask("?wait=60", &question)).await;
    assert_eq!(
        (status.as_u16(), &answer["rows"]),
        (200, &json!([[42]])),
        "{answer}"
    );
    let (status, same) = send(gateway.get(&format!("/api/answers/{}", text(&answer, "/id")))).await;
    assert_eq!((status.as_u16(), same), (200, answer));

    let response = soon(gateway.ask("", &question).header("prefer", "wait=60").send())
        .await
        .unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            &response.headers()["preference-applied"]
        ),
        (200, &"wait=60".parse().unwrap())
    );
}

#[tokio::test]
async fn without_files_the_asker_is_told_to_add_one() {
    let gateway = Gateway::start().await;
    let mut events = gateway
        .bus
        .events::<AnswerReady>(&TenantId::local())
        .await
        .unwrap();

    for (question, words) in [("how many?", "Add a file first"), ("有多少？", "请先添加文件")] {
        let (status, answer) = send(gateway.ask("?wait=60", &json!({ "question": question }))).await;
        assert_eq!(
            (status.as_u16(), &answer["status"]),
            (200, &json!("refused")),
            "{answer}"
        );
        assert!(text(&answer, "/text").contains(words), "{answer}");
        let event = soon(events.next()).await.unwrap();
        assert_eq!(event.message.answer.as_str(), text(&answer, "/id"));
    }
}

#[tokio::test]
async fn what_is_no_question_is_refused_by_name() {
    let gateway = Gateway::start().await;
    let typed = |body: &str, kind: &str| {
        let request = gateway.request(reqwest::Method::POST, "/api/ask");
        request.body(body.to_owned()).header("content-type", kind)
    };
    let ask = |body: &str| typed(body, "application/json");
    let bad = problem(ask("{\n  \"question\": }"), 400, "invalid_json").await;
    assert_eq!((&bad["line"], &bad["column"]), (&json!(2), &json!(15)), "{bad}");
    problem(ask(""), 400, "invalid_json").await;
    let bad = problem(ask("{\"questoin\": \"how many?\"}"), 400, "invalid_json").await;
    assert!(text(&bad, "/detail").contains("question"), "{bad}");
    problem(
        ask("{\"question\": \"how many?\", \"today\": \"2023-02-29\"}"),
        400,
        "invalid_json",
    )
    .await;
    problem(
        ask("{\"question\": \"how many?\", \"files\": [\"a.csv\"]}"),
        400,
        "invalid_json",
    )
    .await;

    let bad = problem(
        gateway.ask("", &json!({ "question": " " })),
        400,
        "invalid_question",
    )
    .await;
    assert_eq!(bad["pointer"], "/question");
    let bad = problem(
        gateway.ask("", &json!({ "question": "问".repeat(4001) })),
        400,
        "invalid_question",
    )
    .await;
    assert!(text(&bad, "/detail").contains("4001"), "{bad}");
    let files = vec!["0199f1d2-7c3a-7def-8123-456789abcdef"; 101];
    let bad = problem(
        gateway.ask("", &json!({ "question": "?", "files": files })),
        400,
        "invalid_question",
    )
    .await;
    assert_eq!(bad["pointer"], "/files");
    problem(
        gateway.ask("", &json!({ "question": "a".repeat(200_000) })),
        413,
        "too_large",
    )
    .await;

    problem(typed("{}", "text/plain"), 415, "not_json").await;
    problem(
        gateway.ask("?wait=301", &json!({ "question": "?" })),
        400,
        "invalid_query",
    )
    .await;
    problem(
        gateway.ask("?wait=long", &json!({ "question": "?" })),
        400,
        "invalid_query",
    )
    .await;

    let never = bus::ids::new_job_id();
    problem(
        gateway.get(&format!("/api/answers/{never}")),
        404,
        "unknown_answer",
    )
    .await;
    problem(gateway.get("/api/answers/42"), 400, "invalid_id").await;
}

#[tokio::test]
async fn a_bad_question_by_the_bus_is_dead_lettered_and_its_asker_hears_why() {
    let gateway = Gateway::start().await;
    let id: JobId = bus::ids::new_job_id();
    let job = AskJob::about("\n");
    gateway.bus.publish(&TenantId::local(), &id, &job).await.unwrap();

    let mut reports = gateway.bus.follow(&TenantId::local(), &id).await.unwrap();
    while soon(reports.next()).await.is_some() {}
    let failed = problem(gateway.get(&format!("/api/answers/{id}")), 500, "job_failed").await;
    assert!(
        text(&failed, "/detail").contains("the question is blank"),
        "{failed}"
    );
    let letters = gateway.bus.dead_letters(Some("gateway"), 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].letter.pointer.as_deref(), Some("/question"));
}
