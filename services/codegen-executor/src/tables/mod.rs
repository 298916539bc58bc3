//! The tables of the files that a question names.
//!
//! | module | what is in it |
//! |---|---|
//! | [`data`] | what is known of a table: its profile and its text values |
//! | [`relation`] | the tables that a plan reads |
//! | [`shared`] | a descriptor that several workers read at once |
//! | [`cache`] | tables that were read before, within a budget of bytes |

pub mod cache;
pub mod data;
pub mod relation;
pub mod shared;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Delivery, Objects, ObjectsError, Records};
use sandbox::Input;
use schemas::file::{FileRecord, FileState, FileVersion, Rejection, StoredTable};
use schemas::plan::TableRef;
use schemas::table::TableProfile;
use schemas::trail::Source;
use schemas::{FileId, JobId, TenantId};

use crate::config::Limits;
use crate::engines::{Breach, Workers};
use crate::error::ExecutorError;
use cache::Cache;
pub use data::TableData;
pub use relation::Relation;

/// One table of a file.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which table it is.
    pub reference: TableRef,
    /// Where it comes from.
    pub source: Source,
    /// Why the file's newest version is not the one that is read, where that is so.
    pub newer_rejected: Option<Rejection>,
    /// What is in it.
    pub data: Arc<TableData>,
}

