//! The process's metrics, as Prometheus text.

use std::sync::OnceLock;

use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use prometheus::{Registry, TextEncoder};

use crate::InitError;
use crate::export::LIMIT;
use crate::outage::Watched;

static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// Everything that was measured so far, in the Prometheus text format 0.0.4; empty before [`crate::init`].
#[must_use]
pub fn render() -> String {
    let families = REGISTRY.get().map(Registry::gather).unwrap_or_default();
    TextEncoder::new()
        .encode_to_string(&families)
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "the metrics can't be rendered");
            String::new()
        })
}

/// Makes [`render`] tell what is in this registry; the first one stays.
pub(crate) fn publish(registry: Registry) {
    // `init` gets here once only, behind the subscriber that can't be set twice.
    let _ = REGISTRY.set(registry);
}

/// The meter, and the registry that it fills.
pub(crate) fn meter(
    resource: Resource,
    endpoint: Option<&str>,
) -> Result<(SdkMeterProvider, Registry), InitError> {
    let registry = Registry::new();
    let reader = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .map_err(|source| InitError::Metrics(source.into()))?;
    let builder = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader);
    let Some(endpoint) = endpoint else {
        return Ok((builder.build(), registry));
    };
    let exporter = MetricExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(LIMIT)
        .build()
        .map_err(|source| InitError::Endpoint {
            endpoint: endpoint.to_owned(),
            source: source.into(),
        })?;
    let reader = PeriodicReader::builder(Watched::new(exporter, "metrics")).build();
    Ok((builder.with_reader(reader).build(), registry))
}
