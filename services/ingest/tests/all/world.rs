//! A server of one test, a handler on it, and deliveries in any order.

use std::sync::Arc;
use std::time::Duration;

use bus::ids::new_job_id;
use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, Delivery, Handler, Outputs};
use ingest::error::IngestError;
use ingest::handler::Ingest;
use ingest::{IngestConfig, Limits};
use sandbox::{Pool, SandboxConfig};
use schemas::file::{ContentRecord, FileRecord, FileState};
use schemas::jobs::{AddFile, DeleteFile, IngestJob};
use schemas::{ContentId, FileId, JobId, TenantId};
use tempfile::TempDir;

pub struct World {
    // Dropped in this order: the server before its folder.
    pub server: NatsServer,
    pub bus: Bus,
    pub ingest: Ingest,
    _folder: TempDir,
}

/// One job, delivered as often as a test likes.
#[derive(Clone)]
pub struct Sent {
    pub id: JobId,
    pub order: u64,
    pub job: IngestJob,
}

impl World {
    pub async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        Self::among(limits, &sandbox()).await
    }

    pub async fn among(limits: Limits, sandbox: &SandboxConfig) -> Self {
        Self::reading(limits, &IngestConfig::default(), sandbox).await
    }

    pub async fn reading(limits: Limits, config: &IngestConfig, sandbox: &SandboxConfig) -> Self {
        let binary = tokio::task::spawn_blocking(|| artifacts::Cache::new(None).ensure("nats-server"));
        let folder = tempfile::tempdir().unwrap();
        let server = NatsServer::start(&binary.await.unwrap().unwrap(), folder.path())
            .await
            .unwrap();
        let bus = Bus::connect(&BusConfig::at(server.url()), "ingest")
            .await
            .unwrap();
        bus.provision(&Topology::default()).await.unwrap();
        Self {
            server,
            ingest: Ingest::new(bus.clone(), limits, Arc::new(workers_of(config, sandbox).await)),
            bus,
            _folder: folder,
        }
    }

    /// Has other workers read what comes from here on, over the same records and files.
    pub async fn hire(&mut self, limits: Limits, sandbox: &SandboxConfig) {
        self.ingest = Ingest::new(self.bus.clone(), limits, Arc::new(workers(sandbox).await));
    }

    /// Uploads bytes.
    pub async fn put(&self, bytes: &[u8]) -> ContentId {
        self.bus
            .files(&tenant())
            .await
            .unwrap()
            .put(bytes.to_vec().into())
            .await
            .unwrap()
    }

    /// Uploads bytes and sends the job that names them, at a place in the queue.
    pub async fn add(&self, order: u64, name: &str, bytes: &[u8]) -> Sent {
        let content = self.put(bytes).await;
        Sent {
            id: new_job_id(),
            order,
            job: IngestJob::Add(AddFile {
                name: name.to_owned(),
                content,
            }),
        }
    }

    pub fn delete(&self, order: u64, file: &FileId) -> Sent {
        Sent {
            id: new_job_id(),
            order,
            job: IngestJob::Delete(DeleteFile {
                file: file.clone(),
                expired: None,
            }),
        }
    }

    pub async fn deliver(&self, sent: &Sent) -> Outputs {
        self.try_deliver(sent, 1).await.unwrap()
    }

    /// What a second process does with a job that another one was killed over.
    pub async fn deliver_again(&self, sent: &Sent) -> Outputs {
        self.try_deliver(sent, 2).await.unwrap()
    }

    pub async fn try_deliver(&self, sent: &Sent, attempt: u64) -> Result<Outputs, IngestError> {
        let mut delivery = Delivery::detached(tenant(), sent.id.clone());
        delivery.order = sent.order;
        delivery.attempt = attempt;
        self.ingest.handle(sent.job.clone(), &delivery).await
    }

    pub async fn file(&self, name: &str) -> FileId {
        self.bus.file_named(&tenant(), name).await.unwrap().unwrap()
    }

    pub async fn record(&self, name: &str) -> FileRecord {
        let file = self.file(name).await;
        self.bus
            .file_records(&tenant())
            .await
            .unwrap()
            .get(file.as_str())
            .await
            .unwrap()
            .unwrap()
            .value
    }

    pub async fn state(&self, name: &str) -> FileState {
        self.record(name).await.state
    }

    pub async fn contents(&self) -> Vec<(String, ContentRecord)> {
        self.bus
            .content_records(&tenant())
            .await
            .unwrap()
            .list()
            .await
            .unwrap()
    }

    pub async fn content(&self, content: &ContentId) -> Option<ContentRecord> {
        let records = self.bus.content_records(&tenant()).await.unwrap();
        records
            .get(content.as_str())
            .await
            .unwrap()
            .map(|record| record.value)
    }

    pub async fn has(&self, object: &ContentId) -> bool {
        self.bus
            .files(&tenant())
            .await
            .unwrap()
            .size(object.as_str())
            .await
            .unwrap()
            .is_some()
    }

    pub async fn remove_released(&self) -> usize {
        ingest::remove_released(&self.bus, &tenant(), Duration::ZERO)
            .await
            .unwrap()
    }
}

/// Workers of the built service: the executable of a test has a `main` that is not ours.
pub fn sandbox() -> SandboxConfig {
    SandboxConfig {
        executable: env!("CARGO_BIN_EXE_ingest").into(),
        ..SandboxConfig::default()
    }
}

pub async fn workers(sandbox: &SandboxConfig) -> Pool {
    workers_of(&IngestConfig::default(), sandbox).await
}

async fn workers_of(config: &IngestConfig, sandbox: &SandboxConfig) -> Pool {
    ingest::start_workers(config, sandbox).await.unwrap()
}

pub fn tenant() -> TenantId {
    TenantId::local()
}

/// The content that a job names.
pub fn content_of(sent: &Sent) -> ContentId {
    match &sent.job {
        IngestJob::Add(add) => add.content.clone(),
        _ => unreachable!(),
    }
}
