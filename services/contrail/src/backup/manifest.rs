//! What an archive holds, with the SHA-256 of each entry.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{FileId, TenantId};
use serde::{Deserialize, Serialize};

/// The format that is written, and the newest one that can be read.
pub const FORMAT: u32 = 1;

/// The manifest's own entry, the last one.
pub const PATH: &str = "manifest.json";

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// See [`FORMAT`].
    pub format: u32,
    /// The version of Contrail that wrote it.
    pub contrail: String,
    /// When it was written, RFC 3339 in UTC.
    pub made_at: String,
    /// Whose data is in it.
    pub tenants: Vec<TenantId>,
    /// The highest number of a job that one of its files has seen: those of a server that it is restored into go on behind it.
    pub order: u64,
    /// Everything else in the archive, in its order.
    pub entries: Vec<Entry>,
}

/// One entry of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its path in the archive.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// What it is.
    #[serde(flatten)]
    pub what: What,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// An object of a tenant, as it is.
    Object {
        /// The tenant.
        tenant: TenantId,
        /// `files` or `answers`.
        store: String,
        /// Its name there.
        name: String,
        /// The files that it rests on: it goes when one of them does.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        files: BTreeSet<FileId>,
    },
    /// The payload of a dead letter that was too large for it.
    DeadPayload {
        /// Its name in the bucket `dead`.
        name: String,
    },
    /// All records of a tenant in a key-value bucket: JSON lines of [`Line`].
    Records {
        /// The tenant.
        tenant: TenantId,
        /// The bucket.
        bucket: String,
    },
    /// All dead letters of a tenant: JSON lines of [`Letter`].
    DeadLetters {
        /// The tenant.
        tenant: TenantId,
    },
}

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its key, without the tenant.
    pub key: String,
    /// The record.
    pub value: serde_json::Value,
}

/// One dead letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its headers.
    pub headers: BTreeMap<String, Vec<String>>,
    /// The letter.
    pub body: serde_json::Value,
}

/// How much an archive holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// Objects.
    pub objects: usize,
    /// Bytes of objects.
    pub bytes: u64,
}

impl Manifest {
    /// How much it holds.
    #[must_use]
    pub fn contents(&self) -> Contents {
        let objects = self
            .entries
            .iter()
            .filter(|entry| matches!(entry.what, What::Object { .. }));
        objects.fold(Contents::default(), |sum, entry| Contents {
            objects: sum.objects + 1,
            bytes: sum.bytes + entry.bytes,
        })
    }
}
