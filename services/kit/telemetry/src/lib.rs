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
pub mod metrics;
pub mod propagation;

pub use config::{LogFormat, TelemetryConfig};

/// Keeps the exporters alive.
pub struct Telemetry {}

/// Why telemetry could not start.
#[derive(Debug, thiserror::Error)]
pub enum InitError {}

/// Sets the process's subscriber, tracer, meter and panic hook. Call it once, inside a tokio runtime.
///
/// # Errors
/// [`InitError`] when the OTLP endpoint or the log filter makes no sense, or a subscriber is set already.
pub fn init(service: &'static str, config: &TelemetryConfig) -> Result<Telemetry, InitError> {
    todo!()
}

impl Telemetry {
    /// Sends what is left and stops, within five seconds.
    pub async fn shutdown(self) {
        todo!()
    }
}
