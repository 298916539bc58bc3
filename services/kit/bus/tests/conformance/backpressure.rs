//! Full queues.

use bus::Outputs;
use bus::provision::Topology;
use bus::publish::PublishError;
use schemas::jobs::CodegenExecutorJob;
use schemas::{Date, Language};

use crate::harness::{World, heartbeats, local};

fn work(question: &str) -> CodegenExecutorJob {
    CodegenExecutorJob {
        answer: bus::ids::new_job_id().into(),
        question: question.to_owned(),
        files: vec![bus::ids::new_file_id()],
        conversation: None,
        history: Vec::new(),
        language: Language::En,
        today: Date::new(2025, 6, 30).unwrap(),
        otherwise: None,
    }
}

#[tokio::test]
async fn a_full_queue_holds_its_producers_and_fails_nobody() {
    let world = World::new().await;
    let small = Topology {
        jobs_max_bytes: 16 << 10,
        ..world.topology.clone()
    };
    world.bus.provision(&small).await.unwrap();
    let refused = loop {
        let id = bus::ids::new_job_id();
        if let Err(error) = world.bus.publish(&local(), &id, &work(&"x".repeat(2000))).await {
            break error;
        }
    };
    assert!(matches!(refused, PublishError::Full { .. }), "{refused:?}");
    let queued = world.messages("JOBS_CODEGEN_EXECUTOR").await;

    let mut acks = world.acks().await;
    let service = world
        .serve(|_, call| async move {
            assert_eq!(call.attempt, 1);
            Ok(Outputs::none().with(&work(&"y".repeat(2000))))
        })
        .await;
    world.ask("is there room?").await;
    // Two times its ack_wait.
    heartbeats(&mut acks, 6).await;
    assert_eq!(
        (
            world.messages("JOBS_ASK").await,
            world.messages("JOBS_CODEGEN_EXECUTOR").await
        ),
        (1, queued)
    );

    let full = async_nats::jetstream::new(world.raw.clone())
        .get_stream("JOBS_CODEGEN_EXECUTOR")
        .await
        .unwrap();
    full.purge().await.unwrap();
    world.holds("JOBS_ASK", 0).await;
    assert_eq!(
        (
            world.messages("JOBS_CODEGEN_EXECUTOR").await,
            world.messages("DEAD").await
        ),
        (1, 0)
    );
    service.stop().await.unwrap();
}
