//! Writes one object in full chunks, several on their way at once.
//!
//! The layout is that of NATS ADR-20: chunks on `$O.<bucket>.C.<nuid>`, then one message of metadata on
//! `$O.<bucket>.M.<name in base64>` that replaces the one before.

use std::collections::VecDeque;

use async_nats::HeaderMap;
use async_nats::jetstream::context::{PublishAckFuture, PublishError};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Stream;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use bytes::{BufMut, Bytes, BytesMut};
use schemas::ContentId;
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
    let old = objects.info(name).await?;
    let place = Uuid::now_v7().simple().to_string();
    let chunks = format!("$O.{}.C.{place}", objects.bucket);
    let mut window = VecDeque::with_capacity(WINDOW);
    match write(objects, name, reader, file, &place, &mut window).await {
        Ok(content) => {
            if let Some(old) = old {
                forget(objects, &format!("$O.{}.C.{}", objects.bucket, old.nuid)).await;
            }
            Ok(content)
        }
        Err(error) => {
            // Without its metadata nobody would ever find the chunks; those on their way must not come after the purge.
            for ack in window {
                ack.await.ok();
            }
            forget(objects, &chunks).await;
            Err(error)
        }
    }
}

async fn write<R>(
    objects: &Objects,
    name: &str,
    reader: &mut R,
    file: Option<&str>,
    place: &str,
    window: &mut VecDeque<PublishAckFuture>,
) -> Result<ContentId, ObjectsError>
where
    R: AsyncRead + Unpin + Send,
{
    let failed = |error: PublishError| match jetstream_code(&error) {
        Some(code) if FULL.contains(&code) => ObjectsError::Full {
            bucket: objects.bucket.clone(),
            source: error.into(),
        },
        Some(_) | None => objects.unreachable(name, error.into()),
    };
    let local = |source| ObjectsError::Local {
        name: file.unwrap_or(name).to_owned(),
        source,
    };
    let send =
        |subject: String, message: PublishMessage| objects.bus.jetstream().send_publish(subject, message);

    let (mut hash, mut size, mut count) = (Sha256::new(), 0, 0);
    let chunks = format!("$O.{}.C.{place}", objects.bucket);
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
        window.push_back(send(chunks.clone(), message).await.map_err(failed)?);
    }
    while let Some(ack) = window.pop_front() {
        ack.await.map_err(failed)?;
    }

    let digest = hash.finalize();
    let content = content_id(&digest);
    if let Some(file) = file.filter(|_| content.as_str() != name) {
        return Err(ObjectsError::Changed {
            name: file.to_owned(),
        });
    }
    let metadata = json!({
        "name": name,
        "bucket": objects.bucket,
        "nuid": place,
        "size": size,
        "chunks": count,
        "mtime": now(),
        "digest": format!("SHA-256={}", URL_SAFE.encode(digest)),
        "options": { "max_chunk_size": CHUNK },
    });
    let mut headers = HeaderMap::new();
    set(&mut headers, "Nats-Rollup", "sub");
    let subject = format!("$O.{}.M.{}", objects.bucket, URL_SAFE.encode(name));
    let message = PublishMessage::build()
        .headers(headers)
        .payload(metadata.to_string().into());
    send(subject, message)
        .await
        .map_err(failed)?
        .await
        .map_err(failed)?;
    Ok(content)
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
