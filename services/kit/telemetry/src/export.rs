//! Spans: made always, so that each answer has a trace id; sampled, sent when there is a collector, kept where that is wanted.

use std::time::Duration;

use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use crate::InitError;
use crate::config::{Share, TelemetryConfig, TracesSampler};
use crate::kept::Keeper;
use crate::outage::Watched;

/// How long one export, and the last one, may take.
pub const LIMIT: Duration = Duration::from_secs(5);

/// Whose spans are recorded, whatever the log filter says: ours, not those of libraries. All crates of the design are
/// here, so that a new one does not lose its spans because nobody thought of this list.
const OURS: &[&str] = &[
    "artifacts",
    "bus",
    "codegen_executor",
    "contrail",
    "detector",
    "embed",
    "gateway",
    "index",
    "ingest",
    "models",
    "ocr",
    "retrieve",
    "sandbox",
    "schemas",
    "telemetry",
];

pub fn tracer(resource: Resource, config: &TelemetryConfig) -> Result<SdkTracerProvider, InitError> {
    let mut builder = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_sampler(sampler(config));
    if config.keep_spans {
        builder = builder.with_span_processor(Keeper::new());
    }
    let Some(endpoint) = config.endpoint() else {
        return Ok(builder.build());
    };
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(LIMIT)
        .build()
        .map_err(|source| InitError::Endpoint {
            endpoint: endpoint.to_owned(),
            source: source.into(),
        })?;
    Ok(builder
        .with_batch_exporter(Watched::new(exporter, "traces"))
        .build())
}

/// The sampler that the settings name.
fn sampler(config: &TelemetryConfig) -> Sampler {
    let share = config.traces_sampler_arg.map_or(1.0, Share::get);
    let begun_here = |sampler: Sampler| Sampler::ParentBased(Box::new(sampler));
    match config.traces_sampler {
        TracesSampler::AlwaysOn => Sampler::AlwaysOn,
        TracesSampler::AlwaysOff => Sampler::AlwaysOff,
        TracesSampler::TraceIdRatio => Sampler::TraceIdRatioBased(share),
        TracesSampler::ParentBasedAlwaysOn => begun_here(Sampler::AlwaysOn),
        TracesSampler::ParentBasedAlwaysOff => begun_here(Sampler::AlwaysOff),
        TracesSampler::ParentBasedTraceIdRatio => begun_here(Sampler::TraceIdRatioBased(share)),
    }
}

pub fn layer<S>(tracer: SdkTracer) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let ours = Targets::new().with_targets(OURS.iter().map(|target| (*target, Level::INFO)));
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(ours)
}
