//! Facts as they come: a consumer without acks that is made again where it broke off.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use futures::stream::{BoxStream, StreamExt, unfold};
use schemas::cloudevents::ID;
use schemas::{Message, TenantId};

use crate::connection::Bus;
use crate::ephemeral::Ephemeral;
use crate::fault::{Source, reason};
use crate::headers::MESSAGE_ID;
use crate::publish::{PATIENCE, PublishError, Received};
use crate::topology::EVENTS;

struct Follower {
    bus: Bus,
    filter: String,
    /// The sequence that comes next, at the earliest.
    next: u64,
    /// The number of the next message within the consumer, to notice a gap.
    place: u64,
    source: Option<(pull::Stream, Ephemeral)>,
    pause: Duration,
}

pub(crate) async fn follow<M: Message>(
    bus: Bus,
    tenant: TenantId,
) -> Result<BoxStream<'static, Received<M>>, PublishError> {
    let filter = M::subject(&tenant);
    let failed = |source: Source| PublishError::Follow {
        subject: filter.clone(),
        source,
    };
    let stream = bus
        .jetstream()
        .get_stream(EVENTS)
        .await
        .map_err(|source| failed(source.into()))?;
    let next = stream.cached_info().state.last_sequence + 1;
    let mut follower = Follower {
        bus,
        filter: filter.clone(),
        next,
        place: 1,
        source: None,
        pause: PATIENCE.0,
    };
    follower.open().await.map_err(failed)?;
    Ok(unfold(follower, |mut follower| async move {
        let (id, sequence, payload) = follower.next().await;
        Some(((id, sequence, payload), follower))
    })
    .filter_map(move |(id, sequence, payload)| {
        let tenant = tenant.clone();
        async move {
            match serde_json::from_slice::<M>(&payload) {
                Ok(message) => Some(Received {
                    id,
                    tenant,
                    sequence,
                    message,
                }),
                Err(error) => {
                    tracing::warn!(
                        kind = M::TYPE,
                        sequence,
                        error = reason(&error),
                        "a fact can't be decoded"
                    );
                    None
                }
            }
        }
    })
    .boxed())
}

impl Follower {
    async fn open(&mut self) -> Result<(), Source> {
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: self.next,
            },
            ack_policy: AckPolicy::None,
            filter_subject: self.filter.clone(),
            inactive_threshold: Duration::from_secs(60),
            ..Default::default()
        };
        let (consumer, guard) = Ephemeral::consumer(&self.bus, EVENTS, config).await?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(64)
            .expires(Duration::from_secs(20))
            .heartbeat(Duration::from_secs(2))
            .messages()
            .await?;
        self.place = 1;
        self.source = Some((messages, guard));
        Ok(())
    }

    async fn next(&mut self) -> (String, u64, bytes::Bytes) {
        loop {
            let Some((messages, _)) = &mut self.source else {
                if let Err(error) = self.open().await {
                    tracing::warn!(filter = self.filter, error = %error, "can't follow events; trying again");
                    tokio::time::sleep(self.pause).await;
                    self.pause = (self.pause * 2).min(PATIENCE.1);
                }
                continue;
            };
            let message = match messages.next().await {
                Some(Ok(message)) => message,
                Some(Err(_)) | None => {
                    self.source = None;
                    tokio::time::sleep(self.pause).await;
                    self.pause = (self.pause * 2).min(PATIENCE.1);
                    continue;
                }
            };
            let Ok(info) = message.info() else { continue };
            if info.consumer_sequence != self.place {
                self.source = None;
                continue;
            }
            self.place += 1;
            self.next = info.stream_sequence + 1;
            self.pause = PATIENCE.0;
            let id = message
                .headers
                .as_ref()
                .and_then(|headers| headers.get(ID).or_else(|| headers.get(MESSAGE_ID)));
            let id = id.map(|id| id.as_str().to_owned()).unwrap_or_default();
            return (id, info.stream_sequence, message.payload.clone());
        }
    }
}
