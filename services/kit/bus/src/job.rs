//! One delivery, from its headers to its ack.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::{Message as Delivered, consumer};
use futures::FutureExt;
use schemas::dead::DeadCause;
use schemas::{JobId, Message};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, field};

use crate::ack;
use crate::bury::{Burial, consequence};
use crate::connection::Bus;
use crate::delivery::{Delivery, DeliverySettings, Handler, Outputs};
use crate::envelope::{Envelope, Rejection, decode};
use crate::fault::{Fault, Faulty, Source, reason};
use crate::heart::{Beat, Heart};
use crate::ids::output_id;
use crate::inject::Point;
use crate::metrics::Outcome;
use crate::publish::{Outgoing, PATIENCE, PublishError};

/// Jobs that take fewer microseconds are quick.
const QUICK: u64 = 20_000;

/// Handles the deliveries of one consumer.
pub(crate) struct Worker<J, H> {
    bus: Bus,
    handler: H,
    heart: Heart,
    /// Microseconds that jobs take, on the safe side.
    usual: AtomicU64,
    max_deliver: u64,
    backoff: Vec<Duration>,
    /// Ends the loop.
    stop: CancellationToken,
    /// Ends the jobs.
    pub(crate) abandon: CancellationToken,
    fatal: Mutex<Option<Source>>,
    job: PhantomData<fn() -> J>,
}

/// What a failed handling means for its delivery.
enum Failure {
    Retry { after: Option<Duration>, reason: String },
    Reject(Rejection),
    Fatal(Source),
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Reject(rejection)
    }
}

impl<J: Message, H: Handler<J>> Worker<J, H> {
    pub(crate) fn new(
        bus: &Bus,
        handler: H,
        settings: &DeliverySettings,
        provisioned: &consumer::Config,
        stop: CancellationToken,
    ) -> Self {
        Self {
            bus: bus.clone(),
            handler,
            heart: Heart::new(bus, provisioned.ack_wait / 3),
            usual: AtomicU64::new(QUICK),
            // Not positive: without limit.
            max_deliver: u64::try_from(provisioned.max_deliver)
                .ok()
                .filter(|max| *max > 0)
                .unwrap_or(u64::MAX),
            backoff: settings.backoff.clone(),
            stop,
            abandon: CancellationToken::new(),
            fatal: Mutex::default(),
            job: PhantomData,
        }
    }

    /// What a handler said that this process can't work for.
    pub(crate) fn fatal(&self) -> Option<Source> {
        self.fatal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Tells the server that a delivery is under way, until what this returns is dropped.
    pub(crate) fn hold(&self, message: &Delivered) -> Option<Beat> {
        self.heart.hold(message)
    }

    /// Whether jobs take so little time that one more may wait here for its place.
    pub(crate) fn is_quick(&self) -> bool {
        self.usual.load(Ordering::Relaxed) < QUICK
    }

    /// Sees one delivery to its end.
    pub(crate) async fn deliver(&self, message: Delivered, beat: Option<Beat>) {
        let started = Instant::now();
        let Some(envelope) = Envelope::read(&message) else {
            tracing::warn!(subject = %message.subject, "a message that no consumer delivered is left out");
            return;
        };
        let span = self.span(&message, &envelope);
        let outcome = tokio::select! {
            biased;
            outcome = self.work(&message, &envelope).instrument(span) => outcome,
            () = self.abandon.cancelled() => {
                ack::give_back(&message, None).await;
                Outcome::Interrupted
            }
        };
        drop(beat);
        let took = started.elapsed();
        self.bus.metrics().delivered(J::SUBJECT, outcome, took);
        self.note(took);
    }

    /// Moves the usual time towards this one, at once where it is longer: one slow job ends the hurry, many quick ones
    /// bring it back.
    fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let usual = self.usual.load(Ordering::Relaxed);
        let next = if took >= usual {
            took
        } else {
            usual - (usual - took) / 8
        };
        self.usual.store(next, Ordering::Relaxed);
    }

