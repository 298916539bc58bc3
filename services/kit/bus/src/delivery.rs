//! The delivery loop: decode → span → heartbeat → handle → publish outputs, awaiting their acks → double ack.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use bytes::Bytes;
use schemas::progress::ProgressState;
use schemas::{JobId, Message, TenantId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::ack;
use crate::connection::Bus;
use crate::fault::{Faulty, Source, reason};
use crate::job::Worker;
use crate::presence::leave;
use crate::pull::Pull;
use crate::topology::stream_of;

/// Handles one kind of job. Pure as far as possible: what it returns is published by the loop, under ids that
/// derive from the job, so that a redelivery repeats nothing.
///
/// The heartbeat does not depend on the handler's future being polled, but a handler that computes for long belongs on
/// a thread of its own all the same (`tokio::task::spawn_blocking`).
pub trait Handler<J: Message>: Send + Sync + 'static {
    /// Why a job failed, and what that means for it.
    type Error: Faulty;

    /// Does the job.
    fn handle(
        &self,
        job: J,
        delivery: &Delivery,
    ) -> impl Future<Output = Result<Outputs, Self::Error>> + Send;
}

/// What a handler may know of the delivery besides the job.
#[derive(Debug)]
pub struct Delivery {
    /// Whose job it is.
    pub tenant: TenantId,
    /// The job's own id (`Nats-Msg-Id`).
    pub id: JobId,
    /// The job that began the chain: the id that the submitter knows. Equal to `id` on the first job of a chain.
    pub origin: JobId,
    /// Its stream sequence: jobs of one stream are ordered by it, also when they are delivered out of order.
    pub order: u64,
    /// 1 on the first delivery.
    pub attempt: u64,
    /// Whether a failure now is final.
    pub last_attempt: bool,
    /// The W3C trace id of the flow, 32 hexadecimal digits.
    pub trace_id: String,
    pub(crate) bus: Option<Bus>,
    /// Who follows this job, besides those who follow `id` or `origin`.
    pub(crate) reported: Mutex<Vec<JobId>>,
}

impl Delivery {
    /// A first delivery without a bus, for tests of handlers: reports go nowhere.
    #[must_use]
    pub fn detached(tenant: TenantId, id: JobId) -> Self {
        Self {
            tenant,
            origin: id.clone(),
            id,
            order: 1,
            attempt: 1,
            last_attempt: false,
            trace_id: "0".repeat(32),
            bus: None,
            reported: Mutex::default(),
        }
    }

    /// Tells how far the chain that began with job `id` has come. Never fails: a lost report is logged. When this job
    /// is given up later, that is reported on `id` too.
    pub async fn report(&self, id: &JobId, stage: &str, done: u64, total: u64) {
        {
            let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
            if !reported.contains(id) {
                reported.push(id.clone());
            }
        }
        if let Some(bus) = &self.bus {
            bus.tell(&self.tenant, id, stage, (done, total), ProgressState::Running)
                .await;
        }
    }
}

/// What a handler gives back: messages to publish, in order, before the job is acked.
#[derive(Debug, Default)]
pub struct Outputs {
    pub(crate) messages: Vec<Output>,
    pub(crate) endings: Vec<(JobId, ProgressState)>,
}

/// One message to publish.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) kind: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) body: Result<Bytes, serde_json::Error>,
}

impl Outputs {
    /// Nothing to publish.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a message for the tenant of the job. Its id derives from the job's id, the message's type and its place.
    #[must_use]
    pub fn with<M: Message>(mut self, message: &M) -> Self {
        let body = serde_json::to_vec(message).map(Bytes::from);
        self.messages.push(Output {
            kind: M::TYPE,
            subject: M::SUBJECT,
            body,
        });
        self
    }

    /// Says that the chain that began with job `id` has its result: reported after the outputs are published.
    #[must_use]
    pub fn finished(mut self, id: &JobId) -> Self {
        self.endings.push((id.clone(), ProgressState::Finished));
        self
    }

    /// Says that the chain that began with job `id` will have no result, and why.
    #[must_use]
    pub fn failed(mut self, id: &JobId, reason: &str) -> Self {
        self.endings.push((
            id.clone(),
            ProgressState::Failed {
                reason: reason.to_owned(),
            },
        ));
        self
    }

    /// The messages of one type, in order, for tests of handlers.
    #[must_use]
    pub fn messages<M: Message>(&self) -> Vec<M> {
        let same = self.messages.iter().filter(|output| output.kind == M::TYPE);
        same.filter_map(|output| serde_json::from_slice(output.body.as_ref().ok()?).ok())
            .collect()
    }

    /// The types of all messages, in order, for tests of handlers.
    #[must_use]
    pub fn kinds(&self) -> Vec<&'static str> {
        self.messages.iter().map(|output| output.kind).collect()
    }

    /// The chains that end here and how, for tests of handlers.
    #[must_use]
    pub fn endings(&self) -> &[(JobId, ProgressState)] {
        &self.endings
    }
}

