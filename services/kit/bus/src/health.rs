//! What the server is, and whether it has all that we need: for whoever looks for what is wrong.

use std::collections::HashSet;

use async_nats::jetstream::consumer::{Config, Consumer};
use async_nats::jetstream::stream::ConsumerErrorKind;
use futures::TryStreamExt;
use schemas::TenantId;

use crate::connection::Bus;
use crate::fault::Source;
use crate::provision::CONSUMER_NOT_FOUND;
use crate::topology::{ADVISORIES, QUEUES, Topology, objects, stream_of, streams, sweeper_of};

/// The oldest server that has all that we use: (major, minor).
pub const OLDEST: (u32, u32) = (2, 10);

/// The server that a connection ends at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name; servers make one up where none is configured.
    pub name: String,
    /// Its version, for instance `2.15.1`.
    pub version: String,
    /// Its cluster, if it is in one.
    pub cluster: Option<String>,
}

/// What JetStream keeps for our account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Store {
    /// Streams, buckets among them.
    pub streams: usize,
    /// Bytes on the disk.
    pub used: u64,
    /// Bytes that there may be; none: the account has no limit of its own.
    pub limit: Option<u64>,
}

/// Why the server can't be looked at.
#[derive(Debug, thiserror::Error)]
#[error("can't look at {what}")]
pub struct HealthError {
    what: String,
    #[source]
    source: Source,
}

impl Server {
    /// Whether it is as new as we need it. A version that can't be read is taken for a new one.
    #[must_use]
    pub fn is_new_enough(&self) -> bool {
        let mut numbers = self.version.split(['.', '-']).map(str::parse::<u32>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= OLDEST,
            _ => true,
        }
    }
}

impl Bus {
    /// The server that we are connected to.
    #[must_use]
    pub fn server(&self) -> Server {
        let info = self.client().server_info();
        Server {
            name: info.server_name,
            version: info.version,
            cluster: info.cluster.filter(|name| !name.is_empty()),
        }
    }

    /// What JetStream keeps for us.
    ///
    /// # Errors
    /// When JetStream is off, for the server or for our account, or we may not ask.
    pub async fn store_used(&self) -> Result<Store, HealthError> {
        let account = self
            .jetstream()
            .query_account()
            .await
            .map_err(|source| HealthError {
                what: "JetStream".to_owned(),
                source: source.into(),
            })?;
        Ok(Store {
            streams: account.streams,
            used: account.storage,
            // None and 0 say the same: the server's own limit, which it does not tell.
            limit: account
                .limits
                .max_storage
                .and_then(|limit| u64::try_from(limit).ok())
                .filter(|limit| *limit > 0),
        })
    }

    /// What of the topology is not there, as `stream JOBS_INGEST`; nothing when all is.
    ///
    /// # Errors
    /// When the server does not answer, or we may not ask.
    pub async fn missing(&self, topology: &Topology) -> Result<Vec<String>, HealthError> {
        let failed = |what: &str, source: Source| HealthError {
            what: what.to_owned(),
            source,
        };
        let names: HashSet<String> = self
            .jetstream()
            .stream_names()
            .try_collect()
            .await
            .map_err(|source| failed("the list of streams", source.into()))?;
        let local = TenantId::local();
        let buckets = ["files", "answers"].map(|kind| objects(format!("{kind}_{local}"), 1, topology));
        let mut missing: Vec<String> = streams(topology)
            .into_iter()
            .chain(buckets)
            .filter(|wanted| !names.contains(&wanted.name))
            .map(|wanted| format!("stream {}", wanted.name))
            .collect();
        for (queue, service) in QUEUES {
            let pairs = [
                (stream_of(queue), (*service).to_owned()),
                (ADVISORIES.to_owned(), sweeper_of(queue)),
            ];
            for (stream, consumer) in pairs {
                if names.contains(&stream) && !self.has_consumer(&stream, &consumer).await? {
                    missing.push(format!("consumer {consumer} of stream {stream}"));
                }
            }
        }
        Ok(missing)
    }

    async fn has_consumer(&self, stream: &str, consumer: &str) -> Result<bool, HealthError> {
        let found: Result<Consumer<Config>, _> =
            self.jetstream().get_consumer_from_stream(consumer, stream).await;
        match found {
            Ok(_) => Ok(true),
            Err(error) => match error.kind() {
                ConsumerErrorKind::JetStream(error) if error.error_code().0 == CONSUMER_NOT_FOUND => {
                    Ok(false)
                }
                _ => Err(HealthError {
                    what: format!("consumer {consumer} of stream {stream}"),
                    source: error.into(),
                }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let check = |version: &str, expect: bool| {
            let server = Server {
                name: String::new(),
                version: version.to_owned(),
                cluster: None,
            };
            assert_eq!(server.is_new_enough(), expect, "{version}");
        };
        check("2.9.25", false);
        check("2.10.0", true);
        check("2.12.0-RC.3", true);
        check("3.0.0", true);
        check("1.4.1", false);
        check("dev", true);
    }
}
