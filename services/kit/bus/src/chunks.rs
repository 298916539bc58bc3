//! Writes one object in full chunks, several on their way at once.
//!
//! The layout is that of NATS ADR-20: chunks on `$O.<bucket>.C.<nuid>`, then one message of metadata on
//! `$O.<bucket>.M.<name in base64>` that replaces the one before.

use std::collections::{BTreeSet, VecDeque};

use async_nats::HeaderMap;
use async_nats::jetstream::context::{PublishAckFuture, PublishError};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Stream;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use bytes::{BufMut, Bytes, BytesMut};
use schemas::{ContentId, FileId};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};
use uuid::Uuid;

use crate::fault::jetstream_code;
use crate::headers::set;
use crate::objects::{Objects, ObjectsError, READER_LIMIT, content_id};
use crate::publish::{FULL, now};

/// Bytes of a chunk: what other clients use, and the fastest size that was measured.
pub(crate) const CHUNK: usize = 128 * 1024;
/// Chunks on their way at once.
const WINDOW: usize = 8;

/// Bytes that are stored as chunks, before anything refers to them.
pub(crate) struct Written {
    /// What the metadata call `nuid`.
    place: String,
    size: usize,
    count: usize,
    digest: [u8; 32],
    /// The files that they rest on.
    files: String,
}

/// Under which name an object's metadata tell the files that it rests on.
pub(crate) const FILES: &str = "files";

impl Written {
    /// Has their metadata tell the files that they rest on.
    pub(crate) fn resting_on(self, files: &BTreeSet<FileId>) -> Self {
        let files: Vec<&str> = files.iter().map(FileId::as_str).collect();
        Self {
            files: files.join(" "),
            ..self
        }
    }

    /// Their content id.
    pub(crate) fn content(&self) -> ContentId {
        content_id(&self.digest)
    }

