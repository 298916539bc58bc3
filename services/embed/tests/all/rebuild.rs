//! Another model: everything again beside what is there, then the switch.

use embed::calls::Embedder;
use embed::error::{EmbedError, MOST_TEXTS};
use embed::handler::Embed;
use embed::rebuild;
use index::Space;
use schemas::ContentId;
use schemas::calls::{EmbedCall, EmbedPurpose};
use schemas::file::FileState;
use scripted_llm::{ScriptedLlm, Turn};

use crate::world::{World, deliver, document, encoder, space};

fn call(texts: &[&str]) -> EmbedCall {
    EmbedCall {
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        purpose: EmbedPurpose::Query,
    }
}

/// A world with one active file of two passages in the space of model `a`.
async fn world(scripted: &ScriptedLlm) -> (World, ContentId) {
    let world = World::new().await;
    let handler = world.handler(encoder(scripted, "a")).await;
    let stored = world.put(&document(&["gate", "lounge"])).await;
    world.record(1, FileState::Received, None).await;
    deliver(&handler, world.add(1, &stored).await).await.unwrap();
    world.record(1, FileState::Indexed, Some((&stored, 2))).await;
    (world, stored)
}

#[tokio::test]
async fn another_model_embeds_everything_again_and_takes_over() {
    let (old, new) = (
        ScriptedLlm::always(Turn::Embed(16)).await,
        ScriptedLlm::always(Turn::Embed(8)).await,
    );
    let (world, _) = world(&old).await;
    let spaces = world.spaces(vec![encoder(&new, "b"), encoder(&old, "a")]).await;
    let embedder = Embedder::new(spaces.clone());
    // Until it is done, questions are asked in the old space, and what comes in goes into both.
    assert_eq!(embedder.embed(&call(&["?"])).await.unwrap().model, "a");
    let both: Vec<Space> = spaces
        .written()
        .await
        .unwrap()
        .into_iter()
        .map(|target| target.space)
        .collect();
    assert_eq!(both, [space("b", 8), space("a", 16)]);

    assert_eq!(rebuild::once(&world.bus, &spaces, 2).await.unwrap(), 1);
    assert_eq!(world.index.spaces().await.unwrap(), [space("b", 8)]);
    assert_eq!(world.count(&space("b", 8)).await, 2);
    let embedded = embedder.embed(&call(&["?"])).await.unwrap();
    assert_eq!((embedded.model.as_str(), embedded.vectors[0].len()), ("b", 8));
    assert_eq!(rebuild::once(&world.bus, &spaces, 2).await.unwrap(), 0);
}

#[tokio::test]
async fn a_rebuild_that_fails_keeps_what_is_there() {
    let old = ScriptedLlm::always(Turn::Embed(16)).await;
    let (world, _) = world(&old).await;
    // One vector for the dimension, then nothing but failures.
    let new = ScriptedLlm::start([Turn::Embed(8), Turn::Status(500, None), Turn::Embed(8)]).await;
    let spaces = world.spaces(vec![encoder(&new, "b")]).await;
    let error = rebuild::once(&world.bus, &spaces, 2).await.unwrap_err();
    assert!(matches!(error, EmbedError::Encoder(_)), "{error:?}");
    assert_eq!(world.count(&space("a", 16)).await, 2);
    // Nobody can embed questions for it: words and codes are left.
    let refused = Embedder::new(spaces.clone())
        .embed(&call(&["?"]))
        .await
        .unwrap_err();
    assert!(matches!(refused, EmbedError::Rebuilding { .. }) && refused.told().temporary);

    assert_eq!(rebuild::once(&world.bus, &spaces, 2).await.unwrap(), 1);
    assert_eq!(world.index.spaces().await.unwrap(), [space("b", 8)]);
}

#[tokio::test]
async fn a_model_of_another_dimension_is_another_model() {
    let old = ScriptedLlm::always(Turn::Embed(16)).await;
    let (world, _) = world(&old).await;
    let new = ScriptedLlm::always(Turn::Embed(4)).await;
    let spaces = world.spaces(vec![encoder(&new, "a")]).await;
    assert_eq!(rebuild::once(&world.bus, &spaces, 2).await.unwrap(), 1);
    assert_eq!(world.index.spaces().await.unwrap(), [space("a", 4)]);
}

#[tokio::test]
async fn without_a_model_words_are_found_and_a_model_can_come_later() {
    let world = World::new().await;
    let spaces = world.spaces(Vec::new()).await;
    let handler = Embed::new(world.bus.clone(), spaces.clone(), 2);
    let stored = world.put(&document(&["gate", "lounge"])).await;
    world.record(1, FileState::Received, None).await;
    deliver(&handler, world.add(1, &stored).await).await.unwrap();
    world.record(1, FileState::Indexed, Some((&stored, 2))).await;
    assert_eq!(world.found(&Space::words(), "lounge").await.len(), 1);
    let refused = Embedder::new(spaces).embed(&call(&["?"])).await.unwrap_err();
    assert!(matches!(refused, EmbedError::NoModel) && !refused.told().temporary);

    let scripted = ScriptedLlm::always(Turn::Embed(8)).await;
    let spaces = world.spaces(vec![encoder(&scripted, "b")]).await;
    assert_eq!(rebuild::once(&world.bus, &spaces, 2).await.unwrap(), 1);
    assert_eq!(world.index.spaces().await.unwrap(), [space("b", 8)]);
}

#[tokio::test]
async fn a_call_has_texts_but_not_too_many() {
    let world = World::new().await;
    let scripted = ScriptedLlm::always(Turn::Embed(8)).await;
    let embedder = Embedder::new(world.spaces(vec![encoder(&scripted, "b")]).await);
    for texts in [Vec::new(), vec!["x"; MOST_TEXTS + 1]] {
        let error = embedder.embed(&call(&texts)).await.unwrap_err();
        assert_eq!(error.told().pointer.as_deref(), Some("/texts"), "{error}");
    }
    assert!(scripted.asked().is_empty());
    let embedded = embedder.embed(&call(&["a", "b"])).await.unwrap();
    assert_eq!((embedded.vectors.len(), embedded.tokens), (2, 6));
}
