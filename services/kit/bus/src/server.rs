//! A private nats-server as a child process.

use std::path::Path;

/// A running nats-server that ends with its owner, also when the owner is killed.
pub struct NatsServer {}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {}

impl NatsServer {
    /// Starts `binary` on a free port of loopback with JetStream under `store`, and waits until it is ready.
    ///
    /// # Errors
    /// When the binary can't be run, or says why it won't, or is not ready within ten seconds.
    pub async fn start(binary: &Path, store: &Path) -> Result<Self, ServerError> {
        todo!()
    }

    /// Where clients connect, `nats://127.0.0.1:<port>`.
    #[must_use]
    pub fn url(&self) -> &str {
        todo!()
    }

    /// Ends the server and waits until it is gone.
    pub async fn stop(self) {
        todo!()
    }
}
