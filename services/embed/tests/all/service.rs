//! The service as it runs: a job from its queue, and a call.

use std::time::Duration;

use bus::ids::new_job_id;
use bus::{Bus, BusConfig};
use embed::EmbedConfig;
use futures::StreamExt;
use models::{EmbeddingConfig, OnnxConfig};
use schemas::calls::{EmbedCall, EmbedPurpose, Embedded};
use schemas::file::FileState;
use scripted_llm::{ScriptedLlm, Turn};
use tokio_util::sync::CancellationToken;

use crate::world::{World, document, space, tenant};

#[tokio::test]
async fn jobs_are_done_with_progress_and_calls_are_answered() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(16)).await;
    let config = EmbedConfig {
        passages: 1,
        ..EmbedConfig::default()
    };
    let embedding = EmbeddingConfig {
        base_url: Some(scripted.base_url()),
        model: Some("a".to_owned()),
        ..EmbeddingConfig::default()
    };
    let stop = CancellationToken::new();
    let (bus, index, shutdown) = (world.bus.clone(), world.index.clone(), stop.clone());
    let serving = tokio::spawn(async move {
        embed::run(bus, &config, &embedding, &OnnxConfig::default(), index, shutdown).await
    });

    let stored = world.put(&document(&["gate", "lounge"])).await;
    world.record(1, FileState::Received, None).await;
    let client = Bus::connect(&BusConfig::at(world.server.url()), "contrail")
        .await
        .unwrap();
    let id = new_job_id();
    let mut progress = client.follow(&tenant(), &id).await.unwrap();
    client
        .publish(&tenant(), &id, &world.add(1, &stored).await)
        .await
        .unwrap();
    let done = async {
        loop {
            let told = progress.next().await.unwrap();
            assert_eq!((told.stage.as_str(), told.total), ("embedding passages", 2));
            if told.done == told.total {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), done).await.unwrap();
    assert_eq!(world.count(&space("a", 16)).await, 2);

    let call = EmbedCall {
        texts: vec!["where is the gate".to_owned()],
        purpose: EmbedPurpose::Query,
    };
    let reply: Embedded = client
        .call(&tenant(), &call, Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!((reply.model.as_str(), reply.vectors[0].len()), ("a", 16));
    stop.cancel();
    serving.await.unwrap().unwrap();
}
