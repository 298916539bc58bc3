//! Faults at every point at once.

use std::collections::BTreeMap;
use std::time::Duration;

use bus::Outputs;
use bus::delivery::DeliverySettings;
use bus::ids::output_id;
use bus::inject::Point;
use bus::provision::Topology;
use schemas::Message;
use schemas::events::AnswerReady;

use crate::harness::{World, answer_to, until};

const JOBS: usize = 300;

/// Whatever fails on the way, each job has its effects, and has them once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_is_done_twice() {
    let delivery = DeliverySettings {
        concurrency: 8,
        ack_wait: Duration::from_millis(500),
        max_deliver: 50,
        backoff: vec![Duration::from_millis(5), Duration::from_millis(20)],
        drain: Duration::from_secs(5),
    };
    let world = World::with(Topology {
        delivery,
        ..Topology::default()
    })
    .await;
    let answer_all = async || {
        let service = world
            .serve(|_, call| async move { Ok(Outputs::none().with(&answer_to(&call.id))) })
            .await;
        let faults = service.bus.faults();
        faults.fail_next(Point::Handle, 40);
        faults.fail_next(Point::Publish, 30);
        faults.fail_next(Point::PublishAck, 30);
        faults.fail_next(Point::Ack, 25);
        service
    };

    // One process that crashes midway, one that lives, one that comes when the first is gone.
    let (first, second) = (answer_all().await, answer_all().await);
    let mut wanted = BTreeMap::new();
    for index in 0..JOBS {
        let id = world.ask(&format!("number {index}?")).await;
        wanted.insert(output_id(&id, AnswerReady::TYPE, 0).to_string(), 1);
    }
    until("a third of the answers", || async {
        (world.messages("EVENTS").await >= JOBS as u64 / 3).then_some(())
    })
    .await;
    first.crash().await;
    let third = answer_all().await;
    world.holds("JOBS_ASK", 0).await;

    let stream = async_nats::jetstream::new(world.raw.clone())
        .get_stream("EVENTS")
        .await
        .unwrap();
    let mut found = BTreeMap::new();
    for sequence in 1..=stream.cached_info().state.last_sequence {
        let stored = stream.get_raw_message(sequence).await.unwrap();
        *found
            .entry(stored.headers.get("Nats-Msg-Id").unwrap().to_string())
            .or_insert(0) += 1;
    }
    assert_eq!(found, wanted);
    assert_eq!(world.messages("DEAD").await, 0);
    for point in [Point::Handle, Point::Publish, Point::PublishAck, Point::Ack] {
        assert_eq!(second.bus.faults().left(point), 0, "{point:?}");
    }
    second.stop().await.unwrap();
    third.stop().await.unwrap();
}
