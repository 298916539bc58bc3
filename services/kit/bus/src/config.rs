//! Where the server is, and who we are to it.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::connection::without_password;
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

    /// File with the seed of an NKEY, as `contrail provision --print-nats-config` makes them for each user; `{service}` in
    /// its path is the name of the service, for a process that holds several.
    #[arg(long = "nats-nkey", env = "NATS_NKEY_FILE")]
    pub nkey: Option<PathBuf>,

    /// Prefix of the subjects that the server's answers come to, for users of another name than the service's; by default
    /// `_INBOX_<service>`.
    #[arg(long = "nats-inbox", env = "NATS_INBOX")]
    pub inbox: Option<String>,

    /// File with certificates of authorities to trust for `tls://` addresses, besides those of the system.
    #[arg(long = "nats-ca", env = "NATS_CA_FILE")]
    pub authorities: Option<PathBuf>,

    /// File with our own certificate, for servers that want to see one.
    #[arg(long = "nats-cert", env = "NATS_CERT_FILE", requires = "certificate_key")]
    pub certificate: Option<PathBuf>,

    /// File with the key of our certificate.
    #[arg(long = "nats-cert-key", env = "NATS_CERT_KEY_FILE", requires = "certificate")]
    pub certificate_key: Option<PathBuf>,

    /// Address and port that is open while the connection stands, for probes; none: no such port.
    #[arg(long = "ready-listen", env = "CONTRAIL_READY_LISTEN")]
    pub ready: Option<SocketAddr>,

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
            nkey: None,
            inbox: None,
            authorities: None,
            certificate: None,
            certificate_key: None,
            ready: None,
            replicas: 1,
        }
    }

    /// Settings for a server at `url` that knows us by the key whose seed is in a file.
    #[must_use]
    pub fn with_key(url: impl Into<String>, seed_file: impl Into<PathBuf>) -> Self {
        Self {
            nkey: Some(seed_file.into()),
            ..Self::at(url)
        }
    }

    /// The prefix of the subjects that the server's answers to a service come to. An empty setting is none.
    pub(crate) fn inbox_of(&self, service: &str) -> String {
        self.inbox
            .clone()
            .filter(|inbox| !inbox.is_empty())
            .unwrap_or_else(|| format!("_INBOX_{service}"))
    }

    /// The addresses as they may be shown: without names and passwords.
    #[must_use]
    pub fn shown(&self) -> String {
        without_password(&self.url)
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
