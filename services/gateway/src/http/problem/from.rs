//! What goes wrong elsewhere, as a problem.

use axum::extract::rejection::{PathRejection, QueryRejection};
use bus::calls::CallFailure;
use bus::glossary::GlossaryChangeError;
use bus::goldens::GoldensError;
use bus::objects::ObjectsError;
use bus::progress::ProgressError;
use bus::provision::ProvisionError;
use bus::publish::PublishError;
use bus::records::RecordsError;

use super::Problem;

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::UnknownRoute
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::InvalidJson(error)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::InvalidQuery(rejection.body_text())
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Full { .. } => Self::QueueFull(error),
            PublishError::TooLarge { .. } | PublishError::Encode { .. } => Self::Internal(error.into()),
            PublishError::NoStream { .. } | PublishError::NoAck { .. } | PublishError::Follow { .. } => {
                Self::Bus(error.into())
            }
        }
    }
}

impl From<ObjectsError> for Problem {
    fn from(error: ObjectsError) -> Self {
        match error {
            ObjectsError::Full { .. } => Self::StoreFull(error),
            ObjectsError::Missing { .. }
            | ObjectsError::TooLarge { .. }
            | ObjectsError::Damaged { .. }
            | ObjectsError::Local { .. }
            | ObjectsError::Changed { .. } => Self::Internal(error.into()),
            ObjectsError::NoBucket { .. } | ObjectsError::Unreachable { .. } => Self::Bus(error.into()),
        }
    }
}

impl From<GoldensError> for Problem {
    fn from(error: GoldensError) -> Self {
        match error {
            GoldensError::Objects(error) => error.into(),
            GoldensError::Records(error) => error.into(),
            // Gone with its file.
            GoldensError::Deleted(answer) => Self::UnknownAnswer(answer.into()),
            GoldensError::Unconfirmable { .. } | GoldensError::Undecodable { .. } => {
                Self::Internal(error.into())
            }
        }
    }
}

impl From<GlossaryChangeError> for Problem {
    fn from(error: GlossaryChangeError) -> Self {
        match error {
            GlossaryChangeError::Invalid(error) => Self::InvalidGlossary(error),
            GlossaryChangeError::Records(error) => error.into(),
        }
    }
}

impl From<CallFailure> for Problem {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Refused(refused) if !refused.temporary => Self::CallRefused {
                message: refused.message,
                pointer: refused.pointer,
            },
            CallFailure::Refused(_) | CallFailure::NoService { .. } | CallFailure::NoReply { .. } => {
                Self::NoService(failure)
            }
            CallFailure::Unsendable { .. } => Self::CallRefused {
                message: "more text than one call may have; send less at once".to_owned(),
                pointer: None,
            },
            CallFailure::Unreadable { .. } => Self::Internal(failure.into()),
        }
    }
}

macro_rules! from_bus {
    ($($error:ty),*) => {
        $(impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                Self::Bus(error.into())
            }
        })*
    };
}

from_bus!(ProgressError, ProvisionError, RecordsError);
