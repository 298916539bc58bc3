//! From stored bytes to stored tables, through workers that are locked in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bus::{Delivery, Objects, ObjectsError};
use sandbox::{Failure, Input, Job, Pool};
use schemas::ContentId;
use schemas::document::Document;
use schemas::file::{RejectionCode, StoredTable};
use schemas::overrides::TableOverride;
use schemas::table::{Decision, TableProfile};

use crate::answer::{self, Asked};
use crate::breach;
use crate::document::Span;
use crate::error::IngestError;
use crate::kind::Kind;
use crate::limits::{Limits, too_large};
use crate::parts::{self, Pages, Part};
use crate::rejected::Rejected;
use crate::worker::{Answer, Request, WORKER};

/// Bytes that the rows of one file's tables may take as passages.
const ROWS: u64 = 256 << 20;

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

    /// Has tables read and stores them, with the rows that can be found by search. The inner error is about the file, the outer
    /// one about everything else.
    pub(crate) async fn read(
        &self,
        objects: &Objects,
        upload: Upload<'_>,
        delivery: &Delivery,
    ) -> Result<Result<ReadTables, Rejected>, IngestError> {
        let size = upload.size;
        let file = match self.fetch(objects, &upload, delivery).await? {
            Ok(file) => file,
            Err(rejected) => return Ok(Err(rejected)),
        };
        delivery
            .report(&delivery.origin, "reading the file", 0, size)
            .await;
        let (answer, mut parts) = self.run(objects, &upload, &file, None, delivery).await?;
        let profiles = match answer {
            Answer::Tables(profiles) => profiles,
            Answer::Rejected(rejection) => {
                parts::discard(objects, parts).await;
                return Ok(Err(rejection.into()));
            }
            Answer::Document(_) => {
                parts::discard(objects, parts).await;
                return Ok(Err(breach::unusable()));
            }
        };
        delivery
            .report(&delivery.origin, "reading the file", size, size)
            .await;
        let rows = parts.split_off(profiles.len().min(parts.len())).pop();
        let rows = match rows {
            None => None,
            Some(rows) => match self.rows(objects, rows, &profiles).await {
                Ok(Some(document)) => Some(document),
                Ok(None) => {
                    parts::discard(objects, parts).await;
                    return Ok(Err(breach::unusable()));
                }
                Err(error) => {
                    parts::discard(objects, parts).await;
                    return Err(error);
                }
            },
        };
        let found = profiles.into_iter().zip(parts);
        let found = found.map(|(profile, parquet)| FoundTable { profile, parquet });
        let tables = self.store_all(objects, found.collect()).await?;
        Ok(Ok(ReadTables { tables, rows }))
    }

    /// The rows that a worker has written, if they are what they should be. Nothing is removed where they are not: whatever a
    /// worker gives might be the bytes of something else that is stored.
    async fn rows(
        &self,
        objects: &Objects,
        part: Part,
        tables: &[TableProfile],
    ) -> Result<Option<(ContentId, Document)>, IngestError> {
        let content = objects.keep(part.bytes).await?;
        let bytes = objects.get(content.as_str(), ROWS).await?;
        match answer::check_rows(&bytes, tables, self.limits.row_passages) {
            Ok(document) => Ok(Some((content, document))),
            Err(error) => {
                tracing::warn!(%error, "the rows that a reader gave can't be used");
                Ok(None)
            }
        }
    }

    /// Stores what is known of tables, and names their Parquet.
    pub(crate) async fn store_all(
        &self,
        objects: &Objects,
        found: Vec<FoundTable>,
    ) -> Result<Vec<StoredTable>, IngestError> {
        let mut tables = (0u64..).zip(found);
        let mut stored = Vec::new();
        while let Some((index, table)) = tables.next() {
            match self.store(objects, index, table).await {
                Ok(table) => stored.push(table),
                Err(error) => {
                    parts::discard(objects, tables.map(|(_, table)| table.parquet)).await;
                    return Err(error);
                }
            }
        }
        Ok(stored)
    }

    /// The bytes, for workers: they never are in the memory of this process as a whole.
    pub(crate) async fn fetch(
        &self,
        objects: &Objects,
        upload: &Upload<'_>,
        delivery: &Delivery,
    ) -> Result<Result<Sealed, Rejected>, IngestError> {
        let size = upload.size;
        if size > self.limits.bytes {
            return Ok(Err(too_large("the file", "bytes", size, self.limits.bytes)));
        }
        delivery
            .report(&delivery.origin, "fetching the file", 0, size)
            .await;
        let draft = Input::draft()?;
        let mut file = tokio::fs::File::from_std(draft.file()?);
        match objects
            .get_into(upload.content.as_str(), &mut file, self.limits.bytes)
            .await
        {
            Ok(_) => {
                draft.input()?;
                Ok(Ok(Sealed(file.into_std().await)))
            }
            Err(error @ ObjectsError::Damaged { .. }) => {
                let message =
                    format!("the stored bytes are not those that were uploaded ({error}); upload them again");
                Ok(Err(Rejected::new(RejectionCode::Corrupt, message)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Has the bytes read by a worker, all of them or some pages (of so many in all), and what it gives stored without names.
    pub(crate) async fn run(
        &self,
        objects: &Objects,
        upload: &Upload<'_>,
        file: &Sealed,
        span: Option<(&Span, u32)>,
        delivery: &Delivery,
    ) -> Result<(Answer, Vec<Part>), IngestError> {
        let request = Request {
            name: upload.name.to_owned(),
            source: upload.content.clone(),
            overrides: upload.overrides.to_vec(),
            limits: self.limits.clone(),
            span: span.map(|(span, _)| span.clone()),
        };
        let pages = span.map(|(span, total)| Pages {
            delivery,
            pages: span.pages.clone(),
            total,
        });
        let trace = sandbox::span(WORKER.name);
        let job = Job {
            request: serde_json::to_vec(&request)?,
            inputs: vec![file.input()?],
            traceparent: telemetry::propagation::traceparent(&trace),
        };
        let (mut sink, arriving) = parts::way();
        let workers = Arc::clone(&self.workers);
        let work = tokio::task::spawn_blocking(move || {
            let ended = workers.run(job, &mut sink);
            sandbox::record(&trace, &ended);
            (ended, sink.waited())
        });
        let arrived = arriving.store(objects, pages).await;
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
            Ok(reply) => Ok(self.check(upload, span.map(|(span, _)| span), &reply.result, &arrived)),
            Err(failure) => self.explain(upload.content, failure, waited, delivery),
        };
        match answer {
            Ok(Answer::Rejected(rejection)) => {
                parts::discard(objects, arrived).await;
                Ok((Answer::Rejected(rejection), Vec::new()))
            }
            Ok(answer) => Ok((answer, arrived)),
            Err(error) => {
                parts::discard(objects, arrived).await;
                Err(error)
            }
        }
    }

    /// What has to be told where files are read without a sandbox.
    pub(crate) fn stamp(&self) -> Option<&'static str> {
        self.workers.mode().stamp()
    }

    /// How much one file may hold.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What a worker has answered, if it can be.
    fn check(&self, upload: &Upload<'_>, span: Option<&Span>, result: &[u8], parts: &[Part]) -> Answer {
        let asked = Asked {
            name: upload.name,
            kind: upload.kind,
            source: upload.content,
            limits: &self.limits,
            span,
        };
        let parts: Vec<(u32, u64)> = parts
            .iter()
            .map(|part| (part.number, part.bytes.size()))
            .collect();
        match asked.check(result, &parts) {
            Ok(answer) => answer,
            Err(error) => {
                let content = upload.content;
                tracing::warn!(%content, %error, "a reader's answer can't be used; the file is rejected");
                Answer::Rejected(breach::unusable().into())
            }
        }
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
        if let Some(stamp) = self.stamp() {
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
pub(crate) struct FoundTable {
    pub profile: TableProfile,
    pub parquet: Part,
}

/// The tables of a file, and their rows as passages.
pub(crate) struct ReadTables {
    pub tables: Vec<StoredTable>,
    pub rows: Option<(ContentId, Document)>,
}

/// The bytes of a file, in memory and sealed, for any number of workers.
pub(crate) struct Sealed(std::fs::File);

impl Sealed {
    fn input(&self) -> Result<Input, IngestError> {
        let file = self.0.try_clone().map_err(IngestError::Descriptors)?;
        Ok(Input::descriptor(file)?)
    }
}
