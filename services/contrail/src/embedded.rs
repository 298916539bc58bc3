//! Every service in this one process, on a private nats-server or on one elsewhere.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow};
use artifacts::ArtifactsConfig;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, DeliverySettings};
use gateway::handler::Router;
use sandbox::{Pool, SandboxConfig};
use schemas::jobs::AskJob;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::ServicesConfig;
use crate::documents;

/// How long the services have to finish what they do when they are told to stop.
const DRAIN: Duration = Duration::from_secs(30);

/// Listens where the gateway shall.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("can't listen on {address}: choose another address with --listen, port 0 for a free one")
    })
}

/// A private server, ready for use.
pub struct PrivateServer {
    server: NatsServer,
    config: BusConfig,
}

impl PrivateServer {
    /// Starts it on a store, fetches its program first if need be, and makes streams and buckets.
    ///
    /// # Errors
    /// When there is no program and it can't be fetched, when it does not start, or when what lies in the store
    /// can't be used.
    pub async fn start(store: &Path, artifacts: &ArtifactsConfig) -> anyhow::Result<Self> {
        let cache = artifacts.open();
        let binary = tokio::task::spawn_blocking(move || cache.ensure("nats-server"))
            .await
            .context("fetching the NATS server was broken off")?
            .context("there is no NATS server program")?;
        let server = NatsServer::start(&binary, store)
            .await
            .context("the private NATS server did not start")?;
        let config = BusConfig::at(server.url());
        provision(&config).await?;
        Ok(Self { server, config })
    }

    /// How to connect to it.
    #[must_use]
    pub fn config(&self) -> &BusConfig {
        &self.config
    }

    /// Ends it and waits until it is gone.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Makes or updates every stream and bucket of a server.
///
/// # Errors
/// When the server does not answer, or what is there can't be changed into what is wanted.
pub async fn provision(config: &BusConfig) -> anyhow::Result<()> {
    let bus = Bus::connect(config, "contrail").await?;
    bus.provision(&config.topology())
        .await
        .context("can't make the streams and buckets")
}

/// What services are started with.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The server.
    pub server: &'a BusConfig,
    /// Their settings.
    pub config: &'a ServicesConfig,
    /// How workers are locked in.
    pub sandbox: &'a SandboxConfig,
    /// The data folder, where documents are read and searched too; none: tables and texts alone, for which nothing has to be
    /// fetched.
    pub documents: Option<&'a Path>,
}

/// The services, each with a connection of its own.
pub struct Services {
    tasks: JoinSet<anyhow::Result<()>>,
    shutdown: CancellationToken,
}

impl Services {
    /// Starts those that a question needs, without HTTP.
    ///
    /// # Errors
    /// When the server does not answer, or the machine can't lock workers in.
    pub async fn start(setting: Setting<'_>) -> anyhow::Result<Self> {
        let mut services = Self::workers(setting).await?;
        let bus = Bus::connect(setting.server, "gateway").await?;
        let stop = services.shutdown.clone();
        services.tasks.spawn(async move {
            let settings = DeliverySettings::default();
            bus.serve::<AskJob, _>(Router::new(bus.clone()), &settings, stop)
                .await
                .context("the router ended")
        });
        Ok(services)
    }

    /// Starts all of them; HTTP is served on `listener`.
    ///
    /// # Errors
    /// See [`Services::start`].
    pub async fn start_with_http(setting: Setting<'_>, listener: TcpListener) -> anyhow::Result<Self> {
        let mut services = Self::workers(setting).await?;
        let bus = Bus::connect(setting.server, "gateway").await?;
        let (settings, stop) = (setting.config.gateway.clone(), services.shutdown.clone());
        services.tasks.spawn(async move {
            gateway::run(bus, &settings, listener, stop)
                .await
                .context("gateway ended")
        });
        Ok(services)
    }

