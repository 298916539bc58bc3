//! The keys of a running gateway. The file is looked at with every request and read again when it has changed, so that a key
//! that was revoked opens nothing from the next request on.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use schemas::TenantId;

use super::{ApiKeys, KeysError, LinkSecret};

/// A key file, and what was read of it last.
pub struct Keyring {
    path: PathBuf,
    secret: LinkSecret,
    last: RwLock<Last>,
}

struct Last {
    stamp: Option<Stamp>,
    keys: Arc<ApiKeys>,
}

/// What differs when a file was written or replaced: device, inode, size, and the times of its last changes in seconds and
/// nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp([i128; 3], [i64; 4]);

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let file = std::fs::metadata(path)?;
        Ok(Self(
            [file.dev().into(), file.ino().into(), file.size().into()],
            [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()],
        ))
    }
}

impl Keyring {
    /// Reads a key file and the secret for links beside it, which is made where it is missing.
    ///
    /// # Errors
    /// [`KeysError`]; also where there is no key.
    pub fn open(path: &Path) -> Result<Self, KeysError> {
        let stamp = Stamp::of(path).ok();
        let keys = ApiKeys::read(path)?;
        if keys.is_empty() {
            return Err(KeysError::None {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            secret: LinkSecret::beside(path)?,
            last: RwLock::new(Last {
                stamp,
                keys: Arc::new(keys),
            }),
        })
    }

    /// The keys that the file has now; none, where the last was taken out. While it can't be read, those of before hold, and the
    /// log has an error.
    #[must_use]
    pub fn current(&self) -> Arc<ApiKeys> {
        let stamp = Stamp::of(&self.path).ok();
        {
            let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
            if last.stamp == stamp {
                return Arc::clone(&last.keys);
            }
        }
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        if last.stamp != stamp {
            // First, so that a file that can't be read is told once and not with every request.
            last.stamp = stamp;
            match ApiKeys::read(&self.path) {
                Ok(keys) => {
                    tracing::info!(keys = keys.iter().count(), "the API keys have changed");
                    last.keys = Arc::new(keys);
                }
                Err(error) => tracing::error!(
                    error = %bus::fault::reason(&error),
                    "the API keys have changed and can't be read: those of before hold"
                ),
            }
        }
        Arc::clone(&last.keys)
    }

    /// What a tenant's links are signed with; `None` where it has nothing.
    #[must_use]
    pub fn link_secret(&self, tenant: &TenantId) -> Option<[u8; 32]> {
        self.secret.of(tenant, &self.current())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::keys::{KeyFile, digest, line_of};

    #[test]
    fn a_changed_file_is_read_again_and_a_broken_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, line_of("red", "r1")).unwrap();
        let ring = Keyring::open(&path).unwrap();
        let opens = |key: &str| ring.current().find(key).is_some();
        assert!(opens("r1") && !opens("r2"));

        fs::write(&path, line_of("red", "r1") + &line_of("red", "r2")).unwrap();
        assert!(opens("r1") && opens("r2"));
        let id = hex::encode(digest("r1"));
        KeyFile::at(&path).revoke(&id[..12]).unwrap();
        assert!(!opens("r1") && opens("r2"));

        fs::write(&path, "red nothing").unwrap();
        assert!(opens("r2"));
        fs::remove_file(&path).unwrap();
        assert!(opens("r2"));
        fs::write(&path, "# none left\n").unwrap();
        assert!(!opens("r2"), "who takes out the last key means it");
    }

    #[test]
    fn a_gateway_does_not_start_with_a_file_without_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let error = || Keyring::open(&path).err().unwrap().to_string();
        assert!(error().contains("can't read"), "{}", error());
        fs::write(&path, "\n").unwrap();
        assert!(error().contains("contrail keys create"), "{}", error());
    }
}
