//! Where the server is, and who we are to it.

use std::path::PathBuf;

use crate::provision::Topology;

/// Connection settings of every service.
#[derive(Debug, Clone, clap::Args)]
pub struct BusConfig {
    /// NATS servers, comma-separated.
    #[arg(long = "nats-url", env = "NATS_URL", default_value = "nats://127.0.0.1:4222")]
    pub url: String,

    /// File with NATS credentials (JWT and key).
    #[arg(long = "nats-creds", env = "NATS_CREDS")]
    pub credentials: Option<PathBuf>,

    /// Copies of each stream and bucket: 1 on a single node, 3 in a cluster.
    #[arg(long = "nats-replicas", env = "NATS_REPLICAS", default_value_t = 1)]
    pub replicas: usize,
}

impl BusConfig {
    /// Settings for a server at `url`, for embedded use.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            credentials: None,
            replicas: 1,
        }
    }

    /// What to provision with these settings.
    #[must_use]
    pub fn topology(&self) -> Topology {
        Topology {
            replicas: self.replicas,
            ..Topology::default()
        }
    }
}
