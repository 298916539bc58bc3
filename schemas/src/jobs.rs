//! Commands: `job.<service>.v1.<tenant>`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::AnswerKind;
use crate::date::Date;
use crate::ids::{AnswerId, ContentId, ConversationId, FileId, JobId};
use crate::language::Language;
use crate::message::message;
use crate::overrides::TableOverride;

/// Brings a file in, takes it out again, or changes how it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum IngestJob {
    /// Reads the object `content` of the bucket `files_<tenant>` under a logical name.
    Add(AddFile),
    /// Forgets a file. Adding it again later works; an older `add` that comes late does not bring it back.
    Delete(DeleteFile),
    /// Reads the active version of a file again, with decisions of a person instead of the reader's.
    Set(SetTable),
    /// Goes on with a document whose images were read. Sent by `ocr`.
    Recognized(PagesRecognized),
    /// Goes on with a file whose passages can be found. Sent by `embed`.
    Embedded(PassagesEmbedded),
    /// Notes that a version can't go on: the job of one of its steps was given up. Sent by whoever writes the dead letter.
    GivenUp(VersionGivenUp),
}
message!(
    IngestJob,
    "job.ingest.v1",
    fn given_up(&self, reason: &str) -> Option<IngestJob> {
        match self {
            Self::Recognized(job) => Some(job.version.given_up("ingest", reason)),
            Self::Embedded(job) => Some(job.version.given_up("ingest", reason)),
            // The first two are known to those who follow them, and the record of the third stays as it is.
            Self::Add(_) | Self::Delete(_) | Self::Set(_) | Self::GivenUp(_) => None,
        }
    }
);

/// See [`IngestJob::Add`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AddFile {
    /// Logical name, unique in its tenant, for instance `retail/sales-2024.xlsx`. Its extension tells the kind.
    #[schemars(length(min = 1, max = 512))]
    pub name: String,
    /// Name of the object that holds the bytes.
    pub content: ContentId,
}

/// See [`IngestJob::Delete`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeleteFile {
    /// The file to forget.
    pub file: FileId,
    /// Set where it has been kept for as long as its tenant keeps files: `order` of its record then. It stays where a newer job has
    /// come meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<u64>,
}

/// See [`IngestJob::Set`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetTable {
    /// The file.
    pub file: FileId,
    /// What was decided; it adds to what was decided before.
    pub table: TableOverride,
    /// Whether everything that was decided about this table before is forgotten first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reset: bool,
}

/// A version of a file on its way through the services, as the job that began it left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Version {
    /// The file.
    pub file: FileId,
    /// Its logical name.
    pub name: String,
    /// Its bytes.
    pub content: ContentId,
    /// Stream sequence of the ingest job that began it: a version with a smaller one is out of date.
    pub order: u64,
    /// That job.
    pub job: JobId,
}

impl Version {
    fn given_up(&self, service: &str, reason: &str) -> IngestJob {
        IngestJob::GivenUp(VersionGivenUp {
            version: self.clone(),
            service: service.to_owned(),
            reason: reason.to_owned(),
        })
    }
}

/// See [`IngestJob::GivenUp`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionGivenUp {
    /// The version.
    pub version: Version,
    /// The service whose job was given up.
    pub service: String,
    /// Why, as in the dead letter.
    pub reason: String,
}

/// See [`IngestJob::Recognized`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PagesRecognized {
    /// The version.
    pub version: Version,
    /// The [`crate::document::Extract`] that lacked these pages.
    pub extract: ContentId,
    /// A [`crate::document::Recognition`], as JSON.
    pub recognition: ContentId,
}

/// See [`IngestJob::Embedded`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PassagesEmbedded {
    /// The version.
    pub version: Version,
    /// The [`crate::document::Document`] whose passages can be found.
    pub document: ContentId,
    /// How many.
    pub passages: u32,
}

/// Reads images of pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OcrJob {
    /// The version that they belong to.
    pub version: Version,
    /// The [`crate::document::Extract`] that lacks these pages.
    pub extract: ContentId,
    /// The pages to read.
    #[schemars(length(min = 1))]
    pub pages: Vec<PageImage>,
}
message!(
    OcrJob,
    "job.ocr.v1",
    fn given_up(&self, reason: &str) -> Option<IngestJob> {
        Some(self.version.given_up("ocr", reason))
    }
);

/// The image of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageImage {
    /// From 1.
    pub page: u32,
    /// Name of the object of the bucket `files_<tenant>` that holds it: PNG, JPEG, WebP, TIFF or BMP.
    pub image: ContentId,
}

