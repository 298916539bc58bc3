//! What is measured: here, and nowhere else in the bus.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter, ObservableGauge};

use crate::queues::Queue;

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

    /// Gauges of queues that tell what was last seen of them.
    pub(crate) fn queues(
        &self,
        seen: &Arc<Mutex<Vec<Queue>>>,
    ) -> (Vec<ObservableGauge<u64>>, ObservableGauge<f64>) {
        let meter = opentelemetry::global::meter("bus");
        let jobs = [waiting(&meter, seen), running(&meter, seen)];
        let told = Arc::clone(seen);
        let oldest = meter
            .f64_observable_gauge("contrail.queue.oldest.age")
            .with_unit("s")
            .with_description(
                "How long the oldest job that is not done has been in its queue; 0 where there is none.",
            )
            .with_callback(move |gauge| {
                each(&told, |queue, attributes| {
                    gauge.observe(queue.age().unwrap_or_default().as_secs_f64(), attributes);
                });
            })
            .build();
        (jobs.into(), oldest)
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

fn waiting(meter: &Meter, seen: &Arc<Mutex<Vec<Queue>>>) -> ObservableGauge<u64> {
    let seen = Arc::clone(seen);
    meter
        .u64_observable_gauge("contrail.queue.waiting")
        .with_unit("{job}")
        .with_description("Jobs that nobody has taken yet.")
        .with_callback(move |gauge| {
            each(&seen, |queue, attributes| {
                gauge.observe(queue.waiting, attributes)
            })
        })
        .build()
}

fn running(meter: &Meter, seen: &Arc<Mutex<Vec<Queue>>>) -> ObservableGauge<u64> {
    let seen = Arc::clone(seen);
    meter
        .u64_observable_gauge("contrail.queue.running")
        .with_unit("{job}")
        .with_description("Jobs that were taken and are not done yet, also such as wait for another try.")
        .with_callback(move |gauge| {
            each(&seen, |queue, attributes| {
                gauge.observe(queue.running, attributes)
            })
        })
        .build()
}

fn each(seen: &Mutex<Vec<Queue>>, mut tell: impl FnMut(&Queue, &[KeyValue])) {
    for queue in seen.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        tell(queue, &[KeyValue::new("stream", queue.stream.clone())]);
    }
}
