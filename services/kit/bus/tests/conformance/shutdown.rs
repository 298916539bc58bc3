//! What becomes of jobs when the service ends.

use std::sync::Arc;
use std::time::Duration;

use bus::Outputs;
use bus::delivery::{DeliverySettings, ServeError};
use bus::fault::reason;
use bus::provision::Topology;
use tokio::sync::{Notify, mpsc};

use crate::harness::{Does, Mishap, World, answer_to, next};

/// So long that no test sees its end: what comes again does so because it was given back.
const NEVER: Duration = Duration::from_secs(3600);

async fn patient() -> World {
    let delivery = DeliverySettings {
        ack_wait: NEVER,
        drain: Duration::from_millis(50),
        ..DeliverySettings::default()
    };
    World::with(Topology {
        delivery,
        ..Topology::default()
    })
    .await
}

#[tokio::test]
async fn what_runs_may_finish() {
    let world = World::new().await;
    let (release, (sender, mut started)) = (Arc::new(Notify::new()), mpsc::unbounded_channel());
    let mut answers = world.answers().await;
    let service = world
        .serve({
            let release = Arc::clone(&release);
            move |_, call| {
                sender.send(()).unwrap();
                let release = Arc::clone(&release);
                async move {
                    release.notified().await;
                    Ok(Outputs::none().with(&answer_to(&call.id)))
                }
            }
        })
        .await;
    let id = world.ask("to the end?").await;
    started.recv().await.unwrap();
    service.shutdown.cancel();
    release.notify_one();
    service.ended().await.unwrap();
    assert_eq!(next(&mut answers).await.message, answer_to(&id));
    assert_eq!(world.messages("JOBS_ASK").await, 0);
}

#[tokio::test]
async fn what_does_not_finish_is_given_back_at_once() {
    let world = patient().await;
    for index in 0..10 {
        world.ask(&format!("number {index}?")).await;
    }
    let (sender, mut started) = mpsc::unbounded_channel();
    let first = world
        .serve(move |_, _| {
            sender.send(()).unwrap();
            std::future::pending()
        })
        .await;
    for _ in 0..4 {
        started.recv().await.unwrap();
    }
    first.stop().await.unwrap();
    let (sender, mut seen) = mpsc::unbounded_channel();
    let second = world
        .serve(move |_, call| {
            sender.send(call.order).unwrap();
            async { Ok(Outputs::none()) }
        })
        .await;
    let mut orders = Vec::new();
    while orders.len() < 10 {
        orders.push(seen.recv().await.unwrap());
    }
    orders.sort_unstable();
    assert_eq!(orders, (1..=10).collect::<Vec<_>>());
    world.holds("JOBS_ASK", 0).await;
    second.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_fetched_and_not_begun_is_given_back() {
    // Ten places, and a stop in the midst of their filling: whatever is on its way must come back at once.
    let world = patient().await;
    for index in 0..60 {
        world.ask(&format!("number {index}?")).await;
    }
    let settings = DeliverySettings {
        concurrency: 10,
        ..world.topology.delivery.clone()
    };
    let (sender, mut started) = mpsc::unbounded_channel();
    let first = world
        .serve_with(
            settings.clone(),
            Does(move |_, _| {
                sender.send(()).unwrap();
                std::future::pending()
            }),
        )
        .await;
    started.recv().await.unwrap();
    first.stop().await.unwrap();
    let second = world
        .serve_with(settings, Does(|_, _| async { Ok(Outputs::none()) }))
        .await;
    world.holds("JOBS_ASK", 0).await;
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_fatal_fault_leaves_the_job_and_ends_the_service() {
    let world = World::new().await;
    let service = world.serve(|_, _| async { Err(Mishap::Broken) }).await;
    let id = world.ask("here?").await;
    let error = service.ended().await.unwrap_err();
    assert!(matches!(error, ServeError::Fatal(_)), "{error:?}");
    assert_eq!(reason(&error), "the service can't go on: the model is gone");
    assert_eq!(
        (world.messages("JOBS_ASK").await, world.messages("DEAD").await),
        (1, 0)
    );

    let mut answers = world.answers().await;
    let other = world
        .serve(|_, call| async move { Ok(Outputs::none().with(&answer_to(&call.id))) })
        .await;
    assert_eq!(next(&mut answers).await.message, answer_to(&id));
    other.stop().await.unwrap();
}
