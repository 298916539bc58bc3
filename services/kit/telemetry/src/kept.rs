//! Finished spans in this process's memory, for who runs every service in one process and has no tracing backend.
//!
//! Bounded by spans and by traces; the oldest traces go first. Of a span there is its name, its times, its place in the trace,
//! its status and those attributes that say how work was done, never what it was about.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanId, SpanKind, Status, TraceId};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

/// Traces that are kept at once.
const TRACES: usize = 1_000;
/// Spans of all of them.
const SPANS: usize = 20_000;
/// Spans of one trace; what comes later is counted, not kept.
const SPANS_OF_ONE: usize = 1_000;
/// Characters of a name or an attribute; what is longer is cut.
const TEXT: usize = 120;

/// The attribute that only spans of HTTP requests have.
const REQUEST: &str = "http.request.method";

/// The attributes that are kept. None of them holds what a file, a question, an answer or a model says.
const ATTRIBUTES: &[&str] = &[
    "attempt",
    "error.type",
    "gen_ai.operation.name",
    "gen_ai.request.model",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    REQUEST,
    "http.response.status_code",
    "http.route",
    "messaging.destination.name",
    "messaging.destination.template",
    "messaging.message.body.size",
    "messaging.message.id",
    "outcome",
    "sandbox.cpu_ms",
    "sandbox.failed",
    "sandbox.kind",
    "sandbox.peak_bytes",
    "sandbox.wall_ms",
    "sequence",
    "service",
    "stream",
    "tenant",
];

static KEPT: OnceLock<Mutex<Traces>> = OnceLock::new();

/// What is kept of a trace.
#[derive(Debug, Clone, Default)]
pub struct KeptTrace {
    /// Its finished spans, in the order in which they ended.
    pub spans: Vec<KeptSpan>,
    /// Spans that were too many.
    pub dropped: usize,
}

/// What is kept of a span.
#[derive(Debug, Clone)]
pub struct KeptSpan {
    /// Its id, 16 hexadecimal digits.
    pub id: String,
    /// The span that it is part of.
    pub parent: Option<String>,
    /// Whether that span was begun elsewhere: by a client, or by who sent a message. Such a span may never come.
    pub parent_is_remote: bool,
    /// What is done.
    pub name: String,
    /// `client`, `server`, `producer`, `consumer` or `internal`.
    pub kind: &'static str,
    /// When it began.
    pub started: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// Whether it failed.
    pub failed: bool,
    /// How it was done: numbers, truths and short texts.
    pub attributes: Vec<(&'static str, Value)>,
}

impl KeptSpan {
    /// An attribute that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find_map(|(known, value)| match value {
            Value::String(text) if *known == name => Some(text.as_str()),
            _ => None,
        })
    }
}

/// Whether this process keeps finished spans.
#[must_use]
pub fn is_keeping() -> bool {
    KEPT.get().is_some()
}

/// What is kept of a trace, by its id of 32 hexadecimal digits; `None` where it is unknown, or gone, or nothing is kept.
#[must_use]
pub fn trace(id: &str) -> Option<KeptTrace> {
    let id = TraceId::from_hex(id).ok()?;
    let traces = KEPT.get()?.lock().unwrap_or_else(PoisonError::into_inner);
    traces.known.get(&id).cloned()
}

/// Puts spans that end where [`trace`] finds them.
#[derive(Debug)]
pub(crate) struct Keeper;

impl Keeper {
    pub fn new() -> Self {
        KEPT.get_or_init(Mutex::default);
        Self
    }
}

