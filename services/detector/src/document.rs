//! The running text of a file that was read as a document.

use std::time::Duration;

use bus::{Bus, Delivery};
use schemas::FileId;
use schemas::document::Document;
use schemas::file::{FileRecord, FileState, StoredDocument};

use crate::error::DetectorError;

/// How long a file may still be read.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a file may still be unknown.
const UNKNOWN: Duration = Duration::from_secs(10);
/// Bytes of a document as JSON.
const MAX_DOCUMENT: u64 = 64 << 20;

/// The text of a file, as soon as it is read.
///
/// # Errors
/// [`DetectorError::File`] when there is none; or when the bus does not answer.
pub async fn text(bus: &Bus, file: &FileId, delivery: &Delivery) -> Result<String, DetectorError> {
    let records = bus.file_records(&delivery.tenant).await?;
    let settled = |record: Option<&FileRecord>| record.is_none_or(|record| record.state.is_settled());
    // The job that adds it may be behind this one, in a queue of its own.
    let is_known = |record: Option<&FileRecord>| record.is_some();
    let mut record = records.wait(file.as_str(), UNKNOWN, is_known).await?;
    if !settled(record.as_ref()) {
        delivery
            .report(&delivery.origin, "waiting for the file to be read", 0, 0)
            .await;
        record = records.wait(file.as_str(), PATIENCE, settled).await?;
    }
    let stored = document(file, record)?;
    let files = bus.files(&delivery.tenant).await?;
    let bytes = files.get(stored.document.as_str(), MAX_DOCUMENT).await?;
    let document: Document = serde_json::from_slice(&bytes).map_err(DetectorError::Document)?;
    Ok(document.prose())
}

/// Where the document of a file is.
fn document(file: &FileId, record: Option<FileRecord>) -> Result<StoredDocument, DetectorError> {
    let refused = |why: String| DetectorError::File {
        file: file.clone(),
        why,
    };
    let Some(record) = record else {
        return Err(refused(
            "there is no such file, or it is still being read".to_owned(),
        ));
    };
    match (record.state, record.active) {
        (FileState::Deleted, _) => Err(refused("it was deleted".to_owned())),
        (_, Some(version)) => version
            .document
            .ok_or_else(|| refused("it has tables alone; expected a document".to_owned())),
        (_, None) => {
            let why = record.rejection.map(|rejection| rejection.message);
            Err(refused(why.unwrap_or_else(|| "it is not read yet".to_owned())))
        }
    }
}

#[cfg(test)]
mod tests {
    use schemas::file::{FileVersion, Rejection, RejectionCode};
    use schemas::{ContentId, JobId};

    use super::*;

    #[test]
    fn what_is_no_document_is_refused_with_its_reason() {
        let file = FileId::new("0199f1d2-7c3a-7def-8123-0000000000aa").unwrap();
        let content = || ContentId::new("a".repeat(64)).unwrap();
        let record = |state: FileState, document: Option<StoredDocument>, is_read: bool| FileRecord {
            file: file.clone(),
            name: "essay.docx".to_owned(),
            state,
            order: 1,
            job: JobId::new("0199f1d2-7c3a-7def-8123-456789abcdef").unwrap(),
            active: is_read.then(|| FileVersion {
                content: content(),
                size: 1,
                tables: Vec::new(),
                document,
                searchable: false,
                overrides: Vec::new(),
            }),
            pending: None,
            rejection: (state == FileState::Rejected).then(|| Rejection {
                code: RejectionCode::Corrupt,
                message: "it is damaged".to_owned(),
                place: None,
            }),
            updated_at: "2024-05-06T07:08:09Z".to_owned(),
        };
        let stored = || StoredDocument {
            document: content(),
            pages: 1,
            passages: 1,
            parts: Vec::new(),
            notices: 0,
            headed: None,
        };
        let check = |record: Option<FileRecord>, expected: &str| {
            let why = document(&file, record).unwrap_err().to_string();
            assert!(why.contains(expected) && why.contains(file.as_str()), "{why}");
        };
        check(None, "no such file");
        check(Some(record(FileState::Deleted, None, false)), "deleted");
        check(Some(record(FileState::Indexed, None, true)), "tables alone");
        check(Some(record(FileState::Rejected, None, false)), "it is damaged");
        for state in [FileState::Indexed, FileState::Rejected] {
            // What was read before a newer version was rejected is still there.
            let found = document(&file, Some(record(state, Some(stored()), true)));
            assert_eq!(found.unwrap(), stored());
        }
    }
}
