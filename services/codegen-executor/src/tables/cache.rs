//! Tables that were fetched before, within a budget of bytes.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use schemas::ContentId;
use schemas::file::StoredTable;
use tokio::sync::OnceCell;

use super::TableData;

/// What identifies the content of a table: its Parquet and its profile.
type Key = (ContentId, ContentId);
type Cell = Arc<OnceCell<Arc<TableData>>>;

/// Keeps the tables that were used last. Two questions that want the same table at once wait for one read.
pub struct Cache {
    budget: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    cells: HashMap<Key, (Cell, u64)>,
    clock: u64,
}

impl Cache {
    /// A cache of so many bytes; a table that is larger than all of it is kept alone.
    #[must_use]
    pub fn new(budget: usize) -> Self {
        Self {
            budget,
            kept: Mutex::default(),
        }
    }

    /// The table that is kept, else the one that `read` gives.
    ///
    /// # Errors
    /// That of `read`; nothing is kept then.
    pub async fn get<F, E>(&self, stored: &StoredTable, read: F) -> Result<Arc<TableData>, E>
    where
        F: Future<Output = Result<TableData, E>>,
    {
        let key = (stored.parquet.clone(), stored.profile.clone());
        let cell = self.cell(&key);
        let data = cell
            .get_or_try_init(|| async { read.await.map(Arc::new) })
            .await?
            .clone();
        self.trim(&key);
        Ok(data)
    }

    fn cell(&self, key: &Key) -> Cell {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clock += 1;
        let now = kept.clock;
        let (cell, used) = kept.cells.entry(key.clone()).or_default();
        *used = now;
        cell.clone()
    }

    /// Drops the tables that were not used for longest until the rest fits.
    fn trim(&self, current: &Key) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = |cell: &Cell| cell.get().map_or(0, |data| data.bytes);
        let mut total: usize = kept.cells.values().map(|(cell, _)| bytes(cell)).sum();
        while total > self.budget {
            let oldest = kept
                .cells
                .iter()
                .filter(|(key, (cell, _))| *key != current && cell.initialized())
                .min_by_key(|(_, (_, used))| *used)
                .map(|(key, _)| key.clone());
            let Some((cell, _)) = oldest.and_then(|key| kept.cells.remove(&key)) else {
                break;
            };
            total = total.saturating_sub(bytes(&cell));
        }
        // Reads that failed leave empty cells behind; one that others wait for lives on with them.
        kept.cells
            .retain(|key, (cell, _)| key == current || cell.initialized() || Arc::strong_count(cell) > 1);
    }
}
