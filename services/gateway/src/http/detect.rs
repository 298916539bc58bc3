//! Texts to be judged, and waiting for the judgement.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use bytes::Bytes;
use futures::StreamExt;
use http::HeaderMap;
use schemas::events::{Judged, TextJudged};
use schemas::jobs::{DetectorInput, DetectorJob};
use schemas::progress::ProgressState;
use schemas::{JobId, Judgement, Progress, TenantId};
use serde::{Deserialize, Serialize};

use super::ask::is_json;
use super::job_id::{announce, job_id};
use super::problem::Problem;
use super::tenant::Tenant;
use super::{App, files, stored};

/// Bytes (UTF-8) of a text: it travels in a message, whose JSON may need twice as many.
pub const MAX_TEXT: usize = 400 * 1024;
/// Bytes of a request.
pub const MAX_BODY: usize = 1024 * 1024;
/// How long a judgement may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is to be judged: a text, or the running text of a file.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Detect {
    /// The text.
    #[serde(default)]
    text: Option<String>,
    /// The id of a file that was read as a document, instead of a text.
    #[serde(default)]
    file: Option<String>,
    /// How likely it is held to be machine-written beforehand, above 0 and below 1; by default 0.5.
    #[serde(default)]
    prior: Option<f64>,
}

/// A text that was judged.
#[derive(Debug, Serialize)]
pub struct Detected {
    id: JobId,
    judgement: Judgement,
    /// The text that was judged, where it is that of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// `POST /api/detect`: judges a text, or that of a file, and waits for it.
#[utoipa::path(post, path = "/api/detect", tag = "detector", request_body = Detect, responses(
    (status = 200, description = "The judgement; `sentences` are byte ranges of the text as UTF-8. `text` is that of the file, where one was named.", body = ref("#/components/schemas/Judgement")),
))]
pub async fn detect(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Detected>, Problem> {
    let id = job_id(&headers)?;
    if !is_json(&headers) {
        return Err(Problem::NotJson);
    }
    let body = body.map_err(|rejection| Problem::of_body(rejection, MAX_BODY))?;
    let (input, text, prior) = match serde_json::from_slice(&body)? {
        Detect {
            text: Some(text),
            file: None,
            prior,
        } => (DetectorInput::Text { text }, None, prior),
        Detect {
            text: None,
            file: Some(file),
            prior,
        } => {
            let record = files::existing(&app, &tenant, file).await?;
            let text = stored::document(&app, &tenant, &record).await?.prose();
            (DetectorInput::Document { file: record.file }, Some(text), prior)
        }
        Detect { .. } => {
            let wanted = "expected either `text` or `file`";
            return Err(<serde_json::Error as serde::de::Error>::custom(wanted).into());
        }
    };
    let judgement = judge(&app, &tenant, &id, input, prior, |_| {}).await?;
    Ok(Json(Detected { id, judgement, text }))
}

/// Has something judged; `tell` hears what is being done.
///
/// # Errors
/// [`Problem::TooLarge`], [`Problem::JobFailed`], [`Problem::Timeout`]; or when the bus fails.
pub async fn judge(
    app: &App,
    tenant: &TenantId,
    id: &JobId,
    input: DetectorInput,
    prior: Option<f64>,
    mut tell: impl FnMut(&Progress),
) -> Result<Judgement, Problem> {
    if let DetectorInput::Text { text } = &input
        && text.len() > MAX_TEXT
    {
        return Err(Problem::TooLarge {
            limit: u64::try_from(MAX_TEXT).unwrap_or(u64::MAX),
        });
    }
    // Before the job, or the judgement may be out before anybody listens.
    let mut judged = app.bus.events::<TextJudged>(tenant).await?;
    announce(app, tenant, id).await?;
    let job = DetectorJob { input, prior };
    app.bus.publish(tenant, id, &job).await?;
    let mut reports = app.bus.follow(tenant, id).await?;
    let waiting = async {
        while let Some(report) = reports.next().await {
            tell(&report);
            match report.state {
                ProgressState::Running => {}
                ProgressState::Finished => break,
                ProgressState::Failed { reason } => return Err(Problem::JobFailed { reason }),
            }
        }
        while let Some(fact) = judged.next().await {
            if fact.message.job == *id
                && let Judged::Text { judgement } = fact.message.result
            {
                return Ok(*judgement);
            }
        }
        Err(Problem::NotReady)
    };
    tokio::select! {
        ended = tokio::time::timeout(PATIENCE, waiting) => ended.map_err(|_| Problem::Timeout)?,
        () = app.stop.cancelled() => Err(Problem::NotReady),
    }
}
