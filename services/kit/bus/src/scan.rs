//! What lies in a stream at this moment, read once from beginning to end.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::StreamExt;

use crate::connection::{ANSWER_LIMIT, Bus};
use crate::ephemeral::Ephemeral;
use crate::fault::Source;

/// A message as it lies there.
pub(crate) struct Found {
    pub subject: String,
    pub sequence: u64,
    /// When the server got it.
    pub at: DateTime<Utc>,
    /// The operation of a key-value bucket: not empty for a removal.
    pub removed: bool,
    pub headers: Option<HeaderMap>,
    pub payload: Bytes,
}

/// Messages that are read at once.
const BATCH: usize = 256;

/// The messages of a subject filter, oldest first, at most `limit`.
pub(crate) async fn all(
    bus: &Bus,
    stream: &str,
    filter: &str,
    policy: DeliverPolicy,
    limit: usize,
) -> Result<Vec<Found>, Source> {
    let config = pull::Config {
        deliver_policy: policy,
        ack_policy: AckPolicy::None,
        filter_subject: filter.to_owned(),
        inactive_threshold: Duration::from_secs(10),
        ..Default::default()
    };
    let (consumer, _guard) = Ephemeral::consumer(bus, stream, config).await?;
    let wanted = usize::try_from(consumer.cached_info().num_pending)
        .unwrap_or(usize::MAX)
        .min(limit);
    let mut found = Vec::with_capacity(wanted.min(BATCH));
    'batches: while found.len() < wanted {
        let size = BATCH.min(wanted - found.len());
        // Without waiting: what was counted may be gone meanwhile.
        let mut messages = consumer.fetch().max_messages(size).messages().await?;
        let before = found.len();
        while let Some(message) = tokio::time::timeout(ANSWER_LIMIT, messages.next()).await? {
            let message = message?;
            let info = message.info()?;
            let operation = message
                .headers
                .as_ref()
                .and_then(|headers| headers.get("KV-Operation"));
            found.push(Found {
                subject: message.subject.to_string(),
                sequence: info.stream_sequence,
                at: DateTime::from_timestamp(info.published.unix_timestamp(), info.published.nanosecond())
                    .unwrap_or_default(),
                removed: operation.is_some_and(|operation| operation.as_str() != "PUT"),
                headers: message.headers.clone(),
                payload: message.payload.clone(),
            });
            if info.pending == 0 {
                break 'batches;
            }
        }
        if found.len() == before {
            break;
        }
    }
    Ok(found)
}
