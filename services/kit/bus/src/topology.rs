//! What shall be there: every stream, bucket and consumer with its settings.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use crate::delivery::DeliverySettings;

/// Every service that has a job queue: (the token in `job.<token>.v1`, the name of the consumer).
pub const QUEUES: &[(&str, &str)] = &[
    ("ask", "gateway"),
    ("codegen-executor", "codegen-executor"),
    ("detector", "detector"),
    ("embed", "embed"),
    ("ingest", "ingest"),
    ("ocr", "ocr"),
    ("retrieve", "retrieve"),
];

/// The stream of facts.
pub(crate) const EVENTS: &str = "EVENTS";
/// The stream of dead letters.
pub(crate) const DEAD: &str = "DEAD";
/// The stream of the server's notes on jobs that ran out of deliveries.
pub(crate) const ADVISORIES: &str = "ADVISORIES";
/// The bucket of what is decided for a tenant as a whole.
pub(crate) const SETTINGS: &str = "settings";
/// The bucket of payloads that are too large for a dead letter.
pub(crate) const DEAD_BUCKET: &str = "dead";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long an id is remembered in queues and facts: longer than all deliveries of a job take with their back-off.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(20 * 60);
/// How long an id is remembered elsewhere: the server's own default.
const SHORT_WINDOW: Duration = Duration::from_secs(2 * 60);
/// Jobs of one queue that may be under way or waiting for their back-off.
const MAX_ACK_PENDING: i64 = 10_000;
/// Tries that moving one advisory to the dead letters has, before it stays in its stream for people to see.
const SWEEPS: i64 = 1000;

/// Sizes and ages of streams and buckets.
///
/// The server takes every limit for a promise: their sum must fit into its own `max_file_store`.
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

/// The stream of a queue: `ask` is `JOBS_ASK`, `codegen-executor` is `JOBS_CODEGEN_EXECUTOR`.
pub(crate) fn stream_of(queue: &str) -> String {
    format!("JOBS_{}", queue.to_uppercase().replace('-', "_"))
}

/// The name of the consumer of a queue's advisories.
pub(crate) fn sweeper_of(queue: &str) -> String {
    format!("sweep-{queue}")
}

/// Every stream and shared bucket.
pub(crate) fn streams(topology: &Topology) -> Vec<Config> {
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
        // What is decided for a tenant as a whole.
        bucket(SETTINGS, 8 << 20, Duration::ZERO),
        bucket("glossary", 64 << 20, Duration::ZERO),
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

/// The bucket of objects.
pub(crate) fn objects(bucket: String, max_bytes: i64, topology: &Topology) -> Config {
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

/// The consumer of a queue.
pub(crate) fn jobs_consumer(queue: &str, consumer: &str, topology: &Topology) -> pull::Config {
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

/// The consumer of a queue's advisories.
pub(crate) fn advisories_consumer(queue: &str, consumer: &str) -> pull::Config {
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
}
