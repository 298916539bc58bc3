//! Which services there are: each tells of itself by the NATS services API (ADR-32), and whoever asks gathers what they tell.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_nats::service::{PingResponse, Service, ServiceExt};
use futures::StreamExt;
use tokio::time::timeout;

use crate::connection::Bus;
use crate::fault::Source;
use crate::publish::now;

/// How long after the last one another process is waited for.
const SILENCE: Duration = Duration::from_millis(500);
/// Metadata: one for each process, however many things it does.
const INSTANCE: &str = "instance";
/// Metadata: since when, RFC 3339 in UTC.
const STARTED: &str = "started";

/// A process of a service that told of itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    /// The service.
    pub service: String,
    /// Since when it runs, RFC 3339 in UTC; empty where it did not say.
    pub started: String,
    /// Its own id, another one each time that it starts.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What else it says of itself: for instance `index`, the engine that it keeps passages in.
    pub facts: BTreeMap<String, String>,
}

/// Why it is not known which services there are.
#[derive(Debug, thiserror::Error)]
#[error("can't ask which services there are")]
pub struct PresenceError(#[source] Source);

impl Bus {
    /// Says something of this process to whoever asks for services, from the next [`Bus::serve`] or [`Bus::answer`] on.
    pub fn describe(&self, name: &'static str, fact: impl Into<String>) {
        let mut facts = self.facts().write().unwrap_or_else(PoisonError::into_inner);
        facts.insert(name.to_owned(), fact.into());
    }

    /// The processes of all services that answer, sorted. Asking takes half a second longer than the slowest answer.
    ///
    /// # Errors
    /// When the connection is closed.
    pub async fn services(&self) -> Result<Vec<Instance>, PresenceError> {
        let asked = async {
            let inbox = self.client().new_inbox();
            let mut answers = self.client().subscribe(inbox.clone()).await?;
            self.client()
                .publish_with_reply("$SRV.PING", inbox, bytes::Bytes::new())
                .await?;
            let mut found = BTreeMap::new();
            while let Ok(Some(answer)) = timeout(SILENCE, answers.next()).await {
                // Nobody there is an answer without a body.
                if let Ok(ping) = serde_json::from_slice::<PingResponse>(&answer.payload)
                    && let Some(instance) = instance(ping)
                {
                    found.insert(instance.id.clone(), instance);
                }
            }
            Ok::<_, Source>(found)
        };
        let mut found: Vec<Instance> = asked.await.map_err(PresenceError)?.into_values().collect();
        found.sort();
        Ok(found)
    }

    /// Tells of this process, once however many things it does, until the last of them [`leave`]s. The server lets each connection
    /// answer each question once.
    pub(crate) async fn present(&self) -> Result<Arc<Service>, Source> {
        let mut present = self.presence().lock().await;
        if let Some(service) = present.upgrade() {
            return Ok(service);
        }
        let mut metadata: HashMap<String, String> = {
            let facts = self.facts().read().unwrap_or_else(PoisonError::into_inner);
            facts.clone()
        };
        metadata.insert(INSTANCE.to_owned(), self.instance().to_owned());
        metadata.insert(STARTED.to_owned(), self.started().to_owned());
        let started = self
            .client()
            .service_builder()
            .description(format!("The service {} of Contrail.", self.service()))
            .metadata(metadata)
            .start(self.service(), env!("CARGO_PKG_VERSION"))
            .await?;
        let started = Arc::new(started);
        *present = Arc::downgrade(&started);
        Ok(started)
    }
}

/// Ends what [`Bus::present`] has begun, where nothing else needs it.
pub(crate) async fn leave(service: Arc<Service>) {
    let Some(service) = Arc::into_inner(service) else {
        return;
    };
    if let Err(error) = service.stop().await {
        tracing::debug!(%error, "the server was not told that the service ends");
    }
}

/// The process of an answer; none: it is no service of ours.
fn instance(ping: PingResponse) -> Option<Instance> {
    let mut facts: BTreeMap<String, String> = ping.metadata.into_iter().collect();
    Some(Instance {
        service: ping.name,
        id: facts.remove(INSTANCE)?,
        started: facts.remove(STARTED).unwrap_or_default(),
        version: ping.version,
        facts,
    })
}

/// What tells one process from another, and since when it runs.
pub(crate) fn identity() -> (String, String) {
    (crate::ids::new_job_id().to_string(), now())
}
