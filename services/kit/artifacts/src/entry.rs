//! One artifact and its place in the folder.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::digest::Sha256;
use crate::error::ArtifactError;
use crate::lock::{Artifact, PinnedFile, Platform};
use crate::tree;

/// An artifact for this machine, and its place.
pub(crate) struct Entry<'a> {
    pub(crate) artifact: &'a Artifact,
    pub(crate) platform: &'a Platform,
    pub(crate) folder: PathBuf,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(root: &Path, artifact: &'a Artifact, platform: &'a Platform) -> Self {
        let digest: String = platform.identity().to_string().chars().take(12).collect();
        let folder = root
            .join(&artifact.name)
            .join(format!("{}-{digest}", artifact.version));
        Self {
            artifact,
            platform,
            folder,
        }
    }

    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.artifact.name, self.artifact.version)
    }

    fn file(&self, file: &PinnedFile) -> PathBuf {
        self.folder.join(&file.path)
    }

    /// The path of the first file, or the main one of a tree. The lock file makes sure that there is one.
    pub(crate) fn main(&self) -> Result<PathBuf, ArtifactError> {
        match &self.platform.tree {
            Some(tree) if tree.main == "." => return Ok(self.folder.clone()),
            Some(tree) => return Ok(self.folder.join(&tree.main)),
            None => {}
        }
        self.platform
            .files
            .first()
            .map(|file| self.file(file))
            .ok_or_else(|| self.not_fetched())
    }

    pub(crate) fn not_fetched(&self) -> ArtifactError {
        ArtifactError::NotFetched {
            name: self.artifact.name.clone(),
            version: self.artifact.version.clone(),
        }
    }

    /// Whether all files are there in full length: enough for what came by one rename after it was verified.
    pub(crate) fn is_complete(&self) -> bool {
        if let Some(tree) = &self.platform.tree {
            return tree::is_complete(tree, &self.folder);
        }
        self.platform.files.iter().all(|file| {
            fs::metadata(self.file(file))
                .is_ok_and(|metadata| metadata.is_file() && metadata.len() == file.size)
        })
    }

    pub(crate) fn verify(&self) -> Result<(), ArtifactError> {
        if !self.folder.is_dir() {
            return Err(self.not_fetched());
        }
        if self.platform.tree.is_some() {
            return self.verify_tree();
        }
        for file in &self.platform.files {
            let path = self.file(file);
            let got = match Sha256::of_file(&path) {
                Ok(got) if got == file.sha256 => continue,
                Ok(got) => got.to_string(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => "none: it is missing".to_owned(),
                Err(source) => {
                    return Err(ArtifactError::Folder {
                        action: "read",
                        path,
                        source,
                    });
                }
            };
            return Err(ArtifactError::Damaged {
                name: self.artifact.name.clone(),
                path,
                expected: file.sha256,
                got,
            });
        }
        Ok(())
    }

    /// Compares a tree with its list. The packages were checked when they came, and are gone.
    fn verify_tree(&self) -> Result<(), ArtifactError> {
        let changed = |path| ArtifactError::Changed {
            name: self.artifact.name.clone(),
            path,
        };
        match tree::difference(&self.folder) {
            Ok(None) => Ok(()),
            Ok(Some(path)) => Err(changed(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(changed(self.folder.clone())),
            Err(source) => Err(ArtifactError::Folder {
                action: "read",
                path: self.folder.clone(),
                source,
            }),
        }
    }

    /// Puts an unpacked folder in its place; a damaged one that is there goes to `aside` first.
    pub(crate) fn install(&self, unpacked: &Path, aside: &Path) -> Result<(), ArtifactError> {
        let failed = |source| ArtifactError::Folder {
            action: "write",
            path: self.folder.clone(),
            source,
        };
        if let Some(parent) = self.folder.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        match fs::rename(&self.folder, aside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            Ok(()) | Err(_) => {}
        }
        fs::rename(unpacked, &self.folder).map_err(failed)
    }

    /// Lets everybody come to a tree in a folder that is there for that, whatever mask the user has.
    pub(crate) fn open_way(&self, root: &Path) {
        let inside = self
            .folder
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(root));
        for folder in inside.chain(root.parent()) {
            // Where that fails, whoever needs the tree says that it can't be read.
            let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o755));
        }
    }
}
