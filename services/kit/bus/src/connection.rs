//! One connection, and everything that hangs on it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::{self, kv};
use async_nats::service::Service;
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use schemas::TenantId;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::config::BusConfig;
use crate::fault::Source;
use crate::inject::Faults;
use crate::metrics::Metrics;
use crate::presence::identity;
use crate::ready;
use crate::secrets::Secrets;

/// How long we try to connect.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long the server may take to answer a request or to ack a message.
pub(crate) const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// A connection to NATS on behalf of one service; cheap to clone.
#[derive(Clone)]
pub struct Bus {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    jetstream: jetstream::Context,
    service: &'static str,
    faults: Faults,
    metrics: Metrics,
    /// Counts reconnections.
    reconnections: watch::Receiver<u64>,
    state: Arc<Watched>,
    /// Tenants that were seen to exist. None is ever removed, so what was true stays true.
    tenants: RwLock<HashSet<TenantId>>,
    /// Handles of key-value buckets: each costs a request to make.
    stores: RwLock<HashMap<&'static str, kv::Store>>,
    /// What tells this process from others of its service, and since when it runs.
    identity: (String, String),
    /// What it says of itself.
    facts: RwLock<HashMap<String, String>>,
    /// What tells that to whoever asks, as long as it does something.
    presence: Mutex<Weak<Service>>,
    /// Shows that the connection stands.
    _ready: Option<AbortOnDropHandle<()>>,
}

/// What was seen of a connection so far.
#[derive(Default)]
struct Watched {
    /// It broke off and is not back.
    lost: AtomicBool,
    /// We are about to end it: that it breaks off is no news.
    closing: AtomicBool,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[error("can't connect to NATS at {url}")]
pub struct ConnectError {
    url: String,
    #[source]
    source: Source,
}

#[derive(Debug, thiserror::Error)]
#[error("no server answered within {} seconds", CONNECT_LIMIT.as_secs())]
struct Silence;

impl Bus {
    /// Connects on behalf of `service` (its name is in every envelope as `/contrail/<service>`).
    ///
    /// # Errors
    /// [`ConnectError`] when no server answers within ten seconds, the server refuses us, or the credentials can't
    /// be read.
    pub async fn connect(config: &BusConfig, service: &'static str) -> Result<Self, ConnectError> {
        let error = |source: Source| ConnectError {
            url: without_password(&config.url),
            source,
        };

        let servers = config.url.split(',').map(|url| url.trim().parse::<ServerAddr>());
        let servers = servers
            .collect::<Result<Vec<_>, _>>()
            .map_err(|source| error(source.into()))?;
        let secrets = Secrets::of(config, service)
            .await
            .map_err(|source| error(source.into()))?;
        let (reconnected, reconnections) = watch::channel(0);
        let reconnected = Arc::new(reconnected);
        let state = Arc::new(Watched::default());
        let deadline = Instant::now() + CONNECT_LIMIT;
        let mut last = None;
        let client = loop {
            let options = ConnectOptions::new()
                .name(service)
                .custom_inbox_prefix(config.inbox_of(service))
                .connection_timeout(ANSWER_LIMIT)
                .request_timeout(Some(ANSWER_LIMIT));
            let mut options = secrets.show(options).map_err(|source| error(source.into()))?;
            let (reconnected, watched) = (Arc::clone(&reconnected), Arc::clone(&state));
            options = options.event_callback(move |event| {
                let (reconnected, watched) = (Arc::clone(&reconnected), Arc::clone(&watched));
                async move { note(service, &event, &reconnected, &watched) }
            });
            match tokio::time::timeout_at(deadline, options.connect(servers.clone())).await {
                Ok(Ok(client)) => break client,
                Ok(Err(refusal)) if is_final(&refusal) => return Err(error(refusal.into())),
                // The server may be about to start.
                Ok(Err(refusal)) => {
                    last = Some(refusal);
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                // What was said last tells more than that nobody said anything in the end.
                Err(_) => return Err(error(last.map_or_else(|| Silence.into(), Into::into))),
            }
        };

        let ready = config.ready.map(|address| ready::listen(client.clone(), address));
        let jetstream = jetstream::ContextBuilder::new()
            .timeout(ANSWER_LIMIT)
            .ack_timeout(ANSWER_LIMIT)
            .build(client.clone());
        Ok(Self {
            shared: Arc::new(Shared {
                client,
                jetstream,
                service,
                faults: Faults::default(),
                metrics: Metrics::new(service),
                reconnections,
                state,
                tenants: RwLock::default(),
                stores: RwLock::default(),
                identity: identity(),
                facts: RwLock::default(),
                presence: Mutex::default(),
                _ready: ready,
            }),
        })
    }

    /// Ends the connection, also for all clones, behind what was sent already. For owners of a server that ends next.
    pub async fn close(&self) {
        self.shared.state.closing.store(true, Ordering::SeqCst);
        if let Err(error) = self.shared.client.drain().await {
            tracing::debug!(%error, "the connection to NATS was closed before");
        }
    }

    /// Whether the connection stands at this moment.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.shared.client.connection_state() == State::Connected
    }

