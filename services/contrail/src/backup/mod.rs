//! What tenants have, in one file, and back into a server.
//!
//! | module | what is in it |
//! |---|---|
//! | [`manifest`] | what an archive holds, with the SHA-256 of each entry |
//! | [`pack`] | an archive that is being written |
//! | [`unpack`] | an archive that is read: verified as a whole first |
//! | [`save`] | from a server into an archive |
//! | [`load`] | from an archive into a server |
//!
//! An archive is a `tar` in `gzip`. The index is not in it: it is built from stored documents alone, and is built from them
//! again. Nor are jobs and facts: what is under way is done again.

pub mod load;
pub mod manifest;
pub mod pack;
pub mod save;
pub mod unpack;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::PathBuf;

use bus::backup::BackupError;
use bus::provision::ProvisionError;
use bus::publish::PublishError;
use bus::{ObjectsError, RecordsError};
use schemas::TenantId;

/// Bytes of an entry that are held in memory; a larger one goes through a temporary file.
const IN_MEMORY: u64 = 4 << 20;

/// The bytes of an entry on their way.
#[derive(Debug)]
pub enum Body {
    /// In memory.
    Bytes(bytes::Bytes),
    /// In a temporary file, from its beginning.
    File(File),
}

impl Body {
    /// How many bytes.
    ///
    /// # Errors
    /// When the file does not tell.
    pub fn size(&self) -> io::Result<u64> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
            Self::File(file) => Ok(file.metadata()?.len()),
        }
    }

    fn reader(self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(io::Cursor::new(bytes)),
            Self::File(mut file) => {
                file.rewind()?;
                Box::new(file)
            }
        })
    }
}

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file can't be read or written.
    #[error("can't {action} {path}", path = .path.display())]
    File {
        /// What was to be done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is no archive of ours, or breaks off.
    #[error("{path} is no whole backup: {problem}", path = .path.display())]
    NoBackup {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The manifest or a list of records can't be read.
    #[error("{entry} of the backup can't be read")]
    Undecodable {
        /// The entry.
        entry: String,
        /// Where it goes wrong.
        #[source]
        source: serde_json::Error,
    },
    /// There is data that would be lost.
    #[error(
        "tenant {tenant} has {files} files and {objects} objects already: --force removes them and everything else that it has \
         first"
    )]
    Occupied {
        /// The tenant.
        tenant: TenantId,
        /// Records of files.
        files: usize,
        /// Objects.
        objects: usize,
    },
    /// The thread was stopped.
    #[error("it was broken off")]
    BrokenOff(#[from] tokio::task::JoinError),
    /// Objects can't be read or written.
    #[error("the object store failed")]
    Objects(#[from] ObjectsError),
    /// Records can't be read.
    #[error("the key-value store failed")]
    Records(#[from] RecordsError),
    /// What lies in the server can't be read or written as it is.
    #[error("the server failed")]
    Server(#[from] BackupError),
    /// A tenant can't be made.
    #[error("a tenant can't be looked for or made")]
    Tenant(#[from] ProvisionError),
    /// Jobs can't be sent.
    #[error("jobs that rebuild the index can't be sent")]
    Jobs(#[from] PublishError),
}
