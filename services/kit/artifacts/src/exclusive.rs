//! One at a time, also between processes.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::error::ArtifactError;

/// Holds a lock file until it is dropped; the kernel frees it when the process is killed.
#[derive(Debug)]
pub struct Exclusive(#[expect(dead_code, reason = "it is held, not used")] File);

impl Exclusive {
    /// Waits until nobody else holds the file; `waiting` is called if somebody does.
    pub fn lock(path: &Path, waiting: impl FnOnce()) -> Result<Self, ArtifactError> {
        let failed = |action| {
            move |source| ArtifactError::Folder {
                action,
                path: path.to_owned(),
                source,
            }
        };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed("make the folder of"))?;
        }
        // It is never deleted: who waits on a deleted file would hold a lock of its own.
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(failed("write"))?;
        match file.try_lock() {
            Ok(()) => return Ok(Self(file)),
            Err(TryLockError::WouldBlock) => waiting(),
            Err(TryLockError::Error(source)) => return Err(failed("lock")(source)),
        }
        file.lock().map_err(failed("lock"))?;
        Ok(Self(file))
    }
}
