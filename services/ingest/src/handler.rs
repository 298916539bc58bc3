//! The flow of one job: a file comes in, or goes.
//!
//! Every step can be repeated: a process may be killed anywhere, and the job that comes again ends in the same state
//! and gives the same outputs.

use std::sync::Arc;

use bus::{Bus, Delivery, Handler, Outputs};
use sandbox::Pool;
use schemas::events::{FileDeleted, FileIndexed, FileReceived, FileRejected, TableReady};
use schemas::file::{FileRecord, FileState, FileVersion, Parse, Rejection, RejectionCode, StoredTable};
use schemas::jobs::{AddFile, DeleteFile, IngestJob, SetTable};
use schemas::overrides::TableOverride;
use schemas::{ContentId, FileId};

use crate::changes;
use crate::contents::{Contents, now};
use crate::error::IngestError;
use crate::kind::{self, Kind};
use crate::limits::Limits;
use crate::read::READER;
use crate::reading::{Reading, Upload};
use crate::rejected::Rejected;

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
        match job {
            IngestJob::Add(AddFile { name, content }) => {
                check_name(&name)?;
                let file = self.bus.name_file(&delivery.tenant, &name).await?;
                Addition {
                    store,
                    reading: &self.reading,
                    delivery,
                    file,
                    name,
                    content,
                    overrides: None,
                }
                .run()
                .await
            }
            IngestJob::Set(job) => self.set(store, job, delivery).await,
            IngestJob::Delete(DeleteFile { file }) => delete(&store, &file, delivery).await,
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
        Addition {
            store,
            reading: &self.reading,
            delivery,
            file: job.file,
            name: record.name,
            content: version.content,
            overrides: Some(overrides),
        }
        .run()
        .await
    }
}

fn taken_over(delivery: &Delivery) -> Outputs {
    let reason = "a newer version of the file took over; set it again";
    Outputs::none().failed(&delivery.origin, reason)
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

/// A file on its way in.
struct Addition<'a> {
    store: Contents,
    reading: &'a Reading,
    delivery: &'a Delivery,
    file: FileId,
    name: String,
    content: ContentId,
    /// What people have decided, if this job says so; else what they have decided about the version before.
    overrides: Option<Vec<TableOverride>>,
}

