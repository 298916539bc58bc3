//! What an error means for the delivery of its job.

use std::time::Duration;

/// What becomes of a job whose handling failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It may work later: NAK with the given delay, or with the back-off of the consumer; dead-lettered on the last delivery.
    Retry {
        /// How long to wait at least.
        after: Option<Duration>,
    },
    /// It can never work: dead-lettered with its reason, then terminated.
    Reject {
        /// RFC 6901 pointer to the offending value of the job.
        pointer: Option<String>,
    },
    /// This process can't work: the job is left unacked for another one, and the service drains and exits.
    Fatal,
}

/// An error that knows what it means for its job. Match without a default arm, so that a new variant is decided upon.
pub trait Faulty: std::error::Error + Send + Sync + 'static {
    /// What becomes of the job.
    fn fault(&self) -> Fault;
}
