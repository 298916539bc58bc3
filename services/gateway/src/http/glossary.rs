//! What words mean to a tenant.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use bytes::Bytes;
use http::HeaderMap;
use schemas::Glossary;
use schemas::glossary::Entry;

use super::App;
use super::ask::is_json;
use super::problem::Problem;
use super::tenant::Tenant;

/// Bytes of a request.
pub const MAX_BODY: usize = 16 * 1024;

/// `GET /api/glossary`: all entries, by term.
#[utoipa::path(get, path = "/api/glossary", tag = "glossary",
    responses((status = 200, description = "The entries.", body = ref("#/components/schemas/Glossary"))))]
pub async fn list(State(app): State<Arc<App>>, Tenant(tenant): Tenant) -> Result<Json<Glossary>, Problem> {
    Ok(Json(app.bus.glossary(&tenant).await?))
}

/// `POST /api/glossary`: sets one entry, in the place of another one of that term.
#[utoipa::path(post, path = "/api/glossary", tag = "glossary", request_body = ref("#/components/schemas/Entry"), responses(
    (status = 200, description = "All entries as they are then.", body = ref("#/components/schemas/Glossary")),
))]
pub async fn set(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Glossary>, Problem> {
    if !is_json(&headers) {
        return Err(Problem::NotJson);
    }
    let body = body.map_err(|rejection| Problem::of_body(rejection, MAX_BODY))?;
    let entry: Entry = serde_json::from_slice(&body)?;
    let changed = app
        .bus
        .change_glossary(&tenant, |glossary| glossary.with(entry.clone()))
        .await?;
    Ok(Json(changed))
}

/// `DELETE /api/glossary/{term}`.
#[utoipa::path(delete, path = "/api/glossary/{term}", tag = "glossary", params(
    ("term" = String, Path, description = "The term."),
), responses((status = 200, description = "The entries that are left.", body = ref("#/components/schemas/Glossary"))))]
pub async fn remove(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    term: Result<Path<String>, PathRejection>,
) -> Result<Json<Glossary>, Problem> {
    let Path(term) = term?;
    let mut was_there = false;
    let changed = app
        .bus
        .change_glossary(&tenant, |glossary| {
            was_there = glossary.get(&term).is_some();
            glossary.without(&term)
        })
        .await?;
    if was_there {
        Ok(Json(changed))
    } else {
        Err(Problem::NoPart("such term in the glossary"))
    }
}
