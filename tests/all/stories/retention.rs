//! What a tenant has kept for as long as it keeps it goes, wherever it is; what another tenant has stays. Time is what we say it is.

use std::time::Duration;

use bus::Bus;
use bus::ids::new_job_id;
use chrono::{TimeDelta, Utc};
use contrail::client::Client;
use futures::StreamExt;
use ingest::retention::{Removed, enforce};
use schemas::answer::AnswerStatus;
use schemas::calls::{SearchCall, SearchFilter};
use schemas::events::{FileDeleted, TextJudged};
use schemas::jobs::{DeleteFile, DetectorInput, DetectorJob, IngestJob};
use schemas::{Message, Retention, TenantId};

use super::erasure::{add, ask, traces};
use crate::harness::{PATIENCE, Platform, soon};

/// Stands in everything that the tenant has which keeps it for a month.
const GOES: &str = "zanzibar";
/// Stands in everything that the other tenant has.
const STAYS: &str = "lilongwe";

const TABLE: [&str; 2] = [
    "gate,zanzibar\nA1,120\nzanzibar2,80\n",
    "gate,lilongwe\nA1,120\nlilongwe2,80\n",
];
const DOCUMENT: [&str; 2] = [
    "# Handbook of zanzibar\n\nLost property of zanzibar is kept in room B114 for 90 days.\n",
    "# Handbook of lilongwe\n\nLost property of lilongwe is kept in room B114 for 90 days.\n",
];

async fn tenant(platform: &Platform, bus: &Bus, name: &str) -> Client {
    let tenant: TenantId = name.parse().unwrap();
    bus.create_tenant(&tenant, &platform.server.topology())
        .await
        .unwrap();
    Client::new(bus.clone(), tenant).await.unwrap()
}

