//! What was read of documents.

use schemas::document::Document;
use schemas::file::FileRecord;

use super::{Client, ClientError};

/// Bytes of a document as JSON.
const DOCUMENT_LIMIT: u64 = 256 << 20;

impl Client {
    /// The running text of a file that was read as a document.
    ///
    /// # Errors
    /// [`ClientError::NoDocument`], [`ClientError::BrokenDocument`]; else when the bus fails.
    pub async fn prose(&self, record: &FileRecord) -> Result<String, ClientError> {
        let version = record.active.as_ref();
        let Some(stored) = version.and_then(|version| version.document.as_ref()) else {
            return Err(ClientError::NoDocument {
                name: record.name.clone(),
            });
        };
        let files = self.bus.files(&self.tenant).await?;
        let bytes = files.get(stored.document.as_str(), DOCUMENT_LIMIT).await?;
        let document: Document =
            serde_json::from_slice(&bytes).map_err(|source| ClientError::BrokenDocument {
                name: record.name.clone(),
                source,
            })?;
        Ok(document.prose())
    }
}