impl Addition<'_> {
    async fn run(self) -> Result<Outputs, IngestError> {
        let record = self.begin().await?;
        if record.order != self.delivery.order {
            // Another job has come between, whose version must not be lost.
            let busy = self.overrides.is_some() && record.order < self.delivery.order;
            return if busy {
                Err(IngestError::BeingRead)
            } else {
                self.late().await
            };
        }
        match (record.state, record.active, record.rejection) {
            // A former delivery of this job came as far as this.
            (FileState::Indexed, Some(version), _) => self.indexed(version).await,
            (FileState::Rejected, _, Some(rejection)) => self.rejected(rejection).await,
            (FileState::Deleted, ..) => self.late().await,
            (_, former, _) => match self.version(former.as_ref()).await? {
                Ok(version) => self.activate(version, former).await,
                Err(rejected) => self.reject(rejected.into()).await,
            },
        }
    }

    /// Notes that this job is at work, unless a newer one is known. Returns the record as it is now.
    async fn begin(&self) -> Result<FileRecord, IngestError> {
        let fresh = FileRecord {
            file: self.file.clone(),
            name: self.name.clone(),
            state: FileState::Received,
            order: self.delivery.order,
            job: self.delivery.id.clone(),
            active: None,
            rejection: None,
            updated_at: now(),
        };
        let record = self
            .store
            .files
            .update(self.file.as_str(), |known| match known {
                Some(known) if known.order >= fresh.order => None,
                Some(known) if self.overrides.is_some() && known.state == FileState::Received => None,
                Some(known) => Some(FileRecord {
                    active: known.active.clone(),
                    ..fresh.clone()
                }),
                None => Some(fresh.clone()),
            })
            .await?;
        Ok(record.unwrap_or(fresh))
    }

    /// The tables of the bytes: read now, or kept from before.
    async fn version(
        &self,
        former: Option<&FileVersion>,
    ) -> Result<Result<FileVersion, Rejected>, IngestError> {
        let kept = || former.map(|former| former.overrides.clone()).unwrap_or_default();
        let overrides = self.overrides.clone().unwrap_or_else(kept);
        let kind = match Kind::of(&self.name) {
            Ok(kind) => kind,
            Err(rejected) => return Ok(Err(rejected)),
        };
        // Two jobs with the same bytes at once: the second one finds what the first one read.
        let _turn = self.reading.turn(&self.content).await;
        let known = self.store.hold(&self.content, &self.file).await?;
        let Some(size) = self.store.objects.size(self.content.as_str()).await? else {
            return Ok(Err(missing(&self.content)));
        };
        let parse = known.parses.into_iter().find(|parse| {
            parse.kind == kind.as_str() && parse.reader == READER && parse.overrides == overrides
        });
        let tables = if let Some(parse) = parse {
            parse.tables
        } else {
            let tables = match self
                .reading
                .read(
                    &self.store.objects,
                    Upload {
                        name: &self.name,
                        kind,
                        content: &self.content,
                        size,
                        overrides: &overrides,
                    },
                    self.delivery,
                )
                .await?
            {
                Ok(tables) => tables,
                Err(rejected) => return Ok(Err(rejected)),
            };
            let parse = Parse {
                kind: kind.as_str().into(),
                reader: READER,
                overrides: overrides.clone(),
                tables,
            };
            self.store.keep(&self.content, &self.file, &parse).await?;
            parse.tables
        };
        let tables = tables.into_iter().map(|table| self.named(kind, table)).collect();
        Ok(Ok(FileVersion {
            content: self.content.clone(),
            size,
            tables,
            overrides,
        }))
    }

    /// The same text may come under two names: its first table is called by the file's.
    fn named(&self, kind: Kind, table: StoredTable) -> StoredTable {
        if kind.has_sheets() || table.index > 0 {
            table
        } else {
            StoredTable {
                name: kind::stem(&self.name).to_owned(),
                ..table
            }
        }
    }

    /// Makes the version the one that questions read, unless a newer job is known.
    async fn activate(
        self,
        version: FileVersion,
        former: Option<FileVersion>,
    ) -> Result<Outputs, IngestError> {
        let order = self.delivery.order;
        let record = self
            .store
            .files
            .update(self.file.as_str(), |known| {
                let known =
                    known.filter(|known| known.order == order && known.state == FileState::Received)?;
                Some(FileRecord {
                    state: FileState::Indexed,
                    active: Some(version.clone()),
                    rejection: None,
                    updated_at: now(),
                    ..known.clone()
                })
            })
            .await?;
        if record.is_none_or(|record| record.order != order) {
            return self.late().await;
        }
        if let Some(former) = former.filter(|former| former.content != version.content) {
            self.store.release(&former.content, &self.file).await?;
        }
        self.indexed(version).await
    }

    async fn indexed(self, version: FileVersion) -> Result<Outputs, IngestError> {
        // A late job with the same bytes may have released them just before the activation.
        self.store.hold(&self.content, &self.file).await?;
        self.tidy().await?;
        let (job, file) = (self.delivery.id.clone(), self.file);
        let mut outputs = Outputs::none().with(&FileReceived {
            job: job.clone(),
            file: file.clone(),
            name: self.name.clone(),
            content: version.content.clone(),
            size: version.size,
        });
        let tables = u32::try_from(version.tables.len()).unwrap_or(u32::MAX);
        for table in version.tables {
            let content = version.content.clone();
            outputs = outputs.with(&TableReady {
                job: job.clone(),
                file: file.clone(),
                content,
                table,
            });
        }
        let indexed = FileIndexed {
            job,
            file,
            name: self.name,
            content: version.content,
            tables,
        };
        Ok(outputs.with(&indexed).finished(&self.delivery.origin))
    }

    /// Notes what is wrong, unless a newer job is known. What was active before stays active.
    async fn reject(self, rejection: Rejection) -> Result<Outputs, IngestError> {
        let order = self.delivery.order;
        let record = self
            .store
            .files
            .update(self.file.as_str(), |known| {
                let known =
                    known.filter(|known| known.order == order && known.state == FileState::Received)?;
                Some(FileRecord {
                    state: FileState::Rejected,
                    rejection: Some(rejection.clone()),
                    updated_at: now(),
                    ..known.clone()
                })
            })
            .await?;
        if record.is_none_or(|record| record.order != order) {
            return self.late().await;
        }
        self.rejected(rejection).await
    }

    async fn rejected(self, rejection: Rejection) -> Result<Outputs, IngestError> {
        self.store.release(&self.content, &self.file).await?;
        self.tidy().await?;
        let (job, file, name, content) = (self.delivery.id.clone(), self.file, self.name, self.content);
        let reason = rejection.message.clone();
        let mut outputs = Outputs::none();
        if rejection.code != RejectionCode::MissingContent {
            let size = self.store.objects.size(content.as_str()).await?.unwrap_or(0);
            outputs = outputs.with(&FileReceived {
                job: job.clone(),
                file: file.clone(),
                name: name.clone(),
                content: content.clone(),
                size,
            });
        }
        let rejected = FileRejected {
            job,
            file,
            name,
            content,
            rejection,
        };
        Ok(outputs.with(&rejected).failed(&self.delivery.origin, &reason))
    }

    /// A newer job has taken over: this one changes nothing.
    async fn late(self) -> Result<Outputs, IngestError> {
        self.store.release(&self.content, &self.file).await?;
        self.tidy().await?;
        if self.overrides.is_some() {
            return Ok(taken_over(self.delivery));
        }
        Ok(Outputs::none().finished(&self.delivery.origin))
    }

    /// A former delivery may have ended between two steps.
    async fn tidy(&self) -> Result<(), IngestError> {
        if self.delivery.attempt > 1 {
            self.store.release_leftovers(&self.file).await
        } else {
            Ok(())
        }
    }
}

fn missing(content: &ContentId) -> Rejected {
    Rejected::new(
        RejectionCode::MissingContent,
        format!("there are no bytes under {content}; expected them to be uploaded before the job is sent"),
    )
}

async fn delete(store: &Contents, file: &FileId, delivery: &Delivery) -> Result<Outputs, IngestError> {
    let mut former = None;
    let mut again = delivery.attempt > 1;
    let record = store
        .files
        .update(file.as_str(), |known| {
            let known = known?;
            again |= known.order == delivery.order;
            if known.order >= delivery.order {
                return None;
            }
            former.clone_from(&known.active);
            Some(FileRecord {
                state: FileState::Deleted,
                order: delivery.order,
                job: delivery.id.clone(),
                active: None,
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
    if let Some(former) = former {
        store.release(&former.content, file).await?;
    }
    if again {
        store.release_leftovers(file).await?;
    }
    let deleted = FileDeleted {
        job: delivery.id.clone(),
        file: file.clone(),
        name: record.name,
    };
    Ok(Outputs::none().with(&deleted).finished(&delivery.origin))
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
