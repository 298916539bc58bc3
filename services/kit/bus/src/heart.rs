//! Tells the server that jobs are under way: one task for all jobs of a loop, however many there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::{Client, Subject};
use bytes::Bytes;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::connection::Bus;

/// The body of a heartbeat.
const PROGRESS: Bytes = Bytes::from_static(b"+WPI");

/// The jobs under way, by number.
#[derive(Default)]
struct Jobs {
    last: u64,
    /// Where a heartbeat of the job goes, and when the next one is due.
    due: HashMap<u64, (Subject, Instant)>,
}

/// Sends heartbeats while it lives.
///
/// It beats in a task of its own, so that a handler that does not yield for a while keeps its job.
pub(crate) struct Heart {
    jobs: Arc<Mutex<Jobs>>,
    period: Duration,
    _beating: AbortOnDropHandle<()>,
}

/// A job that is under way, until it is dropped.
pub(crate) struct Beat {
    jobs: Arc<Mutex<Jobs>>,
    number: u64,
}

impl Heart {
    /// Each job is told of at least once in `period` and a quarter of it.
    pub(crate) fn new(bus: &Bus, period: Duration) -> Self {
        let jobs = Arc::<Mutex<Jobs>>::default();
        let beating = tokio::spawn(beat(bus.client().clone(), Arc::clone(&jobs), period));
        Self {
            jobs,
            period,
            _beating: AbortOnDropHandle::new(beating),
        }
    }

    /// Holds a job; nothing for a message that has no address for an answer.
    pub(crate) fn hold(&self, message: &Message) -> Option<Beat> {
        let reply = message.reply.clone()?;
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.last += 1;
        let number = jobs.last;
        jobs.due.insert(number, (reply, Instant::now() + self.period));
        Some(Beat {
            jobs: Arc::clone(&self.jobs),
            number,
        })
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.due.remove(&self.number);
    }
}

async fn beat(client: Client, jobs: Arc<Mutex<Jobs>>, period: Duration) {
    let look = (period / 4).max(Duration::from_millis(1));
    loop {
        tokio::time::sleep(look).await;
        let now = Instant::now();
        let due: Vec<Subject> = {
            let mut jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let due = jobs.due.values_mut().filter(|(_, at)| *at <= now);
            due.map(|(reply, at)| {
                *at = now + period;
                reply.clone()
            })
            .collect()
        };
        for reply in due {
            if let Err(error) = client.publish(reply, PROGRESS).await {
                tracing::debug!(%error, "a heartbeat was not sent");
            }
        }
    }
}
