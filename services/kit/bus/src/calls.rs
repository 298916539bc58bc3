//! Calls: asked and answered at once, through the NATS services API (ADR-32). Nothing is kept of them, so that what must not
//! be lost is a job instead.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{HeaderMap, RequestErrorKind};
use bytes::Bytes;
use futures::StreamExt;
use schemas::calls::CallError;
use schemas::cloudevents::{TRACE_PARENT, TYPE};
use schemas::{Message, TenantId};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, field};

use crate::connection::Bus;
use crate::fault::Source;
use crate::headers::{TRACE_STATE, get, set};
use crate::presence::leave;
use crate::publish::MAX_BODY;

/// Answers calls of type `C`.
pub trait Answerer<C: Message>: Send + Sync + 'static {
    /// What it answers with.
    type Reply: Message;

    /// Answers one call.
    ///
    /// # Errors
    /// What the caller is told.
    fn answer(
        &self,
        call: C,
        tenant: &TenantId,
    ) -> impl Future<Output = Result<Self::Reply, CallError>> + Send;
}

/// Why calls can't be answered (any more).
#[derive(Debug, thiserror::Error)]
#[error("can't answer calls on {subject}")]
pub struct AnswerError {
    subject: &'static str,
    #[source]
    source: Source,
}

/// Why a call has no reply.
#[derive(Debug, thiserror::Error)]
pub enum CallFailure {
    /// The service has said why.
    #[error("{}", .0.message)]
    Refused(CallError),
    /// Nobody answers such calls at the moment.
    #[error("no service answers {subject}")]
    NoService {
        /// The subject.
        subject: String,
    },
    /// The call can't be written, or is larger than a message may be.
    #[error("a call on {subject} can't be sent")]
    Unsendable {
        /// The subject.
        subject: String,
        /// Why.
        #[source]
        source: Source,
    },
    /// There was no reply in time, or the connection is lost.
    #[error("no reply on {subject}")]
    NoReply {
        /// The subject.
        subject: String,
        /// What happened.
        #[source]
        source: Source,
    },
    /// The reply is none that was expected.
    #[error("the reply on {subject} can't be read")]
    Unreadable {
        /// The subject.
        subject: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

impl CallFailure {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Refused(error) => error.temporary,
            Self::NoService { .. } | Self::NoReply { .. } => true,
            Self::Unsendable { .. } | Self::Unreadable { .. } => false,
        }
    }
}

