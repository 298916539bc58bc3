//! Settings of the service.

use bus::{BusConfig, DeliverySettings};
use index::IndexConfig;
use models::{ModelsConfig, RerankConfig};
use telemetry::TelemetryConfig;

/// Answers questions over documents, with citations.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "retrieve", version)]
pub struct Config {
    /// Where the server is.
    #[command(flatten)]
    pub bus: BusConfig,

    /// Log lines and traces.
    #[command(flatten)]
    pub telemetry: TelemetryConfig,

    /// Where the index is.
    #[command(flatten)]
    pub index: IndexConfig,

    /// What it takes on.
    #[command(flatten)]
    pub retrieve: RetrieveConfig,

    /// What puts passages into words.
    #[command(flatten)]
    pub models: ModelsConfig,
}

/// What the service takes on, and what it may ask.
#[derive(Debug, Clone, clap::Args)]
pub struct RetrieveConfig {
    /// Questions answered at once.
    #[arg(
        id = "retrieve-concurrency",
        long = "retrieve-concurrency",
        env = "CONTRAIL_RETRIEVE_CONCURRENCY",
        value_name = "N",
        default_value_t = 4
    )]
    pub concurrency: usize,

    /// What ranks the best passages again.
    #[command(flatten)]
    pub rerank: RerankConfig,
}

impl Default for RetrieveConfig {
    fn default() -> Self {
        Self {
            concurrency: 4,
            rerank: RerankConfig::default(),
        }
    }
}

impl RetrieveConfig {
    /// How jobs are delivered.
    #[must_use]
    pub fn delivery(&self) -> DeliverySettings {
        DeliverySettings {
            concurrency: self.concurrency.max(1),
            ..DeliverySettings::default()
        }
    }
}
