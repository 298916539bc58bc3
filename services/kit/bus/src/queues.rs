//! How full the queues are, and how long their oldest jobs have been there.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_nats::jetstream::consumer::PullConsumer;
use tokio_util::sync::CancellationToken;

use crate::connection::Bus;
use crate::fault::reason;
use crate::topology::{QUEUES, stream_of};

/// How often the queues are looked at for the metrics.
const EACH: Duration = Duration::from_secs(15);

/// One queue at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// The token of its subject, for instance `ask` of `job.ask.v1`.
    pub name: &'static str,
    /// Its stream, for instance `JOBS_ASK`.
    pub stream: String,
    /// The service that takes from it.
    pub service: &'static str,
    /// Jobs that nobody has taken yet.
    pub waiting: u64,
    /// Jobs that were taken and are not acked yet.
    pub running: u64,
    /// When the oldest job that is not done came in; none: there is no job.
    pub oldest: Option<SystemTime>,
}

/// Why the queues can't be looked at.
#[derive(Debug, thiserror::Error)]
#[error("can't look at the queue {queue}")]
pub struct QueuesError {
    queue: &'static str,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl Queue {
    /// For how long the oldest job has been there; none: there is no job. Where the server's clock is ahead: no time.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.oldest.map(|oldest| oldest.elapsed().unwrap_or_default())
    }
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
            let stream = stream_of(name);
            let consumer: PullConsumer = self
                .jetstream()
                .get_consumer_from_stream(service, &stream)
                .await
                .map_err(|error| failed(error.into()))?;
            let info = consumer.cached_info();
            let running = u64::try_from(info.num_ack_pending).unwrap_or_default();
            // What is acked leaves a work queue, so that its first message is the oldest that is not done.
            let found = self.jetstream().get_stream(&stream).await;
            let found = found.map_err(|error| failed(error.into()))?;
            let state = &found.cached_info().state;
            let since = u64::try_from(state.first_timestamp.unix_timestamp_nanos() / 1_000_000).ok();
            let since = since.filter(|_| state.messages > 0).map(Duration::from_millis);
            queues.push(Queue {
                name,
                stream,
                service,
                waiting: info.num_pending,
                running,
                oldest: since.map(|since| UNIX_EPOCH + since),
            });
        }
        Ok(queues)
    }

    /// Measures all queues until `shutdown`, for whoever serves metrics and may look at them. A service that is down can't
    /// measure its own; several that measure tell the same.
    pub async fn measure_queues(&self, shutdown: &CancellationToken) {
        let seen: Arc<Mutex<Vec<Queue>>> = Arc::default();
        let _gauges = self.metrics().queues(&seen);
        let mut told = false;
        loop {
            let looked = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                looked = self.queues() => looked,
            };
            // What is not known is not told: an old number would look like a new one.
            let looked = looked.unwrap_or_else(|error| {
                if !told {
                    tracing::warn!(error = reason(&error), "the queues can't be measured");
                    told = true;
                }
                Vec::new()
            });
            told &= looked.is_empty();
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = looked;
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                () = tokio::time::sleep(EACH) => {}
            }
        }
        seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
