//! What is measured: how long jobs take, and how they end.

use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;

use super::outcome::{Failure, Reply};

/// The instruments of one pool.
#[derive(Debug)]
pub(super) struct Metrics {
    kind: &'static str,
    durations: Histogram<f64>,
}

impl Metrics {
    pub(super) fn new(kind: &'static str) -> Self {
        let durations = opentelemetry::global::meter("sandbox")
            .f64_histogram("contrail.sandbox.duration")
            .with_unit("s")
            .with_description("Time from the hand-over of a job to the end of its worker, by how it ended.")
            .with_boundaries(vec![0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0])
            .build();
        Self { kind, durations }
    }

    pub(super) fn ended(&self, ended: &Result<Reply, Failure>) {
        let (outcome, usage) = match ended {
            Ok(reply) => ("done", &reply.usage),
            Err(failure) => (failure.error.outcome(), &failure.usage),
        };
        let attributes = [
            KeyValue::new("kind", self.kind),
            KeyValue::new("outcome", outcome),
        ];
        self.durations.record(usage.wall.as_secs_f64(), &attributes);
    }
}
