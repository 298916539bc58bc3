//! API keys: each belongs to one tenant, and may have limits of its own. Only their digests are known here, and nothing of
//! them is logged.
//!
//! | module | what is in it |
//! |---|---|
//! | [`line`] | a key as a line of the key file |
//! | [`file`] | the key file: keys are made, listed and revoked in it |
//! | [`ring`] | the keys of a running gateway, read again when the file has changed |
//! | [`signing`] | the secret that links are signed with |

pub mod file;
pub mod line;
pub mod ring;
pub mod signing;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

pub use file::{EditError, KeyFile};
pub use line::{InvalidKeyName, Key, KeyId, KeyName, LineError};
pub use ring::Keyring;
pub use signing::LinkSecret;

/// The keys of all tenants.
#[derive(Debug, Clone, Default)]
pub struct ApiKeys {
    keys: Vec<Key>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file can't be read.
    #[error("can't read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A line is no key.
    #[error("line {line} of the API keys is no key")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: LineError,
    },
    /// A key is there twice: it would belong to two tenants.
    #[error("line {line} of the API keys repeats a key")]
    Repeated {
        /// From 1.
        line: usize,
    },
    /// No key in the file.
    #[error(
        "there is no key in {}: make one with `contrail keys create`, or go without the file to serve this machine alone",
        path.display()
    )]
    None {
        /// The file.
        path: PathBuf,
    },
    /// There is no secret for links, and none can be made.
    #[error("can't read or make the secret for links in {}", path.display())]
    LinkSecret {
        /// Its file.
        path: PathBuf,
        /// What the system said, or what is wrong with it.
        #[source]
        source: std::io::Error,
    },
}

/// An address that others can reach, and no keys.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "refusing to listen on {0} without API keys: other machines could read every file; listen on 127.0.0.1, or make a key \
     with `contrail keys create` and name its file with --api-keys-file"
)]
pub struct OpenBind(IpAddr);

/// Loopback may go without keys; every other address needs them.
///
/// # Errors
/// [`OpenBind`] where keys are missing.
pub fn check_bind(address: IpAddr, has_keys: bool) -> Result<(), OpenBind> {
    if has_keys || address.to_canonical().is_loopback() {
        Ok(())
    } else {
        Err(OpenBind(address))
    }
}

impl ApiKeys {
    /// Reads the keys of a file, each on a [line](Key) of its own; empty lines and lines that begin with `#` are skipped. There
    /// may be none.
    ///
    /// # Errors
    /// [`KeysError`] naming the line.
    pub fn read(path: &Path) -> Result<Self, KeysError> {
        let text = std::fs::read_to_string(path).map_err(|source| KeysError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
    }

    /// The same for text.
    ///
    /// # Errors
    /// See [`ApiKeys::read`].
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut keys: Vec<Key> = Vec::new();
        for (line, content) in (1..).zip(text.lines()) {
            let content = content.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let key: Key = content
                .parse()
                .map_err(|source| KeysError::Line { line, source })?;
            if keys.iter().any(|known| known.digest == key.digest) {
                return Err(KeysError::Repeated { line });
            }
            keys.push(key);
        }
        Ok(Self { keys })
    }

    /// The key of this text. Takes as long for a wrong key as for a right one.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Key> {
        let given = digest(key);
        let (mut place, mut found) = (0_u64, Choice::from(0));
        for (index, known) in (0_u64..).zip(&self.keys) {
            let equal = known.digest.ct_eq(&given);
            place.conditional_assign(&index, equal);
            found |= equal;
        }
        let place = usize::try_from(place).ok()?;
        if bool::from(found) {
            self.keys.get(place)
        } else {
            None
        }
    }

    /// All of them, as they stand in the file.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// What a key is known by.
#[must_use]
pub fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// A line of the key file.
#[cfg(test)]
pub(crate) fn line_of(tenant: &str, key: &str) -> String {
    format!("{tenant} {}\n", hex::encode(digest(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let Err(error) = ApiKeys::parse(text) else {
            return String::new();
        };
        bus::fault::reason(&error)
    }

    #[test]
    fn a_key_belongs_to_one_tenant() {
        let text = format!(
            "# keys\n\n{}blue\t {} name=b\r\n{}",
            line_of("red", "r1"),
            hex::encode(digest("b1")),
            line_of("red", "r2")
        );
        let keys = ApiKeys::parse(&text).unwrap();
        for (key, tenant) in [
            ("r1", Some("red")),
            ("b1", Some("blue")),
            ("r2", Some("red")),
            ("x", None),
            ("", None),
        ] {
            let found = keys.find(key).map(|key| key.tenant.as_str());
            assert_eq!(found, tenant, "{key}");
        }
        // The digest itself opens nothing.
        assert!(keys.find(&hex::encode(digest("r1"))).is_none());
        assert!(ApiKeys::parse("# only\n").unwrap().is_empty());
    }

    #[test]
    fn a_bad_line_is_named_without_its_content() {
        let good = hex::encode(digest("k"));
        for (text, expect) in [
            (format!("red {good}\nblue"), "line 2"),
            (format!("red {}", &good[1..]), "line 1"),
            (format!("red {}", good.to_uppercase()), "line 1"),
            (format!("Red {good}"), "lower-case letters"),
            (format!("red {good} colour=blue"), "`colour`"),
            (
                format!("red {good} requests-per-minute=-1"),
                "requests-per-minute",
            ),
            (
                format!("red {good}\nblue {good}"),
                "line 2 of the API keys repeats",
            ),
        ] {
            let message = problem(&text);
            assert!(
                message.contains(expect) && !message.contains(&good[1..]),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn only_loopback_goes_without_keys() {
        for (address, open) in [
            ("127.0.0.1", false),
            ("127.9.9.9", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("0.0.0.0", true),
            ("::", true),
            ("192.168.1.2", true),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(check_bind(address, false).is_err(), open, "{address}");
            assert!(check_bind(address, true).is_ok());
        }
    }
}
