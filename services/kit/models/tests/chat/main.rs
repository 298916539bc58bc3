//! Chats with `scripted-llm`, on good days and on bad ones.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

use std::time::Duration;

use models::probe::Shapes;
use models::{Chat, ChatError, Delta, Message, ModelsConfig, Request, Shape, Tokens};
use scripted_llm::{ScriptedLlm, Turn};
use serde_json::json;

const KEY: &str = "sk-of-the-test";

fn config(endpoints: &[&ScriptedLlm]) -> ModelsConfig {
    ModelsConfig {
        base_url: endpoints.iter().map(|endpoint| endpoint.base_url()).collect(),
        model: vec!["scripted".to_owned()],
        api_key: Some(KEY.into()),
        timeout_seconds: 30,
        idle_seconds: 5,
        retries: 2,
        ..ModelsConfig::default()
    }
}

fn open(config: &ModelsConfig) -> Chat {
    Chat::open(config).unwrap().unwrap()
}

fn request() -> Request {
    Request {
        messages: vec![Message::system("be brief"), Message::user("how many?")],
        shape: Shape::Text,
        temperature: 0.0,
        seed: Some(7),
        nonce: String::new(),
    }
}

fn say(text: &str) -> Turn {
    Turn::Say(text.to_owned())
}

/// What one endpoint makes of a script, and how often it was asked for that.
async fn played(turns: Vec<Turn>) -> (Result<String, ChatError>, usize) {
    let scripted = ScriptedLlm::start(turns).await;
    let chat = open(&config(&[&scripted]));
    let completion = chat.complete(&request()).await;
    (
        completion.map(|completion| completion.text),
        scripted.asked().len(),
    )
}

#[tokio::test]
async fn a_reply_comes_in_pieces_and_is_counted() {
    let scripted = ScriptedLlm::start([say("forty-two of them, 四十二")]).await;
    let chat = open(&config(&[&scripted]));
    let mut pieces = Vec::new();
    let completion = chat
        .stream(&request(), &mut |delta| {
            if let Delta::Text(text) = delta {
                pieces.push(text.to_owned());
            }
        })
        .await
        .unwrap();
    assert_eq!(completion.text, "forty-two of them, 四十二");
    assert!(pieces.len() > 1 && pieces.concat() == completion.text);
    let tokens = Tokens {
        prompt: 11,
        completion: 5,
    };
    assert_eq!((completion.tokens, completion.cut_short), (Some(tokens), false));
    let usage = chat.usage();
    assert_eq!((usage.requests, usage.replies, usage.tokens), (1, 1, tokens));

    let asked = &scripted.asked()[0];
    assert_eq!(asked.authorization.as_deref(), Some("Bearer sk-of-the-test"));
    assert_eq!(asked.body["model"], "scripted");
    assert_eq!(asked.body["seed"], 7);
    assert_eq!(
        asked.body["messages"][1],
        json!({ "role": "user", "content": "how many?" })
    );
    assert!(asked.body.get("response_format").is_none());
}

#[tokio::test]
async fn whole_replies_are_replies_too() {
    assert_eq!(
        played(vec![Turn::SayWhole("42".to_owned())]).await.0.unwrap(),
        "42"
    );
}

#[tokio::test]
async fn bad_days_are_sat_out() {
    for bad in [
        Turn::Status(429, Some(0)),
        Turn::Status(500, Some(0)),
        Turn::Status(503, None),
        Turn::Break("forty-t".to_owned()),
        Turn::Stop("forty-t".to_owned()),
        Turn::Fail("forty-t".to_owned()),
        Turn::Garbage,
    ] {
        let (text, asked) = played(vec![bad.clone(), say("42")]).await;
        assert_eq!((text.unwrap().as_str(), asked), ("42", 2), "{bad:?}");
    }
}

