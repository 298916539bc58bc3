//! The folder of unpacked artifacts.
//!
//! ```text
//! <folder>/<name>/<version>-<first 12 digits of the SHA-256>/…   unpacked and verified; appears by one rename
//! <folder>/.archives/<name>/<sha256>                             downloaded and verified, until it is unpacked
//! <folder>/.unfinished/<name>/…                                  of a fetch that goes on, or was killed
//! <folder>/.locks/<name>                                         held by whoever fetches
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::digest::Sha256;
use crate::entry::Entry;
use crate::error::{ArtifactError, SourceError};
use crate::exclusive::Exclusive;
use crate::lock::{Lock, Platform, Source, Tree, target};
use crate::report::{Console, Reporter, Step};
use crate::source::{Tools, download};
use crate::tree;
use crate::unpack::unpack;

/// The folder of unpacked artifacts.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: Option<PathBuf>,
    /// Where trees are kept, when it is not the same folder.
    shared: Option<PathBuf>,
    lock: Option<Arc<Lock>>,
    tools: Tools,
    reporter: Arc<dyn Reporter>,
}

/// An artifact in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it is called.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SPDX expression.
    pub licence: String,
    /// What it is for.
    pub purpose: String,
    /// Bytes on the disk when it is unpacked; none: it is not pinned for this kind of machine.
    pub size: Option<u64>,
    /// Whether it is in the cache.
    pub fetched: bool,
    /// Whether it is fetched only when it is asked for by its name.
    pub optional: bool,
}

/// Where trees are kept for root, whose own folders nobody else may enter, a locked-in worker least of all.
const SHARED: &str = "/var/cache/contrail/artifacts";

impl Cache {
    /// The cache in a folder, or in the user's cache folder.
    #[must_use]
    pub fn new(folder: Option<&Path>) -> Self {
        let is_root = || fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let shared = (folder.is_none() && is_root()).then(|| PathBuf::from(SHARED));
        let folder = folder.map(Path::to_owned).or_else(|| {
            let folders = directories::BaseDirs::new()?;
            Some(folders.cache_dir().join("contrail").join("artifacts"))
        });
        Self {
            folder,
            shared,
            lock: None,
            tools: Tools::default(),
            reporter: Arc::new(Console::default()),
        }
    }

    /// The cache in a folder, of other artifacts than the ones that Contrail comes with.
    #[must_use]
    pub fn with_lock(folder: &Path, lock: Lock) -> Self {
        Self {
            lock: Some(Arc::new(lock)),
            ..Self::new(Some(folder))
        }
    }

    /// The same cache, fetching with other commands.
    #[must_use]
    pub fn with_tools(self, tools: Tools) -> Self {
        Self { tools, ..self }
    }

    /// The same cache, telling somebody else how far it is; by default it is [`Console`].
    #[must_use]
    pub fn with_reporter(self, reporter: Arc<dyn Reporter>) -> Self {
        Self { reporter, ..self }
    }

    /// Where artifacts are kept, for root those that are no trees; none: the system does not say where.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The path of an artifact by name, fetched and verified first if it is not there. Blocks.
    ///
    /// It is the path of the artifact's first file. A file that is there is not hashed again; see [`Self::verify`].
    ///
    /// # Errors
    /// [`ArtifactError`] that says what to install or set.
    pub fn ensure(&self, name: &str) -> Result<PathBuf, ArtifactError> {
        self.get(name, |entry| entry.is_complete())
    }

    /// As [`Self::ensure`], but what is there is verified, and fetched again if it is damaged.
    ///
    /// # Errors
    /// [`ArtifactError`] that says what to install or set.
    pub fn fetch(&self, name: &str) -> Result<PathBuf, ArtifactError> {
        self.get(name, |entry| entry.verify().is_ok())
    }

    /// The path of an artifact that is there.
    ///
    /// # Errors
    /// [`ArtifactError::NotFetched`] when it is not there.
    pub fn path(&self, name: &str) -> Result<PathBuf, ArtifactError> {
        let lock = self.lock()?;
        let entry = self.entry(&lock, name)?;
        if entry.is_complete() {
            entry.main()
        } else {
            Err(entry.not_fetched())
        }
    }

