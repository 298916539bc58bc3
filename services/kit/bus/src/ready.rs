//! A port that is open while the connection stands: for those who ask whether a service is ready, and have nothing but
//! its address (a `tcpSocket` probe of Kubernetes). Nothing is said on it.

use std::net::SocketAddr;
use std::time::Duration;

use async_nats::Client;
use async_nats::connection::State;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// How often the connection is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Keeps the port open while the connection stands and what is returned lives.
pub(crate) fn listen(client: Client, address: SocketAddr) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut open: Option<TcpListener> = None;
        loop {
            if client.connection_state() != State::Connected {
                open = None;
                tokio::time::sleep(LOOK).await;
                continue;
            }
            if let Some(listener) = &open {
                // Whoever came has seen that the port is open; that is all there is to see.
                let _ = tokio::time::timeout(LOOK, listener.accept()).await;
                continue;
            }
            match TcpListener::bind(address).await {
                Ok(listener) => open = Some(listener),
                Err(error) => {
                    tracing::warn!(%address, %error, "can't show that the service is ready; trying again");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }))
}
