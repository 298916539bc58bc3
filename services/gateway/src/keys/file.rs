//! The key file: keys are made, listed and revoked in it, while gateways read it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::TenantId;
use tempfile::NamedTempFile;

use super::{ApiKeys, Key, KeyName, KeysError};

/// Begins every key that is made here, so that people and scanners of secrets know one when they see it.
const PREFIX: &str = "contrail_";
/// Random bytes of a key.
const RANDOM: usize = 32;

/// A file of keys, which may not be there yet.
#[derive(Debug, Clone)]
pub struct KeyFile {
    path: PathBuf,
}

/// Why the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// What is in the file can't be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The file can't be written.
    #[error("can't write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The tenant has a key of this name.
    #[error("{tenant} has a key named {name} already: revoke it first, or choose another name")]
    NameTaken {
        /// The name.
        name: KeyName,
        /// The tenant.
        tenant: TenantId,
    },
    /// No key has this name or id.
    #[error("there is no key {called} in {}", path.display())]
    Unknown {
        /// As it was called.
        called: String,
        /// The file.
        path: PathBuf,
    },
    /// Several keys have this name.
    #[error("several keys are called {called}: name one by its id, {ids}")]
    Ambiguous {
        /// As they were called.
        called: String,
        /// Their ids.
        ids: String,
    },
}

/// A new key, which is told once and kept nowhere.
///
/// # Errors
/// When the system has no random numbers.
pub fn new_key() -> io::Result<String> {
    let mut random = [0; RANDOM];
    getrandom::fill(&mut random)?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random)))
}

impl KeyFile {
    /// The file at a path.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it; nothing where it is not there.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn keys(&self) -> Result<ApiKeys, KeysError> {
        match ApiKeys::read(&self.path) {
            Err(KeysError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Ok(ApiKeys::default())
            }
            read => read,
        }
    }

    /// Adds a key. The file is made where it is missing, and then read by its owner alone.
    ///
    /// # Errors
    /// [`EditError::NameTaken`]; or when the file can't be read or written.
    pub fn add(&self, key: &Key) -> Result<(), EditError> {
        self.edit(|text, keys| {
            let named = |known: &&Key| known.tenant == key.tenant && known.name == key.name;
            if let (Some(name), Some(_)) = (&key.name, keys.iter().find(named)) {
                return Err(EditError::NameTaken {
                    name: name.clone(),
                    tenant: key.tenant.clone(),
                });
            }
            let end = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            Ok((format!("{text}{end}{key}\n"), ()))
        })
    }

    /// Takes away the key of this name or id, which opens nothing from then on.
    ///
    /// # Errors
    /// [`EditError::Unknown`], [`EditError::Ambiguous`]; or when the file can't be read or written.
    pub fn revoke(&self, called: &str) -> Result<Key, EditError> {
        let unknown = || EditError::Unknown {
            called: called.to_owned(),
            path: self.path.clone(),
        };
        // It would be made: a gateway does not start with an empty one.
        if !self.path.exists() {
            return Err(unknown());
        }
        self.edit(|text, keys| {
            let is_meant = |key: &&Key| {
                let name = key.name.as_ref().map(ToString::to_string);
                key.id().to_string() == called || name.as_deref() == Some(called)
            };
            let mut meant = keys.iter().filter(is_meant);
            let key = meant.next().ok_or_else(unknown)?;
            let others: Vec<String> = meant.map(|key| key.id().to_string()).collect();
            if !others.is_empty() {
                return Err(EditError::Ambiguous {
                    called: called.to_owned(),
                    ids: format!("{} or {}", key.id(), others.join(" or ")),
                });
            }
            let is_kept = |line: &&str| {
                let parsed: Option<Key> = line.parse().ok();
                parsed.is_none_or(|known| known.digest != key.digest)
            };
            let kept = text.split_inclusive('\n').filter(is_kept).collect();
            Ok((kept, key.clone()))
        })
    }

    /// Replaces the text of the file at once, while nobody else does.
    fn edit<T>(
        &self,
        change: impl FnOnce(&str, &ApiKeys) -> Result<(String, T), EditError>,
    ) -> Result<T, EditError> {
        let failed = |source| EditError::Write {
            path: self.path.clone(),
            source,
        };
        let (file, path) = self.lock().map_err(failed)?;
        let text = fs::read_to_string(&path).map_err(|source| KeysError::Read {
            path: self.path.clone(),
            source,
        })?;
        let (text, told) = change(&text, &ApiKeys::parse(&text)?)?;
        replace(&path, &file, &text).map_err(failed)?;
        Ok(told)
    }

    /// The file, locked, and where it lies behind links.
    fn lock(&self) -> io::Result<(File, PathBuf)> {
        loop {
            let mut options = OpenOptions::new();
            options.read(true).append(true).create(true).mode(0o600);
            let file = options.open(&self.path)?;
            file.lock()?;
            let path = fs::canonicalize(&self.path)?;
            // Whoever had the lock before may have put another file in its place.
            let (ours, there) = (file.metadata()?, fs::metadata(&path)?);
            if (ours.dev(), ours.ino()) == (there.dev(), there.ino()) {
                return Ok((file, path));
            }
        }
    }
}

