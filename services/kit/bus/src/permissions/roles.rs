//! What each service does on the bus. A handler that comes to publish something new needs its line here.

use schemas::Message;
use schemas::calls::{EmbedCall, SearchCall};
use schemas::events::{
    AnswerReady, FileDeleted, FileIndexed, FileReceived, FileRejected, TableReady, TextJudged,
};
use schemas::jobs::{AskJob, CodegenExecutorJob, DetectorJob, EmbedJob, IngestJob, OcrJob, RetrieveJob};

/// What a service does with records or objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum May {
    /// Reads what it knows the key of.
    Read,
    /// Reads what it knows the key of, and lists a tenant's.
    List,
    /// Lists, and writes.
    Write,
}

/// A service. Which queues it takes from, the topology says.
#[derive(Debug)]
pub(super) struct Role {
    /// Its name: that of its consumer.
    pub service: &'static str,
    /// Subjects of jobs and facts that it sends, without the tenant.
    pub sends: &'static [&'static str],
    /// Subjects of calls that it answers, without the tenant.
    pub answers: &'static [&'static str],
    /// Subjects of calls that it makes, without the tenant.
    pub calls: &'static [&'static str],
    /// Subjects of facts that it waits for, without the tenant.
    pub hears: &'static [&'static str],
    /// Key-value buckets.
    pub records: &'static [(&'static str, May)],
    /// Object stores of each tenant, without `_<tenant>`.
    pub objects: &'static [(&'static str, May)],
    /// Whether it follows the progress of jobs.
    pub follows: bool,
    /// Whether it asks which tenants there are.
    pub tenants: bool,
    /// Whether it measures all queues, not what is in them.
    pub measures: bool,
    /// Whether it removes what is said of a file that goes: facts, dead letters, answers.
    pub erases: bool,
}

/// The services, sorted by name.
pub(super) const ROLES: &[Role] = &[
    Role {
        service: "codegen-executor",
        // What is not understood as a question over tables goes on to the documents.
        sends: &[AnswerReady::SUBJECT, RetrieveJob::SUBJECT],
        answers: &[],
        calls: &[],
        hears: &[],
        records: &[("files", May::Read), ("glossary", May::Read)],
        objects: &[("files", May::Read), ("answers", May::Write)],
        follows: false,
        tenants: false,
        measures: false,
        erases: false,
    },
    Role {
        service: "detector",
        sends: &[TextJudged::SUBJECT],
        answers: &[],
        calls: &[],
        hears: &[],
        // Which document a file is.
        records: &[("files", May::Read)],
        // Batches, and what came of them.
        objects: &[("files", May::Write)],
        follows: false,
        tenants: false,
        measures: false,
        erases: false,
    },
    Role {
        service: "embed",
        sends: &[IngestJob::SUBJECT],
        answers: &[EmbedCall::SUBJECT],
        calls: &[],
        hears: &[],
        // The tombstone is looked for after passages went in; another model means all files of all tenants anew.
        records: &[("files", May::List), ("contents", May::Read)],
        objects: &[("files", May::Read)],
        follows: false,
        tenants: true,
        measures: false,
        erases: false,
    },
    Role {
        service: "gateway",
        sends: &[
            AskJob::SUBJECT,
            IngestJob::SUBJECT,
            CodegenExecutorJob::SUBJECT,
            RetrieveJob::SUBJECT,
            DetectorJob::SUBJECT,
            OcrJob::SUBJECT,
            AnswerReady::SUBJECT,
        ],
        answers: &[],
        calls: &[EmbedCall::SUBJECT, SearchCall::SUBJECT],
        // A text that is sent over HTTP is judged while its sender waits.
        hears: &[TextJudged::SUBJECT],
        records: &[
            ("files", May::Write),
            ("contents", May::Read),
            ("names", May::Write),
            ("glossary", May::Write),
            ("progress", May::Read),
        ],
        objects: &[("files", May::Write), ("answers", May::Write)],
        follows: true,
        tenants: false,
        measures: true,
        erases: false,
    },
    Role {
        service: "ingest",
        sends: &[
            IngestJob::SUBJECT,
            OcrJob::SUBJECT,
            EmbedJob::SUBJECT,
            FileReceived::SUBJECT,
            TableReady::SUBJECT,
            FileIndexed::SUBJECT,
            FileRejected::SUBJECT,
            FileDeleted::SUBJECT,
        ],
        answers: &[],
        calls: &[],
        hears: &[],
        records: &[
            ("files", May::Write),
            ("contents", May::Write),
            ("names", May::Write),
            // How long a tenant's data is kept.
            ("settings", May::Read),
        ],
        // Answers that rest on a file go with it.
        objects: &[("files", May::Write), ("answers", May::Write)],
        follows: false,
        tenants: true,
        measures: false,
        erases: true,
    },
    Role {
        service: "ocr",
        sends: &[IngestJob::SUBJECT],
        answers: &[],
        calls: &[],
        hears: &[],
        records: &[("files", May::Read)],
        objects: &[("files", May::Write)],
        follows: false,
        tenants: false,
        measures: false,
        erases: false,
    },
    Role {
        service: "retrieve",
        // What no document answers goes back to the tables.
        sends: &[AnswerReady::SUBJECT, CodegenExecutorJob::SUBJECT],
        answers: &[SearchCall::SUBJECT],
        calls: &[EmbedCall::SUBJECT],
        hears: &[],
        records: &[("files", May::Read)],
        objects: &[("files", May::Read), ("answers", May::Write)],
        follows: false,
        tenants: false,
        measures: false,
        erases: false,
    },
];

/// The services that have a user, sorted.
#[must_use]
pub fn services() -> Vec<&'static str> {
    ROLES.iter().map(|role| role.service).collect()
}
