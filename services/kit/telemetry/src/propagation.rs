//! W3C trace context in and out of headers.
//!
//! Source: W3C Trace Context, level 1.

use http::HeaderMap;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::{OpenTelemetrySpanExt, SetParentError};

const TRACE_PARENT: &str = "traceparent";
const TRACE_STATE: &str = "tracestate";

/// The `traceparent` (and `tracestate`, when not empty) of a span, as header names and values.
#[must_use]
pub fn headers_of(span: &Span) -> Vec<(&'static str, String)> {
    let mut headers = Headers(Vec::new());
    TraceContextPropagator::new().inject_context(&span.context(), &mut headers);
    headers.0.retain(|(_, value)| !value.is_empty());
    headers.0
}

/// The `traceparent` of a span alone, for what has no headers; none where nothing gives it a trace.
#[must_use]
pub fn traceparent(span: &Span) -> Option<String> {
    let headers = headers_of(span).into_iter();
    let mut found = headers.filter(|(name, _)| *name == TRACE_PARENT);
    found.next().map(|(_, value)| value)
}

/// Makes a span the child of the one named in headers. Call it before the span is entered; a missing or malformed
/// `traceparent` leaves the span where it is: below the current one, or a root.
pub fn set_parent(span: &Span, traceparent: Option<&str>, tracestate: Option<&str>) {
    let given = Given {
        traceparent,
        tracestate,
    };
    let context = TraceContextPropagator::new().extract_with_context(&opentelemetry::Context::new(), &given);
    if context.span().span_context().is_valid() {
        match span.set_parent(context) {
            Err(SetParentError::AlreadyStarted) => {
                tracing::warn!(traceparent, "a span that was entered already can't get a parent");
            }
            // Where no layer records the span, there is nothing to be a child.
            Ok(()) | Err(SetParentError::LayerNotFound | SetParentError::SpanDisabled) => {}
        }
    }
}

/// Links a span to the one named in a `traceparent`, as the messaging conventions want for the creation context.
pub fn add_link(span: &Span, traceparent: &str) {
    span.add_link(span_context(traceparent));
}

/// The same for HTTP requests.
pub fn set_parent_from_http(span: &Span, headers: &HeaderMap) {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    set_parent(span, text(TRACE_PARENT), text(TRACE_STATE));
}

/// The W3C trace id of a span, 32 hexadecimal digits; all zeros when nothing records it. It starts the span: set its
/// parent before.
#[must_use]
pub fn trace_id(span: &Span) -> String {
    span.context().span().span_context().trace_id().to_string()
}

fn span_context(traceparent: &str) -> SpanContext {
    let given = Given {
        traceparent: Some(traceparent),
        tracestate: None,
    };
    let context = TraceContextPropagator::new().extract_with_context(&opentelemetry::Context::new(), &given);
    context.span().span_context().clone()
}

struct Headers(Vec<(&'static str, String)>);

impl Injector for Headers {
    fn set(&mut self, key: &str, value: String) {
        for name in [TRACE_PARENT, TRACE_STATE] {
            if key == name {
                self.0.push((name, value.clone()));
            }
        }
    }
}

struct Given<'a> {
    traceparent: Option<&'a str>,
    tracestate: Option<&'a str>,
}

impl Extractor for Given<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            TRACE_PARENT => self.traceparent,
            // The propagator reads none as an empty state.
            TRACE_STATE => Some(self.tracestate.unwrap_or_default()),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACE_PARENT, TRACE_STATE]
    }
}
