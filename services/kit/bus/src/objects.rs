//! Object store buckets: bytes by name, mostly by their content id.
//!
//! What async-nats does with bytes is of no use here. Its `put` makes a chunk of whatever one read gives and waits for the
//! ack of each, so that a slow reader leaves thousands of tiny chunks: see [`crate::chunks`]. Its `get` makes a consumer
//! that lives on for half a minute, and a bucket has room for a thousand: see [`crate::direct`].

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::context::ObjectStoreErrorKind;
use async_nats::jetstream::object_store::{self, InfoErrorKind, ObjectInfo, ObjectStore};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use schemas::{ContentId, FileId, TenantId};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::chunks::{self, CHUNK};
use crate::connection::{ANSWER_LIMIT, Bus};
use crate::direct::Direct;
use crate::fault::Source;
use crate::scan;

/// Tries to read an object that is replaced under the reader.
const READS: usize = 3;

/// Why bytes could not be put or got.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// There is no object of that name.
    #[error("no object {name} in {bucket}")]
    Missing {
        /// The bucket.
        bucket: String,
        /// The object.
        name: String,
    },
    /// There is no such bucket: the tenant does not exist.
    #[error("no bucket {bucket}")]
    NoBucket {
        /// The bucket.
        bucket: String,
        /// What the server said.
        #[source]
        source: Source,
    },
    /// The object is larger than the reader wants.
    #[error("object {name} in {bucket} has {size} bytes, over the limit of {limit}")]
    TooLarge {
        /// The bucket.
        bucket: String,
        /// The object.
        name: String,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The bytes are not those that were put.
    #[error("object {name} in {bucket} is damaged: its SHA-256 is {found}, expected {wanted}")]
    Damaged {
        /// The bucket.
        bucket: String,
        /// The object.
        name: String,
        /// The digest of what was read, in hexadecimal.
        found: String,
        /// The digest that was recorded, in hexadecimal.
        wanted: String,
    },
    /// The bucket has no room.
    #[error("bucket {bucket} is full")]
    Full {
        /// The bucket.
        bucket: String,
        /// What the server said.
        #[source]
        source: Source,
    },
    /// A local file, or what else the bytes come from or go to.
    #[error("can't read or write the bytes of {name}")]
    Local {
        /// The file or the object.
        name: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file changed while it was read.
    #[error("{name} changed while it was being read")]
    Changed {
        /// The file.
        name: String,
    },
    /// The server did not answer in time, or with an error.
    #[error("can't reach object {name} in {bucket}")]
    Unreachable {
        /// The bucket.
        bucket: String,
        /// The object.
        name: String,
        /// What happened.
        #[source]
        source: Source,
    },
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was stored.
    pub stored_at: DateTime<Utc>,
    /// The files that it rests on.
    pub files: BTreeSet<FileId>,
}

/// The metadata of an object, as far as a list needs them.
#[derive(Deserialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

impl Metadata {
    fn listed(self, stored_at: DateTime<Utc>) -> Listed {
        let files = self.metadata.get(chunks::FILES).map(String::as_str);
        let files = files.unwrap_or_default().split(' ');
        Listed {
            files: files
                .filter_map(|file| FileId::new(file.to_owned()).ok())
                .collect(),
            name: self.name,
            size: self.size,
            stored_at,
        }
    }
}

/// One bucket.
#[derive(Clone)]
pub struct Objects {
    pub(crate) bus: Bus,
    pub(crate) bucket: String,
    store: ObjectStore,
}

impl Bus {
    /// The files of a tenant, by content id: bucket `files_<tenant>`.
    ///
    /// # Errors
    /// When the bucket is missing (the tenant does not exist) or the server does not answer.
    pub async fn files(&self, tenant: &TenantId) -> Result<Objects, ObjectsError> {
        self.objects(format!("files_{tenant}")).await
    }

    /// The answers of a tenant, by answer id: bucket `answers_<tenant>`.
    ///
    /// # Errors
    /// See [`Bus::files`].
    pub async fn answers(&self, tenant: &TenantId) -> Result<Objects, ObjectsError> {
        self.objects(format!("answers_{tenant}")).await
    }

    pub(crate) async fn objects(&self, bucket: String) -> Result<Objects, ObjectsError> {
        match self.jetstream().get_object_store(&bucket).await {
            Ok(store) => Ok(Objects {
                bus: self.clone(),
                bucket,
                store,
            }),
            Err(error) if error.kind() == ObjectStoreErrorKind::GetStore && is_missing(&error) => {
                Err(ObjectsError::NoBucket {
                    bucket,
                    source: error.into(),
                })
            }
            Err(error) => Err(ObjectsError::Unreachable {
                bucket,
                name: "*".to_owned(),
                source: error.into(),
            }),
        }
    }
}

fn is_missing(error: &(dyn std::error::Error + 'static)) -> bool {
    crate::fault::jetstream_code(error) == Some(10059)
}

impl Objects {
    /// Stores the bytes under their content id; nothing is sent when they are there already.
    ///
    /// # Errors
    /// When the bucket is full or the server does not answer in time.
    pub async fn put(&self, bytes: Bytes) -> Result<ContentId, ObjectsError> {
        let content = content_id(&Sha256::digest(&bytes));
        let size = bytes.len() as u64;
        if self.size(content.as_str()).await? != Some(size) {
            chunks::put(self, content.as_str(), &mut &bytes[..], None).await?;
        }
        Ok(content)
    }

    /// Stores a file under its content id; nothing is sent when it is there already.
    ///
    /// # Errors
    /// See [`Objects::put`]; also when the file can't be read.
    pub async fn put_file(&self, path: &Path) -> Result<ContentId, ObjectsError> {
        let name = path.display().to_string();
        let local = |source| ObjectsError::Local {
            name: name.clone(),
            source,
        };
        let mut file = File::open(path).await.map_err(local)?;
        let (mut hash, mut size) = (Sha256::new(), 0u64);
        let mut buffer = vec![0; CHUNK];
        loop {
            let read = file.read(&mut buffer).await.map_err(local)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            hash.update(bytes);
            size += read as u64;
        }
        let content = content_id(&hash.finalize());
        if self.size(content.as_str()).await? == Some(size) {
            return Ok(content);
        }
        let mut file = File::open(path).await.map_err(local)?;
        chunks::put(self, content.as_str(), &mut file, Some(&name)).await?;
        Ok(content)
    }

    /// Stores bytes under a name of the caller's choosing, replacing what was there.
    ///
    /// # Errors
    /// See [`Objects::put`].
    pub async fn put_named(&self, name: &str, bytes: Bytes) -> Result<(), ObjectsError> {
        self.put_from(name, &mut &bytes[..]).await.map(drop)
    }

    /// Stores what a reader gives under a name of the caller's choosing, replacing what was there; the bytes' own id.
    /// However little one read gives, the chunks are full.
    ///
    /// # Errors
    /// See [`Objects::put`]; also when the reader fails.
    pub async fn put_from<R>(&self, name: &str, reader: &mut R) -> Result<ContentId, ObjectsError>
    where
        R: AsyncRead + Unpin + Send,
    {
        chunks::put(self, name, reader, None).await
    }

    /// All bytes of an object, checked against its digest.
    ///
    /// # Errors
    /// [`ObjectsError::Missing`]; too large for `limit` bytes; damaged; or the server does not answer in time.
    pub async fn get(&self, name: &str, limit: u64) -> Result<Bytes, ObjectsError> {
        let mut tries = READS;
        loop {
            tries -= 1;
            let info = self.found(name, limit).await?;
            let mut bytes = Vec::with_capacity(info.size.min(1 << 26));
            match self.copy(&info, name, &mut bytes).await {
                Ok(()) => return Ok(bytes.into()),
                Err(_) if tries > 0 && self.is_replaced(&info, name).await => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes an object to a file, checked against its digest; returns its size in bytes.
    ///
    /// # Errors
    /// See [`Objects::get`]; also when the file can't be written. The file is to be thrown away then.
    pub async fn get_to(&self, name: &str, path: &Path, limit: u64) -> Result<u64, ObjectsError> {
        let local = |source| ObjectsError::Local {
            name: path.display().to_string(),
            source,
        };
        let mut tries = READS;
        loop {
            tries -= 1;
            let info = self.found(name, limit).await?;
            let mut file = File::create(path).await.map_err(local)?;
            match self.copy(&info, name, &mut file).await {
                Ok(()) => {
                    file.flush().await.map_err(local)?;
                    return Ok(info.size as u64);
                }
                Err(_) if tries > 0 && self.is_replaced(&info, name).await => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives an object to a writer, checked against its digest; returns its size in bytes. What the writer got is to be
    /// thrown away when this fails, also when the object is replaced meanwhile: contents never are.
    ///
    /// # Errors
    /// See [`Objects::get`]; also when the writer fails.
    pub async fn get_into<W>(&self, name: &str, writer: &mut W, limit: u64) -> Result<u64, ObjectsError>
    where
        W: AsyncWrite + Unpin,
    {
        let info = self.found(name, limit).await?;
        self.copy(&info, name, writer).await?;
        writer.flush().await.map_err(|source| ObjectsError::Local {
            name: name.to_owned(),
            source,
        })?;
        Ok(info.size as u64)
    }

    /// Stores what a reader gives under a name of the caller's choosing, with the files that they rest on: they go when one of these does.
    ///
    /// # Errors
    /// See [`Objects::put`].
    pub async fn put_resting_on<R>(
        &self,
        files: &BTreeSet<FileId>,
        name: &str,
        reader: &mut R,
    ) -> Result<(), ObjectsError>
    where
        R: AsyncRead + Unpin + Send,
    {
        let written = chunks::write(self, name, reader).await?;
        written.resting_on(files).name(self, name).await
    }

    /// Names of the objects that rest on a file, sorted.
    ///
    /// # Errors
    /// When the server does not answer in time.
    pub async fn resting_on(&self, file: &FileId) -> Result<Vec<String>, ObjectsError> {
        let listed = self.list().await?.into_iter();
        let resting = listed.filter(|object| object.files.contains(file));
        Ok(resting.map(|object| object.name).collect())
    }

    /// All objects, sorted by name.
    ///
    /// # Errors
    /// When the server does not answer in time.
    pub async fn list(&self) -> Result<Vec<Listed>, ObjectsError> {
        let stream = format!("OBJ_{}", self.bucket);
        let metadata = format!("$O.{}.M.>", self.bucket);
        let policy = DeliverPolicy::LastPerSubject;
        let found = scan::all(&self.bus, &stream, &metadata, policy, usize::MAX)
            .await
            .map_err(|source| self.unreachable("*", source))?;
        let mut listed: Vec<Listed> = found
            .iter()
            .filter_map(|found| {
                let metadata: Metadata = serde_json::from_slice(&found.payload).ok()?;
                (!metadata.deleted).then(|| metadata.listed(found.at))
            })
            .collect();
        listed.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(listed)
    }

    /// The size of an object in bytes; `None` when it is not there.
    ///
    /// # Errors
    /// When the server does not answer in time.
    pub async fn size(&self, name: &str) -> Result<Option<u64>, ObjectsError> {
        Ok(self.info(name).await?.map(|info| info.size as u64))
    }

    /// Removes an object; it may be gone already.
    ///
    /// # Errors
    /// When the server does not answer in time.
    pub async fn delete(&self, name: &str) -> Result<(), ObjectsError> {
        if self.info(name).await?.is_none() {
            return Ok(());
        }
        match self.store.delete(name).await {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == object_store::DeleteErrorKind::NotFound => Ok(()),
            Err(error) => Err(self.unreachable(name, error.into())),
        }
    }

    /// What is known of an object that is there.
    pub(crate) async fn info(&self, name: &str) -> Result<Option<ObjectInfo>, ObjectsError> {
        match self.store.info(name).await {
            Ok(info) => Ok(Some(info).filter(|info| !info.deleted)),
            Err(error) if error.kind() == InfoErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.unreachable(name, error.into())),
        }
    }

    async fn found(&self, name: &str, limit: u64) -> Result<ObjectInfo, ObjectsError> {
        let (bucket, object) = (self.bucket.clone(), name.to_owned());
        match self.info(name).await? {
            None => Err(ObjectsError::Missing { bucket, name: object }),
            Some(info) if info.size as u64 > limit => Err(ObjectsError::TooLarge {
                bucket,
                name: object,
                size: info.size as u64,
                limit,
            }),
            Some(info) => Ok(info),
        }
    }

    /// Whether another object has the name by now, so that its chunks went under the reader.
    async fn is_replaced(&self, info: &ObjectInfo, name: &str) -> bool {
        matches!(self.info(name).await, Ok(Some(now)) if now.nuid != info.nuid)
    }

    async fn copy<W>(&self, info: &ObjectInfo, name: &str, writer: &mut W) -> Result<(), ObjectsError>
    where
        W: AsyncWrite + Unpin,
    {
        let stream = format!("OBJ_{}", self.bucket);
        let subject = format!("$O.{}.C.{}", self.bucket, info.nuid);
        let mut chunks = Direct::new(&self.bus, stream, subject)
            .await
            .map_err(|source| self.unreachable(name, source))?;
        let (mut hash, mut size, mut count) = (Sha256::new(), 0u64, 0);
        while size < info.size as u64 {
            let read = async {
                match chunks.next(info.chunks.saturating_sub(count)).await? {
                    Some(bytes) => Ok(Some(bytes)),
                    // There must be more: a replica may be behind.
                    None => chunks.next_of_leader().await,
                }
            };
            let read = tokio::time::timeout(ANSWER_LIMIT * 2, read).await;
            let read = read.map_err(|elapsed| self.unreachable(name, elapsed.into()))?;
            let Some(bytes) = read.map_err(|source| self.unreachable(name, source))? else {
                break;
            };
            hash.update(&bytes);
            size += bytes.len() as u64;
            count += 1;
            let written = writer.write_all(&bytes).await;
            written.map_err(|source| ObjectsError::Local {
                name: name.to_owned(),
                source,
            })?;
        }
        let found = content_id(&hash.finalize()).to_string();
        // The name of a content is its digest: what the store recorded can't stand in for that.
        let named = ContentId::new(name).ok().map(String::from);
        let recorded = info.digest.as_deref().and_then(chunks::recorded);
        for wanted in [recorded, named].into_iter().flatten() {
            if wanted != found {
                let (bucket, name) = (self.bucket.clone(), name.to_owned());
                return Err(ObjectsError::Damaged {
                    bucket,
                    name,
                    found,
                    wanted,
                });
            }
        }
        Ok(())
    }

    pub(crate) fn unreachable(&self, name: &str, source: Source) -> ObjectsError {
        ObjectsError::Unreachable {
            bucket: self.bucket.clone(),
            name: name.to_owned(),
            source,
        }
    }
}

/// The content id of a SHA-256.
#[expect(
    clippy::expect_used,
    reason = "32 bytes in hexadecimal are what a content id is"
)]
pub(crate) fn content_id(digest: &[u8]) -> ContentId {
    ContentId::new(hex::encode(digest)).expect("a SHA-256 is a content id")
}

/// How long the reader of a put may be waited for between two chunks.
pub(crate) const READER_LIMIT: Duration = Duration::from_secs(60);
