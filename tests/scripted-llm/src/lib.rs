//! `scripted-llm`: an OpenAI-compatible endpoint that has no model behind it. It plays the turns of a script, one for each
//! request, keeps every request for a test to look at, and can do what endpoints do on bad days. It embeds, ranks and echoes too: by
//! letters, not by meaning.
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
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, watch};
use tokio::task::JoinHandle;

pub use turn::Turn;

/// A request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Where it went, for instance `/v1/embeddings`.
    pub path: String,
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
    /// What it does when all turns are played.
    otherwise: Option<Turn>,
    asked: Vec<Asked>,
    at_once: usize,
    most_at_once: usize,
}

#[derive(Debug, Default)]
struct Stage {
    script: Mutex<Script>,
    /// Whoever has it holds all turns up.
    gate: Arc<RwLock<()>>,
    /// How many requests came.
    count: watch::Sender<usize>,
}

type Shared = Arc<Stage>;

/// A running endpoint; it ends when it is dropped.
#[derive(Debug)]
pub struct ScriptedLlm {
    address: String,
    stage: Shared,
    serving: JoinHandle<()>,
}

impl ScriptedLlm {
    /// Starts it on a free port, with the turns that it will play.
    ///
    /// # Panics
    /// When this machine has no free port.
    pub async fn start(turns: impl IntoIterator<Item = Turn>) -> Self {
        let stage = Shared::default();
        lock(&stage).turns.extend(turns);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new()
            .route("/v1/chat/completions", post(play))
            .route("/v1/completions", post(play))
            .route("/v1/embeddings", post(play))
            .route("/v1/rerank", post(play))
            .with_state(Arc::clone(&stage));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            stage,
            serving,
        }
    }

    /// Starts it on a free port, to do the same thing whenever it is asked.
    ///
    /// # Panics
    /// When this machine has no free port.
    pub async fn always(turn: Turn) -> Self {
        let scripted = Self::start([]).await;
        lock(&scripted.stage).otherwise = Some(turn);
        scripted
    }

    /// What to configure as the endpoint.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.stage).asked.clone()
    }

    /// Holds all turns up until what this returns is dropped: requests come in, and wait.
    pub async fn hold(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.stage.gate).write_owned().await
    }

    /// Waits until so many requests came.
    ///
    /// # Panics
    /// Never: who counts them lives as long as this.
    pub async fn came(&self, requests: usize) {
        let mut count = self.stage.count.subscribe();
        count.wait_for(|count| *count >= requests).await.unwrap();
    }

    /// Turns that are not played yet.
    #[must_use]
    pub fn left(&self) -> usize {
        lock(&self.stage).turns.len()
    }

    /// How many requests were under way at once, at most.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        lock(&self.stage).most_at_once
    }
}

impl Drop for ScriptedLlm {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn play(State(stage): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let asked = Asked {
        path: uri.path().to_owned(),
        authorization: headers
            .get("authorization")
            .map(|value| value.to_str().unwrap().to_owned()),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let turn = {
        let mut script = lock(&stage);
        script.asked.push(asked.clone());
        script.at_once += 1;
        script.most_at_once = script.most_at_once.max(script.at_once);
        script.turns.pop_front().or_else(|| script.otherwise.clone())
    };
    stage.count.send_modify(|count| *count += 1);
    drop(stage.gate.read().await);
    let response = match turn {
        Some(turn) => turn.play(&asked.body).await,
        None => (StatusCode::NOT_FOUND, "the script has ended").into_response(),
    };
    lock(&stage).at_once -= 1;
    response
}

fn lock(stage: &Shared) -> std::sync::MutexGuard<'_, Script> {
    stage.script.lock().unwrap_or_else(PoisonError::into_inner)
}