/// How a consumer delivers.
#[derive(Debug, Clone)]
pub struct DeliverySettings {
    /// Jobs handled at once.
    pub concurrency: usize,
    /// How long a job may go without a heartbeat before it is given to another process. Provisioned: a loop goes by
    /// what its consumer has.
    pub ack_wait: Duration,
    /// Deliveries before a job is given up. Provisioned, like `ack_wait`.
    pub max_deliver: u32,
    /// Delays before the second, third … delivery; the last one repeats.
    pub backoff: Vec<Duration>,
    /// How long jobs may take to finish at shutdown.
    pub drain: Duration,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            concurrency: 4,
            ack_wait: Duration::from_secs(30),
            max_deliver: 5,
            backoff: [1, 5, 15, 60].map(Duration::from_secs).to_vec(),
            drain: Duration::from_secs(25),
        }
    }
}

/// Why a service stopped serving.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A handler said that this process can't work.
    #[error("the service can't go on")]
    Fatal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The stream or consumer is not there, or not ours.
    #[error("can't bind to the stream of {service}, which `contrail provision` makes")]
    Bind {
        /// The service.
        service: &'static str,
        /// What the server said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A message type that is no job.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not the subject of a job")]
struct NotAJob(&'static str);

/// How long cancelled jobs may take to be given back.
const CANCEL_LIMIT: Duration = Duration::from_secs(2);

impl Bus {
    /// Serves all jobs of type `J` (the queue is known by `J::SUBJECT`: `job.ask.v1` is the stream `JOBS_ASK`, whose
    /// durable consumer has the name of this bus's service) until `shutdown`, then drains.
    ///
    /// # Errors
    /// [`ServeError`] when a handler meets a fatal fault or the stream is missing.
    pub async fn serve<J: Message, H: Handler<J>>(
        &self,
        handler: H,
        settings: &DeliverySettings,
        shutdown: CancellationToken,
    ) -> Result<(), ServeError> {
        let bind = |source: Source| ServeError::Bind {
            service: self.service(),
            source,
        };
        let queue = queue_of(J::SUBJECT).ok_or_else(|| bind(NotAJob(J::SUBJECT).into()))?;
        let stream = stream_of(queue);
        let consumer: PullConsumer = self
            .jetstream()
            .get_consumer_from_stream(self.service(), &stream)
            .await
            .map_err(|error| bind(error.into()))?;

        let stop = shutdown.child_token();
        let worker = Arc::new(Worker::<J, H>::new(
            self,
            handler,
            settings,
            &consumer.cached_info().config,
            stop.clone(),
        ));
        let mut source = Pull::new(self, consumer).await.map_err(bind)?;
        let present = self.present().await.map_err(bind)?;
        let _sweeper = AbortOnDropHandle::new(tokio::spawn({
            let (bus, stop) = (self.clone(), stop.clone());
            async move { bus.sweep::<J>(queue, stop).await }
        }));

        let places = settings.concurrency.max(1);
        let mut running = JoinSet::new();
        // Jobs that wait for a place: at most as many as there are places, and only while jobs take next to no time.
        let mut ready = VecDeque::new();
        while !stop.is_cancelled() {
            while running.try_join_next().is_some() {}
            while running.len() < places
                && let Some((message, beat)) = ready.pop_front()
            {
                let worker = Arc::clone(&worker);
                running.spawn(async move { worker.deliver(message, beat).await });
            }
            let wanted = if worker.is_quick() { 2 * places } else { places };
            source.ask(wanted, running.len() + ready.len()).await;
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                next = source.next() => match next {
                    Ok(Some(message)) => {
                        let beat = worker.hold(&message);
                        ready.push_back((message, beat));
                    }
                    Ok(None) => {}
                    Err(broken) => {
                        tracing::warn!(service = self.service(), stream, reason = %broken, "starting the consumer again");
                        tokio::select! {
                            biased;
                            () = stop.cancelled() => break,
                            () = source.restart() => {}
                        }
                    }
                },
                Some(_) = running.join_next(), if !running.is_empty() => {
                    // What ends at the same moment is asked for in one request.
                    tokio::task::yield_now().await;
                }
            }
        }

        leave(present).await;
        let waiting = ready.into_iter().map(|(message, _)| message);
        for message in waiting.chain(source.close().await) {
            ack::give_back(&message, None).await;
        }
        finish(running, settings.drain, &worker.abandon).await;
        match worker.fatal() {
            None => Ok(()),
            Some(error) => {
                tracing::error!(
                    service = self.service(),
                    error = reason(&*error),
                    "the service can't go on"
                );
                Err(ServeError::Fatal(error))
            }
        }
    }
}

/// Lets jobs end by themselves for a while, then has them given back.
async fn finish(mut running: JoinSet<()>, drain: Duration, abandon: &CancellationToken) {
    if tokio::time::timeout(drain, async { while running.join_next().await.is_some() {} })
        .await
        .is_ok()
    {
        return;
    }
    tracing::warn!(
        jobs = running.len(),
        "jobs did not finish in time and are given back"
    );
    abandon.cancel();
    if tokio::time::timeout(CANCEL_LIMIT, async {
        while running.join_next().await.is_some() {}
    })
    .await
    .is_err()
    {
        tracing::warn!(
            jobs = running.len(),
            "jobs could not be cancelled; another process gets them after their ack_wait"
        );
    }
}

/// The `ask` of `job.ask.v1`.
fn queue_of(subject: &'static str) -> Option<&'static str> {
    let mut tokens = subject.split('.');
    (tokens.next() == Some("job")).then(|| tokens.next()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_in_the_subject() {
        assert_eq!(queue_of("job.codegen-executor.v1"), Some("codegen-executor"));
        assert_eq!(queue_of("event.table-ready.v1"), None);
    }
}
