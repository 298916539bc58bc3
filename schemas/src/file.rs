//! Life-cycle records of files and contents, kept in key-value buckets and changed by compare-and-set.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ContentId, FileId, JobId};
use crate::overrides::TableOverride;

/// One logical file: bucket `files`, key `<tenant>.<file>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileRecord {
    /// The file.
    pub file: FileId,
    /// Its logical name; empty in a tombstone.
    pub name: String,
    /// Where it stands.
    pub state: FileState,
    /// Stream sequence of the newest job that this record has seen. A job with a smaller one is late: it
    /// neither replaces a newer version nor brings a deleted file back.
    pub order: u64,
    /// The job behind `order`.
    pub job: JobId,
    /// The version that questions read; none before the first success and after a deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<FileVersion>,
    /// The newest version, while its passages can't be found yet: it becomes active when they can. Of a rejected version: one that
    /// was given up on its way, and goes on when the job that failed is sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<FileVersion>,
    /// Why the newest version was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
    /// When this record last changed, RFC 3339 in UTC.
    pub updated_at: String,
}

impl FileRecord {
    /// Whether its newest version is on its way, or was given up there and may go on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.state {
            FileState::Received => true,
            FileState::Rejected => self.pending.is_some(),
            FileState::Indexed | FileState::Deleted => false,
        }
    }
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// A version is being read.
    Received,
    /// The newest version can be asked about.
    Indexed,
    /// The newest version can't be read.
    Rejected,
    /// Forgotten: the tombstone.
    Deleted,
}

impl FileState {
    /// Whether nothing more will happen without a new job.
    #[must_use]
    pub fn is_settled(self) -> bool {
        match self {
            Self::Received => false,
            Self::Indexed | Self::Rejected | Self::Deleted => true,
        }
    }
}

/// The bytes of a file and what was read from them. File, content and overrides together are a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileVersion {
    /// The bytes.
    pub content: ContentId,
    /// How many bytes.
    pub size: u64,
    /// The tables, in the order of the file.
    pub tables: Vec<StoredTable>,
    /// What can be found of it by search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<StoredDocument>,
    /// Whether the search finds it already. A file with tables can be asked about before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub searchable: bool,
    /// What people have decided about them instead of the reader, at most one for each table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<TableOverride>,
}

impl FileVersion {
    /// Whether the search finds all of its passages, where it has any.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.document.is_none() || self.searchable
    }
}

/// Where one table is kept: two objects of the bucket `files_<tenant>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoredTable {
    /// Its place in the file, from 0.
    pub index: u32,
    /// The sheet's name; for a file that has no sheets, the file's name without folder and extension. Further tables of
    /// one sheet are called by their titles, or numbered.
    pub name: String,
    /// Data rows.
    pub rows: u64,
    /// Columns.
    pub columns: u32,
    /// The typed values, as Parquet.
    pub parquet: ContentId,
    /// A [`crate::table::TableProfile`], as JSON.
    pub profile: ContentId,
}

/// Where the passages of a file are kept, and what belongs to them: objects of the bucket `files_<tenant>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoredDocument {
    /// A [`crate::document::Document`], as JSON.
    pub document: ContentId,
    /// How many pages it has; 0 for text without pages.
    pub pages: u32,
    /// How many passages it has.
    pub passages: u32,
    /// Everything else that belongs to it: images of pages, and what it was made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ContentId>,
    /// How much could not be read: see the document's notices.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub notices: u32,
    /// What its passages are headed by where the document says no title: the name of the file, without folder and extension. The
    /// same bytes under another name have a document of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headed: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What is known of some bytes, shared by all files that hold them: bucket `contents`, key `<tenant>.<content>`.
///
/// Reading depends on the bytes, the kind of file and the overrides alone, so the same content submitted twice is read
/// once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContentRecord {
    /// The files that hold these bytes as their active or newest version. Empty: the objects may go.
    pub files: BTreeSet<FileId>,
    /// What reading them gave, by kind of file (for instance `csv`).
    pub parses: Vec<Parse>,
    /// Since when no file holds them, RFC 3339 in UTC. The objects stay for a while, for an upload of the same bytes
    /// that is still on its way to its job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unheld_since: Option<String>,
    /// Since when the objects are being removed, RFC 3339 in UTC: until this record is gone nobody may count on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removing_since: Option<String>,
}

/// What reading some bytes as one kind of file gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Parse {
    /// The kind of file, for instance `csv` or `xlsx`.
    pub kind: String,
    /// The version of the reader, so that a better one reads again.
    pub reader: u32,
    /// The overrides that it was read with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<TableOverride>,
    /// The tables.
    pub tables: Vec<StoredTable>,
    /// What can be found of it by search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<StoredDocument>,
    /// Objects of a reading that is not over: they go when it is, or with the bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<ContentId>,
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejection {
    /// What is wrong, for programs.
    pub code: RejectionCode,
    /// What is wrong and what was expected, for people.
    pub message: String,
    /// Where, for instance `销售!C1` or `line 12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// What can be wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectionCode {
    /// It has no bytes, or nothing but blanks.
    Empty,
    /// Its extension is none that can be read.
    UnknownKind,
    /// Its bytes are not what its extension says.
    WrongExtension,
    /// It breaks off or is damaged.
    Corrupt,
    /// It opens with a password alone.
    Encrypted,
    /// Its text is in no known encoding.
    UnknownEncoding,
    /// A header, and no rows under it.
    NoRows,
    /// Two columns of the same name.
    DuplicateHeader,
    /// A column of values without a name.
    EmptyHeader,
    /// More bytes, rows or columns than are allowed.
    TooLarge,
    /// The object that the job names is not there.
    MissingContent,
    /// Reading it takes longer than a file may take.
    TimedOut,
    /// Reading it needs more memory than a file may use.
    OutOfMemory,
    /// More comes out of it than a file may give.
    OutputTooLarge,
    /// It broke its reader, which had no answer or one that can't be used.
    Crashed,
    /// It made its reader try what no reader may do: most likely it is an attack.
    PolicyViolation,
    /// The job of a step behind the reading was given up. It lies in the dead letters, and sent again from there the version goes on.
    GivenUp,
}