impl Bus {
    /// Answers calls until `shutdown`, `places` at once; others of the same service share the load.
    ///
    /// # Errors
    /// When the server does not answer, or the connection is closed meanwhile.
    pub async fn answer<C: Message, A: Answerer<C>>(
        &self,
        answerer: A,
        places: usize,
        shutdown: CancellationToken,
    ) -> Result<(), AnswerError> {
        let failed = |source: Source| AnswerError {
            subject: C::SUBJECT,
            source,
        };
        let service = self.present().await.map_err(failed)?;
        let mut calls = service
            .endpoint_builder()
            .name(self.service())
            .add(format!("{}.*", C::SUBJECT))
            .await
            .map_err(failed)?;

        let answerer = Arc::new(answerer);
        let free = Arc::new(Semaphore::new(places.max(1)));
        let mut running = JoinSet::new();
        loop {
            while running.try_join_next().is_some() {}
            let place = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                place = Arc::clone(&free).acquire_owned() => place.map_err(|error| failed(error.into()))?,
            };
            let request = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                request = calls.next() => request,
            };
            let Some(request) = request else {
                return Err(failed(Closed.into()));
            };
            let (bus, answerer) = (self.clone(), Arc::clone(&answerer));
            running.spawn(async move {
                let reply = bus.reply::<C, A>(&answerer, &request.message).await;
                let mut headers = HeaderMap::new();
                set(&mut headers, TYPE, reply.0);
                if let Err(error) = request.respond_with_headers(Ok(reply.1), headers).await {
                    tracing::debug!(%error, "a reply is lost; its caller asks again or gives up");
                }
                drop(place);
            });
        }
        calls.stop().await.map_err(|error| failed(error.into()))?;
        // The server does in order what a connection asks of it: once this has its answer, whichever that is, no call is sent
        // here any more that would then wait for its whole limit.
        let local = TenantId::local();
        if let Err(error) = self.jetstream().get_stream(format!("OBJ_files_{local}")).await {
            tracing::debug!(%error, "the server did not say that it sends no more calls");
        }
        // What was begun is answered.
        while running.join_next().await.is_some() {}
        leave(service).await;
        Ok(())
    }

    /// The type and the body of the reply to one call.
    async fn reply<C: Message, A: Answerer<C>>(
        &self,
        answerer: &A,
        message: &async_nats::Message,
    ) -> (&'static str, Bytes) {
        let span = tracing::info_span!(
            "call",
            otel.name = field::Empty,
            otel.kind = "server",
            service = self.service(),
            messaging.system = "nats",
            messaging.operation.name = "process",
            messaging.destination.name = %message.subject,
            messaging.destination.template = C::SUBJECT,
        );
        span.record("otel.name", format!("process {}", C::SUBJECT));
        let header = |name| get(message.headers.as_ref(), name);
        telemetry::propagation::set_parent(&span, header(TRACE_PARENT), header(TRACE_STATE));
        let answered = async {
            let (tenant, call) = read::<C>(message)?;
            let reply = answerer.answer(call, &tenant).await?;
            let body = serde_json::to_vec(&reply).map_err(|error| refusal(error.to_string()))?;
            if body.len() > MAX_BODY {
                let size = body.len();
                return Err(refusal(format!(
                    "the reply has {size} bytes, more than the {MAX_BODY} of a message: ask for less at once"
                )));
            }
            Ok(body)
        };
        match answered.instrument(span).await {
            Ok(body) => (A::Reply::TYPE, body.into()),
            Err(error) => (
                CallError::TYPE,
                serde_json::to_vec(&error).unwrap_or_default().into(),
            ),
        }
    }

    /// Calls a service and waits for its reply, at most `limit`.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn call<C: Message, R: Message>(
        &self,
        tenant: &TenantId,
        call: &C,
        limit: Duration,
    ) -> Result<R, CallFailure> {
        let subject = C::subject(tenant);
        let span = tracing::info_span!(
            "call",
            otel.name = field::Empty,
            otel.kind = "client",
            service = self.service(),
            messaging.system = "nats",
            messaging.operation.name = "request",
            messaging.destination.name = %subject,
            messaging.destination.template = C::SUBJECT,
        );
        span.record("otel.name", format!("request {}", C::SUBJECT));
        let unsendable = |source: Source| CallFailure::Unsendable {
            subject: subject.clone(),
            source,
        };
        let body = serde_json::to_vec(call).map_err(|error| unsendable(error.into()))?;
        if body.len() > MAX_BODY {
            return Err(unsendable(TooLarge(body.len()).into()));
        }
        let mut headers = HeaderMap::new();
        set(&mut headers, TYPE, C::TYPE);
        for (name, value) in telemetry::propagation::headers_of(&span) {
            set(&mut headers, name, &value);
        }
        let request = async_nats::Request::new()
            .headers(headers)
            .payload(body.into())
            .timeout(Some(limit));
        let sent = self.client().send_request(subject.clone(), request);
        let reply = sent.instrument(span).await.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => CallFailure::NoService {
                subject: subject.clone(),
            },
            RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
                unsendable(error.into())
            }
            RequestErrorKind::TimedOut | RequestErrorKind::Other => CallFailure::NoReply {
                subject: subject.clone(),
                source: error.into(),
            },
        })?;
        let unreadable = |source| CallFailure::Unreadable {
            subject: subject.clone(),
            source,
        };
        if get(reply.headers.as_ref(), TYPE) == Some(CallError::TYPE) {
            let refused = serde_json::from_slice(&reply.payload).map_err(unreadable)?;
            return Err(CallFailure::Refused(refused));
        }
        serde_json::from_slice(&reply.payload).map_err(unreadable)
    }
}

/// The tenant and the call of a message.
fn read<C: Message>(message: &async_nats::Message) -> Result<(TenantId, C), CallError> {
    let token = message
        .subject
        .strip_prefix(C::SUBJECT)
        .and_then(|rest| rest.strip_prefix('.'));
    let tenant = token
        .unwrap_or_default()
        .parse()
        .map_err(|error: schemas::InvalidId| refusal(error.to_string()))?;
    let mut reader = serde_json::Deserializer::from_slice(&message.payload);
    let call = serde_path_to_error::deserialize(&mut reader).map_err(|error| CallError {
        message: format!("can't decode {}: {}", C::TYPE, error.inner()),
        pointer: Some(crate::envelope::pointer(error.path())).filter(|pointer| !pointer.is_empty()),
        temporary: false,
    })?;
    Ok((tenant, call))
}

fn refusal(message: String) -> CallError {
    CallError {
        message,
        pointer: None,
        temporary: false,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the subscription has ended")]
struct Closed;

#[derive(Debug, thiserror::Error)]
#[error("it has {0} bytes, more than the {MAX_BODY} of a message")]
struct TooLarge(usize);
