//! Key-value buckets: typed records, changed by compare-and-set.

use std::marker::PhantomData;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::kv::{Operation, Store, UpdateErrorKind};
use futures::StreamExt;
use schemas::file::{ContentRecord, FileRecord};
use schemas::{FileId, TenantId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

use crate::connection::Bus;
use crate::fault::{Source, jetstream_code};
use crate::ids::new_file_id;
use crate::scan;

/// How long a change may be beaten by others.
const CONTENTION: Duration = Duration::from_secs(10);
/// Waits between tries: the first, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(200));
/// How often a record that is waited for is looked at, at least: core NATS may lose a hint.
const LOOK: Duration = Duration::from_secs(2);
/// Codes of the server's errors for "it has changed meanwhile".
const CHANGED: [u64; 2] = [10071, 10164];

/// Why a record could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The bucket is missing or the server does not answer.
    #[error("can't reach {key} in bucket {bucket}")]
    Unreachable {
        /// The bucket.
        bucket: &'static str,
        /// The key, or what was looked for.
        key: String,
        /// What happened.
        #[source]
        source: Source,
    },
    /// What is there is no such record, or the record is no JSON.
    #[error("can't decode or encode {key} of bucket {bucket}")]
    Undecodable {
        /// The bucket.
        bucket: &'static str,
        /// The key.
        key: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Others kept winning.
    #[error("{key} of bucket {bucket} was changed by others for {} seconds", CONTENTION.as_secs())]
    Contended {
        /// The bucket.
        bucket: &'static str,
        /// The key.
        key: String,
    },
}

/// A record and the revision that it was read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The record.
    pub value: T,
    /// For compare-and-set.
    pub revision: u64,
}

/// The subscription of a wait ended: the connection is closed for good.
#[derive(Debug, thiserror::Error)]
#[error("the subscription ended")]
struct Unsubscribed;

/// The records of one type and one tenant.
#[derive(Debug, Clone)]
pub struct Records<T> {
    bus: Bus,
    store: Store,
    bucket: &'static str,
    tenant: TenantId,
    marker: PhantomData<fn() -> T>,
}

impl Bus {
    /// The files of a tenant, by file id.
    ///
    /// # Errors
    /// When the bucket is missing or the server does not answer.
    pub async fn file_records(&self, tenant: &TenantId) -> Result<Records<FileRecord>, RecordsError> {
        self.records("files", tenant).await
    }

    /// What is known of a tenant's contents, by content id.
    ///
    /// # Errors
    /// See [`Bus::file_records`].
    pub async fn content_records(&self, tenant: &TenantId) -> Result<Records<ContentRecord>, RecordsError> {
        self.records("contents", tenant).await
    }

    /// The file id of a tenant's logical name: the kept one, else `None`.
    ///
    /// # Errors
    /// See [`Bus::file_records`].
    pub async fn file_named(&self, tenant: &TenantId, name: &str) -> Result<Option<FileId>, RecordsError> {
        let names: Records<FileId> = self.records("names", tenant).await?;
        Ok(names.get(&name_key(name)).await?.map(|kept| kept.value))
    }

    /// The file id of a tenant's logical name, made on first use; two callers at once get the same one.
    ///
    /// # Errors
    /// See [`Bus::file_records`].
    pub async fn name_file(&self, tenant: &TenantId, name: &str) -> Result<FileId, RecordsError> {
        let names: Records<FileId> = self.records("names", tenant).await?;
        let fresh = new_file_id();
        let kept = names
            .update(&name_key(name), |kept| kept.is_none().then(|| fresh.clone()))
            .await?;
        Ok(kept.unwrap_or(fresh))
    }

    pub(crate) async fn records<T>(
        &self,
        bucket: &'static str,
        tenant: &TenantId,
    ) -> Result<Records<T>, RecordsError> {
        let store = self
            .store(bucket)
            .await
            .map_err(|error| RecordsError::Unreachable {
                bucket,
                key: format!("{tenant}.>"),
                source: error.into(),
            })?;
        Ok(Records {
            bus: self.clone(),
            store,
            bucket,
            tenant: tenant.clone(),
            marker: PhantomData,
        })
    }
}

/// Two random bytes.
fn random() -> [u8; 2] {
    // Its end is random, its beginning the time.
    let [.., first, second] = Uuid::now_v7().into_bytes();
    [first, second]
}

