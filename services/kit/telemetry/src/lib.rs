//! Tracing, OTLP and metrics: one [`init`] call for a process.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | log format and filter, OTLP endpoint |
//! | [`propagation`] | W3C trace context in and out of headers |
//! | [`metrics`] | the process's metrics, as Prometheus text |
//!
//! No other crate names opentelemetry-otlp.

pub mod config;
mod export;
mod json;
mod log;
pub mod metrics;
mod panic;
pub mod propagation;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use config::{LogFormat, TelemetryConfig};

/// Keeps the exporters alive.
#[derive(Debug)]
pub struct Telemetry {
    tracer: SdkTracerProvider,
    meter: SdkMeterProvider,
}

/// Why telemetry could not start.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter of log lines is none.
    #[error("{filter:?} is not a log filter; expected for instance `info` or `warn,bus=debug`")]
    Filter {
        /// The filter as given.
        filter: String,
        /// Where it goes wrong.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// The endpoint is no address of a collector.
    #[error("{endpoint:?} is not an OTLP endpoint; expected for instance `http://127.0.0.1:4317`")]
    Endpoint {
        /// The endpoint as given.
        endpoint: String,
        /// What the exporter said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Metrics can't be registered.
    #[error("the metrics can't be registered")]
    Metrics(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Somebody set a subscriber before.
    #[error("telemetry is set up already")]
    Again(#[source] tracing_subscriber::util::TryInitError),
}

/// Sets the process's subscriber, tracer, meter and panic hook. Call it once, inside a tokio runtime.
///
/// # Errors
/// [`InitError`] when the OTLP endpoint or the log filter makes no sense, or a subscriber is set already.
pub fn init(service: &'static str, config: &TelemetryConfig) -> Result<Telemetry, InitError> {
    let resource = Resource::builder().with_service_name(service).build();
    let endpoint = config.endpoint();
    let tracer = export::tracer(resource.clone(), endpoint)?;
    let meter = metrics::meter(resource, endpoint)?;

    tracing_subscriber::registry()
        .with(log::layer(config)?)
        .with(export::layer(tracer.tracer(service)))
        .try_init()
        .map_err(InitError::Again)?;
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    opentelemetry::global::set_tracer_provider(tracer.clone());
    opentelemetry::global::set_meter_provider(meter.clone());
    panic::route_to_tracing();
    Ok(Telemetry { tracer, meter })
}

impl Telemetry {
    /// Sends what is left and stops, within five seconds.
    pub async fn shutdown(self) {
        // Both block; what can't be sent in time is lost, and that is said.
        let stopped = tokio::task::spawn_blocking(move || {
            let spans = self.tracer.shutdown_with_timeout(export::LIMIT);
            let metrics = self.meter.shutdown_with_timeout(export::LIMIT);
            spans.and(metrics)
        });
        match tokio::time::timeout(export::LIMIT, stopped).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "some traces or metrics were not sent"),
            Ok(Err(_)) | Err(_) => tracing::warn!("some traces or metrics were not sent in time"),
        }
    }
}
