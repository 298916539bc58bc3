//! Passages of documents.

use std::time::Duration;

use bus::CallFailure;
use schemas::calls::{SearchCall, SearchHits};
use tokio::time::{Instant, sleep};

use super::{Client, ClientError};

/// How often a service that is only just starting is called again.
const AGAIN: Duration = Duration::from_millis(50);

impl Client {
    /// The passages that fit best.
    ///
    /// # Errors
    /// [`ClientError::Search`] with the service's own words, or when none answers in time.
    pub async fn search(&self, call: &SearchCall, limit: Duration) -> Result<SearchHits, ClientError> {
        let deadline = Instant::now() + limit;
        loop {
            match self.bus.call(&self.tenant, call, limit).await {
                Ok(hits) => return Ok(hits),
                Err(CallFailure::NoService { .. }) if Instant::now() < deadline => sleep(AGAIN).await,
                Err(failure) => return Err(ClientError::Search(failure)),
            }
        }
    }
}
