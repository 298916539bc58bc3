//! Alive, ready, metrics. None of them names a tenant, so none of them wants a key.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::App;
use super::problem::Problem;

/// `GET /livez`: the process answers.
pub async fn live() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// `GET /readyz`: requests will be served.
pub async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    if !app.stop.is_cancelled() && app.bus.is_connected() {
        Ok(Json(json!({ "status": "ready" })))
    } else {
        Err(Problem::NotReady)
    }
}

/// `GET /metrics`: the Prometheus text format 0.0.4.
pub async fn metrics() -> Response {
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        telemetry::metrics::render(),
    )
        .into_response()
}
