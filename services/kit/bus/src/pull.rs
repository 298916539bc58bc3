//! Jobs from a durable consumer, exactly as many as were asked for.
//!
//! The streams of async-nats fetch ahead, and whatever they hold runs out of its `ack_wait` meanwhile. This source asks
//! for one message per free place, hears the server's heartbeats while it waits, and is made again when it falls silent.

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::BatchConfig;
use async_nats::jetstream::{self, Message};
use async_nats::{StatusCode, Subscriber};
use futures::{FutureExt, StreamExt};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::connection::{ANSWER_LIMIT, Bus};
use crate::fault::Source;

/// How long a request waits at the server.
const EXPIRES: Duration = Duration::from_secs(30);
/// How often the server says that a request still waits.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// Silence that means that the server has forgotten us.
const SILENCE: Duration = Duration::from_secs(6);
/// How long a few free places wait for more of them, so that one request asks for all: a request costs the server about
/// as much as a delivery.
const GATHER: Duration = Duration::from_millis(1);
/// Waits before a new start: the first, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

pub(crate) struct Pull {
    bus: Bus,
    consumer: PullConsumer,
    inbox: String,
    subscriber: Subscriber,
    /// Messages that were asked for and have not come.
    asked: usize,
    /// When a few free places have waited long enough.
    gathered: Option<Instant>,
    /// Messages that came for an earlier subscription.
    backlog: VecDeque<Message>,
    heard: Instant,
    reconnections: watch::Receiver<u64>,
    pause: Duration,
}

/// Why there is nothing more to come without a new start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("no heartbeat for {} seconds", SILENCE.as_secs())]
    Silent,
    #[error("the connection was lost in the meantime")]
    Reconnected,
    #[error("the server ended the request: {0}")]
    Ended(String),
    #[error("the subscription ended")]
    Unsubscribed,
}

impl Pull {
    /// A source for one loop.
    pub(crate) async fn new(bus: &Bus, consumer: PullConsumer) -> Result<Self, Source> {
        let mut reconnections = bus.reconnections();
        reconnections.mark_unchanged();
        let inbox = bus.client().new_inbox();
        let subscriber = bus.client().subscribe(inbox.clone()).await?;
        Ok(Self {
            bus: bus.clone(),
            consumer,
            inbox,
            subscriber,
            asked: 0,
            gathered: None,
            backlog: VecDeque::new(),
            heard: Instant::now(),
            reconnections,
            pause: PAUSE.0,
        })
    }

    /// Sees to it that as many messages are on their way as there are free places, or nearly: fewer than a quarter of all
    /// places are worth no request while another one waits at the server.
    pub(crate) async fn ask(&mut self, places: usize, taken: usize) {
        let missing = places.saturating_sub(taken + self.asked + self.backlog.len());
        if missing < (places / 4).max(1) && !self.has_gathered(missing) {
            return;
        }
        self.gathered = None;
        if self.asked == 0 {
            self.heard = Instant::now();
        }
        let request = BatchConfig {
            batch: missing,
            expires: Some(EXPIRES),
            idle_heartbeat: HEARTBEAT,
            ..Default::default()
        };
        // What does not get through is noticed by the silence that follows.
        if self
            .consumer
            .request_batch(request, self.inbox.clone().into())
            .await
            .is_ok()
        {
            self.asked += missing;
        }
    }

    /// Whether a few free places have waited long enough for more. While a request waits at the server, the next job
    /// has its place: then there is no hurry.
    fn has_gathered(&mut self, missing: usize) -> bool {
        if missing == 0 || self.asked > 0 {
            self.gathered = None;
            return false;
        }
        let now = Instant::now();
        *self.gathered.get_or_insert(now + GATHER) <= now
    }

    /// The next message; `None` when it is time to ask again. Safe to cancel.
    pub(crate) async fn next(&mut self) -> Result<Option<Message>, Broken> {
        if let Some(message) = self.backlog.pop_front() {
            return Ok(Some(message));
        }
        loop {
            let silence = self.heard + SILENCE;
            let message = tokio::select! {
                biased;
                message = self.subscriber.next() => message.ok_or(Broken::Unsubscribed)?,
                Ok(()) = self.reconnections.changed() => return Err(Broken::Reconnected),
                () = tokio::time::sleep_until(silence), if self.asked > 0 => return Err(Broken::Silent),
                () = tokio::time::sleep_until(self.gathered.unwrap_or(silence)), if self.gathered.is_some() => {
                    return Ok(None);
                }
            };
            self.heard = Instant::now();
            match message.status {
                None | Some(StatusCode::OK) => {
                    self.asked = self.asked.saturating_sub(1);
                    self.pause = PAUSE.0;
                    return Ok(Some(self.owned(message)));
                }
                Some(StatusCode::IDLE_HEARTBEAT) => {}
                Some(status) => {
                    let headers = message.headers.as_ref();
                    let pending = headers.and_then(|headers| headers.get("Nats-Pending-Messages"));
                    let Some(Ok(pending)) = pending.map(|pending| pending.as_str().parse::<usize>()) else {
                        let words = message.description.unwrap_or_default();
                        return Err(Broken::Ended(format!("{status} {words}").trim().to_owned()));
                    };
                    self.asked = self.asked.saturating_sub(pending);
                    return Ok(None);
                }
            }
        }
    }

    /// Starts anew after a pause that grows each time until a message comes.
    pub(crate) async fn restart(&mut self) {
        self.bus.metrics().restarted();
        loop {
            tokio::time::sleep(self.pause).await;
            self.pause = (self.pause * 2).min(PAUSE.1);
            let inbox = self.bus.client().new_inbox();
            let Ok(subscriber) = self.bus.client().subscribe(inbox.clone()).await else {
                continue;
            };
            let mut old = std::mem::replace(&mut self.subscriber, subscriber);
            self.inbox = inbox;
            self.asked = 0;
            self.heard = Instant::now();
            self.reconnections.mark_unchanged();
            // What came for the old subscription counts as delivered: it must not be forgotten.
            while let Some(Some(message)) = old.next().now_or_never() {
                if matches!(message.status, None | Some(StatusCode::OK)) {
                    let message = self.owned(message);
                    self.backlog.push_back(message);
                }
            }
            return;
        }
    }

    /// Asks for nothing more and returns what is on its way already.
    pub(crate) async fn close(mut self) -> Vec<Message> {
        let mut rest: Vec<Message> = self.backlog.drain(..).collect();
        // The server answers in order, so after the end of the subscription nothing follows.
        let drained = async {
            if self.subscriber.drain().await.is_ok() {
                while let Some(message) = self.subscriber.next().await {
                    if matches!(message.status, None | Some(StatusCode::OK)) {
                        rest.push(Message {
                            message,
                            context: self.bus.jetstream().clone(),
                        });
                    }
                }
            }
        };
        // Without a connection there is nothing to wait for.
        if tokio::time::timeout(ANSWER_LIMIT / 2, drained).await.is_err() {
            tracing::debug!("the subscription did not end in time");
        }
        rest
    }

    fn owned(&self, message: async_nats::Message) -> Message {
        let context: jetstream::Context = self.bus.jetstream().clone();
        Message { message, context }
    }
}
