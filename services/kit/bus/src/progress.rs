//! Progress reports: sent on core NATS, kept in a bucket for late joiners.

use futures::Stream;
use schemas::progress::Progress;
use schemas::{JobId, TenantId};

use crate::connection::Bus;

/// Why progress can't be followed.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {}

impl Bus {
    /// Sends and keeps a report.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn report(&self, tenant: &TenantId, progress: &Progress) -> Result<(), ProgressError> {
        todo!()
    }

    /// Follows one job: the last kept report first, then what comes; ends after `finished` or `failed`.
    ///
    /// # Errors
    /// When the bucket is missing or the server does not answer.
    pub async fn follow(
        &self,
        tenant: &TenantId,
        id: &JobId,
    ) -> Result<impl Stream<Item = Progress> + Send + Unpin + use<>, ProgressError> {
        todo!();
        #[allow(unreachable_code)]
        Ok(futures::stream::empty())
    }
}