    /// Hashes an artifact's files again and returns its path.
    ///
    /// # Errors
    /// [`ArtifactError::NotFetched`] when it is not there, [`ArtifactError::Damaged`] when it has changed.
    pub fn verify(&self, name: &str) -> Result<PathBuf, ArtifactError> {
        let lock = self.lock()?;
        let entry = self.entry(&lock, name)?;
        entry.verify()?;
        entry.main()
    }

    /// All artifacts that are pinned.
    ///
    /// # Errors
    /// [`ArtifactError`] when there is no cache folder.
    pub fn list(&self) -> Result<Vec<Listed>, ArtifactError> {
        let lock = self.lock()?;
        let listed = lock.artifacts.iter().map(|artifact| {
            let platform = artifact.platform();
            let fetched = match platform {
                Some(platform) => Entry::new(self.folder_of(platform)?, artifact, platform).is_complete(),
                None => false,
            };
            Ok(Listed {
                name: artifact.name.clone(),
                version: artifact.version.clone(),
                licence: artifact.licence.clone(),
                purpose: artifact.purpose.clone(),
                size: platform.map(Platform::size),
                fetched,
                optional: artifact.optional,
            })
        });
        listed.collect()
    }

    fn folder_of(&self, platform: &Platform) -> Result<&Path, ArtifactError> {
        let shared = self.shared.as_deref().filter(|_| platform.tree.is_some());
        shared.or(self.folder.as_deref()).ok_or(ArtifactError::NoFolder)
    }

    fn lock(&self) -> Result<Arc<Lock>, ArtifactError> {
        match &self.lock {
            Some(lock) => Ok(Arc::clone(lock)),
            None => Ok(Arc::new(Lock::bundled()?)),
        }
    }

