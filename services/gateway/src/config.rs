//! Listening address, limits, API keys.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use bus::BusConfig;
use telemetry::TelemetryConfig;

/// Settings of a gateway that is a process of its own.
#[derive(Debug, Clone, clap::Parser)]
#[command(
    name = "gateway",
    version,
    about = "Routes questions from the bus and speaks HTTP."
)]
pub struct Config {
    /// The gateway itself.
    #[command(flatten)]
    pub gateway: GatewayConfig,
    /// The bus.
    #[command(flatten)]
    pub bus: BusConfig,
    /// Logs, traces and metrics.
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
}

/// Settings of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct GatewayConfig {
    /// Address and port to listen on; any but a loopback address needs --api-keys-file.
    #[arg(long, env = "CONTRAIL_LISTEN", default_value_t = Self::default().listen)]
    pub listen: SocketAddr,

    /// File of API keys, which `contrail keys` writes: a line for each, the tenant, the lower-case hexadecimal SHA-256 of the key,
    /// and its own limits. What changes in it holds from the next request on.
    #[arg(long, env = "CONTRAIL_API_KEYS_FILE")]
    pub api_keys_file: Option<PathBuf>,

    /// Bytes that one upload may have; an API key may have a lower limit.
    #[arg(long, env = "CONTRAIL_MAX_UPLOAD_BYTES", default_value_t = Self::default().max_upload_bytes)]
    pub max_upload_bytes: u64,

    /// Uploads at once; more are told to come back later.
    #[arg(long, env = "CONTRAIL_MAX_UPLOADS", default_value_t = Self::default().max_uploads)]
    pub max_uploads: usize,

    /// Uploads in parts that a tenant may have begun and not finished.
    #[arg(long, env = "CONTRAIL_MAX_PARTIAL_UPLOADS", default_value_t = Self::default().max_partial_uploads)]
    pub max_partial_uploads: usize,

    /// Bytes that the unfinished uploads in parts of all tenants may have together, as they were announced.
    #[arg(long, env = "CONTRAIL_MAX_PARTIAL_BYTES", default_value_t = Self::default().max_partial_bytes)]
    pub max_partial_bytes: u64,

    /// Seconds that an upload in parts is kept when nobody goes on with it.
    #[arg(long, env = "CONTRAIL_KEEP_PARTIAL_SECONDS", default_value_t = Self::default().keep_partial_seconds)]
    pub keep_partial_seconds: u64,

    /// Seconds that an upload may pause before it is given up.
    #[arg(long, env = "CONTRAIL_UPLOAD_IDLE_SECONDS", default_value_t = Self::default().upload_idle_seconds)]
    pub upload_idle_seconds: u64,

    /// Seconds that a request may take; uploads, progress streams and waiting for an answer have their own limits.
    #[arg(long, env = "CONTRAIL_REQUEST_SECONDS", default_value_t = Self::default().request_seconds)]
    pub request_seconds: u64,

    /// Requests that one API key may make in a minute, where the key has no limit of its own; 0: as many as come.
    #[arg(long, env = "CONTRAIL_REQUESTS_PER_MINUTE", default_value_t = Self::default().requests_per_minute)]
    pub requests_per_minute: u32,

    /// Address under which clients reach this gateway, for links in chat answers; by default the one they ask for.
    #[arg(long, env = "CONTRAIL_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Never offers the browser's speech recognition, which may send sound to the browser's vendor.
    #[arg(long, env = "CONTRAIL_FORBID_BROWSER_SPEECH")]
    pub forbid_browser_speech: bool,

    /// Folder for uploads on their way in; those in parts outlast the process there. By default the system's folder for temporary
    /// files, and parts go with the process.
    #[arg(long, env = "CONTRAIL_SPOOL_DIR")]
    pub spool_dir: Option<PathBuf>,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            api_keys_file: None,
            max_upload_bytes: 256 * 1024 * 1024,
            max_uploads: 16,
            max_partial_uploads: 16,
            max_partial_bytes: 4 * 1024 * 1024 * 1024,
            keep_partial_seconds: 24 * 60 * 60,
            upload_idle_seconds: 30,
            request_seconds: 15,
            requests_per_minute: 1200,
            public_url: None,
            forbid_browser_speech: false,
            spool_dir: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn defaults_of_the_command_line_are_those_of_the_type() {
        let config = Config::try_parse_from(["gateway"]).unwrap();
        assert_eq!(config.gateway.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.gateway, GatewayConfig::default());
    }

    #[test]
    fn an_address_needs_its_port() {
        assert!(Config::try_parse_from(["gateway", "--listen", "127.0.0.1"]).is_err());
        let config = Config::try_parse_from(["gateway", "--listen", "[::1]:80"]).unwrap();
        assert_eq!(config.gateway.listen.port(), 80);
    }
}
