//! One space of the embedded engine: a shard in a folder of its own.
//!
//! What qdrant-edge 0.7 does, and this file therefore does:
//! - what is not flushed is lost with the process: its write-ahead log is written, but never read again;
//! - that log grows without end: what is closed of it is removed whenever the shard is opened, and the shard is opened again
//!   when there is much of it. The last closed part must stay, since operations are numbered on from it;
//! - `flush` panics where another thread writes or optimizes: one at a time;
//! - a flush takes tens of milliseconds, however little was written: whoever writes does it for all that wait behind.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::{mem, thread};

use qdrant_edge::{
    CountRequest, EdgeShard, OperationError, PointId, PointInsertOperations, PointOperations,
    UpdateOperation, WithPayloadInterface, WithVector,
};
use uuid::Uuid;

use super::{BATCH, DENSE, Entry, Field, Leg, Record, Scope, Scored, edge};
use crate::error::IndexError;
use crate::space::Space;

/// Points written since then let the shard be put in order: graphs for large segments, small segments merged, deleted points
/// left out. qdrant-edge decides whether there is anything to do.
const OPTIMIZE_AFTER: usize = 2_000;
/// Closed parts of the log, of 32 MB each, with which a shard is opened again.
const LOG_PARTS: usize = 8;

/// A shard that is open, and its writers' queue.
pub(super) struct Shard {
    folder: PathBuf,
    /// None once it is dropped, or if it could not be opened again.
    shard: RwLock<Option<EdgeShard>>,
    /// Whoever writes, flushes or optimizes holds this: the points written since the last optimization.
    written: Mutex<usize>,
    /// Changes that nobody has made yet.
    waiting: Mutex<Vec<Waiting>>,
    /// No other process may have the folder as long as a shard is at work.
    _lock: Arc<fs::File>,
}

/// A change that its writer waits for.
struct Waiting {
    operations: Vec<UpdateOperation>,
    /// What the engine does with them, in the words of an error.
    action: &'static str,
    /// Points that it writes.
    points: usize,
    done: SyncSender<Result<(), IndexError>>,
}

impl Shard {
    /// Opens the shard in `folder`.
    pub(super) fn open(folder: PathBuf, lock: Arc<fs::File>) -> Result<Self, IndexError> {
        let shard = load(&folder)?;
        let points = shard.info().points_count;
        Ok(Self {
            folder,
            shard: RwLock::new(Some(shard)),
            // An earlier process may have left something to be done.
            written: Mutex::new(points),
            waiting: Mutex::default(),
            _lock: lock,
        })
    }

    /// Makes an empty shard in `folder`: in a folder beside it, which gets its name when all is there.
    pub(super) fn create(folder: &Path, space: &Space, quantized: bool) -> Result<(), IndexError> {
        let draft = folder.with_file_name(format!("{DRAFT}{}", space.name()));
        remove(&draft)?;
        fs::create_dir_all(&draft).map_err(in_folder("create", &draft))?;
        let shard = EdgeShard::new(&draft, edge::config(space, quantized)).map_err(engine("make a space"))?;
        for field in Field::ALL {
            shard
                .update(UpdateOperation::FieldIndexOperation(edge::field_index(field)))
                .map_err(engine("index a field"))?;
        }
        // Dropping it flushes.
        drop(shard);
        fs::rename(&draft, folder).map_err(in_folder("name", folder))
    }

    pub(super) fn upsert(self: &Arc<Self>, entries: Vec<Entry>) -> Result<(), IndexError> {
        let count = entries.len();
        let mut points = entries.into_iter().map(edge::point).peekable();
        let mut operations = Vec::new();
        while points.peek().is_some() {
            let batch = PointInsertOperations::PointsList(points.by_ref().take(BATCH).collect());
            operations.push(UpdateOperation::PointOperation(PointOperations::UpsertPoints(
                batch,
            )));
        }
        self.write(operations, "write points", count)?;
        if *self.writing() >= OPTIMIZE_AFTER {
            self.optimize_aside();
        }
        Ok(())
    }

    pub(super) fn delete(&self, scope: Scope) -> Result<(), IndexError> {
        let deletion = PointOperations::DeletePointsByFilter(edge::filter(scope));
        self.write(
            vec![UpdateOperation::PointOperation(deletion)],
            "delete points",
            0,
        )
    }

    pub(super) fn search(&self, legs: Vec<Leg>) -> Result<Vec<Vec<Scored>>, IndexError> {
        self.read(|shard| {
            legs.into_iter()
                .map(|leg| {
                    let found = shard.query(edge::query(leg)).map_err(engine("search"))?;
                    let scored = found.into_iter().filter_map(|point| {
                        Some(Scored {
                            id: edge::uuid(point.id)?,
                            score: point.score,
                        })
                    });
                    Ok(scored.collect())
                })
                .collect()
        })
    }

    pub(super) fn fetch(&self, ids: &[Uuid], dense: bool) -> Result<Vec<Record>, IndexError> {
        let ids: Vec<_> = ids.iter().map(|id| PointId::Uuid(*id)).collect();
        let vectors = if dense {
            WithVector::Selector(vec![DENSE.to_owned()])
        } else {
            WithVector::Bool(false)
        };
        self.read(|shard| {
            let records = shard
                .retrieve(&ids, Some(WithPayloadInterface::Bool(true)), Some(vectors))
                .map_err(engine("read points"))?;
            Ok(records.into_iter().filter_map(edge::record).collect())
        })
    }

