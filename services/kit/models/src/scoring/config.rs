//! Which model tells how likely texts are, and where.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// Settings of whoever asks how likely texts are. Without a base URL nobody does.
#[derive(Debug, Clone, clap::Args)]
pub struct ScorerConfig {
    /// Endpoint whose model reads texts for the detector, such as `http://127.0.0.1:8000/v1`: `/completions` that echoes a prompt with
    /// its log-probabilities, as vLLM and SGLang have it. The beginnings of texts are sent there. The weights must have been fitted with
    /// this model.
    #[arg(
        id = "detector-base-url",
        long = "detector-base-url",
        env = "DETECTOR_BASE_URL",
        value_name = "URL"
    )]
    pub base_url: Option<String>,

    /// The model to ask it for, for instance `Qwen3-8B-Base`. Another model wants weights of its own.
    #[arg(
        id = "detector-model",
        long = "detector-model",
        env = "DETECTOR_MODEL",
        value_name = "NAME"
    )]
    pub model: Option<String>,

    /// The endpoint's key. A file is safer.
    #[arg(
        id = "detector-api-key",
        long = "detector-api-key",
        env = "DETECTOR_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub api_key: Option<SecretString>,

    /// File with the endpoint's key.
    #[arg(
        id = "detector-api-key-file",
        long = "detector-api-key-file",
        env = "DETECTOR_API_KEY_FILE",
        value_name = "FILE"
    )]
    pub api_key_file: Option<PathBuf>,

    /// Seconds that one try of a request may take.
    #[arg(id = "detector-timeout-seconds", long = "detector-timeout-seconds", env = "DETECTOR_TIMEOUT_SECONDS", value_name = "S", default_value_t = Self::default().timeout_seconds)]
    pub timeout_seconds: u64,

    /// How often an endpoint is tried again that is overloaded or fails.
    #[arg(id = "detector-retries", long = "detector-retries", env = "DETECTOR_RETRIES", value_name = "N", default_value_t = Self::default().retries)]
    pub retries: u32,
}

impl Default for ScorerConfig {
    fn default() -> Self {
        Self {
            base_url: None,
            model: None,
            api_key: None,
            api_key_file: None,
            timeout_seconds: 30,
            retries: 2,
        }
    }
}

impl ScorerConfig {
    /// How long one try of a request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.max(1))
    }
}
