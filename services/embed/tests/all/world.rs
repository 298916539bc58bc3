//! A server and an index of one test, with files as ingest would have left them.

use std::sync::Arc;

use bus::ids::new_job_id;
use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, Delivery, Handler, Outputs};
use embed::error::EmbedError;
use embed::handler::Embed;
use embed::spaces::Spaces;
use index::{Found, Index, IndexConfig, Query, Space, TenantIndex};
use models::{EmbeddingConfig, Encoder, OnnxConfig};
use schemas::document::{Document, Passage, PassageKind, Place};
use schemas::file::{FileRecord, FileState, FileVersion, StoredDocument};
use schemas::jobs::{EmbedJob, EmbedPassages, RemovePassages, Version};
use schemas::{ContentId, FileId, TenantId};
use scripted_llm::ScriptedLlm;
use tempfile::TempDir;

pub const NAME: &str = "handbook.txt";

pub struct World {
    // Dropped in this order: the server before its folder.
    pub server: NatsServer,
    pub bus: Bus,
    pub index: Index,
    _folder: TempDir,
}

pub fn tenant() -> TenantId {
    TenantId::local()
}

/// The model `name` of a stand-in.
pub fn encoder(scripted: &ScriptedLlm, name: &str) -> Encoder {
    let config = EmbeddingConfig {
        base_url: Some(scripted.base_url()),
        model: Some(name.to_owned()),
        retries: 0,
        ..EmbeddingConfig::default()
    };
    Encoder::configured(&config, &OnnxConfig::default())
        .unwrap()
        .remove(0)
}

pub fn space(model: &str, dimension: u32) -> Space {
    Space {
        model: model.to_owned(),
        dimension,
    }
}

pub fn passage(index: u32, text: &str, kind: PassageKind) -> Passage {
    Passage {
        index,
        text: text.to_owned(),
        context: "Handbook".to_owned(),
        place: Place::default(),
        kind,
        language: None,
        duplicate_of: None,
    }
}

/// A document with a passage for each text.
pub fn document(texts: &[&str]) -> Document {
    let passage = |(index, text): (u32, &&str)| passage(index, text, PassageKind::Text);
    Document {
        passages: (0..).zip(texts).map(passage).collect(),
        ..Document::default()
    }
}

impl World {
    pub async fn new() -> Self {
        let binary = tokio::task::spawn_blocking(|| artifacts::Cache::new(None).ensure("nats-server"));
        let folder = tempfile::tempdir().unwrap();
        let server = NatsServer::start(&binary.await.unwrap().unwrap(), &folder.path().join("nats"))
            .await
            .unwrap();
        let bus = Bus::connect(&BusConfig::at(server.url()), "embed").await.unwrap();
        bus.provision(&Topology::default()).await.unwrap();
        let index = Index::open(&IndexConfig::default(), Some(&folder.path().join("index")))
            .await
            .unwrap();
        Self {
            server,
            bus,
            index,
            _folder: folder,
        }
    }

    pub async fn spaces(&self, encoders: Vec<Encoder>) -> Arc<Spaces> {
        Arc::new(
            Spaces::open(&self.bus, self.index.clone(), encoders)
                .await
                .unwrap(),
        )
    }

    pub async fn handler(&self, encoder: Encoder) -> Embed {
        Embed::new(self.bus.clone(), self.spaces(vec![encoder]).await, 2)
    }

    pub fn tenant(&self) -> TenantIndex {
        self.index.tenant(&tenant())
    }

    pub async fn put(&self, document: &Document) -> ContentId {
        let bytes = serde_json::to_vec(document).unwrap();
        self.bus
            .files(&tenant())
            .await
            .unwrap()
            .put(bytes.into())
            .await
            .unwrap()
    }

    pub async fn file(&self) -> FileId {
        self.bus.name_file(&tenant(), NAME).await.unwrap()
    }

    /// What the record of the file says from here on: `active` is a document and how many passages it has.
    pub async fn record(&self, order: u64, state: FileState, active: Option<(&ContentId, u32)>) {
        let active = active.map(|(document, passages)| FileVersion {
            content: document.clone(),
            size: 1,
            tables: Vec::new(),
            document: Some(StoredDocument {
                headed: None,
                document: document.clone(),
                pages: 0,
                passages,
                parts: Vec::new(),
                notices: 0,
            }),
            searchable: true,
            overrides: Vec::new(),
        });
        let file = self.file().await;
        let record = FileRecord {
            file: file.clone(),
            name: NAME.to_owned(),
            state,
            order,
            job: new_job_id(),
            active,
            pending: None,
            rejection: None,
            updated_at: "2026-03-01T10:00:00Z".to_owned(),
        };
        let records = self.bus.file_records(&tenant()).await.unwrap();
        records
            .update(file.as_str(), |_| Some(record.clone()))
            .await
            .unwrap();
    }

    /// The job that makes a document of the file findable.
    pub async fn add(&self, order: u64, document: &ContentId) -> EmbedJob {
        EmbedJob::Add(EmbedPassages {
            version: Version {
                file: self.file().await,
                name: NAME.to_owned(),
                content: document.clone(),
                order,
                job: new_job_id(),
            },
            document: document.clone(),
        })
    }

    pub async fn removal(&self, keep: Option<&ContentId>) -> EmbedJob {
        EmbedJob::Remove(RemovePassages {
            file: self.file().await,
            keep: keep.cloned(),
        })
    }

    pub async fn count(&self, space: &Space) -> u64 {
        self.tenant().count(space).await.unwrap()
    }

    /// What is found by these words alone.
    pub async fn found(&self, space: &Space, text: &str) -> Vec<Found> {
        let query = Query {
            text: text.to_owned(),
            limit: 10,
            depth: 10,
            ..Query::default()
        };
        self.tenant().search(space, &query).await.unwrap()
    }
}

pub async fn deliver(handler: &Embed, job: EmbedJob) -> Result<Outputs, EmbedError> {
    let delivery = Delivery::detached(tenant(), new_job_id());
    handler.handle(job, &delivery).await
}
