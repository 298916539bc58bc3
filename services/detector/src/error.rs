//! Why texts could not be judged, and what that means for the job. A text that can't be told is no error: its judgement says
//! so.

use bus::{Fault, Faulty, ObjectsError, RecordsError};
use schemas::FileId;

use crate::model::StoreError;

/// Why a job failed.
#[derive(Debug, thiserror::Error)]
pub enum DetectorError {
    /// The prior is no probability that can be reckoned with.
    #[error("the prior is {given}, expected a number above 0 and below 1")]
    Prior {
        /// What it is.
        given: f64,
    },
    /// The file is of a kind that is not read.
    #[error(
        "{name} can't be read as text: expected a name that ends with .txt, .text, .md or .markdown; add other documents as files and name the file"
    )]
    Kind {
        /// Its logical name.
        name: String,
    },
    /// The file has no text.
    #[error("the file {file} can't be judged: {why}")]
    File {
        /// The file.
        file: FileId,
        /// Why.
        why: String,
    },
    /// The file was deleted while it was judged.
    #[error("the file was deleted while it was judged")]
    Deleted,
    /// The record of a file can't be read.
    #[error("can't look the file up")]
    Records(#[from] RecordsError),
    /// What was read of a file can't be decoded.
    #[error("can't decode the document of a file")]
    Document(#[source] serde_json::Error),
    /// The text or the lines can't be fetched, or the results can't be stored.
    #[error("can't fetch what is to be judged, or store the results")]
    Objects(#[from] ObjectsError),
    /// What is passed on within the service is broken off.
    #[error("the batch broke off between the store and the judge")]
    Pipe(#[source] std::io::Error),
    /// A result can't be encoded.
    #[error("can't encode a result")]
    Encode(#[source] serde_json::Error),
    /// Judging panicked, or the process is shutting down.
    #[error("judging broke off")]
    BrokeOff(#[from] tokio::task::JoinError),
    /// The weights that are built in can't be read.
    #[error("the built-in weights can't be used")]
    Weights(#[from] StoreError),
}

impl Faulty for DetectorError {
    fn fault(&self) -> Fault {
        let reject = |pointer: Option<&str>| Fault::Reject {
            pointer: pointer.map(str::to_owned),
        };
        match self {
            Self::Prior { .. } => reject(Some("/prior")),
            Self::Kind { .. } => reject(Some("/input/name")),
            Self::File { .. } => reject(Some("/input/file")),
            Self::Deleted => reject(Some("/input/file")),
            Self::Records(_) => Fault::Retry { after: None },
            Self::Objects(error) => match error {
                ObjectsError::Missing { .. } | ObjectsError::TooLarge { .. } => {
                    reject(Some("/input/content"))
                }
                ObjectsError::NoBucket { .. } | ObjectsError::Damaged { .. } => reject(None),
                ObjectsError::Full { .. }
                | ObjectsError::Unreachable { .. }
                | ObjectsError::Local { .. }
                | ObjectsError::Changed { .. } => Fault::Retry { after: None },
            },
            Self::Encode(_) | Self::Document(_) => reject(None),
            Self::Pipe(_) | Self::BrokeOff(_) => Fault::Retry { after: None },
            Self::Weights(_) => Fault::Fatal,
        }
    }
}
