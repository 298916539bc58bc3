//! Every message that crosses the wire, and the records that services share.
//!
//! | module | what is in it |
//! |---|---|
//! | [`ids`] | newtype identifiers |
//! | [`message`] | the [`Message`] trait: a type name and a subject |
//! | [`cloudevents`] | the envelope: CloudEvents 1.0 attributes as `ce-*` headers |
//! | [`jobs`] | commands, `job.<service>.v1.<tenant>` |
//! | [`events`] | facts, `event.<past-tense>.v1.<tenant>` |
//! | [`dead`] | failures, `dead.<service>.v1.<tenant>` |
//! | [`calls`] | questions that are answered at once, `call.<service>.v1.<tenant>` |
//! | [`progress`] | how far a job has come, `progress.<tenant>.<id>` |
//! | [`file`] | life-cycle records of files and contents |
//! | [`retention`] | how long a tenant's data is kept |
//! | [`table`] | what ingest found in a sheet |
//! | [`document`] | what ingest and ocr found in a document, and its passages |
//! | [`overrides`] | what people have decided about a table |
//! | [`plan`] | a question as a typed computation |
//! | [`model`] | what a language model had to do with an answer |
//! | [`answer`], [`citation`], [`trail`] | what the asker gets, and how to check it |
//! | [`feedback`] | what people say of answers |
//! | [`golden`] | a question whose right answer a person has confirmed |
//! | [`glossary`] | what words mean to a tenant |
//! | [`judgement`] | what the detector says of a text |
//! | [`catalog`] | all of the above as JSON Schemas |
//! | [`asyncapi`] | the messages as an AsyncAPI 3 document |
//!
//! Nothing here knows of NATS, tokio, Qdrant or polars: serde and schemars only.
//! Readers ignore what they don't know, so adding a field is compatible; a breaking change is a new `v2` subject.

pub mod answer;
pub mod asyncapi;
pub mod calls;
pub mod catalog;
pub mod citation;
pub mod cloudevents;
pub mod date;
pub mod dead;
pub mod document;
pub mod events;
pub mod feedback;
pub mod file;
pub mod glossary;
pub mod golden;
pub mod ids;
pub mod jobs;
pub mod judgement;
pub mod language;
pub mod message;
pub mod model;
pub mod overrides;
pub mod plan;
pub mod progress;
pub mod retention;
pub mod table;
pub mod trail;
pub mod value;

pub use answer::Answer;
pub use date::Date;
pub use dead::DeadLetter;
pub use feedback::Feedback;
pub use glossary::Glossary;
pub use golden::Golden;
pub use ids::{AnswerId, ContentId, ConversationId, FileId, InvalidId, JobId, TenantId};
pub use judgement::Judgement;
pub use language::Language;
pub use message::Message;
pub use plan::Plan;
pub use progress::Progress;
pub use retention::Retention;
pub use trail::Trail;
pub use value::Value;
