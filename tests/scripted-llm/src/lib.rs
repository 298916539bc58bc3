//! `scripted-llm`: an OpenAI-compatible endpoint that has no model behind it. It plays the turns of a script, one for each
//! request, keeps every request for a test to look at, and can do what endpoints do on bad days.
//!
//! | module | what is in it |
//! |---|---|
//! | [`turn`] | what it does when it is asked |

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

pub mod turn;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use turn::Turn;

/// A request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The header of that name.
    pub authorization: Option<String>,
    /// The body.
    pub body: Value,
}

impl Asked {
    /// What all messages say, one behind the other.
    #[must_use]
    pub fn text(&self) -> String {
        let messages = self
            .body
            .get("messages")
            .and_then(|list| list.as_array())
            .into_iter()
            .flatten();
        let contents: Vec<&str> = messages
            .filter_map(|message| message["content"].as_str())
            .collect();
        contents.join("\n")
    }
}

#[derive(Debug, Default)]
struct Script {
    turns: VecDeque<Turn>,
    asked: Vec<Asked>,
    at_once: usize,
    most_at_once: usize,
}

type Shared = Arc<Mutex<Script>>;

/// A running endpoint; it ends when it is dropped.
#[derive(Debug)]
pub struct ScriptedLlm {
    address: String,
    script: Shared,
    serving: JoinHandle<()>,
}

impl ScriptedLlm {
    /// Starts it on a free port, with the turns that it will play.
    ///
    /// # Panics
    /// When this machine has no free port.
    pub async fn start(turns: impl IntoIterator<Item = Turn>) -> Self {
        let script = Shared::default();
        lock(&script).turns.extend(turns);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new()
            .route("/v1/chat/completions", post(chat))
            .with_state(Arc::clone(&script));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            script,
            serving,
        }
    }

    /// What to configure as the endpoint.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.script).asked.clone()
    }

    /// Turns that are not played yet.
    #[must_use]
    pub fn left(&self) -> usize {
        lock(&self.script).turns.len()
    }

    /// How many requests were under way at once, at most.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        lock(&self.script).most_at_once
    }
}

impl Drop for ScriptedLlm {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn chat(State(script): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = Asked {
        authorization: headers
            .get("authorization")
            .map(|value| value.to_str().unwrap().to_owned()),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let turn = {
        let mut script = lock(&script);
        script.asked.push(asked.clone());
        script.at_once += 1;
        script.most_at_once = script.most_at_once.max(script.at_once);
        script.turns.pop_front()
    };
    let response = match turn {
        Some(turn) => turn.play(&asked.body).await,
        None => (StatusCode::NOT_FOUND, "the script has ended").into_response(),
    };
    lock(&script).at_once -= 1;
    response
}

fn lock(script: &Shared) -> std::sync::MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}
