//! A file on its way out.

use bus::{Delivery, Outputs};
use schemas::FileId;
use schemas::events::FileDeleted;
use schemas::file::{FileRecord, FileState, FileVersion};
use schemas::jobs::{EmbedJob, RemovePassages};

use crate::contents::{Contents, now};
use crate::error::IngestError;

/// Forgets a file; its tombstone stays.
pub(crate) async fn delete(
    store: &Contents,
    file: &FileId,
    delivery: &Delivery,
) -> Result<Outputs, IngestError> {
    let mut former: Vec<FileVersion> = Vec::new();
    let mut again = delivery.attempt > 1;
    let record = store
        .files
        .update(file.as_str(), |known| {
            let known = known?;
            again |= known.order == delivery.order;
            if known.order >= delivery.order {
                return None;
            }
            former = known.active.iter().chain(&known.pending).cloned().collect();
            Some(FileRecord {
                state: FileState::Deleted,
                order: delivery.order,
                job: delivery.id.clone(),
                active: None,
                pending: None,
                rejection: None,
                updated_at: now(),
                ..known.clone()
            })
        })
        .await?;
    let Some(record) = record else {
        return Err(IngestError::UnknownFile { file: file.clone() });
    };
    if record.order != delivery.order {
        return Ok(Outputs::none().finished(&delivery.origin));
    }
    for version in former {
        store.release(&version.content, file).await?;
    }
    if again {
        store.release_leftovers(file).await?;
    }
    let deleted = FileDeleted {
        job: delivery.id.clone(),
        file: file.clone(),
        name: record.name,
    };
    let remove = EmbedJob::Remove(RemovePassages {
        file: file.clone(),
        keep: None,
    });
    Ok(Outputs::none()
        .with(&deleted)
        .with(&remove)
        .finished(&delivery.origin))
}
