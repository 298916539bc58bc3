//! Which model writes down what is said, and where.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// Settings of whoever has speech written down. Without a base URL nobody does.
#[derive(Debug, Clone, clap::Args)]
pub struct TranscriptionConfig {
    /// OpenAI-compatible endpoint that transcribes speech, such as `http://127.0.0.1:8000/v1`. Where it is set, the page's voice
    /// button uses it instead of the browser's speech recognition.
    #[arg(
        id = "transcribe-base-url",
        long = "transcribe-base-url",
        env = "TRANSCRIBE_BASE_URL",
        value_name = "URL"
    )]
    pub base_url: Option<String>,

    /// The model to ask it for, for instance `whisper-large-v3`.
    #[arg(
        id = "transcribe-model",
        long = "transcribe-model",
        env = "TRANSCRIBE_MODEL",
        value_name = "NAME"
    )]
    pub model: Option<String>,

    /// The endpoint's key. A file is safer.
    #[arg(
        id = "transcribe-api-key",
        long = "transcribe-api-key",
        env = "TRANSCRIBE_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub api_key: Option<SecretString>,

    /// File with the endpoint's key.
    #[arg(
        id = "transcribe-api-key-file",
        long = "transcribe-api-key-file",
        env = "TRANSCRIBE_API_KEY_FILE",
        value_name = "FILE"
    )]
    pub api_key_file: Option<PathBuf>,

    /// Bytes that one recording may have.
    #[arg(id = "transcribe-max-bytes", long = "transcribe-max-bytes", env = "TRANSCRIBE_MAX_BYTES", value_name = "N", default_value_t = Self::default().max_bytes)]
    pub max_bytes: usize,

    /// Recordings at once; more are told to come back later.
    #[arg(id = "transcribe-concurrency", long = "transcribe-concurrency", env = "TRANSCRIBE_CONCURRENCY", value_name = "N", default_value_t = Self::default().concurrency)]
    pub concurrency: usize,

    /// Seconds that one try of a request may take.
    #[arg(id = "transcribe-timeout-seconds", long = "transcribe-timeout-seconds", env = "TRANSCRIBE_TIMEOUT_SECONDS", value_name = "S", default_value_t = Self::default().timeout_seconds)]
    pub timeout_seconds: u64,

    /// How often an endpoint is tried again that is overloaded or fails.
    #[arg(id = "transcribe-retries", long = "transcribe-retries", env = "TRANSCRIBE_RETRIES", value_name = "N", default_value_t = Self::default().retries)]
    pub retries: u32,
}

impl Default for TranscriptionConfig {
    fn default() -> Self {
        Self {
            base_url: None,
            model: None,
            api_key: None,
            api_key_file: None,
            // As much as OpenAI takes.
            max_bytes: 25 * 1024 * 1024,
            concurrency: 4,
            timeout_seconds: 60,
            retries: 1,
        }
    }
}

impl TranscriptionConfig {
    /// How long one try of a request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.max(1))
    }
}
