//! The flow of one job: a file comes in, goes on, or goes.
//!
//! Every step can be repeated: a process may be killed anywhere, and the job that comes again ends in the same state
//! and gives the same outputs.

use std::sync::Arc;

use bus::{Bus, Delivery, Handler, Outputs};
use sandbox::Pool;
use schemas::file::FileState;
use schemas::jobs::{AddFile, IngestJob, SetTable, Version};
use schemas::overrides::TableOverride;
use schemas::{ContentId, FileId};

use crate::addition::{Addition, taken_over};
use crate::changes;
use crate::contents::Contents;
use crate::continuation;
use crate::course::Course;
use crate::deletion;
use crate::error::IngestError;
use crate::limits::Limits;
use crate::reading::Reading;

/// Handles [`IngestJob`].
pub struct Ingest {
    bus: Bus,
    reading: Reading,
}

impl Ingest {
    /// A handler that has files read by workers, within some limits.
    #[must_use]
    pub fn new(bus: Bus, limits: Limits, workers: Arc<Pool>) -> Self {
        Self {
            bus,
            reading: Reading::new(limits, workers),
        }
    }
}

impl Handler<IngestJob> for Ingest {
    type Error = IngestError;

    async fn handle(&self, job: IngestJob, delivery: &Delivery) -> Result<Outputs, IngestError> {
        let store = Contents::open(&self.bus, &delivery.tenant).await?;
        // The steps of a job are long, and their futures large: each on the heap.
        match job {
            IngestJob::Add(AddFile { name, content }) => {
                check_name(&name)?;
                let file = self.bus.name_file(&delivery.tenant, &name).await?;
                Box::pin(self.add(store, delivery, (file, name, content), None)).await
            }
            IngestJob::Set(job) => Box::pin(self.set(store, job, delivery)).await,
            IngestJob::Delete(job) => deletion::delete(&self.bus, &store, &job, delivery).await,
            IngestJob::Recognized(job) => Box::pin(continuation::recognized(store, job, delivery)).await,
            IngestJob::Embedded(job) => Box::pin(continuation::embedded(store, job, delivery)).await,
            IngestJob::GivenUp(job) => Box::pin(continuation::given_up(store, job, delivery)).await,
        }
    }
}

impl Ingest {
    /// Reads the active version again, with decisions of a person.
    async fn set(&self, store: Contents, job: SetTable, delivery: &Delivery) -> Result<Outputs, IngestError> {
        let unknown = || IngestError::UnknownFile {
            file: job.file.clone(),
        };
        let known = store.files.get(job.file.as_str()).await?;
        let record = known.map(|known| known.value).ok_or_else(unknown)?;
        if record.order > delivery.order {
            return Ok(taken_over(delivery));
        }
        let again = record.order == delivery.order;
        // What another job reads will be the active version: it must not be lost by taking over from it.
        if record.state == FileState::Received && !again {
            return Err(IngestError::BeingRead);
        }
        let version = record.active.clone().ok_or_else(unknown)?;
        let overrides = if again && record.state != FileState::Received {
            version.overrides.clone()
        } else {
            changes::merged(&store.objects, &record, &version, &job).await?
        };
        let named = (job.file, record.name, version.content);
        self.add(store, delivery, named, Some(overrides)).await
    }

    /// Brings a version in that begins with this job.
    async fn add(
        &self,
        store: Contents,
        delivery: &Delivery,
        (file, name, content): (FileId, String, ContentId),
        overrides: Option<Vec<TableOverride>>,
    ) -> Result<Outputs, IngestError> {
        let version = Version {
            file,
            name,
            content,
            order: delivery.order,
            job: delivery.id.clone(),
        };
        Addition {
            course: Course {
                store,
                delivery,
                version,
            },
            reading: &self.reading,
            overrides,
        }
        .run()
        .await
    }
}

/// Letters that a file's name may have.
pub(crate) const LONGEST_NAME: usize = 512;

fn check_name(name: &str) -> Result<(), IngestError> {
    let problem = if name.trim().is_empty() {
        "is blank"
    } else if name.chars().count() > LONGEST_NAME {
        "is too long"
    } else if name.chars().any(char::is_control) {
        "has control characters"
    } else if name.ends_with('/') {
        "is a folder"
    } else {
        return Ok(());
    };
    Err(IngestError::BadName {
        name: name.chars().take(80).collect(),
        problem,
    })
}

#[cfg(test)]
mod tests {
    use bus::{Fault, Faulty};

    use super::*;

    #[test]
    fn names_are_checked() {
        for good in ["a.csv", "零售/2024 年.xlsx", &format!("{}.csv", "a".repeat(508))] {
            assert!(check_name(good).is_ok(), "{good:?}");
        }
        for bad in ["", "  ", "a\nb.csv", "a\u{7f}.csv", "folder/", &"a".repeat(513)] {
            let error = check_name(bad).unwrap_err();
            assert_eq!(
                error.fault(),
                Fault::Reject {
                    pointer: Some("/name".into())
                },
                "{bad:?}"
            );
        }
    }
}
