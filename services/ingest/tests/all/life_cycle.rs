//! Files come, change and go, with jobs in any order and processes killed anywhere, on a real server.

use std::time::Duration;

use bus::{Bus, BusConfig, Fault, Faulty};
use futures::StreamExt;
use ingest::{IngestConfig, Limits};
use schemas::events::{FileDeleted, FileIndexed, FileReceived, FileRejected, TableReady};
use schemas::file::{FileState, RejectionCode};
use schemas::progress::ProgressState;
use schemas::table::TableProfile;
use tokio_util::sync::CancellationToken;

use crate::world::{Sent, World, content_of, sandbox, tenant, workers};

const SALES: &[u8] = b"shop,amount\nA,10\nB,20\n";
const MORE_SALES: &[u8] = b"shop,amount\nA,10\nB,20\nC,30\n";
const BROKEN: &[u8] = b"shop,shop\nA,10\n";

const ADDED: [&str; 4] = [
    "contrail.event.file-received.v1",
    "contrail.event.table-ready.v1",
    "contrail.event.file-indexed.v1",
    "contrail.job.embed.v1",
];
const REFUSED: [&str; 2] = [
    "contrail.event.file-received.v1",
    "contrail.event.file-rejected.v1",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_added_file_can_be_asked_about() {
    let world = World::new().await;
    let sent = world.add(1, "retail/sales.csv", SALES).await;
    let outputs = world.deliver(&sent).await;
    assert_eq!(outputs.kinds(), ADDED);
    assert_eq!(outputs.endings(), [(sent.id.clone(), ProgressState::Finished)]);

    let received: FileReceived = outputs.messages().remove(0);
    assert_eq!(
        (received.job, received.size),
        (sent.id.clone(), SALES.len() as u64)
    );
    let ready: TableReady = outputs.messages().remove(0);
    assert_eq!(
        (ready.table.name.as_str(), ready.table.rows, ready.table.columns),
        ("sales", 2, 2)
    );
    let indexed: FileIndexed = outputs.messages().remove(0);
    assert_eq!((indexed.tables, indexed.content), (1, content_of(&sent)));

    let record = world.record("retail/sales.csv").await;
    assert_eq!((record.state, record.order), (FileState::Indexed, 1));
    assert_eq!(record.active.unwrap().tables, std::slice::from_ref(&ready.table));
    assert!(world.has(&ready.table.parquet).await);
    let objects = world.bus.files(&tenant()).await.unwrap();
    let profile = objects.get(ready.table.profile.as_str(), 1 << 20).await.unwrap();
    let profile: TableProfile = serde_json::from_slice(&profile).unwrap();
    assert!(
        profile
            .decisions
            .iter()
            .any(|decision| decision.chosen == content_of(&sent).as_str())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_comes_again_gives_the_same() {
    let world = World::new().await;
    let sent = world.add(1, "a.csv", SALES).await;
    let first = world.deliver(&sent).await;
    let second = world.deliver_again(&sent).await;
    assert_eq!(first.kinds(), second.kinds());
    assert_eq!(first.messages::<TableReady>(), second.messages::<TableReady>());
    assert_eq!(first.messages::<FileIndexed>(), second.messages::<FileIndexed>());

    let bad = world.add(2, "a.csv", BROKEN).await;
    let first = world.deliver(&bad).await;
    let second = world.deliver_again(&bad).await;
    assert_eq!(
        (first.kinds(), second.kinds()),
        (REFUSED.to_vec(), REFUSED.to_vec())
    );
    assert_eq!(
        first.messages::<FileRejected>(),
        second.messages::<FileRejected>()
    );

    let file = world.file("a.csv").await;
    let gone = world.delete(3, &file);
    let first = world.deliver(&gone).await;
    let second = world.deliver_again(&gone).await;
    assert_eq!(first.messages::<FileDeleted>(), second.messages::<FileDeleted>());
    assert_eq!(world.state("a.csv").await, FileState::Deleted);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_content_under_two_names_is_read_once() {
    let world = World::new().await;
    let (one, two) = (
        world.add(1, "one.csv", SALES).await,
        world.add(2, "two.csv", SALES).await,
    );
    // At the same time: the second waits for the first.
    let (first, second) = tokio::join!(world.deliver(&one), world.deliver(&two));
    let first: TableReady = first.messages().remove(0);
    let second: TableReady = second.messages().remove(0);
    assert_eq!(
        (first.table.name.as_str(), second.table.name.as_str()),
        ("one", "two")
    );
    assert_eq!(first.table.parquet, second.table.parquet);
    // A second reading would have left a second profile, which holds the file's name.
    assert_eq!(first.table.profile, second.table.profile);
    let record = world.content(&content_of(&one)).await.unwrap();
    // Its rows are headed by each of the names.
    assert_eq!((record.files.len(), record.parses.len()), (2, 2));
    assert_eq!(record.parses[0].tables, record.parses[1].tables);

    // One goes, the other stays whole.
    let file = world.file("one.csv").await;
    world.deliver(&world.delete(3, &file)).await;
    assert_eq!(world.remove_released().await, 0);
    assert!(world.has(&second.table.parquet).await);
    assert_eq!(world.state("two.csv").await, FileState::Indexed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_job_never_brings_a_deleted_file_back() {
    let world = World::new().await;
    let first = world.add(1, "a.csv", SALES).await;
    world.deliver(&first).await;
    let late = world.add(2, "a.csv", MORE_SALES).await;
    let file = world.file("a.csv").await;
    world.deliver(&world.delete(3, &file)).await;

    let outputs = world.deliver(&late).await;
    assert!(outputs.kinds().is_empty());
    assert_eq!(outputs.endings(), [(late.id.clone(), ProgressState::Finished)]);
    let record = world.record("a.csv").await;
    assert_eq!(
        (record.state, record.order, record.active),
        (FileState::Deleted, 3, None)
    );
    // And nothing of either is kept.
    assert_eq!(world.remove_released().await, 2);
    assert!(world.contents().await.is_empty());
    assert!(!world.has(&content_of(&first)).await && !world.has(&content_of(&late)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_can_be_added_again_after_it_was_deleted() {
    let world = World::new().await;
    world.deliver(&world.add(1, "a.csv", SALES).await).await;
    let file = world.file("a.csv").await;
    // The bytes are uploaded before the deletion is done: nothing is sent, since they are there.
    let again = world.add(3, "a.csv", SALES).await;
    world.deliver(&world.delete(2, &file)).await;
    assert_eq!(world.deliver(&again).await.kinds(), ADDED);
    let record = world.record("a.csv").await;
    assert_eq!((record.state, &record.file), (FileState::Indexed, &file));
    assert_eq!(world.remove_released().await, 0);

    // Also once everything of the first time is gone.
    world.deliver(&world.delete(4, &file)).await;
    let table = record.active.unwrap().tables.remove(0);
    assert_eq!(world.remove_released().await, 1);
    assert!(!world.has(&table.parquet).await && !world.has(&table.profile).await);
    assert!(!world.has(&content_of(&again)).await && world.contents().await.is_empty());
    assert_eq!(
        world.deliver(&world.add(5, "a.csv", SALES).await).await.kinds(),
        ADDED
    );
    assert!(world.has(&table.parquet).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newer_version_wins_in_any_order() {
    let world = World::new().await;
    let (old, new) = (
        world.add(1, "a.csv", SALES).await,
        world.add(2, "a.csv", MORE_SALES).await,
    );
    world.deliver(&new).await;
    assert!(world.deliver(&old).await.kinds().is_empty());
    let active = world.record("a.csv").await.active.unwrap();
    assert_eq!((active.content, active.tables[0].rows), (content_of(&new), 3));
    assert_eq!(world.remove_released().await, 1);
    assert!(!world.has(&content_of(&old)).await);

    // In their order the former version is let go.
    let newest = world.add(3, "a.csv", SALES).await;
    world.deliver(&newest).await;
    assert_eq!(
        world.record("a.csv").await.active.unwrap().content,
        content_of(&newest)
    );
    assert!(world.content(&content_of(&new)).await.unwrap().files.is_empty());
    assert_eq!(world.content(&content_of(&newest)).await.unwrap().files.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_version_keeps_the_former() {
    let world = World::new().await;
    let good = world.add(1, "a.csv", SALES).await;
    world.deliver(&good).await;
    let bad = world.add(2, "a.csv", BROKEN).await;
    let outputs = world.deliver(&bad).await;
    assert_eq!(outputs.kinds(), REFUSED);
    let rejected: FileRejected = outputs.messages().remove(0);
    assert_eq!(rejected.rejection.code, RejectionCode::DuplicateHeader);
    assert!(
        matches!(outputs.endings(), [(id, ProgressState::Failed { reason })] if *id == bad.id && reason.contains("shop"))
    );

    let record = world.record("a.csv").await;
    assert_eq!(
        (record.state, record.rejection),
        (FileState::Rejected, Some(rejected.rejection))
    );
    let active = record.active.unwrap();
    assert_eq!(active.content, content_of(&good));
    assert_eq!(world.remove_released().await, 1);
    assert!(world.has(&active.tables[0].parquet).await && !world.has(&content_of(&bad)).await);

    // The next good one is indexed again, and nothing of the rejection stays.
    world.deliver(&world.add(3, "a.csv", MORE_SALES).await).await;
    let record = world.record("a.csv").await;
    assert_eq!((record.state, record.rejection), (FileState::Indexed, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_left_is_taken_up() {
    let world = World::new().await;
    let first = world.add(1, "a.csv", SALES).await;
    world.deliver(&first).await;
    let second = world.add(2, "a.csv", MORE_SALES).await;
    world.deliver(&second).await;
    // As if it had been killed between the activation and the release of the former version.
    let file = world.file("a.csv").await;
    let contents = world.bus.content_records(&tenant()).await.unwrap();
    contents
        .update(content_of(&first).as_str(), |record| {
            let mut record = record.cloned().unwrap();
            record.files.insert(file.clone());
            record.unheld_since = None;
            Some(record)
        })
        .await
        .unwrap();
    // And before the second registration of the new one.
    contents
        .update(content_of(&second).as_str(), |record| {
            let mut record = record.cloned().unwrap();
            record.files.clear();
            Some(record)
        })
        .await
        .unwrap();
    assert_eq!(world.deliver_again(&second).await.kinds(), ADDED);
    assert!(world.content(&content_of(&first)).await.unwrap().files.is_empty());
    assert!(
        world
            .content(&content_of(&second))
            .await
            .unwrap()
            .files
            .contains(&file)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_was_killed_is_finished_by_the_next_upload() {
    let world = World::new().await;
    let first = world.add(1, "a.csv", SALES).await;
    world.deliver(&first).await;
    let file = world.file("a.csv").await;
    world.deliver(&world.delete(2, &file)).await;
    // A process began to remove the content long ago, removed its table, and was killed.
    let contents = world.bus.content_records(&tenant()).await.unwrap();
    let content = content_of(&first);
    let record = contents
        .update(content.as_str(), |record| {
            let mut record = record.cloned().unwrap();
            record.removing_since = Some("2024-01-01T00:00:00Z".to_owned());
            Some(record)
        })
        .await
        .unwrap()
        .unwrap();
    let objects = world.bus.files(&tenant()).await.unwrap();
    objects
        .delete(record.parses[0].tables[0].parquet.as_str())
        .await
        .unwrap();

    assert_eq!(world.remove_released().await, 1);
    assert!(world.content(&content).await.is_none() && !world.has(&content).await);
    assert_eq!(
        world.deliver(&world.add(3, "b.csv", SALES).await).await.kinds(),
        ADDED
    );
    assert!(world.has(&record.parses[0].tables[0].parquet).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_two_files_with_equal_values_do_not_share_their_objects() {
    let world = World::new().await;
    let unix = world.add(1, "a.csv", b"n\n1\n2\n").await;
    let windows = world.add(2, "a2.csv", b"n\r\n1\r\n2\r\n").await;
    world.deliver(&unix).await;
    world.deliver(&windows).await;
    let file = world.file("a.csv").await;
    world.deliver(&world.delete(3, &file)).await;
    assert_eq!(world.remove_released().await, 1);
    let table = world.record("a2.csv").await.active.unwrap().tables.remove(0);
    assert!(world.has(&table.parquet).await && world.has(&table.profile).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_and_oversize_contents_are_rejected() {
    let world = World::with(Limits {
        bytes: 10,
        ..Limits::default()
    })
    .await;
    let mut missing = world.add(1, "a.csv", SALES).await;
    if let schemas::jobs::IngestJob::Add(add) = &mut missing.job {
        add.content = "0".repeat(64).parse().unwrap();
    }
    let outputs = world.deliver(&missing).await;
    assert_eq!(outputs.kinds(), ["contrail.event.file-rejected.v1"]);
    assert_eq!(
        outputs.messages::<FileRejected>()[0].rejection.code,
        RejectionCode::MissingContent
    );
    assert_eq!(world.state("a.csv").await, FileState::Rejected);

    let outputs = world.deliver(&world.add(2, "b.csv", SALES).await).await;
    assert_eq!(
        outputs.messages::<FileRejected>()[0].rejection.code,
        RejectionCode::TooLarge
    );
    let outputs = world.deliver(&world.add(3, "b.key", b"1234").await).await;
    assert_eq!(
        outputs.messages::<FileRejected>()[0].rejection.code,
        RejectionCode::UnknownKind
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_make_no_sense_are_refused_with_a_pointer() {
    let world = World::new().await;
    let check = async |sent: &Sent, pointer: &str| {
        let error = world.try_deliver(sent, 1).await.unwrap_err();
        assert_eq!(
            error.fault(),
            Fault::Reject {
                pointer: Some(pointer.to_owned())
            },
            "{error}"
        );
    };
    check(&world.add(1, "", SALES).await, "/name").await;
    check(&world.add(1, "a\n.csv", SALES).await, "/name").await;
    check(&world.delete(1, &bus::ids::new_file_id()), "/file").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_serves_and_lives_on_after_bad_jobs() {
    let world = World::new().await;
    let shutdown = CancellationToken::new();
    let service = tokio::spawn({
        let (bus, shutdown) = (world.bus.clone(), shutdown.clone());
        let workers = workers(&sandbox()).await;
        async move { ingest::run(bus, &IngestConfig::default(), workers, shutdown).await }
    });
    let submitter = Bus::connect(&BusConfig::at(world.server.url()), "submitter")
        .await
        .unwrap();
    let mut indexed = submitter.events::<FileIndexed>(&tenant()).await.unwrap();
    let mut rejected = submitter.events::<FileRejected>(&tenant()).await.unwrap();

    let nameless = world.add(0, "a\tb.csv", SALES).await;
    let broken = world.add(0, "broken.csv", BROKEN).await;
    let good = world.add(0, "good.csv", SALES).await;
    for sent in [&nameless, &broken, &good] {
        submitter.publish(&tenant(), &sent.id, &sent.job).await.unwrap();
    }
    let limit = Duration::from_secs(30);
    let event = tokio::time::timeout(limit, rejected.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (event.message.job, event.message.name.as_str()),
        (broken.id, "broken.csv")
    );
    let event = tokio::time::timeout(limit, indexed.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (event.message.job, event.message.name.as_str()),
        (good.id.clone(), "good.csv")
    );
    let followed = submitter.follow(&tenant(), &good.id).await.unwrap();
    let last = tokio::time::timeout(limit, followed.collect::<Vec<_>>())
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(
        (last.service.as_str(), last.state),
        ("ingest", ProgressState::Finished)
    );
    let followed = submitter.follow(&tenant(), &nameless.id).await.unwrap();
    let last = tokio::time::timeout(limit, followed.collect::<Vec<_>>())
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert!(matches!(last.state, ProgressState::Failed { reason } if reason.contains("control characters")));
    let letters = submitter.dead_letters(Some("ingest"), 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].letter.pointer.as_deref(), Some("/name"));

    shutdown.cancel();
    tokio::time::timeout(limit, service)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}
