//! Every service as a process of its own, on servers of NATS and Qdrant, as compose and k8s run them.

use std::ffi::OsString;
use std::path::PathBuf;

use artifacts::ArtifactsConfig;
use contrail::config::ServicesConfig;
use contrail::embedded::PrivateServer;
use tempfile::TempDir;

use super::process::Process;
use super::qdrant::{QdrantServer, free_port};
use super::soon;

/// The services.
const SERVICES: [&str; 7] = [
    "codegen-executor",
    "detector",
    "embed",
    "gateway",
    "ingest",
    "ocr",
    "retrieve",
];

/// All of it. What comes first ends first.
pub struct Apart {
    /// Where HTTP is, without a slash at the end.
    pub http: String,
    _services: Vec<Process>,
    _qdrant: QdrantServer,
    server: PrivateServer,
    _folder: TempDir,
}

impl Apart {
    /// Starts it; traces and metrics go to a collector at `host:port`.
    pub async fn start(collector: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let artifacts = ArtifactsConfig::default();
        let server = PrivateServer::start(&folder.path().join("nats"), &artifacts)
            .await
            .unwrap();
        let qdrant = QdrantServer::start(folder.path(), None).await;
        let mut config = ServicesConfig::from_environment().unwrap();
        contrail::documents::equip(&mut config, &artifacts).await.unwrap();
        let path = |path: &Option<PathBuf>| path.clone().unwrap().into_os_string();
        let port = free_port();
        let settings: [(&str, OsString); 11] = [
            ("QDRANT_URL", qdrant.url.clone().into()),
            ("CONTRAIL_LISTEN", format!("127.0.0.1:{port}").into()),
            ("CONTRAIL_PDFIUM", path(&config.ingest.pdfium)),
            ("CONTRAIL_ONNXRUNTIME", path(&config.onnx.library)),
            ("CONTRAIL_OCR_MODELS", path(&config.ocr.models)),
            ("CONTRAIL_EMBED_CHINESE", path(&config.embedding.chinese)),
            ("CONTRAIL_EMBED_ENGLISH", path(&config.embedding.english)),
            ("CONTRAIL_EMBED_UNIVERSAL", path(&config.embedding.universal)),
            (
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                format!("http://{collector}").into(),
            ),
            // Milliseconds: by default metrics go out once in a minute.
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000".into()),
            ("OTEL_BSP_SCHEDULE_DELAY", "200".into()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let nats = &server.config().url;
        let services = SERVICES.map(|service| Process::with(service, nats, settings.clone()));
        let apart = Self {
            http: format!("http://127.0.0.1:{port}"),
            _services: services.into(),
            _qdrant: qdrant,
            server,
            _folder: folder,
        };
        soon("the gateway", async {
            while !reqwest::get(format!("{}/readyz", apart.http))
                .await
                .is_ok_and(|response| response.status().is_success())
            {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        })
        .await;
        apart
    }

    pub async fn stop(self) {
        // Killed, before what they are connected to ends.
        drop(self._services);
        self.server.stop().await;
    }
}
