//! W3C trace context in and out of headers.

use http::HeaderMap;
use tracing::Span;

/// The `traceparent` (and `tracestate`, when not empty) of a span, as header names and values.
#[must_use]
pub fn headers_of(span: &Span) -> Vec<(&'static str, String)> {
    todo!()
}

/// Makes a span the child of the one named in headers. Call it before the span is entered; a missing or malformed
/// `traceparent` leaves the span a root.
pub fn set_parent(span: &Span, traceparent: Option<&str>, tracestate: Option<&str>) {
    todo!()
}

/// Links a span to the one named in a `traceparent`, as the messaging conventions want for the creation context.
pub fn add_link(span: &Span, traceparent: &str) {
    todo!()
}

/// The same for HTTP requests.
pub fn set_parent_from_http(span: &Span, headers: &HeaderMap) {
    todo!()
}

/// The W3C trace id of a span, 32 hexadecimal digits; all zeros when nothing records it.
#[must_use]
pub fn trace_id(span: &Span) -> String {
    todo!()
}
