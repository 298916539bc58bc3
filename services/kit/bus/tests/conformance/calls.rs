//! Calls: answered at once, refused in words, or told to have nobody.

use std::time::Duration;

use bus::{Answerer, Bus, BusConfig, CallFailure};
use futures::future::try_join_all;
use schemas::TenantId;
use schemas::calls::{CallError, EmbedCall, EmbedPurpose, Embedded, SearchCall, SearchFilter, SearchHits};
use tokio_util::sync::CancellationToken;

use crate::harness::{World, local};

/// Answers with the length of each text, refuses an empty one.
pub struct Lengths;

impl Answerer<EmbedCall> for Lengths {
    type Reply = Embedded;

    async fn answer(&self, call: EmbedCall, tenant: &TenantId) -> Result<Embedded, CallError> {
        if let Some(at) = call.texts.iter().position(String::is_empty) {
            return Err(CallError {
                message: "a text is empty".to_owned(),
                pointer: Some(format!("/texts/{at}")),
                temporary: false,
            });
        }
        Ok(Embedded {
            across: 0,
            model: format!("lengths of {tenant}"),
            vectors: call.texts.iter().map(|text| vec![text.len() as f32]).collect(),
            tokens: 0,
        })
    }
}

pub fn embed(texts: &[&str]) -> EmbedCall {
    EmbedCall {
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        purpose: EmbedPurpose::Query,
    }
}

const LIMIT: Duration = Duration::from_secs(10);

struct Serving {
    shutdown: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

/// A service that answers as soon as this returns.
async fn serve(world: &World, places: usize) -> Serving {
    let bus = Bus::connect(&BusConfig::at(world.server.url()), "embed")
        .await
        .unwrap();
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    let task = tokio::spawn(async move { bus.answer(Lengths, places, stop).await.unwrap() });
    loop {
        match world
            .bus
            .call::<_, Embedded>(&local(), &embed(&["ready"]), LIMIT)
            .await
        {
            Ok(_) => return Serving { shutdown, task },
            Err(CallFailure::NoService { .. }) => tokio::task::yield_now().await,
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_call_is_answered_for_its_tenant() {
    let world = World::new().await;
    let _serving = serve(&world, 4).await;
    let other: TenantId = "other".parse().unwrap();
    let reply: Embedded = world
        .bus
        .call(&other, &embed(&["a", "bcd"]), LIMIT)
        .await
        .unwrap();
    assert_eq!(reply.model, "lengths of other");
    assert_eq!(reply.vectors, [[1.0], [3.0]]);
}

#[tokio::test]
async fn many_calls_at_once_each_get_their_own_reply() {
    let world = World::new().await;
    let _serving = serve(&world, 2).await;
    let texts: Vec<String> = (1..200).map(|length| "x".repeat(length)).collect();
    let calls = texts.iter().map(|text| {
        let world = &world;
        async move {
            let call = embed(&[text]);
            let reply: Embedded = world.bus.call(&local(), &call, LIMIT).await?;
            Ok::<_, CallFailure>(reply.vectors)
        }
    });
    let vectors = try_join_all(calls).await.unwrap();
    for (text, got) in texts.iter().zip(vectors) {
        assert_eq!(got, [[text.len() as f32]]);
    }
}

#[tokio::test]
async fn a_refusal_names_what_was_wrong_and_where() {
    let world = World::new().await;
    let _serving = serve(&world, 4).await;
    let refused = world
        .bus
        .call::<_, Embedded>(&local(), &embed(&["a", ""]), LIMIT)
        .await
        .unwrap_err();
    assert!(!refused.is_temporary());
    let CallFailure::Refused(error) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (error.message.as_str(), error.pointer.as_deref()),
        ("a text is empty", Some("/texts/1"))
    );

    // What a plain client of the bus may send.
    let reply = world
        .raw
        .request("call.embed.v1.local", r#"{"texts":[1],"purpose":"query"}"#.into())
        .await
        .unwrap();
    let error: CallError = serde_json::from_slice(&reply.payload).unwrap();
    assert_eq!(error.pointer.as_deref(), Some("/texts/0"));
    assert!(
        error.message.contains("contrail.call.embed.v1"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn a_reply_that_no_message_can_hold_is_refused() {
    let world = World::new().await;
    let _serving = serve(&world, 1).await;
    let many = EmbedCall {
        texts: vec!["x".to_owned(); 220_000],
        purpose: EmbedPurpose::Query,
    };
    let refused = world
        .bus
        .call::<_, Embedded>(&local(), &many, LIMIT)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("ask for less at once"), "{refused}");
    let more = EmbedCall {
        texts: vec!["x".to_owned(); 300_000],
        purpose: EmbedPurpose::Query,
    };
    let unsendable = world
        .bus
        .call::<_, Embedded>(&local(), &more, LIMIT)
        .await
        .unwrap_err();
    assert!(
        matches!(unsendable, CallFailure::Unsendable { .. }),
        "{unsendable:?}"
    );
}

#[tokio::test]
async fn a_call_that_nobody_answers_is_told_at_once_and_again_after_the_service_ends() {
    let world = World::new().await;
    let call = SearchCall {
        query: "gate".to_owned(),
        limit: 3,
        only: SearchFilter::default(),
        closely: false,
    };
    let nobody = world
        .bus
        .call::<_, SearchHits>(&local(), &call, LIMIT)
        .await
        .unwrap_err();
    assert!(matches!(nobody, CallFailure::NoService { .. }), "{nobody:?}");
    assert!(nobody.is_temporary());

    let serving = serve(&world, 1).await;
    serving.shutdown.cancel();
    serving.task.await.unwrap();
    let gone = world
        .bus
        .call::<_, Embedded>(&local(), &embed(&["a"]), LIMIT)
        .await
        .unwrap_err();
    assert!(matches!(gone, CallFailure::NoService { .. }), "{gone:?}");
}
