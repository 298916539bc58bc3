//! Object store buckets: bytes by name, mostly by their content id.

use std::path::Path;

use bytes::Bytes;
use schemas::{ContentId, TenantId};

use crate::connection::Bus;

/// Why bytes could not be put or got.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// There is no object of that name.
    #[error("no object {name} in {bucket}")]
    Missing {
        /// The bucket.
        bucket: String,
        /// The object.
        name: String,
    },
}

/// One bucket.
#[derive(Clone)]
pub struct Objects {}

impl Bus {
    /// The files of a tenant, by content id: bucket `files_<tenant>`.
    ///
    /// # Errors
    /// When the bucket is missing (the tenant does not exist) or the server does not answer.
    pub async fn files(&self, tenant: &TenantId) -> Result<Objects, ObjectsError> {
        todo!()
    }

    /// The answers of a tenant, by answer id: bucket `answers_<tenant>`.
    ///
    /// # Errors
    /// See [`Bus::files`].
    pub async fn answers(&self, tenant: &TenantId) -> Result<Objects, ObjectsError> {
        todo!()
    }
}

impl Objects {
    /// Stores the bytes under their content id; nothing is sent when they are there already.
    ///
    /// # Errors
    /// When the bucket is full or the server does not answer in time.
    pub async fn put(&self, bytes: Bytes) -> Result<ContentId, ObjectsError> {
        todo!()
    }

    /// Stores a file under its content id; nothing is sent when it is there already.
    ///
    /// # Errors
    /// See [`Objects::put`]; also when the file can't be read.
    pub async fn put_file(&self, path: &Path) -> Result<ContentId, ObjectsError> {
        todo!()
    }

    /// Stores bytes under a name of the caller's choosing, replacing what was there.
    ///
    /// # Errors
    /// See [`Objects::put`].
    pub async fn put_named(&self, name: &str, bytes: Bytes) -> Result<(), ObjectsError> {
        todo!()
    }

    /// All bytes of an object, checked against its digest.
    ///
    /// # Errors
    /// [`ObjectsError::Missing`]; too large for `limit` bytes; damaged; or the server does not answer in time.
    pub async fn get(&self, name: &str, limit: u64) -> Result<Bytes, ObjectsError> {
        todo!()
    }

    /// Writes an object to a file, checked against its digest; returns its size in bytes.
    ///
    /// # Errors
    /// See [`Objects::get`]; also when the file can't be written.
    pub async fn get_to(&self, name: &str, path: &Path, limit: u64) -> Result<u64, ObjectsError> {
        todo!()
    }

    /// The size of an object in bytes; `None` when it is not there.
    ///
    /// # Errors
    /// When the server does not answer in time.
    pub async fn size(&self, name: &str) -> Result<Option<u64>, ObjectsError> {
        todo!()
    }

    /// Removes an object; it may be gone already.
    ///
    /// # Errors
    /// When the server does not answer in time.
    pub async fn delete(&self, name: &str) -> Result<(), ObjectsError> {
        todo!()
    }
}
