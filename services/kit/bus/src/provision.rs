//! Streams, buckets and consumers, made and kept as configured.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use futures::TryStreamExt;
use schemas::TenantId;

use crate::connection::Bus;
use crate::delivery::DeliverySettings;
use crate::fault::{Source, jetstream_code};

/// Every service that has a job queue: (the token in `job.<token>.v1`, the name of the consumer).
pub const QUEUES: &[(&str, &str)] = &[
    ("ask", "gateway"),
    ("codegen-executor", "codegen-executor"),
    ("ingest", "ingest"),
];

/// The stream of facts.
pub(crate) const EVENTS: &str = "EVENTS";
/// The stream of dead letters.
pub(crate) const DEAD: &str = "DEAD";
/// The stream of the server's notes on jobs that ran out of deliveries.
pub(crate) const ADVISORIES: &str = "ADVISORIES";
/// The bucket of payloads that are too large for a dead letter.
pub(crate) const DEAD_BUCKET: &str = "dead";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long an id is remembered in queues and facts: longer than all deliveries of a job take with their back-off.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(20 * 60);
/// How long an id is remembered elsewhere: the server's own default.
const SHORT_WINDOW: Duration = Duration::from_secs(2 * 60);
/// Code of the server's error for a stream that does not exist.
const STREAM_NOT_FOUND: u64 = 10059;
/// Code of the server's error for a consumer that does not exist.
const CONSUMER_NOT_FOUND: u64 = 10014;
/// Jobs of one queue that may be under way or waiting for their back-off.
const MAX_ACK_PENDING: i64 = 10_000;
/// Tries that moving one advisory to the dead letters has, before it stays in its stream for people to see.
const SWEEPS: i64 = 1000;

/// Sizes and ages of streams and buckets.
#[derive(Debug, Clone)]
pub struct Topology {
    /// Copies of everything.
    pub replicas: usize,
    /// Bytes that each job queue may hold.
    pub jobs_max_bytes: i64,
    /// Bytes that EVENTS and DEAD may hold, each.
    pub facts_max_bytes: i64,
    /// Bytes that one tenant's files may take; its answers may take a quarter of that.
    pub files_max_bytes: i64,
    /// How each queue is delivered.
    pub delivery: DeliverySettings,
}

impl Default for Topology {
    fn default() -> Self {
        Self {
            replicas: 1,
            jobs_max_bytes: 256 << 20,
            facts_max_bytes: 512 << 20,
            files_max_bytes: 4 << 30,
            delivery: DeliverySettings::default(),
        }
    }
}

/// Why the bus could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// Something of that name is there, and what differs can't be changed.
    #[error(
        "{name} has {setting} {found}, wanted {wanted}; this can't be changed: move its messages and remove it"
    )]
    Incompatible {
        /// The stream, bucket or consumer, for instance `stream JOBS_INGEST`.
        name: String,
        /// The setting, for instance `storage`.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it would have to be.
        wanted: String,
    },
    /// The server refused.
    #[error("can't make or update {name}")]
    Refused {
        /// The stream, bucket or consumer.
        name: String,
        /// What the server said.
        #[source]
        source: Source,
    },
    /// The server did not tell what is there.
    #[error("can't read the list of tenants")]
    Unreadable(#[source] Source),
}

impl Bus {
    /// Makes or updates every stream, consumer and shared bucket, and the tenant `local`. Idempotent.
    ///
    /// # Errors
    /// [`ProvisionError`] naming what is there and can't be changed into what is wanted.
    pub async fn provision(&self, topology: &Topology) -> Result<(), ProvisionError> {
        for config in streams(topology) {
            self.ensure_stream(config).await?;
        }
        for (queue, consumer) in QUEUES {
            self.ensure_consumer(&stream_of(queue), jobs_consumer(queue, consumer, topology))
                .await?;
            self.ensure_consumer(ADVISORIES, advisories_consumer(queue, consumer))
                .await?;
        }
        self.create_tenant(&TenantId::local(), topology).await
    }

