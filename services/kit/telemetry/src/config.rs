//! Log format and filter, OTLP endpoint.

/// Telemetry settings of every process.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TelemetryConfig {
    /// How log lines look.
    #[arg(long, env = "CONTRAIL_LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,

    /// Which log lines are written, for instance `info,bus=debug`.
    #[arg(long = "log", env = "RUST_LOG", default_value = "warn")]
    pub log_filter: String,

    /// OTLP/gRPC collector, for instance `http://127.0.0.1:4317`; none: traces are not exported.
    #[arg(long = "otlp-endpoint", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,

    /// Whether finished spans are kept in memory ([`crate::kept`]). No setting: only who runs every service in one process has
    /// whole traces.
    #[arg(skip)]
    pub keep_spans: bool,
}

impl TelemetryConfig {
    /// The collector, if one is named; an empty setting names none.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.otlp_endpoint
            .as_deref()
            .filter(|endpoint| !endpoint.is_empty())
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}