/// Files, answers, a judgement, a batch of texts and a dead letter, each with the marker in it.
async fn fill(client: &Client, marker: &'static str, table: &'static str, document: &'static str) {
    let (bus, tenant) = (client.bus(), client.tenant());
    assert!(add(client, &format!("{marker}.csv"), table).await);
    assert!(add(client, &format!("{marker}.md"), document).await);
    let computed = ask(client, &format!("total {marker}")).await;
    assert_eq!(computed.status, AnswerStatus::Answered, "{}", computed.text);
    // Nothing that it rests on goes with a file.
    ask(client, &format!("which xylophone frobnicates {marker}")).await;

    let mut judged = bus.events::<TextJudged>(tenant).await.unwrap();
    let batch = format!("{{\"id\":\"{marker}\",\"text\":\"{marker}\"}}\n");
    let content = bus.files(tenant).await.unwrap().put(batch.into()).await.unwrap();
    let texts = [
        DetectorInput::Text {
            text: format!("The terminal of {marker} was rebuilt last year. ").repeat(12),
        },
        DetectorInput::Batch { content },
    ];
    for input in texts {
        let job = DetectorJob { input, prior: None };
        bus.publish(tenant, &new_job_id(), &job).await.unwrap();
        soon("text-judged", judged.next()).await.unwrap();
    }
    // No text of this name is judged: a dead letter.
    let job = DetectorJob {
        input: DetectorInput::File {
            content: bus.files(tenant).await.unwrap().put("x".into()).await.unwrap(),
            name: format!("{marker}.exe"),
        },
        prior: None,
    };
    bus.publish(tenant, &new_job_id(), &job).await.unwrap();
    let letter = format!("dead.detector.v1.{tenant}");
    soon("a dead letter", async {
        while !traces(bus, marker).await.contains("DEAD") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let letters = bus.dead_letters(Some("detector"), 10).await.unwrap();
    assert!(letters.iter().any(|kept| kept.subject == letter));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_long_enough_goes_and_nothing_of_another_tenant() {
    let platform = Platform::that_forgets_at_once().await;
    let bus = platform.bus().await;
    let north = tenant(&platform, &bus, "north").await;
    let south = tenant(&platform, &bus, "south").await;
    fill(&north, GOES, TABLE[0], DOCUMENT[0]).await;
    fill(&south, STAYS, TABLE[1], DOCUMENT[1]).await;
    let month = Retention {
        files_days: Some(30),
        answers_days: Some(30),
    };
    let kept = bus.change_retention(north.tenant(), |_| month).await.unwrap();
    assert_eq!(kept, month);
    assert_eq!(bus.retention(south.tenant()).await.unwrap(), Retention::default());

    // It is everywhere: what is looked for below can be found.
    let before = traces(&bus, GOES).await;
    for stream in [
        "KV_files",
        "OBJ_files_north",
        "OBJ_answers_north",
        "EVENTS",
        "DEAD",
    ] {
        assert!(before.contains(stream), "{stream} is not among {before:?}");
    }
    let elsewhere = traces(&bus, STAYS).await;

    // Too early by a day.
    let early = Utc::now() + TimeDelta::days(29);
    for client in [&north, &south] {
        let removed = enforce(&bus, client.tenant(), early).await.unwrap();
        assert_eq!(removed, Removed::default());
    }
    // What is seen to be old, and then replaced before it is deleted, stays.
    let replaced = north.file("zanzibar.csv").await.unwrap();
    assert!(add(&north, "zanzibar.csv", TABLE[0]).await);
    let mut deleted = bus.events::<FileDeleted>(north.tenant()).await.unwrap();
    let stale = IngestJob::Delete(DeleteFile {
        file: replaced.file.clone(),
        expired: Some(replaced.order),
    });
    let job = new_job_id();
    bus.publish(north.tenant(), &job, &stale).await.unwrap();
    let mut reports = bus.follow(north.tenant(), &job).await.unwrap();
    while soon("the end of the report", reports.next()).await.is_some() {}
    let still = north.file("zanzibar.csv").await.unwrap();
    assert!(
        still.active.is_some() && still.order > replaced.order,
        "{still:?}"
    );

    let late = Utc::now() + TimeDelta::days(31);
    let removed = enforce(&bus, south.tenant(), late).await.unwrap();
    assert_eq!(removed, Removed::default());
    let removed = enforce(&bus, north.tenant(), late).await.unwrap();
    assert_eq!(removed.files, 2, "{removed:?}");
    assert!(removed.answers >= 2 && removed.objects >= 2, "{removed:?}");
    for _ in 0..2 {
        let fact = soon("file-deleted", deleted.next()).await.unwrap().message;
        assert!(fact.expired && fact.name.is_empty(), "{fact:?}");
    }
    let left = async || {
        let mut left = traces(&bus, GOES).await;
        // Reports end by themselves after a day, which is the shortest that anything is kept.
        left.remove("KV_progress");
        left
    };
    soon("the end of all traces", async {
        while !left().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    })
    .await;
    let facts = bus.traces_of(&TextJudged::subject(north.tenant())).await.unwrap();
    assert_eq!(facts, Vec::<String>::new());

    let call = SearchCall {
        query: "lost property".to_owned(),
        limit: 10,
        only: SearchFilter::default(),
        closely: false,
    };
    soon("the end of all passages", async {
        while !north.search(&call, PATIENCE).await.unwrap().hits.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;

    // Nothing of the other tenant has gone.
    assert_eq!(traces(&bus, STAYS).await, elsewhere);
    let found = south.search(&call, PATIENCE).await.unwrap();
    assert!(found.hits.iter().any(|hit| hit.passage.text.contains(STAYS)));
    let answer = ask(&south, "total lilongwe").await;
    assert_eq!(answer.status, AnswerStatus::Answered, "{}", answer.text);
    // To look again changes nothing.
    let again = enforce(&bus, north.tenant(), late).await.unwrap();
    assert_eq!((again.files, again.answers, again.messages), (0, 0, 0));
    bus.close().await;
    platform.stop().await;
}
