//! What can be wrong with a `job.ask`, and what becomes of it.

use bus::{Fault, Faulty, ObjectsError, RecordsError};
use schemas::TenantId;

use crate::router::InvalidQuestion;

/// Why a question could not be routed.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The question breaks the contract of `job.ask`.
    #[error("the question can't be taken")]
    Invalid(#[from] InvalidQuestion),
    /// The subject names a tenant that nobody created.
    #[error("there is no tenant {0}")]
    UnknownTenant(TenantId),
    /// Whether the tenant exists can't be told now.
    #[error("can't look up the tenant")]
    Tenant(#[source] bus::provision::ProvisionError),
    /// The files can't be read now.
    #[error("can't look up the files")]
    Files(#[source] RecordsError),
    /// The refusal can't be stored now.
    #[error("can't store the answer")]
    Answer(#[source] ObjectsError),
    /// The refusal can't be written as JSON.
    #[error("can't encode the answer")]
    Encode(#[source] serde_json::Error),
}

impl Faulty for AskError {
    fn fault(&self) -> Fault {
        match self {
            Self::Invalid(invalid) => Fault::Reject {
                pointer: Some(invalid.pointer().to_owned()),
            },
            Self::UnknownTenant(_) | Self::Encode(_) => Fault::Reject { pointer: None },
            Self::Tenant(_) | Self::Files(_) | Self::Answer(_) => Fault::Retry { after: None },
        }
    }
}
