//! Streams, buckets and consumers, made and kept as configured.

use std::time::Duration;

use async_nats::jetstream::consumer::{Consumer, pull};
use async_nats::jetstream::stream::Config;
use futures::TryStreamExt;
use schemas::TenantId;

use crate::connection::Bus;
use crate::fault::{Source, jetstream_code, reason};
use crate::topology::{ADVISORIES, advisories_consumer, jobs_consumer, objects, stream_of, streams};

pub use crate::topology::{QUEUES, Topology};

/// Code of the server's error for a stream that does not exist.
const STREAM_NOT_FOUND: u64 = 10059;
/// Code of the server's error for a consumer that does not exist.
pub(crate) const CONSUMER_NOT_FOUND: u64 = 10014;
/// How long an object that is being written may go without a new chunk.
const ORPHANED: Duration = Duration::from_secs(60 * 60);

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
        self.create_tenant(&TenantId::local(), topology).await?;
        self.tidy().await
    }

    /// Removes what crashes left in the tenants' buckets. What can't be removed now is for the next time.
    async fn tidy(&self) -> Result<(), ProvisionError> {
        for tenant in self.tenants().await? {
            for bucket in [format!("files_{tenant}"), format!("answers_{tenant}")] {
                let collected = async {
                    self.objects(bucket.clone())
                        .await?
                        .collect_orphans(ORPHANED)
                        .await
                };
                if let Err(error) = collected.await {
                    tracing::warn!(
                        bucket,
                        error = reason(&error),
                        "unfinished objects can't be removed"
                    );
                }
            }
        }
        Ok(())
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
    use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy};
    use async_nats::jetstream::stream::{RetentionPolicy, StorageType};

    use super::*;

    #[test]
    fn settings_are_named_as_the_server_names_them() {
        assert_eq!(word(&StorageType::Memory), "memory");
        assert_eq!(word(&RetentionPolicy::WorkQueue), "workqueue");
        assert_eq!(word(&AckPolicy::Explicit), "explicit");
        assert_eq!(word(&DeliverPolicy::All), "all");
    }
}
