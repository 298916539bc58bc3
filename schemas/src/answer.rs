//! What the asker gets.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::citation::Citation;
use crate::ids::{AnswerId, ConversationId, FileId};
use crate::language::Language;
use crate::trail::Trail;
use crate::value::Value;

/// An answer, a question back, or a refusal. Kept in the bucket `answers_<tenant>` under its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// The id of the `job.ask`.
    pub id: AnswerId,
    /// The conversation of the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The question as asked.
    pub question: String,
    /// The language of `text`.
    pub language: Language,
    /// Which kind of answer it is.
    pub kind: AnswerKind,
    /// Who understood the question.
    pub tier: Tier,
    /// Whether the question was answered.
    pub status: AnswerStatus,
    /// The answer, the question back or the refusal in words.
    pub text: String,
    /// Names of the result's columns.
    pub columns: Vec<String>,
    /// The result: each row as long as `columns`; numbers are JSON numbers, days ISO 8601 text, missing values null.
    pub rows: Vec<Vec<Value>>,
    /// The result as a picture, where its shape has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
    /// The passages of documents that it rests on, by number; in a refusal, the nearest ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// How far to trust it.
    pub confidence: Confidence,
    /// How to check it.
    pub trail: Trail,
    /// The W3C trace id of the whole flow, 32 hexadecimal digits.
    pub trace_id: String,
}

impl Answer {
    /// The files that it rests on: what it quotes and what it was computed from.
    #[must_use]
    pub fn files(&self) -> BTreeSet<FileId> {
        let sources = self.trail.sources.iter().map(|source| &source.file);
        let cited = self.citations.iter().map(|citation| &citation.file);
        sources.chain(cited).cloned().collect()
    }
}

/// Which kind of answer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// Computed from tables.
    Table,
    /// Quoted from documents.
    Knowledge,
    /// A judgement of a text's origin.
    Detection,
}

/// Whether the question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStatus {
    /// `rows` and `text` answer it.
    Answered,
    /// It can be read in several ways: see `trail.readings`.
    NeedsClarification,
    /// It can't be answered, and `text` says why.
    Refused,
}

/// Who understood the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The deterministic planner; no model took part.
    Rules,
    /// A language model gave the plan, and the engines ran it.
    Model,
    /// A language model wrote a query, beyond what plans can say.
    Sql,
    /// A language model wrote a script, beyond what queries can say.
    Python,
    /// The best passage was quoted as it stands; no model took part.
    Quote,
    /// A language model wrote sentences that each cite a passage, and the citations were checked.
    Grounded,
}

/// A result as a picture, twice: to be drawn again by what knows Vega-Lite, and drawn already.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Chart {
    /// What is drawn.
    pub kind: ChartKind,
    /// A Vega-Lite 6 specification with its data in it. Texts of the table are values there, never field names or
    /// expressions; who puts it into HTML must escape it as any other JSON.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub spec: serde_json::Value,
    /// A whole SVG document: text as text, nothing that is fetched or run.
    pub svg: String,
}

/// What a chart draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// A bar for each category, in the order of the answer.
    Bars,
    /// Several bars side by side for each category.
    GroupedBars,
    /// The parts of each category one behind the other.
    StackedBars,
    /// A line for each series over calendar spans.
    Lines,
    /// What has added up over calendar spans.
    Area,
}

/// How far to trust an answer.
///
/// The precision is measured by the project's own evaluation on questions that were looked at while it was developed, so
/// that other questions may fare worse. It is the plain share of right answers and no bound of an interval: with `n`
/// beside it anyone can tell "97 of 99", and work out the interval of their choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Confidence {
    /// In one word.
    pub label: ConfidenceLabel,
    /// Measured share of right answers to questions of this shape, 0 to 1; none: not measured.
    pub precision: Option<f64>,
    /// How many answers that was measured on.
    pub n: u32,
    /// The shape that was measured, for instance `zh/group/filtered`, or a coarser one (`zh/group`, `zh`, `all`) where too
    /// few answers had the finer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
}

/// How an answer was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfidenceLabel {
    /// Two engines gave the same result.
    Verified,
    /// Several readings or samples gave the same result.
    Consistent,
    /// One engine computed it once, or one passage says it.
    Unverified,
    /// There is no result to trust.
    None,
}
