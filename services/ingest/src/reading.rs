//! From stored bytes to stored tables, off the async threads and with progress.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bus::{Delivery, Objects, ObjectsError};
use bytes::Bytes;
use schemas::ContentId;
use schemas::file::{RejectionCode, StoredTable};
use tokio::sync::mpsc;

use crate::error::IngestError;
use crate::limits::{Limits, too_large};
use crate::read::{self, ReadTable};
use crate::rejected::Rejected;

/// Reads files, each content by one job at a time.
pub(crate) struct Reading {
    limits: Limits,
    turns: Mutex<HashMap<ContentId, Weak<tokio::sync::Mutex<()>>>>,
}

impl Reading {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            turns: Mutex::default(),
        }
    }

    /// Waits until no other job of this process reads these bytes.
    pub(crate) async fn turn(&self, content: &ContentId) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| turn.strong_count() > 0);
            let known = turns.get(content).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let turn = Arc::default();
                turns.insert(content.clone(), Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }

    /// Reads the bytes and stores the tables. The inner error is about the file, the outer one about everything else.
    pub(crate) async fn read(
        &self,
        objects: &Objects,
        name: &str,
        content: &ContentId,
        size: u64,
        delivery: &Delivery,
    ) -> Result<Result<Vec<StoredTable>, Rejected>, IngestError> {
        if size > self.limits.bytes {
            return Ok(Err(too_large("the file", "bytes", size, self.limits.bytes)));
        }
        delivery
            .report(&delivery.origin, "fetching the file", 0, size)
            .await;
        let bytes = match objects.get(content.as_str(), self.limits.bytes).await {
            Ok(bytes) => bytes,
            Err(error @ ObjectsError::Damaged { .. }) => {
                let message =
                    format!("the stored bytes are not those that were uploaded ({error}); upload them again");
                return Ok(Err(Rejected::new(RejectionCode::Corrupt, message)));
            }
            Err(error) => return Err(error.into()),
        };
        let tables = match self.read_apart(bytes, name, content, delivery).await? {
            Ok(tables) => tables,
            Err(rejected) => return Ok(Err(rejected)),
        };
        let total = tables.len() as u64;
        let mut stored = Vec::with_capacity(tables.len());
        for (index, table) in (0u32..).zip(tables) {
            delivery
                .report(&delivery.origin, "storing tables", u64::from(index), total)
                .await;
            let parquet = objects.put(table.parquet.into()).await?;
            let profile = objects.put(serde_json::to_vec(&table.profile)?.into()).await?;
            stored.push(StoredTable {
                index,
                name: table.profile.name,
                rows: table.profile.rows,
                columns: u32::try_from(table.profile.columns.len()).unwrap_or(u32::MAX),
                parquet,
                profile,
            });
        }
        Ok(Ok(stored))
    }

    /// Reads on a thread of its own, reporting from here.
    async fn read_apart(
        &self,
        bytes: Bytes,
        name: &str,
        content: &ContentId,
        delivery: &Delivery,
    ) -> Result<Result<Vec<ReadTable>, Rejected>, IngestError> {
        let (name, source, limits) = (name.to_owned(), content.to_string(), self.limits.clone());
        let (stages, mut reached) = mpsc::unbounded_channel();
        let task = tokio::task::spawn_blocking(move || {
            read::read(&bytes, &name, &source, &limits, &mut |stage| {
                // Nobody listens any more when the job was given back.
                let _ = stages.send(stage);
            })
        });
        while let Some(stage) = reached.recv().await {
            delivery
                .report(&delivery.origin, &stage.name, stage.done, stage.total)
                .await;
        }
        match task.await {
            Ok(read) => Ok(read),
            Err(error) if error.is_panic() => {
                tracing::error!(%content, "a reader broke down on a file; the file is rejected");
                let message = "the file breaks its reader; expected a file as spreadsheet programs write it";
                Ok(Err(Rejected::new(RejectionCode::Corrupt, message)))
            }
            Err(error) => Err(IngestError::Stopped(error)),
        }
    }
}