    pub(super) fn count(&self, scope: Scope) -> Result<u64, IndexError> {
        self.read(|shard| {
            let request = CountRequest {
                filter: Some(edge::filter(scope)),
                exact: true,
            };
            shard
                .count(request)
                .map(|count| count as u64)
                .map_err(engine("count points"))
        })
    }

    /// Puts the shard in order, if enough has been written for that; waits until it is done.
    pub(super) fn optimize(&self) -> Result<(), IndexError> {
        let mut written = self.writing();
        if *written < OPTIMIZE_AFTER {
            return Ok(());
        }
        *written = 0;
        self.read(|shard| {
            shard.optimize().map_err(engine("put a space in order"))?;
            shard.flush();
            Ok(())
        })?;
        if closed_logs(&self.folder)?.len() > LOG_PARTS {
            let mut shard = self.exclusively();
            // The old one holds the lock of the log.
            drop(shard.take());
            *shard = Some(load(&self.folder)?);
        }
        Ok(())
    }

    /// The same on a thread of its own. Nobody waits for it: a process that ends meanwhile leaves the segments of before.
    pub(super) fn optimize_aside(self: &Arc<Self>) {
        let shard = Arc::clone(self);
        let spawned = thread::Builder::new()
            .name("index-optimizer".to_owned())
            .spawn(move || {
                if let Err(error) = shard.optimize() {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the index is not put in order"
                    );
                }
            });
        if let Err(error) = spawned {
            tracing::warn!(%error, "the index is not put in order");
        }
    }

    /// Closes it, waits for whoever is at work, and removes its folder.
    pub(super) fn destroy(&self) -> Result<(), IndexError> {
        let _written = self.writing();
        drop(self.exclusively().take());
        let dropped = self
            .folder
            .with_file_name(format!("{DRAFT}dropped-{}", Uuid::new_v4()));
        fs::rename(&self.folder, &dropped).map_err(in_folder("drop", &self.folder))?;
        remove(&dropped)
    }

    /// Changes the shard; the changes are durable when this returns. Whoever gets to write does so for all that wait by then,
    /// in the order in which they came, and flushes once.
    fn write(
        &self,
        operations: Vec<UpdateOperation>,
        action: &'static str,
        points: usize,
    ) -> Result<(), IndexError> {
        let (done, outcome) = sync_channel(1);
        self.waiting().push(Waiting {
            operations,
            action,
            points,
            done,
        });
        {
            let mut written = self.writing();
            let group = mem::take(&mut *self.waiting());
            if !group.is_empty() {
                *written += self.write_all(group);
            }
        }
        // Who had the lock before, and panicked, has left those whose changes it took without an answer.
        outcome.recv().unwrap_or_else(|_| {
            Err(engine(action)(OperationError::cancelled(
                "another writer broke off",
            )))
        })
    }

    /// Makes all changes, flushes, and then tells each writer; how many points were written. The caller holds the writers' lock.
    fn write_all(&self, group: Vec<Waiting>) -> usize {
        let mut written = 0;
        let mut outcomes = Vec::with_capacity(group.len());
        for change in group {
            let made = self.read(|shard| {
                let mut operations = change.operations.into_iter();
                operations
                    .try_for_each(|operation| shard.update(operation).map(|_| ()))
                    .map_err(engine(change.action))
            });
            if made.is_ok() {
                written += change.points;
            }
            outcomes.push((change.done, made));
        }
        // A shard that is dropped has told each of them.
        let _ = self.read(|shard| {
            shard.flush();
            Ok(())
        });
        for (done, made) in outcomes {
            // The writer waits for it; one that has panicked does not.
            let _ = done.send(made);
        }
        written
    }

    fn read<T>(&self, look: impl FnOnce(&EdgeShard) -> Result<T, IndexError>) -> Result<T, IndexError> {
        let shard: RwLockReadGuard<'_, _> = self.shard.read().unwrap_or_else(PoisonError::into_inner);
        match shard.as_ref() {
            Some(shard) => look(shard),
            None => Err(IndexError::Engine {
                action: "open a space that is dropped",
                source: Box::new(OperationError::cancelled("the shard is closed")),
            }),
        }
    }

    fn exclusively(&self) -> RwLockWriteGuard<'_, Option<EdgeShard>> {
        self.shard.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> MutexGuard<'_, usize> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Folders that begin like this are no spaces, or no longer: what is left of them when the index is opened is removed.
pub(super) const DRAFT: &str = ".draft-";

fn load(folder: &Path) -> Result<EdgeShard, IndexError> {
    let mut closed = closed_logs(folder)?;
    closed.sort();
    closed.pop();
    for (_, path) in closed {
        fs::remove_file(&path).map_err(in_folder("remove", &path))?;
    }
    EdgeShard::load(folder, None).map_err(engine("open a space"))
}

/// The closed parts of the write-ahead log, each with the number of its first operation.
fn closed_logs(folder: &Path) -> Result<Vec<(u64, PathBuf)>, IndexError> {
    let log = folder.join("wal");
    let mut closed = Vec::new();
    for entry in fs::read_dir(&log).map_err(in_folder("read", &log))? {
        let path = entry.map_err(in_folder("read", &log))?.path();
        let first = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_prefix("closed-")?.parse().ok());
        closed.extend(first.map(|first| (first, path)));
    }
    Ok(closed)
}

/// Removes a folder with all that is in it, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), IndexError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(in_folder("remove", folder)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

pub(super) fn in_folder(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> IndexError {
    let path = path.to_owned();
    move |source| IndexError::Folder { action, path, source }
}

fn engine(action: &'static str) -> impl FnOnce(OperationError) -> IndexError {
    move |source| IndexError::Engine {
        action,
        source: Box::new(source),
    }
}
