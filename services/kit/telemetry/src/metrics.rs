//! The process's metrics, as Prometheus text.

/// Everything that was measured so far, in the Prometheus text format 0.0.4.
#[must_use]
pub fn render() -> String {
    todo!()
}
