//! One endpoint, and what it has turned out not to offer.

use std::sync::atomic::{AtomicU8, Ordering};

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::error::ConfigError;

/// What is left out for an endpoint that takes offence: first the schema of the reply, then that it be JSON, then that
/// tokens be counted in a stream. Each of them is something that servers in use reject.
const PLAINEST: u8 = 3;

/// An endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// Where chats go.
    pub chat: Url,
    /// Its name in errors and traces: no user, password or query.
    pub name: String,
    /// The model to ask for.
    pub model: String,
    /// Its key.
    pub key: Option<SecretString>,
    plainness: AtomicU8,
}

impl Endpoint {
    pub fn new(base: &str, model: String, key: Option<SecretString>) -> Result<Self, ConfigError> {
        let (chat, name) = address(base, "/chat/completions")?;
        Ok(Self {
            chat,
            name,
            model,
            key,
            plainness: AtomicU8::new(0),
        })
    }

    /// The header that shows the key.
    pub fn authorization(&self) -> Result<Option<HeaderValue>, ConfigError> {
        self.key.as_ref().map(|key| bearer(key, &self.name)).transpose()
    }

    /// How plain requests have to be: 0 asks for everything.
    pub fn plainness(&self) -> u8 {
        self.plainness.load(Ordering::Relaxed)
    }

    /// Notes that it took this plainness for the endpoint to reply. What is rejected however plain it is was wrong for
    /// another reason, and teaches nothing.
    pub fn learn(&self, plainness: u8) {
        self.plainness.fetch_max(plainness, Ordering::Relaxed);
    }
}

/// Where a path of an endpoint is, and the endpoint's name: no user, password or query. The base may end in the path already.
pub(crate) fn address(base: &str, path: &str) -> Result<(Url, String), ConfigError> {
    let invalid = || ConfigError::Url { url: base.to_owned() };
    let trimmed = base.trim_end_matches('/');
    let trimmed = trimmed.strip_suffix(path).unwrap_or(trimmed);
    let url = Url::parse(&format!("{trimmed}{path}")).map_err(|_| invalid())?;
    let host = url.host_str().ok_or_else(invalid)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid());
    }
    let name = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Ok((url, name))
}

/// The header that shows a key to an endpoint.
pub(crate) fn bearer(key: &SecretString, endpoint: &str) -> Result<HeaderValue, ConfigError> {
    let value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()));
    let mut value = value.map_err(|_| ConfigError::Key {
        endpoint: endpoint.to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// What to ask more plainly after this was rejected.
pub(crate) fn plainer(plainness: u8) -> Option<u8> {
    (plainness < PLAINEST).then_some(plainness + 1)
}
