//! Endpoints that tell how likely a text is, on good days and on bad ones.

use models::{ChatError, ScoredToken, Scorer, ScorerConfig, ScorerError};
use scripted_llm::{ScriptedLlm, Turn};
use serde_json::json;

fn config(scripted: &ScriptedLlm) -> ScorerConfig {
    ScorerConfig {
        base_url: Some(scripted.base_url()),
        model: Some("some-model".to_owned()),
        api_key: Some("sk-of-the-test".into()),
        timeout_seconds: 5,
        ..ScorerConfig::default()
    }
}

fn scorer(scripted: &ScriptedLlm) -> Scorer {
    Scorer::configured(&config(scripted)).unwrap().unwrap()
}

const ECHO: Turn = Turn::Echo(2.0);

#[tokio::test]
async fn tokens_of_a_text_have_their_places_and_probabilities() {
    let scripted = ScriptedLlm::always(ECHO).await;
    let scorer = scorer(&scripted);
    let scored = scorer.score("It rained again.").await.unwrap();
    let token = |start, log_probability| ScoredToken {
        start,
        log_probability,
    };
    assert_eq!(scored, [token(3, -3.5), token(10, -3.0)]);
    assert_eq!(scorer.model(), "some-model");
    let asked = &scripted.asked()[0];
    assert_eq!(asked.path, "/v1/completions");
    assert_eq!(asked.authorization.as_deref(), Some("Bearer sk-of-the-test"));
    let body = json!({
        "model": "some-model", "prompt": "It rained again.", "echo": true, "logprobs": 1, "max_tokens": 1, "temperature": 0.0,
    });
    assert_eq!(asked.body, body);
}

#[tokio::test]
async fn bad_days_are_sat_out() {
    for bad in [
        Turn::Status(429, Some(0)),
        Turn::Status(503, Some(0)),
        Turn::Garbage,
        Turn::Break("It".to_owned()),
    ] {
        let scripted = ScriptedLlm::start([bad.clone(), ECHO]).await;
        let scored = scorer(&scripted).score("It rained.").await;
        assert_eq!(scored.unwrap().len(), 1, "{bad:?}");
    }
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up() {
    let scripted = ScriptedLlm::always(ECHO).await;
    let held = scripted.hold().await;
    let config = ScorerConfig {
        timeout_seconds: 1,
        retries: 1,
        ..config(&scripted)
    };
    let scorer = Scorer::configured(&config).unwrap().unwrap();
    let error = scorer.score("It rained.").await.unwrap_err();
    assert!(
        matches!(error, ScorerError::Asked(ChatError::Idle { .. })),
        "{error:?}"
    );
    assert_eq!(scripted.asked().len(), 2);
    drop(held);
}

#[tokio::test]
async fn one_that_tells_nothing_of_the_text_is_named_and_not_asked_again() {
    let written = json!({ "content": [{ "token": " Then", "logprob": -0.5 }] });
    let body =
        json!({ "choices": [{ "text": " Then", "logprobs": written }], "usage": { "prompt_tokens": 4 } });
    let scripted = ScriptedLlm::always(Turn::Body(body)).await;
    let error = scorer(&scripted).score("It rained.").await.unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("0 tokens for a text of 4") && told.contains("`echo`"),
        "{told}"
    );
    assert_eq!(scripted.asked().len(), 1);
    let scripted = ScriptedLlm::always(Turn::Status(401, None)).await;
    let error = scorer(&scripted).score("It rained.").await.unwrap_err();
    assert!(!format!("{error:?}").contains("sk-of-the-test"), "{error:?}");
    assert_eq!(scripted.asked().len(), 1);
}

#[test]
fn without_a_model_it_is_no_endpoint() {
    assert!(Scorer::configured(&ScorerConfig::default()).unwrap().is_none());
    let config = ScorerConfig {
        base_url: Some("http://a/v1".to_owned()),
        ..ScorerConfig::default()
    };
    let error = Scorer::configured(&config).unwrap_err().to_string();
    assert!(error.contains("0 models"), "{error}");
}