impl SpanProcessor for Keeper {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        let trace = span.span_context.trace_id();
        let kept = KeptSpan::from(span);
        if let Some(traces) = KEPT.get() {
            let mut traces = traces.lock().unwrap_or_else(PoisonError::into_inner);
            traces.add(trace, kept);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Traces {
    known: HashMap<TraceId, KeptTrace>,
    /// The oldest first.
    order: VecDeque<TraceId>,
    spans: usize,
}

impl Traces {
    fn add(&mut self, id: TraceId, span: KeptSpan) {
        let is_request = span.attributes.iter().any(|(name, _)| *name == REQUEST);
        // A request ends after all that it does itself. One that has done nothing traceable, such as a probe or a look at
        // progress, would push out a trace that somebody may want to see.
        if is_request && !self.known.contains_key(&id) {
            return;
        }
        let trace = self.known.entry(id).or_insert_with(|| {
            self.order.push_back(id);
            KeptTrace::default()
        });
        if trace.spans.len() >= SPANS_OF_ONE {
            trace.dropped += 1;
            return;
        }
        trace.spans.push(span);
        self.spans += 1;
        while (self.spans > SPANS || self.order.len() > TRACES)
            && let Some(oldest) = self.order.pop_front()
        {
            let gone = self.known.remove(&oldest);
            self.spans -= gone.map_or(0, |trace| trace.spans.len());
        }
    }
}

impl From<SpanData> for KeptSpan {
    fn from(span: SpanData) -> Self {
        let has_parent = span.parent_span_id != SpanId::INVALID;
        Self {
            id: span.span_context.span_id().to_string(),
            parent: has_parent.then(|| span.parent_span_id.to_string()),
            parent_is_remote: span.parent_span_is_remote,
            name: cut(&span.name),
            kind: match span.span_kind {
                SpanKind::Client => "client",
                SpanKind::Server => "server",
                SpanKind::Producer => "producer",
                SpanKind::Consumer => "consumer",
                SpanKind::Internal => "internal",
            },
            started: span.start_time,
            took: span.end_time.duration_since(span.start_time).unwrap_or_default(),
            failed: matches!(span.status, Status::Error { .. }),
            attributes: span.attributes.into_iter().filter_map(harmless).collect(),
        }
    }
}

fn harmless(attribute: KeyValue) -> Option<(&'static str, Value)> {
    let name = ATTRIBUTES.iter().find(|name| **name == attribute.key.as_str())?;
    let value = match attribute.value {
        Value::String(text) => Value::String(cut(text.as_str()).into()),
        value @ (Value::Bool(_) | Value::I64(_) | Value::F64(_)) => value,
        _ => return None,
    };
    Some((*name, value))
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(name: &str, attributes: &[(&'static str, &'static str)]) -> KeptSpan {
        KeptSpan {
            id: "00f067aa0ba902b7".to_owned(),
            parent: None,
            parent_is_remote: false,
            name: name.to_owned(),
            kind: "internal",
            started: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            failed: false,
            attributes: attributes
                .iter()
                .map(|(name, value)| (*name, Value::from(*value)))
                .collect(),
        }
    }

    fn id(number: usize) -> TraceId {
        TraceId::from(number as u128 + 1)
    }

    #[test]
    fn the_oldest_traces_go_first() {
        let mut traces = Traces::default();
        for number in 0..TRACES + 3 {
            traces.add(id(number), span("work", &[]));
        }
        assert_eq!(
            (traces.known.len(), traces.order.len(), traces.spans),
            (TRACES, TRACES, TRACES)
        );
        assert!(!traces.known.contains_key(&id(2)) && traces.known.contains_key(&id(3)));
    }

    #[test]
    fn spans_are_as_many_as_allowed() {
        let mut traces = Traces::default();
        for number in 0..SPANS / SPANS_OF_ONE + 2 {
            for _ in 0..SPANS_OF_ONE + 5 {
                traces.add(id(number), span("work", &[]));
            }
        }
        assert_eq!((traces.spans, traces.known.len()), (SPANS, SPANS / SPANS_OF_ONE));
        let last = &traces.known[&id(SPANS / SPANS_OF_ONE + 1)];
        assert_eq!((last.spans.len(), last.dropped), (SPANS_OF_ONE, 5));
    }

    #[test]
    fn requests_that_do_nothing_else_push_nothing_out() {
        let mut traces = Traces::default();
        let request = || span("GET /livez", &[(REQUEST, "GET")]);
        traces.add(id(1), request());
        assert!(traces.known.is_empty() && traces.order.is_empty());
        traces.add(id(2), span("publish job.ask.v1", &[]));
        traces.add(id(2), request());
        assert_eq!(traces.known[&id(2)].spans.len(), 2);
    }

    #[test]
    fn attributes_that_nobody_has_looked_at_are_left_out() {
        assert!(harmless(KeyValue::new("question", "what is the salary of Li?")).is_none());
        let long = "x".repeat(5_000);
        let (name, value) = harmless(KeyValue::new("service", long)).unwrap();
        assert_eq!((name, value.as_str().len()), ("service", TEXT));
    }
}
