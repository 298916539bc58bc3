//! What this process knows of a table: its profile and its text values. What is in its Parquet, workers alone look at.

use std::os::fd::AsFd;

use sandbox::{Input, SandboxError};
use schemas::table::TableProfile;

use crate::planner::ValueIndex;

/// What is known of a table.
#[derive(Debug)]
pub struct TableData {
    /// Its Parquet, unread and sealed.
    parquet: Input,
    /// What ingest found.
    pub profile: TableProfile,
    /// The text values, for the planner.
    pub values: ValueIndex,
    /// Bytes that all of it takes in memory, roughly.
    pub bytes: usize,
}

impl TableData {
    /// Indexes the text values of a table: (column name, its distinct values in order of appearance).
    #[must_use]
    pub fn new(
        parquet: Input,
        size: usize,
        profile: TableProfile,
        texts: Vec<(String, Vec<String>)>,
    ) -> Self {
        let values = texts.iter().flat_map(|(_, values)| values);
        // The index keeps each value, its folded form and the places of both.
        let indexed: usize = values.map(|value| 2 * value.len() + 64).sum();
        Self {
            parquet,
            profile,
            values: ValueIndex::new(texts),
            bytes: size + indexed,
        }
    }

    /// The Parquet, for one more worker.
    ///
    /// # Errors
    /// When the system has no more descriptors.
    pub fn parquet(&self) -> Result<Input, SandboxError> {
        one_more(&self.parquet)
    }
}

/// The same bytes for one more worker.
///
/// # Errors
/// When the system has no more descriptors.
pub fn one_more(input: &Input) -> Result<Input, SandboxError> {
    let descriptor = input
        .as_fd()
        .try_clone_to_owned()
        .map_err(|source| SandboxError::System {
            action: "share an input",
            source,
        })?;
    Input::descriptor(descriptor)
}
