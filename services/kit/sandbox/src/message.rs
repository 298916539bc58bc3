//! What the host tells a worker.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::frame::Nonce;
use crate::limits::Limits;
use crate::mode::Mode;

/// The first message: all that the worker needs to lock itself down, before anybody has a job for it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// Of the frames until there is a job.
    pub(crate) nonce: Nonce,
    /// The process that started it, and with which it dies.
    pub(crate) parent: u32,
    /// What to become when started as root.
    pub(crate) uid: u32,
    pub(crate) mode: Mode,
    pub(crate) limits: Limits,
    /// Folders that it may read, and execute programs from.
    pub(crate) trees: Vec<PathBuf>,
}

/// The second and last message: the job. The request follows it as plain bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Assignment {
    /// Of the one answer.
    pub(crate) nonce: Nonce,
    /// Bytes of the request.
    pub(crate) request: u64,
    /// Descriptors that came with this message.
    pub(crate) inputs: u32,
    /// W3C trace context, for spans that the worker may report.
    pub(crate) traceparent: Option<String>,
}
