//! The folder that everything embedded is kept in, one process at a time.
//!
//! | entry | what it is |
//! |---|---|
//! | `lock` | locked by the process that runs the server on this folder; the system unlocks it when that process ends, however it ends |
//! | `run.json` | [`Running`]: where a running `contrail up` is reached |
//! | `nats/` | the JetStream store |
//! | `spool/` | uploads on their way in |
//! | `api-keys` | keys that `contrail keys` has made for this folder, where there are any |
//!
//! The lock is the truth: a `run.json` under a lock that can be had was left by a process that was killed.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// How often a folder that is in use is looked at again.
const POLL: Duration = Duration::from_millis(50);

/// Why the data folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// The system does not say where a user's data belongs.
    #[error("no home folder is known: name a data folder with --data-dir or CONTRAIL_DATA")]
    NoHome,
    /// A file or folder in it can't be made, read or written.
    #[error("can't use {path}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process uses it, and can't be shared with.
    #[error("{path} is in use by another contrail process: stop it, or name another folder with --data-dir")]
    Busy {
        /// The folder.
        path: PathBuf,
    },
}

/// A data folder, which exists.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

/// Where a running `contrail up` is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Its process.
    pub pid: u32,
    /// Its server, for instance `nats://127.0.0.1:41234`.
    pub nats_url: String,
    /// Its HTTP API, for instance `http://127.0.0.1:8480`.
    pub http_url: String,
}

/// How a data folder can be used.
#[derive(Debug)]
pub enum Access {
    /// By this process alone.
    Own(Lock),
    /// Through the process that has it.
    Through(Running),
}

