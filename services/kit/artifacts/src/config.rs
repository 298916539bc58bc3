//! Where artifacts are kept.

use std::path::PathBuf;

use crate::Cache;

/// Settings of whoever needs artifacts.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ArtifactsConfig {
    /// Folder of fetched third-party files; by default `contrail/artifacts` in the user's cache folder.
    #[arg(long = "artifacts-cache", env = "CONTRAIL_CACHE", value_name = "FOLDER")]
    pub cache: Option<PathBuf>,
}

impl ArtifactsConfig {
    /// The cache in that folder.
    #[must_use]
    pub fn open(&self) -> Cache {
        Cache::new(
            self.cache
                .as_deref()
                .filter(|folder| !folder.as_os_str().is_empty()),
        )
    }
}
