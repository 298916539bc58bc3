//! What it does when it is asked.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};

/// One turn of a script.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// Says this, in pieces where it is asked to stream.
    Say(String),
    /// Says this whole, whatever it is asked: some servers don't stream.
    SayWhole(String),
    /// Says this, and is told to have run out of tokens.
    SayCutShort(String),
    /// Says this after a while.
    SayAfter(Duration, String),
    /// Says this, a few characters after each pause.
    Drip(Duration, String),
    /// Begins to say this, and the connection breaks.
    Break(String),
    /// Begins to say this, and the stream ends without its end.
    Stop(String),
    /// Begins to say this, and an error comes in the stream.
    Fail(String),
    /// Answers with a status, and when to come again.
    Status(u16, Option<u64>),
    /// Rejects the request as it is: it knows no schemas of replies.
    NoSchemas,
    /// Sends a body that is no chat.
    Garbage,
    /// Turns each text into a vector of so many numbers: texts of the same letters are near each other.
    Embed(usize),
    /// Gives each document its score, the last document first.
    Score(Vec<f64>),
    /// Echoes the prompt, with the log-probability `-length / of` for each of its words, and writes a word behind it.
    Echo(f64),
    /// Sends a body, whatever is asked.
    Body(Value),
}

impl Turn {
    /// Says a JSON document.
    #[must_use]
    pub fn json(document: &Value) -> Self {
        Self::Say(document.to_string())
    }

    /// Plays it for a request.
    pub(crate) async fn play(self, request: &Value) -> Response {
        let streamed = request["stream"] == true;
        match self {
            Self::Say(text) if streamed => events(said(&text).chain(ended("stop"))),
            Self::Say(text) | Self::SayWhole(text) => whole(&text, "stop"),
            Self::SayCutShort(text) if streamed => events(said(&text).chain(ended("length"))),
            Self::SayCutShort(text) => whole(&text, "length"),
            Self::SayAfter(pause, text) => {
                tokio::time::sleep(pause).await;
                whole(&text, "stop")
            }
            Self::Drip(pause, text) => {
                events(said(&text).chain(ended("stop")).then(move |event| async move {
                    tokio::time::sleep(pause).await;
                    event
                }))
            }
            Self::Break(text) => {
                let broken = stream::iter([Err(io::Error::other("the script says so"))]);
                let pieces = said(&text).map(|event| Ok::<_, io::Error>(Bytes::from(event)));
                response("text/event-stream", Body::from_stream(pieces.chain(broken)))
            }
            Self::Stop(text) => events(said(&text)),
            Self::Fail(text) => {
                let error = event(&json!({ "error": { "message": "the model fell over" } }));
                events(said(&text).chain(stream::iter([error])))
            }
            Self::Status(status, retry_after) => {
                let status = StatusCode::from_u16(status).unwrap();
                let body = json!({ "error": { "message": "the script says so" } }).to_string();
                let mut response = (status, body).into_response();
                if let Some(seconds) = retry_after {
                    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                }
                response
            }
            Self::NoSchemas => {
                let message = "response_format is not supported";
                let body = json!({ "error": { "message": message } }).to_string();
                (StatusCode::BAD_REQUEST, body).into_response()
            }
            Self::Embed(dimension) => embedded(request, dimension),
            Self::Score(scores) => scored(&scores),
            Self::Echo(of) => echoed(request, of),
            Self::Body(body) => response("application/json", Body::from(body.to_string())),
            Self::Garbage => response("application/json", Body::from("<html>gateway</html>")),
        }
    }
}

/// Characters of one piece.
const PIECE: usize = 7;

fn said(text: &str) -> impl Stream<Item = String> + Send + use<> {
    let characters: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = characters
        .chunks(PIECE)
        .map(|piece| {
            let content: String = piece.iter().collect();
            event(&json!({ "model": "scripted", "choices": [{ "delta": { "content": content } }] }))
        })
        .collect();
    stream::iter(pieces)
}

fn ended(reason: &str) -> impl Stream<Item = String> + Send + use<> {
    stream::iter([
        event(&json!({ "choices": [{ "delta": {}, "finish_reason": reason }] })),
        event(&json!({ "choices": [], "usage": { "prompt_tokens": 11, "completion_tokens": 5 } })),
        "data: [DONE]\n\n".to_owned(),
    ])
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn events(events: impl Stream<Item = String> + Send + 'static) -> Response {
    let bytes = events.map(|event| Ok::<_, Infallible>(Bytes::from(event)));
    response("text/event-stream", Body::from_stream(bytes))
}

fn whole(text: &str, reason: &str) -> Response {
    let body = json!({
        "model": "scripted",
        "choices": [{ "message": { "role": "assistant", "content": text }, "finish_reason": reason }],
        "usage": { "prompt_tokens": 11, "completion_tokens": 5 },
    });
    response("application/json", Body::from(body.to_string()))
}

/// The vectors, the last text first: who relies on the order is found out.
fn embedded(request: &Value, dimension: usize) -> Response {
    let texts = request["input"].as_array().cloned().unwrap_or_default();
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .rev()
        .map(|(index, text)| {
            let mut vector = vec![0.0; dimension];
            for c in text.as_str().unwrap_or_default().chars() {
                *vector.get_mut(c as usize % dimension).unwrap() += 1.0;
            }
            json!({ "object": "embedding", "index": index, "embedding": vector })
        })
        .collect();
    let usage = json!({ "prompt_tokens": 3 * texts.len(), "total_tokens": 3 * texts.len() });
    let body = json!({ "object": "list", "model": "scripted", "data": data, "usage": usage });
    response("application/json", Body::from(body.to_string()))
}

fn scored(scores: &[f64]) -> Response {
    let results: Vec<Value> = scores
        .iter()
        .enumerate()
        .rev()
        .map(|(index, score)| json!({ "index": index, "relevance_score": score }))
        .collect();
    response(
        "application/json",
        Body::from(json!({ "model": "scripted", "results": results }).to_string()),
    )
}

/// Words with the space before them, as tokens; the first one has nothing before it.
fn echoed(request: &Value, of: f64) -> Response {
    let prompt = request["prompt"].as_str().unwrap_or_default();
    let mut tokens: Vec<&str> = prompt.split_inclusive(' ').collect();
    let counted = tokens.len();
    tokens.push("then");
    let mut numbers: Vec<Value> = tokens
        .iter()
        .map(|token| json!(-(token.len() as f64) / of))
        .collect();
    *numbers.first_mut().unwrap() = Value::Null;
    let logprobs = json!({ "tokens": tokens, "token_logprobs": numbers });
    let body = json!({
        "model": "scripted",
        "choices": [{ "text": format!("{prompt}then"), "logprobs": logprobs, "finish_reason": "length" }],
        "usage": { "prompt_tokens": counted, "completion_tokens": 1 },
    });
    response("application/json", Body::from(body.to_string()))
}

fn response(kind: &'static str, body: Body) -> Response {
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