    async fn workers(setting: Setting<'_>) -> anyhow::Result<Self> {
        let Setting {
            server,
            config,
            sandbox,
            documents,
        } = setting;
        // Side by side: each waits for processes of its own.
        let readers = async { anyhow::Ok(ingest::start_workers(&config.ingest, sandbox).await?) };
        let engines = async {
            let engines = codegen_executor::Workers::start(sandbox).await?;
            let python = config.executor.python.folder.as_deref();
            anyhow::Ok(engines.with_python(sandbox, python).await?)
        };
        let decoders = async {
            anyhow::Ok(match documents {
                Some(_) => Some(ocr::start_workers(&config.ocr, sandbox).await?),
                None => None,
            })
        };
        let (readers, engines, decoders) = tokio::try_join!(readers, engines, decoders)?;
        let shutdown = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let bus = Bus::connect(server, "ingest").await?;
        let (mut settings, stop) = (config.ingest.clone(), shutdown.clone());
        // Nobody would take them.
        settings.row_passages &= documents.is_some();
        tasks.spawn(async move {
            ingest::run(bus, &settings, readers, stop)
                .await
                .context("ingest ended")
        });
        let bus = Bus::connect(server, "codegen-executor").await?;
        let (settings, stop) = (config.executor.on(server), shutdown.clone());
        tasks.spawn(async move {
            codegen_executor::run(bus, &settings, engines, stop)
                .await
                .context("codegen-executor ended")
        });
        let bus = Bus::connect(server, "detector").await?;
        let (settings, onnx, stop) = (config.detector.clone(), config.onnx.clone(), shutdown.clone());
        tasks.spawn(async move {
            detector::run(bus, &settings, &onnx, stop)
                .await
                .context("detector ended")
        });
        let mut services = Self { tasks, shutdown };
        if let Some((data, decoders)) = documents.zip(decoders) {
            services.start_documents(setting, data, decoders).await?;
        }
        Ok(services)
    }

    /// Starts what reads, finds and quotes documents.
    async fn start_documents(
        &mut self,
        setting: Setting<'_>,
        data: &Path,
        decoders: Pool,
    ) -> anyhow::Result<()> {
        let Setting { server, config, .. } = setting;
        let index = documents::open_index(config, data).await?;
        let bus = Bus::connect(server, "ocr").await?;
        let (settings, onnx, stop) = (config.ocr.clone(), config.onnx.clone(), self.shutdown.clone());
        self.tasks.spawn(async move {
            // Nobody waits for the models but who has an image to be read, which waits in the queue.
            let engine = ocr::load_engine(&settings, &onnx).await;
            let engine = engine.context("ocr can't start")?;
            ocr::run(bus, &settings, decoders, engine, stop)
                .await
                .context("ocr ended")
        });
        let bus = Bus::connect(server, "embed").await?;
        let (settings, embedding, onnx) = (
            config.embed.clone(),
            config.embedding.clone(),
            config.onnx.clone(),
        );
        let (written, stop) = (index.clone(), self.shutdown.clone());
        self.tasks.spawn(async move {
            embed::run(bus, &settings, &embedding, &onnx, written, stop)
                .await
                .context("embed ended")
        });
        let bus = Bus::connect(server, "retrieve").await?;
        let (settings, models) = (config.retrieve.clone(), config.executor.models.clone());
        let stop = self.shutdown.clone();
        self.tasks.spawn(async move {
            retrieve::run(bus, &settings, &models, index, stop)
                .await
                .context("retrieve ended")
        });
        Ok(())
    }

    /// Waits until a service ends, which none should before it is told to; returns why.
    pub async fn failed(&mut self) -> anyhow::Error {
        match self.tasks.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Ok(Ok(()))) => anyhow!("a service ended without being told to"),
            Some(Err(panic)) => anyhow::Error::new(panic).context("a service panicked"),
            None => anyhow!("no service is running"),
        }
    }

    /// Tells them to stop and waits until they have finished what they do, within a limit.
    ///
    /// # Errors
    /// The first error that one of them ended with, or that they took too long.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.shutdown.cancel();
        let drained = async {
            let mut first = Ok(());
            while let Some(ended) = self.tasks.join_next().await {
                let ended = ended.context("a service panicked").flatten();
                first = first.and(ended);
            }
            first
        };
        tokio::time::timeout(DRAIN, drained)
            .await
            .context("the services took too long to stop")?
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        // A command that is broken off drops them; what they do is done again by whoever serves next.
        self.shutdown.cancel();
    }
}
