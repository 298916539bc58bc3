//! What we show a server so that it knows us, and what it must show us.

use std::io;
use std::path::{Path, PathBuf};

use async_nats::ConnectOptions;

use crate::config::BusConfig;

/// Stands for the service's name in the path of its seed.
pub(crate) const SERVICE: &str = "{service}";

/// What the files hold that a configuration names; read once, since a server may be waited for.
pub(crate) struct Secrets {
    credentials: Option<(PathBuf, String)>,
    seed: Option<String>,
    authorities: Option<PathBuf>,
    /// Our own certificate and its key.
    certificate: Option<(PathBuf, PathBuf)>,
}

/// A file that can't be used. What is in it is not shown.
#[derive(Debug, thiserror::Error)]
#[error("can't read {what} in {path}")]
pub(crate) struct SecretError {
    what: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl Secrets {
    pub(crate) async fn of(config: &BusConfig, service: &str) -> Result<Self, SecretError> {
        let credentials = match &config.credentials {
            Some(path) => Some((path.clone(), read("the credentials", path).await?)),
            None => None,
        };
        let seed = match &config.nkey {
            Some(path) => {
                let path = PathBuf::from(path.to_string_lossy().replace(SERVICE, service));
                Some(read("the seed", &path).await?.trim().to_owned())
            }
            None => None,
        };
        if let Some(path) = &config.authorities {
            read("the certificates", path).await?;
        }
        let certificate = config.certificate.clone().zip(config.certificate_key.clone());
        if let Some((certificate, key)) = &certificate {
            read("our certificate", certificate).await?;
            read("the key of our certificate", key).await?;
        }
        Ok(Self {
            credentials,
            seed,
            authorities: config.authorities.clone(),
            certificate,
        })
    }

    pub(crate) fn show(&self, mut options: ConnectOptions) -> Result<ConnectOptions, SecretError> {
        if let Some(seed) = &self.seed {
            options = options.nkey(seed.clone());
        }
        if let Some(path) = &self.authorities {
            options = options.add_root_certificates(path.clone());
        }
        if let Some((certificate, key)) = &self.certificate {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        match &self.credentials {
            Some((path, text)) => options.credentials(text).map_err(|source| SecretError {
                what: "the credentials",
                path: path.clone(),
                source,
            }),
            None => Ok(options),
        }
    }
}

async fn read(what: &'static str, path: &Path) -> Result<String, SecretError> {
    tokio::fs::read_to_string(path)
        .await
        .map_err(|source| SecretError {
            what,
            path: path.to_owned(),
            source,
        })
}
