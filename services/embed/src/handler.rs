//! The flow of one job: passages of a version come into the index, or those of others go.
//!
//! Every step can be repeated: a process may be killed anywhere, and the job that comes again ends in the same state and gives
//! the same outputs. Records are read here and never changed: the life of a file is the business of `ingest`.

use std::sync::Arc;

use bus::{Bus, Delivery, Handler, Outputs};
use schemas::file::FileRecord;
use schemas::jobs::{EmbedJob, EmbedPassages, IngestJob, PassagesEmbedded, RemovePassages};
use schemas::{FileId, TenantId};

use crate::error::EmbedError;
use crate::passages::{self, Owner};
use crate::spaces::Spaces;
use crate::standing::{Keep, Standing};
use crate::stored;

/// Handles [`EmbedJob`].
pub struct Embed {
    bus: Bus,
    spaces: Arc<Spaces>,
    size: usize,
}

impl Embed {
    /// A handler that writes into these spaces, `size` vectors at one go.
    #[must_use]
    pub fn new(bus: Bus, spaces: Arc<Spaces>, size: usize) -> Self {
        Self { bus, spaces, size }
    }
}

impl Handler<EmbedJob> for Embed {
    type Error = EmbedError;

    async fn handle(&self, job: EmbedJob, delivery: &Delivery) -> Result<Outputs, EmbedError> {
        match job {
            EmbedJob::Add(job) => self.add(job, delivery).await,
            EmbedJob::Remove(job) => self.remove(&job, delivery).await,
        }
    }
}

impl Embed {
    async fn add(&self, job: EmbedPassages, delivery: &Delivery) -> Result<Outputs, EmbedError> {
        let tenant = &delivery.tenant;
        let EmbedPassages { version, document } = job;
        let embedded = |passages: usize| {
            Outputs::none().with(&IngestJob::Embedded(PassagesEmbedded {
                version: version.clone(),
                document: document.clone(),
                passages: u32::try_from(passages).unwrap_or(u32::MAX),
            }))
        };
        let record = self.record(tenant, &version.file).await?;
        let Some(wanted) = record
            .as_ref()
            .filter(|record| Standing::of(Some(record), &version, &document) == Standing::Wanted)
        else {
            // Whoever took over may have been ended before it could take these away.
            self.take_away(tenant, &version.file, record.as_ref()).await?;
            return Ok(embedded(0));
        };

        let owner = Owner {
            file: version.file.clone(),
            name: version.name.clone(),
            content: version.content.clone(),
            document: document.clone(),
            received: stored::received(wanted),
        };
        let read = stored::document(&self.bus, tenant, &document).await?;
        let count = read.passages.len();
        let targets = self.spaces.written().await?;
        let index = self.spaces.index().tenant(tenant);
        passages::write(&index, &targets, &owner, read, self.size, Some(delivery)).await?;

        // The file may have gone meanwhile, or got a newer version: its jobs have not seen what was written behind them.
        let record = self.record(tenant, &version.file).await?;
        if Standing::of(record.as_ref(), &version, &document) == Standing::Replaced {
            self.take_away(tenant, &version.file, record.as_ref()).await?;
        }
        Ok(embedded(count))
    }

    /// Takes away what is not of the active version. What the job says is what was true when it was sent; the record is newer.
    async fn remove(&self, job: &RemovePassages, delivery: &Delivery) -> Result<Outputs, EmbedError> {
        let record = self.record(&delivery.tenant, &job.file).await?;
        let done = self
            .take_away(&delivery.tenant, &job.file, record.as_ref())
            .await?;
        // When the newer version is there, another such job comes behind it; this one need not wait for ever.
        if done || delivery.last_attempt {
            Ok(Outputs::none())
        } else {
            Err(EmbedError::BeingRead)
        }
    }

    /// Takes away what may not stay of a file; whether that is known by now.
    async fn take_away(
        &self,
        tenant: &TenantId,
        file: &FileId,
        record: Option<&FileRecord>,
    ) -> Result<bool, EmbedError> {
        let index = self.spaces.index().tenant(tenant);
        match Keep::of(record) {
            Keep::Nothing => index.remove(file, None).await?,
            Keep::Document(document) => index.remove(file, Some(&document)).await?,
            Keep::Unknown => return Ok(false),
        }
        Ok(true)
    }

    async fn record(&self, tenant: &TenantId, file: &FileId) -> Result<Option<FileRecord>, EmbedError> {
        let records = self.bus.file_records(tenant).await?;
        Ok(records.get(file.as_str()).await?.map(|record| record.value))
    }
}
