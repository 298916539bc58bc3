//! Passages that fit some words, by a call to the retrieve service.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use bytes::Bytes;
use http::HeaderMap;
use schemas::TenantId;
use schemas::calls::{SearchCall, SearchHits};

use super::App;
use super::ask::is_json;
use super::problem::Problem;
use super::tenant::Tenant;

/// Bytes of a request.
pub const MAX_BODY: usize = 64 * 1024;
/// How long a search may take: the first one after a start may have to load its models.
const PATIENCE: Duration = Duration::from_secs(30);

/// `POST /api/search`: the passages that fit best, nothing answered.
#[utoipa::path(post, path = "/api/search", tag = "knowledge",
    request_body = ref("#/components/schemas/SearchCall"),
    responses((status = 200, description = "The passages, the best first.", body = ref("#/components/schemas/SearchHits"))))]
pub async fn search(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SearchHits>, Problem> {
    if !is_json(&headers) {
        return Err(Problem::NotJson);
    }
    let body = body.map_err(|rejection| Problem::of_body(rejection, MAX_BODY))?;
    let call: SearchCall = serde_json::from_slice(&body)?;
    Ok(Json(find(&app, &tenant, &call).await?))
}

/// The passages that fit best.
///
/// # Errors
/// [`Problem::CallRefused`], [`Problem::NoService`].
pub async fn find(app: &App, tenant: &TenantId, call: &SearchCall) -> Result<SearchHits, Problem> {
    Ok(app.bus.call(tenant, call, PATIENCE).await?)
}
