//! Key-value buckets: typed records, changed by compare-and-set.

use std::marker::PhantomData;
use std::time::Duration;

use schemas::file::{ContentRecord, FileRecord};
use schemas::{ContentId, FileId, TenantId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::connection::Bus;

/// Why a record could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {}

/// A record and the revision that it was read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The record.
    pub value: T,
    /// For compare-and-set.
    pub revision: u64,
}

/// The records of one type and one tenant.
#[derive(Clone)]
pub struct Records<T> {
    marker: PhantomData<fn() -> T>,
}

impl Bus {
    /// The files of a tenant, by file id.
    ///
    /// # Errors
    /// When the bucket is missing or the server does not answer.
    pub async fn file_records(&self, tenant: &TenantId) -> Result<Records<FileRecord>, RecordsError> {
        todo!()
    }

    /// What is known of a tenant's contents, by content id.
    ///
    /// # Errors
    /// See [`Bus::file_records`].
    pub async fn content_records(&self, tenant: &TenantId) -> Result<Records<ContentRecord>, RecordsError> {
        todo!()
    }

    /// The file id of a tenant's logical name: the kept one, else `None`.
    ///
    /// # Errors
    /// See [`Bus::file_records`].
    pub async fn file_named(&self, tenant: &TenantId, name: &str) -> Result<Option<FileId>, RecordsError> {
        todo!()
    }

    /// The file id of a tenant's logical name, made on first use; two callers at once get the same one.
    ///
    /// # Errors
    /// See [`Bus::file_records`].
    pub async fn name_file(&self, tenant: &TenantId, name: &str) -> Result<FileId, RecordsError> {
        todo!()
    }
}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync> Records<T> {
    /// The record of a key.
    ///
    /// # Errors
    /// When the server does not answer or the record can't be decoded.
    pub async fn get(&self, key: &str) -> Result<Option<Versioned<T>>, RecordsError> {
        todo!()
    }

    /// All records of the tenant, by key.
    ///
    /// # Errors
    /// See [`Records::get`].
    pub async fn list(&self) -> Result<Vec<(String, T)>, RecordsError> {
        todo!()
    }

    /// Changes a record by compare-and-set, as often as it takes: `change` gets what is there and returns what shall
    /// be there, or `None` to leave it as it is. Returns what is there afterwards.
    ///
    /// # Errors
    /// See [`Records::get`]; also when others kept winning for ten seconds.
    pub async fn update<F>(&self, key: &str, change: F) -> Result<Option<T>, RecordsError>
    where
        F: FnMut(Option<&T>) -> Option<T> + Send,
    {
        todo!()
    }

    /// Removes a record if it still has this revision; `false`: it changed in the meantime.
    ///
    /// # Errors
    /// See [`Records::get`].
    pub async fn remove(&self, key: &str, revision: u64) -> Result<bool, RecordsError> {
        todo!()
    }

    /// Waits until the record satisfies `settled`, at most `limit`; `None`: the time ran out.
    ///
    /// # Errors
    /// See [`Records::get`].
    pub async fn wait<F>(&self, key: &str, limit: Duration, settled: F) -> Result<Option<T>, RecordsError>
    where
        F: Fn(Option<&T>) -> bool + Send + Sync,
    {
        todo!()
    }
}
