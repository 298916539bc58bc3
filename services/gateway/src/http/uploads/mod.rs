//! `/api/uploads`: uploads in parts, by the tus protocol 1.0.0, so that one that was cut goes on where it was cut.
//!
//! | module | what is in it |
//! |---|---|
//! | [`protocol`] | the headers |
//! | [`receive`] | bytes as they come, and the file that they become |
//! | [`shelf`] | what came so far, on the disk |
//! | [`turns`] | one request at a time goes on with an upload |
//!
//! An upload has the id of the job that its file will be read by. When its last byte is there it takes the way of
//! `PUT /api/files/{name}`, and the response to that byte, like each one after it, names the file and the job.

mod protocol;
mod receive;
pub mod shelf;
pub mod turns;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{options, post};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use schemas::JobId;
use tokio_util::sync::CancellationToken;

use super::App;
use super::files::check_name;
use super::job_id::job_id;
use super::problem::Problem;
use super::tenant::{Tenant, UploadLimit};

use receive::{Standing, Which};
use shelf::Begun;

/// How often uploads that nobody went on with are looked for.
const SWEEP: Duration = Duration::from_secs(60);
const FILE: HeaderName = HeaderName::from_static("x-contrail-file");
const JOB: HeaderName = HeaderName::from_static("x-contrail-job");

/// The routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/uploads", options(offer).post(begin))
        .route(
            "/api/uploads/{id}",
            post(instead).head(show).patch(append).delete(end),
        )
        .route_layer(from_fn(protocol::speak))
}

/// Removes uploads that nobody went on with, until `stop`.
pub async fn sweep(app: Arc<App>, stop: CancellationToken) {
    loop {
        match app.shelf.sweep(SystemTime::now()) {
            Ok(0) => {}
            Ok(uploads) => tracing::info!(uploads, "removed uploads that nobody went on with"),
            Err(error) => tracing::warn!(%error, "can't look for uploads that nobody went on with"),
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// `OPTIONS /api/uploads`: what of the protocol is spoken here.
#[utoipa::path(options, path = "/api/uploads", tag = "uploads", responses(
    (status = 204, description = "`Tus-Version`, `Tus-Extension`, and `Tus-Max-Size` in bytes."),
))]
pub async fn offer(UploadLimit(limit): UploadLimit) -> Response {
    let told = [
        (protocol::VERSIONS, HeaderValue::from_static(protocol::VERSION)),
        (
            protocol::EXTENSION,
            HeaderValue::from_static(protocol::EXTENSIONS),
        ),
        (protocol::MAX_SIZE, HeaderValue::from(limit)),
    ];
    (StatusCode::NO_CONTENT, told).into_response()
}

/// `POST /api/uploads`: begins an upload; no bytes yet.
#[utoipa::path(post, path = "/api/uploads", tag = "uploads", params(
    ("tus-resumable" = String, Header, description = "`1.0.0`"),
    ("upload-length" = u64, Header, description = "Bytes of the file."),
    ("upload-metadata" = String, Header, description = "`filename` and the logical name in base64, for instance `filename c2FsZXMuY3N2`."),
    ("idempotency-key" = Option<String>, Header, description = "A UUID: the same key is the same upload."),
), responses(
    (status = 201, description = "`Location` is where its bytes go, `Upload-Expires` until when."),
    (status = 413, description = "More bytes than this key or server takes."),
    (status = 429, description = "As many unfinished uploads as a tenant may have."),
))]
pub async fn begin(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    UploadLimit(limit): UploadLimit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = job_id(&headers)?;
    let length = protocol::length(&headers)?;
    let (name, metadata) = protocol::name(&headers)?;
    check_name(&name).map_err(Problem::InvalidName)?;
    if length == 0 {
        return Err(Problem::Empty);
    }
    if length > limit {
        return Err(Problem::TooLarge { limit });
    }
    let begun = Begun {
        name,
        length,
        metadata,
        file: None,
    };
    app.shelf.begin(&tenant, &id, &begun)?;
    let begun = app.shelf.find(&tenant, &id)?;
    let (offset, expires) = app.shelf.standing(&tenant, &id, &begun)?;
    let standing = Standing {
        begun,
        offset,
        expires,
    };
    let location = format!("/api/uploads/{id}");
    Ok((
        StatusCode::CREATED,
        [(LOCATION, location)],
        headers_of(&id, &standing),
    )
        .into_response())
}

