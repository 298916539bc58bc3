//! The needed files out of an archive, and nothing else.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use flate2::read::GzDecoder;
use zip::result::ZipError;

use crate::digest::Sha256;
use crate::error::SourceError;
use crate::lock::{Kind, PinnedFile, Source};

/// Unpacks `files` from a source's archive into a folder, each checked by its length and digest.
pub fn unpack(
    archive: &Path,
    source: &Source,
    files: &[PinnedFile],
    folder: &Path,
) -> Result<(), SourceError> {
    match source.kind {
        Kind::Pip => wheel(archive, source, files, folder),
        Kind::Npm => tarball(gzipped(archive)?, source, files, folder),
        // Each file is checked, so that nothing hangs on how the tool ends.
        Kind::Apt => tarball(&mut Debian::open(archive, source)?, source, files, folder),
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

fn tarball(from: impl Read, source: &Source, files: &[PinnedFile], folder: &Path) -> Result<(), SourceError> {
    let mut tar = tar::Archive::new(from);
    let mut missing: Vec<_> = source.paths.iter().zip(files).collect();
    for entry in tar.entries().map_err(|error| broken(source, error))? {
        let mut entry = entry.map_err(|error| broken(source, error))?;
        let found = missing
            .iter()
            .position(|(path, _)| *entry.path_bytes() == *path.as_bytes());
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
    let mut limited = Attributed {
        inner: from,
        error: &mut unread,
    }
    .take(file.size.saturating_add(1));
    let copied = Sha256::copied(&mut limited, &mut to);
    if let Some(error) = unread {
        return Err(broken(source, error));
    }
    let (got, length) = copied.map_err(failed("write"))?;
    if length > file.size {
        return Err(SourceError::TooLong {
            path: path.to_owned(),
            limit: file.size,
        });
    }
    if got != file.sha256 {
        let what = format!("{path} in {}", source.archive);
        return Err(SourceError::WrongHash {
            what,
            expected: file.sha256,
            got,
        });
    }
    let mode = if file.executable { 0o755 } else { 0o644 };
    to.set_permissions(fs::Permissions::from_mode(mode))
        .map_err(failed("set the mode of"))?;
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

/// The tarball in a package of npm.
pub(crate) fn gzipped(archive: &Path) -> Result<GzDecoder<BufReader<File>>, SourceError> {
    Ok(GzDecoder::new(open(archive)?))
}

/// The tarball in a package of Debian, as its own tool gives it out.
pub(crate) struct Debian {
    child: Child,
    tar: ChildStdout,
}

impl Debian {
    pub(crate) fn open(archive: &Path, source: &Source) -> Result<Self, SourceError> {
        let failed = |error| broken(source, error);
        let mut child = Command::new("dpkg-deb")
            .arg("--fsys-tarfile")
            .arg(archive)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let tar = child
            .stdout
            .take()
            .ok_or_else(|| failed(io::ErrorKind::BrokenPipe.into()))?;
        Ok(Self { child, tar })
    }

    /// Waits for the end of the tool, once all has been read.
    pub(crate) fn finish(mut self, source: &Source) -> Result<(), SourceError> {
        io::copy(&mut self.tar, &mut io::sink()).map_err(|error| broken(source, error))?;
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(broken(
                source,
                io::Error::other(format!("dpkg-deb failed ({status})")),
            )),
            Err(error) => Err(broken(source, error)),
        }
    }
}

impl Read for Debian {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.tar.read(buffer)
    }
}

impl Drop for Debian {
    fn drop(&mut self) {
        // It may have more to give out than was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn open(archive: &Path) -> Result<BufReader<File>, SourceError> {
    let file = File::open(archive).map_err(|source| SourceError::File {
        action: "read",
        path: archive.to_owned(),
        source,
    })?;
    Ok(BufReader::new(file))
}

fn absent(source: &Source, path: &str) -> SourceError {
    SourceError::Absent {
        archive: source.archive.clone(),
        path: path.to_owned(),
    }
}

pub(crate) fn broken(source: &Source, error: impl Into<Box<dyn Error + Send + Sync>>) -> SourceError {
    SourceError::Archive {
        archive: source.archive.clone(),
        source: error.into(),
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const TEXT: &[u8] = b"a small model";

    /// A tarball as npm packs it, with one file.
    fn packed(folder: &Path, path: &str, content: &[u8]) -> std::path::PathBuf {
        let archive = folder.join("tool-1.0.tgz");
        let mut tar = tar::Builder::new(GzEncoder::new(
            File::create(&archive).unwrap(),
            Compression::fast(),
        ));
        for (path, content) in [("package/package.json", b"{}".as_slice()), (path, content)] {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o600);
            tar.append_data(&mut header, path, content).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap();
        archive
    }

    fn source(path: &str) -> Source {
        Source {
            kind: Kind::Npm,
            package: "tool".to_owned(),
            version: "1.0".to_owned(),
            platform: None,
            python: None,
            abi: None,
            arguments: Vec::new(),
            archive: "tool-1.0.tgz".to_owned(),
            sha256: Sha256::of(b"checked before"),
            size: 1,
            paths: vec![path.to_owned()],
            take: Vec::new(),
            without: Vec::new(),
        }
    }

    fn file(size: u64) -> PinnedFile {
        PinnedFile {
            path: "models/small.bin".to_owned(),
            sha256: Sha256::of(TEXT),
            size,
            executable: false,
        }
    }

    #[test]
    fn one_file_comes_out_of_a_tarball() {
        let folder = tempfile::tempdir().unwrap();
        let archive = packed(folder.path(), "package/lib/small.bin", TEXT);
        let to = folder.path().join("unpacked");
        unpack(
            &archive,
            &source("package/lib/small.bin"),
            &[file(TEXT.len() as u64)],
            &to,
        )
        .unwrap();

        let mode = fs::metadata(to.join("models/small.bin"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(fs::read(to.join("models/small.bin")).unwrap(), TEXT);
        assert_eq!(mode & 0o777, 0o644);
        assert_eq!(
            fs::read_dir(&to).unwrap().count(),
            1,
            "nothing but what was asked for"
        );
    }

    #[test]
    fn what_is_not_as_pinned_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("unpacked");
        let check = |content: &[u8], path: &str, size: u64, expect: &str| {
            let archive = packed(folder.path(), "package/lib/small.bin", content);
            let error = unpack(&archive, &source(path), &[file(size)], &to)
                .unwrap_err()
                .to_string();
            assert!(error.contains(expect), "{error}");
        };
        check(b"other content", "package/lib/small.bin", 13, "expected");
        check(TEXT, "package/lib/small.bin", 5, "longer than the pinned 5 bytes");
        check(TEXT, "package/lib/large.bin", 13, "no package/lib/large.bin");

        let archive = folder.path().join("tool-1.0.tgz");
        fs::write(&archive, b"<html>the proxy wants a password</html>").unwrap();
        let error = unpack(&archive, &source("a"), &[file(13)], &to)
            .unwrap_err()
            .to_string();
        assert!(error.contains("can't be unpacked"), "{error}");
        let packed = fs::read(packed(folder.path(), "package/lib/small.bin", TEXT)).unwrap();
        fs::write(&archive, &packed[..packed.len() / 2]).unwrap();
        let path = "package/lib/small.bin";
        let error = unpack(&archive, &source(path), &[file(13)], &to)
            .unwrap_err()
            .to_string();
        assert!(error.contains("can't be unpacked"), "{error}");
    }
}