    fn span(&self, message: &Delivered, envelope: &Envelope) -> Span {
        let span = tracing::info_span!(
            "process",
            otel.name = field::Empty,
            otel.kind = "consumer",
            otel.status_code = field::Empty,
            otel.status_description = field::Empty,
            service = self.bus.service(),
            messaging.system = "nats",
            messaging.operation.name = "process",
            messaging.operation.type = "process",
            messaging.destination.name = %message.subject,
            messaging.destination.template = J::SUBJECT,
            messaging.consumer.group.name = self.bus.service(),
            messaging.message.id = %envelope.id,
            messaging.message.conversation_id = %envelope.origin,
            messaging.message.body.size = message.payload.len(),
            stream = envelope.stream,
            sequence = envelope.sequence,
            attempt = envelope.attempt,
            outcome = field::Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("process {}", J::SUBJECT));
            let (parent, state) = (envelope.traceparent.as_deref(), envelope.tracestate.as_deref());
            telemetry::propagation::set_parent(&span, parent, state);
            // For single jobs the conventions want the creation context both as parent and as link.
            if let Some(parent) = parent {
                telemetry::propagation::add_link(&span, parent);
            }
        }
        span
    }

    async fn work(&self, message: &Delivered, envelope: &Envelope) -> Outcome {
        let recorded = telemetry::propagation::trace_id(&Span::current());
        let trace_id = if recorded.bytes().all(|digit| digit == b'0') {
            envelope.sender_trace().unwrap_or(recorded)
        } else {
            recorded
        };
        let mut reported = Vec::new();
        let failure = match self.attempt(message, envelope, &trace_id, &mut reported).await {
            Ok(()) => return self.settle(message).await,
            Err(failure) => failure,
        };
        let last = envelope.attempt >= self.max_deliver;
        match failure {
            Failure::Fatal(error) => {
                let mut fatal = self.fatal.lock().unwrap_or_else(PoisonError::into_inner);
                fatal.get_or_insert(error);
                self.stop.cancel();
                conclude(Outcome::Fatal, "the service can't go on")
            }
            Failure::Retry { after, reason } if !last => {
                let delay = after.or_else(|| self.pause_after(envelope.attempt));
                tracing::warn!(id = %envelope.id, attempt = envelope.attempt, reason, ?delay, "a job failed and is tried again");
                ack::give_back(message, delay).await;
                conclude(Outcome::Retried, &reason)
            }
            Failure::Retry { reason, .. } => {
                // Boxed: what hardly any job needs must not be copied with each.
                Box::pin(self.bury(
                    message,
                    envelope,
                    DeadCause::Exhausted,
                    &reason,
                    None,
                    trace_id,
                    reported,
                ))
                .await;
                conclude(Outcome::Exhausted, &reason)
            }
            Failure::Reject(Rejection { reason, pointer }) => {
                Box::pin(self.bury(
                    message,
                    envelope,
                    DeadCause::Rejected,
                    &reason,
                    pointer,
                    trace_id,
                    reported,
                ))
                .await;
                conclude(Outcome::Rejected, &reason)
            }
        }
    }

    /// Decodes and handles the job and publishes what comes of it.
    async fn attempt(
        &self,
        message: &Delivered,
        envelope: &Envelope,
        trace_id: &str,
        reported: &mut Vec<JobId>,
    ) -> Result<(), Failure> {
        let (tenant, job) = decode::<J>(message)?;
        match self.bus.has_tenant(&tenant).await {
            Ok(true) => {}
            Ok(false) => return Err(Rejection::from(format!("there is no tenant {tenant}")).into()),
            Err(error) => {
                return Err(Failure::Retry {
                    after: None,
                    reason: reason(&error),
                });
            }
        }
        self.bus
            .faults()
            .pass(Point::Handle)
            .map_err(|injected| Failure::Retry {
                after: None,
                reason: injected.to_string(),
            })?;

        let delivery = Delivery {
            tenant,
            id: envelope.id.clone(),
            origin: envelope.origin.clone(),
            order: envelope.sequence,
            attempt: envelope.attempt,
            last_attempt: envelope.attempt >= self.max_deliver,
            trace_id: trace_id.to_owned(),
            bus: Some(self.bus.clone()),
            reported: Mutex::default(),
        };
        let handled = AssertUnwindSafe(self.handler.handle(job, &delivery))
            .catch_unwind()
            .await;
        reported.append(&mut delivery.reported.lock().unwrap_or_else(PoisonError::into_inner));
        let outputs = match handled {
            Ok(Ok(outputs)) => outputs,
            Ok(Err(error)) => {
                let reason = reason(&error);
                return Err(match error.fault() {
                    Fault::Retry { after } => Failure::Retry { after, reason },
                    Fault::Reject { pointer } => Rejection { reason, pointer }.into(),
                    Fault::Fatal => Failure::Fatal(error.into()),
                });
            }
            Err(panic) => {
                let reason = format!("the handler panicked: {}", words(&*panic));
                return Err(Failure::Retry { after: None, reason });
            }
        };
        self.publish(outputs, envelope, &delivery).await
    }

    /// Publishes in order; what can't be published now is tried again for as long as this process lives, while the
    /// heartbeat keeps the job: a full queue is nobody's failure.
    async fn publish(
        &self,
        outputs: Outputs,
        envelope: &Envelope,
        delivery: &Delivery,
    ) -> Result<(), Failure> {
        for (place, output) in outputs.messages.into_iter().enumerate() {
            let subject = format!("{}.{}", output.subject, delivery.tenant);
            let body = output.body.map_err(|source| {
                Rejection::from(reason(&PublishError::Encode {
                    subject: subject.clone(),
                    source,
                }))
            })?;
            let outgoing = Outgoing {
                subject,
                template: output.subject,
                kind: output.kind,
                id: output_id(&envelope.id, output.kind, place).to_string(),
                tenant: delivery.tenant.to_string(),
                origin: Some(envelope.origin.clone()),
                trace: envelope.traceparent.clone(),
                body,
            };
            insist(&outgoing.subject, || self.bus.send(&outgoing))
                .await
                .map_err(|error| Rejection::from(reason(&error)))?;
        }
        for (id, state) in outputs.endings {
            self.bus.tell(&delivery.tenant, &id, "", (0, 0), state).await;
        }
        Ok(())
    }

    async fn settle(&self, message: &Delivered) -> Outcome {
        let acked = match self.bus.faults().pass(Point::Ack) {
            Ok(()) => ack::done(&self.bus, message).await,
            Err(injected) => Err(injected.into()),
        };
        match acked {
            Ok(()) => conclude(Outcome::Done, ""),
            Err(error) => {
                tracing::warn!(
                    error,
                    "a job is done, but its ack was lost; it will come again and repeat nothing"
                );
                conclude(Outcome::Unacked, "the ack was lost")
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is one fact of the letter")]
    async fn bury(
        &self,
        message: &Delivered,
        envelope: &Envelope,
        cause: DeadCause,
        reason: &str,
        pointer: Option<String>,
        trace_id: String,
        mut reported: Vec<JobId>,
    ) {
        reported.extend([envelope.id.clone(), envelope.origin.clone()]);
        let burial = Burial {
            cause,
            reason: reason.to_owned(),
            pointer,
            subject: message.subject.to_string(),
            stream: envelope.stream.clone(),
            sequence: envelope.sequence,
            deliveries: envelope.attempt,
            headers: message.headers.clone().unwrap_or_default(),
            consequence: consequence::<J>(&message.payload, reason),
            payload: message.payload.clone(),
            origin: envelope.origin.clone(),
            trace_id: Some(trace_id).filter(|trace| trace.bytes().any(|digit| digit != b'0')),
            followed: reported,
        };
        self.bus.bury(burial).await;
        if let Err(error) = ack::terminate(&self.bus, message, reason).await {
            tracing::warn!(
                error,
                "a dead job could not be terminated; it comes again and is given up again"
            );
        }
    }

    fn pause_after(&self, attempt: u64) -> Option<Duration> {
        let step = usize::try_from(attempt).unwrap_or(usize::MAX).saturating_sub(1);
        self.backoff.get(step).or(self.backoff.last()).copied()
    }
}

/// Tries something that must succeed until it does; an error says that it never can.
pub(crate) async fn insist<F, Fut>(subject: &str, mut action: F) -> Result<(), PublishError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), PublishError>>,
{
    let (mut pause, longest) = PATIENCE;
    loop {
        match action().await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_final() => return Err(error),
            Err(error) => {
                // Loud only once it lasts.
                if pause >= longest {
                    tracing::warn!(subject, error = reason(&error), "can't publish yet; trying again");
                } else {
                    tracing::debug!(subject, error = reason(&error), "can't publish yet; trying again");
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(longest);
            }
        }
    }
}

/// Notes in the span how the delivery ended.
fn conclude(outcome: Outcome, reason: &str) -> Outcome {
    let span = Span::current();
    if !span.is_disabled() {
        span.record("outcome", field::debug(outcome));
        if outcome != Outcome::Done {
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", reason);
        }
    }
    outcome
}

/// The text of a panic.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text")
}
