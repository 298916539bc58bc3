//! Facts: `event.<past-tense>.v1.<tenant>`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{AnswerKind, AnswerStatus};
use crate::file::{Rejection, StoredTable};
use crate::ids::{AnswerId, ContentId, ConversationId, FileId, JobId};
use crate::judgement::{Judgement, Verdict};
use crate::message::message;

/// A file has an id and its bytes are there; reading it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileReceived {
    /// The job that brought it.
    pub job: JobId,
    /// The file's id.
    pub file: FileId,
    /// Its logical name.
    pub name: String,
    /// Its bytes.
    pub content: ContentId,
    /// How many bytes.
    pub size: u64,
}
message!(FileReceived, "event.file-received.v1");

/// One table of a file is typed and stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableReady {
    /// The job that brought the file.
    pub job: JobId,
    /// The file.
    pub file: FileId,
    /// The bytes that the table was read from.
    pub content: ContentId,
    /// Where the table is kept.
    pub table: StoredTable,
}
message!(TableReady, "event.table-ready.v1");

/// Every part of a file can be asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileIndexed {
    /// The job that brought it.
    pub job: JobId,
    /// The file.
    pub file: FileId,
    /// Its logical name.
    pub name: String,
    /// Its bytes: the version that questions now read.
    pub content: ContentId,
    /// How many tables it has.
    pub tables: u32,
    /// How many pages; 0 for what has none.
    #[serde(default)]
    pub pages: u32,
    /// How many passages the search finds or will find.
    #[serde(default)]
    pub passages: u32,
}
message!(FileIndexed, "event.file-indexed.v1");

/// A file can't be read. What was indexed under its name before stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileRejected {
    /// The job that brought it.
    pub job: JobId,
    /// The file.
    pub file: FileId,
    /// Its logical name.
    pub name: String,
    /// Its bytes.
    pub content: ContentId,
    /// What is wrong, and where.
    pub rejection: Rejection,
}
message!(FileRejected, "event.file-rejected.v1");

/// A file is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileDeleted {
    /// The job that asked for it.
    pub job: JobId,
    /// The file.
    pub file: FileId,
    /// Empty: its logical name is gone with it.
    pub name: String,
    /// Whether it was kept for as long as its tenant keeps files, and nobody asked for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}
message!(FileDeleted, "event.file-deleted.v1");

/// An answer, or a refusal, lies in the bucket `answers_<tenant>` under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerReady {
    /// Name of the object.
    pub answer: AnswerId,
    /// The conversation of the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Which kind of answer it is.
    pub kind: AnswerKind,
    /// Whether the question was answered.
    pub status: AnswerStatus,
}
message!(AnswerReady, "event.answer-ready.v1");

/// Texts were judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TextJudged {
    /// The job that asked for it.
    pub job: JobId,
    /// The file whose text it was; none for a text of the job's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileId>,
    /// What came of it.
    pub result: Judged,
}
message!(TextJudged, "event.text-judged.v1");

/// What came of a detector job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Judged {
    /// One text was judged.
    Text {
        /// The judgement.
        judgement: Box<Judgement>,
    },
    /// The lines of a batch were judged.
    Batch {
        /// Name of the object of the bucket `files_<tenant>` that holds a line for each line of the batch, in its order: `line`
        /// (from 1), its `id`, and `judgement` or `error`.
        results: ContentId,
        /// Lines with a judgement.
        texts: u64,
        /// Lines that can't be read.
        errors: u64,
        /// How many judgements have which verdict at one false alarm in a hundred.
        verdicts: BTreeMap<Verdict, u64>,
    },
}
