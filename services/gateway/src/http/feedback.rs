//! What people say of answers: right or wrong.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use bus::ObjectsError;
use bytes::Bytes;
use http::HeaderMap;
use schemas::AnswerId;
use serde::{Deserialize, Serialize};

use super::ask::is_json;
use super::problem::Problem;
use super::tenant::Tenant;
use super::{App, now};

/// Bytes of a request.
pub const MAX_BODY: usize = 16 * 1024;
/// Bytes of what is kept.
const MAX_KEPT: u64 = 64 * 1024;

/// What somebody says of an answer.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
pub struct Said {
    /// Whether it is right.
    verdict: Verdict,
    /// What is wrong with it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Right or wrong.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Right,
    Wrong,
}

/// What was said of an answer last. Kept in the bucket `answers_<tenant>` as `feedback.<answer>`.
#[derive(Debug, Deserialize, Serialize)]
pub struct Feedback {
    answer: AnswerId,
    question: String,
    #[serde(flatten)]
    said: Said,
    /// RFC 3339 in UTC.
    at: String,
}

fn object(answer: &AnswerId) -> String {
    format!("feedback.{answer}")
}

/// `POST /api/answers/{id}/feedback`: what is said last counts.
#[utoipa::path(post, path = "/api/answers/{id}/feedback", tag = "answers", request_body = Said, params(
    ("id" = String, Path, description = "The answer."),
), responses((status = 200, description = "It is kept.")))]
pub async fn say(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Feedback>, Problem> {
    let Path(id) = id?;
    if !is_json(&headers) {
        return Err(Problem::NotJson);
    }
    let body = body.map_err(|rejection| Problem::of_body(rejection, MAX_BODY))?;
    let said: Said = serde_json::from_slice(&body)?;
    let answer = super::answers::load(&app, &tenant, id).await?;
    let files = answer.files();
    let feedback = Feedback {
        answer: answer.id,
        question: answer.question,
        said,
        at: now(),
    };
    let json = serde_json::to_vec(&feedback).map_err(|error| Problem::Internal(error.into()))?;
    let answers = app.bus.answers(&tenant).await?;
    answers
        .put_resting_on(&files, &object(&feedback.answer), &mut &json[..])
        .await?;
    Ok(Json(feedback))
}

/// `GET /api/answers/{id}/feedback`.
pub async fn show(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Feedback>, Problem> {
    let Path(id) = id?;
    let id = AnswerId::new(id).map_err(Problem::InvalidId)?;
    match app.bus.answers(&tenant).await?.get(&object(&id), MAX_KEPT).await {
        Ok(json) => serde_json::from_slice(&json)
            .map(Json)
            .map_err(|error| Problem::Internal(error.into())),
        Err(ObjectsError::Missing { .. }) => Err(Problem::NoPart("feedback on this answer")),
        Err(error) => Err(error.into()),
    }
}
