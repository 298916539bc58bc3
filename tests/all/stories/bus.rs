//! A producer on the bus: bytes in the object store, commands out, facts in.

use bus::ids::new_job_id;
use futures::StreamExt;
use schemas::answer::AnswerStatus;
use schemas::dead::DeadCause;
use schemas::events::{AnswerReady, FileDeleted, FileIndexed};
use schemas::jobs::{AddFile, AskJob, DeleteFile, IngestJob};
use schemas::{Answer, AnswerId, FileId, Language, Value};

use crate::harness::{Platform, fixture, local, soon};

fn question(text: &str, files: Vec<FileId>) -> AskJob {
    AskJob {
        files,
        ..AskJob::about(text)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_goes_in_a_question_follows_and_the_file_goes_again() {
    let platform = Platform::start().await;
    let (bus, tenant) = (platform.bus().await, local());
    let mut indexed = bus.events::<FileIndexed>(&tenant).await.unwrap();
    let mut ready = bus.events::<AnswerReady>(&tenant).await.unwrap();
    let mut deleted = bus.events::<FileDeleted>(&tenant).await.unwrap();

    let content = bus
        .files(&tenant)
        .await
        .unwrap()
        .put_file(&fixture("airport-retail.xlsx"))
        .await
        .unwrap();
    let add = IngestJob::Add(AddFile {
        name: "retail/airport-retail.xlsx".to_owned(),
        content: content.clone(),
    });
    let job = new_job_id();
    bus.publish(&tenant, &job, &add).await.unwrap();
    // Said twice: done once.
    bus.publish(&tenant, &job, &add).await.unwrap();

    let fact = soon("file-indexed", indexed.next()).await.unwrap().message;
    assert_eq!((&fact.job, &fact.content), (&job, &content));
    assert!(fact.tables >= 3, "{fact:?}");

    let asked = new_job_id();
    bus.publish(
        &tenant,
        &asked,
        &question("店铺一共有多少家？", vec![fact.file.clone()]),
    )
    .await
    .unwrap();
    let answered = soon("answer-ready", ready.next()).await.unwrap().message;
    assert_eq!(answered.answer, AnswerId::from(asked));
    let bytes = bus
        .answers(&tenant)
        .await
        .unwrap()
        .get(answered.answer.as_str(), 1 << 20)
        .await
        .unwrap();
    let answer: Answer = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(answer.language, Language::Zh);
    assert_eq!(answer.status, AnswerStatus::Answered, "{}", answer.text);
    assert!(
        matches!(answer.rows.as_slice(), [row] if matches!(row.as_slice(), [Value::Int(1..)])),
        "{answer:?}"
    );

    bus.publish(
        &tenant,
        &new_job_id(),
        &IngestJob::Delete(DeleteFile {
            file: fact.file.clone(),
            expired: None,
        }),
    )
    .await
    .unwrap();
    assert_eq!(
        soon("file-deleted", deleted.next()).await.unwrap().message.file,
        fact.file
    );
    let late = new_job_id();
    bus.publish(
        &tenant,
        &late,
        &question("店铺一共有多少家？", vec![fact.file.clone()]),
    )
    .await
    .unwrap();
    let refused = soon("answer-ready", ready.next()).await.unwrap().message;
    assert_eq!(refused.status, AnswerStatus::Refused);

    // Adding it again works.
    bus.publish(&tenant, &new_job_id(), &add).await.unwrap();
    let again = soon("file-indexed", indexed.next()).await.unwrap().message;
    assert_eq!(again.file, fact.file);
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_makes_no_sense_is_a_dead_letter_that_can_be_sent_again() {
    let platform = Platform::start().await;
    let (bus, tenant) = (platform.bus().await, local());
    let content = bus
        .files(&tenant)
        .await
        .unwrap()
        .put_file(&fixture("flights.csv"))
        .await
        .unwrap();
    let job = new_job_id();
    let add = IngestJob::Add(AddFile {
        name: "a\nb.csv".to_owned(),
        content,
    });
    bus.publish(&tenant, &job, &add).await.unwrap();

    // Its submitter hears of it, and so does the operator.
    let mut reports = bus.follow(&tenant, &job).await.unwrap();
    let mut last = None;
    while let Some(report) = soon("the report of the failure", reports.next()).await {
        last = Some(report);
    }
    let failed = last.unwrap();
    assert!(
        matches!(failed.state, schemas::progress::ProgressState::Failed { .. }),
        "{failed:?}"
    );
    let letters = bus.dead_letters(Some("ingest"), 10).await.unwrap();
    let [kept] = letters.as_slice() else {
        panic!("{letters:?}")
    };
    assert_eq!(kept.letter.cause, DeadCause::Rejected);
    assert_eq!(kept.letter.pointer.as_deref(), Some("/name"));
    assert_eq!(kept.letter.headers["Nats-Msg-Id"], [job.as_str()]);

    // Sent again it is refused again: a new letter, and the old one gone.
    let old = kept.sequence;
    let new = bus.redrive(old).await.unwrap();
    let mut reports = bus.follow(&tenant, &new).await.unwrap();
    while soon("the second failure", reports.next()).await.is_some() {}
    let letters = bus.dead_letters(Some("ingest"), 10).await.unwrap();
    assert!(
        matches!(letters.as_slice(), [kept] if kept.sequence > old),
        "{letters:?}"
    );
    platform.stop().await;
}
