//! A whole Contrail whose every service is a user of its own, with what it needs and no more.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use artifacts::ArtifactsConfig;
use bus::permissions::{Keys, OPERATOR, PROVISIONER, producer_of, server_configuration};
use bus::server::NatsServer;
use bus::{Bus, BusConfig};
use contrail::config::ServicesConfig;
use contrail::embedded::{Services, Setting, listen};
use sandbox::SandboxConfig;
use schemas::TenantId;
use tempfile::TempDir;

use super::local;

/// Every service in this process, each with a key of its own.
pub struct Guarded {
    /// Where HTTP is, without a slash at the end.
    pub http: String,
    server: NatsServer,
    services: Services,
    keys: Keys,
    store: PathBuf,
    _folder: TempDir,
}

impl Guarded {
    pub async fn start(tenants: &[TenantId]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        std::fs::create_dir(&store).unwrap();
        let keys = Keys::in_folder(&folder.path().join("keys"));
        let users = server_configuration(&keys, tenants, None).unwrap();
        let artifacts = ArtifactsConfig::default();
        let cache = artifacts.open();
        let binary = tokio::task::spawn_blocking(move || cache.ensure("nats-server"));
        let binary = binary.await.unwrap().unwrap();
        let server = NatsServer::start_with_users(&binary, &store, &users)
            .await
            .unwrap();

        let provisioner = BusConfig {
            inbox: Some(format!("_INBOX_{PROVISIONER}")),
            ..BusConfig::with_key(server.url(), keys.seed_file(PROVISIONER))
        };
        let bus = Bus::connect(&provisioner, "contrail").await.unwrap();
        bus.provision(&provisioner.topology()).await.unwrap();
        for tenant in tenants {
            bus.create_tenant(tenant, &provisioner.topology()).await.unwrap();
        }
        bus.close().await;

        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let http = format!("http://{}", listener.local_addr().unwrap());
        let sandbox = SandboxConfig {
            executable: env!("CARGO_BIN_EXE_contrail-under-test").into(),
            ..SandboxConfig::default()
        };
        let each = BusConfig::with_key(server.url(), keys.seed_file_of_each());
        let mut config = ServicesConfig::from_environment().unwrap();
        contrail::documents::equip(&mut config, &artifacts).await.unwrap();
        let setting = Setting {
            server: &each,
            config: &config,
            sandbox: &sandbox,
            documents: Some(folder.path()),
        };
        let services = Services::start_with_http(setting, listener).await.unwrap();
        Self {
            http,
            server,
            services,
            keys,
            store,
            _folder: folder,
        }
    }

    /// A connection of a tenant's own programs.
    pub async fn producer(&self) -> Bus {
        self.connect(&producer_of(&local())).await
    }

    /// A connection of a person with the command line.
    pub async fn operator(&self) -> Bus {
        self.connect(OPERATOR).await
    }

    /// A connection of any of the users.
    pub async fn connect(&self, user: &str) -> Bus {
        let config = BusConfig {
            inbox: Some(format!("_INBOX_{user}")),
            ..BusConfig::with_key(self.server.url(), self.keys.seed_file(user))
        };
        Bus::connect(&config, "tests").await.unwrap()
    }

    /// Where the server is.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The key of a tenant's own programs.
    pub fn producer_seed(&self) -> PathBuf {
        self.keys.seed_file(&producer_of(&local()))
    }

    /// What the server has refused so far, as its log has it.
    pub fn refusals(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.store.join("nats-server.log")).unwrap();
        assert!(log.contains("Server is ready"), "this is no log: {log}");
        let refused = log.lines().filter(|line| line.contains("Violation"));
        refused.map(str::to_owned).collect()
    }

    pub async fn stop(self) {
        self.services.stop().await.unwrap();
        self.server.stop().await;
    }
}
