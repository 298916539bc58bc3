//! Why questions could not be answered, and what that means for the job. A question that no document answers is no error:
//! its answer says so.

use bus::{CallFailure, Fault, Faulty, ObjectsError, RecordsError};
use index::IndexError;
use schemas::calls::CallError;

/// Why a search or a job failed.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveError {
    /// The question is blank, or longer than one may be.
    #[error("the question has {length} characters, expected 1 to {limit}")]
    QuestionLength {
        /// Its characters.
        length: usize,
        /// The most that it may have.
        limit: usize,
    },
    /// More or fewer passages are wanted than may be.
    #[error("{wanted} passages are wanted, expected 1 to {limit}")]
    Limit {
        /// As many.
        wanted: u32,
        /// The most.
        limit: u32,
    },
    /// The index can't be searched.
    #[error("can't search the index")]
    Index(#[from] IndexError),
    /// The question's vector can't be had.
    #[error("can't get the question's vector")]
    Embed(#[source] CallFailure),
    /// What is known of files can't be read.
    #[error("can't read what is known of the files")]
    Records(#[from] RecordsError),
    /// Documents can't be fetched, or the answer can't be stored.
    #[error("can't fetch documents, or store the answer")]
    Objects(#[from] ObjectsError),
    /// A file that the answer rests on was deleted while it was looked for.
    #[error("a file was deleted while the question was answered")]
    Deleted,
    /// A document or an answer can't be read or written as JSON.
    #[error("can't read or write JSON")]
    Json(#[from] serde_json::Error),
}

impl Faulty for RetrieveError {
    fn fault(&self) -> Fault {
        let reject = |pointer: Option<&str>| Fault::Reject {
            pointer: pointer.map(str::to_owned),
        };
        match self {
            Self::QuestionLength { .. } => reject(Some("/question")),
            Self::Limit { .. } => reject(Some("/limit")),
            Self::Index(error) if !error.is_temporary() => reject(None),
            Self::Embed(failure) if !failure.is_temporary() => reject(None),
            Self::Objects(error) => match error {
                ObjectsError::Missing { .. }
                | ObjectsError::TooLarge { .. }
                | ObjectsError::NoBucket { .. }
                | ObjectsError::Damaged { .. } => reject(None),
                ObjectsError::Full { .. }
                | ObjectsError::Unreachable { .. }
                | ObjectsError::Local { .. }
                | ObjectsError::Changed { .. } => Fault::Retry { after: None },
            },
            Self::Index(_) | Self::Embed(_) | Self::Records(_) | Self::Deleted => {
                Fault::Retry { after: None }
            }
            Self::Json(_) => reject(None),
        }
    }
}

impl RetrieveError {
    /// What a caller is told, who has no job to wait for.
    #[must_use]
    pub fn told(&self) -> CallError {
        let (pointer, temporary) = match self.fault() {
            Fault::Reject { pointer } => (pointer, false),
            Fault::Retry { .. } | Fault::Fatal => (None, true),
        };
        CallError {
            message: bus::fault::reason(self),
            pointer,
            temporary,
        }
    }
}
