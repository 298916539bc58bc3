//! All messages, for everything that has to know each of them: schemas, documents, tests.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use crate::message::Message;
use crate::{
    answer, calls, dead, document, events, feedback, file, glossary, golden, jobs, progress, retention, table,
};

/// One document with a golden JSON Schema, `json/<name>.v1.json`, and examples `examples/<name>/{valid,invalid}*.json`.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Name of the files, for instance `job.ingest`.
    pub name: &'static str,
    /// Where it travels or is kept.
    pub place: Place,
    root: fn(SchemaGenerator) -> Schema,
    /// Makes a reference to its schema, which the generator keeps.
    pub(crate) reference: fn(&mut SchemaGenerator) -> Schema,
    /// Decodes a document and encodes it again.
    pub round_trip: fn(&str) -> Result<String, serde_json::Error>,
}

impl Entry {
    /// Its JSON Schema (draft 2020-12), whole.
    #[must_use]
    pub fn json_schema(&self) -> Value {
        (self.root)(SchemaSettings::draft2020_12().into_generator()).to_value()
    }
}

/// Where a document travels or is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A message on a subject; placeholders in braces, for instance `job.ingest.v1.{tenant}`.
    Subject {
        /// The subject with its placeholders.
        address: &'static str,
        /// CloudEvents type.
        kind: &'static str,
    },
    /// A value in a key-value bucket.
    Bucket(&'static str),
    /// An object in an object store bucket.
    Object(&'static str),
}

macro_rules! entry {
    ($name:literal, $type:ty, $place:expr) => {
        Entry {
            name: $name,
            place: $place,
            root: |generator| generator.into_root_schema_for::<$type>(),
            reference: |generator| generator.subschema_for::<$type>(),
            round_trip: |text| {
                serde_json::from_str::<$type>(text).and_then(|value| serde_json::to_string(&value))
            },
        }
    };
    ($name:literal, $type:ty) => {
        entry!(
            $name,
            $type,
            Place::Subject {
                address: concat!($name, ".v1.{tenant}"),
                kind: <$type as Message>::TYPE
            }
        )
    };
}

/// Every message and record, in the order of the documents.
#[must_use]
pub fn entries() -> Vec<Entry> {
    vec![
        entry!("job.ask", jobs::AskJob),
        entry!("job.codegen-executor", jobs::CodegenExecutorJob),
        entry!("job.detector", jobs::DetectorJob),
        entry!("job.embed", jobs::EmbedJob),
        entry!("job.ingest", jobs::IngestJob),
        entry!("job.ocr", jobs::OcrJob),
        entry!("job.retrieve", jobs::RetrieveJob),
        entry!("call.embed", calls::EmbedCall),
        entry!("call.retrieve", calls::SearchCall),
        entry!("reply.embed", calls::Embedded),
        entry!("reply.retrieve", calls::SearchHits),
        entry!("reply.error", calls::CallError),
        entry!("event.answer-ready", events::AnswerReady),
        entry!("event.file-deleted", events::FileDeleted),
        entry!("event.file-indexed", events::FileIndexed),
        entry!("event.file-received", events::FileReceived),
        entry!("event.file-rejected", events::FileRejected),
        entry!("event.table-ready", events::TableReady),
        entry!("event.text-judged", events::TextJudged),
        entry!(
            "dead",
            dead::DeadLetter,
            Place::Subject {
                address: "dead.{service}.v1.{tenant}",
                kind: dead::DeadLetter::TYPE
            }
        ),
        entry!(
            "progress",
            progress::Progress,
            Place::Subject {
                address: "progress.{tenant}.{id}",
                kind: progress::Progress::TYPE
            }
        ),
        entry!("record.file", file::FileRecord, Place::Bucket("files")),
        entry!("record.content", file::ContentRecord, Place::Bucket("contents")),
        entry!("record.glossary", glossary::Glossary, Place::Bucket("glossary")),
        entry!(
            "record.retention",
            retention::Retention,
            Place::Bucket("settings")
        ),
        entry!(
            "object.extract",
            document::Extract,
            Place::Object("files_{tenant}")
        ),
        entry!(
            "object.recognition",
            document::Recognition,
            Place::Object("files_{tenant}")
        ),
        entry!(
            "object.document",
            document::Document,
            Place::Object("files_{tenant}")
        ),
        entry!("object.answer", answer::Answer, Place::Object("answers_{tenant}")),
        entry!(
            "object.feedback",
            feedback::Feedback,
            Place::Object("answers_{tenant}")
        ),
        entry!("object.golden", golden::Golden, Place::Object("answers_{tenant}")),
        entry!(
            "object.table-profile",
            table::TableProfile,
            Place::Object("files_{tenant}")
        ),
    ]
}
