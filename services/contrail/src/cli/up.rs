//! `contrail up`: everything in this process, until it is told to stop.

use std::process::ExitCode;

use clap::Args;
use gateway::keys::check_bind;
use tokio_util::sync::CancellationToken;

use crate::config::{GlobalConfig, ServicesConfig};
use crate::data_folder::{DataFolder, Running};
use crate::documents;
use crate::embedded::{self, PrivateServer, Services, Setting};
use crate::language_models;
use crate::local_model::LocalModel;
use crate::output;
use crate::shutdown::INTERRUPTED;

const EXAMPLES: &str = "\
Examples:
  contrail up
  contrail up --listen 127.0.0.1:0 --data-dir ./data
  contrail up --nats-url nats://nats.example:4222
  contrail keys create && contrail up --listen 0.0.0.0:8080
  contrail up --local-model

While it runs, `contrail ask`, `add` and `status` on the same data folder use it. Keys that `contrail keys` has made for that
folder are wanted by the HTTP API then. SIGINT or SIGTERM ends it.";

/// See [`super::Command::Up`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Up {
    #[command(flatten)]
    services: ServicesConfig,

    /// Fetches a small language model (1.1 GB) and asks it what the rules abstain from. For whoever has no endpoint: it is slow
    /// on processors, minutes for a question, and misreads more than a large one.
    #[arg(long)]
    local_model: bool,
}

impl Up {
    pub async fn run(&self, global: &GlobalConfig, signalled: CancellationToken) -> anyhow::Result<ExitCode> {
        // First, so that a taken address is told before anything is started.
        let listener = embedded::listen(self.services.gateway.listen).await?;
        let address = listener.local_addr()?;
        let http_url = format!("http://{address}");
        let folder = DataFolder::open(global.data_dir.as_deref())?;
        let mut settings = self.services.clone();
        if settings.gateway.api_keys_file.is_none() && folder.api_keys().exists() {
            settings.gateway.api_keys_file = Some(folder.api_keys());
        }
        if settings.gateway.spool_dir.is_none() {
            settings.gateway.spool_dir = Some(folder.spool()?);
        }
        check_bind(address.ip(), settings.gateway.api_keys_file.is_some())?;
        let model = tokio::select! {
            model = self.model(&mut settings, &folder, global) => model?,
            () = signalled.cancelled() => return Ok(ExitCode::from(INTERRUPTED)),
        };

        if let Some(config) = global.bus() {
            embedded::provision(&config).await?;
            documents::equip(&mut settings, &global.artifacts).await?;
            documents::equip_scripts(&mut settings.executor, &global.artifacts).await;
            language_models::equip_service(
                &mut settings.detector.equipment,
                &mut settings.onnx,
                &global.artifacts,
            )
            .await;
            // The bus may be shared, a folder of an embedded index is not.
            let lock = settings.index.url.is_none().then(|| folder.lock()).transpose()?;
            let setting = Setting {
                server: &config,
                config: &settings,
                sandbox: &global.sandbox,
                documents: Some(folder.path()),
            };
            let services = Services::start_with_http(setting, listener).await?;
            output::line(&format!("serving {http_url} (bus: {})", config.url))?;
            let ended = serve(services, signalled).await;
            end(model).await;
            drop(lock);
            return ended;
        }

        let lock = folder.lock()?;
        let server = PrivateServer::start(&folder.store(), &global.artifacts).await?;
        documents::equip(&mut settings, &global.artifacts).await?;
        documents::equip_scripts(&mut settings.executor, &global.artifacts).await;
        language_models::equip_service(
            &mut settings.detector.equipment,
            &mut settings.onnx,
            &global.artifacts,
        )
        .await;
        let setting = Setting {
            server: server.config(),
            config: &settings,
            sandbox: &global.sandbox,
            documents: Some(folder.path()),
        };
        let services = Services::start_with_http(setting, listener).await?;
        let nats_url = server.config().url.clone();
        lock.announce(&Running {
            pid: std::process::id(),
            nats_url,
            http_url: http_url.clone(),
        })?;
        output::line(&format!("serving {http_url} (data: {})", folder.path().display()))?;
        let ended = serve(services, signalled).await;
        end(model).await;
        server.stop().await;
        drop(lock);
        ended
    }
}

impl Up {
    /// The local model, where one is wanted; it is set as the endpoint.
    async fn model(
        &self,
        settings: &mut ServicesConfig,
        folder: &DataFolder,
        global: &GlobalConfig,
    ) -> anyhow::Result<Option<LocalModel>> {
        if !self.local_model {
            return Ok(None);
        }
        let (models, effort) = (&mut settings.executor.models, &mut settings.executor.effort);
        anyhow::ensure!(
            models.base_url.iter().all(|url| url.trim().is_empty()),
            "--local-model is for machines without an endpoint, and LLM_BASE_URL names one: leave one of them out"
        );
        let model = LocalModel::start(&global.artifacts, folder.path()).await?;
        model.set(models, effort);
        Ok(Some(model))
    }
}

async fn end(model: Option<LocalModel>) {
    if let Some(model) = model {
        model.stop().await;
    }
}

/// Lets the services serve until the signal; ends with the error of the first that fails.
pub(super) async fn serve(mut services: Services, signalled: CancellationToken) -> anyhow::Result<ExitCode> {
    let failure = tokio::select! {
        () = signalled.cancelled() => None,
        error = services.failed() => Some(error),
    };
    let stopped = services.stop().await;
    match failure {
        Some(error) => Err(error),
        None => stopped.map(|()| ExitCode::SUCCESS),
    }
}
