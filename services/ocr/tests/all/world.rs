//! A server of one test, a handler on it, and the engine.

use std::path::Path;
use std::sync::Arc;

use bus::ids::new_job_id;
use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, Delivery, Handler, Outputs};
use models::OnnxConfig;
use ocr::error::OcrError;
use ocr::handler::Ocr;
use ocr::vision::Vision;
use ocr::{Engine, OcrConfig};
use sandbox::SandboxConfig;
use schemas::document::{Recognition, RecognizedPage};
use schemas::jobs::{IngestJob, OcrJob, PageImage, Version};
use schemas::{ContentId, JobId, TenantId};
use tempfile::TempDir;

pub struct World {
    // Dropped in this order: the server before its folder.
    _server: NatsServer,
    pub bus: Bus,
    pub ocr: Ocr,
    _folder: TempDir,
}

impl World {
    pub async fn new(config: OcrConfig) -> Self {
        let binary = tokio::task::spawn_blocking(|| artifacts::Cache::new(None).ensure("nats-server"));
        let folder = tempfile::tempdir().unwrap();
        let server = NatsServer::start(&binary.await.unwrap().unwrap(), folder.path())
            .await
            .unwrap();
        let bus = Bus::connect(&BusConfig::at(server.url()), "ocr").await.unwrap();
        bus.provision(&Topology::default()).await.unwrap();
        let workers = ocr::start_workers(&config, &sandbox()).await.unwrap();
        let engine = tokio::task::spawn_blocking(engine).await.unwrap();
        let ocr = Ocr::new(bus.clone(), config.limits(), Arc::new(workers), Arc::new(engine));
        Self {
            _server: server,
            ocr: ocr.with_vision(Vision::open(&config).unwrap()),
            bus,
            _folder: folder,
        }
    }

    /// Uploads bytes.
    pub async fn put(&self, bytes: &[u8]) -> ContentId {
        let files = self.bus.files(&TenantId::local()).await.unwrap();
        files.put(bytes.to_vec().into()).await.unwrap()
    }

    pub async fn deliver(&self, sent: &Sent) -> Outputs {
        self.try_deliver(&TenantId::local(), sent).await.unwrap()
    }

    pub async fn try_deliver(&self, tenant: &TenantId, sent: &Sent) -> Result<Outputs, OcrError> {
        let delivery = Delivery::detached(tenant.clone(), sent.id.clone());
        self.ocr.handle(sent.job.clone(), &delivery).await
    }

    /// What outputs say was read.
    pub async fn recognition(&self, outputs: &Outputs) -> Recognition {
        let jobs: Vec<IngestJob> = outputs.messages();
        let [IngestJob::Recognized(recognized)] = jobs.as_slice() else {
            panic!("{:?}", outputs.kinds());
        };
        let files = self.bus.files(&TenantId::local()).await.unwrap();
        let bytes = files.get(recognized.recognition.as_str(), 1 << 20).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Has one image read.
    pub async fn page(&self, bytes: &[u8]) -> RecognizedPage {
        let image = self.put(bytes).await;
        let outputs = self.deliver(&sent(&[image])).await;
        let mut pages = self.recognition(&outputs).await.pages;
        assert_eq!(pages.len(), 1);
        pages.remove(0)
    }
}

/// One job, delivered as often as a test likes.
pub struct Sent {
    pub id: JobId,
    pub job: OcrJob,
}

/// The job that names images, as pages from 1.
pub fn sent(images: &[ContentId]) -> Sent {
    let id = new_job_id();
    let content: ContentId = "c".repeat(64).parse().unwrap();
    let pages = (1..).zip(images).map(|(page, image)| PageImage {
        page,
        image: image.clone(),
    });
    Sent {
        job: OcrJob {
            version: Version {
                file: bus::ids::new_file_id(),
                name: "scan.pdf".to_owned(),
                content: content.clone(),
                order: 1,
                job: id.clone(),
            },
            extract: content,
            pages: pages.collect(),
        },
        id,
    }
}

/// The engine with the pinned models.
pub fn engine() -> Engine {
    let cache = artifacts::Cache::new(None);
    let onnx = OnnxConfig {
        library: Some(cache.ensure("onnxruntime").unwrap()),
        threads: Some(1),
    };
    let models = cache.ensure("ppocr").unwrap();
    Engine::load(models.parent().unwrap(), onnx.load().unwrap()).unwrap()
}

/// Workers of the built service: the executable of a test has a `main` that is not ours.
fn sandbox() -> SandboxConfig {
    SandboxConfig {
        executable: env!("CARGO_BIN_EXE_ocr").into(),
        ..SandboxConfig::default()
    }
}

/// The bytes of a fixture.
pub fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}
