//! The router without HTTP: what needs its patience set.

use std::time::Duration;

use futures::StreamExt;
use gateway::handler::Router;
use schemas::answer::Answer;
use schemas::file::FileState;
use schemas::jobs::{AskJob, CodegenExecutorJob};
use schemas::progress::ProgressState;
use schemas::{Date, FileId, JobId, TenantId};

use crate::harness::{Server, record, seed, soon};

fn today() -> Date {
    Date {
        year: 2024,
        month: 5,
        day: 6,
    }
}

fn ask(file: &FileId) -> AskJob {
    AskJob {
        files: vec![file.clone()],
        ..AskJob::about("how many?")
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named_in_a_refusal() {
    let server = Server::start().await;
    let (tenant, bus) = (TenantId::local(), server.connect("gateway").await);
    let _serving = server
        .serve("gateway", Router::new(bus.clone()).with(today, Duration::ZERO))
        .await;
    let deleted = seed(&bus, &tenant, FileState::Deleted).await;

    for (file, words) in [
        (bus::ids::new_file_id(), "There is no file"),
        (deleted.file, "was deleted"),
    ] {
        let id: JobId = bus::ids::new_job_id();
        bus.publish(&tenant, &id, &ask(&file)).await.unwrap();
        let mut reports = bus.follow(&tenant, &id).await.unwrap();
        let mut last = None;
        while let Some(report) = soon(reports.next()).await {
            last = Some(report.state);
        }
        assert_eq!(last, Some(ProgressState::Finished));
        let json = bus
            .answers(&tenant)
            .await
            .unwrap()
            .get(id.as_str(), 1 << 20)
            .await
            .unwrap();
        let answer: Answer = serde_json::from_slice(&json).unwrap();
        assert!(
            answer.text.contains(words) && answer.text.contains(file.as_str()),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_file_that_is_still_on_its_way_is_waited_for() {
    let server = Server::start().await;
    let (tenant, bus) = (TenantId::local(), server.connect("gateway").await);
    let _serving = server
        .serve(
            "gateway",
            Router::new(bus.clone()).with(today, Duration::from_secs(60)),
        )
        .await;
    let mut queue = server.queue::<CodegenExecutorJob>("codegen-executor").await;

    let (id, file): (JobId, FileId) = (bus::ids::new_job_id(), bus::ids::new_file_id());
    bus.publish(&tenant, &id, &ask(&file)).await.unwrap();
    let mut reports = bus.follow(&tenant, &id).await.unwrap();
    assert_eq!(soon(reports.next()).await.unwrap().stage, "routing");
    let records = bus.file_records(&tenant).await.unwrap();
    records
        .update(file.as_str(), |_| Some(record(&file, FileState::Received)))
        .await
        .unwrap();

    let taken = queue.next().await.job;
    assert_eq!(
        (taken.files, taken.today, taken.answer.as_str()),
        (vec![file], today(), id.as_str())
    );
}

#[tokio::test]
async fn a_question_of_an_unknown_tenant_is_dead_lettered() {
    let server = Server::start().await;
    let bus = server.connect("gateway").await;
    let _serving = server
        .serve("gateway", Router::new(bus.clone()).with(today, Duration::ZERO))
        .await;
    let stranger = TenantId::new("stranger").unwrap();

    let id: JobId = bus::ids::new_job_id();
    bus.publish(&stranger, &id, &ask(&bus::ids::new_file_id()))
        .await
        .unwrap();
    let mut reports = bus.follow(&stranger, &id).await.unwrap();
    while soon(reports.next()).await.is_some() {}
    let letters = bus.dead_letters(Some("gateway"), 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].letter.reason.contains("no tenant stranger"),
        "{}",
        letters[0].letter.reason
    );
}
