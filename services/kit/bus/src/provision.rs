//! Streams, buckets and consumers, made and kept as configured.

use schemas::TenantId;

use crate::connection::Bus;
use crate::delivery::DeliverySettings;

/// Every service that has a job queue: (the token in `job.<token>.v1`, the name of the consumer).
pub const QUEUES: &[(&str, &str)] =
    &[("ask", "gateway"), ("codegen-executor", "codegen-executor"), ("ingest", "ingest")];

/// Sizes and ages of streams and buckets.
#[derive(Debug, Clone)]
pub struct Topology {
    /// Copies of everything.
    pub replicas: usize,
    /// Bytes that each job queue may hold.
    pub jobs_max_bytes: i64,
    /// Bytes that EVENTS and DEAD may hold, each.
    pub facts_max_bytes: i64,
    /// Bytes that one tenant's files may take.
    pub files_max_bytes: i64,
    /// How each queue is delivered.
    pub delivery: DeliverySettings,
}

/// Why the bus could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {}

impl Bus {
    /// Makes or updates every stream, consumer and shared bucket, and the tenant `local`. Idempotent.
    ///
    /// # Errors
    /// [`ProvisionError`] naming what is there and can't be changed into what is wanted.
    pub async fn provision(&self, topology: &Topology) -> Result<(), ProvisionError> {
        todo!()
    }

    /// Makes a tenant's buckets (`files_<tenant>`, `answers_<tenant>`). Idempotent.
    ///
    /// # Errors
    /// See [`Bus::provision`].
    pub async fn create_tenant(&self, tenant: &TenantId, topology: &Topology) -> Result<(), ProvisionError> {
        todo!()
    }

    /// The tenants that have buckets, sorted.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, ProvisionError> {
        todo!()
    }

    /// Whether a tenant exists.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn has_tenant(&self, tenant: &TenantId) -> Result<bool, ProvisionError> {
        todo!()
    }
}
