//! How a job ended, as its caller sees it.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::logs::Logs;
use crate::error::SandboxError;

/// What a job used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// From the hand-over to the end of the worker.
    pub wall: Duration,
    /// CPU time of the worker, from its start.
    pub cpu: Duration,
    /// Bytes of memory at most, its program's pages among them.
    pub peak: u64,
}

/// A job that ended well.
#[derive(Debug)]
pub struct Reply {
    /// The result, as the worker gave it: validate it before use.
    pub result: Vec<u8>,
    /// The length of each part of the bulk output.
    pub parts: Vec<u64>,
    /// What the worker printed.
    pub logs: Logs,
    /// What it used.
    pub usage: Usage,
}

/// A job that did not.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub error: SandboxError,
    /// What the worker printed.
    pub logs: Logs,
    /// What it used.
    pub usage: Usage,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// For what goes wrong before there is a worker.
impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        Self {
            error,
            logs: Logs::default(),
            usage: Usage::default(),
        }
    }
}

impl From<Failure> for SandboxError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}
