//! Uploads, the list of files, deletion.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use schemas::file::{ContentRecord, FileRecord, FileState};
use schemas::jobs::{AddFile, DeleteFile, IngestJob};
use schemas::{ContentId, FileId, JobId, TenantId};
use serde::{Deserialize, Serialize};

use super::job_id::{announce, job_id};
use super::problem::Problem;
use super::spool::spool;
use super::tenant::{Tenant, UploadLimit};
use super::{App, now};
use super::{stored, tables};

/// The longest logical name, in characters.
const MAX_NAME: usize = 512;
/// Removals of the same bytes that an upload outlasts.
const REMOVALS: usize = 3;

/// Where to look next.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Links {
    file: String,
    progress: String,
}

impl Links {
    fn of(file: &FileId, job: &JobId) -> Self {
        Self {
            file: format!("/api/files/{file}"),
            progress: format!("/api/progress/{job}"),
        }
    }
}

/// An upload that is in the queue.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Uploaded {
    #[schema(value_type = String)]
    pub file: FileId,
    #[schema(value_type = String)]
    pub job: JobId,
    pub name: String,
    #[schema(value_type = String)]
    pub content: ContentId,
    pub size: u64,
    links: Links,
}

/// A deletion that is in the queue.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Deletion {
    #[schema(value_type = String)]
    pub file: FileId,
    #[schema(value_type = String)]
    job: JobId,
    links: Links,
}

/// The files of a tenant.
#[derive(Debug, Serialize)]
pub struct Files {
    files: Vec<FileRecord>,
}

/// The query of an upload by POST.
#[derive(Debug, Deserialize)]
pub struct Named {
    name: String,
}

/// `PUT /api/files/{*name}`: takes the body in under a name.
#[utoipa::path(put, path = "/api/files/{name}", tag = "files", params(
    ("name" = String, Path, description = "The logical name; it may have slashes."),
    ("idempotency-key" = Option<String>, Header, description = "A UUID: the same key is the same upload."),
), request_body(content_type = "application/octet-stream", description = "The bytes."), responses(
    (status = 202, description = "Stored, and in the queue.", body = Uploaded),
))]
pub async fn replace(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    UploadLimit(limit): UploadLimit,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    let Path(name) = name?;
    take_in(&app, &tenant, name, limit, &headers, body).await
}

/// `POST /api/files?name=…`: the same.
#[utoipa::path(post, path = "/api/files", tag = "files", params(
    ("name" = String, Query, description = "The logical name, for instance `retail/sales-2024.xlsx`."),
), request_body(content_type = "application/octet-stream", description = "The bytes."), responses(
    (status = 202, description = "Stored, and in the queue.", body = Uploaded),
))]
pub async fn upload(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    UploadLimit(limit): UploadLimit,
    query: Result<Query<Named>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    let Query(Named { name }) = query?;
    take_in(&app, &tenant, name, limit, &headers, body).await
}

/// `GET /api/files`: by name; deleted ones are gone.
#[utoipa::path(get, path = "/api/files", tag = "files", responses(
    (status = 200, description = "`files`: a list of `FileRecord`.", body = ref("#/components/schemas/FileRecord")),
))]
pub async fn list(State(app): State<Arc<App>>, Tenant(tenant): Tenant) -> Result<Json<Files>, Problem> {
    let files = all(&app, &tenant).await?;
    Ok(Json(Files { files }))
}

/// `GET /api/files/{id}`, with `/tables` for what was found in its tables, `/content` for its bytes, `/pages/{n}.png` for the
/// image of a page.
#[utoipa::path(get, path = "/api/files/{id}", tag = "files", params(
    ("id" = String, Path, description = "The file; with `/tables`, `/content` or `/pages/{n}.png` behind it, a part of it."),
), responses(
    (status = 200, description = "The file.", body = ref("#/components/schemas/FileRecord")),
))]
pub async fn show(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let (id, part) = id.split_once('/').unwrap_or((&id, ""));
    let record = existing(&app, &tenant, id.to_owned()).await?;
    let page = part
        .strip_prefix("pages/")
        .and_then(|page| page.strip_suffix(".png")?.parse().ok());
    match (part, page) {
        ("", _) => Ok(Json(record).into_response()),
        ("tables", _) => Ok(Json(tables::read(&app, &tenant, record).await?).into_response()),
        ("content", _) => stored::content(&app, &tenant, &record).await,
        (_, Some(page)) => stored::page(&app, &tenant, &record, page).await,
        (_, None) => Err(Problem::UnknownRoute),
    }
}

/// `DELETE /api/files/{id}`.
#[utoipa::path(delete, path = "/api/files/{id}", tag = "files", params(
    ("id" = String, Path, description = "The file."),
), responses((status = 202, description = "The deletion is in the queue.", body = Deletion)))]
pub async fn delete(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Deletion>), Problem> {
    let Path(id) = id?;
    let deletion = forget(&app, &tenant, id, job_id(&headers)?).await?;
    Ok((StatusCode::ACCEPTED, Json(deletion)))
}

/// The record of a file that is not deleted.
///
/// # Errors
/// [`Problem::InvalidId`], [`Problem::UnknownFile`]; or when the bus fails.
pub async fn existing(app: &App, tenant: &TenantId, id: String) -> Result<FileRecord, Problem> {
    let id = FileId::new(id).map_err(Problem::InvalidId)?;
    let record = app.bus.file_records(tenant).await?.get(id.as_str()).await?;
    match record {
        Some(record) if record.value.state != FileState::Deleted => Ok(record.value),
        _ => Err(Problem::UnknownFile(id)),
    }
}

