//! What a backup reads and a restore writes: records, objects and dead letters as they lie in the server, by tenant.
//!
//! Jobs and facts are not among them. What is under way is done again by whoever restores, and facts of the past would be
//! taken for new ones.

use std::collections::BTreeMap;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::stream::Stream;
use bytes::Bytes;
use schemas::TenantId;

use crate::connection::Bus;
use crate::fault::Source;
use crate::headers::set;
use crate::objects::{Objects, ObjectsError};
use crate::publish::PublishError;
use crate::scan;
use crate::topology::{DEAD, DEAD_BUCKET, EVENTS, SETTINGS, stream_of};

/// The key-value buckets that are kept. Progress is of the moment.
pub const RECORDS: [&str; 5] = ["files", "contents", "names", "glossary", SETTINGS];
/// The object stores of a tenant that are kept, without `_<tenant>`.
pub const OBJECTS: [&str; 2] = ["files", "answers"];

/// A record as it lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Its key, without the tenant.
    pub key: String,
    /// Its JSON.
    pub value: Bytes,
}

/// A dead letter as it lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawLetter {
    /// Its subject.
    pub subject: String,
    /// Its headers.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Its JSON.
    pub body: Bytes,
}

/// What a tenant has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Records of files, tombstones among them.
    pub files: usize,
    /// Other records, but for what is decided for the tenant as a whole.
    pub records: usize,
    /// Objects: bytes of files, what was read from them, answers.
    pub objects: usize,
}

/// Why a tenant's data can't be read or written as it is.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The server did not do what was asked for.
    #[error("can't {action} {what}")]
    Refused {
        /// What was to be done.
        action: &'static str,
        /// With what.
        what: String,
        /// What happened.
        #[source]
        source: Source,
    },
    /// An object can't be listed.
    #[error("the object store failed")]
    Objects(#[from] ObjectsError),
    /// A dead letter can't be written.
    #[error("a dead letter can't be written")]
    Letter(#[from] PublishError),
    /// There are jobs where the numbers of jobs have to be raised.
    #[error(
        "{jobs} jobs wait for ingest, whose numbers are to go on behind {beyond}: let them be done first"
    )]
    Busy {
        /// Jobs in the queue.
        jobs: u64,
        /// The number that the next one has to be behind.
        beyond: u64,
    },
}

fn refused(action: &'static str, what: impl Into<String>) -> impl FnOnce(Source) -> BackupError {
    let what = what.into();
    move |source| BackupError::Refused { action, what, source }
}

impl Holdings {
    /// Whether it has nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Bus {
    /// A tenant's records of one of the buckets [`RECORDS`].
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn raw_records(&self, bucket: &str, tenant: &TenantId) -> Result<Vec<RawRecord>, BackupError> {
        let prefix = format!("$KV.{bucket}.{tenant}.");
        let stream = format!("KV_{bucket}");
        let policy = DeliverPolicy::LastPerSubject;
        let found = scan::all(self, &stream, &format!("{prefix}>"), policy, usize::MAX)
            .await
            .map_err(refused("read", format!("the records of {bucket}")))?;
        let record = |found: scan::Found| {
            Some(RawRecord {
                key: found.subject.strip_prefix(&prefix)?.to_owned(),
                value: found.payload,
            })
        };
        let there = found.into_iter().filter(|found| !found.removed);
        Ok(there.filter_map(record).collect())
    }

    /// Writes a tenant's record of one of the buckets [`RECORDS`], over what is there.
    ///
    /// # Errors
    /// When the server does not answer, or refuses the key.
    pub async fn put_raw_record(
        &self,
        bucket: &'static str,
        tenant: &TenantId,
        record: RawRecord,
    ) -> Result<(), BackupError> {
        let key = format!("{tenant}.{}", record.key);
        let what = || format!("{key} of bucket {bucket}");
        let store = self.store(bucket).await;
        let store = store.map_err(|error| refused("write", what())(error.into()))?;
        let written = store.put(&key, record.value).await;
        written
            .map(drop)
            .map_err(|error| refused("write", what())(error.into()))
    }

