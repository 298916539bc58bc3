//! What a tenant has, read and written as it lies in the server.

use bus::backup::{BackupError, RECORDS};
use bus::ids::new_job_id;
use bytes::Bytes;
use schemas::TenantId;
use schemas::file::{FileRecord, FileState};
use schemas::jobs::{AddFile, IngestJob};

use crate::harness::{Mishap, World, local, until};

fn red() -> TenantId {
    "red".parse().unwrap()
}

#[tokio::test]
async fn what_one_server_had_another_one_gets() {
    let (from, to) = (World::new().await, World::new().await);
    for world in [&from, &to] {
        world.bus.create_tenant(&red(), &world.topology).await.unwrap();
        assert!(world.bus.holdings(&red()).await.unwrap().is_empty());
    }
    let file = from.bus.name_file(&red(), "a.csv").await.unwrap();
    let files = from.bus.files(&red()).await.unwrap();
    let content = files.put(Bytes::from(vec![7; 300_000])).await.unwrap();
    files
        .put_named("of no content/名", Bytes::from_static(b"x"))
        .await
        .unwrap();
    files
        .put_named("removed", Bytes::from_static(b"y"))
        .await
        .unwrap();
    files.delete("removed").await.unwrap();
    let record = FileRecord {
        file: file.clone(),
        name: "a.csv".to_owned(),
        state: FileState::Received,
        order: 41,
        job: new_job_id(),
        active: None,
        pending: None,
        rejection: None,
        updated_at: "2026-01-01T00:00:00Z".to_owned(),
    };
    let records = from.bus.file_records(&red()).await.unwrap();
    records
        .update(file.as_str(), |_| Some(record.clone()))
        .await
        .unwrap();

    let answers = from.bus.answers(&red()).await.unwrap();
    let rests = std::collections::BTreeSet::from([file.clone(), bus::ids::new_file_id()]);
    answers
        .put_resting_on(&rests, "answer", &mut &b"z"[..])
        .await
        .unwrap();
    answers
        .put_named("other", Bytes::from_static(b"z"))
        .await
        .unwrap();
    assert_eq!(answers.resting_on(&file).await.unwrap(), ["answer"]);
    assert_eq!(answers.list().await.unwrap()[0].files, rests);

    let listed = files.list().await.unwrap();
    let names: Vec<&str> = listed.iter().map(|object| object.name.as_str()).collect();
    assert_eq!(names, [content.as_str(), "of no content/名"]);
    assert_eq!(listed[0].size, 300_000);
    let holdings = from.bus.holdings(&red()).await.unwrap();
    assert_eq!((holdings.files, holdings.records, holdings.objects), (1, 1, 4));

    for bucket in RECORDS {
        for record in from.bus.raw_records(bucket, &red()).await.unwrap() {
            to.bus.put_raw_record(bucket, &red(), record).await.unwrap();
        }
    }
    // The same name is the same file, and changes go on from what is there.
    assert_eq!(to.bus.name_file(&red(), "a.csv").await.unwrap(), file);
    let records = to.bus.file_records(&red()).await.unwrap();
    let changed = |known: Option<&FileRecord>| {
        Some(FileRecord {
            state: FileState::Deleted,
            ..known?.clone()
        })
    };
    let changed = records.update(file.as_str(), changed).await.unwrap().unwrap();
    assert_eq!((changed.order, changed.state), (41, FileState::Deleted));

    // Nobody else loses anything when a tenant is cleared.
    to.bus.name_file(&local(), "b.csv").await.unwrap();
    to.bus.clear_tenant(&red()).await.unwrap();
    assert!(to.bus.holdings(&red()).await.unwrap().is_empty());
    assert_eq!(to.bus.holdings(&local()).await.unwrap().records, 1);
    assert_eq!(to.bus.file_named(&red(), "a.csv").await.unwrap(), None);
    // And it can begin again.
    to.bus.name_file(&red(), "a.csv").await.unwrap();
}

#[tokio::test]
async fn dead_letters_come_along_and_can_be_sent_again() {
    let (from, to) = (World::new().await, World::new().await);
    let service = from
        .serve(|_, _| async { Err(Mishap::Never { pointer: None }) })
        .await;
    from.ask("why?").await;
    let letters = until("a dead letter", || async {
        let letters = from.bus.raw_letters(&local()).await.unwrap();
        (!letters.is_empty()).then_some(letters)
    })
    .await;
    service.shutdown.cancel();
    assert_eq!(from.bus.raw_letters(&red()).await.unwrap(), []);
    for letter in letters.clone() {
        to.bus.put_raw_letter(letter).await.unwrap();
    }
    let there = to.bus.dead_letters(None, 10).await.unwrap();
    assert_eq!((there.len(), there[0].letter.service.as_str()), (1, "gateway"));
    // Once more on the same server, a moment later: what was cleared comes again.
    to.bus.clear_tenant(&local()).await.unwrap();
    assert!(to.bus.dead_letters(None, 10).await.unwrap().is_empty());
    to.bus.put_raw_letter(letters[0].clone()).await.unwrap();
    let there = to.bus.dead_letters(None, 10).await.unwrap();
    to.bus.redrive(there[0].sequence).await.unwrap();
    assert_eq!(to.messages("JOBS_ASK").await, 1);
}

#[tokio::test]
async fn numbers_of_jobs_go_on_behind_those_of_files() {
    let world = World::new().await;
    world.bus.raise_order(1_000).await.unwrap();
    // Never back.
    world.bus.raise_order(5).await.unwrap();
    let add = IngestJob::Add(AddFile {
        name: "a.csv".to_owned(),
        content: "0".repeat(64).parse().unwrap(),
    });
    world.bus.publish(&local(), &new_job_id(), &add).await.unwrap();
    let queues = world.bus.queues().await.unwrap();
    let ingest = queues.iter().find(|queue| queue.name == "ingest").unwrap();
    assert_eq!((ingest.waiting, ingest.stream.as_str()), (1, "JOBS_INGEST"));
    assert!(ingest.age().is_some());
    assert!(
        queues
            .iter()
            .all(|queue| queue.name == "ingest" || queue.age().is_none())
    );
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let stream = jetstream.get_stream("JOBS_INGEST").await.unwrap();
    assert_eq!(stream.cached_info().state.last_sequence, 1_001);
    // A job that waits would get lost.
    let error = world.bus.raise_order(2_000).await.unwrap_err();
    assert!(
        matches!(
            error,
            BackupError::Busy {
                jobs: 1,
                beyond: 2_000
            }
        ),
        "{error}"
    );
    // It is delivered as any other.
    let consumer: async_nats::jetstream::consumer::PullConsumer =
        stream.get_consumer("ingest").await.unwrap();
    use futures::StreamExt;
    let mut messages = consumer.fetch().max_messages(1).messages().await.unwrap();
    let message = messages.next().await.unwrap().unwrap();
    assert_eq!(message.info().unwrap().stream_sequence, 1_001);
}
