//! The whole pipeline where each service may do only what it needs: everything works, and the server had nothing to refuse.

use std::collections::BTreeSet;

use bus::ids::new_job_id;
use bus::publish::Received;
use chrono::{TimeDelta, Utc};
use futures::{Stream, StreamExt};
use ingest::retention::enforce;
use reqwest::StatusCode;
use schemas::answer::AnswerStatus;
use schemas::events::{AnswerReady, FileDeleted, FileIndexed, TextJudged};
use schemas::jobs::{AddFile, DeleteFile, DetectorInput, DetectorJob, IngestJob};
use schemas::{Answer, Retention};
use serde_json::{Value, json};

use crate::harness::guarded::Guarded;
use crate::harness::{fixture, local, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_and_a_chat_user_are_served_with_least_privilege() {
    let guarded = Guarded::start(&[local()]).await;
    let (bus, tenant) = (guarded.producer().await, local());
    let mut indexed = bus.events::<FileIndexed>(&tenant).await.unwrap();
    let mut ready = bus.events::<AnswerReady>(&tenant).await.unwrap();
    let mut judged = bus.events::<TextJudged>(&tenant).await.unwrap();
    let mut deleted = bus.events::<FileDeleted>(&tenant).await.unwrap();

    // A producer on the bus: a file, and what became of it.
    let files = bus.files(&tenant).await.unwrap();
    let content = files.put_file(&fixture("airport-retail.xlsx")).await.unwrap();
    let add = IngestJob::Add(AddFile {
        name: "retail/airport-retail.xlsx".to_owned(),
        content,
    });
    let job = new_job_id();
    bus.publish(&tenant, &job, &add).await.unwrap();
    let fact = indexed_as(&mut indexed, "retail/airport-retail.xlsx").await;
    let mut reports = bus.follow(&tenant, &job).await.unwrap();
    while soon("the end of the report", reports.next()).await.is_some() {}

    // A chat front end: a question over HTTP, whose answer the producer reads too.
    let client = reqwest::Client::new();
    let asked = client
        .post(format!("{}/api/ask?wait=60", guarded.http))
        .json(&json!({ "question": "店铺一共有多少家？", "files": [fact.file] }))
        .send();
    let response = soon("the answer", asked).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    let answered = soon("answer-ready", ready.next()).await.unwrap().message;
    let answers = bus.answers(&tenant).await.unwrap();
    let bytes = answers.get(answered.answer.as_str(), 1 << 20).await.unwrap();
    let answer: Answer = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(answer.status, AnswerStatus::Answered, "{body}");

    // An upload over HTTP, and the list.
    let bytes = std::fs::read(fixture("flights.csv")).unwrap();
    let uploaded = client
        .put(format!("{}/api/files/flights.csv", guarded.http))
        .body(bytes)
        .send();
    assert_eq!(uploaded.await.unwrap().status(), StatusCode::ACCEPTED);
    indexed_as(&mut indexed, "flights.csv").await;
    let listed = client
        .get(format!("{}/api/files", guarded.http))
        .send()
        .await
        .unwrap();
    assert_eq!(listed.status(), StatusCode::OK);

    // A document, read by ingest, made findable by embed, quoted by retrieve.
    let handbook = "# 旅客手册\n\n## T2航站楼\n\n母婴室位于T2航站楼B12登机口旁，全天开放。\n";
    let uploaded = client
        .put(format!("{}/api/files/handbook.md", guarded.http))
        .body(handbook)
        .send();
    assert_eq!(uploaded.await.unwrap().status(), StatusCode::ACCEPTED);
    indexed_as(&mut indexed, "handbook.md").await;
    let asked = client
        .post(format!("{}/api/ask?wait=60", guarded.http))
        .json(&json!({ "question": "T2 几号登机口有母婴室？" }))
        .send();
    let found = soon("the answer", asked).await.unwrap().text().await.unwrap();
    assert!(found.contains("B12"), "{found}");

    // A text to judge.
    let text =
        "The terminal was rebuilt last year, and nobody who works there misses the old one. ".repeat(8);
    let judge = DetectorJob {
        input: DetectorInput::Text { text },
        prior: None,
    };
    bus.publish(&tenant, &new_job_id(), &judge).await.unwrap();
    soon("text-judged", judged.next()).await.unwrap();

    let forget = IngestJob::Delete(DeleteFile {
        file: fact.file,
        expired: None,
    });
    bus.publish(&tenant, &new_job_id(), &forget).await.unwrap();
    soon("file-deleted", deleted.next()).await.unwrap();

    // An operator: the services tell of themselves, and what a tenant keeps is set, and enforced by ingest alone.
    let operator = guarded.operator().await;
    let all = BTreeSet::from_iter(bus::permissions::services());
    soon("all services to tell of themselves", async {
        loop {
            let services = operator.services().await.unwrap();
            let names: BTreeSet<&str> = services.iter().map(|one| one.service.as_str()).collect();
            if names == all {
                break;
            }
        }
    })
    .await;
    let day = Retention {
        files_days: Some(1),
        answers_days: Some(1),
    };
    operator.change_retention(&tenant, |_| day).await.unwrap();
    let ingest = guarded.connect("ingest").await;
    let removed = enforce(&ingest, &tenant, Utc::now() + TimeDelta::days(2))
        .await
        .unwrap();
    assert!(removed.files == 2 && removed.answers > 0, "{removed:?}");
    for _ in 0..removed.files {
        soon("file-deleted", deleted.next()).await.unwrap();
    }

    let refusals = guarded.refusals();
    guarded.stop().await;
    assert_eq!(refusals, [""; 0], "a service lacks a permission that it needs");
}

/// Waits until a file of this name can be asked about.
async fn indexed_as(
    indexed: &mut (impl Stream<Item = Received<FileIndexed>> + Unpin),
    name: &str,
) -> FileIndexed {
    loop {
        let fact = soon("file-indexed", indexed.next()).await.unwrap().message;
        if fact.name == name {
            return fact;
        }
    }
}
