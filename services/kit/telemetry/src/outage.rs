//! A collector that is away: said once, and once that it is back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// An exporter whose failures are log lines.
///
/// The exporters work without a span, on threads of their own, so that such a line is never exported itself.
#[derive(Debug)]
pub struct Watched<E> {
    exporter: E,
    /// What it sends, in plural.
    signal: &'static str,
    failing: AtomicBool,
}

impl<E> Watched<E> {
    pub fn new(exporter: E, signal: &'static str) -> Self {
        let failing = AtomicBool::new(false);
        Self {
            exporter,
            signal,
            failing,
        }
    }

    fn watch(&self, result: OTelSdkResult) -> OTelSdkResult {
        let failed_before = self.failing.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !failed_before => {
                tracing::warn!(%error, "the collector takes no {}; they are lost until it does", self.signal);
            }
            Ok(()) if failed_before => tracing::warn!("the collector takes {} again", self.signal),
            Ok(()) | Err(_) => {}
        }
        result
    }
}

impl<E: SpanExporter> SpanExporter for Watched<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.watch(self.exporter.export(batch).await)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl<E: PushMetricExporter> PushMetricExporter for Watched<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        self.watch(self.exporter.export(metrics).await)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}
