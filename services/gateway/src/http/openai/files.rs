//! `/v1/files`.

use std::sync::Arc;

use axum::Json;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderMap;
use schemas::file::{FileRecord, FileState};
use serde::Serialize;

use crate::http::files::{all, existing, forget, submit};
use crate::http::job_id::job_id;
use crate::http::problem::Problem;
use crate::http::spool::spool_stream;
use crate::http::tenant::{Tenant, UploadLimit};
use crate::http::{App, stored};

/// A file, as clients list it.
#[derive(Debug, Serialize)]
pub struct FileObject {
    id: String,
    object: &'static str,
    bytes: u64,
    created_at: i64,
    filename: String,
    purpose: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_details: Option<String>,
}

impl FileObject {
    /// `bytes`: how many, where they are not those of the active version.
    fn of(record: FileRecord, bytes: Option<u64>) -> Self {
        let active = record.active.as_ref().map_or(0, |version| version.size);
        let created_at = chrono::DateTime::parse_from_rfc3339(&record.updated_at);
        Self {
            id: record.file.to_string(),
            object: "file",
            bytes: bytes.unwrap_or(active),
            created_at: created_at.map_or(0, |at| at.timestamp()),
            filename: record.name,
            purpose: "user_data",
            status: match record.state {
                FileState::Received => "uploaded",
                FileState::Indexed => "processed",
                FileState::Rejected | FileState::Deleted => "error",
            },
            status_details: record.rejection.map(|rejection| rejection.message),
        }
    }
}

/// All files.
#[derive(Debug, Serialize)]
pub struct List {
    object: &'static str,
    data: Vec<FileObject>,
    has_more: bool,
}

/// A file that is gone, or soon.
#[derive(Debug, Serialize)]
pub struct Deleted {
    id: String,
    object: &'static str,
    deleted: bool,
}

/// `GET /v1/files`.
pub async fn list(State(app): State<Arc<App>>, Tenant(tenant): Tenant) -> Result<Json<List>, Problem> {
    let files = all(&app, &tenant).await?;
    Ok(Json(List {
        object: "list",
        data: files
            .into_iter()
            .map(|record| FileObject::of(record, None))
            .collect(),
        has_more: false,
    }))
}

/// `POST /v1/files`: a form with a part `file`. A file of the same name is replaced and keeps its id.
pub async fn create(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    UploadLimit(limit): UploadLimit,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<FileObject>, Problem> {
    let job = job_id(&headers)?;
    let broken = |error| Problem::UploadBroken(Box::new(error));
    let mut form = form.map_err(|_| Problem::NoFilePart)?;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.file_name().map(str::to_owned);
        let (Some("file"), Some(name)) = (field.name(), name) else {
            continue;
        };
        let _slot = app.uploads.try_acquire().map_err(|_| Problem::Busy)?;
        let (folder, idle) = (app.spool_dir.as_deref(), app.upload_idle);
        let (spooled, size) = spool_stream(field, folder, limit, idle).await?;
        let uploaded = submit(&app, &tenant, name, job, (spooled.path(), size)).await?;
        let record = existing(&app, &tenant, uploaded.file.to_string()).await?;
        return Ok(Json(FileObject::of(record, Some(size))));
    }
    Err(Problem::NoFilePart)
}

/// `GET /v1/files/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<FileObject>, Problem> {
    let Path(id) = id?;
    let record = existing(&app, &tenant, id).await?;
    Ok(Json(FileObject::of(record, None)))
}

/// `GET /v1/files/{id}/content`.
pub async fn content(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let record = existing(&app, &tenant, id).await?;
    stored::content(&app, &tenant, &record).await
}

/// `DELETE /v1/files/{id}`: the deletion is a job, which may take a moment.
pub async fn delete(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Json<Deleted>, Problem> {
    let Path(id) = id?;
    let deletion = forget(&app, &tenant, id, job_id(&headers)?).await?;
    Ok(Json(Deleted {
        id: deletion.file.to_string(),
        object: "file",
        deleted: true,
    }))
}
