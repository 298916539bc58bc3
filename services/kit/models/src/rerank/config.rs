//! Which model ranks passages again, and where.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::template::RerankTemplate;

/// Settings of whoever has passages ranked again. Without a base URL nobody does.
#[derive(Debug, Clone, clap::Args)]
pub struct RerankConfig {
    /// Endpoint with `/rerank` as Jina and Cohere have it, such as `http://127.0.0.1:8000/v1`.
    #[arg(
        id = "rerank-base-url",
        long = "rerank-base-url",
        env = "RERANK_BASE_URL",
        value_name = "URL"
    )]
    pub base_url: Option<String>,

    /// The model to ask it for, for instance `Qwen3-Reranker-8B`.
    #[arg(
        id = "rerank-model",
        long = "rerank-model",
        env = "RERANK_MODEL",
        value_name = "NAME"
    )]
    pub model: Option<String>,

    /// The endpoint's key. A file is safer.
    #[arg(
        id = "rerank-api-key",
        long = "rerank-api-key",
        env = "RERANK_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub api_key: Option<SecretString>,

    /// File with the endpoint's key.
    #[arg(
        id = "rerank-api-key-file",
        long = "rerank-api-key-file",
        env = "RERANK_API_KEY_FILE",
        value_name = "FILE"
    )]
    pub api_key_file: Option<PathBuf>,

    /// What is written around question and passage.
    #[arg(id = "rerank-template", long = "rerank-template", env = "RERANK_TEMPLATE", value_enum, default_value_t = Self::default().template)]
    pub template: RerankTemplate,

    /// Seconds that one try of a request may take.
    #[arg(id = "rerank-timeout-seconds", long = "rerank-timeout-seconds", env = "RERANK_TIMEOUT_SECONDS", value_name = "S", default_value_t = Self::default().timeout_seconds)]
    pub timeout_seconds: u64,

    /// How often an endpoint is tried again that is overloaded or fails.
    #[arg(id = "rerank-retries", long = "rerank-retries", env = "RERANK_RETRIES", value_name = "N", default_value_t = Self::default().retries)]
    pub retries: u32,
}

impl Default for RerankConfig {
    fn default() -> Self {
        Self {
            base_url: None,
            model: None,
            api_key: None,
            api_key_file: None,
            template: RerankTemplate::Auto,
            timeout_seconds: 30,
            retries: 1,
        }
    }
}

impl RerankConfig {
    /// How long one try of a request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.max(1))
    }
}
