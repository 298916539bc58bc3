//! Bytes of a file as they were uploaded, and images of its pages.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bus::ObjectsError;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use schemas::document::Document;
use schemas::file::FileRecord;
use schemas::{ContentId, TenantId};
use tokio_util::io::ReaderStream;

use super::App;
use super::problem::Problem;

/// Bytes that the passages of a document may have.
const MAX_DOCUMENT: u64 = 256 << 20;
/// Bytes that the image of a page may have.
const MAX_PAGE: u64 = 64 << 20;
/// Bytes on their way from the store to the client.
const BUFFER: usize = 256 * 1024;
/// Another version of the file may have another page.
const SHORTLY: &str = "private, max-age=60";

/// The bytes of the active version, as a download: what somebody has uploaded is never shown as a page of this server.
///
/// # Errors
/// [`Problem::NotRead`]; or when the bus fails.
pub async fn content(app: &App, tenant: &TenantId, record: &FileRecord) -> Result<Response, Problem> {
    let version = record.active.as_ref().ok_or(Problem::NotRead)?;
    let objects = app.bus.files(tenant).await?;
    let size = objects
        .size(version.content.as_str())
        .await?
        .ok_or(Problem::NotRead)?;
    let (reader, mut writer) = tokio::io::duplex(BUFFER);
    let name = version.content.clone();
    // Ends with the reader: a client that goes away makes the next write fail.
    tokio::spawn(async move {
        if let Err(error) = objects.get_into(name.as_str(), &mut writer, size).await {
            tracing::debug!(error = %bus::fault::reason(&error), "a download broke off");
        }
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, size.to_string()),
        (CONTENT_DISPOSITION, "attachment".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((
        headers,
        Body::from_stream(ReaderStream::with_capacity(reader, BUFFER)),
    )
        .into_response())
}

/// The active version as a document.
///
/// # Errors
/// [`Problem::NotRead`], [`Problem::NoPart`]; or when the bus fails.
pub async fn document(app: &App, tenant: &TenantId, record: &FileRecord) -> Result<Document, Problem> {
    let version = record.active.as_ref().ok_or(Problem::NotRead)?;
    let stored = version
        .document
        .as_ref()
        .ok_or(Problem::NoPart("document in this file"))?;
    let objects = app.bus.files(tenant).await?;
    let json = objects.get(stored.document.as_str(), MAX_DOCUMENT).await?;
    serde_json::from_slice(&json).map_err(|error| Problem::Internal(error.into()))
}

/// The image of a page of the active version; pages count from 1.
///
/// # Errors
/// [`Problem::NotRead`], [`Problem::NoPart`]; or when the bus fails.
pub async fn page(
    app: &App,
    tenant: &TenantId,
    record: &FileRecord,
    number: u32,
) -> Result<Response, Problem> {
    let document = document(app, tenant, record).await?;
    let page = document.pages.iter().find(|page| page.number == number);
    let image = page
        .and_then(|page| page.image.as_ref())
        .ok_or(Problem::NoPart("image of this page"))?;
    let png = image_of(app, tenant, image).await?;
    let headers = [
        (CONTENT_TYPE, "image/png"),
        (CACHE_CONTROL, SHORTLY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, png).into_response())
}

/// The PNG of a page.
///
/// # Errors
/// [`Problem::NoPart`] where it is gone; or when the bus fails.
pub async fn image_of(app: &App, tenant: &TenantId, image: &ContentId) -> Result<Bytes, Problem> {
    match app.bus.files(tenant).await?.get(image.as_str(), MAX_PAGE).await {
        Ok(png) => Ok(png),
        Err(ObjectsError::Missing { .. }) => Err(Problem::NoPart("image of this page any more")),
        Err(error) => Err(error.into()),
    }
}
