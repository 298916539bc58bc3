//! The span of one job.

use tracing::{Span, field};

use super::outcome::{Failure, Reply, Usage};

/// The span that a job of a kind runs in. Whoever runs it hands its context to the worker as the job's `traceparent`, keeps
/// the span until the job has ended, and [`record`]s how.
#[must_use]
pub fn span(kind: &'static str) -> Span {
    tracing::info_span!(
        "run in the sandbox",
        sandbox.kind = kind,
        sandbox.wall_ms = field::Empty,
        sandbox.cpu_ms = field::Empty,
        sandbox.peak_bytes = field::Empty,
        sandbox.outcome = field::Empty,
    )
}

/// Records in the span of a job how it ended and what it used: no word of what the worker said.
pub fn record(span: &Span, ended: &Result<Reply, Failure>) {
    let (outcome, usage) = match ended {
        Ok(reply) => ("done", &reply.usage),
        Err(failure) => (failure.error.outcome(), &failure.usage),
    };
    let Usage { wall, cpu, peak } = *usage;
    let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    span.record("sandbox.wall_ms", milliseconds(wall));
    span.record("sandbox.cpu_ms", milliseconds(cpu));
    span.record("sandbox.peak_bytes", peak);
    span.record("sandbox.outcome", outcome);
}
