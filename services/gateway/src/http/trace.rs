//! One server span for each request, and how long requests take.
//!
//! Source: OpenTelemetry semantic conventions for HTTP.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method};
use opentelemetry::metrics::Histogram;
use opentelemetry::{KeyValue, global};
use opentelemetry_semantic_conventions::{attribute, metric};
use tracing::field::Empty;
use tracing::{Instrument, info_span};

use super::App;

const TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");

/// `http.server.request.duration`, in seconds.
pub struct Durations(Histogram<f64>);

impl Default for Durations {
    fn default() -> Self {
        let meter = global::meter("gateway");
        let histogram = meter
            .f64_histogram(metric::HTTP_SERVER_REQUEST_DURATION)
            .with_unit("s")
            .with_description("Duration of HTTP server requests.");
        // The buckets that the conventions advise.
        let bounds = vec![
            0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        ];
        Self(histogram.with_boundaries(bounds).build())
    }
}

/// Runs a request in its span, below the one that `traceparent` names, and tells the client the trace.
///
/// The span has the route, not the path: paths have the names of files in them.
pub async fn trace(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = method(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let name = route
        .as_ref()
        .map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    let span = info_span!(
        "http",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = Empty,
        service = "gateway",
        tenant = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        error.type = Empty,
    );
    telemetry::propagation::set_parent_from_http(&span, request.headers());

    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    let mut attributes = vec![
        KeyValue::new(attribute::HTTP_REQUEST_METHOD, method),
        KeyValue::new(attribute::HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16())),
    ];
    attributes.extend(route.map(|route| KeyValue::new(attribute::HTTP_ROUTE, route)));
    // A client's mistake is no error of the server.
    if status.is_server_error() {
        span.record("error.type", status.as_str());
        span.record("otel.status_code", "ERROR");
        attributes.push(KeyValue::new(attribute::ERROR_TYPE, status.as_str().to_owned()));
    }
    app.durations
        .0
        .record(started.elapsed().as_secs_f64(), &attributes);
    let id = telemetry::propagation::trace_id(&span);
    // All zeros: nothing records this process's spans.
    let recorded = id.bytes().any(|digit| digit != b'0');
    if let (true, Ok(id)) = (recorded, HeaderValue::from_str(&id)) {
        response.headers_mut().insert(TRACE_ID, id);
    }
    response
}

/// Methods that nobody knows would each be a time series of their own.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "_OTHER",
    }
}
