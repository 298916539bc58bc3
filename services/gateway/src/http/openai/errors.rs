//! Problems the way OpenAI tells them.

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::http::problem::Told;

/// Tells every problem below `/v1`, wherever on the way it came up, as OpenAI does: SDKs read `error` alone.
pub async fn translate(request: Request, next: Next) -> Response {
    let concerns = request.uri().path().starts_with("/v1/") || request.uri().path() == "/v1";
    let response = next.run(request).await;
    let told = response.extensions().get::<Told>().filter(|_| concerns);
    let Some(told) = told else {
        return response;
    };
    let body = Json(object(response.status(), told)).into_response().into_body();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts
        .headers
        .insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    Response::from_parts(parts, body)
}

/// The error object. Its `type` is one of OpenAI's; its `code` theirs where they have one, which front ends look at.
pub fn object(status: StatusCode, told: &Told) -> Value {
    let kind = match status {
        StatusCode::UNAUTHORIZED => "authentication_error",
        StatusCode::FORBIDDEN => "permission_error",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    };
    let code = match told.code {
        "unauthorized" => "invalid_api_key",
        "unknown_model" => "model_not_found",
        "too_many_requests" => "rate_limit_exceeded",
        _ if told.is_long => "context_length_exceeded",
        code => code,
    };
    let param = told
        .pointer
        .as_deref()
        .map(|pointer| pointer.trim_start_matches('/').replace('/', "."));
    json!({ "error": { "message": told.detail, "type": kind, "param": param, "code": code } })
}
