//! The users' keys: a folder for each user, with its seed and its public key.
//!
//! ```text
//! <folder>/<user>/seed     secret; read by its owner alone; what the user connects with
//! <folder>/<user>/public   what the server knows the user by
//! ```

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nkeys::{KeyPair, KeyPairType};

/// The folder of all keys.
#[derive(Debug, Clone)]
pub struct Keys {
    folder: PathBuf,
}

/// Why a key can't be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Its file can't be read or written.
    #[error("can't read or write {path}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What is in the file is no seed.
    #[error("{path} holds no seed of a key")]
    Seed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: nkeys::error::Error,
    },
    /// What is in the file is the seed of something else: of an account, for instance.
    #[error("{path} holds a seed, but not one of a user")]
    NoUser {
        /// The file.
        path: PathBuf,
    },
}

impl Keys {
    /// The keys in a folder, which is made when the first of them is.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Where a user's seed is: for `--nats-nkey` and `NATS_NKEY_FILE`.
    #[must_use]
    pub fn seed_file(&self, user: &str) -> PathBuf {
        self.folder.join(user).join("seed")
    }

    /// Where the seed of whatever service connects is: for processes that hold several.
    #[must_use]
    pub fn seed_file_of_each(&self) -> PathBuf {
        self.seed_file(crate::secrets::SERVICE)
    }

    /// The public key of a user. A user that has no key yet gets one; a key that is there stays.
    ///
    /// # Errors
    /// When the folder can't be read or written, or holds something else under that name.
    pub fn public_key(&self, user: &str) -> Result<String, KeysError> {
        let seed_file = self.seed_file(user);
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| KeysError::File { path, source }
        };
        let seed = match fs::read_to_string(&seed_file) {
            Ok(seed) => seed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = self.folder.join(user);
                let made = DirBuilder::new().recursive(true).mode(0o755).create(&folder);
                made.map_err(failed(&folder))?;
                return self.make(&seed_file).map_err(failed(&seed_file))?;
            }
            Err(error) => return Err(failed(&seed_file)(error)),
        };
        public_key(&seed_file, seed.trim())
    }

    /// Makes a key. When another made one meanwhile, that one is it.
    fn make(&self, seed_file: &Path) -> io::Result<Result<String, KeysError>> {
        let pair = KeyPair::new_user();
        let seed = pair.seed().map_err(io::Error::other)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(seed_file);
        match file {
            Ok(mut file) => {
                file.write_all(seed.as_bytes())?;
                fs::write(seed_file.with_file_name("public"), pair.public_key())?;
                Ok(Ok(pair.public_key()))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let seed = fs::read_to_string(seed_file)?;
                Ok(public_key(seed_file, seed.trim()))
            }
            Err(error) => Err(error),
        }
    }
}

fn public_key(path: &Path, seed: &str) -> Result<String, KeysError> {
    let pair = KeyPair::from_seed(seed).map_err(|source| KeysError::Seed {
        path: path.to_owned(),
        source,
    })?;
    if matches!(pair.key_pair_type(), KeyPairType::User) {
        Ok(pair.public_key())
    } else {
        Err(KeysError::NoUser {
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(&folder.path().join("keys"));
        let public = keys.public_key("ingest").unwrap();
        assert!(public.starts_with('U') && public.len() == 56, "{public}");
        assert_eq!(keys.public_key("ingest").unwrap(), public);
        assert_ne!(keys.public_key("ocr").unwrap(), public);
        let mode = fs::metadata(keys.seed_file("ingest"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let kept = fs::read_to_string(keys.seed_file("ingest").with_file_name("public")).unwrap();
        assert_eq!(kept, public);
    }

    #[test]
    fn what_is_no_seed_of_a_user_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(folder.path());
        fs::create_dir(folder.path().join("ocr")).unwrap();
        let account = KeyPair::new_account().seed().unwrap();
        for (text, expect) in [
            ("", "holds no seed of a key"),
            ("hello", "holds no seed of a key"),
            (&account, "not one of a user"),
        ] {
            fs::write(keys.seed_file("ocr"), text).unwrap();
            let error = keys.public_key("ocr").unwrap_err().to_string();
            assert!(error.contains("ocr/seed") && error.contains(expect), "{error}");
            assert!(
                text.is_empty() || !error.contains(text),
                "an error shows a secret"
            );
        }
    }
}
