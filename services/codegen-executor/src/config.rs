//! Settings of the service.

use std::path::PathBuf;

use bus::BusConfig;
use clap::builder::{OsStringValueParser, TypedValueParser};
use models::ModelsConfig;
use sandbox::SandboxConfig;
use telemetry::TelemetryConfig;

use crate::engine::ResultLimit;

/// Answers questions over tables.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "codegen-executor", version)]
pub struct ExecutorConfig {
    /// Where the server is.
    #[command(flatten)]
    pub bus: BusConfig,

    /// Log lines and traces.
    #[command(flatten)]
    pub telemetry: TelemetryConfig,

    /// How its workers are locked in.
    #[command(flatten)]
    pub sandbox: SandboxConfig,

    /// What a question may take.
    #[command(flatten)]
    pub limits: Limits,

    /// The language model that is asked where the rules abstain.
    #[command(flatten)]
    pub models: ModelsConfig,

    /// How much is asked of it.
    #[command(flatten)]
    pub effort: Effort,

    /// Scripts.
    #[command(flatten)]
    pub python: PythonConfig,

    /// Questions answered at once.
    #[arg(long, env = "CONTRAIL_EXECUTOR_CONCURRENCY", default_value_t = 2)]
    pub concurrency: usize,
}

/// The Python that scripts run in.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PythonConfig {
    /// Folder of a Python for generated scripts, as `contrail artifacts fetch python` makes it; empty: no scripts.
    #[arg(
        long = "python",
        env = "CONTRAIL_PYTHON",
        value_name = "FOLDER",
        // That of paths takes no empty ones.
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub folder: Option<PathBuf>,
}

impl ExecutorConfig {
    /// Default settings for a server, for embedded use.
    #[must_use]
    pub fn at(bus: BusConfig) -> Self {
        Self {
            bus,
            telemetry: TelemetryConfig::default(),
            sandbox: SandboxConfig::default(),
            limits: Limits::default(),
            models: ModelsConfig::default(),
            effort: Effort::default(),
            python: PythonConfig::default(),
            concurrency: 2,
        }
    }
}

/// What a question may take.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Limits {
    /// Rows of an answer.
    #[arg(long, env = "CONTRAIL_ANSWER_ROWS", default_value_t = 10_000)]
    pub answer_rows: usize,

    /// Bytes of an answer's rows.
    #[arg(long, env = "CONTRAIL_ANSWER_BYTES", default_value_t = 8 << 20)]
    pub answer_bytes: usize,

    /// Bytes of one table's Parquet.
    #[arg(long, env = "CONTRAIL_TABLE_BYTES", default_value_t = 512 << 20)]
    pub table_bytes: u64,

    /// Bytes of tables kept in memory for the next questions: their Parquet, and what the planner knows of them.
    #[arg(long, env = "CONTRAIL_TABLE_CACHE_BYTES", default_value_t = 512 << 20)]
    pub cache_bytes: usize,

    /// Seconds to wait for a file that is still being read.
    #[arg(long, env = "CONTRAIL_FILE_WAIT_SECONDS", default_value_t = 120)]
    pub wait_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer_rows: 10_000,
            answer_bytes: 8 << 20,
            table_bytes: 512 << 20,
            cache_bytes: 512 << 20,
            wait_seconds: 120,
        }
    }
}

impl Limits {
    /// How large an answer's rows may be.
    #[must_use]
    pub fn result(&self) -> ResultLimit {
        ResultLimit {
            rows: self.answer_rows,
            bytes: self.answer_bytes,
        }
    }
}

/// How much is asked of a model for one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct Effort {
    /// How often a program that does not run goes back to the model with its error.
    #[arg(id = "llm-repairs", long = "llm-repairs", env = "LLM_REPAIRS", value_name = "N", default_value_t = Self::default().repairs)]
    pub repairs: u32,

    /// Programs that are asked for where no second engine can check one; what most of them give is the answer.
    #[arg(id = "llm-samples", long = "llm-samples", env = "LLM_SAMPLES", value_name = "N", default_value_t = Self::default().samples)]
    pub samples: u32,

    /// What a model is told to do.
    #[arg(id = "llm-prompt", long = "llm-prompt", env = "LLM_PROMPT", value_name = "PROMPT", value_enum, default_value_t = Self::default().prompt)]
    pub prompt: Prompt,
}

/// What a model is told to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Prompt {
    /// To write plans, queries or scripts, with all the rules: for capable models.
    #[default]
    Full,
    /// To write queries alone, in few words: small models lose themselves in more, and slow ones need minutes for it.
    Short,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            repairs: 3,
            samples: 3,
            prompt: Prompt::default(),
        }
    }
}
