//! New identifiers, and those that derive from others.

use schemas::{FileId, JobId};
use uuid::Uuid;

/// A new job id: UUIDv7.
#[must_use]
pub fn new_job_id() -> JobId {
    todo!()
}

/// A new file id: UUIDv7.
#[must_use]
pub fn new_file_id() -> FileId {
    todo!()
}

/// The id of the `index`-th output of kind `kind` of a job: UUIDv5 in the namespace of the job's own id.
#[must_use]
pub fn output_id(job: &JobId, kind: &str, index: usize) -> JobId {
    todo!()
}