    /// Makes a tenant's buckets (`files_<tenant>`, `answers_<tenant>`). Idempotent.
    ///
    /// # Errors
    /// See [`Bus::provision`].
    pub async fn create_tenant(&self, tenant: &TenantId, topology: &Topology) -> Result<(), ProvisionError> {
        // Answers first: a tenant exists when its files bucket does.
        let answers = objects(
            format!("answers_{tenant}"),
            topology.files_max_bytes / 4,
            topology,
        );
        self.ensure_stream(answers).await?;
        self.ensure_stream(objects(
            format!("files_{tenant}"),
            topology.files_max_bytes,
            topology,
        ))
        .await
    }

    /// The tenants that have buckets, sorted.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, ProvisionError> {
        let names: Vec<String> = self
            .jetstream()
            .stream_names()
            .try_collect()
            .await
            .map_err(|source| ProvisionError::Unreadable(source.into()))?;
        let mut tenants: Vec<TenantId> = names
            .iter()
            .filter_map(|name| name.strip_prefix("OBJ_files_")?.parse().ok())
            .collect();
        tenants.sort();
        Ok(tenants)
    }

    /// Whether a tenant exists.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn has_tenant(&self, tenant: &TenantId) -> Result<bool, ProvisionError> {
        if self.knows(tenant) {
            return Ok(true);
        }
        match self.jetstream().get_stream(format!("OBJ_files_{tenant}")).await {
            Ok(_) => {
                self.learn(tenant);
                Ok(true)
            }
            Err(error) if jetstream_code(&error) == Some(STREAM_NOT_FOUND) => Ok(false),
            Err(error) => Err(ProvisionError::Unreadable(error.into())),
        }
    }

    async fn ensure_stream(&self, wanted: Config) -> Result<(), ProvisionError> {
        let name = format!("stream {}", wanted.name);
        let refused = |source: Source| ProvisionError::Refused {
            name: name.clone(),
            source,
        };
        let found = match self.jetstream().get_stream(&wanted.name).await {
            Ok(stream) => stream.cached_info().config.clone(),
            Err(error) if jetstream_code(&error) == Some(STREAM_NOT_FOUND) => {
                // Two provisioners at once ask for the same, which the server takes.
                return self
                    .jetstream()
                    .create_stream(wanted)
                    .await
                    .map(drop)
                    .map_err(|error| refused(error.into()));
            }
            Err(error) => return Err(refused(error.into())),
        };

        let fixed = [
            ("storage", word(&found.storage), word(&wanted.storage)),
            ("retention", word(&found.retention), word(&wanted.retention)),
            ("sealed", found.sealed.to_string(), wanted.sealed.to_string()),
            (
                "mirror",
                found.mirror.is_some().to_string(),
                wanted.mirror.is_some().to_string(),
            ),
            (
                "deny_delete",
                found.deny_delete.to_string(),
                wanted.deny_delete.to_string(),
            ),
        ];
        for (setting, found, wanted) in fixed {
            if found != wanted {
                return Err(ProvisionError::Incompatible {
                    name,
                    setting,
                    found,
                    wanted,
                });
            }
        }

        // Over what is there, so that what we have no opinion on (placement, for instance) stays.
        let merged = Config {
            subjects: wanted.subjects,
            description: wanted.description,
            max_bytes: wanted.max_bytes,
            max_age: wanted.max_age,
            max_messages_per_subject: wanted.max_messages_per_subject,
            discard: wanted.discard,
            duplicate_window: wanted.duplicate_window,
            num_replicas: wanted.num_replicas,
            allow_rollup: wanted.allow_rollup,
            allow_direct: wanted.allow_direct,
            ..found.clone()
        };
        if merged == found {
            return Ok(());
        }
        tracing::info!(stream = merged.name, "updating a stream's settings");
        self.jetstream()
            .update_stream(merged)
            .await
            .map(drop)
            .map_err(|error| refused(error.into()))
    }

    async fn ensure_consumer(&self, stream: &str, wanted: pull::Config) -> Result<(), ProvisionError> {
        let durable = wanted.durable_name.clone().unwrap_or_default();
        let name = format!("consumer {durable} of stream {stream}");
        let refused = |source: Source| ProvisionError::Refused {
            name: name.clone(),
            source,
        };
        let found: Result<Consumer<async_nats::jetstream::consumer::Config>, _> =
            self.jetstream().get_consumer_from_stream(&durable, stream).await;
        match found {
            Ok(consumer) => {
                let found = &consumer.cached_info().config;
                let pull =
                    |deliver: &Option<String>| if deliver.is_none() { "pull" } else { "push" }.to_owned();
                let fixed = [
                    ("kind", pull(&found.deliver_subject), pull(&None)),
                    ("ack_policy", word(&found.ack_policy), word(&wanted.ack_policy)),
                    (
                        "deliver_policy",
                        word(&found.deliver_policy),
                        word(&wanted.deliver_policy),
                    ),
                ];
                for (setting, found, wanted) in fixed {
                    if found != wanted {
                        return Err(ProvisionError::Incompatible {
                            name,
                            setting,
                            found,
                            wanted,
                        });
                    }
                }
            }
            Err(error) => match error.kind() {
                async_nats::jetstream::stream::ConsumerErrorKind::JetStream(error)
                    if error.error_code().0 == CONSUMER_NOT_FOUND => {}
                _ => return Err(refused(error.into())),
            },
        }
        // Makes it, updates it, or finds that there is nothing to do.
        self.jetstream()
            .create_consumer_on_stream(wanted, stream)
            .await
            .map(drop)
            .map_err(|error| refused(error.into()))
    }
}

