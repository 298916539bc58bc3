//! What an endpoint offers, found out by asking it.

use std::time::{Duration, Instant};

use serde_json::json as document;

use crate::chat::{Chat, chain};
use crate::endpoint::plainer;
use crate::error::ChatError;
use crate::json;
use crate::request::{Message, Request, Shape};

/// What was found out about an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its host and port.
    pub endpoint: String,
    /// The model that was asked.
    pub model: String,
    /// What it offers; or why there was no reply.
    pub offer: Result<Offer, String>,
}

/// What an endpoint offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Which shapes of replies it lets itself be asked for.
    pub shapes: Shapes,
    /// Whether the reply had that shape.
    pub kept: bool,
    /// Whether it streams.
    pub streams: bool,
    /// Whether it counts tokens.
    pub counts: bool,
    /// How long the reply took.
    pub took: Duration,
}

/// Which shapes of replies can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shapes {
    /// JSON of a schema.
    Schema,
    /// JSON.
    Json,
    /// None: replies are read as they come.
    None,
}

impl Chat {
    /// Asks every endpoint a small thing.
    pub async fn probe(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for (endpoint, key) in self.endpoints() {
            let mut plainness = 0;
            let offer = loop {
                let start = Instant::now();
                let reply = self
                    .once(endpoint, key.as_ref(), &question(), plainness, &mut |_| {})
                    .await;
                match (reply, plainer(plainness)) {
                    (Ok(reply), _) => {
                        break Ok(Offer {
                            shapes: match plainness {
                                0 => Shapes::Schema,
                                1 => Shapes::Json,
                                _ => Shapes::None,
                            },
                            kept: json::read(&reply.text)
                                .is_ok_and(|json| json.get("city").is_some_and(serde_json::Value::is_string)),
                            streams: reply.streamed,
                            counts: reply.tokens.is_some(),
                            took: start.elapsed(),
                        });
                    }
                    (
                        Err(ChatError::Status {
                            status: 400 | 415 | 422 | 501,
                            ..
                        }),
                        Some(next),
                    ) => plainness = next,
                    (Err(error), _) => break Err(chain(&error)),
                }
            };
            found.push(Found {
                endpoint: endpoint.name.clone(),
                model: endpoint.model.clone(),
                offer,
            });
        }
        found
    }
}

fn question() -> Request {
    Request {
        messages: vec![Message::user(
            "Reply with one JSON object and nothing else, {\"city\": \"…\"}: what is the capital of France?",
        )],
        shape: Shape::Json {
            name: "city",
            schema: document!({
                "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"],
            }),
        },
        temperature: 0.0,
        seed: None,
        nonce: String::new(),
    }
}
