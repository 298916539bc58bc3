//! The messages of one subject, read without a consumer.
//!
//! A consumer per read lives on after it, and a stream has room for a thousand (nats-server 2.15). Direct gets leave
//! nothing, and one request brings many messages (NATS ADR-31). A server before 2.11 does not know batches and answers
//! each request with one message: slower, and just as right. Only for subjects without wildcards: with those the server
//! searches for each message anew, which takes longer the more subjects there are.

use std::time::Duration;

use async_nats::jetstream::stream::Stream;
use async_nats::{HeaderMap, StatusCode, Subscriber};
use bytes::Bytes;
use futures::StreamExt;
use serde_json::json;

use crate::connection::Bus;
use crate::fault::{Source, no_such_message};

/// What the server sends for one request: messages, and bytes of all but the last.
const BATCH: (usize, usize) = (1024, 4 << 20);
/// Silence that means that the rest of a batch is lost, with the connection for instance.
const SILENCE: Duration = Duration::from_secs(2);
/// How long to wait before a server is asked again that has not found the stream yet.
const PAUSE: Duration = Duration::from_millis(100);
/// The status of what ends a batch.
const END: u16 = 204;

/// Why a subject can't be read.
#[derive(Debug, thiserror::Error)]
enum DirectError {
    #[error("there is no stream {0}, or none that allows direct gets")]
    NoStream(String),
    #[error("the server answered {0}")]
    Refused(String),
    #[error("a message came without its place in the stream")]
    NoPlace,
    #[error("the subscription ended")]
    Unsubscribed,
}

/// A reader of the messages of one subject, oldest first.
pub(crate) struct Direct {
    bus: Bus,
    stream: String,
    subject: String,
    inbox: String,
    answers: Subscriber,
    /// Whether a batch is under way.
    asked: bool,
    /// The sequence of the last message that was read.
    last: u64,
    /// Whether the server knows of no more.
    over: bool,
}

impl Direct {
    pub(crate) async fn new(bus: &Bus, stream: String, subject: String) -> Result<Self, Source> {
        let inbox = bus.client().new_inbox();
        let answers = bus.client().subscribe(inbox.clone()).await?;
        Ok(Self {
            bus: bus.clone(),
            stream,
            subject,
            inbox,
            answers,
            asked: false,
            last: 0,
            over: false,
        })
    }

    /// The next message; `None` when there is none. The caller expects to read `wanted` more. It waits for a server that
    /// is away: limit its time.
    pub(crate) async fn next(&mut self, wanted: usize) -> Result<Option<Bytes>, Source> {
        while !self.over {
            if !self.asked {
                self.ask(wanted).await?;
            }
            let Ok(answer) = tokio::time::timeout(SILENCE, self.answers.next()).await else {
                self.asked = false;
                continue;
            };
            let answer = answer.ok_or(DirectError::Unsubscribed)?;
            let headers = answer.headers.unwrap_or_default();
            let pending = number(&headers, "Nats-Num-Pending");
            // The message before this one; zero for the first of a batch.
            let before = number(&headers, "Nats-Last-Sequence").unwrap_or(0);
            match answer.status {
                None | Some(StatusCode::OK) => {
                    let sequence = number(&headers, "Nats-Sequence").ok_or(DirectError::NoPlace)?;
                    // Without a number of those that follow, this is all that comes.
                    self.asked = pending.is_some();
                    // Not one that came twice, because a batch was slow rather than lost, and not one after a gap: what
                    // is missing there is asked for when the batch has ended.
                    if sequence > self.last && before <= self.last {
                        self.last = sequence;
                        return Ok(Some(answer.payload));
                    }
                }
                Some(status) if status.as_u16() == END => {
                    self.asked = false;
                    self.over = pending == Some(0) && before <= self.last;
                }
                Some(StatusCode::NOT_FOUND) => self.over = true,
                Some(StatusCode::NO_RESPONDERS) if self.last == 0 => {
                    return Err(DirectError::NoStream(self.stream.clone()).into());
                }
                // It was there a moment ago.
                Some(StatusCode::NO_RESPONDERS) => {
                    self.asked = false;
                    tokio::time::sleep(PAUSE).await;
                }
                Some(status) => {
                    let words = answer.description.unwrap_or_default();
                    let words = format!("{status} {words}").trim().to_owned();
                    return Err(DirectError::Refused(words).into());
                }
            }
        }
        Ok(None)
    }

    /// The next message as the stream's leader knows it: replicas answer direct gets too, and one may be behind.
    pub(crate) async fn next_of_leader(&mut self) -> Result<Option<Bytes>, Source> {
        let stream: Stream<()> = self.bus.jetstream().get_stream_no_info(&self.stream).await?;
        let next = stream
            .raw_message_builder()
            .next_by_subject(self.subject.clone())
            .sequence(self.last + 1);
        match next.send().await {
            Ok(message) => {
                self.last = message.sequence;
                (self.asked, self.over) = (false, false);
                Ok(Some(message.payload))
            }
            Err(error) if no_such_message(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn ask(&mut self, wanted: usize) -> Result<(), Source> {
        let (messages, bytes) = BATCH;
        let request = json!({
            "seq": self.last + 1,
            "next_by_subj": self.subject,
            "batch": wanted.clamp(1, messages),
            "max_bytes": bytes,
        });
        let subject = format!("$JS.API.DIRECT.GET.{}", self.stream);
        self.bus
            .client()
            .publish_with_reply(subject, self.inbox.clone(), request.to_string().into())
            .await?;
        self.asked = true;
        Ok(())
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.as_str().parse().ok()
}
