//! Tracing, OTLP and metrics: one [`init`] call for a process.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | log format and filter, OTLP endpoint, sampling |
//! | [`propagation`] | W3C trace context in and out of headers |
//! | [`metrics`] | the process's metrics, as Prometheus text |
//! | [`kept`] | finished spans, in memory |
//!
//! No other crate names opentelemetry-otlp.

pub mod config;
mod endpoint;
mod export;
pub mod kept;
mod line;
mod log;
pub mod metrics;
mod outage;
mod panic;
pub mod propagation;

use std::thread;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::sync::oneshot;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use config::{LogFormat, Share, TelemetryConfig, TracesSampler};

/// Keeps the exporters alive.
#[derive(Debug)]
#[must_use = "what was not sent yet is lost unless it is shut down"]
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
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is an endpoint, and nothing to reach it with.
    #[error("traces are sent by a tokio runtime, and there is none")]
    Runtime(#[source] tokio::runtime::TryCurrentError),
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
    let lines = log::layer(config)?;
    if let Some(endpoint) = endpoint {
        endpoint::check(endpoint).map_err(|source| InitError::Endpoint {
            endpoint: endpoint.to_owned(),
            source: source.into(),
        })?;
        tokio::runtime::Handle::try_current().map_err(InitError::Runtime)?;
    }
    let tracer = export::tracer(resource.clone(), config)?;
    let (meter, registry) = metrics::meter(resource, endpoint)?;

    tracing_subscriber::registry()
        .with(lines)
        .with(export::layer(tracer.tracer(service)))
        .try_init()
        .map_err(InitError::Again)?;
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    opentelemetry::global::set_tracer_provider(tracer.clone());
    opentelemetry::global::set_meter_provider(meter.clone());
    metrics::publish(registry);
    panic::route_to_tracing();
    Ok(Telemetry { tracer, meter })
}

impl Telemetry {
    /// Sends what is left and stops, within five seconds.
    pub async fn shutdown(self) {
        let Self { tracer, meter } = self;
        let (done, stopped) = oneshot::channel();
        // Both block, and at once, since each has the same time. They are no tasks of the runtime: it would wait for them
        // when it ends, however long they take.
        let spawned = thread::Builder::new()
            .name("telemetry-shutdown".to_owned())
            .spawn(move || {
                thread::scope(|scope| {
                    scope.spawn(|| meter.shutdown_with_timeout(export::LIMIT));
                    tracer.shutdown_with_timeout(export::LIMIT)
                })
                .ok();
                // Nobody listens any more when the time is over.
                let _ = done.send(());
            });
        // What a collector does not take is said where it is sent; here it is only a question of time.
        let in_time = match spawned {
            Ok(_) => tokio::time::timeout(export::LIMIT, stopped).await.is_ok(),
            Err(_) => false,
        };
        if !in_time {
            tracing::warn!("some traces or metrics were not sent in time");
        }
    }
}