    /// How many bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size as u64
    }

    /// Removes them.
    pub(crate) async fn forget(&self, objects: &Objects) {
        forget(objects, &subject(objects, &self.place)).await;
    }

    /// Gives them a name; what had it before is removed.
    pub(crate) async fn name(self, objects: &Objects, name: &str) -> Result<(), ObjectsError> {
        match self.publish(objects, name).await {
            Ok(Some(old)) => forget(objects, &subject(objects, &old)).await,
            Ok(None) => {}
            Err(error) => {
                // Without its metadata nobody would ever find the chunks.
                self.forget(objects).await;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Writes the metadata; the place of the object that had the name.
    async fn publish(&self, objects: &Objects, name: &str) -> Result<Option<String>, ObjectsError> {
        let old = objects.info(name).await?.map(|old| old.nuid);
        let mut metadata = json!({
            "name": name,
            "bucket": objects.bucket,
            "nuid": self.place,
            "size": self.size,
            "chunks": self.count,
            "mtime": now(),
            "digest": format!("SHA-256={}", URL_SAFE.encode(self.digest)),
            "options": { "max_chunk_size": CHUNK },
        });
        if let (false, Some(members)) = (self.files.is_empty(), metadata.as_object_mut()) {
            members.insert("metadata".to_owned(), json!({ FILES: self.files }));
        }
        let mut headers = HeaderMap::new();
        set(&mut headers, "Nats-Rollup", "sub");
        let subject = format!("$O.{}.M.{}", objects.bucket, URL_SAFE.encode(name));
        let message = PublishMessage::build()
            .headers(headers)
            .payload(metadata.to_string().into());
        let failed = |error| failed(objects, name, error);
        let sent = objects.bus.jetstream().send_publish(subject, message).await;
        sent.map_err(failed)?.await.map_err(failed)?;
        Ok(old)
    }
}

/// Stores what a reader gives. With `file`, the name is the content id that was computed before, and must come out again.
pub(crate) async fn put<R>(
    objects: &Objects,
    name: &str,
    reader: &mut R,
    file: Option<&str>,
) -> Result<ContentId, ObjectsError>
where
    R: AsyncRead + Unpin + Send,
{
    let written = write(objects, file.unwrap_or(name), reader).await?;
    let content = written.content();
    if let Some(file) = file.filter(|_| content.as_str() != name) {
        written.forget(objects).await;
        return Err(ObjectsError::Changed {
            name: file.to_owned(),
        });
    }
    written.name(objects, name).await?;
    Ok(content)
}

/// Stores what a reader gives without a name. `from` is what it is called in errors.
pub(crate) async fn write<R>(objects: &Objects, from: &str, reader: &mut R) -> Result<Written, ObjectsError>
where
    R: AsyncRead + Unpin + Send,
{
    let place = Uuid::now_v7().simple().to_string();
    let chunks = subject(objects, &place);
    let mut window = VecDeque::with_capacity(WINDOW);
    match send(objects, from, reader, &chunks, &mut window).await {
        Ok((size, count, digest)) => Ok(Written {
            place,
            size,
            count,
            digest,
            files: String::new(),
        }),
        Err(error) => {
            // Nobody would ever find them; those on their way must not come after the purge.
            for ack in window {
                ack.await.ok();
            }
            forget(objects, &chunks).await;
            Err(error)
        }
    }
}

/// Sends all chunks and awaits their acks; bytes, chunks and SHA-256.
async fn send<R>(
    objects: &Objects,
    from: &str,
    reader: &mut R,
    chunks: &str,
    window: &mut VecDeque<PublishAckFuture>,
) -> Result<(usize, usize, [u8; 32]), ObjectsError>
where
    R: AsyncRead + Unpin + Send,
{
    let failed = |error| failed(objects, from, error);
    let local = |source| ObjectsError::Local {
        name: from.to_owned(),
        source,
    };
    let (mut hash, mut size, mut count) = (Sha256::new(), 0, 0);
    loop {
        let chunk = tokio::time::timeout(READER_LIMIT, fill(reader)).await;
        let chunk = chunk.map_err(|elapsed| local(elapsed.into()))?.map_err(local)?;
        if chunk.is_empty() {
            break;
        }
        hash.update(&chunk);
        size += chunk.len();
        count += 1;
        if window.len() == WINDOW
            && let Some(oldest) = window.pop_front()
        {
            oldest.await.map_err(failed)?;
        }
        let message = PublishMessage::build().payload(chunk);
        let sent = objects.bus.jetstream().send_publish(chunks.to_owned(), message);
        window.push_back(sent.await.map_err(failed)?);
    }
    while let Some(ack) = window.pop_front() {
        ack.await.map_err(failed)?;
    }
    Ok((size, count, hash.finalize().into()))
}

fn subject(objects: &Objects, place: &str) -> String {
    format!("$O.{}.C.{place}", objects.bucket)
}

fn failed(objects: &Objects, name: &str, error: PublishError) -> ObjectsError {
    match jetstream_code(&error) {
        Some(code) if FULL.contains(&code) => ObjectsError::Full {
            bucket: objects.bucket.clone(),
            source: error.into(),
        },
        Some(_) | None => objects.unreachable(name, error.into()),
    }
}

/// The next full chunk: shorter only at the end, empty behind it.
async fn fill<R: AsyncRead + Unpin>(reader: &mut R) -> std::io::Result<Bytes> {
    let mut chunk = BytesMut::with_capacity(CHUNK);
    while chunk.len() < CHUNK {
        let room = CHUNK - chunk.len();
        if reader.read_buf(&mut (&mut chunk).limit(room)).await? == 0 {
            break;
        }
    }
    Ok(chunk.freeze())
}

/// Removes the chunks of an object that nobody refers to.
pub(crate) async fn forget(objects: &Objects, chunks: &str) {
    let purged = async {
        let stream: Stream<()> = objects
            .bus
            .jetstream()
            .get_stream_no_info(format!("OBJ_{}", objects.bucket))
            .await?;
        stream.purge().filter(chunks).await?;
        Ok::<_, crate::fault::Source>(())
    };
    if let Err(error) = purged.await {
        tracing::warn!(bucket = objects.bucket, error, "old chunks could not be removed");
    }
}

/// The SHA-256 that the metadata tell, in hexadecimal.
pub(crate) fn recorded(digest: &str) -> Option<String> {
    let bytes = URL_SAFE.decode(digest.strip_prefix("SHA-256=")?).ok()?;
    Some(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_reads_make_full_chunks() {
        let bytes = vec![7; CHUNK + 5];
        let mut reader = tokio_util::io::StreamReader::new(futures::stream::iter(
            bytes
                .chunks(1400)
                .map(|part| Ok::<_, std::io::Error>(Bytes::copy_from_slice(part))),
        ));
        let mut sizes = Vec::new();
        loop {
            let chunk = fill(&mut reader).await.unwrap();
            sizes.push(chunk.len());
            if chunk.is_empty() {
                break;
            }
        }
        assert_eq!(sizes, [CHUNK, 5, 0]);
    }

    #[test]
    fn digests_are_read_as_they_are_recorded() {
        let digest = Sha256::digest(b"");
        let text = format!("SHA-256={}", URL_SAFE.encode(digest));
        assert_eq!(recorded(&text), Some(hex::encode(digest)));
        assert_eq!(recorded("MD5=AAAA"), None);
    }
}
