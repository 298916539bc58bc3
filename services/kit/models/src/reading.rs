//! A reply as it comes in, piece by piece or whole.

use std::pin::pin;
use std::time::Duration;

use futures::StreamExt;
use reqwest::header::CONTENT_TYPE;
use sse_stream::SseStream;
use tokio::time::timeout;

use crate::error::ChatError;
use crate::usage::Tokens;
use crate::wire::{Choice, Piece};

/// Bytes of a reply's text.
const LONGEST: usize = 1 << 20;
/// Bytes of an error that are told.
const TOLD: usize = 400;

/// A reply, read to its end.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub text: String,
    pub model: Option<String>,
    pub tokens: Option<Tokens>,
    /// Whether the model had to stop before it was done.
    pub cut_short: bool,
    /// Whether it came in pieces.
    pub streamed: bool,
    ended: bool,
}

/// Reads replies of one endpoint.
pub(crate) struct Reader<'a> {
    pub endpoint: &'a str,
    pub idle: Duration,
}

impl Reader<'_> {
    /// Reads a reply to its end and tells each piece of its text.
    pub async fn read(
        &self,
        response: reqwest::Response,
        told: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Reply, ChatError> {
        let kind = response.headers().get(CONTENT_TYPE);
        let streamed = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("text/event-stream"));
        if streamed {
            self.pieces(response, told).await
        } else {
            self.whole(response, told).await
        }
    }

    async fn pieces(
        &self,
        response: reqwest::Response,
        told: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Reply, ChatError> {
        let mut events = pin!(SseStream::from_bytes_stream(response.bytes_stream()));
        let mut reply = Reply {
            streamed: true,
            ..Reply::default()
        };
        loop {
            let event = match self.within(events.next()).await? {
                Some(Ok(event)) => event,
                // A connection that breaks cuts the reply off, whatever the words for that are.
                Some(Err(_)) => return Err(self.cut()),
                None if reply.ended => return Ok(reply),
                None => return Err(self.cut()),
            };
            let data = event.data.unwrap_or_default();
            match data.trim() {
                "" => {}
                "[DONE]" => return if reply.ended { Ok(reply) } else { Err(self.cut()) },
                data => self.add(&mut reply, data, told)?,
            }
        }
    }

    async fn whole(
        &self,
        response: reqwest::Response,
        told: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Reply, ChatError> {
        let text = self.body(response).await?;
        let mut reply = Reply::default();
        self.add(&mut reply, &text, told)?;
        if reply.ended { Ok(reply) } else { Err(self.cut()) }
    }

    /// The beginning of what an endpoint says of its error.
    pub async fn complaint(&self, response: reqwest::Response) -> String {
        let text = self.body(response).await.unwrap_or_default();
        let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
        let message = json.as_ref().and_then(|json| {
            let inner = json.pointer("/error/message").or_else(|| json.get("message"));
            inner.and_then(serde_json::Value::as_str)
        });
        shortened(message.unwrap_or(&text))
    }

    async fn body(&self, response: reqwest::Response) -> Result<String, ChatError> {
        let mut stream = pin!(response.bytes_stream());
        let mut bytes = Vec::new();
        while let Some(chunk) = self.within(stream.next()).await? {
            bytes.extend_from_slice(&chunk.map_err(|_| self.cut())?);
            self.bounded(bytes.len())?;
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn add(
        &self,
        reply: &mut Reply,
        json: &str,
        told: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), ChatError> {
        let unreadable = |reason: String| ChatError::Unreadable {
            endpoint: self.endpoint.to_owned(),
            reason,
        };
        let piece: Piece = serde_json::from_str(json).map_err(|error| unreadable(error.to_string()))?;
        if let Some(error) = piece.error.filter(|error| !error.is_null()) {
            let message = error.get("message").and_then(serde_json::Value::as_str);
            let message = message.map_or_else(|| error.to_string(), str::to_owned);
            return Err(unreadable(format!(
                "an error came instead: {}",
                shortened(&message)
            )));
        }
        reply.model = piece.model.or(reply.model.take());
        if let Some(counts) = piece.usage {
            reply.tokens = Some(counts.into());
        }
        // One reply is asked for; of more, the first counts.
        let Some(Choice {
            delta,
            message,
            finish_reason,
        }) = piece.choices.into_iter().next()
        else {
            return Ok(());
        };
        if let Some(said) = message.or(delta) {
            for text in said.content.into_iter().chain(said.refusal) {
                self.bounded(reply.text.len() + text.len())?;
                told(&text);
                reply.text.push_str(&text);
            }
        }
        if let Some(reason) = finish_reason {
            reply.ended = true;
            reply.cut_short = reason == "length";
        }
        Ok(())
    }

    async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, ChatError> {
        timeout(self.idle, work).await.map_err(|_| ChatError::Idle {
            endpoint: self.endpoint.to_owned(),
            limit: self.idle,
        })
    }

    fn bounded(&self, bytes: usize) -> Result<(), ChatError> {
        if bytes > LONGEST {
            return Err(ChatError::TooLong {
                endpoint: self.endpoint.to_owned(),
                limit: LONGEST,
            });
        }
        Ok(())
    }

    fn cut(&self) -> ChatError {
        ChatError::Cut {
            endpoint: self.endpoint.to_owned(),
        }
    }
}

/// The beginning of a text, in one line.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut end = line.len().min(TOLD);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default().to_owned()
}
