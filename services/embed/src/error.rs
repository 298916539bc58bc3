//! Why passages or questions could not be embedded, and what that means for the job or the call.

use std::time::Duration;

use bus::provision::ProvisionError;
use bus::{Fault, Faulty, ObjectsError, RecordsError};
use index::IndexError;
use models::EncoderError;
use schemas::calls::CallError;

/// Texts that one call may have.
pub const MOST_TEXTS: usize = 256;

/// Why a job or a call failed.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// A call has no texts, or too many.
    #[error("the call has {given} texts, expected 1 to {MOST_TEXTS}")]
    Texts {
        /// So many.
        given: usize,
    },
    /// There is no model of embeddings: passages are found by words and codes alone.
    #[error("no model of embeddings is configured: see EMBED_BASE_URL and CONTRAIL_EMBED_CHINESE")]
    NoModel,
    /// What can be searched was embedded with another model, which is not configured any more.
    #[error(
        "passages are being embedded again with {model}; until that is done, they are found by words and codes alone"
    )]
    Rebuilding {
        /// The model.
        model: String,
    },
    /// The model's vectors have no part that is compared for itself.
    #[error("{model} has no vectors for sentences; those for passages can be compared")]
    OneLanguage {
        /// The model.
        model: String,
    },
    /// A newer version of the file is being read: what it will need must not be taken away.
    #[error("a newer version of the file is being read")]
    BeingRead,
    /// The document can't be read as one.
    #[error("the document can't be read")]
    Document(#[from] serde_json::Error),
    /// The document can't be fetched.
    #[error("can't fetch the document")]
    Objects(#[from] ObjectsError),
    /// What is known of files can't be read.
    #[error("can't read what is known of the files")]
    Records(#[from] RecordsError),
    /// The tenants can't be listed.
    #[error("can't list the tenants")]
    Tenants(#[from] ProvisionError),
    /// The index can't be read or changed.
    #[error("can't use the index")]
    Index(#[from] IndexError),
    /// The model gives no vectors.
    #[error("can't embed texts")]
    Encoder(#[from] EncoderError),
}

impl Faulty for EmbedError {
    fn fault(&self) -> Fault {
        let reject = |pointer: Option<&str>| Fault::Reject {
            pointer: pointer.map(str::to_owned),
        };
        match self {
            Self::Texts { .. } => reject(Some("/texts")),
            Self::NoModel => reject(None),
            Self::OneLanguage { .. } => reject(Some("/purpose")),
            Self::Rebuilding { .. } | Self::Records(_) | Self::Tenants(_) => Fault::Retry { after: None },
            Self::BeingRead => Fault::Retry {
                after: Some(Duration::from_secs(5)),
            },
            Self::Document(_) => reject(Some("/document")),
            Self::Objects(error) => match error {
                ObjectsError::Missing { .. }
                | ObjectsError::TooLarge { .. }
                | ObjectsError::Damaged { .. } => reject(Some("/document")),
                ObjectsError::NoBucket { .. } => reject(None),
                ObjectsError::Full { .. }
                | ObjectsError::Unreachable { .. }
                | ObjectsError::Local { .. }
                | ObjectsError::Changed { .. } => Fault::Retry { after: None },
            },
            Self::Index(error) if error.is_temporary() => Fault::Retry { after: None },
            Self::Index(_) => reject(None),
            Self::Encoder(error) if error.is_fatal() => Fault::Fatal,
            Self::Encoder(error) if error.is_temporary() => Fault::Retry { after: None },
            Self::Encoder(_) => reject(None),
        }
    }
}

impl EmbedError {
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
