//! Typed records, changed by compare-and-set.

use std::collections::BTreeSet;
use std::time::Duration;

use bus::ids::{new_file_id, new_job_id};
use bus::{Bus, BusConfig};
use schemas::TenantId;
use schemas::file::{ContentRecord, FileRecord, FileState};

use crate::harness::{World, local};

fn record(state: FileState) -> FileRecord {
    FileRecord {
        file: new_file_id(),
        name: "sales.csv".to_owned(),
        state,
        order: 1,
        job: new_job_id(),
        active: None,
        pending: None,
        rejection: None,
        updated_at: "2025-06-30T00:00:00Z".to_owned(),
    }
}

#[tokio::test]
async fn a_record_lives_dies_and_lives_again() {
    let world = World::new().await;
    let records = world.bus.file_records(&local()).await.unwrap();
    let first = record(FileState::Received);
    let key = first.file.to_string();
    assert_eq!(records.get(&key).await.unwrap(), None);
    assert_eq!(records.update(&key, |_| None).await.unwrap(), None);
    for round in 0..2 {
        let made = records
            .update(&key, |there| there.is_none().then(|| first.clone()))
            .await
            .unwrap();
        assert_eq!(made.as_ref(), Some(&first), "round {round}");
        let read = records.get(&key).await.unwrap().unwrap();
        assert_eq!(read.value, first);
        assert!(!records.remove(&key, read.revision + 1).await.unwrap());
        assert!(records.remove(&key, read.revision).await.unwrap());
        assert_eq!(records.get(&key).await.unwrap(), None);
        assert_eq!(records.list().await.unwrap(), []);
    }
}

#[tokio::test]
async fn it_is_told_whether_any_file_was_deleted() {
    let world = World::new().await;
    let records = world.bus.file_records(&local()).await.unwrap();
    let (there, gone) = (record(FileState::Indexed), record(FileState::Deleted));
    for record in [&there, &gone] {
        records
            .update(record.file.as_str(), |_| Some(record.clone()))
            .await
            .unwrap();
    }
    for (files, expected) in [
        (vec![], false),
        (vec![there.file.clone(), new_file_id()], false),
        (vec![there.file.clone(), gone.file.clone()], true),
    ] {
        let files: BTreeSet<_> = files.into_iter().collect();
        let told = world.bus.is_any_deleted(&local(), &files).await.unwrap();
        assert_eq!(told, expected, "{files:?}");
    }
}

#[tokio::test]
async fn lists_hold_one_tenant_each() {
    let world = World::new().await;
    let other: TenantId = "local2".parse().unwrap();
    let (mine, others) = (
        world.bus.file_records(&local()).await.unwrap(),
        world.bus.file_records(&other).await.unwrap(),
    );
    let mut keys = BTreeSet::new();
    // More than are read at once.
    for _ in 0..300 {
        let value = record(FileState::Indexed);
        let key = value.file.to_string();
        mine.update(&key, |_| Some(value.clone())).await.unwrap();
        keys.insert(key);
    }
    let value = record(FileState::Deleted);
    others
        .update(value.file.as_str(), |_| Some(value.clone()))
        .await
        .unwrap();
    let listed = mine.list().await.unwrap();
    assert_eq!(
        listed.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>(),
        keys
    );
    assert_eq!(listed.len(), keys.len());
    assert_eq!(others.list().await.unwrap(), [(value.file.to_string(), value)]);
}

#[tokio::test]
async fn no_change_is_lost_when_many_write_at_once() {
    let world = World::new().await;
    let key = "0".repeat(64);
    let writers = (0..8).map(|_| {
        let (url, key) = (world.server.url().to_owned(), key.clone());
        tokio::spawn(async move {
            let bus = Bus::connect(&BusConfig::at(url), "writer").await.unwrap();
            let records = bus.content_records(&local()).await.unwrap();
            for _ in 0..10 {
                let file = new_file_id();
                let add = |there: Option<&ContentRecord>| {
                    let mut record = there.cloned().unwrap_or_default();
                    record.files.insert(file.clone());
                    Some(record)
                };
                records.update(&key, add).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let records = world.bus.content_records(&local()).await.unwrap();
    assert_eq!(records.get(&key).await.unwrap().unwrap().value.files.len(), 80);
}

#[tokio::test]
async fn a_name_has_one_file() {
    let world = World::new().await;
    let name = "零售/销售 2024.xlsx";
    assert_eq!(world.bus.file_named(&local(), name).await.unwrap(), None);
    let callers = (0..8).map(|_| {
        let bus = world.bus.clone();
        tokio::spawn(async move { bus.name_file(&local(), name).await.unwrap() })
    });
    let mut ids = BTreeSet::new();
    for caller in callers.collect::<Vec<_>>() {
        ids.insert(caller.await.unwrap());
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(
        world.bus.file_named(&local(), name).await.unwrap(),
        ids.pop_first()
    );
    assert_eq!(
        world
            .bus
            .file_named(&"other".parse().unwrap(), name)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_wait_ends_with_what_was_waited_for() {
    let world = World::new().await;
    let records = world.bus.file_records(&local()).await.unwrap();
    let received = record(FileState::Received);
    let key = received.file.to_string();
    let settled = |there: Option<&FileRecord>| there.is_some_and(|record| record.state.is_settled());
    let limit = Duration::from_secs(15);
    let changes = async {
        for state in [FileState::Received, FileState::Indexed] {
            let next = FileRecord {
                state,
                ..received.clone()
            };
            records.update(&key, |_| Some(next.clone())).await.unwrap();
        }
    };
    let (found, ()) = tokio::join!(records.wait(&key, limit, settled), changes);
    assert_eq!(found.unwrap().unwrap().state, FileState::Indexed);
    // What is so already needs no change, and what does not come is not waited for longer than said.
    assert!(records.wait(&key, limit, settled).await.unwrap().is_some());
    let short = Duration::from_millis(50);
    assert_eq!(records.wait("nothing", short, settled).await.unwrap(), None);
}
