//! Tables: what was read of a file, and what people decide instead.

use std::time::Duration;

use bus::ids::new_job_id;
use schemas::file::{FileRecord, FileState, StoredTable};
use schemas::jobs::{IngestJob, SetTable};
use schemas::table::TableProfile;

use super::{Client, ClientError, Submitted};
use crate::progress::Task;

/// Bytes that a profile may have.
const PROFILE_LIMIT: u64 = 64 << 20;

impl Client {
    /// A file by its logical name or its id.
    ///
    /// # Errors
    /// [`ClientError::NoFile`]; else when the bus fails.
    pub async fn file(&self, name: &str) -> Result<FileRecord, ClientError> {
        let files = self.files().await?;
        let found = files
            .into_iter()
            .find(|record| record.name == name || record.file.as_str() == name);
        found.ok_or_else(|| ClientError::NoFile {
            name: name.to_owned(),
        })
    }

    /// What was found in a table.
    ///
    /// # Errors
    /// [`ClientError::BrokenProfile`]; else when the bus fails.
    pub async fn profile(&self, table: &StoredTable) -> Result<TableProfile, ClientError> {
        let files = self.bus.files(&self.tenant).await?;
        let bytes = files.get(table.profile.as_str(), PROFILE_LIMIT).await?;
        serde_json::from_slice(&bytes).map_err(|source| ClientError::BrokenProfile {
            table: table.name.clone(),
            source,
        })
    }

    /// Decides something about a table, and waits until the file was read again.
    ///
    /// # Errors
    /// [`ClientError::Failed`] with what is wrong, [`ClientError::Rejected`], [`ClientError::Late`]; else when the bus
    /// fails.
    pub async fn set_table(
        &self,
        record: &FileRecord,
        set: SetTable,
        limit: Duration,
        task: &mut Task,
    ) -> Result<FileRecord, ClientError> {
        let job = new_job_id();
        let content = record.active.as_ref().map(|version| version.content.clone());
        let Some(content) = content.filter(|_| record.state != FileState::Deleted) else {
            return Err(ClientError::NoFile {
                name: record.name.clone(),
            });
        };
        self.bus.publish(&self.tenant, &job, &IngestJob::Set(set)).await?;
        let submitted = Submitted {
            job,
            file: record.file.clone(),
            name: record.name.clone(),
            content,
        };
        self.settle_change(&submitted, limit, task).await
    }
}

/// The table that a person means: by its number, from 1, or by its name. Without either the only one there is.
///
/// # Errors
/// [`ClientError::NoTable`].
pub fn chosen<'a>(record: &'a FileRecord, table: Option<&str>) -> Result<&'a StoredTable, ClientError> {
    let tables = record.active.as_ref().map_or(&[][..], |version| &version.tables);
    let found = match table {
        None => Some(tables)
            .filter(|tables| tables.len() == 1)
            .and_then(|tables| tables.first()),
        Some(wanted) => tables.iter().find(|table| table.name == wanted).or_else(|| {
            let number: usize = wanted.parse().ok()?;
            tables.get(number.checked_sub(1)?)
        }),
    };
    found.ok_or_else(|| ClientError::NoTable {
        file: record.name.clone(),
        table: table.map(str::to_owned),
        tables: tables.iter().map(|table| table.name.clone()).collect(),
    })
}

/// What is wrong with the choice of a table.
pub(super) fn no_table(file: &str, table: Option<&str>, tables: &[String]) -> String {
    let listed: Vec<String> = (1..)
        .zip(tables)
        .map(|(number, name)| format!("{number} ({name})"))
        .collect();
    let listed = listed.join(", ");
    match table {
        _ if tables.is_empty() => format!("{file} has no tables yet"),
        Some(table) => format!("{file} has no table {table}; there are {listed}"),
        None => format!("{file} has several tables; say which with --table: {listed}"),
    }
}
