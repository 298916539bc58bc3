//! An upload on its way to the disk: the bus wants to know a content's digest before it stores it.

use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tempfile::NamedTempFile;
use tokio::io::{AsyncWriteExt, BufWriter};

use super::problem::Problem;

/// Begins the names of uploads on their way in, so that those which a killed process left are known.
pub const PREFIX: &str = "contrail-upload-";
/// Bytes gathered before they are written.
pub const BUFFER: usize = 256 * 1024;

/// Writes a body into a file of its own, which is gone as soon as it is dropped.
///
/// # Errors
/// [`Problem::Empty`], [`Problem::TooLarge`] as soon as there is a byte too many, [`Problem::UploadStalled`] when
/// nothing comes for `idle`, [`Problem::UploadBroken`], [`Problem::Spool`].
pub async fn spool(
    body: Body,
    folder: Option<&Path>,
    limit: u64,
    idle: Duration,
) -> Result<(NamedTempFile, u64), Problem> {
    spool_stream(body.into_data_stream(), folder, limit, idle).await
}

/// The same for chunks from elsewhere, such as a part of a form.
///
/// # Errors
/// See [`spool`].
pub async fn spool_stream<E>(
    mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
    folder: Option<&Path>,
    limit: u64,
    idle: Duration,
) -> Result<(NamedTempFile, u64), Problem>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let file = new_file(folder).map_err(Problem::Spool)?;
    let handle = tokio::fs::File::from_std(file.reopen().map_err(Problem::Spool)?);
    let mut writer = BufWriter::with_capacity(BUFFER, handle);

    let mut size = 0_u64;
    loop {
        let next = tokio::time::timeout(idle, chunks.next()).await;
        let Some(chunk) = next.map_err(|_| Problem::UploadStalled {
            seconds: idle.as_secs(),
        })?
        else {
            break;
        };
        let chunk = chunk.map_err(|error| Problem::UploadBroken(error.into()))?;
        size = size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if size > limit {
            return Err(Problem::TooLarge { limit });
        }
        writer.write_all(&chunk).await.map_err(Problem::Spool)?;
    }
    writer.flush().await.map_err(Problem::Spool)?;
    if size == 0 {
        Err(Problem::Empty)
    } else {
        Ok((file, size))
    }
}

/// A file for an upload, which is gone as soon as it is dropped; in the system's folder for temporary files by default.
///
/// # Errors
/// When it can't be made.
pub fn new_file(folder: Option<&Path>) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    match folder {
        Some(folder) => builder.tempfile_in(folder),
        None => builder.tempfile(),
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    const IDLE: Duration = Duration::from_secs(30);

    fn body(chunks: &[&'static str]) -> Body {
        let chunks: Vec<std::io::Result<Bytes>> = chunks
            .iter()
            .map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())))
            .collect();
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn bytes_arrive_whole_up_to_the_limit() {
        let (file, size) = spool(body(&["ab", "", "cd"]), None, 4, IDLE).await.unwrap();
        assert_eq!((std::fs::read(file.path()).unwrap(), size), (b"abcd".to_vec(), 4));
        let over = spool(body(&["ab", "cde"]), None, 4, IDLE).await;
        assert!(matches!(over, Err(Problem::TooLarge { limit: 4 })), "{over:?}");
        let empty = spool(body(&["", ""]), None, 4, IDLE).await;
        assert!(matches!(empty, Err(Problem::Empty)), "{empty:?}");
    }

    #[tokio::test]
    async fn nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (file, _) = spool(body(&["ab"]), Some(folder.path()), 4, IDLE).await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        drop(file);
        assert!(
            spool(body(&["abcde"]), Some(folder.path()), 4, IDLE)
                .await
                .is_err()
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_stalls_or_breaks_is_told_apart() {
        let stalled = spool(
            Body::from_stream(stream::pending::<std::io::Result<Bytes>>()),
            None,
            4,
            Duration::ZERO,
        );
        let stalled = stalled.await;
        assert!(
            matches!(stalled, Err(Problem::UploadStalled { seconds: 0 })),
            "{stalled:?}"
        );
        let broken = stream::iter([Ok(Bytes::from_static(b"a")), Err(std::io::Error::other("reset"))]);
        let broken = spool(Body::from_stream(broken), None, 4, IDLE).await;
        assert!(matches!(broken, Err(Problem::UploadBroken(_))), "{broken:?}");
        let nowhere = spool(body(&["a"]), Some(Path::new("/nonexistent")), 4, IDLE).await;
        assert!(matches!(nowhere, Err(Problem::Spool(_))), "{nowhere:?}");
    }
}