/// A name may hold anything; a key may not.
fn name_key(name: &str) -> String {
    hex::encode(Sha256::digest(name))
}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync> Records<T> {
    /// The record of a key.
    ///
    /// # Errors
    /// When the server does not answer or the record can't be decoded.
    pub async fn get(&self, key: &str) -> Result<Option<Versioned<T>>, RecordsError> {
        let (value, revision) = self.read(&self.key(key)).await?;
        Ok(value.map(|value| Versioned { value, revision }))
    }

    /// All records of the tenant, by key.
    ///
    /// # Errors
    /// See [`Records::get`].
    pub async fn list(&self) -> Result<Vec<(String, T)>, RecordsError> {
        let prefix = format!("$KV.{}.{}.", self.bucket, self.tenant);
        let stream = format!("KV_{}", self.bucket);
        let policy = DeliverPolicy::LastPerSubject;
        let found = scan::all(&self.bus, &stream, &format!("{prefix}>"), policy, usize::MAX)
            .await
            .map_err(|source| self.unreachable(&prefix, source))?;
        let mut records = Vec::with_capacity(found.len());
        for entry in found.into_iter().filter(|entry| !entry.removed) {
            let key = entry
                .subject
                .strip_prefix(&prefix)
                .unwrap_or(&entry.subject)
                .to_owned();
            let value = self.decode(&key, &entry.payload)?;
            records.push((key, value));
        }
        records.sort_by(|left, right| left.0.cmp(&right.0));
        Ok(records)
    }

    /// Changes a record by compare-and-set, as often as it takes: `change` gets what is there and returns what shall
    /// be there, or `None` to leave it as it is. Returns what is there afterwards.
    ///
    /// When an answer of the server is lost, `change` may meet its own work: let it come out the same.
    ///
    /// # Errors
    /// See [`Records::get`]; also when others kept winning for ten seconds.
    pub async fn update<F>(&self, key: &str, mut change: F) -> Result<Option<T>, RecordsError>
    where
        F: FnMut(Option<&T>) -> Option<T> + Send,
    {
        let key = self.key(key);
        let (mut pause, longest) = PAUSE;
        let deadline = Instant::now() + CONTENTION;
        loop {
            let (current, revision) = self.read(&key).await?;
            let Some(wanted) = change(current.as_ref()) else {
                return Ok(current);
            };
            let body = serde_json::to_vec(&wanted).map_err(|source| RecordsError::Undecodable {
                bucket: self.bucket,
                key: key.clone(),
                source,
            })?;
            // Revision 0 means: nothing is there. A removed record has the revision of its removal.
            let Err(error) = self.store.update(&key, body.into(), revision).await else {
                return Ok(Some(wanted));
            };
            let changed = match error.kind() {
                UpdateErrorKind::WrongLastRevision | UpdateErrorKind::TimedOut => true,
                UpdateErrorKind::InvalidKey => false,
                UpdateErrorKind::Other => jetstream_code(&error).is_some_and(|code| CHANGED.contains(&code)),
            };
            if !changed {
                return Err(self.unreachable(&key, error.into()));
            }
            if Instant::now() >= deadline {
                return Err(RecordsError::Contended {
                    bucket: self.bucket,
                    key,
                });
            }
            // Not in step with the others, or they would meet again.
            let share = f64::from(u16::from_le_bytes(random())) / f64::from(u16::MAX);
            tokio::time::sleep(pause.mul_f64(0.5 + share)).await;
            pause = (pause * 2).min(longest);
        }
    }

    /// Removes a record if it still has this revision; `false`: it changed in the meantime.
    ///
    /// # Errors
    /// See [`Records::get`].
    pub async fn remove(&self, key: &str, revision: u64) -> Result<bool, RecordsError> {
        let key = self.key(key);
        match self.store.delete_expect_revision(&key, Some(revision)).await {
            Ok(()) => Ok(true),
            Err(error)
                if error.kind() == UpdateErrorKind::WrongLastRevision
                    || jetstream_code(&error).is_some_and(|code| CHANGED.contains(&code)) =>
            {
                Ok(false)
            }
            Err(error) => Err(self.unreachable(&key, error.into())),
        }
    }

    /// Waits until the record satisfies `settled`, at most `limit`; `None`: the time ran out.
    ///
    /// A record that is not there may satisfy it too, but then there is none to return: see [`Records::get`].
    ///
    /// # Errors
    /// See [`Records::get`].
    pub async fn wait<F>(&self, key: &str, limit: Duration, settled: F) -> Result<Option<T>, RecordsError>
    where
        F: Fn(Option<&T>) -> bool + Send + Sync,
    {
        let key = self.key(key);
        let deadline = Instant::now() + limit;
        let mut pause = PAUSE.0;
        let mut hints = None;
        loop {
            let (current, _) = self.read(&key).await?;
            if settled(current.as_ref()) {
                return Ok(current);
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            // Whoever writes the record publishes on its subject. That is a hint and no more: the record may be stored a
            // moment later or not at all, so after a hint it is looked at soon and then ever more rarely.
            let Some(hints) = &mut hints else {
                let subject = format!("$KV.{}.{key}", self.bucket);
                let subscribed = self.bus.client().subscribe(subject).await;
                hints = Some(subscribed.map_err(|error| self.unreachable(&key, error.into()))?);
                continue;
            };
            let until = deadline.min(Instant::now() + pause);
            match tokio::time::timeout_at(until, hints.next()).await {
                Ok(Some(_)) => pause = PAUSE.0,
                Ok(None) => return Err(self.unreachable(&key, Unsubscribed.into())),
                Err(_) => pause = (pause * 2).min(LOOK),
            }
        }
    }

    /// What is there, and the revision for a change of it.
    async fn read(&self, key: &str) -> Result<(Option<T>, u64), RecordsError> {
        match self
            .store
            .entry(key)
            .await
            .map_err(|error| self.unreachable(key, error.into()))?
        {
            None => Ok((None, 0)),
            Some(entry) => match entry.operation {
                Operation::Put => Ok((Some(self.decode(key, &entry.value)?), entry.revision)),
                Operation::Delete | Operation::Purge => Ok((None, entry.revision)),
            },
        }
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.tenant)
    }

    fn decode(&self, key: &str, bytes: &[u8]) -> Result<T, RecordsError> {
        serde_json::from_slice(bytes).map_err(|source| RecordsError::Undecodable {
            bucket: self.bucket,
            key: key.to_owned(),
            source,
        })
    }

    fn unreachable(&self, key: &str, source: Source) -> RecordsError {
        RecordsError::Unreachable {
            bucket: self.bucket,
            key: key.to_owned(),
            source,
        }
    }
}
