//! Endpoints that embed and rank, on good days and on bad ones.

use models::{
    ChatError, EmbeddingConfig, Encoder, EncoderError, OnnxConfig, Purpose, RerankConfig, Reranker,
};
use scripted_llm::{ScriptedLlm, Turn};
use serde_json::json;

fn config(scripted: &ScriptedLlm, model: &str) -> EmbeddingConfig {
    EmbeddingConfig {
        base_url: Some(scripted.base_url()),
        model: Some(model.to_owned()),
        api_key: Some("sk-of-the-test".into()),
        batch: 2,
        retries: 2,
        timeout_seconds: 5,
        ..EmbeddingConfig::default()
    }
}

fn encoder(config: &EmbeddingConfig) -> Encoder {
    let mut encoders = Encoder::configured(config, &OnnxConfig::default()).unwrap();
    assert_eq!(encoders.len(), 1);
    encoders.remove(0)
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn texts_go_in_batches_and_vectors_come_in_order() {
    let scripted = ScriptedLlm::always(Turn::Embed(8)).await;
    let encoder = encoder(&config(&scripted, "some-model"));
    let all = encoder
        .embed(&texts(&["a", "bb", "c"]), Purpose::Passage)
        .await
        .unwrap();
    let one = |place: usize| {
        let mut vector = vec![0.0; 8];
        vector[place] = 1.0;
        vector
    };
    // The letters a, b and c are 97, 98 and 99.
    assert_eq!(all.vectors, [one(1), one(2), one(3)]);
    assert_eq!(
        (encoder.name(), encoder.dimension().await.unwrap()),
        ("some-model", 8)
    );
    let asked = scripted.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(all.tokens, 9);
    assert_eq!(asked[0].path, "/v1/embeddings");
    assert_eq!(asked[0].authorization.as_deref(), Some("Bearer sk-of-the-test"));
    let body = json!({ "model": "some-model", "input": ["a", "bb"], "encoding_format": "float" });
    assert_eq!(asked[0].body, body);
}

#[tokio::test]
async fn the_dimension_is_asked_for_once() {
    let scripted = ScriptedLlm::always(Turn::Embed(5)).await;
    let encoder = encoder(&config(&scripted, "some-model"));
    for _ in 0..3 {
        assert_eq!(encoder.dimension().await.unwrap(), 5);
    }
    assert_eq!(scripted.asked().len(), 1);
}

#[tokio::test]
async fn questions_are_introduced_to_models_that_want_it() {
    let check = async |model: &str, prefix: Option<&str>, purpose: Purpose, expected: &str| {
        let scripted = ScriptedLlm::always(Turn::Embed(4)).await;
        let mut config = config(&scripted, model);
        config.query_prefix = prefix.map(str::to_owned);
        encoder(&config)
            .embed(&texts(&["where?"]), purpose)
            .await
            .unwrap();
        assert_eq!(scripted.asked()[0].body["input"][0], expected);
    };
    let instructed =
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:where?";
    check("Qwen/Qwen3-Embedding-8B", None, Purpose::Query, instructed).await;
    check("Qwen/Qwen3-Embedding-8B", None, Purpose::Passage, "where?").await;
    check("Qwen/Qwen3-Embedding-8B", Some(""), Purpose::Query, "where?").await;
    check("e5", Some("query: "), Purpose::Query, "query: where?").await;
    check("bge-m3", None, Purpose::Query, "where?").await;
}

#[tokio::test]
async fn bad_days_are_sat_out() {
    for bad in [
        Turn::Status(429, Some(0)),
        Turn::Status(503, Some(0)),
        Turn::Garbage,
        // A chat is no vector.
        Turn::SayWhole("hello".to_owned()),
    ] {
        let scripted = ScriptedLlm::start([bad.clone(), Turn::Embed(4)]).await;
        let encoder = encoder(&config(&scripted, "m"));
        let all = encoder.embed(&texts(&["a"]), Purpose::Query).await;
        assert_eq!(all.unwrap().vectors.len(), 1, "{bad:?}");
    }
}

#[tokio::test]
async fn what_will_not_change_is_not_tried_again() {
    let scripted = ScriptedLlm::always(Turn::Status(401, None)).await;
    let error = encoder(&config(&scripted, "m"))
        .embed(&texts(&["a"]), Purpose::Query)
        .await
        .unwrap_err();
    assert!(error.is_fatal() && !error.is_temporary(), "{error:?}");
    assert_eq!(scripted.asked().len(), 1);
    assert!(!format!("{error:?}").contains("sk-of-the-test"));
}

#[tokio::test]
async fn a_model_that_changes_its_dimension_is_found_out() {
    let scripted = ScriptedLlm::start([Turn::Embed(4), Turn::Embed(5), Turn::Embed(5), Turn::Embed(5)]).await;
    let encoder = encoder(&EmbeddingConfig {
        retries: 0,
        ..config(&scripted, "m")
    });
    encoder.embed(&texts(&["a"]), Purpose::Query).await.unwrap();
    let error = encoder.embed(&texts(&["a"]), Purpose::Query).await.unwrap_err();
    let EncoderError::Endpoint(ChatError::Unreadable { reason, .. }) = &error else {
        panic!("{error:?}");
    };
    assert!(reason.contains("5 numbers, expected 4"), "{reason}");
}

#[test]
fn settings_that_do_not_fit_together_are_named() {
    let config = EmbeddingConfig {
        base_url: Some("http://a/v1".to_owned()),
        ..EmbeddingConfig::default()
    };
    let error = Encoder::configured(&config, &OnnxConfig::default()).unwrap_err();
    assert!(error.to_string().contains("0 models"), "{error}");
    let none = Encoder::configured(&EmbeddingConfig::default(), &OnnxConfig::default()).unwrap();
    assert!(none.is_empty());
    assert!(Reranker::open(&RerankConfig::default()).unwrap().is_none());
}

fn reranker(scripted: &ScriptedLlm, model: &str) -> Reranker {
    let config = RerankConfig {
        base_url: Some(scripted.base_url()),
        model: Some(model.to_owned()),
        ..RerankConfig::default()
    };
    Reranker::open(&config).unwrap().unwrap()
}

#[tokio::test]
async fn scores_come_in_the_order_of_the_passages() {
    let scripted = ScriptedLlm::always(Turn::Score(vec![0.1, 0.9])).await;
    let scores = reranker(&scripted, "bge-reranker-v2-m3")
        .scores("which?", &texts(&["one", "two"]))
        .await
        .unwrap();
    assert_eq!(scores, [0.1, 0.9]);
    let asked = &scripted.asked()[0];
    assert_eq!(asked.path, "/v1/rerank");
    let body = json!({
        "model": "bge-reranker-v2-m3", "query": "which?", "documents": ["one", "two"],
        "top_n": 2, "return_documents": false,
    });
    assert_eq!(asked.body, body);
}

#[tokio::test]
async fn qwen_reads_its_template() {
    let scripted = ScriptedLlm::always(Turn::Score(vec![0.5])).await;
    reranker(&scripted, "Qwen3-Reranker-8B")
        .scores("which?", &texts(&["one"]))
        .await
        .unwrap();
    let body = &scripted.asked()[0].body;
    let query = body["query"].as_str().unwrap();
    assert!(
        query.starts_with("<|im_start|>system\nJudge") && query.ends_with("<Query>: which?\n"),
        "{query}"
    );
    let document = body["documents"][0].as_str().unwrap();
    assert!(document.starts_with("<Document>: one<|im_end|>"), "{document}");
}

#[tokio::test]
async fn a_passage_without_a_score_is_an_error() {
    let scripted = ScriptedLlm::always(Turn::Score(vec![0.1])).await;
    let reranker = reranker(&scripted, "m");
    let error = reranker.scores("?", &texts(&["one", "two"])).await.unwrap_err();
    assert!(error.to_string().contains("no score for 1 of 2"), "{error}");
    assert!(reranker.scores("?", &[]).await.unwrap().is_empty());
}
