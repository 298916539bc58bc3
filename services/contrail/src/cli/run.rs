//! `contrail run`: one service alone.

use std::process::ExitCode;

use anyhow::Context;
use bus::Bus;
use clap::{Args, Subcommand};
use detector::config::DetectorConfig;
use embed::EmbedConfig;
use gateway::GatewayConfig;
use index::{Index, IndexConfig};
use ingest::IngestConfig;
use models::{EmbeddingConfig, ModelsConfig, OnnxConfig};
use ocr::OcrConfig;
use retrieve::RetrieveConfig;
use tokio_util::sync::CancellationToken;

use crate::config::{ExecutorArgs, GlobalConfig};
use crate::embedded;

const EXAMPLES: &str = "\
Examples:
  contrail run ingest --nats-url nats://127.0.0.1:4222
  NATS_URL=nats://nats.example:4222 contrail run gateway --listen 127.0.0.1:8080

The server must be provisioned: `contrail provision`. SIGINT or SIGTERM ends it.";

const INGEST_EXAMPLE: &str = "Example:\n  contrail run ingest --nats-url nats://127.0.0.1:4222";
const EXECUTOR_EXAMPLE: &str = "Example:\n  contrail run codegen-executor --nats-url nats://127.0.0.1:4222";
const DETECTOR_EXAMPLE: &str = "\
Example:
  contrail run detector --nats-url nats://127.0.0.1:4222 \\
    --detector-english /opt/smollm2/model.gguf";
const OCR_EXAMPLE: &str = "\
Example:
  contrail run ocr --nats-url nats://127.0.0.1:4222 \\
    --onnxruntime /opt/onnxruntime/libonnxruntime.so --ocr-models /opt/ppocr";
const EMBED_EXAMPLE: &str =
    "Example:\n  contrail run embed --nats-url nats://127.0.0.1:4222 --qdrant-url http://127.0.0.1:6334";
const RETRIEVE_EXAMPLE: &str =
    "Example:\n  contrail run retrieve --nats-url nats://127.0.0.1:4222 --qdrant-url http://127.0.0.1:6334";
const GATEWAY_EXAMPLE: &str =
    "Example:\n  contrail run gateway --nats-url nats://127.0.0.1:4222 --listen 127.0.0.1:0";

/// See [`super::Command::Run`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Run {
    #[command(subcommand)]
    service: Service,
}

#[derive(Debug, Subcommand)]
enum Service {
    /// Reads files.
    #[command(after_help = INGEST_EXAMPLE)]
    Ingest(IngestConfig),
    /// Answers questions over tables.
    #[command(after_help = EXECUTOR_EXAMPLE)]
    CodegenExecutor(ExecutorArgs),
    /// Judges texts.
    #[command(after_help = DETECTOR_EXAMPLE)]
    Detector(DetectorArgs),
    /// Reads images of pages.
    #[command(after_help = OCR_EXAMPLE)]
    Ocr(OcrArgs),
    /// Makes passages findable.
    #[command(after_help = EMBED_EXAMPLE)]
    Embed(EmbedArgs),
    /// Answers questions over documents.
    #[command(after_help = RETRIEVE_EXAMPLE)]
    Retrieve(RetrieveArgs),
    /// Routes questions and speaks HTTP.
    #[command(after_help = GATEWAY_EXAMPLE)]
    Gateway(GatewayConfig),
}

/// Settings of the judge of texts.
#[derive(Debug, Args)]
struct DetectorArgs {
    #[command(flatten)]
    detector: DetectorConfig,
    #[command(flatten)]
    onnx: OnnxConfig,
}

/// Settings of the reader of images.
#[derive(Debug, Args)]
struct OcrArgs {
    #[command(flatten)]
    ocr: OcrConfig,
    #[command(flatten)]
    onnx: OnnxConfig,
}

/// Settings of what makes passages findable.
#[derive(Debug, Args)]
struct EmbedArgs {
    #[command(flatten)]
    embed: EmbedConfig,
    #[command(flatten)]
    embedding: EmbeddingConfig,
    #[command(flatten)]
    onnx: OnnxConfig,
    #[command(flatten)]
    index: IndexConfig,
}

/// Settings of the answerer of questions over documents.
#[derive(Debug, Args)]
struct RetrieveArgs {
    #[command(flatten)]
    retrieve: RetrieveConfig,
    #[command(flatten)]
    models: ModelsConfig,
    #[command(flatten)]
    index: IndexConfig,
}

impl Run {
    /// The name of the service.
    pub fn service(&self) -> &'static str {
        match self.service {
            Service::Ingest(_) => "ingest",
            Service::CodegenExecutor(_) => "codegen-executor",
            Service::Detector(_) => "detector",
            Service::Ocr(_) => "ocr",
            Service::Embed(_) => "embed",
            Service::Retrieve(_) => "retrieve",
            Service::Gateway(_) => "gateway",
        }
    }

    pub async fn run(&self, global: &GlobalConfig, signalled: CancellationToken) -> anyhow::Result<ExitCode> {
        let config = global
            .bus()
            .context("name the server with --nats-url or NATS_URL")?;
        let bus = Bus::connect(&config, self.service()).await?;
        match &self.service {
            Service::Ingest(settings) => {
                let workers = ingest::start_workers(settings, &global.sandbox).await?;
                ingest::run(bus, settings, workers, signalled).await?;
            }
            Service::CodegenExecutor(settings) => {
                let workers = codegen_executor::Workers::start(&global.sandbox)
                    .await?
                    .with_python(&global.sandbox, settings.python.folder.as_deref())
                    .await?;
                codegen_executor::run(bus, &settings.on(&config), workers, signalled).await?;
            }
            Service::Detector(settings) => {
                detector::run(bus, &settings.detector, &settings.onnx, signalled).await?;
            }
            Service::Ocr(settings) => {
                let workers = ocr::start_workers(&settings.ocr, &global.sandbox).await?;
                let engine = ocr::load_engine(&settings.ocr, &settings.onnx).await?;
                ocr::run(bus, &settings.ocr, workers, engine, signalled).await?;
            }
            Service::Embed(settings) => {
                let index = Index::open(&settings.index, None).await?;
                let EmbedArgs {
                    embed,
                    embedding,
                    onnx,
                    ..
                } = settings;
                embed::run(bus, embed, embedding, onnx, index, signalled).await?;
            }
            Service::Retrieve(settings) => {
                let index = Index::open(&settings.index, None).await?;
                retrieve::run(bus, &settings.retrieve, &settings.models, index, signalled).await?;
            }
            Service::Gateway(settings) => {
                let listener = embedded::listen(settings.listen).await?;
                gateway::run(bus, settings, listener, signalled).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
