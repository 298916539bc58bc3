//! Which model of embeddings, and where.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// Settings of whoever turns texts into vectors. With a base URL that endpoint does it, else the local models do, which the
/// embedded default fetches and sets itself.
#[derive(Debug, Clone, clap::Args)]
pub struct EmbeddingConfig {
    /// OpenAI-compatible endpoint that embeds texts, such as `http://127.0.0.1:8000/v1`.
    #[arg(
        id = "embed-base-url",
        long = "embed-base-url",
        env = "EMBED_BASE_URL",
        value_name = "URL"
    )]
    pub base_url: Option<String>,

    /// The model to ask it for, for instance `Qwen3-Embedding-8B`. Another model means that everything is embedded again.
    #[arg(
        id = "embed-model",
        long = "embed-model",
        env = "EMBED_MODEL",
        value_name = "NAME"
    )]
    pub model: Option<String>,

    /// The endpoint's key. A file is safer.
    #[arg(
        id = "embed-api-key",
        long = "embed-api-key",
        env = "EMBED_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub api_key: Option<SecretString>,

    /// File with the endpoint's key.
    #[arg(
        id = "embed-api-key-file",
        long = "embed-api-key-file",
        env = "EMBED_API_KEY_FILE",
        value_name = "FILE"
    )]
    pub api_key_file: Option<PathBuf>,

    /// What the model wants to read before a question; by default what Qwen3-Embedding wants where the model's name says that
    /// it is one, else nothing.
    #[arg(
        id = "embed-query-prefix",
        long = "embed-query-prefix",
        env = "EMBED_QUERY_PREFIX",
        value_name = "TEXT"
    )]
    pub query_prefix: Option<String>,

    /// Texts of one request.
    #[arg(id = "embed-batch", long = "embed-batch", env = "EMBED_BATCH", value_name = "N", default_value_t = Self::default().batch)]
    pub batch: usize,

    /// Seconds that one try of a request may take.
    #[arg(id = "embed-timeout-seconds", long = "embed-timeout-seconds", env = "EMBED_TIMEOUT_SECONDS", value_name = "S", default_value_t = Self::default().timeout_seconds)]
    pub timeout_seconds: u64,

    /// How often an endpoint is tried again that is overloaded or fails.
    #[arg(id = "embed-retries", long = "embed-retries", env = "EMBED_RETRIES", value_name = "N", default_value_t = Self::default().retries)]
    pub retries: u32,

    /// Local model for Chinese: bge-small-zh-v1.5 as ONNX, with `tokenizer.json` (or that with `.gz`) beside it.
    #[arg(
        id = "embed-chinese",
        long = "embed-chinese",
        env = "CONTRAIL_EMBED_CHINESE",
        value_name = "FILE"
    )]
    pub chinese: Option<PathBuf>,

    /// Local model for English: all-MiniLM-L6-v2 as ONNX, with its tokenizer beside it likewise.
    #[arg(
        id = "embed-english",
        long = "embed-english",
        env = "CONTRAIL_EMBED_ENGLISH",
        value_name = "FILE"
    )]
    pub english: Option<PathBuf>,

    /// Local model for what is said in the other language or in other words: the weights of Universal Sentence Encoder,
    /// multilingual 3, as `weights.npz`, with `sp.model` beside it.
    #[arg(
        id = "embed-universal",
        long = "embed-universal",
        env = "CONTRAIL_EMBED_UNIVERSAL",
        value_name = "FILE"
    )]
    pub universal: Option<PathBuf>,
}

impl Default for EmbeddingConfig {
    fn default() -> Self {
        Self {
            base_url: None,
            model: None,
            api_key: None,
            api_key_file: None,
            query_prefix: None,
            batch: 32,
            timeout_seconds: 60,
            retries: 3,
            chinese: None,
            english: None,
            universal: None,
        }
    }
}

impl EmbeddingConfig {
    /// How long one try of a request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.max(1))
    }
}