impl DataFolder {
    /// Opens a folder, or the user's, and makes it first if need be. Others of the machine can't look into a folder
    /// that is made.
    ///
    /// # Errors
    /// [`DataFolderError::NoHome`], or [`DataFolderError::Io`] when it can't be made.
    pub fn open(path: Option<&Path>) -> Result<Self, DataFolderError> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => directories::ProjectDirs::from("", "", "contrail")
                .ok_or(DataFolderError::NoHome)?
                .data_dir()
                .to_owned(),
        };
        let folder = Self { path };
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&folder.path)
            .map_err(|source| folder.error(&folder.path, source))?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the JetStream store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.path.join("nats")
    }

    /// The folder for uploads on their way in, which is made.
    ///
    /// # Errors
    /// [`DataFolderError::Io`] when it can't be made.
    pub fn spool(&self) -> Result<PathBuf, DataFolderError> {
        let path = self.path.join("spool");
        match std::fs::create_dir_all(&path) {
            Ok(()) => Ok(path),
            Err(source) => Err(self.error(&path, source)),
        }
    }

    /// The file of API keys, which may not be there.
    #[must_use]
    pub fn api_keys(&self) -> PathBuf {
        self.path.join("api-keys")
    }

    /// Takes the folder for this process.
    ///
    /// # Errors
    /// [`DataFolderError::Busy`] when another process has it.
    pub fn lock(&self) -> Result<Lock, DataFolderError> {
        self.try_lock()?.ok_or_else(|| DataFolderError::Busy {
            path: self.path.clone(),
        })
    }

    /// Takes the folder, or finds the `contrail up` that has it. A short-lived command that has it is waited for,
    /// at most `limit`; `waiting` is called once when that begins.
    ///
    /// # Errors
    /// [`DataFolderError::Busy`] when the time ran out.
    pub async fn access(&self, limit: Duration, waiting: impl FnOnce()) -> Result<Access, DataFolderError> {
        let end = Instant::now() + limit;
        let mut waiting = Some(waiting);
        loop {
            if let Some(lock) = self.try_lock()? {
                return Ok(Access::Own(lock));
            }
            if let Some(running) = self.running()? {
                return Ok(Access::Through(running));
            }
            if Instant::now() >= end {
                return Err(DataFolderError::Busy {
                    path: self.path.clone(),
                });
            }
            if let Some(waiting) = waiting.take() {
                waiting();
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// What the process that has the lock says of itself; `None` before it does, and where that is cut short.
    fn running(&self) -> Result<Option<Running>, DataFolderError> {
        let path = self.announcement();
        match std::fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.error(&path, source)),
        }
    }

    fn try_lock(&self) -> Result<Option<Lock>, DataFolderError> {
        let path = self.path.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| self.error(&path, source))?;
        match file.try_lock() {
            Ok(()) => {
                // Whoever wrote it is gone: we have the lock.
                remove(&self.announcement()).map_err(|source| self.error(&self.announcement(), source))?;
                Ok(Some(Lock {
                    folder: self.clone(),
                    _file: file,
                }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(self.error(&path, source)),
        }
    }

    fn announcement(&self) -> PathBuf {
        self.path.join("run.json")
    }

    fn error(&self, path: &Path, source: io::Error) -> DataFolderError {
        DataFolderError::Io {
            path: path.to_owned(),
            source,
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The sole use of a data folder, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    folder: DataFolder,
    _file: File,
}

impl Lock {
    /// Tells other processes where this one is reached. Ends with the lock.
    ///
    /// # Errors
    /// [`DataFolderError::Io`] when it can't be written.
    pub fn announce(&self, running: &Running) -> Result<(), DataFolderError> {
        let path = self.folder.announcement();
        let draft = path.with_extension("draft");
        // Renamed into place, so that nobody reads half of it.
        serde_json::to_vec_pretty(running)
            .map_err(io::Error::from)
            .and_then(|bytes| std::fs::write(&draft, bytes))
            .and_then(|()| std::fs::rename(&draft, &path))
            .map_err(|source| self.folder.error(&path, source))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The file's own lock ends after this, so no other process's announcement can be hit. If it can't be removed,
        // the next one to get the lock does it.
        let _ = remove(&self.folder.announcement());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(port: u16) -> Running {
        Running {
            pid: std::process::id(),
            nats_url: format!("nats://127.0.0.1:{port}"),
            http_url: "http://127.0.0.1:1".to_owned(),
        }
    }

    async fn access(folder: &DataFolder) -> Result<Access, DataFolderError> {
        folder.access(Duration::ZERO, || ()).await
    }

    #[tokio::test]
    async fn one_process_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(Some(&place.path().join("new/data"))).unwrap();
        let lock = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(DataFolderError::Busy { .. })));
        assert!(matches!(access(&folder).await, Err(DataFolderError::Busy { .. })));
        drop(lock);
        assert!(matches!(access(&folder).await, Ok(Access::Own(_))));
    }

    #[tokio::test]
    async fn a_running_process_is_found() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(Some(place.path())).unwrap();
        let lock = folder.lock().unwrap();
        lock.announce(&running(4)).unwrap();
        match access(&folder).await.unwrap() {
            Access::Through(found) => assert_eq!(found, running(4)),
            Access::Own(_) => panic!("the folder was locked"),
        }
        drop(lock);
        assert!(!place.path().join("run.json").exists());
    }

    #[tokio::test]
    async fn what_a_killed_process_left_is_not_believed() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(Some(place.path())).unwrap();
        std::fs::write(folder.announcement(), serde_json::to_vec(&running(9)).unwrap()).unwrap();
        let Access::Own(lock) = access(&folder).await.unwrap() else {
            panic!("nobody has the folder")
        };
        assert!(!folder.announcement().exists());
        drop(lock);
    }

    #[tokio::test]
    async fn a_short_lived_owner_is_waited_for() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(Some(place.path())).unwrap();
        let mut lock = Some(folder.lock().unwrap());
        let got = folder.access(Duration::from_secs(30), || drop(lock.take())).await;
        assert!(matches!(got, Ok(Access::Own(_))));
    }

    #[cfg(unix)]
    #[test]
    fn others_can_not_look_into_it() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(Some(&place.path().join("data"))).unwrap();
        assert_eq!(folder.path().metadata().unwrap().permissions().mode() & 0o077, 0);
    }

    #[test]
    fn a_file_in_its_place_is_named() {
        let place = tempfile::NamedTempFile::new().unwrap();
        let error = DataFolder::open(Some(place.path())).unwrap_err();
        assert!(
            error.to_string().contains(place.path().to_str().unwrap()),
            "{error}"
        );
    }
}