#[tokio::test]
async fn a_storm_ends_in_an_error_after_so_many_tries() {
    let (error, asked) = played(vec![Turn::Status(429, Some(0)); 9]).await;
    assert!(
        matches!(error, Err(ChatError::Status { status: 429, .. })),
        "{error:?}"
    );
    assert_eq!(asked, 3);
    let (error, asked) = played(vec![Turn::Status(401, None); 9]).await;
    assert!(
        matches!(error, Err(ChatError::Status { status: 401, .. })),
        "{error:?}"
    );
    assert_eq!(asked, 1);
    let (error, asked) = played(vec![Turn::Status(429, Some(3600)); 9]).await;
    assert!(error.is_err());
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn the_next_endpoint_is_asked_without_the_key_of_the_first() {
    let first = ScriptedLlm::start(vec![Turn::Status(500, Some(0)); 3]).await;
    let second = ScriptedLlm::start([say("42")]).await;
    let chat = open(&config(&[&first, &second]));
    assert_eq!(chat.complete(&request()).await.unwrap().text, "42");
    assert_eq!((first.left(), second.left()), (0, 0));
    assert!(first.asked()[0].authorization.is_some());
    assert_eq!(second.asked()[0].authorization, None);
}

#[tokio::test]
async fn what_broke_off_is_void() {
    let scripted = ScriptedLlm::start([Turn::Stop("no, wait".to_owned()), say("42")]).await;
    let chat = open(&config(&[&scripted]));
    let mut shown = String::new();
    let told = &mut |delta: Delta<'_>| match delta {
        Delta::Text(text) => shown.push_str(text),
        Delta::Again => shown.clear(),
    };
    chat.stream(&request(), told).await.unwrap();
    assert_eq!(shown, "42");
}

#[tokio::test]
async fn schemas_are_asked_for_until_an_endpoint_takes_offence() {
    let turns = [Turn::NoSchemas, Turn::NoSchemas, say("{}"), say("{}")];
    let scripted = ScriptedLlm::start(turns).await;
    let chat = open(&config(&[&scripted]));
    let request = Request {
        shape: Shape::Json {
            name: "reply",
            schema: json!({ "type": "object" }),
        },
        ..request()
    };
    for _ in 0..2 {
        assert_eq!(chat.complete(&request).await.unwrap().text, "{}");
    }
    let formats: Vec<_> = scripted
        .asked()
        .iter()
        .map(|asked| asked.body["response_format"]["type"].as_str().map(str::to_owned))
        .collect();
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(formats, [named("json_schema"), named("json_object"), None, None]);
}

