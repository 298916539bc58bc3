//! A passage on its way into the index, and out of it.

use schemas::document::{Passage, PassageKind};
use schemas::{ContentId, FileId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::engine::{Entry, Record};
use crate::error::IndexError;
use crate::space::Space;
use crate::sparse::{self, SparseVector};
use crate::text;

/// The namespace of ids of points. It is part of what is stored: another one would double all points.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0c_2a55_6a5e_4cf0_9c1d_94a5_2f0d_7a31);

/// A passage that is to be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Its file.
    pub file: FileId,
    /// The file's logical name.
    pub name: String,
    /// The bytes that it was read from.
    pub content: ContentId,
    /// The document that it is a passage of.
    pub document: ContentId,
    /// The passage. One that is nearly the same as an earlier one of its document (`duplicate_of`) is kept and never found.
    pub passage: Passage,
    /// When the file was last brought in, in seconds since 1970 in UTC.
    pub received: i64,
    /// Its vector, as long as those of its space; none: it is found by words and codes alone.
    pub dense: Option<Vec<f32>>,
}

/// What is stored with a point.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    tenant: TenantId,
    pub(crate) file: FileId,
    pub(crate) name: String,
    pub(crate) content: ContentId,
    pub(crate) document: ContentId,
    kind: PassageKind,
    received: i64,
    codes: Vec<String>,
    /// The whole passage as JSON text: what comes back is what went in, whatever an engine makes of numbers.
    passage: String,
}

impl Point {
    /// The point's id: the same passage of the same document of the same file is the same point.
    pub(crate) fn id(&self, tenant: &TenantId) -> Uuid {
        let name = format!("{tenant}/{}/{}/{}", self.file, self.document, self.passage.index);
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }

    /// What the engine is to store.
    pub(crate) fn entry(self, tenant: &TenantId, space: &Space) -> Result<Entry, IndexError> {
        let id = self.id(tenant);
        let broken = |source| IndexError::Stored {
            space: space.clone(),
            id,
            source,
        };
        // Without vectors and codes no search finds it.
        let found = self.passage.duplicate_of.is_none();
        let words = searched(&self.passage);
        let stored = Stored {
            tenant: tenant.clone(),
            file: self.file,
            name: self.name,
            content: self.content,
            document: self.document,
            kind: self.passage.kind,
            received: self.received,
            codes: if found { text::codes(&words) } else { Vec::new() },
            passage: serde_json::to_string(&self.passage).map_err(broken)?,
        };
        let payload: Map<String, Value> =
            serde_json::from_value(serde_json::to_value(stored).map_err(broken)?).map_err(broken)?;
        Ok(Entry {
            id,
            dense: self.dense.filter(|_| found),
            words: if found {
                sparse::of_passage(&words)
            } else {
                SparseVector::default()
            },
            payload,
        })
    }
}

impl Stored {
    pub(crate) fn of(record: Record, space: &Space) -> Result<(Self, Passage), IndexError> {
        let id = record.id;
        let broken = |source| IndexError::Stored {
            space: space.clone(),
            id,
            source,
        };
        let stored: Self = serde_json::from_value(Value::Object(record.payload)).map_err(broken)?;
        let passage = serde_json::from_str(&stored.passage).map_err(broken)?;
        Ok((stored, passage))
    }
}

/// The words that a passage is found by: its own, and what it stands under.
fn searched(passage: &Passage) -> String {
    format!("{}\n{}", passage.context, passage.text)
}

/// The name of a kind, as it stands in payloads.
pub(crate) fn kind_name(kind: PassageKind) -> &'static str {
    match kind {
        PassageKind::Text => "text",
        PassageKind::Recognized => "recognized",
        PassageKind::Row => "row",
        PassageKind::SheetRow => "sheet_row",
    }
}
