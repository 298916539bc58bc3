//! What a job reads: descriptors that can't be written through.

use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{FileType, MemfdFlags, OFlags, SealFlags};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::error::SandboxError;

/// One input of a job. A worker gets descriptors, never paths.
#[derive(Debug)]
pub struct Input(OwnedFd);

impl Input {
    /// These bytes, in memory and sealed. They are copied once.
    ///
    /// # Errors
    /// When the system has no memory for them.
    pub fn bytes(bytes: &[u8]) -> Result<Self, SandboxError> {
        let mut draft = Self::draft()?;
        draft.0.write_all(bytes).map_err(failed)?;
        draft.input()
    }

    /// Room for bytes that are still to come: [`Draft::input`] makes an input of what was written to [`Draft::file`].
    ///
    /// # Errors
    /// When the system has no more descriptors.
    pub fn draft() -> Result<Draft, SandboxError> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let descriptor = rustix::fs::memfd_create("input", flags).map_err(SandboxError::system(COPY))?;
        Ok(Draft(descriptor.into()))
    }

    /// A file, opened for reading.
    ///
    /// # Errors
    /// When it can't be opened, or is no regular file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SandboxError> {
        let file = File::open(path).map_err(|source| SandboxError::System {
            action: "open an input",
            source,
        })?;
        Self::descriptor(file)
    }

    /// A descriptor that is open for reading only: a regular file, or the end of a pipe; or a memfd that is sealed.
    ///
    /// # Errors
    /// Any other descriptor: through a folder, a device or a socket a worker could reach further than its input.
    pub fn descriptor(descriptor: impl Into<OwnedFd>) -> Result<Self, SandboxError> {
        let descriptor = descriptor.into();
        let action = "look at an input";
        let flags = rustix::fs::fcntl_getfl(&descriptor).map_err(SandboxError::system(action))?;
        let status = rustix::fs::fstat(&descriptor).map_err(SandboxError::system(action))?;
        let kind = FileType::from_raw_mode(status.st_mode);
        if flags.contains(OFlags::PATH) || !matches!(kind, FileType::RegularFile | FileType::Fifo) {
            return Err(SandboxError::Job("an input is neither a regular file nor a pipe"));
        }
        let read_only = flags & OFlags::ACCMODE == OFlags::RDONLY;
        let sealed = rustix::fs::fcntl_get_seals(&descriptor)
            .is_ok_and(|seals| seals.contains(SealFlags::WRITE | SealFlags::SHRINK));
        if !read_only && !sealed {
            return Err(SandboxError::Job("an input is open for writing"));
        }
        Ok(Self(descriptor))
    }

    /// An input that is written while the worker reads it, and the end to write to.
    ///
    /// # Errors
    /// When the system has no more descriptors.
    pub fn pipe() -> Result<(Self, File), SandboxError> {
        let (read, write) =
            pipe_with(PipeFlags::CLOEXEC).map_err(SandboxError::system("make a pipe for an input"))?;
        Ok((Self(read), write.into()))
    }
}

/// An input that is being written, in memory.
#[derive(Debug)]
pub struct Draft(File);

impl Draft {
    /// Where to write to.
    ///
    /// # Errors
    /// When the system has no more descriptors.
    pub fn file(&self) -> Result<File, SandboxError> {
        self.0.try_clone().map_err(failed)
    }

    /// Seals what was written: nobody changes it any more, whoever still holds the file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn input(self) -> Result<Input, SandboxError> {
        let seals = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
        rustix::fs::fcntl_add_seals(&self.0, seals).map_err(SandboxError::system(COPY))?;
        // A memfd keeps its offset: readers begin where the writer stopped, unless it is set back.
        rustix::fs::seek(&self.0, rustix::fs::SeekFrom::Start(0)).map_err(SandboxError::system(COPY))?;
        Ok(Input(self.0.into()))
    }
}

const COPY: &str = "copy an input";

fn failed(source: std::io::Error) -> SandboxError {
    SandboxError::System { action: COPY, source }
}

impl AsFd for Input {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use super::*;

    fn refused(descriptor: impl Into<OwnedFd>) -> &'static str {
        match Input::descriptor(descriptor) {
            Err(SandboxError::Job(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn bytes_are_read_from_their_beginning_and_sealed() {
        let input = Input::bytes(b"one,two").unwrap();
        let mut file = File::from(input.0);
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one,two");
        assert!(file.write_all(b"three").is_err());
        assert!(Input::descriptor(file).is_ok());
    }

    #[test]
    fn a_draft_is_sealed_for_whoever_still_holds_it() {
        let draft = Input::draft().unwrap();
        let mut file = draft.file().unwrap();
        file.write_all(b"one").unwrap();
        let input = draft.input().unwrap();
        assert!(file.write_all(b"two").is_err());
        let mut text = String::new();
        File::from(input.0).read_to_string(&mut text).unwrap();
        assert_eq!(text, "one");
    }

    #[test]
    fn only_what_can_t_be_written_is_an_input() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "x").unwrap();
        assert!(Input::open(&path).is_ok());
        let writable = File::options().read(true).write(true).open(&path).unwrap();
        assert_eq!(refused(writable), "an input is open for writing");
        let unsealed = rustix::fs::memfd_create("x", MemfdFlags::CLOEXEC).unwrap();
        assert_eq!(refused(unsealed), "an input is open for writing");
        let other = "an input is neither a regular file nor a pipe";
        assert_eq!(refused(File::open(folder.path()).unwrap()), other);
        assert_eq!(refused(File::open("/dev/null").unwrap()), other);
        assert_eq!(refused(UnixStream::pair().unwrap().0), other);
        let nameless = rustix::fs::open(&path, OFlags::PATH, rustix::fs::Mode::empty()).unwrap();
        assert_eq!(refused(nameless), other);
    }
}
