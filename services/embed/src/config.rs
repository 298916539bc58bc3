//! Settings of the service.

use bus::{BusConfig, DeliverySettings};
use index::IndexConfig;
use models::{EmbeddingConfig, OnnxConfig};
use telemetry::TelemetryConfig;

/// Makes passages findable by what they mean, and questions comparable with them.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "embed", version)]
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

    /// The model.
    #[command(flatten)]
    pub embedding: EmbeddingConfig,

    /// What runs local models.
    #[command(flatten)]
    pub onnx: OnnxConfig,

    /// What it takes on.
    #[command(flatten)]
    pub embed: EmbedConfig,
}

/// What the service takes on.
#[derive(Debug, Clone, clap::Args)]
pub struct EmbedConfig {
    /// Jobs done at once. A local model does one text after the other all the same, but what waits for the index meanwhile is
    /// made durable together.
    #[arg(
        id = "embed-concurrency",
        long = "embed-concurrency",
        env = "CONTRAIL_EMBED_CONCURRENCY",
        value_name = "N",
        default_value_t = 8
    )]
    pub concurrency: usize,

    /// Passages that are embedded and stored at one go.
    #[arg(
        id = "embed-passages",
        long = "embed-passages",
        env = "CONTRAIL_EMBED_PASSAGES",
        value_name = "N",
        default_value_t = 32
    )]
    pub passages: usize,
}

impl Default for EmbedConfig {
    fn default() -> Self {
        Self {
            concurrency: 8,
            passages: 32,
        }
    }
}

impl EmbedConfig {
    /// How jobs are delivered.
    #[must_use]
    pub fn delivery(&self) -> DeliverySettings {
        DeliverySettings {
            concurrency: self.concurrency.max(1),
            ..DeliverySettings::default()
        }
    }
}
