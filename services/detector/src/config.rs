//! Settings of the service.

use std::path::{Path, PathBuf};

use bus::{BusConfig, DeliverySettings};
use models::{OnnxConfig, ScorerConfig};
use telemetry::TelemetryConfig;

use crate::likelihood::{Place, Readers};

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

    /// What runs models in this process.
    #[command(flatten)]
    pub onnx: OnnxConfig,
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

    /// With what it judges.
    #[command(flatten)]
    pub equipment: EquipmentConfig,
}

/// Weights, and the language models that they were fitted with.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct EquipmentConfig {
    /// Weights that `contrail detector fit` wrote, instead of those that are built in.
    #[arg(
        long = "detector-weights",
        visible_alias = "weights",
        env = "CONTRAIL_DETECTOR_WEIGHTS",
        value_name = "FILE"
    )]
    pub weights: Option<PathBuf>,

    /// Those in this process.
    #[command(flatten)]
    pub language_models: LanguageModels,

    /// The one behind an endpoint.
    #[command(flatten)]
    pub endpoint: ScorerConfig,
}

/// Language models that read texts beside what is built in, for weights that were fitted with them.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct LanguageModels {
    /// Language model that reads English, where the weights were fitted with one: SmolLM2-135M-Instruct as GGUF, or `none`. The embedded
    /// default fetches and sets it itself.
    #[arg(
        long = "detector-english",
        env = "CONTRAIL_DETECTOR_ENGLISH",
        value_name = "FILE"
    )]
    pub english: Option<PathBuf>,

    /// Language model that reads Chinese, likewise: MiniMind2-Small as ONNX, with its tokenizer.json beside it, or `none`.
    #[arg(
        long = "detector-chinese",
        env = "CONTRAIL_DETECTOR_CHINESE",
        value_name = "FILE"
    )]
    pub chinese: Option<PathBuf>,
}

/// What is set in place of a file to do without.
const NONE: &str = "none";

impl LanguageModels {
    /// Whether nobody has said anything about one of them.
    #[must_use]
    pub fn is_open(setting: Option<&Path>) -> bool {
        setting.is_none_or(|path| path.as_os_str().is_empty())
    }

    /// Those that are set. Nothing is loaded yet.
    #[must_use]
    pub fn readers(&self, onnx: &OnnxConfig) -> Readers {
        let set = |setting: &Option<PathBuf>| {
            let named = setting.clone().filter(|path| !Self::is_open(Some(path)));
            named.filter(|path| path.as_os_str() != NONE)
        };
        let chinese = set(&self.chinese).map(|path| Place::Onnx(path, onnx.clone()));
        let english = set(&self.english).map(|path| Place::Gguf(path, onnx.clone()));
        Readers::new(chinese.unwrap_or_default(), english.unwrap_or_default())
    }
}

impl Default for DetectorConfig {
    fn default() -> Self {
        Self {
            detector_concurrency: 2,
            detector_batch_bytes: 1 << 30,
            equipment: EquipmentConfig::default(),
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
