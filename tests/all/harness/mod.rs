//! A whole Contrail with servers of its own, on free ports, gone when the test ends.

pub mod apart;
pub mod backends;
pub mod guarded;
pub mod process;
#[path = "../../../services/kit/index/tests/conformance/qdrant.rs"]
pub mod qdrant;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use artifacts::ArtifactsConfig;
use bus::{Bus, BusConfig};
use contrail::config::ServicesConfig;
use contrail::embedded::{PrivateServer, Services, Setting, listen};
use sandbox::SandboxConfig;
use schemas::TenantId;
use telemetry::{Telemetry, TelemetryConfig};
use tempfile::TempDir;

/// How long a step of a story may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Every service in this process, on a private nats-server.
pub struct Platform {
    /// Where HTTP is, without a slash at the end.
    pub http: String,
    /// How to connect to the server.
    pub server: BusConfig,
    services: Services,
    private: PrivateServer,
    _store: TempDir,
    /// Without a tracer traces have no ids. None: the test has one of its own.
    _telemetry: Option<Telemetry>,
}

impl Platform {
    /// With the services of tables and texts.
    pub async fn start() -> Self {
        Self::with(false, |_| ()).await
    }

    /// With all services.
    pub async fn with_documents() -> Self {
        Self::with(true, |_| ()).await
    }

    /// With all services, where bytes that no file holds any longer do not stay for an upload that may come.
    pub async fn that_forgets_at_once() -> Self {
        Self::with(true, |config| config.ingest.keep_released_seconds = 0).await
    }

    async fn with(documents: bool, set: impl FnOnce(&mut ServicesConfig)) -> Self {
        // The workspace's HTTP client comes with no cryptography of its own; one that is there already will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Before anything that measures.
        let config = TelemetryConfig {
            // A test that panics says why by a log line.
            log_filter: "warn".to_owned(),
            ..TelemetryConfig::default()
        };
        let telemetry = telemetry::init("contrail", &config).ok();
        let store = tempfile::tempdir().unwrap();
        let artifacts = ArtifactsConfig::default();
        let private = PrivateServer::start(&store.path().join("nats"), &artifacts)
            .await
            .unwrap();
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let http = format!("http://{}", listener.local_addr().unwrap());
        let server = private.config().clone();
        let mut config = ServicesConfig::from_environment().unwrap();
        set(&mut config);
        if documents {
            contrail::documents::equip(&mut config, &artifacts).await.unwrap();
        }
        // The executable of a test has a `main` that is not ours.
        let sandbox = SandboxConfig {
            executable: env!("CARGO_BIN_EXE_contrail-under-test").into(),
            ..SandboxConfig::default()
        };
        let setting = Setting {
            server: &server,
            config: &config,
            sandbox: &sandbox,
            documents: documents.then_some(store.path()),
        };
        let services = Services::start_with_http(setting, listener).await.unwrap();
        Self {
            http,
            server,
            services,
            private,
            _store: store,
            _telemetry: telemetry,
        }
    }

    /// A connection of a client of its own.
    pub async fn bus(&self) -> Bus {
        Bus::connect(&self.server, "tests").await.unwrap()
    }

    pub async fn stop(self) {
        self.services.stop().await.unwrap();
        self.private.stop().await;
    }
}

/// The tenant that exists without being created.
pub fn local() -> TenantId {
    TenantId::local()
}

/// A sample file of the project.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Fails the test when `future` takes longer than [`PATIENCE`].
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{what} took longer than {PATIENCE:?}"))
}
