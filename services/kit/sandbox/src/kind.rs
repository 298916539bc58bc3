//! What a service writes: a kind of worker, and its side of a job.

use std::fs::File;
use std::path::PathBuf;

use crate::bulk::BulkWriter;
use crate::frame::Nonce;
use crate::limits::Limits;

/// A kind of worker. Each is a constant of the crate that does the work, and is registered in every `main`.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name, in lists of processes too.
    pub name: &'static str,
    /// Runs before the worker is locked down, as the last chance to read a file, and to load shared libraries. It must
    /// not start threads: the layers would not bind them, and the worker refuses to go on.
    pub preload: fn() -> Result<(), String>,
    /// Does the one job: the result's bytes, or words for the person who asked.
    pub serve: fn(&mut JobIo) -> Result<Vec<u8>, String>,
}

/// For kinds that need nothing from outside.
///
/// # Errors
/// None.
pub const fn no_preload() -> Result<(), String> {
    Ok(())
}

/// The kind that is always registered: answers with its request. [`check`](crate::check::check) uses it.
pub(crate) const ECHO: Kind = Kind {
    name: "sandbox-echo",
    preload: no_preload,
    serve: |io| Ok(io.request().to_vec()),
};

/// One job, from the worker's side.
#[derive(Debug)]
pub struct JobIo {
    pub(crate) request: Vec<u8>,
    pub(crate) inputs: Vec<Option<File>>,
    pub(crate) bulk: BulkWriter<File>,
    pub(crate) limits: Limits,
    pub(crate) traceparent: Option<String>,
    pub(crate) trees: Vec<PathBuf>,
    /// Of the answer.
    pub(crate) nonce: Nonce,
    /// Where it goes.
    pub(crate) result: File,
}

impl JobIo {
    /// What is asked for.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// How many inputs came with the job.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// Takes an input, once; it is open for reading, from its beginning if it is a file.
    pub fn take_input(&mut self, index: usize) -> Option<File> {
        self.inputs.get_mut(index)?.take()
    }

    /// Where bulk output goes, such as Parquet files or pixels.
    pub fn bulk(&mut self) -> &mut BulkWriter<File> {
        &mut self.bulk
    }

    /// What this worker may use.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The folders that this worker may read, and execute programs from.
    #[must_use]
    pub fn trees(&self) -> &[PathBuf] {
        &self.trees
    }

    /// The W3C trace context of whoever asked.
    #[must_use]
    pub fn traceparent(&self) -> Option<&str> {
        self.traceparent.as_deref()
    }
}
