//! What is wrong with a file: found while reading it, told to whoever sent it.

use schemas::file::{Rejection, RejectionCode};

/// A file that can't be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Rejected {
    /// What is wrong, for programs.
    pub code: RejectionCode,
    /// What is wrong and what was expected, for people.
    pub message: String,
    /// Where, for instance `销售!C1` or `line 12`.
    pub place: Option<String>,
}

impl Rejected {
    /// A rejection of the file as a whole.
    #[must_use]
    pub fn new(code: RejectionCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place: None,
        }
    }

    /// The same, at an address.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> Self {
        Self {
            place: Some(place.into()),
            ..self
        }
    }
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        Self {
            code: rejection.code,
            message: rejection.message,
            place: rejection.place,
        }
    }
}

impl From<Rejected> for Rejection {
    fn from(rejected: Rejected) -> Self {
        Self {
            code: rejected.code,
            message: rejected.message,
            place: rejected.place,
        }
    }
}
