//! Whether a worker that lacks a required layer may run.

use serde::{Deserialize, Serialize};

/// What happens where the machine doesn't give the required layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The pool refuses to start.
    #[default]
    Enforced,
    /// Work runs with whatever layers there are. Only ever by the operator's explicit wish, and every answer says so:
    /// see [`Mode::stamp`].
    InsecureNoSandbox,
}

impl Mode {
    /// What has to stand in every trail of an answer that came about in this mode; nothing when all is well.
    #[must_use]
    pub const fn stamp(self) -> Option<&'static str> {
        match self {
            Self::Enforced => None,
            Self::InsecureNoSandbox => Some("insecure-no-sandbox"),
        }
    }
}
