//! Where the index is.

use std::path::PathBuf;

use secrecy::SecretString;

/// Settings of whoever writes or searches the index. Without a URL it is embedded.
#[derive(Debug, Clone, clap::Args)]
pub struct IndexConfig {
    /// Qdrant server, its gRPC port, such as `http://127.0.0.1:6334`; by default passages are kept in the data folder.
    #[arg(
        id = "qdrant-url",
        long = "qdrant-url",
        env = "QDRANT_URL",
        value_name = "URL"
    )]
    pub url: Option<String>,

    /// Its key. A file is safer.
    #[arg(
        id = "qdrant-api-key",
        long = "qdrant-api-key",
        env = "QDRANT_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub api_key: Option<SecretString>,

    /// File with its key.
    #[arg(
        id = "qdrant-api-key-file",
        long = "qdrant-api-key-file",
        env = "QDRANT_API_KEY_FILE",
        value_name = "FILE"
    )]
    pub api_key_file: Option<PathBuf>,

    /// Seconds that a request may take.
    #[arg(id = "qdrant-timeout-seconds", long = "qdrant-timeout-seconds", env = "QDRANT_TIMEOUT_SECONDS", value_name = "S", default_value_t = Self::default().timeout_seconds)]
    pub timeout_seconds: u64,

    /// Keep vectors as bytes in memory beside the full ones: a quarter of the memory, slightly less exact. Counts for spaces that are
    /// made from now on.
    #[arg(
        id = "index-quantized",
        long = "index-quantized",
        env = "INDEX_QUANTIZED",
        default_value_t = false
    )]
    pub quantized: bool,
}

impl Default for IndexConfig {
    fn default() -> Self {
        Self {
            url: None,
            api_key: None,
            api_key_file: None,
            timeout_seconds: 30,
            quantized: false,
        }
    }
}