    fn entry<'a>(&self, lock: &'a Lock, name: &str) -> Result<Entry<'a>, ArtifactError> {
        let Some(artifact) = lock.artifacts.iter().find(|artifact| artifact.name == name) else {
            let known: Vec<_> = lock
                .artifacts
                .iter()
                .map(|artifact| artifact.name.as_str())
                .collect();
            return Err(ArtifactError::Unknown {
                name: name.to_owned(),
                known: known.join(", "),
            });
        };
        let Some(platform) = artifact.platform() else {
            let known: Vec<_> = artifact
                .platforms
                .iter()
                .map(|platform| platform.target.as_str())
                .collect();
            return Err(ArtifactError::Platform {
                name: artifact.name.clone(),
                version: artifact.version.clone(),
                target: target(),
                known: known.join(", "),
                instead: artifact.instead.clone(),
            });
        };
        Ok(Entry::new(self.folder_of(platform)?, artifact, platform))
    }

    fn get(&self, name: &str, settled: impl Fn(&Entry<'_>) -> bool) -> Result<PathBuf, ArtifactError> {
        let lock = self.lock()?;
        let entry = self.entry(&lock, name)?;
        if !settled(&entry) {
            let root = self.folder_of(entry.platform)?;
            let waiting = || self.reporter.report(&entry.title(), &Step::Waiting);
            let _held = Exclusive::lock(&root.join(".locks").join(name), waiting)?;
            // Whoever held it before may have done the work.
            let got = if settled(&entry) {
                Ok(())
            } else {
                self.fetch_held(root, &entry)
            };
            let path = got.is_ok().then_some(entry.folder.as_path());
            self.reporter.report(&entry.title(), &Step::Ended(path));
            got?;
        }
        entry.main()
    }

    /// Fetches with the lock held: everything unfinished is of somebody who was killed.
    fn fetch_held(&self, root: &Path, entry: &Entry<'_>) -> Result<(), ArtifactError> {
        let name = entry.artifact.name.as_str();
        let unfinished = root.join(".unfinished").join(name);
        let archives = root.join(".archives").join(name);
        let work = Work {
            unfinished: &unfinished,
            archives: &archives,
        };
        let mut failures = Vec::new();
        let tries = match &entry.platform.tree {
            Some(tree) => vec![(Pinned::Tree(tree), format!("{} packages", tree.parts.len()))],
            None => {
                let sources = entry.platform.sources.iter();
                sources
                    .map(|source| (Pinned::Files(source), source.label()))
                    .collect()
            }
        };
        for (pinned, label) in tries {
            empty(&unfinished)?;
            let unpacked = match pinned {
                Pinned::Files(source) => self.unpacked(&work, entry, source),
                Pinned::Tree(tree) => self.grown(&work, entry, tree),
            };
            match unpacked {
                Ok(unpacked) => {
                    entry.install(&unpacked, &unfinished.join("replaced"))?;
                    if self.shared.as_deref() == Some(root) {
                        entry.open_way(root);
                    }
                    // It is all in its place: what can't be cleared away now is cleared next time.
                    let _ = fs::remove_dir_all(&archives);
                    let _ = fs::remove_dir_all(&unfinished);
                    tracing::info!(artifact = name, source = label, "fetched");
                    return Ok(());
                }
                Err(error) => {
                    self.reporter.report(
                        &entry.title(),
                        &Step::Failed {
                            from: &label,
                            error: &error,
                        },
                    );
                    failures.push((label, error));
                }
            }
        }
        let _ = fs::remove_dir_all(&unfinished);
        Err(ArtifactError::NoSource {
            name: name.to_owned(),
            version: entry.artifact.version.clone(),
            advice: failures
                .first()
                .map_or("name a source", |(_, error)| error.advice()),
            failures,
            instead: entry.artifact.instead.clone(),
        })
    }

    /// Downloads and unpacks; returns the folder with the files.
    fn unpacked(&self, work: &Work<'_>, entry: &Entry<'_>, source: &Source) -> Result<PathBuf, SourceError> {
        let archive = self.archive(work, entry, source)?;
        self.reporter.report(&entry.title(), &Step::Unpacking);
        let unpacked = work.unfinished.join("unpacked");
        unpack(&archive, source, &entry.platform.files, &unpacked)?;
        Ok(unpacked)
    }

    /// Downloads all parts of a tree, unpacks and completes it; returns its folder.
    fn grown(&self, work: &Work<'_>, entry: &Entry<'_>, tree: &Tree) -> Result<PathBuf, SourceError> {
        let mut archives = Vec::new();
        for part in &tree.parts {
            archives.push(self.archive(work, entry, part)?);
        }
        self.reporter.report(&entry.title(), &Step::Unpacking);
        let unpacked = work.unfinished.join("unpacked");
        for (part, archive) in tree.parts.iter().zip(&archives) {
            tree::add(archive, part, &unpacked)?;
        }
        tree::finish(tree, &unpacked)?;
        Ok(unpacked)
    }

    /// Downloads a source's archive, unless it was kept, and checks it.
    fn archive(&self, work: &Work<'_>, entry: &Entry<'_>, source: &Source) -> Result<PathBuf, SourceError> {
        let (title, label) = (entry.title(), source.label());
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| SourceError::File { action, path, source }
        };
        let archive = work.archives.join(source.sha256.to_string());
        if Sha256::of_file(&archive).ok() != Some(source.sha256) {
            self.reporter.report(
                &title,
                &Step::Fetching {
                    from: &label,
                    size: source.size,
                },
            );
            let received = |bytes| self.reporter.report(&title, &Step::Received(bytes));
            let scratch = work.unfinished.join("download");
            let _ = fs::remove_dir_all(&scratch);
            fs::create_dir_all(&scratch).map_err(failed("make", &scratch))?;
            let downloaded = download(&self.tools, source, &scratch, received)?;
            let got = Sha256::of_file(&downloaded).map_err(failed("read", &downloaded))?;
            if got != source.sha256 {
                let what = source.archive.clone();
                return Err(SourceError::WrongHash {
                    what,
                    expected: source.sha256,
                    got,
                });
            }
            fs::create_dir_all(work.archives).map_err(failed("make", work.archives))?;
            fs::rename(&downloaded, &archive).map_err(failed("write", &archive))?;
        }
        Ok(archive)
    }
}

/// What is fetched at one go.
enum Pinned<'a> {
    Files(&'a Source),
    Tree(&'a Tree),
}

/// The two folders of a fetch.
struct Work<'a> {
    unfinished: &'a Path,
    archives: &'a Path,
}

/// Makes a folder that has nothing in it.
fn empty(folder: &Path) -> Result<(), ArtifactError> {
    let failed = |action| {
        move |source| ArtifactError::Folder {
            action,
            path: folder.to_owned(),
            source,
        }
    };
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("clear")(error)),
        Ok(()) | Err(_) => {}
    }
    fs::create_dir_all(folder).map_err(failed("make"))
}
