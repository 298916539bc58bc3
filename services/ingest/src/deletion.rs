//! A file on its way out.

use std::collections::BTreeSet;

use bus::{Bus, Delivery, Outputs};
use schemas::events::FileDeleted;
use schemas::file::{FileRecord, FileState, FileVersion};
use schemas::jobs::{DeleteFile, EmbedJob, RemovePassages};
use schemas::{FileId, JobId};

use crate::contents::{Contents, now};
use crate::error::IngestError;

/// Forgets a file, and what was said of it; its tombstone stays, without its name.
pub(crate) async fn delete(
    bus: &Bus,
    store: &Contents,
    DeleteFile { file, expired }: &DeleteFile,
    delivery: &Delivery,
) -> Result<Outputs, IngestError> {
    let mut former: Vec<FileVersion> = Vec::new();
    let mut again = delivery.attempt > 1;
    let mut jobs = BTreeSet::new();
    let record = store
        .files
        .update(file.as_str(), |known| {
            let known = known?;
            again |= known.order == delivery.order;
            // What came after it was seen to be old is not.
            if known.order >= delivery.order || expired.is_some_and(|order| order != known.order) {
                return None;
            }
            jobs.insert(known.job.clone());
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
    erase(bus, file, &record.name, jobs, delivery).await?;
    // Only now: until then a delivery that comes again has to know it.
    store
        .files
        .update(file.as_str(), |known| {
            let known = known.filter(|known| known.order == delivery.order && !known.name.is_empty())?;
            Some(FileRecord {
                name: String::new(),
                updated_at: now(),
                ..known.clone()
            })
        })
        .await?;
    let deleted = FileDeleted {
        job: delivery.id.clone(),
        file: file.clone(),
        // It would stay in the stream of facts.
        name: String::new(),
        expired: expired.is_some(),
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

/// Removes what was said of a file: answers that rest on it, facts, dead letters, progress.
async fn erase(
    bus: &Bus,
    file: &FileId,
    name: &str,
    mut jobs: BTreeSet<JobId>,
    delivery: &Delivery,
) -> Result<(), IngestError> {
    let answers = bus.answers(&delivery.tenant).await?;
    for answer in answers.resting_on(file).await? {
        answers.delete(&answer).await?;
        // The job of the question has the same id.
        jobs.extend(JobId::new(answer).ok());
    }
    bus.forget_file(&delivery.tenant, file, name, jobs).await?;
    Ok(())
}
