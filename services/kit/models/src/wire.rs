//! Requests and replies as JSON. Fields that some server leaves out are optional.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::request::{Message, Request, Role, Shape};
use crate::usage::Tokens;

/// What goes out.
#[derive(Debug, Serialize)]
pub(crate) struct Body<'a> {
    model: &'a str,
    messages: Vec<Spoken<'a>>,
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
            messages: request.messages.iter().map(Spoken::of).collect(),
            temperature: request.temperature,
            max_tokens,
            stream: true,
            stream_options: (plainness < 3).then(|| json!({ "include_usage": true })),
            seed: request.seed,
            response_format,
        }
    }
}

/// A message as it goes out.
#[derive(Debug, Serialize)]
struct Spoken<'a> {
    role: Role,
    content: Content<'a>,
}

/// Text alone goes as such: many servers know nothing else.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(&'a str),
    Parts(Vec<Value>),
}

impl<'a> Spoken<'a> {
    fn of(message: &'a Message) -> Self {
        let image = |url: &String| json!({ "type": "image_url", "image_url": { "url": url } });
        let content = if message.images.is_empty() {
            Content::Text(&message.content)
        } else {
            let text = json!({ "type": "text", "text": message.content });
            Content::Parts(message.images.iter().map(image).chain([text]).collect())
        };
        Self {
            role: message.role,
            content,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_go_out_as_parts_before_the_text_that_is_about_them() {
        let request = Request {
            messages: vec![
                Message::system("Read."),
                Message::user("What does it say?").with_image("data:image/png;base64,AA=="),
            ],
            shape: Shape::Text,
            temperature: 0.0,
            seed: None,
            nonce: String::new(),
        };
        let body = serde_json::to_value(Body::of(&request, "m", 9, 0)).unwrap();
        assert_eq!(
            body["messages"],
            json!([
                { "role": "system", "content": "Read." },
                { "role": "user", "content": [
                    { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA==" } },
                    { "type": "text", "text": "What does it say?" },
                ] },
            ])
        );
    }
}
