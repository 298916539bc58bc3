//! Answers, and what is there until then.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bus::ObjectsError;
use bytes::Bytes;
use futures::StreamExt;
use http::StatusCode;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use schemas::progress::{Progress, ProgressState};
use schemas::{Answer, JobId, TenantId};

use super::App;
use super::problem::Problem;
use super::tenant::Tenant;

/// Bytes that an answer may have.
const MAX_ANSWER: u64 = 64 * 1024 * 1024;

/// Where a question stands.
pub enum Standing {
    /// Its answer, as JSON.
    Answered(Bytes),
    /// Somebody is at work.
    Running(Progress),
    /// There will be no answer, and why.
    Failed(String),
    /// Nobody knows it, or it was erased.
    Unknown,
}

/// `GET /api/answers/{id}`: the answer; 202 with the progress so far until it is there.
#[utoipa::path(get, path = "/api/answers/{id}", tag = "answers", params(
    ("id" = String, Path, description = "The answer."),
), responses(
    (status = 200, description = "The answer.", body = ref("#/components/schemas/Answer")),
    (status = 202, description = "How far it has come.", body = ref("#/components/schemas/Progress")),
))]
pub async fn show(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let id = JobId::new(id).map_err(Problem::InvalidId)?;
    match standing(&app, &tenant, &id).await? {
        Standing::Answered(json) => Ok(([(CONTENT_TYPE, schemas::cloudevents::JSON)], json).into_response()),
        Standing::Running(progress) => {
            Ok((StatusCode::ACCEPTED, [(RETRY_AFTER, "1")], Json(progress)).into_response())
        }
        Standing::Failed(reason) => Err(Problem::JobFailed { reason }),
        Standing::Unknown => Err(Problem::UnknownAnswer(id)),
    }
}

/// Where a question stands as soon as nothing more will come.
pub async fn outcome(app: &App, tenant: &TenantId, id: &JobId) -> Result<Standing, Problem> {
    let mut reports = app.bus.follow(tenant, id).await?;
    while let Some(report) = reports.next().await {
        if report.state != ProgressState::Running {
            break;
        }
    }
    standing(app, tenant, id).await
}

/// An answer that is there.
///
/// # Errors
/// [`Problem::InvalidId`], [`Problem::UnknownAnswer`]; or when the bus fails or the answer is damaged.
pub async fn load(app: &App, tenant: &TenantId, id: String) -> Result<Answer, Problem> {
    let id = JobId::new(id).map_err(Problem::InvalidId)?;
    let json = answer(app, tenant, &id)
        .await?
        .ok_or(Problem::UnknownAnswer(id))?;
    serde_json::from_slice(&json).map_err(|error| Problem::Internal(error.into()))
}

/// Where a question stands now.
///
/// # Errors
/// When the bus fails.
pub async fn standing(app: &App, tenant: &TenantId, id: &JobId) -> Result<Standing, Problem> {
    // The report first: an answer is stored before its job is reported finished, so a finished job without an
    // answer has lost it, while the other order could miss an answer that came in between.
    let report = app.bus.last_report(tenant, id).await?;
    if let Some(json) = answer(app, tenant, id).await? {
        return Ok(Standing::Answered(json));
    }
    Ok(match report {
        None => Standing::Unknown,
        Some(progress) => match progress.state {
            ProgressState::Running => Standing::Running(progress),
            ProgressState::Failed { reason } => Standing::Failed(reason),
            ProgressState::Finished => Standing::Unknown,
        },
    })
}

async fn answer(app: &App, tenant: &TenantId, id: &JobId) -> Result<Option<Bytes>, Problem> {
    match app.bus.answers(tenant).await?.get(id.as_str(), MAX_ANSWER).await {
        Ok(json) => Ok(Some(json)),
        Err(ObjectsError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
