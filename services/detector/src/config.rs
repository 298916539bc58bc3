//! Settings of the service.

use bus::{BusConfig, DeliverySettings};
use telemetry::TelemetryConfig;

/// Tells how likely it is that texts were written by a machine.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "detector", version)]
pub struct Config {
    /// Where the server is.
    #[command(flatten)]
    pub bus: BusConfig,

    /// Log lines and traces.
    #[command(flatten)]
    pub telemetry: TelemetryConfig,

    /// What it takes on.
    #[command(flatten)]
    pub detector: DetectorConfig,
}

/// What the service takes on.
#[derive(Debug, Clone, clap::Args)]
pub struct DetectorConfig {
    /// Jobs judged at once.
    #[arg(
        long = "detector-concurrency",
        env = "CONTRAIL_DETECTOR_CONCURRENCY",
        value_name = "N",
        default_value_t = 2
    )]
    pub detector_concurrency: usize,

    /// Bytes that a batch may have.
    #[arg(
        long = "detector-batch-bytes",
        env = "CONTRAIL_DETECTOR_BATCH_BYTES",
        value_name = "BYTES",
        default_value_t = 1 << 30
    )]
    pub detector_batch_bytes: u64,
}

impl Default for DetectorConfig {
    fn default() -> Self {
        Self {
            detector_concurrency: 2,
            detector_batch_bytes: 1 << 30,
        }
    }
}

impl DetectorConfig {
    /// How jobs are delivered.
    #[must_use]
    pub fn delivery(&self) -> DeliverySettings {
        DeliverySettings {
            concurrency: self.detector_concurrency.max(1),
            ..DeliverySettings::default()
        }
    }
}
