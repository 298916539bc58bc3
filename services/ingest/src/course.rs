//! One version of a file on its way: the steps that it takes, whichever job takes them.
//!
//! A file of tables is active as soon as it is read. A document becomes active when its passages can be found; until then it
//! waits in the record as the pending version, and the former one answers.

use bus::{Delivery, Outputs};
use schemas::FileId;
use schemas::events::{FileIndexed, FileReceived, FileRejected, TableReady};
use schemas::file::{FileRecord, FileState, FileVersion, Rejection, RejectionCode};
use schemas::jobs::{EmbedJob, EmbedPassages, RemovePassages, Version};

use crate::contents::{Contents, now};
use crate::error::IngestError;
use crate::kind::Kind;

/// A version, and the job that goes on with it.
pub(crate) struct Course<'a> {
    pub store: Contents,
    pub delivery: &'a Delivery,
    pub version: Version,
}

impl Course<'_> {
    fn file(&self) -> &FileId {
        &self.version.file
    }

    /// Whether it is read for its words.
    pub(crate) fn is_document(&self) -> bool {
        Kind::of(&self.version.name).is_ok_and(Kind::is_document)
    }

    /// Changes the record if this version is the newest and nothing has come of it yet. Returns the record as it is now.
    async fn change(
        &self,
        change: impl Fn(&FileRecord) -> FileRecord + Send + Sync,
    ) -> Result<Option<FileRecord>, IngestError> {
        let order = self.version.order;
        let record = self
            .store
            .files
            .update(self.file().as_str(), |known| {
                let known = known.filter(|known| known.order == order && known.is_open())?;
                Some(FileRecord {
                    updated_at: now(),
                    ..change(known)
                })
            })
            .await?;
        Ok(record)
    }

    /// Whether a record still is about this version.
    fn is_of(&self, record: Option<&FileRecord>) -> bool {
        record.is_some_and(|record| record.order == self.version.order)
    }

    /// Notes what is known of the version so far; whether it still is the newest.
    pub(crate) async fn wait_with(&self, pending: &FileVersion) -> Result<bool, IngestError> {
        let record = self
            .change(|known| FileRecord {
                state: FileState::Received,
                pending: Some(pending.clone()),
                rejection: None,
                ..known.clone()
            })
            .await?;
        let newest = self.is_of(record.as_ref());
        if newest {
            // A late job with the same bytes may have released them just before.
            self.store.hold(&self.version.content, self.file()).await?;
        }
        Ok(newest)
    }

    /// Makes the version the one that questions read, unless a newer job is known.
    pub(crate) async fn activate(
        self,
        version: FileVersion,
        former: Option<FileVersion>,
    ) -> Result<Outputs, IngestError> {
        let record = self
            .change(|known| FileRecord {
                state: FileState::Indexed,
                active: Some(version.clone()),
                pending: None,
                rejection: None,
                ..known.clone()
            })
            .await?;
        if !self.is_of(record.as_ref()) {
            return self.late().await;
        }
        if let Some(former) = former.filter(|former| former.content != version.content) {
            self.store.release(&former.content, self.file()).await?;
        }
        self.indexed(version).await
    }

    /// What the world is told of an active version; the same, however often it is told.
    pub(crate) async fn indexed(self, version: FileVersion) -> Result<Outputs, IngestError> {
        // A late job with the same bytes may have released them just before the activation.
        self.store.hold(&version.content, self.file()).await?;
        self.tidy().await?;
        let document = self.is_document();
        let mut outputs = Outputs::none();
        if !document {
            outputs = outputs.with(&self.received(&version));
        }
        let Version { file, name, job, .. } = &self.version;
        let tables = u32::try_from(version.tables.len()).unwrap_or(u32::MAX);
        for table in &version.tables {
            outputs = outputs.with(&TableReady {
                job: job.clone(),
                file: file.clone(),
                content: version.content.clone(),
                table: table.clone(),
            });
        }
        outputs = outputs.with(&FileIndexed {
            job: job.clone(),
            file: file.clone(),
            name: name.clone(),
            content: version.content.clone(),
            tables,
            pages: version.document.as_ref().map_or(0, |document| document.pages),
            passages: version.document.as_ref().map_or(0, |document| document.passages),
        });
        outputs = match &version.document {
            // The rows of a file of tables follow.
            Some(_) if !document => self.embed(outputs, &version),
            _ => outputs.with(&self.remove_others(Some(&version))),
        };
        Ok(outputs.finished(&self.delivery.origin))
    }

    /// Tells that the bytes are there.
    pub(crate) fn received(&self, version: &FileVersion) -> FileReceived {
        let Version { file, name, job, .. } = self.version.clone();
        FileReceived {
            job,
            file,
            name,
            content: version.content.clone(),
            size: version.size,
        }
    }

    /// Has the passages of the version made findable.
    pub(crate) fn embed(&self, outputs: Outputs, version: &FileVersion) -> Outputs {
        match &version.document {
            None => outputs,
            Some(document) => outputs.with(&EmbedJob::Add(EmbedPassages {
                version: self.version.clone(),
                document: document.document.clone(),
            })),
        }
    }

    /// Takes all passages of the file away that are not those of its active version.
    pub(crate) fn remove_others(&self, active: Option<&FileVersion>) -> EmbedJob {
        let document = active.and_then(|active| active.document.as_ref());
        EmbedJob::Remove(RemovePassages {
            file: self.file().clone(),
            keep: document.map(|document| document.document.clone()),
        })
    }

    /// Notes what is wrong, unless a newer job is known. What was active before stays active.
    pub(crate) async fn reject(self, rejection: Rejection) -> Result<Outputs, IngestError> {
        let record = self
            .change(|known| FileRecord {
                state: FileState::Rejected,
                pending: None,
                rejection: Some(rejection.clone()),
                ..known.clone()
            })
            .await?;
        match record.filter(|record| self.is_of(Some(record))) {
            None => self.late().await,
            Some(record) => self.rejected(rejection, record.active).await,
        }
    }

    /// What the world is told of a rejected version.
    pub(crate) async fn rejected(
        self,
        rejection: Rejection,
        active: Option<FileVersion>,
    ) -> Result<Outputs, IngestError> {
        self.store.release(&self.version.content, self.file()).await?;
        self.tidy().await?;
        let reason = rejection.message.clone();
        let mut outputs = Outputs::none();
        let Version {
            file,
            name,
            content,
            job,
            ..
        } = self.version.clone();
        // A later job of the version has told it before.
        if rejection.code != RejectionCode::MissingContent && job == self.delivery.id {
            let size = self.store.objects.size(content.as_str()).await?.unwrap_or(0);
            outputs = outputs.with(&FileReceived {
                job: job.clone(),
                file: file.clone(),
                name: name.clone(),
                content: content.clone(),
                size,
            });
        }
        outputs = outputs.with(&FileRejected {
            job,
            file,
            name,
            content,
            rejection,
        });
        if self.is_document() {
            // A version that came in between may have left passages, and relied on this one to take them away.
            outputs = outputs.with(&self.remove_others(active.as_ref()));
        }
        Ok(outputs.failed(&self.delivery.origin, &reason))
    }

    /// Notes that a step was given up, unless a newer job is known. The version stays: it goes on when the step's job is sent again.
    pub(crate) async fn give_up(self, rejection: Rejection) -> Result<Outputs, IngestError> {
        let order = self.version.order;
        let record = self
            .store
            .files
            .update(self.file().as_str(), |known| {
                let known = known.filter(|known| known.order == order)?;
                let unfound = known.active.as_ref().is_some_and(|active| !active.is_found());
                let state = match known.state {
                    FileState::Received => FileState::Rejected,
                    // Its tables are there; its rows just can't be found.
                    FileState::Indexed if unfound => FileState::Indexed,
                    _ => return None,
                };
                Some(FileRecord {
                    state,
                    rejection: Some(rejection.clone()),
                    updated_at: now(),
                    ..known.clone()
                })
            })
            .await?;
        let noted =
            record.filter(|record| self.is_of(Some(record)) && record.rejection.as_ref() == Some(&rejection));
        if noted.is_none_or(|record| record.state != FileState::Rejected) {
            return Ok(Outputs::none());
        }
        let Version {
            file,
            name,
            content,
            job,
            ..
        } = self.version;
        let reason = rejection.message.clone();
        let rejected = FileRejected {
            job,
            file,
            name,
            content,
            rejection,
        };
        Ok(Outputs::none()
            .with(&rejected)
            .failed(&self.delivery.origin, &reason))
    }

    /// A newer job has taken over: this one changes nothing.
    pub(crate) async fn late(self) -> Result<Outputs, IngestError> {
        self.store.release(&self.version.content, self.file()).await?;
        self.tidy().await?;
        Ok(Outputs::none().finished(&self.delivery.origin))
    }

    /// A former delivery may have ended between two steps.
    async fn tidy(&self) -> Result<(), IngestError> {
        if self.delivery.attempt > 1 {
            self.store.release_leftovers(self.file()).await
        } else {
            Ok(())
        }
    }
}
