//! The needed files out of an archive, and nothing else.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use flate2::read::GzDecoder;
use zip::result::ZipError;

use crate::digest::Sha256;
use crate::error::SourceError;
use crate::lock::{Kind, PinnedFile, Source};

/// Unpacks `files` from a source's archive into a folder, each checked by its length and digest.
pub fn unpack(archive: &Path, source: &Source, files: &[PinnedFile], folder: &Path) -> Result<(), SourceError> {
    match source.kind {
        Kind::Pip => wheel(archive, source, files, folder),
        Kind::Npm => tarball(archive, source, files, folder),
    }
}

fn wheel(archive: &Path, source: &Source, files: &[PinnedFile], folder: &Path) -> Result<(), SourceError> {
    let mut zip = zip::ZipArchive::new(open(archive)?).map_err(|error| broken(source, error))?;
    for (path, file) in source.paths.iter().zip(files) {
        let mut entry = zip.by_name(path).map_err(|error| match error {
            ZipError::FileNotFound => absent(source, path),
            error => broken(source, error),
        })?;
        place(&mut entry, path, source, file, folder)?;
    }
    Ok(())
}

fn tarball(archive: &Path, source: &Source, files: &[PinnedFile], folder: &Path) -> Result<(), SourceError> {
    let mut tar = tar::Archive::new(GzDecoder::new(open(archive)?));
    let mut missing: Vec<_> = source.paths.iter().zip(files).collect();
    for entry in tar.entries().map_err(|error| broken(source, error))? {
        let mut entry = entry.map_err(|error| broken(source, error))?;
        let found = missing.iter().position(|(path, _)| *entry.path_bytes() == *path.as_bytes());
        if let Some((path, file)) = found.map(|index| missing.swap_remove(index)) {
            place(&mut entry, path, source, file, folder)?;
        }
        if missing.is_empty() {
            break;
        }
    }
    match missing.first() {
        Some((path, _)) => Err(absent(source, path)),
        None => Ok(()),
    }
}

/// Writes one file; at most one byte more than it should have is read.
fn place(
    from: &mut dyn Read,
    path: &str,
    source: &Source,
    file: &PinnedFile,
    folder: &Path,
) -> Result<(), SourceError> {
    let target = folder.join(&file.path);
    let failed = |action| {
        let path = target.clone();
        move |source| SourceError::File { action, path, source }
    };
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(failed("make the folder of"))?;
    }
    let mut to = File::create(&target).map_err(failed("write"))?;
    let mut unread = None;
    let mut limited = Attributed { inner: from, error: &mut unread }.take(file.size.saturating_add(1));
    let copied = Sha256::copied(&mut limited, &mut to);
    if let Some(error) = unread {
        return Err(broken(source, error));
    }
    let (got, length) = copied.map_err(failed("write"))?;
    if length > file.size {
        return Err(SourceError::TooLong { path: path.to_owned(), limit: file.size });
    }
    if got != file.sha256 {
        let what = format!("{path} in {}", source.archive);
        return Err(SourceError::WrongHash { what, expected: file.sha256, got });
    }
    let mode = if file.executable { 0o755 } else { 0o644 };
    to.set_permissions(fs::Permissions::from_mode(mode)).map_err(failed("set the mode of"))?;
    // The rename that follows must not be on the disk before the bytes are.
    to.sync_all().map_err(failed("write"))
}

/// Tells an error of reading the archive from one of writing the file.
struct Attributed<'a> {
    inner: &'a mut dyn Read,
    error: &'a mut Option<io::Error>,
}

impl Read for Attributed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                *self.error = Some(error);
            }
            kind.into()
        })
    }
}

fn open(archive: &Path) -> Result<BufReader<File>, SourceError> {
    let file = File::open(archive)
        .map_err(|source| SourceError::File { action: "read", path: archive.to_owned(), source })?;
    Ok(BufReader::new(file))
}

fn absent(source: &Source, path: &str) -> SourceError {
    SourceError::Absent { archive: source.archive.clone(), path: path.to_owned() }
}

fn broken(source: &Source, error: impl Into<Box<dyn Error + Send + Sync>>) -> SourceError {
    SourceError::Archive { archive: source.archive.clone(), source: error.into() }
}
