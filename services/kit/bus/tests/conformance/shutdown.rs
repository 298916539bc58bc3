//! What becomes of jobs when the service ends.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use bus::Outputs;
use bus::delivery::{DeliverySettings, ServeError};
use bus::fault::reason;
use bus::provision::Topology;
use schemas::jobs::AskJob;
use tokio::sync::{Notify, mpsc};

use crate::harness::{Does, Mishap, World, answer_to, next, until};

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
async fn what_waits_for_a_place_does_not_start_and_is_given_back() {
    let world = patient().await;
    let settings = DeliverySettings {
        concurrency: 2,
        ..world.topology.delivery.clone()
    };
    let (sender, mut started) = mpsc::unbounded_channel();
    let first = world
        .serve_with(
            settings.clone(),
            Does(move |job: AskJob, _| {
                let sender = sender.clone();
                async move {
                    if job.question.starts_with("long") {
                        sender.send(()).unwrap();
                        std::future::pending::<()>().await;
                    }
                    Ok(Outputs::none())
                }
            }),
        )
        .await;
    // Jobs that take no time, so that more are fetched than there are places; then others.
    for index in 0..20 {
        world.ask(&format!("short {index}?")).await;
    }
    world.holds("JOBS_ASK", 0).await;
    for index in 0..8 {
        world.ask(&format!("long {index}?")).await;
    }
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let consumer: PullConsumer = jetstream
        .get_consumer_from_stream("gateway", "JOBS_ASK")
        .await
        .unwrap();
    until("two at work, and two that wait", || async {
        let pending = consumer.get_info().await.unwrap().num_ack_pending;
        assert!(pending <= 4, "{pending}");
        (pending == 4).then_some(())
    })
    .await;
    for _ in 0..2 {
        started.recv().await.unwrap();
    }
    first.stop().await.unwrap();
    assert!(started.try_recv().is_err(), "two places, and a third job began");

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
