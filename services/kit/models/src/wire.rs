//! Requests and replies as JSON. Fields that some server leaves out are optional.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::request::{Message, Request, Shape};
use crate::usage::Tokens;

/// What goes out.
#[derive(Debug, Serialize)]
pub(crate) struct Body<'a> {
    model: &'a str,
    messages: &'a [Message],
    temperature: f32,
    max_tokens: u32,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Value>,
}

impl<'a> Body<'a> {
    /// A request to a model, as plain as the endpoint wants it (see `Endpoint::plainness`).
    pub fn of(request: &'a Request, model: &'a str, max_tokens: u32, plainness: u8) -> Self {
        let response_format = match (&request.shape, plainness) {
            (Shape::Json { name, schema }, 0) => Some(json!({
                "type": "json_schema",
                "json_schema": { "name": name, "schema": schema },
            })),
            (Shape::Json { .. }, 1) => Some(json!({ "type": "json_object" })),
            (Shape::Json { .. } | Shape::Text, _) => None,
        };
        Self {
            model,
            messages: &request.messages,
            temperature: request.temperature,
            max_tokens,
            stream: true,
            stream_options: (plainness < 3).then(|| json!({ "include_usage": true })),
            seed: request.seed,
            response_format,
        }
    }
}

/// A piece of a reply, or a whole one.
#[derive(Debug, Deserialize)]
pub(crate) struct Piece {
    #[serde(default)]
    pub choices: Vec<Choice>,
    #[serde(default)]
    pub usage: Option<Counts>,
    #[serde(default)]
    pub model: Option<String>,
    /// What some servers send in the middle of a stream instead of a status.
    #[serde(default)]
    pub error: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    /// In a stream.
    #[serde(default)]
    pub delta: Option<Said>,
    /// In a whole reply.
    #[serde(default)]
    pub message: Option<Said>,
    #[serde(default)]
    pub finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    pub content: Option<String>,
    #[serde(default)]
    pub refusal: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Counts {
    #[serde(default)]
    pub prompt_tokens: u64,
    #[serde(default)]
    pub completion_tokens: Option<u64>,
}

impl From<Counts> for Tokens {
    fn from(counts: Counts) -> Self {
        Self {
            prompt: counts.prompt_tokens,
            completion: counts.completion_tokens.unwrap_or(0),
        }
    }
}
