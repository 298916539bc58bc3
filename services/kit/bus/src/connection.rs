//! One connection, and everything that hangs on it.

use crate::config::BusConfig;

/// A connection to NATS on behalf of one service; cheap to clone.
#[derive(Clone)]
pub struct Bus {}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[error("can't connect to NATS at {url}")]
pub struct ConnectError {
    url: String,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Bus {
    /// Connects on behalf of `service` (its name is in every envelope as `/contrail/<service>`).
    ///
    /// # Errors
    /// [`ConnectError`] when no server answers within ten seconds.
    pub async fn connect(config: &BusConfig, service: &'static str) -> Result<Self, ConnectError> {
        todo!()
    }

    /// Whether the connection stands at this moment.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        todo!()
    }

    /// The service on whose behalf it speaks.
    #[must_use]
    pub fn service(&self) -> &'static str {
        todo!()
    }
}
