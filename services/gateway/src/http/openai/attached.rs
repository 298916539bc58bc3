//! Images and files in messages: those in the message itself are taken in as files first.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bus::Records;
use schemas::file::FileRecord;
use schemas::{FileId, TenantId};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::http::App;
use crate::http::files::submit;
use crate::http::problem::Problem;
use crate::http::spool::new_file;

/// How long a question waits for its images to be read before it is asked all the same.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is attached to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attached {
    /// A file that is there.
    Known(FileId),
    /// A file in the message itself.
    New {
        /// Its logical name.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl Attached {
    /// Reads a data URL. Files without a name are named by their bytes, so that the same image is the same file however often a
    /// front end sends the conversation again.
    ///
    /// # Errors
    /// Why it can't be read.
    pub fn data(url: &str, name: Option<&str>) -> Result<Self, &'static str> {
        let rest = url
            .strip_prefix("data:")
            .ok_or("send images and files as a data: URL; nothing is fetched from elsewhere")?;
        let (head, data) = rest.split_once(',').ok_or("the data: URL has no data")?;
        let kind = head
            .strip_suffix(";base64")
            .ok_or("the data: URL is not in base64")?
            .split(';')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let bytes = STANDARD
            .decode(data.trim())
            .map_err(|_| "the data: URL is not in base64")?;
        if bytes.is_empty() {
            return Err("the data: URL has no data");
        }
        if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
            let name = format!("chat/{}", name.trim());
            return Ok(Self::New { name, bytes });
        }
        let extension = extension(&kind).ok_or("images are read as PNG, JPEG, WebP, BMP or TIFF")?;
        let digest = hex::encode(Sha256::digest(&bytes));
        let short = digest.get(..16).unwrap_or(&digest);
        let name = format!("chat/{short}.{extension}");
        Ok(Self::New { name, bytes })
    }
}

fn extension(kind: &str) -> Option<&'static str> {
    match kind {
        "image/png" => Some("png"),
        "image/jpeg" | "image/jpg" => Some("jpg"),
        "image/webp" => Some("webp"),
        "image/bmp" => Some("bmp"),
        "image/tiff" => Some("tiff"),
        "application/pdf" => Some("pdf"),
        "text/csv" => Some("csv"),
        "text/plain" => Some("txt"),
        "text/markdown" => Some("md"),
        _ => None,
    }
}

/// The ids of what is attached, after everything new, of at most `limit` bytes each, was taken in and read, or the patience is
/// at its end.
///
/// # Errors
/// When a file can't be taken in, or the bus fails.
pub async fn files(
    app: &App,
    tenant: &TenantId,
    attached: Vec<Attached>,
    limit: u64,
) -> Result<Vec<FileId>, Problem> {
    let records = app.bus.file_records(tenant).await?;
    let mut files = Vec::with_capacity(attached.len());
    for attached in attached {
        let (name, bytes) = match attached {
            Attached::Known(file) => {
                files.push(file);
                continue;
            }
            Attached::New { name, bytes } => (name, bytes),
        };
        files.push(match present(app, tenant, &records, &name, &bytes).await? {
            Some(file) => file,
            None => take_in(app, tenant, name, &bytes, limit).await?,
        });
    }
    for file in &files {
        let settled = |record: Option<&FileRecord>| record.is_none_or(|record| record.state.is_settled());
        records.wait(file.as_str(), PATIENCE, settled).await?;
    }
    Ok(files)
}

/// The file of this name, if it has these bytes already.
async fn present(
    app: &App,
    tenant: &TenantId,
    records: &Records<FileRecord>,
    name: &str,
    bytes: &[u8],
) -> Result<Option<FileId>, Problem> {
    let Some(file) = app.bus.file_named(tenant, name).await? else {
        return Ok(None);
    };
    let digest = hex::encode(Sha256::digest(bytes));
    let same = records.get(file.as_str()).await?.is_some_and(|record| {
        let active = record.value.active.as_ref();
        active.is_some_and(|version| version.content.as_str() == digest)
    });
    Ok(same.then_some(file))
}

async fn take_in(
    app: &App,
    tenant: &TenantId,
    name: String,
    bytes: &[u8],
    limit: u64,
) -> Result<FileId, Problem> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limit {
        return Err(Problem::TooLarge { limit });
    }
    let spooled = new_file(app.spool_dir.as_deref()).map_err(Problem::Spool)?;
    let handle = spooled.reopen().map_err(Problem::Spool)?;
    let mut writer = tokio::fs::File::from_std(handle);
    writer.write_all(bytes).await.map_err(Problem::Spool)?;
    writer.flush().await.map_err(Problem::Spool)?;
    let job = bus::ids::new_job_id();
    let uploaded = submit(app, tenant, name, job, (spooled.path(), size)).await?;
    Ok(uploaded.file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_urls_become_files_named_by_their_bytes() {
        let check = |url: &str, name: Option<&str>, expect: Result<&str, &str>| match (
            Attached::data(url, name),
            expect,
        ) {
            (Ok(Attached::New { name, .. }), Ok(expect)) => {
                assert!(name.starts_with("chat/") && name.ends_with(expect), "{name}");
            }
            (Err(why), Err(expect)) => assert!(why.contains(expect), "{why}"),
            (got, _) => panic!("{url}: {got:?}, not {expect:?}"),
        };
        check("data:image/png;base64,AAAA", None, Ok(".png"));
        check("data:image/JPEG;charset=x;base64,AAAA", None, Ok(".jpg"));
        check(
            "data:application/octet-stream;base64,AAAA",
            Some("表.xlsx"),
            Ok("chat/表.xlsx"),
        );
        check("https://example.org/a.png", None, Err("data: URL"));
        check("data:image/png,AAAA", None, Err("base64"));
        check("data:image/png;base64,!", None, Err("base64"));
        check("data:image/png;base64,", None, Err("no data"));
        check("data:image/gif;base64,AAAA", None, Err("images are read as"));
    }
}
