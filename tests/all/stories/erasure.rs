//! A deleted file leaves nothing behind: not in the object store, the records, the facts, the dead letters, the answers, the
//! progress or the index.

use std::collections::BTreeSet;
use std::time::Duration;

use bus::Bus;
use bus::ids::new_job_id;
use contrail::client::Client;
use contrail::progress::Reporter;
use schemas::Answer;
use schemas::answer::AnswerStatus;
use schemas::calls::{SearchCall, SearchFilter};
use schemas::jobs::{AskJob, IngestJob};
use serde_json::json;

use crate::harness::{PATIENCE, Platform, local, soon};

/// Stands in names, headers, cells and texts of what is deleted, and in questions about it.
const MARKER: &str = "zanzibar";
const TABLE: &str = "gate,zanzibar\nA1,120\nzanzibar2,80\n";
const BROKEN: &str = "zanzibar,zanzibar\n1,2\n";
const DOCUMENT: &str =
    "# Handbook of zanzibar\n\nLost property of zanzibar is kept in room B114 for 90 days.\n";
const OTHER: &str = "terminal,amount\nT1,10\nT2,32\n";

pub(super) async fn add(client: &Client, name: &str, text: &'static str) -> bool {
    let submitted = client.submit_bytes(name, text.as_bytes()).await.unwrap();
    let mut task = Reporter::silent();
    client.settle(&submitted, PATIENCE, &mut task).await.is_ok()
}

pub(super) async fn ask(client: &Client, question: &str) -> Answer {
    let job = AskJob::about(question);
    client.ask(&job, PATIENCE, &mut Reporter::silent()).await.unwrap()
}

/// The streams that hold a marker.
pub(super) async fn traces(bus: &Bus, marker: &str) -> BTreeSet<String> {
    let traces = bus.traces_of(marker).await.unwrap();
    let stream = |trace: &String| trace.split(' ').next().unwrap().to_owned();
    traces.iter().map(stream).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_file_leaves_no_trace() {
    let platform = Platform::that_forgets_at_once().await;
    let bus = platform.bus().await;
    let client = Client::new(bus.clone(), local()).await.unwrap();
    assert!(add(&client, "other.csv", OTHER).await);
    let kept = ask(&client, "total amount").await;
    assert_eq!(kept.status, AnswerStatus::Answered, "{}", kept.text);

    assert!(add(&client, "zanzibar.csv", TABLE).await);
    assert!(add(&client, "zanzibar.md", DOCUMENT).await);
    let computed = ask(&client, "total zanzibar").await;
    assert_eq!(computed.status, AnswerStatus::Answered, "{}", computed.text);
    let goldens = bus.goldens(&local()).await.unwrap();
    goldens.confirm(&computed, None).await.unwrap();
    goldens.confirm(&kept, None).await.unwrap();
    let quoted = ask(&client, "Where is lost property of zanzibar kept?").await;
    assert!(quoted.text.contains("B114"), "{}", quoted.text);
    ask(&client, "which xylophone frobnicates zanzibar").await;
    // A version that can't be read, and a decision that can't be taken: a dead letter.
    assert!(!add(&client, "zanzibar.csv", BROKEN).await);
    let file = client.file("zanzibar.csv").await.unwrap().file;
    let set = json!({
        "action": "set", "file": file,
        "table": { "table": 0, "columns": [{ "column": "none of zanzibar", "unit": "x" }] },
    });
    let set: IngestJob = serde_json::from_value(set).unwrap();
    bus.publish(&local(), &new_job_id(), &set).await.unwrap();
    soon("a dead letter", async {
        while bus.dead_letters(Some("ingest"), 10).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;

    // It is everywhere: what is looked for below can be found.
    let before = traces(&bus, MARKER).await;
    for stream in [
        "KV_files",
        "KV_progress",
        "OBJ_files_local",
        "OBJ_answers_local",
        "EVENTS",
        "DEAD",
    ] {
        assert!(before.contains(stream), "{stream} is not among {before:?}");
    }
    let call = SearchCall {
        query: "lost property".to_owned(),
        limit: 10,
        only: SearchFilter::default(),
        closely: false,
    };
    let found = client.search(&call, PATIENCE).await.unwrap();
    assert!(!found.hits.is_empty());

    for name in ["zanzibar.csv", "zanzibar.md"] {
        client
            .remove(name, PATIENCE, &mut Reporter::silent())
            .await
            .unwrap();
    }
    soon("the end of all traces", async {
        while !traces(&bus, MARKER).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    })
    .await;
    let found = soon("the end of all passages", async {
        loop {
            let found = client.search(&call, PATIENCE).await.unwrap();
            if found.hits.iter().all(|hit| !hit.name.contains(MARKER)) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(found.hits.iter().all(|hit| !hit.passage.text.contains(MARKER)));

    // What rests on other files stays, and the name can be used again.
    let left = goldens.list().await.unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].answer, kept.id);
    let answers = bus.answers(&local()).await.unwrap();
    assert!(answers.size(kept.id.as_str()).await.unwrap().is_some());
    for answer in [&computed, &quoted] {
        assert_eq!(answers.size(answer.id.as_str()).await.unwrap(), None);
    }
    assert!(add(&client, "zanzibar.csv", TABLE).await);
    assert_eq!(
        ask(&client, "total zanzibar").await.status,
        AnswerStatus::Answered
    );
    bus.close().await;
    platform.stop().await;
}
