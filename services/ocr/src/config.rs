//! What can be set from outside.

use std::path::PathBuf;

use bus::{BusConfig, DeliverySettings};
use models::{ModelsConfig, OnnxConfig};
use sandbox::SandboxConfig;
use secrecy::SecretString;
use telemetry::TelemetryConfig;

use crate::limits::Limits;

/// Reads text in images of pages.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "ocr", version)]
pub struct Config {
    #[command(flatten)]
    /// Where the bus is.
    pub bus: BusConfig,

    #[command(flatten)]
    /// How it is observed.
    pub telemetry: TelemetryConfig,

    #[command(flatten)]
    /// How its workers are locked in.
    pub sandbox: SandboxConfig,

    #[command(flatten)]
    /// What runs its models.
    pub onnx: OnnxConfig,

    #[command(flatten)]
    /// How much it takes on.
    pub ocr: OcrConfig,
}

/// Settings of the service.
#[derive(Debug, Clone, clap::Args)]
pub struct OcrConfig {
    /// Folder of the models: `det.onnx`, `cls.onnx` and `rec.onnx`. The embedded default fetches and sets it itself.
    #[arg(
        id = "ocr-models",
        long = "ocr-models",
        env = "CONTRAIL_OCR_MODELS",
        value_name = "FOLDER"
    )]
    pub models: Option<PathBuf>,

    /// Bytes that one image may have.
    #[arg(id = "ocr-max-bytes", long = "ocr-max-bytes", env = "CONTRAIL_OCR_MAX_BYTES", default_value_t = Limits::default().bytes)]
    pub max_bytes: u64,

    /// Pixels that one image may have.
    #[arg(id = "ocr-max-pixels", long = "ocr-max-pixels", env = "CONTRAIL_OCR_MAX_PIXELS", default_value_t = Limits::default().pixels)]
    pub max_pixels: u64,

    /// Jobs at once: while one is being read, the pages of another are fetched and decoded.
    #[arg(
        id = "ocr-concurrency",
        long = "ocr-concurrency",
        env = "CONTRAIL_OCR_CONCURRENCY",
        default_value_t = 2
    )]
    pub concurrency: usize,

    /// OpenAI-compatible endpoint of a vision model, such as Qwen2.5-VL, that reads pages too; several, separated by commas,
    /// are tried in this order. Images of pages are sent there.
    #[arg(
        id = "ocr-base-url",
        long = "ocr-base-url",
        env = "OCR_BASE_URL",
        value_name = "URL",
        value_delimiter = ','
    )]
    pub base_url: Vec<String>,

    /// The vision model to ask for; several, separated by commas: one for each endpoint.
    #[arg(
        id = "ocr-model",
        long = "ocr-model",
        env = "OCR_MODEL",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub model: Vec<String>,

    /// That endpoint's key; several, separated by commas: one for each endpoint. A file is safer.
    #[arg(
        id = "ocr-api-key",
        long = "ocr-api-key",
        env = "OCR_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub api_key: Option<SecretString>,

    /// File with that endpoint's key; several: a line for each endpoint.
    #[arg(
        id = "ocr-api-key-file",
        long = "ocr-api-key-file",
        env = "OCR_API_KEY_FILE",
        value_name = "FILE"
    )]
    pub api_key_file: Option<PathBuf>,
}

impl Default for OcrConfig {
    fn default() -> Self {
        let Limits { bytes, pixels } = Limits::default();
        Self {
            models: None,
            max_bytes: bytes,
            max_pixels: pixels,
            concurrency: 2,
            base_url: Vec::new(),
            model: Vec::new(),
            api_key: None,
            api_key_file: None,
        }
    }
}

impl OcrConfig {
    /// How large an image may be.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            bytes: self.max_bytes,
            pixels: self.max_pixels,
        }
    }

    /// How the vision model is asked.
    #[must_use]
    pub fn vision(&self) -> ModelsConfig {
        ModelsConfig {
            base_url: self.base_url.clone(),
            model: self.model.clone(),
            api_key: self.api_key.clone(),
            api_key_file: self.api_key_file.clone(),
            // A page of small print.
            max_tokens: 8192,
            ..ModelsConfig::default()
        }
    }

    /// How jobs are delivered.
    #[must_use]
    pub fn delivery(&self) -> DeliverySettings {
        DeliverySettings {
            concurrency: self.concurrency.max(1),
            ..DeliverySettings::default()
        }
    }
}
