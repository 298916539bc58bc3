//! How full the queues are.

use std::error::Error;

use async_nats::jetstream::consumer::PullConsumer;

use crate::connection::Bus;
use crate::topology::{QUEUES, stream_of};

/// One queue at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// The token of its subject, for instance `ask` of `job.ask.v1`.
    pub name: &'static str,
    /// The service that takes from it.
    pub service: &'static str,
    /// Jobs that nobody has taken yet.
    pub waiting: u64,
    /// Jobs that were taken and are not acked yet.
    pub running: u64,
}

/// Why the queues can't be looked at.
#[derive(Debug, thiserror::Error)]
#[error("can't look at the queue {queue}")]
pub struct QueuesError {
    queue: &'static str,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl Bus {
    /// Every queue, in the order of [`QUEUES`].
    ///
    /// # Errors
    /// When the queues are not provisioned or the server does not answer.
    pub async fn queues(&self) -> Result<Vec<Queue>, QueuesError> {
        let mut queues = Vec::with_capacity(QUEUES.len());
        for (name, service) in QUEUES.iter().copied() {
            let failed = |source: Box<dyn Error + Send + Sync>| QueuesError { queue: name, source };
            let consumer: PullConsumer = self
                .jetstream()
                .get_consumer_from_stream(service, stream_of(name))
                .await
                .map_err(|error| failed(error.into()))?;
            let info = consumer.cached_info();
            let running = u64::try_from(info.num_ack_pending).unwrap_or_default();
            queues.push(Queue {
                name,
                service,
                waiting: info.num_pending,
                running,
            });
        }
        Ok(queues)
    }
}
