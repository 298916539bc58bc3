//! The client of all endpoints.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use crate::error::ConfigError;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

pub(crate) fn client() -> Result<Client, ConfigError> {
    Client::builder()
        .tls_backend_preconfigured(tls()?)
        .connect_timeout(CONNECT)
        // An endpoint that sends us elsewhere would send the question, and perhaps the key, with us.
        .redirect(Policy::none())
        .user_agent(concat!("contrail/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(ConfigError::Client)
}

/// TLS with the machine's own roots. Where it has none, endpoints without TLS work all the same.
fn tls() -> Result<rustls::ClientConfig, ConfigError> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(ConfigError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
