//! Why a job fails, and what that means for it.

use std::time::Duration;

use bus::erasure::ErasureError;
use bus::publish::PublishError;
use bus::{Fault, Faulty, ObjectsError, RecordsError};
use sandbox::{ConfigError, SandboxError};
use schemas::{ContentId, FileId};

/// Why there are no workers, so that the service refuses to start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings contradict each other, or can't be read.
    #[error("the settings of the sandbox can't be used")]
    Config(#[from] ConfigError),
    /// The machine doesn't give what a worker needs.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// It was stopped meanwhile.
    #[error("starting was stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Why a job could not be done. A file that can't be read is no error: that is an event.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The name of the file is no name.
    #[error(
        "the file name {name:?} {problem}; expected 1 to 512 letters without control characters, not ending in /"
    )]
    BadName {
        /// The beginning of what was given.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// There is no such file to delete.
    #[error("there is no file {file}")]
    UnknownFile {
        /// The id that the job names.
        file: FileId,
    },
    /// There is no such table in the file.
    #[error("{name} has no table {table}; its tables are {}", listed(tables))]
    UnknownTable {
        /// The file's logical name.
        name: String,
        /// The place that the job names, from 0.
        table: u32,
        /// Those that are there.
        tables: Vec<String>,
    },
    /// There is no such column in the table.
    #[error(
        "the table {table} has no column {column:?}; the nearest are {}",
        quoted(nearest)
    )]
    UnknownColumn {
        /// What was given.
        column: String,
        /// The table's name.
        table: String,
        /// Names that are like it.
        nearest: Vec<String>,
    },
    /// A column can't be called so.
    #[error("{name:?} {problem}; expected a name of its own for each column")]
    TakenName {
        /// What was given.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A job that decides nothing.
    #[error("nothing is set; expected a decision about the table or one of its columns")]
    NothingSet,
    /// More decisions than a version may have.
    #[error("more than {most} columns of one table are set")]
    TooMuchSet {
        /// As many as there may be.
        most: usize,
    },
    /// The file is being read by another job.
    #[error("a version of the file is being read")]
    BeingRead,
    /// The records can't be read or changed.
    #[error("can't use the records of files")]
    Records(#[from] RecordsError),
    /// The objects can't be read or written.
    #[error("can't use the stored files")]
    Objects(#[from] ObjectsError),
    /// What was said of a file can't be removed.
    #[error("can't remove what was said of the file")]
    Erasure(#[from] ErasureError),
    /// The deletion of a file that was kept long enough can't be asked for.
    #[error("can't have a file deleted that was kept long enough")]
    Unsent(#[from] PublishError),
    /// No worker can read the file, through no fault of its own.
    #[error("the file can't be read in the sandbox now")]
    Sandbox(#[from] SandboxError),
    /// A profile can't be written as JSON.
    #[error("can't write a profile as JSON")]
    Profile(#[from] serde_json::Error),
    /// The worker thread was stopped before it was done.
    #[error("reading was stopped")]
    Stopped(#[source] tokio::task::JoinError),
    /// The system has no more descriptors.
    #[error("can't hand the file to a worker")]
    Descriptors(#[source] std::io::Error),
    /// What an earlier step has stored is not there any more, or can't be read.
    #[error("the {what} {object} is missing or damaged; expected it to be there until the file is read")]
    Lost {
        /// What it is.
        what: &'static str,
        /// Its name.
        object: ContentId,
    },
    /// The same content is being removed for too long.
    #[error("the content is being removed")]
    BeingRemoved,
}

impl Faulty for IngestError {
    fn fault(&self) -> Fault {
        match self {
            Self::BadName { .. } => Fault::Reject {
                pointer: Some("/name".into()),
            },
            Self::UnknownFile { .. } => Fault::Reject {
                pointer: Some("/file".into()),
            },
            Self::UnknownTable { .. } => Fault::Reject {
                pointer: Some("/table/table".into()),
            },
            Self::UnknownColumn { .. } | Self::TakenName { .. } | Self::TooMuchSet { .. } => Fault::Reject {
                pointer: Some("/table/columns".into()),
            },
            Self::NothingSet => Fault::Reject {
                pointer: Some("/table".into()),
            },
            Self::Profile(_) => Fault::Reject { pointer: None },
            Self::Lost { what, .. } => Fault::Reject {
                pointer: Some(format!("/{what}")),
            },
            Self::Sandbox(SandboxError::Unavailable(_)) => Fault::Fatal,
            Self::Records(_)
            | Self::Sandbox(_)
            | Self::Objects(_)
            | Self::Erasure(_)
            | Self::Unsent(_)
            | Self::Stopped(_)
            | Self::Descriptors(_) => Fault::Retry { after: None },
            Self::BeingRead => Fault::Retry {
                after: Some(Duration::from_secs(1)),
            },
            Self::BeingRemoved => Fault::Retry {
                after: Some(Duration::from_secs(2)),
            },
        }
    }
}

fn listed(names: &[String]) -> String {
    let numbered = names
        .iter()
        .enumerate()
        .map(|(number, name)| format!("{number} ({name})"));
    numbered.collect::<Vec<_>>().join(", ")
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("{name:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}
