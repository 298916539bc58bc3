//! An archive that is being written. Everything here blocks.

use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use chrono::{SecondsFormat, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use schemas::TenantId;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::manifest::{Entry, FORMAT, Manifest, PATH, What};
use super::{Body, Failure};

/// An archive under a temporary name; dropped before its end, it is gone.
pub struct Pack {
    builder: tar::Builder<GzEncoder<BufWriter<NamedTempFile>>>,
    target: PathBuf,
    entries: Vec<Entry>,
}

impl Pack {
    /// Begins an archive that will be `target`. Others of the machine can't read it.
    ///
    /// # Errors
    /// When there is a file of that name already, or none can be made beside it.
    pub fn create(target: &Path) -> Result<Self, Failure> {
        let failed = |source| Failure::File {
            action: "write",
            path: target.to_owned(),
            source,
        };
        if target.exists() {
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let draft = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        // Most of it is Parquet and images: more effort would save next to nothing.
        let encoder = GzEncoder::new(BufWriter::new(draft), Compression::fast());
        Ok(Self {
            builder: tar::Builder::new(encoder),
            target: target.to_owned(),
            entries: Vec::new(),
        })
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// When it can't be read or written, for instance on a full disk.
    pub fn add(mut self, what: What, body: Body) -> Result<Self, Failure> {
        let number = self.entries.len();
        // Names are anything, also what no path may be; the manifest tells them.
        let path = match &what {
            What::Object { tenant, store, .. } => format!("{tenant}/{store}/{number:08}"),
            What::DeadPayload { .. } => format!("dead/{number:08}"),
            What::Records { tenant, bucket } => format!("{tenant}/{bucket}.jsonl"),
            What::DeadLetters { tenant } => format!("{tenant}/dead.jsonl"),
        };
        let written = (|| {
            let bytes = body.size()?;
            let mut reader = Hashing {
                inner: body.reader()?,
                hash: Sha256::new(),
            };
            self.append(&path, bytes, &mut reader)?;
            Ok((bytes, hex::encode(reader.hash.finalize())))
        })();
        let (bytes, sha256) = written.map_err(|source| self.failed(source))?;
        self.entries.push(Entry {
            path,
            bytes,
            sha256,
            what,
        });
        Ok(self)
    }

    /// Writes the manifest, and gives the archive its name once it is on the disk.
    ///
    /// # Errors
    /// When it can't be written, or a file of that name came up meanwhile.
    pub fn finish(mut self, tenants: Vec<TenantId>, order: u64) -> Result<Manifest, Failure> {
        let manifest = Manifest {
            format: FORMAT,
            contrail: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
            tenants,
            order,
            entries: std::mem::take(&mut self.entries),
        };
        let target = self.target.clone();
        self.close(&manifest).map_err(|source| Failure::File {
            action: "write",
            path: target,
            source,
        })?;
        Ok(manifest)
    }

    fn close(mut self, manifest: &Manifest) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(manifest)?;
        self.append(PATH, text.len() as u64, &mut &text[..])?;
        let writer = self.builder.into_inner()?.finish()?;
        let draft = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        draft.as_file().sync_all()?;
        draft
            .persist_noclobber(&self.target)
            .map_err(|error| error.error)?;
        Ok(())
    }

    fn append(&mut self, path: &str, bytes: u64, reader: &mut impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(Utc::now().timestamp()).unwrap_or_default());
        self.builder.append_data(&mut header, path, reader)
    }

    fn failed(&self, source: io::Error) -> Failure {
        Failure::File {
            action: "write",
            path: self.target.clone(),
            source,
        }
    }
}

/// Hashes what goes through.
pub(super) struct Hashing<R> {
    pub(super) inner: R,
    pub(super) hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
