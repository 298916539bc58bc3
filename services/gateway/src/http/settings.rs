//! What the page has to know of this gateway before it knows anything else.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::App;
use super::tenant::UploadLimit;

/// Settings that the page follows.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Settings {
    /// The version of this gateway.
    version: &'static str,
    /// Whether requests need an API key.
    keys: bool,
    /// Whether the browser's speech recognition may be offered.
    voice: bool,
    /// Whether speech can be sent here to be transcribed (`/v1/audio/transcriptions`); the page then leaves the browser's speech
    /// recognition alone.
    transcription: bool,
    /// Bytes that one upload with the key of this request, if it has one, may have.
    max_upload_bytes: u64,
}

/// `GET /api/config`: wants no key, and names no tenant.
#[utoipa::path(get, path = "/api/config", tag = "gateway", responses((status = 200, description = "Settings.", body = Settings)))]
pub async fn show(State(app): State<Arc<App>>, UploadLimit(limit): UploadLimit) -> Json<Settings> {
    Json(Settings {
        version: env!("CARGO_PKG_VERSION"),
        keys: app.keys.is_some(),
        voice: app.voice,
        transcription: app.transcription.is_some(),
        max_upload_bytes: limit,
    })
}
