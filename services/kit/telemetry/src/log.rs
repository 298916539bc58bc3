//! Log lines, on standard error: standard output belongs to answers.

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::json::Traced;
use crate::{InitError, LogFormat, TelemetryConfig};

/// The exporters report on themselves; below this level they would report on their own reports.
const EXPORTERS: &[&str] = &[
    "opentelemetry=warn",
    "opentelemetry_sdk=warn",
    "opentelemetry_otlp=warn",
    "h2=warn",
];

pub fn layer<S>(config: &TelemetryConfig) -> Result<Box<dyn Layer<S> + Send + Sync>, InitError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let bad = |source| InitError::Filter {
        filter: config.log_filter.clone(),
        source,
    };
    let mut filter = EnvFilter::builder().parse(&config.log_filter).map_err(bad)?;
    for directive in EXPORTERS {
        if !config
            .log_filter
            .contains(directive.split('=').next().unwrap_or(directive))
        {
            filter = filter.add_directive(directive.parse().map_err(bad)?);
        }
    }
    let lines = fmt::layer().with_writer(io::stderr);
    Ok(match config.log_format {
        LogFormat::Human => lines
            .with_ansi(io::stderr().is_terminal())
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => {
            let format = fmt::format().json().flatten_event(true).with_span_list(false);
            lines
                .json()
                .event_format(Traced(format))
                .with_filter(filter)
                .boxed()
        }
    })
}
