//! What is measured: here, and nowhere else in the bus.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram};

/// What became of one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Handled, its outputs published, acked.
    Done,
    /// Handled and published, but the ack was lost: it will come again and repeat nothing.
    Unacked,
    /// Given back for later.
    Retried,
    /// Dead-lettered: it can't be right.
    Rejected,
    /// Dead-lettered: it failed on each delivery.
    Exhausted,
    /// Left unacked: this process can't work.
    Fatal,
    /// Given back because this process ends.
    Interrupted,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unacked => "unacked",
            Self::Retried => "retried",
            Self::Rejected => "rejected",
            Self::Exhausted => "exhausted",
            Self::Fatal => "fatal",
            Self::Interrupted => "interrupted",
        }
    }
}

/// The instruments of one service. Names follow the OpenTelemetry messaging conventions where these have one.
pub(crate) struct Metrics {
    service: &'static str,
    durations: Histogram<f64>,
    deliveries: Counter<u64>,
    lost: Counter<u64>,
    restarts: Counter<u64>,
}

impl Metrics {
    pub(crate) fn new(service: &'static str) -> Self {
        let meter = opentelemetry::global::meter("bus");
        Self {
            service,
            durations: meter
                .f64_histogram("messaging.process.duration")
                .with_unit("s")
                .with_description("Time from the delivery of a job to its ack.")
                .with_boundaries(vec![
                    0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0,
                ])
                .build(),
            deliveries: meter
                .u64_counter("contrail.jobs.deliveries")
                .with_description("Deliveries of jobs by their outcome.")
                .build(),
            lost: meter
                .u64_counter("contrail.jobs.lost")
                .with_description(
                    "Jobs whose process died on their last delivery, moved to the dead letters.",
                )
                .build(),
            restarts: meter
                .u64_counter("contrail.consumer.restarts")
                .with_description("Consumers that fell silent and were started again.")
                .build(),
        }
    }

    pub(crate) fn delivered(&self, destination: &'static str, outcome: Outcome, took: Duration) {
        let attributes = [
            KeyValue::new("service", self.service),
            KeyValue::new("messaging.system", "nats"),
            KeyValue::new("messaging.destination.template", destination),
            KeyValue::new("outcome", outcome.as_str()),
        ];
        self.durations.record(took.as_secs_f64(), &attributes);
        self.deliveries.add(1, &attributes);
    }

    pub(crate) fn swept(&self) {
        self.lost.add(1, &[KeyValue::new("service", self.service)]);
    }

    pub(crate) fn restarted(&self) {
        self.restarts.add(1, &[KeyValue::new("service", self.service)]);
    }
}
