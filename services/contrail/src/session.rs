//! A command's way to a server: one elsewhere, that of a running `contrail up`, or one that this process starts.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use bus::{Bus, BusConfig};
use gateway::router::is_document;
use models::ModelsConfig;

use crate::client::Client;
use crate::config::{GlobalConfig, ServicesConfig};
use crate::data_folder::{Access, DataFolder, Lock};
use crate::documents;
use crate::embedded::{PrivateServer, Services, Setting};
use crate::output;

/// How long another short-lived command on the same data folder is waited for.
const WAIT: Duration = Duration::from_secs(600);

/// Tries to reach a `contrail up` that may be ending at this moment.
const TRIES: usize = 5;

/// What a command needs to be running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// The server, to look at what is there.
    Server,
    /// The services of tables too, without a language model.
    Rules,
    /// The services of tables too, and those of documents where there are any.
    Services,
    /// All services.
    Documents,
}

impl Needs {
    /// What files of these names need.
    #[must_use]
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        if names.into_iter().any(is_document) {
            Self::Documents
        } else {
            Self::Services
        }
    }
}

/// A server to talk to, and whatever of it runs in this process.
pub struct Session {
    /// The client of the tenant.
    pub client: Client,
    /// Whose server it is.
    pub host: Host,
    services: Option<Services>,
    private: Option<(PrivateServer, Option<Lock>)>,
}

/// Whose server it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// One that was named.
    Elsewhere {
        /// Its address.
        nats_url: String,
    },
    /// That of a running `contrail up`.
    Up(crate::data_folder::Running),
    /// One of this process.
    Own,
}

impl Session {
    /// Finds or starts what the command needs.
    ///
    /// # Errors
    /// When the data folder is in use for too long, a server can't be reached or started, or the tenant is missing.
    pub async fn open(global: &GlobalConfig, needs: Needs) -> anyhow::Result<Self> {
        if let Some(config) = global.bus() {
            let host = Host::Elsewhere {
                nats_url: config.url.clone(),
            };
            return Self::connect(global, &config, host).await;
        }
        let folder = DataFolder::open(global.data_dir.as_deref())?;
        let mut tries = 1;
        loop {
            let waiting = || output::note("waiting for another contrail command on this data folder");
            match folder.access(WAIT, waiting).await? {
                Access::Own(lock) => {
                    let server = PrivateServer::start(&folder.store(), &global.artifacts).await?;
                    return Self::own(global, server, Some(lock), needs, Some(folder.path())).await;
                }
                Access::Through(running) => {
                    let config = BusConfig::at(running.nats_url.as_str());
                    match Self::connect(global, &config, Host::Up(running)).await {
                        // It ended between its announcement being read and its server being reached: look again.
                        Err(error) if error.is::<bus::connection::ConnectError>() && tries < TRIES => {
                            tries += 1
                        }
                        connected => return connected,
                    }
                }
            }
        }
    }

    /// Uses a private server of this process. Without a data folder there are no documents.
    ///
    /// # Errors
    /// See [`Session::open`].
    pub async fn own(
        global: &GlobalConfig,
        server: PrivateServer,
        lock: Option<Lock>,
        needs: Needs,
        data: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let mut session = Self::connect(global, server.config(), Host::Own).await?;
        if needs != Needs::Server {
            let mut config = ServicesConfig::from_environment()?;
            if needs == Needs::Rules {
                config.executor.models = ModelsConfig::default();
            }
            let has_documents = needs == Needs::Documents
                || needs == Needs::Services
                    && session
                        .client
                        .files()
                        .await?
                        .iter()
                        .any(|file| is_document(&file.name));
            let documents = data.filter(|_| has_documents);
            if documents.is_some() {
                documents::equip(&mut config, &global.artifacts).await?;
            }
            documents::equip_scripts(&mut config.executor, &global.artifacts).await;
            let setting = Setting {
                server: server.config(),
                config: &config,
                sandbox: &global.sandbox,
                documents,
            };
            session.services = Some(Services::start(setting).await?);
        }
        session.private = Some((server, lock));
        Ok(session)
    }

    async fn connect(global: &GlobalConfig, config: &BusConfig, host: Host) -> anyhow::Result<Self> {
        let bus = Bus::connect(config, "contrail").await?;
        let client = Client::new(bus, global.tenant.clone()).await?;
        Ok(Self {
            client,
            host,
            services: None,
            private: None,
        })
    }

    /// Does the command's work, unless a service of this process fails first.
    ///
    /// # Errors
    /// Those of the work, or of the service.
    pub async fn during<T>(&mut self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        match &mut self.services {
            Some(services) => tokio::select! {
                done = work => done,
                error = services.failed() => Err(error),
            },
            None => work.await,
        }
    }

    /// Ends whatever was started.
    ///
    /// # Errors
    /// When a service failed while it was stopping.
    pub async fn close(self) -> anyhow::Result<()> {
        let stopped = match self.services {
            Some(services) => services.stop().await.context("the services did not stop cleanly"),
            None => Ok(()),
        };
        self.client.bus().close().await;
        if let Some((server, lock)) = self.private {
            server.stop().await;
            // Only now may another process start a server on the same store.
            drop(lock);
        }
        stopped
    }
}
