//! A key as a line of the key file: the tenant, the SHA-256 of the key in lower-case hexadecimal, and what is set for it.
//!
//! ```text
//! airport-north 9f86d081884c7d65…a08 name=laptop made=2026-03-01T08:00:00Z requests-per-minute=60 max-upload=20971520
//! ```

use std::fmt;
use std::str::FromStr;

use schemas::{InvalidId, TenantId};

/// The longest name, in characters.
const MAX_NAME: usize = 64;
/// Hexadecimal digits of an id.
const ID_DIGITS: usize = 12;

/// A key, without the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Whose data it opens.
    pub tenant: TenantId,
    /// The SHA-256 of the key.
    pub digest: [u8; 32],
    /// What people call it.
    pub name: Option<KeyName>,
    /// When it was made, RFC 3339 in UTC.
    pub made: Option<String>,
    /// Requests that it may make in a minute, 0 for as many as come, in place of the gateway's own limit.
    pub requests_per_minute: Option<u32>,
    /// Bytes that one upload may have, below the gateway's own limit.
    pub max_upload: Option<u64>,
}

/// What a key is called by where it has no name: the begin of its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyId(String);

/// What people call a key: 1 to 64 letters, digits and signs without blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

/// Text that can't be the name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 64 characters, and neither blanks nor control characters")]
pub struct InvalidKeyName;

/// Why a line is no key. None of its content but the names of settings is told, since it may be a key by mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It does not begin with a tenant and a digest.
    #[error("it must begin with a tenant and the lower-case hexadecimal SHA-256 of a key")]
    Digest,
    /// Its tenant is none.
    #[error("its tenant is none")]
    Tenant(#[source] InvalidId),
    /// Something is set that a key does not have. It is not passed over: it may be a limit.
    #[error("`{0}` is nothing that can be set for a key")]
    Unknown(String),
    /// What is set can't be read.
    #[error("what is set as {0} can't be read")]
    Value(&'static str),
}

impl Key {
    /// A key without name or limits.
    #[must_use]
    pub fn new(tenant: TenantId, digest: [u8; 32]) -> Self {
        Self {
            tenant,
            digest,
            name: None,
            made: None,
            requests_per_minute: None,
            max_upload: None,
        }
    }

    /// What it is called by where it has no name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut id = hex::encode(self.digest);
        id.truncate(ID_DIGITS);
        KeyId(id)
    }

    fn set(&mut self, setting: &str) -> Result<(), LineError> {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        match name {
            "name" => self.name = Some(value.parse().map_err(|_| LineError::Value("name"))?),
            "made" => self.made = Some(value.to_owned()),
            "requests-per-minute" => self.requests_per_minute = Some(number(value, "requests-per-minute")?),
            "max-upload" => self.max_upload = Some(number(value, "max-upload")?),
            _ if is_setting(name) => return Err(LineError::Unknown(name.to_owned())),
            _ => return Err(LineError::Unknown("…".to_owned())),
        }
        Ok(())
    }
}

/// Whether a text looks like the name of a setting, and not like a key that somebody has put there.
fn is_setting(name: &str) -> bool {
    name.len() <= 24 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn number<T: FromStr>(value: &str, name: &'static str) -> Result<T, LineError> {
    value.parse().map_err(|_| LineError::Value(name))
}

impl FromStr for Key {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Self, LineError> {
        let mut parts = line.split_whitespace();
        let (Some(tenant), Some(digest)) = (parts.next(), parts.next()) else {
            return Err(LineError::Digest);
        };
        let tenant = TenantId::new(tenant).map_err(LineError::Tenant)?;
        let mut key = Self::new(tenant, digest_of_hex(digest).ok_or(LineError::Digest)?);
        for setting in parts {
            key.set(setting)?;
        }
        Ok(key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.tenant, hex::encode(self.digest))?;
        if let Some(name) = &self.name {
            write!(f, " name={name}")?;
        }
        if let Some(made) = &self.made {
            write!(f, " made={made}")?;
        }
        if let Some(requests) = self.requests_per_minute {
            write!(f, " requests-per-minute={requests}")?;
        }
        if let Some(bytes) = self.max_upload {
            write!(f, " max-upload={bytes}")?;
        }
        Ok(())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = InvalidKeyName;

    fn from_str(text: &str) -> Result<Self, InvalidKeyName> {
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if plain && (1..=MAX_NAME).contains(&text.chars().count()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidKeyName)
        }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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

    #[test]
    fn a_line_says_what_its_key_may() {
        let digest = crate::keys::digest("k");
        let mut key = Key::new(TenantId::local(), digest);
        let hex = hex::encode(digest);
        assert_eq!(key.to_string(), format!("local {hex}"));
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        key.name = Some("笔记本".parse().unwrap());
        key.made = Some("2026-03-01T08:00:00Z".to_owned());
        key.requests_per_minute = Some(60);
        key.max_upload = Some(20 << 20);
        assert_eq!(
            key.to_string(),
            format!(
                "local {hex} name=笔记本 made=2026-03-01T08:00:00Z requests-per-minute=60 max-upload=20971520"
            )
        );
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        assert_eq!(key.id().to_string(), &hex[..12]);
    }

    #[test]
    fn a_name_is_one_word() {
        for (name, good) in [
            ("laptop", true),
            ("a=b", true),
            ("笔记本", true),
            ("", false),
            ("two words", false),
            ("a\u{7}", false),
            (&"n".repeat(65), false),
        ] {
            assert_eq!(name.parse::<KeyName>().is_ok(), good, "{name:?}");
        }
    }

    #[test]
    fn what_is_set_is_known_or_told_without_showing_a_key() {
        let line = format!("local {}", hex::encode(crate::keys::digest("k")));
        for (setting, expect) in [
            ("colour=red", LineError::Unknown("colour".to_owned())),
            ("contrail_aGVsbG8", LineError::Unknown("…".to_owned())),
            ("max-upload=20MB", LineError::Value("max-upload")),
            ("name=", LineError::Value("name")),
        ] {
            assert_eq!(format!("{line} {setting}").parse::<Key>(), Err(expect));
        }
    }
}
