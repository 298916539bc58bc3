//! Why there is no reply.

use std::path::PathBuf;
use std::time::Duration;

/// Settings that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No base URL.
    #[error("{url:?} is no base URL; expected for instance `http://127.0.0.1:8000/v1`")]
    Url {
        /// As given.
        url: String,
    },
    /// Neither one model for all endpoints nor one for each.
    #[error("{endpoints} endpoint(s) and {models} models: name one model for all, or one for each")]
    Models {
        /// How many endpoints there are.
        endpoints: usize,
        /// How many models.
        models: usize,
    },
    /// More keys than endpoints.
    #[error("{endpoints} endpoint(s) and {keys} keys: name one for each at most")]
    Keys {
        /// How many endpoints there are.
        endpoints: usize,
        /// How many keys.
        keys: usize,
    },
    /// The file of keys can't be read.
    #[error("can't read the keys in {path}", path = .path.display())]
    KeyFile {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The key has characters that no header may have.
    #[error("the key for {endpoint} has characters that a key can't have")]
    Key {
        /// Whose key it is.
        endpoint: String,
    },
    /// The file of recorded replies can't be read or written.
    #[error("can't read or write the replies in {path}", path = .path.display())]
    Tape {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The client can't be set up.
    #[error("can't set up the client for language models")]
    Client(#[source] reqwest::Error),
    /// TLS can't be set up.
    #[error("can't set up TLS for language models")]
    Tls(#[source] rustls::Error),
}

/// Why there is no reply. No variant holds the key, nor what was asked; what an endpoint said of its error is cut.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// It took too long in all.
    #[error("there was no reply within {limit:?}")]
    TimedOut {
        /// The limit.
        limit: Duration,
        /// How the last try failed, where one did.
        #[source]
        last: Option<Box<ChatError>>,
    },
    /// The next piece of the reply did not come.
    #[error("{endpoint} sent nothing for {limit:?}")]
    Idle {
        /// Who.
        endpoint: String,
        /// The limit.
        limit: Duration,
    },
    /// There is no connection, or it broke.
    #[error("the connection to {endpoint} failed")]
    Connection {
        /// To whom.
        endpoint: String,
        /// How; without the address, which may hold a password.
        #[source]
        source: reqwest::Error,
    },
    /// The endpoint answered with an error.
    #[error("{endpoint} answered with status {status}: {message}")]
    Status {
        /// Who.
        endpoint: String,
        /// The HTTP status.
        status: u16,
        /// When to try again, if it said so.
        retry_after: Option<Duration>,
        /// The beginning of what it said.
        message: String,
    },
    /// The reply ended before its end.
    #[error("the reply of {endpoint} was cut off")]
    Cut {
        /// Whose.
        endpoint: String,
    },
    /// The reply is no reply of a chat.
    #[error("the reply of {endpoint} can't be read: {reason}")]
    Unreadable {
        /// Whose.
        endpoint: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The reply is longer than can be of use.
    #[error("the reply of {endpoint} has more than {limit} bytes")]
    TooLong {
        /// Whose.
        endpoint: String,
        /// The limit.
        limit: usize,
    },
    /// There is no endpoint to ask.
    #[error("no endpoint is configured")]
    NoEndpoint,
    /// Recorded replies are played, and there is none to this.
    #[error("no reply to this was recorded")]
    NotRecorded,
}

impl ChatError {
    /// Whether the same request may be answered later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(status, 408 | 409 | 425 | 429 | 500..=599),
            Self::TimedOut { .. }
            | Self::Idle { .. }
            | Self::Connection { .. }
            | Self::Cut { .. }
            | Self::Unreadable { .. } => true,
            Self::TooLong { .. } | Self::NoEndpoint | Self::NotRecorded => false,
        }
    }
}
