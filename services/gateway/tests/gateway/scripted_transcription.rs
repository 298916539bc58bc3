//! `ScriptedTranscription`: an endpoint that hears nothing. It keeps what it is sent, and says what its script says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use models::TranscriptionConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The header of that name.
    pub authorization: String,
    /// The body, what is no UTF-8 in it replaced.
    pub form: String,
}

struct Script {
    status: StatusCode,
    reply: String,
    heard: Mutex<Vec<Heard>>,
}

/// A running endpoint; it ends when it is dropped.
pub struct ScriptedTranscription {
    url: String,
    script: Arc<Script>,
    serving: JoinHandle<()>,
}

impl ScriptedTranscription {
    /// Says this text, whatever it is sent.
    pub async fn saying(text: &str) -> Self {
        Self::start(StatusCode::OK, &serde_json::json!({ "text": text }).to_string()).await
    }

    /// Replies with this, whatever it is sent.
    pub async fn start(status: StatusCode, reply: &str) -> Self {
        let script = Arc::new(Script {
            status,
            reply: reply.to_owned(),
            heard: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/audio/transcriptions", post(play))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&script));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, script, serving }
    }

    /// Settings of a gateway that uses it.
    pub fn config(&self) -> TranscriptionConfig {
        TranscriptionConfig {
            base_url: Some(self.url.clone()),
            model: Some("scripted".to_owned()),
            api_key: Some("sk-of-the-test".into()),
            retries: 0,
            timeout_seconds: Duration::from_secs(30).as_secs(),
            ..TranscriptionConfig::default()
        }
    }

    /// Every request so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.script.heard.lock().unwrap().clone()
    }
}

impl Drop for ScriptedTranscription {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn play(State(script): State<Arc<Script>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let authorization = headers.get("authorization").map(|value| value.to_str().unwrap());
    script.heard.lock().unwrap().push(Heard {
        authorization: authorization.unwrap_or_default().to_owned(),
        form: String::from_utf8_lossy(&body).into_owned(),
    });
    (script.status, script.reply.clone())
}
