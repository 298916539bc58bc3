//! Messages in their CloudEvents envelope, with awaited acks.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use chrono::{SecondsFormat, Utc};
use futures::Stream;
use schemas::cloudevents::{Attributes, TRACE_PARENT};
use schemas::{JobId, Message, TenantId};
use tracing::{Instrument, Span, field};

use crate::connection::Bus;
use crate::fault::{Source, jetstream_code};
use crate::headers::{MESSAGE_ID, set};
use crate::inject::{Injected, Point};

pub use crate::headers::ORIGIN;

/// The largest body of a message: the 1 MiB of the server's `max_payload`, less 64 KiB for headers.
pub const MAX_BODY: usize = 1024 * 1024 - 64 * 1024;

/// Why a message is not on the bus.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Its body is larger than [`MAX_BODY`], or body and headers than the server takes.
    #[error(
        "a message of {size} bytes for {subject} is over the limit of {limit} bytes; larger things go to the object store"
    )]
    TooLarge {
        /// The subject.
        subject: String,
        /// Bytes of its body.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// It can't be written as JSON.
    #[error("can't encode a message for {subject}")]
    Encode {
        /// The subject.
        subject: String,
        /// What JSON can't express.
        #[source]
        source: serde_json::Error,
    },
    /// The stream is full: its readers are behind.
    #[error("the stream of {subject} is full")]
    Full {
        /// The subject.
        subject: String,
        /// What the server said.
        #[source]
        source: Source,
    },
    /// No stream takes the subject.
    #[error("no stream takes {subject}")]
    NoStream {
        /// The subject.
        subject: String,
    },
    /// The server did not say that it has the message; it may have it.
    #[error("no ack for a message on {subject}")]
    NoAck {
        /// The subject.
        subject: String,
        /// What happened.
        #[source]
        source: Source,
    },
    /// The facts of a subject can't be followed.
    #[error("can't follow {subject}")]
    Follow {
        /// The subject.
        subject: String,
        /// What happened.
        #[source]
        source: Source,
    },
}

impl PublishError {
    /// Whether the same message can't ever be published.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::TooLarge { .. } | Self::Encode { .. } => true,
            Self::Full { .. } | Self::NoStream { .. } | Self::NoAck { .. } | Self::Follow { .. } => false,
        }
    }
}

/// A message as it was read from a stream.
#[derive(Debug, Clone)]
pub struct Received<M> {
    /// `ce-id`.
    pub id: String,
    /// The tenant of the subject.
    pub tenant: TenantId,
    /// Its place in the stream.
    pub sequence: u64,
    /// The message.
    pub message: M,
}

/// A message that is ready to go.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// Where it goes.
    pub subject: String,
    /// The subject without what varies, for the span's name.
    pub template: &'static str,
    /// CloudEvents type.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// The tenant, or `unknown`.
    pub tenant: String,
    /// The job that began its chain.
    pub origin: Option<JobId>,
    /// The `traceparent` to hand on when nothing records spans here.
    pub trace: Option<String>,
    /// JSON.
    pub body: Bytes,
}

impl Bus {
    /// Puts a message on the bus under the current span's trace and awaits its ack. The same id twice is kept once.
    ///
    /// # Errors
    /// [`PublishError`] when the message is too large, the queue is full or the server does not answer.
    pub async fn publish<M: Message>(
        &self,
        tenant: &TenantId,
        id: &JobId,
        message: &M,
    ) -> Result<(), PublishError> {
        let subject = M::subject(tenant);
        let body = serde_json::to_vec(message)
            .map_err(|source| PublishError::Encode {
                subject: subject.clone(),
                source,
            })?
            .into();
        self.send(&Outgoing {
            subject,
            template: M::SUBJECT,
            kind: M::TYPE,
            id: id.to_string(),
            tenant: tenant.to_string(),
            origin: None,
            trace: None,
            body,
        })
        .await
    }

