//! Reads leave no consumers behind: a stream has room for a thousand, and more than that are read in half a minute.

use std::time::Duration;

use bus::ids::{new_file_id, new_job_id};
use bytes::Bytes;
use schemas::file::{FileRecord, FileState};

use crate::harness::{World, local, until};

/// Reads of each kind.
const READS: usize = 200;

#[tokio::test]
async fn reading_objects_leaves_none() {
    let world = World::new().await;
    let answers = world.bus.answers(&local()).await.unwrap();
    answers
        .put_named("answer", Bytes::from_static(b"twelve"))
        .await
        .unwrap();
    for _ in 0..READS {
        assert_eq!(answers.get("answer", 99).await.unwrap(), "twelve");
    }
    assert_eq!(world.consumers("OBJ_answers_local").await, 0);
}

#[tokio::test]
async fn listing_and_awaiting_records_leaves_none() {
    let world = World::new().await;
    let records = world.bus.file_records(&local()).await.unwrap();
    for _ in 0..READS / 4 {
        let received = FileRecord {
            file: new_file_id(),
            name: "sales.csv".to_owned(),
            state: FileState::Received,
            order: 1,
            job: new_job_id(),
            active: None,
            pending: None,
            rejection: None,
            updated_at: "2025-06-30T00:00:00Z".to_owned(),
        };
        let indexed = FileRecord {
            state: FileState::Indexed,
            ..received.clone()
        };
        let key = received.file.to_string();
        records.update(&key, |_| Some(received.clone())).await.unwrap();
        let settled = |there: Option<&FileRecord>| there.is_some_and(|record| record.state.is_settled());
        let (waited, updated) = tokio::join!(
            records.wait(&key, Duration::from_secs(15), settled),
            // The wait is under way: it is polled first.
            async {
                records.list().await.unwrap();
                records.update(&key, |_| Some(indexed.clone())).await
            },
        );
        assert_eq!(waited.unwrap(), updated.unwrap());
    }
    assert_eq!(records.list().await.unwrap().len(), READS / 4);
    none_is_left(&world, "KV_files").await;
}

#[tokio::test]
async fn a_list_that_is_given_up_leaves_none() {
    let world = World::new().await;
    let records = world.bus.file_records(&local()).await.unwrap();
    for _ in 0..READS {
        // Long enough for the request to go out, too short for the answer.
        tokio::time::timeout(Duration::ZERO, records.list()).await.ok();
    }
    // The server would remove them by itself after ten seconds.
    tokio::time::timeout(Duration::from_secs(6), none_is_left(&world, "KV_files"))
        .await
        .unwrap();
}

#[tokio::test]
async fn listing_dead_letters_and_following_facts_leaves_none() {
    let world = World::new().await;
    for _ in 0..READS / 4 {
        assert!(world.bus.dead_letters(None, 10).await.unwrap().is_empty());
        drop(world.answers().await);
    }
    none_is_left(&world, "DEAD").await;
    none_is_left(&world, "EVENTS").await;
}

/// They are removed after the reads, not by them.
async fn none_is_left(world: &World, stream: &str) {
    until(&format!("end of the consumers of {stream}"), || async {
        (world.consumers(stream).await == 0).then_some(())
    })
    .await;
}