#[tokio::test]
async fn slow_is_slow_and_silence_is_an_error() {
    let slow = Turn::Drip(Duration::from_millis(30), "forty-two of them".to_owned());
    assert_eq!(played(vec![slow]).await.0.unwrap(), "forty-two of them");

    let silent = Turn::SayAfter(Duration::from_secs(60), "42".to_owned());
    let scripted = ScriptedLlm::start([silent.clone(), silent]).await;
    let settings = ModelsConfig {
        idle_seconds: 1,
        retries: 0,
        ..config(&[&scripted])
    };
    let error = open(&settings).complete(&request()).await.unwrap_err();
    assert!(matches!(error, ChatError::Idle { .. }), "{error:?}");
    let settings = ModelsConfig {
        timeout_seconds: 1,
        ..config(&[&scripted])
    };
    let error = open(&settings).complete(&request()).await.unwrap_err();
    assert!(matches!(error, ChatError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn only_so_many_are_asked_at_once() {
    let turn = Turn::SayAfter(Duration::from_millis(50), "42".to_owned());
    let scripted = ScriptedLlm::start(vec![turn; 6]).await;
    let settings = ModelsConfig {
        concurrency: 2,
        ..config(&[&scripted])
    };
    let chat = open(&settings);
    let request = request();
    let replies = futures::future::join_all((0..6).map(|_| chat.complete(&request))).await;
    assert!(replies.iter().all(Result::is_ok));
    assert_eq!(scripted.most_at_once(), 2);
}

#[tokio::test]
async fn want_of_tokens_is_told() {
    let scripted = ScriptedLlm::start([Turn::SayCutShort("forty-".to_owned())]).await;
    let completion = open(&config(&[&scripted])).complete(&request()).await.unwrap();
    assert!(completion.cut_short);
}

#[tokio::test]
async fn keys_are_not_shown() {
    let scripted = ScriptedLlm::start([Turn::Status(401, None)]).await;
    let settings = config(&[&scripted]);
    let chat = open(&settings);
    let error = chat.complete(&request()).await.unwrap_err();
    for shown in [
        format!("{settings:?}"),
        format!("{chat:?}"),
        format!("{error:?}"),
        error.to_string(),
    ] {
        assert!(!shown.contains(KEY), "{shown}");
    }
}

#[test]
fn without_an_endpoint_there_is_nobody_to_ask() {
    assert!(Chat::open(&ModelsConfig::default()).unwrap().is_none());
}

#[tokio::test]
async fn what_was_recorded_is_played_without_the_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let asking = |fence: &str| Request {
        messages: vec![Message::user(format!("<data-{fence}> how many?"))],
        nonce: fence.to_owned(),
        ..request()
    };
    let scripted = ScriptedLlm::start([say("42"), say("43")]).await;
    let recording = open(&ModelsConfig {
        record: Some(tape.clone()),
        ..config(&[&scripted])
    });
    for _ in 0..2 {
        recording.complete(&asking("abc")).await.unwrap();
    }
    assert!(!std::fs::read_to_string(&tape).unwrap().contains(KEY));

    let playing = open(&ModelsConfig {
        replay: Some(tape),
        ..ModelsConfig::default()
    });
    let mut played = Vec::new();
    for fence in ["xyz", "uvw", "rst"] {
        played.push(playing.complete(&asking(fence)).await.unwrap().text);
    }
    assert_eq!(played, ["42", "43", "43"]);
    let unknown = playing.complete(&request()).await.unwrap_err();
    assert!(matches!(unknown, ChatError::NotRecorded), "{unknown:?}");
}

#[tokio::test]
async fn what_an_endpoint_offers_is_found_out() {
    let city = json!({ "city": "Paris" });
    let all = ScriptedLlm::start([Turn::json(&city)]).await;
    let plain = ScriptedLlm::start([
        Turn::NoSchemas,
        Turn::NoSchemas,
        Turn::SayWhole("Paris".to_owned()),
    ])
    .await;
    let gone = ScriptedLlm::start([Turn::Status(401, None)]).await;
    let found = open(&config(&[&all, &plain, &gone])).probe().await;
    let told: Vec<_> = found
        .iter()
        .map(|found| {
            found
                .offer
                .as_ref()
                .map(|offer| (offer.shapes, offer.kept, offer.streams, offer.counts))
        })
        .collect();
    assert_eq!(told[0], Ok((Shapes::Schema, true, true, true)));
    assert_eq!(told[1], Ok((Shapes::None, false, false, true)));
    assert!(told[2].unwrap_err().contains("401"));
}

#[tokio::test]
async fn tokens_are_measured_by_model_and_no_word_is_told() {
    let _telemetry = telemetry::init("models", &telemetry::TelemetryConfig::default()).unwrap();
    let scripted = ScriptedLlm::start([say("a secret reply")]).await;
    let completion = open(&config(&[&scripted])).complete(&request()).await.unwrap();
    let tokens = completion.tokens.unwrap();
    let text = telemetry::metrics::render();
    for (kind, count) in [("input", tokens.prompt), ("output", tokens.completion)] {
        let line = text.lines().find(|line| {
            line.starts_with("gen_ai_client_token_usage_sum")
                && line.contains(r#"gen_ai_request_model="scripted""#)
                && line.contains(r#"gen_ai_operation_name="chat""#)
                && line.contains(&format!(r#"gen_ai_token_type="{kind}""#))
        });
        let line = line.unwrap_or_else(|| panic!("no {kind} in {text}"));
        assert!(line.ends_with(&format!(" {count}")), "{line}");
    }
    for word in ["secret", "how many", KEY] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}
