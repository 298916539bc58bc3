//! API keys: each belongs to one tenant. Only their digests are known here, and nothing of them is logged.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use schemas::{InvalidId, TenantId};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// The keys of all tenants; at least one.
pub struct ApiKeys {
    keys: Vec<(TenantId, [u8; 32])>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file can't be read.
    #[error("can't read the API keys in {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A line is not `tenant digest`.
    #[error("line {line} of the API keys is not a tenant and the lower-case hexadecimal SHA-256 of a key")]
    Line {
        /// From 1.
        line: usize,
    },
    /// A line names no tenant.
    #[error("line {line} of the API keys has no tenant")]
    Tenant {
        /// From 1.
        line: usize,
        /// The rule.
        #[source]
        source: InvalidId,
    },
    /// A key is there twice: it would belong to two tenants.
    #[error("line {line} of the API keys repeats a key")]
    Repeated {
        /// From 1.
        line: usize,
    },
    /// No key in the file.
    #[error("there is no key in the file of API keys")]
    None,
}

/// An address that others can reach, and no keys.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "refusing to listen on {0} without API keys: other machines could read every file; listen on 127.0.0.1, or give \
     --api-keys-file"
)]
pub struct OpenBind(IpAddr);

/// Loopback may go without keys; every other address needs them.
///
/// # Errors
/// [`OpenBind`] where keys are missing.
pub fn check_bind(address: IpAddr, keys: Option<&ApiKeys>) -> Result<(), OpenBind> {
    if keys.is_some() || address.to_canonical().is_loopback() {
        Ok(())
    } else {
        Err(OpenBind(address))
    }
}

impl ApiKeys {
    /// Reads the keys of a file: on each line a tenant and, behind blanks, the SHA-256 of a key in lower-case
    /// hexadecimal; empty lines and lines that begin with `#` are skipped.
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
        let mut keys: Vec<(TenantId, [u8; 32])> = Vec::new();
        for (line, content) in (1..).zip(text.lines()) {
            let content = content.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let (tenant, digest) = content
                .split_once(char::is_whitespace)
                .ok_or(KeysError::Line { line })?;
            let tenant = TenantId::new(tenant).map_err(|source| KeysError::Tenant { line, source })?;
            let digest = digest_of_hex(digest.trim_start()).ok_or(KeysError::Line { line })?;
            if keys.iter().any(|(_, known)| *known == digest) {
                return Err(KeysError::Repeated { line });
            }
            keys.push((tenant, digest));
        }
        if keys.is_empty() {
            Err(KeysError::None)
        } else {
            Ok(Self { keys })
        }
    }

    /// The tenant that a key belongs to. Takes as long for a wrong key as for a right one.
    #[must_use]
    pub fn tenant_of(&self, key: &str) -> Option<&TenantId> {
        let given: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let (mut place, mut found) = (0_u64, Choice::from(0));
        for (index, (_, digest)) in (0_u64..).zip(&self.keys) {
            let equal = digest.ct_eq(&given);
            place.conditional_assign(&index, equal);
            found |= equal;
        }
        let place = usize::try_from(place).ok()?;
        if bool::from(found) {
            self.keys.get(place).map(|(tenant, _)| tenant)
        } else {
            None
        }
    }
}

impl ApiKeys {
    /// What a key is known by.
    #[must_use]
    pub fn digest(key: &str) -> [u8; 32] {
        Sha256::digest(key.as_bytes()).into()
    }

    /// A secret that changes with the keys of a tenant, to sign links with; `None` for a tenant without keys.
    #[must_use]
    pub fn link_secret(&self, tenant: &TenantId) -> Option<[u8; 32]> {
        let mut digests = self.keys.iter().filter(|(owner, _)| owner == tenant).peekable();
        digests.peek()?;
        let mut secret = Sha256::new().chain_update("contrail links");
        for (_, digest) in digests {
            secret.update(digest);
        }
        Some(secret.finalize().into())
    }
}

fn digest_of_hex(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    (lower && hex::decode_to_slice(text, &mut digest).is_ok()).then_some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(key: &str) -> String {
        hex::encode(Sha256::digest(key))
    }

    fn problem(text: &str) -> String {
        ApiKeys::parse(text)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn a_key_belongs_to_one_tenant() {
        let text = format!(
            "# keys\n\nred {}\nblue\t {}\r\nred {}\n",
            digest("r1"),
            digest("b1"),
            digest("r2")
        );
        let keys = ApiKeys::parse(&text).unwrap();
        for (key, tenant) in [
            ("r1", Some("red")),
            ("b1", Some("blue")),
            ("r2", Some("red")),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(keys.tenant_of(key).map(TenantId::as_str), tenant, "{key}");
        }
        // The digest itself opens nothing.
        assert_eq!(keys.tenant_of(&digest("r1")), None);
    }

    #[test]
    fn a_bad_line_is_named_without_its_content() {
        let good = digest("k");
        for (text, expect) in [
            (String::new(), "no key"),
            ("# only\n".to_owned(), "no key"),
            (format!("red {good}\nblue"), "line 2"),
            (format!("red {}", &good[1..]), "line 1"),
            (format!("red {}", good.to_uppercase()), "line 1"),
            (format!("Red {good}"), "line 1"),
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
        let keys = ApiKeys::parse(&format!("red {}", digest("k"))).unwrap();
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
            assert_eq!(check_bind(address, None).is_err(), open, "{address}");
            assert!(check_bind(address, Some(&keys)).is_ok());
        }
    }
}
