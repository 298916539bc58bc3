//! From stored bytes to stored tables, through a worker that is locked in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bus::{Delivery, Objects, ObjectsError};
use sandbox::{Failure, Input, Job, Pool};
use schemas::ContentId;
use schemas::file::{RejectionCode, StoredTable};
use schemas::overrides::TableOverride;
use schemas::table::{Decision, TableProfile};

use crate::answer::Asked;
use crate::breach;
use crate::error::IngestError;
use crate::kind::Kind;
use crate::limits::{Limits, too_large};
use crate::parts::{self, Part};
use crate::rejected::Rejected;
use crate::worker::{Answer, Request};

/// The bytes of a file and what they shall be.
pub(crate) struct Upload<'a> {
    pub name: &'a str,
    pub kind: Kind,
    pub content: &'a ContentId,
    pub size: u64,
    pub overrides: &'a [TableOverride],
}

/// Has files read, each content by one job at a time.
pub(crate) struct Reading {
    workers: Arc<Pool>,
    limits: Limits,
    turns: Mutex<HashMap<ContentId, Weak<tokio::sync::Mutex<()>>>>,
}

impl Reading {
    pub(crate) fn new(limits: Limits, workers: Arc<Pool>) -> Self {
        Self {
            workers,
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

    /// Has the bytes read and stores the tables. The inner error is about the file, the outer one about everything else.
    pub(crate) async fn read(
        &self,
        objects: &Objects,
        upload: Upload<'_>,
        delivery: &Delivery,
    ) -> Result<Result<Vec<StoredTable>, Rejected>, IngestError> {
        let size = upload.size;
        if size > self.limits.bytes {
            return Ok(Err(too_large("the file", "bytes", size, self.limits.bytes)));
        }
        delivery
            .report(&delivery.origin, "fetching the file", 0, size)
            .await;
        let input = match self.fetch(objects, upload.content).await? {
            Ok(input) => input,
            Err(rejected) => return Ok(Err(rejected)),
        };
        delivery
            .report(&delivery.origin, "reading the file", 0, size)
            .await;
        let tables = match self.read_apart(objects, &upload, input, delivery).await? {
            Ok(tables) => tables,
            Err(rejected) => return Ok(Err(rejected)),
        };
        delivery
            .report(&delivery.origin, "reading the file", size, size)
            .await;
        let total = tables.len() as u64;
        let (mut tables, mut stored) = (tables.into_iter(), Vec::new());
        while let Some(table) = tables.next() {
            let done = stored.len() as u64;
            delivery
                .report(&delivery.origin, "storing tables", done, total)
                .await;
            match self.store(objects, done, table).await {
                Ok(table) => stored.push(table),
                Err(error) => {
                    parts::discard(objects, tables.map(|table| table.parquet)).await;
                    return Err(error);
                }
            }
        }
        Ok(Ok(stored))
    }

    /// The bytes, for a worker: they never are in the memory of this process as a whole.
    async fn fetch(
        &self,
        objects: &Objects,
        content: &ContentId,
    ) -> Result<Result<Input, Rejected>, IngestError> {
        let draft = Input::draft()?;
        let mut file = tokio::fs::File::from_std(draft.file()?);
        match objects
            .get_into(content.as_str(), &mut file, self.limits.bytes)
            .await
        {
            Ok(_) => Ok(Ok(draft.input()?)),
            Err(error @ ObjectsError::Damaged { .. }) => {
                let message =
                    format!("the stored bytes are not those that were uploaded ({error}); upload them again");
                Ok(Err(Rejected::new(RejectionCode::Corrupt, message)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Has the bytes read by a worker, and its tables stored without a name for the time being.
    async fn read_apart(
        &self,
        objects: &Objects,
        upload: &Upload<'_>,
        input: Input,
        delivery: &Delivery,
    ) -> Result<Result<Vec<FoundTable>, Rejected>, IngestError> {
        let request = Request {
            name: upload.name.to_owned(),
            source: upload.content.clone(),
            overrides: upload.overrides.to_vec(),
            limits: self.limits.clone(),
        };
        let job = Job {
            request: serde_json::to_vec(&request)?,
            inputs: vec![input],
            traceparent: None,
        };
        let (mut sink, arriving) = parts::way();
        let workers = Arc::clone(&self.workers);
        let work = tokio::task::spawn_blocking(move || {
            let ended = workers.run(job, &mut sink);
            (ended, sink.waited())
        });
        let arrived = arriving.store(objects).await;
        // It ends soon, also when the other side has failed.
        let ended = work.await;
        let arrived = arrived?;
        let (ended, waited) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                parts::discard(objects, arrived).await;
                return Err(IngestError::Stopped(error));
            }
        };
        let answer = match ended {
            Ok(reply) => self.check(upload, &reply.result, &arrived),
            Err(failure) => self.explain(upload.content, failure, waited, delivery),
        };
        match answer {
            Ok(Answer::Tables(profiles)) => Ok(Ok(profiles
                .into_iter()
                .zip(arrived)
                .map(|(profile, parquet)| FoundTable { profile, parquet })
                .collect())),
            Ok(Answer::Rejected(rejection)) => {
                parts::discard(objects, arrived).await;
                Ok(Err(rejection.into()))
            }
            Err(error) => {
                parts::discard(objects, arrived).await;
                Err(error)
            }
        }
    }

    /// What a worker has answered, if it can be.
    fn check(&self, upload: &Upload<'_>, result: &[u8], parts: &[Part]) -> Result<Answer, IngestError> {
        let asked = Asked {
            name: upload.name,
            kind: upload.kind,
            source: upload.content,
            limits: &self.limits,
        };
        let parts: Vec<(u32, u64)> = parts
            .iter()
            .map(|part| (part.number, part.bytes.size()))
            .collect();
        Ok(match asked.check(result, &parts) {
            Ok(answer) => answer,
            Err(error) => {
                let content = upload.content;
                tracing::warn!(%content, %error, "a reader's answer can't be used; the file is rejected");
                Answer::Rejected(breach::unusable().into())
            }
        })
    }

    /// What it means that a worker has not answered: for the file, or, as an error, for the job.
    fn explain(
        &self,
        content: &ContentId,
        failure: Failure,
        waited: Duration,
        delivery: &Delivery,
    ) -> Result<Answer, IngestError> {
        let error = failure.error;
        let again = breach::is_worth_another_try(&error, waited, delivery.attempt)
            && (!error.is_breach() || !delivery.last_attempt);
        if again {
            return Err(error.into());
        }
        let rejected = breach::rejected(&error);
        // What the worker printed and said may be of the file, and is no payload for logs.
        tracing::warn!(%content, code = ?rejected.code, "a reader was given up; the file is rejected");
        Ok(Answer::Rejected(rejected.into()))
    }

    /// Stores what is known of a table, and names its Parquet.
    async fn store(
        &self,
        objects: &Objects,
        index: u64,
        table: FoundTable,
    ) -> Result<StoredTable, IngestError> {
        let FoundTable { mut profile, parquet } = table;
        if let Some(stamp) = self.workers.mode().stamp() {
            profile.decisions.push(Decision {
                about: Decision::SANDBOX.to_owned(),
                chosen: stamp.to_owned(),
                because:
                    "the operator has allowed files to be read where the machine can't lock their reader in"
                        .to_owned(),
            });
        }
        let parquet = objects.keep(parquet.bytes).await?;
        let described = objects.put(serde_json::to_vec(&profile)?.into()).await?;
        Ok(StoredTable {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            name: profile.name,
            rows: profile.rows,
            columns: u32::try_from(profile.columns.len()).unwrap_or(u32::MAX),
            parquet,
            profile: described,
        })
    }
}

/// A table whose Parquet is stored and has no name yet.
struct FoundTable {
    profile: TableProfile,
    parquet: Part,
}