/// Changes what can be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum EmbedJob {
    /// Makes the passages of a version findable, beside those of other versions.
    Add(EmbedPassages),
    /// Takes passages of a file away.
    Remove(RemovePassages),
}
message!(
    EmbedJob,
    "job.embed.v1",
    fn given_up(&self, reason: &str) -> Option<IngestJob> {
        match self {
            Self::Add(job) => Some(job.version.given_up("embed", reason)),
            Self::Remove(_) => None,
        }
    }
);

/// See [`EmbedJob::Add`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmbedPassages {
    /// The version.
    pub version: Version,
    /// A [`crate::document::Document`], as JSON.
    pub document: ContentId,
}

/// See [`EmbedJob::Remove`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemovePassages {
    /// The file.
    pub file: FileId,
    /// The document whose passages stay; none: none stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<ContentId>,
}

/// A question over documents, with everything decided that the asker left open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RetrieveJob {
    /// Under which id the answer is kept.
    pub answer: AnswerId,
    /// The question as asked.
    #[schemars(length(min = 1, max = 4000))]
    pub question: String,
    /// The files that may answer it; empty: all of the tenant's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileId>,
    /// The conversation that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Earlier questions of the conversation, oldest first: what this one leaves unsaid may stand there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub history: Vec<String>,
    /// The language of the answer.
    pub language: Language,
    /// Why the tables have not answered it, where they were asked first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables_said: Option<String>,
    /// The files whose tables were asked first: what they said goes when one of these does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<FileId>,
    /// Where the question goes on to when no document answers it: back to the tables, and to a language model that writes
    /// queries. None: it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Box<CodegenExecutorJob>>,
}
message!(RetrieveJob, "job.retrieve.v1");

/// Any question. The id of this job becomes the id of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AskJob {
    /// The question in Chinese or English.
    #[schemars(length(min = 1, max = 4000))]
    pub question: String,
    /// The files that may answer it; empty: all of the tenant's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileId>,
    /// The conversation that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Earlier questions of the conversation, oldest first: what this one leaves unsaid may stand there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub history: Vec<String>,
    /// The language of the answer; by default that of the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The kind of answer that is wanted; none: whichever the router finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<AnswerKind>,
    /// What "today" means; by default the day on which the router reads the question, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<Date>,
}
message!(AskJob, "job.ask.v1");

impl AskJob {
    /// A question about all of the tenant's files, which leaves everything else open.
    #[must_use]
    pub fn about(question: impl Into<String>) -> Self {
        Self {
            question: question.into(),
            files: Vec::new(),
            conversation: None,
            history: Vec::new(),
            language: None,
            only: None,
            today: None,
        }
    }
}

/// A question over tables, with everything decided that the asker left open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodegenExecutorJob {
    /// Under which id the answer is kept.
    pub answer: AnswerId,
    /// The question as asked.
    #[schemars(length(min = 1, max = 4000))]
    pub question: String,
    /// The files whose tables may answer it; never empty.
    #[schemars(length(min = 1))]
    pub files: Vec<FileId>,
    /// The conversation that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Earlier questions of the conversation, oldest first: what this one leaves unsaid may stand there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub history: Vec<String>,
    /// The language of the answer.
    pub language: Language,
    /// What "today" means.
    pub today: Date,
    /// Where the question goes on to when it is not understood as one over tables; none: it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Box<RetrieveJob>>,
}
message!(CodegenExecutorJob, "job.codegen-executor.v1");

/// Tells how likely it is that texts were written by a machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DetectorJob {
    /// What is to be judged.
    pub input: DetectorInput,
    /// How likely a text is held to be machine-written before anybody looks at it, above 0 and below 1; by default 0.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub prior: Option<f64>,
}
message!(DetectorJob, "job.detector.v1");

/// What a detector job judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DetectorInput {
    /// A text that is in the job itself.
    Text {
        /// The text.
        text: String,
    },
    /// The object `content` of the bucket `files_<tenant>` as one text: plain text or Markdown.
    File {
        /// Name of the object that holds the bytes.
        content: ContentId,
        /// Its logical name; the extension tells the kind.
        #[schemars(length(min = 1, max = 512))]
        name: String,
    },
    /// A file that was added, read as a document: the running text of all of it, see [`crate::document::Document::prose`]. A
    /// file that is still being read is waited for.
    Document {
        /// The file.
        file: FileId,
    },
    /// The object `content` of the bucket `files_<tenant>` as JSON lines, a document with `text` and perhaps `id` each.
    Batch {
        /// Name of the object that holds the lines.
        content: ContentId,
    },
}
