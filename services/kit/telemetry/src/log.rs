//! Log lines, on standard error: standard output belongs to answers.

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::line::Traced;
use crate::{InitError, LogFormat, TelemetryConfig};

/// What sends traces has much to say about it below this level, each time that some are sent.
const EXPORTERS: &[&str] = &[
    "opentelemetry=warn",
    "opentelemetry_sdk=warn",
    "opentelemetry_otlp=warn",
    "h2=warn",
    "hyper=warn",
    "hyper_util=warn",
    "tonic=warn",
    "tower=warn",
];

/// The embedded index misses settings that only its server has, and says so with every start.
const EMBEDDED: &[&str] = &["qdrant_edge::common=error"];

pub fn layer<S>(config: &TelemetryConfig) -> Result<Box<dyn Layer<S> + Send + Sync>, InitError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let bad = |source| InitError::Filter {
        filter: config.log_filter.clone(),
        source,
    };
    let mut filter = EnvFilter::builder().parse(&config.log_filter).map_err(bad)?;
    // They quieten a filter for everything, such as `debug`, and leave what it says about these crates alone.
    let says = |least: LevelFilter| filter.max_level_hint().is_none_or(|level| level >= least);
    let (talkative, warns) = (says(LevelFilter::INFO), says(LevelFilter::WARN));
    let exporters = EXPORTERS.iter().filter(|_| talkative);
    for directive in exporters.chain(EMBEDDED.iter().filter(|_| warns)) {
        let (name, _) = directive.split_once('=').unwrap_or((directive, ""));
        if !config.log_filter.contains(name) {
            filter = filter.add_directive(directive.parse().map_err(bad)?);
        }
    }
    let mut lines = fmt::layer().with_writer(io::stderr);
    if !io::stderr().is_terminal() {
        // On a terminal the layer looks at NO_COLOR by itself.
        lines.set_ansi(false);
    }
    Ok(match config.log_format {
        LogFormat::Human => lines
            .event_format(Traced(fmt::format()))
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