async fn take_in(
    app: &App,
    tenant: &TenantId,
    name: String,
    limit: u64,
    headers: &HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    check_name(&name).map_err(Problem::InvalidName)?;
    let job = job_id(headers)?;
    let text_of = |name| {
        headers
            .get(name)
            .and_then(|value: &http::HeaderValue| value.to_str().ok())
    };
    if text_of(CONTENT_TYPE).is_some_and(|kind| kind.trim_start().starts_with("multipart/")) {
        return Err(Problem::Form);
    }
    // Told before the first byte is read, where the client says how many will come.
    if text_of(CONTENT_LENGTH)
        .and_then(|length| length.parse::<u64>().ok())
        .is_some_and(|size| size > limit)
    {
        return Err(Problem::TooLarge { limit });
    }
    let _slot = app.uploads.try_acquire().map_err(|_| Problem::Busy)?;

    let (spooled, size) = spool(body, app.spool_dir.as_deref(), limit, app.upload_idle).await?;
    let uploaded = submit(app, tenant, name, job, (spooled.path(), size)).await?;
    Ok((StatusCode::ACCEPTED, Json(uploaded)))
}

/// Stores a file that lies on the disk, with its size in bytes, and sends it to be read under a name.
///
/// # Errors
/// [`Problem::InvalidName`]; or when the bus fails.
pub async fn submit(
    app: &App,
    tenant: &TenantId,
    name: String,
    job: JobId,
    (path, size): (&std::path::Path, u64),
) -> Result<Uploaded, Problem> {
    check_name(&name).map_err(Problem::InvalidName)?;
    let content = store(app, tenant, path).await?;
    let file = app.bus.name_file(tenant, &name).await?;
    announce(app, tenant, &job).await?;
    let add = AddFile {
        name: name.clone(),
        content: content.clone(),
    };
    app.bus.publish(tenant, &job, &IngestJob::Add(add)).await?;
    make_known(app, tenant, &file, &name, &job).await?;
    let links = Links::of(&file, &job);
    Ok(Uploaded {
        file,
        job,
        name,
        content,
        size,
        links,
    })
}

/// Sends a deletion of a file that is there.
///
/// # Errors
/// [`Problem::UnknownFile`]; or when the bus fails.
pub async fn forget(app: &App, tenant: &TenantId, id: String, job: JobId) -> Result<Deletion, Problem> {
    let FileRecord { file, .. } = existing(app, tenant, id).await?;
    announce(app, tenant, &job).await?;
    let delete = IngestJob::Delete(DeleteFile {
        file: file.clone(),
        expired: None,
    });
    app.bus.publish(tenant, &job, &delete).await?;
    let links = Links::of(&file, &job);
    Ok(Deletion { file, job, links })
}

/// The files of a tenant, by name; deleted ones are gone.
///
/// # Errors
/// When the bus fails.
pub async fn all(app: &App, tenant: &TenantId) -> Result<Vec<FileRecord>, Problem> {
    let records = app.bus.file_records(tenant).await?.list().await?;
    let mut files: Vec<FileRecord> = records
        .into_iter()
        .map(|(_, record)| record)
        .filter(|record| record.state != FileState::Deleted)
        .collect();
    files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Stores the bytes so that they stay: ingest may be about to remove the same ones, which nobody held any more.
async fn store(app: &App, tenant: &TenantId, path: &std::path::Path) -> Result<ContentId, Problem> {
    let (objects, contents) = (
        app.bus.files(tenant).await?,
        app.bus.content_records(tenant).await?,
    );
    let stays = |record: Option<&ContentRecord>| record.is_none_or(|record| record.removing_since.is_none());
    for _ in 0..REMOVALS {
        let content = objects.put_file(path).await?;
        contents.wait(content.as_str(), app.request_limit, stays).await?;
        // In this order: what is there when no removal is under way was put after the last one.
        let record = contents.get(content.as_str()).await?.map(|record| record.value);
        if stays(record.as_ref()) && objects.size(content.as_str()).await?.is_some() {
            return Ok(content);
        }
    }
    Err(Problem::Timeout)
}

/// Gives a new file its record before ingest gets to it, so that whoever asks right after the upload is not told
/// that there is no such file. Its order is 0, behind every job's: ingest takes it over whatever comes first.
async fn make_known(
    app: &App,
    tenant: &TenantId,
    file: &FileId,
    name: &str,
    job: &JobId,
) -> Result<(), Problem> {
    let received = FileRecord {
        file: file.clone(),
        name: name.to_owned(),
        state: FileState::Received,
        order: 0,
        job: job.clone(),
        active: None,
        pending: None,
        rejection: None,
        updated_at: now(),
    };
    let records = app.bus.file_records(tenant).await?;
    records
        .update(file.as_str(), |known| known.is_none().then(|| received.clone()))
        .await?;
    Ok(())
}

/// The rule of logical names: they look like relative paths without detours.
///
/// # Errors
/// What is wrong with a name, to be told behind `the file name`.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    if name.trim().is_empty() {
        Err("is blank")
    } else if name.chars().count() > MAX_NAME {
        Err("has more than 512 characters")
    } else if name.chars().any(char::is_control) {
        Err("has control characters")
    } else if name
        .split(['/', '\\'])
        .any(|part| matches!(part, "" | "." | ".."))
    {
        Err("has an empty part, or one that is . or ..")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_look_like_relative_paths() {
        for good in [
            "a.csv",
            "retail/sales-2024.xlsx",
            "零售/2024 年.xlsx",
            "a..b.csv",
            &"名".repeat(512),
        ] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            " ",
            "/a",
            "a/",
            "a//b",
            "../a",
            "a/./b",
            "a\\..\\b",
            "a\nb",
            "a\0",
            &"名".repeat(513),
        ] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }
}