    /// The service on whose behalf it speaks.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.shared.service
    }

    /// Faults to inject in tests; none by default.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    pub(crate) fn client(&self) -> &Client {
        &self.shared.client
    }

    pub(crate) fn jetstream(&self) -> &jetstream::Context {
        &self.shared.jetstream
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    pub(crate) fn instance(&self) -> &str {
        &self.shared.identity.0
    }

    pub(crate) fn started(&self) -> &str {
        &self.shared.identity.1
    }

    pub(crate) fn facts(&self) -> &RwLock<HashMap<String, String>> {
        &self.shared.facts
    }

    pub(crate) fn presence(&self) -> &Mutex<Weak<Service>> {
        &self.shared.presence
    }

    pub(crate) fn reconnections(&self) -> watch::Receiver<u64> {
        self.shared.reconnections.clone()
    }

    pub(crate) fn knows(&self, tenant: &TenantId) -> bool {
        self.shared
            .tenants
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(tenant)
    }

    pub(crate) fn learn(&self, tenant: &TenantId) {
        self.shared
            .tenants
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(tenant.clone());
    }

    /// The handle of a key-value bucket.
    pub(crate) async fn store(
        &self,
        bucket: &'static str,
    ) -> Result<kv::Store, jetstream::context::KeyValueError> {
        let known = self
            .shared
            .stores
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(bucket)
            .cloned();
        if let Some(store) = known {
            return Ok(store);
        }
        let store = self.shared.jetstream.get_key_value(bucket).await?;
        self.shared
            .stores
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(bucket, store.clone());
        Ok(store)
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus")
            .field("service", &self.shared.service)
            .finish_non_exhaustive()
    }
}

/// Whether trying again would only meet the same refusal.
fn is_final(refusal: &async_nats::ConnectError) -> bool {
    match refusal.kind() {
        ConnectErrorKind::ServerParse
        | ConnectErrorKind::Authentication
        | ConnectErrorKind::AuthorizationViolation
        | ConnectErrorKind::Tls => true,
        // A certificate that is not the right one, among them.
        ConnectErrorKind::Io => is_nonsense(refusal),
        ConnectErrorKind::Dns | ConnectErrorKind::TimedOut | ConnectErrorKind::MaxReconnects => false,
    }
}

/// Whether a server was there, and what it said can't be accepted.
fn is_nonsense(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<io::Error>()
            && error.kind() == io::ErrorKind::InvalidData
        {
            return true;
        }
        next = error.source();
    }
    false
}

fn note(service: &str, event: &Event, reconnected: &watch::Sender<u64>, watched: &Watched) {
    if watched.closing.load(Ordering::SeqCst) {
        tracing::debug!(service, %event, "NATS");
        return;
    }
    match event {
        Event::Disconnected => {
            watched.lost.store(true, Ordering::SeqCst);
            tracing::warn!(service, "the connection to NATS is lost; trying to get it back");
        }
        // The first connection is no reconnection.
        Event::Connected => {
            if watched.lost.swap(false, Ordering::SeqCst) {
                tracing::info!(service, "connected to NATS again");
                reconnected.send_modify(|count| *count += 1);
            }
        }
        Event::ServerError(_) | Event::ClientError(_) | Event::SlowConsumer(_) => {
            tracing::warn!(service, %event, "NATS");
        }
        Event::LameDuckMode | Event::Draining | Event::Closed => tracing::debug!(service, %event, "NATS"),
    }
}

/// The addresses as they may be shown: without names and passwords.
pub(crate) fn without_password(urls: &str) -> String {
    let one = |url: &str| match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => [url.get(..scheme + 3), url.get(at + 1..)]
            .into_iter()
            .flatten()
            .collect(),
        (None, Some(at)) => url.get(at + 1..).unwrap_or_default().to_owned(),
        _ => url.to_owned(),
    };
    urls.split(',')
        .map(|url| one(url.trim()))
        .collect::<Vec<String>>()
        .join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (given, shown) in [
            ("nats://127.0.0.1:4222", "nats://127.0.0.1:4222"),
            (
                "nats://me:secret@host:1, tls://you@b:2",
                "nats://host:1,tls://b:2",
            ),
            ("me:secret@host", "host"),
        ] {
            assert_eq!(without_password(given), shown);
        }
    }
}