/// `HEAD /api/uploads/{id}`: how many bytes are there.
#[utoipa::path(head, path = "/api/uploads/{id}", tag = "uploads", params(
    ("id" = String, Path, description = "The upload."),
    ("tus-resumable" = String, Header, description = "`1.0.0`"),
), responses(
    (status = 200, description = "`Upload-Offset` of `Upload-Length` bytes are there; with all of them, `X-Contrail-File` is the file and \
                                  `X-Contrail-Job` the job that reads it."),
    (status = 404, description = "It never was, is another tenant's, or was not gone on with in time."),
))]
pub async fn show(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = upload_id(id)?;
    let standing = receive::standing(
        app,
        Which {
            tenant,
            id: id.clone(),
        },
    )
    .await?;
    let metadata = HeaderValue::from_str(&standing.begun.metadata);
    let metadata = metadata.map_err(|error| Problem::Internal(error.into()))?;
    let more = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (protocol::LENGTH, HeaderValue::from(standing.begun.length)),
        (protocol::METADATA, metadata),
    ];
    Ok((StatusCode::OK, more, headers_of(&id, &standing)).into_response())
}

/// `PATCH /api/uploads/{id}`: bytes from an offset on; all that are missing, or some.
#[utoipa::path(patch, path = "/api/uploads/{id}", tag = "uploads", params(
    ("id" = String, Path, description = "The upload."),
    ("tus-resumable" = String, Header, description = "`1.0.0`"),
    ("upload-offset" = u64, Header, description = "How many bytes are there already."),
), request_body(content_type = "application/offset+octet-stream", description = "The bytes that follow."), responses(
    (status = 204, description = "`Upload-Offset` bytes are there now; with the last, `X-Contrail-File` is the file and `X-Contrail-Job` \
                                  the job that reads it."),
    (status = 404, description = "It never was, is another tenant's, or was not gone on with in time."),
    (status = 409, description = "Another number of bytes is there: `offset` in the problem."),
    (status = 413, description = "More bytes than the upload was said to have."),
))]
pub async fn append(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let id = upload_id(id)?;
    let from = protocol::offset(&headers)?;
    let coming = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    let coming = coming.and_then(|length| length.parse().ok());
    let which = Which {
        tenant,
        id: id.clone(),
    };
    let standing = receive::receive(app, which, from, coming, body).await?;
    Ok((StatusCode::NO_CONTENT, headers_of(&id, &standing)).into_response())
}

/// `DELETE /api/uploads/{id}`: ends an upload. The file of one that was finished stays.
#[utoipa::path(delete, path = "/api/uploads/{id}", tag = "uploads", params(
    ("id" = String, Path, description = "The upload."),
    ("tus-resumable" = String, Header, description = "`1.0.0`"),
), responses((status = 204, description = "It is gone.")))]
pub async fn end(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let id = upload_id(id)?;
    receive::remove(app, Which { tenant, id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/uploads/{id}` with `X-HTTP-Method-Override`: the same for clients that can't send the method.
async fn instead(
    state: State<Arc<App>>,
    tenant: Tenant,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    match headers.get(protocol::OVERRIDE).map(HeaderValue::as_bytes) {
        Some(b"HEAD") => show(state, tenant, id).await,
        Some(b"PATCH") => append(state, tenant, id, headers, body).await,
        Some(b"DELETE") => Ok(end(state, tenant, id).await?.into_response()),
        _ => Err(Problem::MethodNotAllowed),
    }
}

fn upload_id(id: Result<Path<String>, PathRejection>) -> Result<JobId, Problem> {
    let Path(id) = id?;
    JobId::new(id).map_err(Problem::InvalidId)
}

/// What every response about an upload tells of it.
fn headers_of(id: &JobId, standing: &Standing) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(protocol::OFFSET, HeaderValue::from(standing.offset));
    let expires = httpdate::fmt_http_date(standing.expires);
    let mut told = vec![(protocol::EXPIRES, expires.as_str())];
    if let Some(file) = &standing.begun.file {
        told.extend([(FILE, file.as_str()), (JOB, id.as_str())]);
    }
    for (name, text) in told {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
    headers
}
