//! Listening address, limits, API keys.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use bus::BusConfig;
use models::TranscriptionConfig;
use telemetry::TelemetryConfig;

/// What stands for the trace's id in the address of its page.
pub const TRACE_ID: &str = "{trace_id}";

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
#[derive(Debug, Clone, clap::Args)]
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

    /// Page of a trace in the tracing backend, for links from answers: an http or https address with `{trace_id}` in it, such as
    /// `http://localhost:16686/trace/{trace_id}`.
    #[arg(long, env = "CONTRAIL_TRACE_URL", value_name = "URL", value_parser = trace_url)]
    pub trace_url: Option<String>,

    /// Never offers the browser's speech recognition, which may send sound to the browser's vendor. Without --transcribe-base-url
    /// there is then no voice at all.
    #[arg(long, env = "CONTRAIL_FORBID_BROWSER_SPEECH")]
    pub forbid_browser_speech: bool,

    /// Folder for uploads on their way in; those in parts outlast the process there. By default the system's folder for temporary
    /// files, and parts go with the process.
    #[arg(long, env = "CONTRAIL_SPOOL_DIR")]
    pub spool_dir: Option<PathBuf>,

    /// Speech as text.
    #[command(flatten)]
    pub transcription: TranscriptionConfig,
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
            trace_url: None,
            forbid_browser_speech: false,
            spool_dir: None,
            transcription: TranscriptionConfig::default(),
        }
    }
}

/// Checks the address of traces; an empty one is none.
fn trace_url(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let is_web = text.starts_with("http://") || text.starts_with("https://");
    if text.is_empty() || (is_web && text.contains(TRACE_ID)) {
        Ok(text.to_owned())
    } else {
        Err("expected an http or https address with {trace_id} in it")
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
        let [parsed, default] =
            [config.gateway, GatewayConfig::default()].map(|config| format!("{config:?}"));
        assert_eq!(parsed, default);
    }

    #[test]
    fn an_address_needs_its_port() {
        assert!(Config::try_parse_from(["gateway", "--listen", "127.0.0.1"]).is_err());
        let config = Config::try_parse_from(["gateway", "--listen", "[::1]:80"]).unwrap();
        assert_eq!(config.gateway.listen.port(), 80);
    }

    #[test]
    fn the_address_of_traces_is_checked() {
        let parse = |url: &str| Config::try_parse_from(["gateway", "--trace-url", url]);
        for url in [
            "http://localhost:16686/trace/{trace_id}",
            "https://t.example/?id={trace_id}",
            "",
        ] {
            assert_eq!(parse(url).unwrap().gateway.trace_url.as_deref(), Some(url));
        }
        for url in [
            "http://localhost:16686/trace/",
            "javascript:alert('{trace_id}')",
            "{trace_id}",
        ] {
            let error = parse(url).unwrap_err().to_string();
            assert!(error.contains("with {trace_id} in it"), "{error}");
        }
    }
}
