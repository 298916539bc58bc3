//! The delivery loop: decode → span → heartbeat → handle → publish outputs, awaiting their acks → double ack.

use std::future::Future;
use std::time::Duration;

use schemas::{JobId, Message, TenantId};
use tokio_util::sync::CancellationToken;

use crate::connection::Bus;
use crate::fault::Faulty;

/// Handles one kind of job. Pure as far as possible: what it returns is published by the loop, under ids that
/// derive from the job, so that a redelivery repeats nothing.
pub trait Handler<J: Message>: Send + Sync + 'static {
    /// Why a job failed, and what that means for it.
    type Error: Faulty;

    /// Does the job.
    fn handle(&self, job: J, delivery: &Delivery) -> impl Future<Output = Result<Outputs, Self::Error>> + Send;
}

/// What a handler may know of the delivery besides the job.
pub struct Delivery {
    /// Whose job it is.
    pub tenant: TenantId,
    /// The job's own id (`Nats-Msg-Id`).
    pub id: JobId,
    /// Its stream sequence: jobs of one stream are ordered by it, also when they are delivered out of order.
    pub order: u64,
    /// 1 on the first delivery.
    pub attempt: u64,
    /// Whether a failure now is final.
    pub last_attempt: bool,
    /// The W3C trace id of the flow, 32 hexadecimal digits.
    pub trace_id: String,
    bus: Bus,
}

impl Delivery {
    /// Tells how far the chain that began with job `id` has come. Never fails: a lost report is logged.
    pub async fn report(&self, id: &JobId, stage: &str, done: u64, total: u64) {
        todo!()
    }
}

/// What a handler gives back: messages to publish, in order, before the job is acked.
#[derive(Debug, Default)]
pub struct Outputs {}

impl Outputs {
    /// Nothing to publish.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a message for the tenant of the job. Its id derives from the job's id, the message's type and its place.
    #[must_use]
    pub fn with<M: Message>(self, message: &M) -> Self {
        todo!()
    }

    /// Says that the chain that began with job `id` has its result: reported after the outputs are published.
    #[must_use]
    pub fn finished(self, id: &JobId) -> Self {
        todo!()
    }

    /// Says that the chain that began with job `id` will have no result, and why.
    #[must_use]
    pub fn failed(self, id: &JobId, reason: &str) -> Self {
        todo!()
    }
}

/// How a consumer delivers.
#[derive(Debug, Clone)]
pub struct DeliverySettings {
    /// Jobs handled at once.
    pub concurrency: usize,
    /// How long a job may go without a heartbeat before it is given to another process.
    pub ack_wait: Duration,
    /// Deliveries before a job is given up.
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
    #[error("can't bind to the stream of {service}")]
    Bind {
        /// The service.
        service: &'static str,
        /// What the server said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

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
        todo!()
    }
}
