//! The life of passages: they come, are replaced, and go.

use bus::ids::new_job_id;
use bus::{Delivery, Fault, Faulty, Handler};
use embed::error::EmbedError;
use schemas::document::PassageKind;
use schemas::file::FileState;
use schemas::jobs::IngestJob;
use scripted_llm::{ScriptedLlm, Turn};

use crate::world::{World, deliver, document, encoder, passage, space, tenant};

#[tokio::test]
async fn passages_come_in_once_however_often_the_job_comes() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(16)).await;
    let handler = world.handler(encoder(&scripted, "a")).await;
    let mut read = document(&["gate A12", "gate B7", "lounge"]);
    read.passages
        .push(passage(3, "flight: CA1234; gate: A12", PassageKind::SheetRow));
    let mut same = passage(4, "gate A12.", PassageKind::Text);
    same.duplicate_of = Some(0);
    read.passages.push(same);
    let stored = world.put(&read).await;
    world.record(1, FileState::Received, None).await;
    let job = world.add(1, &stored).await;

    for _ in 0..2 {
        let outputs = deliver(&handler, job.clone()).await.unwrap();
        let [IngestJob::Embedded(embedded)] = &outputs.messages::<IngestJob>()[..] else {
            panic!("{outputs:?}");
        };
        assert_eq!((&embedded.document, embedded.passages), (&stored, 5));
        assert_eq!(world.count(&space("a", 16)).await, 5);
    }
    // The first request asks for the dimension; a row of a sheet and what is said twice need no vector.
    let sent: Vec<String> = scripted.asked()[1..3]
        .iter()
        .flat_map(|asked| asked.body["input"].as_array().unwrap().clone())
        .map(|text| text.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        sent,
        ["Handbook\ngate A12", "Handbook\ngate B7", "Handbook\nlounge"]
    );
    let found = world.found(&space("a", 16), "CA1234").await;
    assert_eq!(found[0].passage, read.passages[3]);
}

#[tokio::test]
async fn what_a_newer_version_has_replaced_is_not_brought_in() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(16)).await;
    let handler = world.handler(encoder(&scripted, "a")).await;
    let (old, new) = (document(&["old gate"]), document(&["new gate", "new lounge"]));
    let (old_stored, new_stored) = (world.put(&old).await, world.put(&new).await);
    world.record(2, FileState::Received, None).await;
    deliver(&handler, world.add(2, &new_stored).await).await.unwrap();
    world.record(2, FileState::Indexed, Some((&new_stored, 2))).await;

    let outputs = deliver(&handler, world.add(1, &old_stored).await).await.unwrap();
    assert_eq!(outputs.messages::<IngestJob>().len(), 1);
    assert_eq!(world.count(&space("a", 16)).await, 2);
    assert!(world.found(&space("a", 16), "old").await.is_empty());
}

#[tokio::test]
async fn a_file_that_is_deleted_meanwhile_leaves_nothing() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(16)).await;
    let handler = world.handler(encoder(&scripted, "a")).await;
    let stored = world.put(&document(&["one", "two", "three"])).await;
    world.record(1, FileState::Received, None).await;
    let gate = scripted.hold().await;
    let job = world.add(1, &stored).await;
    let working = tokio::spawn(async move { deliver(&handler, job).await });
    scripted.came(1).await;
    world.record(2, FileState::Deleted, None).await;
    drop(gate);
    working.await.unwrap().unwrap();
    assert_eq!(world.count(&space("a", 16)).await, 0);
}

#[tokio::test]
async fn a_version_that_is_replaced_meanwhile_goes_and_the_active_one_stays() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(16)).await;
    let handler = world.handler(encoder(&scripted, "a")).await;
    let (old, new) = (
        world.put(&document(&["old"])).await,
        world.put(&document(&["new"])).await,
    );
    world.record(2, FileState::Received, None).await;
    deliver(&handler, world.add(2, &new).await).await.unwrap();

    world.record(1, FileState::Received, None).await;
    let asked = scripted.asked().len();
    let gate = scripted.hold().await;
    let job = world.add(1, &old).await;
    let working = tokio::spawn(async move { deliver(&handler, job).await });
    scripted.came(asked + 1).await;
    world.record(2, FileState::Indexed, Some((&new, 1))).await;
    drop(gate);
    working.await.unwrap().unwrap();
    assert_eq!(world.found(&space("a", 16), "new").await.len(), 1);
    assert!(world.found(&space("a", 16), "old").await.is_empty());
}

#[tokio::test]
async fn what_goes_is_what_is_not_active() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(16)).await;
    let handler = world.handler(encoder(&scripted, "a")).await;
    let (old, new) = (
        world.put(&document(&["old"])).await,
        world.put(&document(&["new"])).await,
    );
    for (order, stored) in [(1, &old), (2, &new)] {
        world.record(order, FileState::Received, None).await;
        deliver(&handler, world.add(order, stored).await).await.unwrap();
    }
    assert_eq!(world.count(&space("a", 16)).await, 2);

    // What the job says may be old by now; the record is not.
    world.record(2, FileState::Indexed, Some((&new, 1))).await;
    deliver(&handler, world.removal(Some(&old)).await).await.unwrap();
    assert_eq!(world.found(&space("a", 16), "new").await.len(), 1);
    assert!(world.found(&space("a", 16), "old").await.is_empty());

    world.record(3, FileState::Deleted, None).await;
    deliver(&handler, world.removal(None).await).await.unwrap();
    assert_eq!(world.count(&space("a", 16)).await, 0);
}

#[tokio::test]
async fn what_is_on_its_way_is_not_taken_away() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(16)).await;
    let handler = world.handler(encoder(&scripted, "a")).await;
    let stored = world.put(&document(&["new"])).await;
    world.record(2, FileState::Received, None).await;
    deliver(&handler, world.add(2, &stored).await).await.unwrap();

    let job = world.removal(None).await;
    let error = deliver(&handler, job.clone()).await.unwrap_err();
    assert!(matches!(error, EmbedError::BeingRead), "{error:?}");
    assert!(matches!(error.fault(), Fault::Retry { after: Some(_) }));
    let mut last = Delivery::detached(tenant(), new_job_id());
    last.last_attempt = true;
    handler.handle(job, &last).await.unwrap();
    assert_eq!(world.count(&space("a", 16)).await, 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_job_is_said_with_its_place() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(16)).await;
    let handler = world.handler(encoder(&scripted, "a")).await;
    world.record(1, FileState::Received, None).await;
    let files = world.bus.files(&tenant()).await.unwrap();
    let damaged = files
        .put(bytes::Bytes::from_static(b"no document"))
        .await
        .unwrap();
    let missing = schemas::ContentId::new("0".repeat(64)).unwrap();
    for document in [&damaged, &missing] {
        let error = deliver(&handler, world.add(1, document).await).await.unwrap_err();
        let pointer = Some("/document".to_owned());
        assert_eq!(error.fault(), Fault::Reject { pointer }, "{error:?}");
    }
}
