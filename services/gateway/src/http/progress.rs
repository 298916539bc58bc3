//! Progress as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use http::{HeaderMap, HeaderName, StatusCode};
use schemas::JobId;
use schemas::progress::{Progress, ProgressState};

use super::App;
use super::problem::Problem;
use super::tenant::Tenant;

/// A comment is sent after so long a silence, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const LAST_EVENT_ID: &str = "last-event-id";
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// `GET /api/progress/{id}`: the last report first, then what comes; ends behind `finished` or `failed`.
///
/// An event's id is the time of its report. A browser connects again by itself when the stream ends; one that has
/// seen the last event gets 204, which the standard says ends that.
/// Source: HTML Living Standard, section "Server-sent events".
#[utoipa::path(get, path = "/api/progress/{id}", tag = "answers", params(
    ("id" = String, Path, description = "A question, an upload or a deletion."),
    ("last-event-id" = Option<String>, Header, description = "The last event that was seen."),
), responses(
    (status = 200, description = "Events `progress`, `finished`, `failed`: each a `Progress`.", content_type = "text/event-stream",
        body = ref("#/components/schemas/Progress")),
    (status = 204, description = "The last event was seen already."),
))]
pub async fn follow(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let id = JobId::new(id).map_err(Problem::InvalidId)?;
    let kept = app
        .bus
        .last_report(&tenant, &id)
        .await?
        .ok_or_else(|| Problem::UnknownJob(id.clone()))?;
    let seen = headers
        .get(LAST_EVENT_ID)
        .is_some_and(|seen| seen.as_bytes() == event_id(&kept).as_bytes());
    if seen && kept.state != ProgressState::Running {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let reports = app.bus.follow(&tenant, &id).await?;
    let events = reports
        .map(|report| event(&report))
        .take_until(app.stop.clone().cancelled_owned());
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([(NO_BUFFERING, "no")], stream).into_response())
}

fn event(report: &Progress) -> Result<Event, axum::Error> {
    let name = match report.state {
        ProgressState::Running => "progress",
        ProgressState::Finished => "finished",
        ProgressState::Failed { .. } => "failed",
    };
    Event::default()
        .event(name)
        .id(event_id(report))
        .json_data(report)
}

/// What came over the bus is checked: a line break would end the field.
fn event_id(report: &Progress) -> String {
    report.at.chars().filter(char::is_ascii_graphic).collect()
}