/// The stream of a queue: `ask` is `JOBS_ASK`, `codegen-executor` is `JOBS_CODEGEN_EXECUTOR`.
pub(crate) fn stream_of(queue: &str) -> String {
    format!("JOBS_{}", queue.to_uppercase().replace('-', "_"))
}

/// The consumer of a queue's advisories.
pub(crate) fn sweeper_of(queue: &str) -> String {
    format!("sweep-{queue}")
}

fn streams(topology: &Topology) -> Vec<Config> {
    let Topology {
        replicas,
        jobs_max_bytes,
        facts_max_bytes,
        ..
    } = *topology;
    let stream = |name: &str, subject: &str, retention, max_bytes| Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        retention,
        max_bytes,
        storage: StorageType::File,
        discard: DiscardPolicy::Old,
        duplicate_window: DUPLICATE_WINDOW,
        num_replicas: replicas,
        max_messages_per_subject: -1,
        ..Default::default()
    };
    let bucket = |name: &str, max_bytes, max_age| Config {
        max_messages_per_subject: 1,
        max_age,
        discard: DiscardPolicy::New,
        duplicate_window: SHORT_WINDOW,
        allow_rollup: true,
        allow_direct: true,
        deny_delete: true,
        ..stream(
            &format!("KV_{name}"),
            &format!("$KV.{name}.>"),
            RetentionPolicy::Limits,
            max_bytes,
        )
    };

    let jobs = QUEUES.iter().map(|(queue, _)| Config {
        // A full queue must push back on its producers rather than forget its oldest jobs.
        discard: DiscardPolicy::New,
        description: Some(format!("Jobs of {queue}.")),
        ..stream(
            &stream_of(queue),
            &format!("job.{queue}.>"),
            RetentionPolicy::WorkQueue,
            jobs_max_bytes,
        )
    });
    let others = [
        Config {
            max_age: 7 * DAY,
            description: Some("Facts.".to_owned()),
            ..stream(EVENTS, "event.>", RetentionPolicy::Limits, facts_max_bytes)
        },
        Config {
            max_age: 30 * DAY,
            description: Some("Jobs that were given up.".to_owned()),
            ..stream(DEAD, "dead.>", RetentionPolicy::Limits, facts_max_bytes)
        },
        Config {
            description: Some(
                "Jobs that ran out of deliveries, until the sweeper has moved them to DEAD.".to_owned(),
            ),
            ..stream(
                ADVISORIES,
                &format!("{ADVISORY}.>"),
                RetentionPolicy::WorkQueue,
                16 << 20,
            )
        },
        bucket("files", 256 << 20, Duration::ZERO),
        bucket("contents", 256 << 20, Duration::ZERO),
        bucket("names", 128 << 20, Duration::ZERO),
        // The newest reports matter: when it is full, old ones go.
        Config {
            discard: DiscardPolicy::Old,
            ..bucket("progress", 64 << 20, DAY)
        },
        Config {
            max_age: 30 * DAY,
            ..objects(DEAD_BUCKET.to_owned(), facts_max_bytes, topology)
        },
    ];
    jobs.chain(others).collect()
}

