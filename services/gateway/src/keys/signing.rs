//! The secret that links of answers are signed with. It lies beside the key file, so that links last when keys come and go.
//! Putting another one in its place, or none, ends all links.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use schemas::TenantId;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{ApiKeys, KeysError};

/// Behind the name of the key file.
const SUFFIX: &str = ".links";

/// Where the secrets of links come from.
pub enum LinkSecret {
    /// From its own file; the same for all tenants, whose names are signed too.
    Own([u8; 32]),
    /// From the tenant's keys: there is no file, and its folder can't be written.
    OfKeys,
}

impl LinkSecret {
    /// The file of the secret of a key file.
    #[must_use]
    pub fn file(keys: &Path) -> PathBuf {
        let mut name = OsString::from(keys);
        name.push(SUFFIX);
        PathBuf::from(name)
    }

    /// Reads the secret beside a key file, or makes it, for its owner alone, where it is missing.
    ///
    /// # Errors
    /// [`KeysError::LinkSecret`] when it is there and can't be read.
    pub fn beside(keys: &Path) -> Result<Self, KeysError> {
        let path = Self::file(keys);
        let had = match read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path),
            read => read.map(Some),
        };
        match had {
            Ok(Some(secret)) => Ok(Self::Own(secret)),
            Ok(None) => {
                tracing::warn!(
                    path = %path.display(),
                    "the secret for links can't be made: links of answers end whenever a key of their tenant comes or goes"
                );
                Ok(Self::OfKeys)
            }
            Err(source) => Err(KeysError::LinkSecret { path, source }),
        }
    }

    /// What a tenant's links are signed with; `None` where it has nothing.
    #[must_use]
    pub fn of(&self, tenant: &TenantId, keys: &ApiKeys) -> Option<[u8; 32]> {
        match self {
            Self::Own(secret) => Some(*secret),
            Self::OfKeys => {
                let mut own = keys.iter().filter(|key| key.tenant == *tenant).peekable();
                own.peek()?;
                let mut secret = Sha256::new().chain_update("contrail links");
                for key in own {
                    secret.update(key.digest);
                }
                Some(secret.finalize().into())
            }
        }
    }
}

fn read(path: &Path) -> io::Result<[u8; 32]> {
    let text = std::fs::read_to_string(path)?;
    let mut secret = [0; 32];
    hex::decode_to_slice(text.trim(), &mut secret).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "not 32 bytes in hexadecimal; remove the file, and another is made",
        )
    })?;
    Ok(secret)
}

/// Makes the file; `None` where nothing can be written there. When another process made one meanwhile, that one is it.
fn make(path: &Path) -> io::Result<Option<[u8; 32]>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut draft = match NamedTempFile::new_in(folder.unwrap_or(Path::new("."))) {
        Ok(draft) => draft,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    writeln!(draft, "{}", hex::encode(secret))?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(path) {
        Ok(_) => Ok(Some(secret)),
        Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => read(path).map(Some),
        Err(lost) => Err(lost.error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::keys::line_of;

    #[test]
    fn it_is_made_once_and_lasts_when_keys_go() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let secret = |text: &str| {
            let had = LinkSecret::beside(&keys).unwrap();
            had.of(&TenantId::local(), &ApiKeys::parse(text).unwrap())
        };
        let first = secret(&line_of("local", "l1"));
        assert!(first.is_some());
        assert_eq!(secret(""), first);
        let path = LinkSecret::file(&keys);
        assert_eq!(path, folder.path().join("keys.links"));
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        std::fs::remove_file(&path).unwrap();
        assert_ne!(secret(""), first);
    }

    #[test]
    fn a_file_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        std::fs::write(LinkSecret::file(&keys), "secret").unwrap();
        let error = LinkSecret::beside(&keys).err().unwrap().to_string();
        assert!(error.contains("keys.links"), "{error}");
    }

    #[test]
    fn without_a_place_for_it_it_comes_from_the_tenants_own_keys() {
        // Where nobody makes files, not even root.
        let nowhere = LinkSecret::beside(Path::new("/sys/keys")).unwrap();
        assert!(matches!(nowhere, LinkSecret::OfKeys));
        let (red, blue) = (TenantId::new("red").unwrap(), TenantId::new("blue").unwrap());
        let secret = |text: &str, tenant| LinkSecret::OfKeys.of(tenant, &ApiKeys::parse(text).unwrap());
        let one = line_of("red", "r1");
        assert!(secret(&one, &red).is_some());
        assert_eq!(secret(&one, &blue), None);
        assert_ne!(
            secret(&one, &red),
            secret(&(one.clone() + &line_of("red", "r2")), &red)
        );
    }
}
