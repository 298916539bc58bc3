//! How many passages the index holds, for the metrics: this service has the index open, and writes it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bus::fault::reason;
use index::{Index, Space};
use opentelemetry::KeyValue;
use tokio_util::sync::CancellationToken;

/// How often they are counted: a server looks at each of them.
const EACH: Duration = Duration::from_secs(30);

/// Counts the passages now and then until `shutdown`. Several processes of the service tell the same number.
pub async fn measure(index: &Index, shutdown: &CancellationToken) {
    let seen: Arc<Mutex<Vec<(Space, u64)>>> = Arc::default();
    let told = Arc::clone(&seen);
    let _gauge = opentelemetry::global::meter("embed")
        .u64_observable_gauge("contrail.index.passages")
        .with_unit("{passage}")
        .with_description("Passages in the index by the model that embedded them, of all tenants.")
        .with_callback(move |gauge| {
            for (space, count) in told.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                gauge.observe(*count, &[KeyValue::new("space", space.to_string())]);
            }
        })
        .build();
    loop {
        let counted = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            counted = index.sizes() => counted,
        };
        // What is not known is not told: an old number would look like a new one.
        let counted = counted.unwrap_or_else(|error| {
            tracing::debug!(error = reason(&error), "the passages can't be counted");
            Vec::new()
        });
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = counted;
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(EACH) => {}
        }
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
