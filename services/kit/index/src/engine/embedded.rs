//! The embedded engine: qdrant-edge, a shard for each space, all in one folder that one process has.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::shard::{DRAFT, Shard, in_folder, remove};
use super::{Entry, Leg, Record, Scope, Scored};
use crate::error::IndexError;
use crate::space::Space;

/// The file that is locked as long as a process has the folder.
const LOCK: &str = "index.lock";

/// The open shards of a folder.
#[derive(Clone)]
pub(crate) struct Embedded {
    open: Arc<Open>,
}

struct Open {
    folder: PathBuf,
    quantized: bool,
    lock: Arc<File>,
    shards: Mutex<HashMap<Space, Arc<Shard>>>,
}

impl Embedded {
    /// Opens all spaces in `folder`, which is made if it is not there.
    pub(crate) async fn open(folder: &Path, quantized: bool) -> Result<Self, IndexError> {
        let folder = folder.to_owned();
        spawn_blocking(move || Open::new(folder, quantized))
            .await
            .map_err(IndexError::Broken)?
            .map(|open| Self { open: Arc::new(open) })
    }

    pub(crate) async fn spaces(&self) -> Result<Vec<Space>, IndexError> {
        Ok(self.open.shards().keys().cloned().collect())
    }

    pub(crate) async fn drop_space(&self, space: &Space) -> Result<(), IndexError> {
        let shard = self.open.shards().remove(space);
        self.blocking(move |_| shard.map_or(Ok(()), |shard| shard.destroy()))
            .await
    }

    pub(crate) async fn upsert(&self, space: &Space, entries: Vec<Entry>) -> Result<(), IndexError> {
        let space = space.clone();
        self.blocking(move |open| open.made(&space)?.upsert(entries))
            .await
    }

    pub(crate) async fn search(&self, space: &Space, legs: Vec<Leg>) -> Result<Vec<Vec<Scored>>, IndexError> {
        self.in_space(space, move |shard| shard.search(legs)).await
    }

    pub(crate) async fn fetch(
        &self,
        space: &Space,
        ids: Vec<Uuid>,
        dense: bool,
    ) -> Result<Vec<Record>, IndexError> {
        self.in_space(space, move |shard| shard.fetch(&ids, dense)).await
    }

    pub(crate) async fn delete(&self, space: &Space, scope: Scope) -> Result<(), IndexError> {
        self.in_space(space, move |shard| shard.delete(scope)).await
    }

    pub(crate) async fn count(&self, space: &Space, scope: Scope) -> Result<u64, IndexError> {
        self.in_space(space, move |shard| shard.count(scope)).await
    }

    /// Waits until all spaces are in order.
    pub(crate) async fn settle(&self) -> Result<(), IndexError> {
        self.blocking(|open| {
            let shards: Vec<_> = open.shards().values().cloned().collect();
            shards.iter().try_for_each(|shard| shard.optimize())
        })
        .await
    }

    /// What `work` makes of a space; nothing of one that is not there.
    async fn in_space<T: Default + Send + 'static>(
        &self,
        space: &Space,
        work: impl FnOnce(&Shard) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let shard = self.open.shards().get(space).cloned();
        match shard {
            Some(shard) => self.blocking(move |_| work(&shard)).await,
            None => Ok(T::default()),
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Open) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let open = Arc::clone(&self.open);
        spawn_blocking(move || work(&open))
            .await
            .map_err(IndexError::Broken)?
    }
}

impl Open {
    fn new(folder: PathBuf, quantized: bool) -> Result<Self, IndexError> {
        fs::create_dir_all(&folder).map_err(in_folder("create", &folder))?;
        let lock = Arc::new(lock(&folder)?);
        let mut shards = HashMap::new();
        for entry in fs::read_dir(&folder).map_err(in_folder("read", &folder))? {
            let path = entry.map_err(in_folder("read", &folder))?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if name.starts_with(DRAFT) {
                remove(&path)?;
            } else if let Some(space) = Space::parse(name) {
                let shard = Arc::new(Shard::open(path, Arc::clone(&lock))?);
                shard.optimize_aside();
                shards.insert(space, shard);
            }
        }
        Ok(Self {
            folder,
            quantized,
            lock,
            shards: Mutex::new(shards),
        })
    }

    /// The shard of a space, made if it is not there.
    fn made(&self, space: &Space) -> Result<Arc<Shard>, IndexError> {
        let mut shards = self.shards();
        if let Some(shard) = shards.get(space) {
            return Ok(Arc::clone(shard));
        }
        let folder = self.folder.join(space.name());
        Shard::create(&folder, space, self.quantized)?;
        let shard = Arc::new(Shard::open(folder, Arc::clone(&self.lock))?);
        shards.insert(space.clone(), Arc::clone(&shard));
        Ok(shard)
    }

    fn shards(&self) -> std::sync::MutexGuard<'_, HashMap<Space, Arc<Shard>>> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the folder for this process.
fn lock(folder: &Path) -> Result<File, IndexError> {
    let path = folder.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(in_folder("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::Locked {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(in_folder("lock", &path)(error)),
    }
}