    /// A tenant's dead letters, oldest first.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn raw_letters(&self, tenant: &TenantId) -> Result<Vec<RawLetter>, BackupError> {
        let filter = format!("dead.*.*.{tenant}");
        let found = scan::all(self, DEAD, &filter, DeliverPolicy::All, usize::MAX)
            .await
            .map_err(refused("read", "the dead letters"))?;
        let letter = |found: scan::Found| RawLetter {
            subject: found.subject,
            headers: texts(&found.headers.unwrap_or_default()),
            body: found.payload,
        };
        Ok(found.into_iter().map(letter).collect())
    }

    /// Writes a dead letter behind those that are there.
    ///
    /// # Errors
    /// When the server does not answer, or the stream is full.
    pub async fn put_raw_letter(&self, letter: RawLetter) -> Result<(), BackupError> {
        let mut headers = HeaderMap::new();
        for (name, values) in &letter.headers {
            // By its id the server would know a letter that was here a moment ago, and not take it.
            if name.starts_with("Nats-") {
                continue;
            }
            for value in values {
                set(&mut headers, name, value);
            }
        }
        Ok(self.put(letter.subject, headers, letter.body).await?)
    }

    /// The bucket of payloads that were too large for their dead letters.
    ///
    /// # Errors
    /// When the bucket is missing or the server does not answer.
    pub async fn dead_payloads(&self) -> Result<Objects, ObjectsError> {
        self.objects(DEAD_BUCKET.to_owned()).await
    }

    /// What a tenant has.
    ///
    /// # Errors
    /// When the server does not answer, or the tenant does not exist.
    pub async fn holdings(&self, tenant: &TenantId) -> Result<Holdings, BackupError> {
        let mut holdings = Holdings::default();
        for bucket in RECORDS.into_iter().filter(|bucket| *bucket != SETTINGS) {
            let count = self.raw_records(bucket, tenant).await?.len();
            if bucket == "files" {
                holdings.files += count;
            } else {
                holdings.records += count;
            }
        }
        for kind in OBJECTS {
            let objects = self.objects(format!("{kind}_{tenant}")).await?;
            holdings.objects += objects.list().await?.len();
        }
        Ok(holdings)
    }

    /// Removes everything that a tenant has from the server: records, objects, progress, facts and dead letters. Its jobs and
    /// what is in the index stay.
    ///
    /// # Errors
    /// When the server does not answer; some may be gone then.
    pub async fn clear_tenant(&self, tenant: &TenantId) -> Result<(), BackupError> {
        for bucket in RECORDS.into_iter().chain(["progress"]) {
            let keys = format!("$KV.{bucket}.{tenant}.>");
            self.purge(&format!("KV_{bucket}"), &keys).await?;
        }
        for kind in OBJECTS {
            self.purge(&format!("OBJ_{kind}_{tenant}"), ">").await?;
        }
        self.purge(DEAD, &format!("dead.*.*.{tenant}")).await?;
        self.purge(EVENTS, &format!("event.*.*.{tenant}")).await
    }

    /// Has jobs for ingest numbered from behind `beyond` on. Files know the number of the newest job that they have seen, and
    /// take one with a smaller number for a late one: on a new server all would be late.
    ///
    /// # Errors
    /// [`BackupError::Busy`] where jobs are in the queue and their numbers are smaller; when the server does not answer.
    pub async fn raise_order(&self, beyond: u64) -> Result<(), BackupError> {
        let name = stream_of("ingest");
        let failed = |error: Source| refused("raise the numbers of", name.clone())(error);
        let stream = self.jetstream().get_stream(&name).await;
        let stream = stream.map_err(|error| failed(error.into()))?;
        let state = &stream.cached_info().state;
        if state.last_sequence >= beyond {
            return Ok(());
        }
        if state.messages > 0 {
            return Err(BackupError::Busy {
                jobs: state.messages,
                beyond,
            });
        }
        // There is nothing to purge: what the server keeps of it is where numbers go on.
        let purged = stream.purge().sequence(beyond + 1).await;
        purged.map(drop).map_err(|error| failed(error.into()))
    }

    async fn purge(&self, stream: &str, filter: &str) -> Result<(), BackupError> {
        let failed = |error: Source| refused("clear", format!("{filter} of {stream}"))(error);
        let found = self.jetstream().get_stream_no_info(stream).await;
        let found: Stream<()> = found.map_err(|error| failed(error.into()))?;
        let purged = found.purge().filter(filter).await;
        purged.map(drop).map_err(|error| failed(error.into()))
    }
}

/// Headers as text, each name with its values.
fn texts(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let text = |(name, values): (&async_nats::HeaderName, &Vec<async_nats::HeaderValue>)| {
        let values = values.iter().map(|value| value.as_str().to_owned()).collect();
        (name.to_string(), values)
    };
    headers.iter().map(text).collect()
}
