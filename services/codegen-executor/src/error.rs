//! Why a question could not be dealt with, and what that means for its job. A question that is understood and can't be
//! answered is no error: its answer says so.

use std::path::PathBuf;

use bus::{Fault, Faulty, ObjectsError, RecordsError};
use sandbox::{ConfigError, SandboxError};

/// Why there are no workers, so that the service refuses to start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings contradict each other, or can't be read.
    #[error("the settings of the sandbox can't be used")]
    Config(#[from] ConfigError),
    /// The machine doesn't give what a worker needs.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The folder that is to hold a Python can't be used.
    #[error("the Python in {folder} can't be used: {reason}")]
    Python {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        reason: String,
    },
    /// It was stopped meanwhile.
    #[error("starting was stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Why a job failed.
#[derive(Debug, thiserror::Error)]
pub enum ExecutorError {
    /// The job names no file.
    #[error("the question names no file")]
    NoFiles,
    /// The job has no question, or one that is too long.
    #[error("the question has {length} characters, expected 1 to {limit}")]
    QuestionLength {
        /// How many it has.
        length: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The life-cycle records can't be read.
    #[error("can't read the records of files")]
    Records(#[from] RecordsError),
    /// A table can't be fetched or the answer can't be stored.
    #[error("can't fetch a table or store the answer")]
    Objects(#[from] ObjectsError),
    /// A file that the answer rests on was deleted while it was computed.
    #[error("a file was deleted while the question was answered")]
    Deleted,
    /// The profile that ingest stored is none.
    #[error("can't decode the profile of the table {table:?}")]
    Profile {
        /// The table's name.
        table: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// No worker can do it, through no fault of the question or its tables.
    #[error("the question can't be computed in the sandbox now")]
    Sandbox(#[from] SandboxError),
    /// A request to a worker can't be encoded.
    #[error("can't encode a request to a worker")]
    Request(#[source] serde_json::Error),
    /// The answer can't be encoded, or the stored one can't be decoded.
    #[error("can't encode or decode the answer")]
    Answer(#[source] serde_json::Error),
    /// The computation panicked, or the process is shutting down.
    #[error("the computation broke off")]
    BrokeOff(#[from] tokio::task::JoinError),
}

impl Faulty for ExecutorError {
    fn fault(&self) -> Fault {
        let reject = |pointer: Option<&str>| Fault::Reject {
            pointer: pointer.map(str::to_owned),
        };
        match self {
            Self::NoFiles => reject(Some("/files")),
            Self::Deleted => Fault::Retry { after: None },
            Self::QuestionLength { .. } => reject(Some("/question")),
            Self::Records(error) => match error {
                RecordsError::Unreachable { .. } | RecordsError::Contended { .. } => {
                    Fault::Retry { after: None }
                }
                RecordsError::Undecodable { .. } => reject(None),
            },
            Self::Objects(error) => match error {
                // A missing object was deleted in between, and the record will say so.
                ObjectsError::Missing { .. }
                | ObjectsError::Full { .. }
                | ObjectsError::Unreachable { .. }
                | ObjectsError::Local { .. }
                | ObjectsError::Changed { .. } => Fault::Retry { after: None },
                ObjectsError::NoBucket { .. }
                | ObjectsError::TooLarge { .. }
                | ObjectsError::Damaged { .. } => reject(None),
            },
            Self::Sandbox(SandboxError::Unavailable(_)) => Fault::Fatal,
            Self::Sandbox(_) => Fault::Retry { after: None },
            Self::Profile { .. } | Self::Request(_) | Self::Answer(_) => reject(None),
            // A panic comes again, a shutdown does not: the deliveries of a job are bounded.
            Self::BrokeOff(_) => Fault::Retry { after: None },
        }
    }
}
