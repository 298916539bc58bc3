//! Questions, and waiting for their answers.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, Query, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use schemas::jobs::AskJob;
use schemas::{JobId, TenantId};
use serde::{Deserialize, Serialize};

use crate::router;

use super::answers::{Standing, outcome};
use super::job_id::{announce, job_id};
use super::problem::Problem;
use super::tenant::Tenant;
use super::{App, MAX_QUESTION_BYTES};

/// Seconds that a request may wait for its answer.
const MAX_WAIT: u64 = 300;
const PREFER: &str = "prefer";
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// The query of a question.
#[derive(Debug, Deserialize)]
pub struct Waiting {
    wait: Option<u64>,
}

/// A question that is in the queue.
#[derive(Debug, Serialize)]
struct Asked {
    id: JobId,
    links: Links,
}

#[derive(Debug, Serialize)]
struct Links {
    answer: String,
    progress: String,
}

/// `POST /api/ask`: takes a question in as a `job.ask`; with `?wait=SECONDS` or `Prefer: wait=SECONDS` (RFC 7240) it
/// waits for the answer.
#[utoipa::path(post, path = "/api/ask", tag = "answers", params(
    ("wait" = Option<u64>, Query, description = "Seconds to wait for the answer, at most 300."),
    ("idempotency-key" = Option<String>, Header, description = "A UUID: the same key is the same question."),
), request_body = ref("#/components/schemas/AskJob"), responses(
    (status = 200, description = "The answer, where it was waited for.", body = ref("#/components/schemas/Answer")),
    (status = 202, description = "In the queue: `id`, and `links` to the answer and its progress."),
))]
pub async fn ask(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    query: Result<Query<Waiting>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(Waiting { wait }) = query?;
    if wait.is_some_and(|seconds| seconds > MAX_WAIT) {
        return Err(Problem::InvalidWait { limit: MAX_WAIT });
    }
    let preferred = preferred_wait(request.headers());
    let submitted = tokio::time::timeout(app.request_limit, submit(&app, &tenant, request)).await;
    let id = submitted.map_err(|_| Problem::Timeout)??;

    let mut response = match wait.or(preferred) {
        Some(seconds) => wait_for(&app, &tenant, &id, Duration::from_secs(seconds)).await?,
        None => None,
    }
    .unwrap_or_else(|| accepted(&id));
    if wait.is_none()
        && let Some(seconds) = preferred
        && let Ok(applied) = HeaderValue::from_str(&format!("wait={seconds}"))
    {
        response.headers_mut().insert(PREFERENCE_APPLIED, applied);
    }
    Ok(response)
}

async fn submit(app: &App, tenant: &TenantId, request: Request) -> Result<JobId, Problem> {
    let id = job_id(request.headers())?;
    if !is_json(request.headers()) {
        return Err(Problem::NotJson);
    }
    let body = Bytes::from_request(request, &())
        .await
        .map_err(|rejection| Problem::of_body(rejection, MAX_QUESTION_BYTES))?;
    let job: AskJob = serde_json::from_slice(&body).map_err(Problem::InvalidJson)?;
    enqueue(app, tenant, &id, &job).await?;
    Ok(id)
}

/// Checks a question and puts it into the queue.
///
/// # Errors
/// [`Problem::InvalidQuestion`]; or when the bus fails.
pub async fn enqueue(app: &App, tenant: &TenantId, id: &JobId, job: &AskJob) -> Result<(), Problem> {
    router::check(job).map_err(Problem::InvalidQuestion)?;
    announce(app, tenant, id).await?;
    app.bus.publish(tenant, id, job).await?;
    Ok(())
}

/// The answer, or `None` when the time runs out or the gateway shuts down.
async fn wait_for(
    app: &App,
    tenant: &TenantId,
    id: &JobId,
    limit: Duration,
) -> Result<Option<Response>, Problem> {
    let standing = tokio::select! {
        standing = tokio::time::timeout(limit, outcome(app, tenant, id)) => standing,
        () = app.stop.cancelled() => return Ok(None),
    };
    match standing {
        Err(_) => Ok(None),
        Ok(standing) => match standing? {
            Standing::Answered(json) => Ok(Some(
                ([(CONTENT_TYPE, schemas::cloudevents::JSON)], json).into_response(),
            )),
            Standing::Failed(reason) => Err(Problem::JobFailed { reason }),
            Standing::Running(_) => Ok(None),
            Standing::Unknown => Err(Problem::UnknownAnswer(id.clone())),
        },
    }
}

fn accepted(id: &JobId) -> Response {
    let links = Links {
        answer: format!("/api/answers/{id}"),
        progress: format!("/api/progress/{id}"),
    };
    let location = [(LOCATION, links.answer.clone())];
    (
        StatusCode::ACCEPTED,
        location,
        Json(Asked {
            id: id.clone(),
            links,
        }),
    )
        .into_response()
}

/// `wait=N` of the `Prefer` headers. A preference is a wish: one that makes no sense is passed over, one that is too
/// long is cut.
fn preferred_wait(headers: &HeaderMap) -> Option<u64> {
    let wishes = headers
        .get_all(PREFER)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    wishes.flat_map(|value| value.split(',')).find_map(|wish| {
        let (name, value) = wish.split(';').next()?.split_once('=')?;
        let seconds = value.trim().trim_matches('"').parse::<u64>().ok()?;
        name.trim()
            .eq_ignore_ascii_case("wait")
            .then(|| seconds.min(MAX_WAIT))
    })
}

/// Whether the body says that it is JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&'static str]) -> HeaderMap {
        let name = HeaderName::from_static(name);
        values
            .iter()
            .map(|value| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn wishes_to_wait_are_read() {
        let check = |values: &[&'static str], expect| {
            assert_eq!(preferred_wait(&headers("prefer", values)), expect, "{values:?}");
        };
        check(&[], None);
        check(&["wait=10"], Some(10));
        check(&["respond-async, Wait = 10; x=y"], Some(10));
        check(&["respond-async", "wait=\"7\""], Some(7));
        check(&["wait=100000"], Some(MAX_WAIT));
        check(&["wait=soon", "wait=-1", "await=3"], None);
    }

    #[test]
    fn json_is_recognized_by_its_media_type() {
        for (kind, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            assert_eq!(is_json(&headers("content-type", &[kind])), json, "{kind}");
        }
    }
}