    /// Follows the facts of type `M` of one tenant that come from now on. The subscription stands when this returns.
    /// A fact that can't be decoded is logged and left out.
    ///
    /// # Errors
    /// When the stream is missing or the server does not answer.
    pub async fn events<M: Message>(
        &self,
        tenant: &TenantId,
    ) -> Result<impl Stream<Item = Received<M>> + Send + Unpin + use<M>, PublishError> {
        crate::events::follow(self.clone(), tenant.clone()).await
    }

    /// Puts a message on the bus in its envelope and awaits the ack.
    pub(crate) async fn send(&self, message: &Outgoing) -> Result<(), PublishError> {
        let span = tracing::info_span!(
            "publish",
            otel.name = field::Empty,
            otel.kind = "producer",
            service = self.service(),
            messaging.system = "nats",
            messaging.operation.name = "publish",
            messaging.operation.type = "send",
            messaging.destination.name = %message.subject,
            messaging.destination.template = message.template,
            messaging.message.id = %message.id,
            messaging.message.body.size = message.body.len(),
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("publish {}", message.template));
        }
        let headers = self.envelope(message, &span);
        self.put(message.subject.clone(), headers, message.body.clone())
            .instrument(span)
            .await
    }

    /// Puts bytes with headers on the bus and awaits the ack.
    pub(crate) async fn put(
        &self,
        subject: String,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<(), PublishError> {
        if body.len() > MAX_BODY {
            return Err(PublishError::TooLarge {
                subject,
                size: body.len(),
                limit: MAX_BODY,
            });
        }
        let size = body.len();
        let not_acked = |subject: &str, source: Source| PublishError::NoAck {
            subject: subject.to_owned(),
            source,
        };
        let injected = |injected: Injected| not_acked(&subject, injected.into());

        self.faults().pass(Point::Publish).map_err(injected)?;
        let message = PublishMessage::build().headers(headers).payload(body);
        let result = match self.jetstream().send_publish(subject.clone(), message).await {
            Ok(ack) => ack.await,
            Err(error) => Err(error),
        };
        match result {
            Ok(_) => self.faults().pass(Point::PublishAck).map_err(injected),
            Err(error) => Err(match error.kind() {
                PublishErrorKind::MaxPayloadExceeded => PublishError::TooLarge {
                    subject,
                    size,
                    limit: self.client().max_payload(),
                },
                PublishErrorKind::StreamNotFound => PublishError::NoStream { subject },
                PublishErrorKind::WrongLastMessageId
                | PublishErrorKind::WrongLastSequence
                | PublishErrorKind::TimedOut
                | PublishErrorKind::BrokenPipe
                | PublishErrorKind::MaxAckPending
                | PublishErrorKind::Other => match jetstream_code(&error) {
                    Some(code) if FULL.contains(&code) => PublishError::Full {
                        subject,
                        source: error.into(),
                    },
                    Some(_) | None => not_acked(&subject, error.into()),
                },
            }),
        }
    }

    fn envelope(&self, message: &Outgoing, span: &Span) -> HeaderMap {
        let attributes = Attributes {
            id: message.id.clone(),
            source: format!("/contrail/{}", self.service()),
            r#type: message.kind.to_owned(),
            time: now(),
            subject: message.tenant.clone(),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in attributes.headers() {
            set(&mut headers, name, value);
        }
        set(&mut headers, MESSAGE_ID, &message.id);
        if let Some(origin) = &message.origin {
            set(&mut headers, ORIGIN, origin.as_str());
        }
        if let Some(trace) = &message.trace {
            set(&mut headers, TRACE_PARENT, trace);
        }
        for (name, value) in telemetry::propagation::headers_of(span) {
            set(&mut headers, name, &value);
        }
        headers
    }
}

/// Codes of the server's errors that mean "no room": of the stream, of the account, or of the disk.
pub(crate) const FULL: [u64; 5] = [10002, 10023, 10047, 10077, 10122];

/// How long to wait between tries of something that must succeed: at first, and at most.
pub(crate) const PATIENCE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(2));

/// This moment, RFC 3339 in UTC.
pub(crate) fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true)
}
