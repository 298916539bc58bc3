//! Jobs whose process died on their last delivery.

use async_nats::jetstream::consumer::PullConsumer;
use bus::Outputs;
use futures::StreamExt;
use schemas::dead::DeadCause;
use schemas::progress::ProgressState;

use crate::harness::{World, local, next, until};

/// Gets a job as often as it may be had, and says nothing about it.
async fn lose(world: &World) {
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let consumer: PullConsumer = jetstream
        .get_consumer_from_stream("gateway", "JOBS_ASK")
        .await
        .unwrap();
    let mut messages = consumer
        .stream()
        .max_messages_per_batch(1)
        .messages()
        .await
        .unwrap();
    for attempt in 1..=3 {
        assert_eq!(
            next(&mut messages).await.unwrap().info().unwrap().delivered,
            attempt
        );
    }
    // The server notices that no delivery is left when somebody asks for the next.
    tokio::select! {
        _ = messages.next() => panic!("it was delivered once more than it may be"),
        () = world.holds("ADVISORIES", 1) => {}
    }
}

#[tokio::test]
async fn a_job_lost_while_the_service_is_down_is_found() {
    let world = World::new().await;
    let id = world.ask("lost?").await;
    lose(&world).await;
    assert_eq!(
        (world.messages("JOBS_ASK").await, world.messages("DEAD").await),
        (1, 0)
    );

    let service = world.serve(|_, _| async { Ok(Outputs::none()) }).await;
    let letter = world.dead_letter().await.letter;
    assert_eq!(
        (letter.cause, letter.deliveries, letter.sequence),
        (DeadCause::Lost, 3, 1)
    );
    assert_eq!(letter.headers.get("Nats-Msg-Id"), Some(&vec![id.to_string()]));
    world.holds("JOBS_ASK", 0).await;
    world.holds("ADVISORIES", 0).await;
    let last = world
        .bus
        .follow(&local(), &id)
        .await
        .unwrap()
        .collect::<Vec<_>>()
        .await
        .pop();
    assert!(matches!(last.unwrap().state, ProgressState::Failed { .. }));
    service.stop().await.unwrap();
}

#[tokio::test]
async fn an_advisory_of_a_job_that_is_gone_is_no_matter() {
    let world = World::new().await;
    world.ask("gone?").await;
    lose(&world).await;
    let jobs = async_nats::jetstream::new(world.raw.clone())
        .get_stream("JOBS_ASK")
        .await
        .unwrap();
    jobs.purge().await.unwrap();
    let service = world.serve(|_, _| async { Ok(Outputs::none()) }).await;
    world.holds("ADVISORIES", 0).await;
    assert_eq!(world.messages("DEAD").await, 0);
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_job_whose_process_dies_each_time_is_found() {
    let world = World::new().await;
    world.ask("deadly?").await;
    for attempt in 1..=3 {
        let (sender, mut started) = tokio::sync::mpsc::unbounded_channel();
        let service = world
            .serve(move |_, call| {
                sender.send(call.attempt).unwrap();
                std::future::pending()
            })
            .await;
        assert_eq!(started.recv().await, Some(attempt));
        service.crash().await;
    }
    let service = world.serve(|_, _| async { Ok(Outputs::none()) }).await;
    assert_eq!(world.dead_letter().await.letter.cause, DeadCause::Lost);
    until("an empty queue", || async {
        (world.messages("JOBS_ASK").await == 0).then_some(())
    })
    .await;
    service.stop().await.unwrap();
}