/// Puts a file with this text in the place of another, of which it keeps owner and permissions: a gateway sees all of the one or
/// all of the other.
fn replace(path: &Path, former: &File, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut draft = NamedTempFile::new_in(folder)?;
    draft.write_all(text.as_bytes())?;
    let (former, made) = (former.metadata()?, draft.as_file().metadata()?);
    if (former.uid(), former.gid()) != (made.uid(), made.gid()) {
        std::os::unix::fs::fchown(draft.as_file(), Some(former.uid()), Some(former.gid()))?;
    }
    draft.as_file().set_permissions(former.permissions())?;
    draft.as_file().sync_all()?;
    draft.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::keys::digest;

    fn key(tenant: &str, text: &str, name: Option<&str>) -> Key {
        let mut key = Key::new(TenantId::new(tenant).unwrap(), digest(text));
        key.name = name.map(|name| name.parse().unwrap());
        key
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn keys_come_and_go_and_everything_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let file = KeyFile::at(&path);
        assert!(file.keys().unwrap().is_empty());
        assert!(file.revoke("laptop").is_err() && !path.exists());
        file.add(&key("red", "r1", Some("laptop"))).unwrap();
        assert_eq!(mode(&path), 0o600);

        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("# ours\n{}", text.trim_end())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        file.add(&key("blue", "b1", None)).unwrap();
        file.add(&key("blue", "b2", Some("laptop"))).unwrap();
        assert_eq!(mode(&path), 0o640);
        let keys = file.keys().unwrap();
        assert_eq!(keys.iter().count(), 3);
        assert_eq!(keys.find("b1").unwrap().tenant.as_str(), "blue");

        let taken = file.add(&key("red", "r2", Some("laptop"))).unwrap_err();
        assert!(matches!(taken, EditError::NameTaken { .. }), "{taken}");
        let id = key("blue", "b1", None).id().to_string();
        assert_eq!(file.revoke(&id).unwrap(), key("blue", "b1", None));
        let unknown = file.revoke(&id).unwrap_err();
        assert!(matches!(unknown, EditError::Unknown { .. }), "{unknown}");
        let both = file.revoke("laptop").unwrap_err().to_string();
        assert!(both.contains(&key("red", "r1", None).id().to_string()), "{both}");
        file.revoke(&key("red", "r1", None).id().to_string()).unwrap();
        file.revoke("laptop").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "# ours\n");
    }

    #[test]
    fn two_that_add_at_once_both_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::at(&folder.path().join("keys"));
        std::thread::scope(|scope| {
            for number in 0..8 {
                let file = &file;
                scope.spawn(move || file.add(&key("red", &number.to_string(), None)).unwrap());
            }
        });
        assert_eq!(file.keys().unwrap().iter().count(), 8);
    }

    #[test]
    fn a_file_that_can_not_be_read_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, "red nothing\n").unwrap();
        let error = KeyFile::at(&path).add(&key("red", "r1", None)).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "red nothing\n");
    }

    #[test]
    fn every_new_key_is_another() {
        let (one, two) = (new_key().unwrap(), new_key().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), PREFIX.len() + 43);
        assert!(one.starts_with(PREFIX), "{one}");
    }
}
