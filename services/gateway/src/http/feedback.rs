//! What people say of answers: right or wrong. What is right becomes a question whose answer is known.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use bytes::Bytes;
use http::HeaderMap;
use schemas::feedback::{Feedback, Verdict};
use schemas::{AnswerId, Golden};
use serde::{Deserialize, Serialize};

use super::ask::is_json;
use super::problem::Problem;
use super::tenant::Tenant;
use super::{App, now};

/// Bytes of a request.
pub const MAX_BODY: usize = 16 * 1024;

/// What somebody says of an answer.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Said {
    /// Whether it is right: `right` or `wrong`.
    #[schema(value_type = String)]
    verdict: Verdict,
    /// What is wrong with it, in words.
    #[serde(default)]
    note: Option<String>,
    /// Of a right one: the answer that it puts right, whose question was asked again with other words in the place of some. Where
    /// that was called wrong, its question has this answer from now on.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    corrects: Option<AnswerId>,
}

/// What was said, and what follows from it.
#[derive(Debug, Serialize)]
pub struct Kept {
    #[serde(flatten)]
    feedback: Feedback,
    /// The questions whose right answer is known by that, for `contrail goldens`.
    goldens: Vec<String>,
}

/// `POST /api/answers/{id}/feedback`: what is said last counts.
#[utoipa::path(post, path = "/api/answers/{id}/feedback", tag = "answers", request_body = Said, params(
    ("id" = String, Path, description = "The answer."),
), responses((status = 200, description = "It is kept; `goldens` names the questions whose right answer is known by that.")))]
pub async fn say(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Kept>, Problem> {
    let Path(id) = id?;
    if !is_json(&headers) {
        return Err(Problem::NotJson);
    }
    let body = body.map_err(|rejection| Problem::of_body(rejection, MAX_BODY))?;
    let said: Said = serde_json::from_slice(&body)?;
    let answer = super::answers::load(&app, &tenant, id).await?;
    let corrected = match &said.corrects {
        Some(wrong) if said.verdict == Verdict::Right => {
            match super::answers::load(&app, &tenant, wrong.to_string()).await {
                Ok(wrong) => Some(wrong),
                // It is gone, and its question with it: the right answer is right all the same.
                Err(Problem::UnknownAnswer(_)) => None,
                Err(problem) => return Err(problem),
            }
        }
        Some(_) | None => None,
    };
    let feedback = Feedback {
        answer: answer.id.clone(),
        question: answer.question.clone(),
        verdict: said.verdict,
        note: said.note,
        corrects: corrected.as_ref().map(|wrong| wrong.id.clone()),
        at: now(),
    };
    let goldens = app.bus.goldens(&tenant).await?;
    let confirmed = goldens.say(&answer, &feedback, corrected.as_ref()).await?;
    let ids = confirmed.into_iter().map(|golden: Golden| golden.id);
    Ok(Json(Kept {
        feedback,
        goldens: ids.collect(),
    }))
}

/// `GET /api/answers/{id}/feedback`.
pub async fn show(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Feedback>, Problem> {
    let Path(id) = id?;
    let id = AnswerId::new(id).map_err(Problem::InvalidId)?;
    let said = app.bus.goldens(&tenant).await?.said(&id).await?;
    said.map(Json).ok_or(Problem::NoPart("feedback on this answer"))
}
