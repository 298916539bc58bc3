//! What is stored of documents and files.

use bus::Bus;
use chrono::DateTime;
use schemas::document::Document;
use schemas::file::FileRecord;
use schemas::{ContentId, TenantId};

use crate::error::EmbedError;

/// Bytes that a document may have.
const DOCUMENT: u64 = 256 << 20;

/// A document of a tenant.
///
/// # Errors
/// When it is not there, or is none.
pub async fn document(bus: &Bus, tenant: &TenantId, document: &ContentId) -> Result<Document, EmbedError> {
    let bytes = bus.files(tenant).await?.get(document.as_str(), DOCUMENT).await?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// When a file was brought in, in seconds since 1970; a moment that can't be read is the beginning of all.
#[must_use]
pub fn received(record: &FileRecord) -> i64 {
    DateTime::parse_from_rfc3339(&record.updated_at).map_or(0, |moment| moment.timestamp())
}
