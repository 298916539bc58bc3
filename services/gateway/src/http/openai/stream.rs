//! Chat completions as they come: first what is being done, then the text.
//!
//! What is being done goes into `reasoning_content`, which front ends show beside the answer and never count as part of it;
//! clients that don't know the member pass it over.

use std::future::ready;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream, StreamExt};
use http::HeaderName;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::http::problem::{Problem, Told};

use super::chat::{Asked, Reply, answer};
use super::errors;

/// A comment is sent after so long a silence, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Something that has happened on the way to an answer.
enum Step {
    Stage(String),
    Done(Box<Reply>),
    Failed(Box<Problem>),
}

/// The head of every chunk of one completion.
struct Head {
    id: String,
    created: i64,
    model: String,
    /// Whether a chunk of usage comes last.
    usage: bool,
}

impl Head {
    fn chunk(&self, delta: &Value, finish: Option<&str>) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish }],
        })
    }

    fn chunks(&self, step: Step) -> Vec<Value> {
        match step {
            Step::Stage(stage) => {
                vec![self.chunk(&json!({ "reasoning_content": format!("{stage}\n") }), None)]
            }
            Step::Done(reply) => {
                let lines = reply.text.split_inclusive('\n');
                let mut chunks: Vec<Value> = lines
                    .map(|line| self.chunk(&json!({ "content": line }), None))
                    .collect();
                let mut last = self.chunk(&json!({}), Some("stop"));
                put(&mut last, "x_contrail", reply.whole);
                chunks.push(last);
                if self.usage {
                    let mut usage = self.chunk(&json!({}), None);
                    put(&mut usage, "choices", json!([]));
                    put(&mut usage, "usage", json!(reply.usage));
                    chunks.push(usage);
                }
                chunks
            }
            Step::Failed(problem) => {
                let response = problem.into_response();
                let told = response.extensions().get::<Told>();
                told.map(|told| errors::object(response.status(), told))
                    .into_iter()
                    .collect()
            }
        }
    }
}

/// Sets a member of an object.
fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// The response to a question, begun at once.
pub fn respond(asked: Asked, usage: bool) -> Response {
    let head = Head {
        id: format!("chatcmpl-{}", asked.id),
        created: chrono::Utc::now().timestamp(),
        model: asked.model_name.clone(),
        usage,
    };
    let first = head.chunk(&json!({ "role": "assistant", "content": "" }), None);
    let (sender, steps) = unbounded_channel();
    // Both are driven by who reads the response: when it is dropped, waiting ends; the question stays in its queue.
    let driving = stream::once(drive(asked, sender)).filter_map(|()| ready(None));
    let steps = stream::select(received(steps), driving);
    let chunks = stream::iter([first]).chain(steps.flat_map(move |step| stream::iter(head.chunks(step))));
    let events = chunks
        .map(|chunk| Event::default().json_data(chunk))
        .chain(stream::iter([Ok(Event::default().data("[DONE]"))]));
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    ([(NO_BUFFERING, "no")], sse).into_response()
}

async fn drive(asked: Asked, sender: UnboundedSender<Step>) {
    // Who does not read any more needs no steps.
    let stages = sender.clone();
    let tell = move |stage: &str| drop(stages.send(Step::Stage(stage.to_owned())));
    let step = match answer(asked, tell).await {
        Ok(reply) => Step::Done(Box::new(reply)),
        Err(problem) => Step::Failed(Box::new(problem)),
    };
    drop(sender.send(step));
}

fn received(receiver: UnboundedReceiver<Step>) -> impl Stream<Item = Step> {
    stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|step| (step, receiver))
    })
}