/// Why a question's tables are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// No such file.
    Unknown {
        /// The id in the question.
        file: FileId,
    },
    /// The file was deleted.
    Deleted {
        /// Its logical name.
        name: String,
    },
    /// No version of the file could be read.
    Rejected {
        /// Its logical name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is not read yet, and the time to wait ran out.
    StillReading {
        /// Its logical name.
        name: String,
    },
    /// The file has no tables.
    NoTables {
        /// Its logical name.
        name: String,
    },
    /// A table's values can't be listed.
    GivenUp {
        /// The file's logical name.
        name: String,
        /// The table's name.
        table: String,
        /// Why not.
        why: Breach,
    },
    /// A table is larger than may be read.
    TooLarge {
        /// The file's logical name.
        name: String,
        /// The table's name.
        table: String,
        /// Its Parquet in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
}

/// Fetches tables, each of them once; what is in them, workers look at.
pub struct Tables {
    bus: Bus,
    limits: Limits,
    cache: Cache,
    workers: Arc<Workers>,
}

impl Tables {
    /// Fetches through a bus.
    #[must_use]
    pub fn new(bus: Bus, limits: Limits, workers: Arc<Workers>) -> Self {
        Self {
            bus,
            limits,
            cache: Cache::new(limits.cache_bytes),
            workers,
        }
    }

    /// All tables of some files, in the order of the files, or why there are none. Waits for files that are still
    /// being read and reports on the chain of job `id`.
    ///
    /// # Errors
    /// [`ExecutorError`] when the bus does not answer or an object is damaged.
    pub async fn load(
        &self,
        files: &[FileId],
        id: &JobId,
        delivery: &Delivery,
    ) -> Result<Result<Vec<Table>, Unavailable>, ExecutorError> {
        let records = self.bus.file_records(&delivery.tenant).await?;
        let total = files.len() as u64;
        let (mut tables, mut bare) = (Vec::new(), None);
        for (done, file) in (0..).zip(files) {
            delivery.report(id, "reading the tables", done, total).await;
            let record = match self.settled(&records, file, id, delivery).await? {
                Ok(record) => record,
                Err(unavailable) => return Ok(Err(unavailable)),
            };
            match self.read(&delivery.tenant, record).await? {
                Ok(read) => tables.extend(read),
                // A document among tables hides none of them.
                Err(without @ Unavailable::NoTables { .. }) => bare = bare.or(Some(without)),
                Err(unavailable) => return Ok(Err(unavailable)),
            }
        }
        if let Some(without) = bare.filter(|_| tables.is_empty()) {
            return Ok(Err(without));
        }
        delivery.report(id, "reading the tables", total, total).await;
        Ok(Ok(tables))
    }

    /// The record of a file as soon as nothing more happens to it.
    async fn settled(
        &self,
        records: &Records<FileRecord>,
        file: &FileId,
        id: &JobId,
        delivery: &Delivery,
    ) -> Result<Result<FileRecord, Unavailable>, ExecutorError> {
        let Some(record) = records.get(file.as_str()).await? else {
            return Ok(Err(Unavailable::Unknown { file: file.clone() }));
        };
        let record = record.value;
        if record.state.is_settled() {
            return Ok(Ok(record));
        }
        delivery
            .report(id, &format!("waiting for {} to be read", record.name), 0, 0)
            .await;
        let wait = Duration::from_secs(self.limits.wait_seconds);
        let settled = |record: Option<&FileRecord>| record.is_none_or(|record| record.state.is_settled());
        match records.wait(file.as_str(), wait, settled).await? {
            Some(record) => Ok(Ok(record)),
            // Gone, or the time ran out.
            None => match records.get(file.as_str()).await? {
                Some(record) if record.value.state.is_settled() => Ok(Ok(record.value)),
                Some(record) => Ok(Err(Unavailable::StillReading {
                    name: record.value.name,
                })),
                None => Ok(Err(Unavailable::Unknown { file: file.clone() })),
            },
        }
    }

    async fn read(
        &self,
        tenant: &TenantId,
        record: FileRecord,
    ) -> Result<Result<Vec<Table>, Unavailable>, ExecutorError> {
        let (name, version, rejection) = match usable(record) {
            Ok(usable) => usable,
            Err(unavailable) => return Ok(Err(unavailable)),
        };
        let objects = self.bus.files(tenant).await?;
        let mut tables = Vec::with_capacity(version.version.tables.len());
        for stored in version.version.tables {
            let limit = self.limits.table_bytes;
            let bytes = objects.size(stored.parquet.as_str()).await?.unwrap_or(0);
            if bytes > limit {
                return Ok(Err(Unavailable::TooLarge {
                    name,
                    table: stored.name,
                    bytes,
                    limit,
                }));
            }
            let data = match self.cache.get(&stored, self.fetch(&objects, &stored)).await {
                Ok(data) => data,
                Err(FetchError::GivenUp(why)) => {
                    return Ok(Err(Unavailable::GivenUp {
                        name,
                        table: stored.name,
                        why,
                    }));
                }
                Err(FetchError::Job(error)) => return Err(error),
            };
            tables.push(Table {
                reference: TableRef {
                    file: version.file.clone(),
                    index: stored.index,
                },
                source: Source {
                    file: version.file.clone(),
                    name: name.clone(),
                    table: stored.name,
                    content: version.version.content.clone(),
                },
                newer_rejected: rejection.clone(),
                data,
            });
        }
        Ok(Ok(tables))
    }

    /// The Parquet, sealed and never looked at; the profile; and the texts, which a worker lists.
    async fn fetch(&self, objects: &Objects, stored: &StoredTable) -> Result<TableData, FetchError> {
        let limit = self.limits.table_bytes;
        let profile = objects.get(stored.profile.as_str(), limit).await.map_err(gone)?;
        let profile: TableProfile =
            serde_json::from_slice(&profile).map_err(|source| ExecutorError::Profile {
                table: stored.name.clone(),
                source,
            })?;
        let draft = Input::draft().map_err(ExecutorError::Sandbox)?;
        let mut file = tokio::fs::File::from_std(draft.file().map_err(ExecutorError::Sandbox)?);
        let name = stored.parquet.as_str();
        let size = objects.get_into(name, &mut file, limit).await.map_err(gone)?;
        let parquet = draft.input().map_err(ExecutorError::Sandbox)?;
        let texts = self.workers.texts(&parquet, &profile).await??;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(TableData::new(parquet, size, profile, texts))
    }
}

/// Why a table is not there.
#[derive(Debug)]
enum FetchError {
    /// Its texts can't be listed.
    GivenUp(Breach),
    /// Nothing that the table could be blamed for.
    Job(ExecutorError),
}

impl From<Breach> for FetchError {
    fn from(why: Breach) -> Self {
        Self::GivenUp(why)
    }
}

impl From<ExecutorError> for FetchError {
    fn from(error: ExecutorError) -> Self {
        Self::Job(error)
    }
}

/// A file's version with the file's id.
struct Usable {
    file: FileId,
    version: FileVersion,
}

/// What of a settled file can be read.
fn usable(record: FileRecord) -> Result<(String, Usable, Option<Rejection>), Unavailable> {
    let name = match record.name {
        // A deleted file has lost its name.
        name if name.is_empty() => record.file.to_string(),
        name => name,
    };
    match (record.state, record.active) {
        (FileState::Deleted, _) => Err(Unavailable::Deleted { name }),
        (_, Some(version)) if version.tables.is_empty() => Err(Unavailable::NoTables { name }),
        // What was indexed before a rejected version stays as it was.
        (FileState::Rejected, Some(version)) => Ok((
            name,
            Usable {
                file: record.file,
                version,
            },
            record.rejection,
        )),
        (FileState::Indexed | FileState::Received, Some(version)) => Ok((
            name,
            Usable {
                file: record.file,
                version,
            },
            None,
        )),
        (FileState::Rejected, None) => {
            let reason = record
                .rejection
                .map(|rejection| told(&rejection))
                .unwrap_or_default();
            Err(Unavailable::Rejected { name, reason })
        }
        (FileState::Indexed | FileState::Received, None) => Err(Unavailable::NoTables { name }),
    }
}

/// A rejection in words.
pub(crate) fn told(rejection: &Rejection) -> String {
    match &rejection.place {
        Some(place) => format!("{} ({place})", rejection.message),
        None => rejection.message.clone(),
    }
}

/// An object that a record names and that is not there was deleted in between: the next delivery reads why.
fn gone(error: ObjectsError) -> ExecutorError {
    ExecutorError::Objects(error)
}

#[cfg(test)]
mod tests {
    use schemas::file::RejectionCode;

    use super::*;

    fn record(state: FileState, tables: Option<usize>) -> FileRecord {
        let id = "0199f1d2-7c3a-7def-8123-456789abcdef";
        let content = schemas::ContentId::new("0".repeat(64)).unwrap();
        let table = |index| StoredTable {
            index,
            name: "t".to_owned(),
            rows: 1,
            columns: 1,
            parquet: content.clone(),
            profile: content.clone(),
        };
        FileRecord {
            file: FileId::new(id).unwrap(),
            name: "a.csv".to_owned(),
            state,
            order: 1,
            job: JobId::new(id).unwrap(),
            active: tables.map(|count| FileVersion {
                content: content.clone(),
                size: 1,
                tables: (0..count as u32).map(table).collect(),
                document: None,
                searchable: false,
                overrides: Vec::new(),
            }),
            pending: None,
            rejection: (state == FileState::Rejected).then(|| Rejection {
                code: RejectionCode::Corrupt,
                message: "breaks off".to_owned(),
                place: Some("line 3".to_owned()),
            }),
            updated_at: "2024-01-01T00:00:00Z".to_owned(),
        }
    }

    #[test]
    fn what_can_be_read_is_told_from_what_cannot() {
        let name = || "a.csv".to_owned();
        for (state, tables, expected) in [
            (FileState::Indexed, Some(2), Ok((2, false))),
            (FileState::Received, Some(1), Ok((1, false))),
            (FileState::Rejected, Some(1), Ok((1, true))),
            (
                FileState::Indexed,
                Some(0),
                Err(Unavailable::NoTables { name: name() }),
            ),
            (
                FileState::Deleted,
                None,
                Err(Unavailable::Deleted { name: name() }),
            ),
            (
                FileState::Deleted,
                Some(1),
                Err(Unavailable::Deleted { name: name() }),
            ),
            (
                FileState::Rejected,
                None,
                Err(Unavailable::Rejected {
                    name: name(),
                    reason: "breaks off (line 3)".to_owned(),
                }),
            ),
        ] {
            let found = usable(record(state, tables))
                .map(|(_, usable, rejection)| (usable.version.tables.len(), rejection.is_some()));
            assert_eq!(found, expected, "{state:?} {tables:?}");
        }
    }
}