/// Where the server tells that a consumer will not deliver a message again.
const ADVISORY: &str = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES";

fn objects(bucket: String, max_bytes: i64, topology: &Topology) -> Config {
    Config {
        name: format!("OBJ_{bucket}"),
        subjects: vec![format!("$O.{bucket}.C.>"), format!("$O.{bucket}.M.>")],
        retention: RetentionPolicy::Limits,
        max_bytes,
        max_messages_per_subject: -1,
        storage: StorageType::File,
        discard: DiscardPolicy::New,
        duplicate_window: SHORT_WINDOW,
        num_replicas: topology.replicas,
        allow_rollup: true,
        allow_direct: true,
        ..Default::default()
    }
}

fn jobs_consumer(queue: &str, consumer: &str, topology: &Topology) -> pull::Config {
    pull::Config {
        durable_name: Some(consumer.to_owned()),
        // Not only v1: what no handler knows must be rejected, not lie there for ever.
        filter_subject: format!("job.{queue}.>"),
        ack_policy: AckPolicy::Explicit,
        deliver_policy: DeliverPolicy::All,
        // No back-off here: its first step would replace `ack_wait` without a word. The loop NAKs with a delay.
        ack_wait: topology.delivery.ack_wait,
        max_deliver: i64::from(topology.delivery.max_deliver),
        max_ack_pending: MAX_ACK_PENDING,
        ..Default::default()
    }
}

fn advisories_consumer(queue: &str, consumer: &str) -> pull::Config {
    pull::Config {
        durable_name: Some(sweeper_of(queue)),
        filter_subject: format!("{ADVISORY}.{}.{consumer}", stream_of(queue)),
        ack_policy: AckPolicy::Explicit,
        deliver_policy: DeliverPolicy::All,
        ack_wait: Duration::from_secs(30),
        max_deliver: SWEEPS,
        ..Default::default()
    }
}

/// A setting as the server writes it.
fn word<T: serde::Serialize>(setting: &T) -> String {
    match serde_json::to_value(setting) {
        Ok(serde_json::Value::String(word)) => word,
        // The delivery policy is an object whose first member tells it.
        Ok(serde_json::Value::Object(object)) => object
            .values()
            .map(|value| value.to_string().replace('"', ""))
            .collect(),
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_have_streams_of_their_own() {
        assert_eq!(stream_of("codegen-executor"), "JOBS_CODEGEN_EXECUTOR");
        let configs = streams(&Topology::default());
        for config in &configs {
            assert!(config.max_bytes > 0, "{} has no limit", config.name);
            assert!(
                config.max_age.is_zero() || config.duplicate_window <= config.max_age,
                "{}",
                config.name
            );
        }
        let jobs = configs
            .iter()
            .filter(|config| config.retention == RetentionPolicy::WorkQueue);
        assert_eq!(jobs.count(), QUEUES.len() + 1);
    }

    #[test]
    fn settings_are_named_as_the_server_names_them() {
        assert_eq!(word(&StorageType::Memory), "memory");
        assert_eq!(word(&RetentionPolicy::WorkQueue), "workqueue");
        assert_eq!(word(&AckPolicy::Explicit), "explicit");
        assert_eq!(word(&DeliverPolicy::All), "all");
    }
}
