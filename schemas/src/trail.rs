//! How to check an answer: from the words of the question to the rows that were counted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::ids::{ContentId, FileId};
use crate::model::ModelPart;
use crate::plan::Plan;
use crate::value::Value;

/// What a person needs to check an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trail {
    /// The question as understood, tied to its words.
    pub chips: Vec<Chip>,
    /// Content words that nothing explains: why a question was refused.
    pub unexplained: Vec<Span>,
    /// The computation; none where the question was not understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The plan in one sentence, in the language of the answer.
    pub sentence: String,
    /// The tables that were read.
    pub sources: Vec<Source>,
    /// What became of the rows, step by step.
    pub ledger: Vec<LedgerStep>,
    /// What was compared, and how it came out.
    pub checks: Vec<Check>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
    /// Other ways to read the question, with their results.
    pub readings: Vec<Reading>,
    /// The program that ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The same computation as the second engine ran it, for a reader to run as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<Code>,
    /// How passages were searched for; none: none were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchTrail>,
    /// What a language model had to do with the answer; none: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelPart>,
    /// What the meaning of the question hung on besides its words: with that it can be asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
}

/// What the meaning of a question hung on besides its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Context {
    /// What "today" meant.
    pub today: Date,
    /// Earlier questions of the conversation, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
}

/// How passages were searched for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SearchTrail {
    /// What was searched for: the question, or, after others, what it means on its own.
    pub query: String,
    /// The question's words as the index knows them.
    pub words: Vec<String>,
    /// Its codes, such as flight numbers, gates and terminals, in their normal form.
    pub codes: Vec<String>,
    /// What was searched, and how the legs were put together.
    pub engine: String,
    /// The best passages, the best first, at most 10.
    pub passages: Vec<crate::citation::Citation>,
    /// How good the best passage had to be, and was: 0 to 1.
    pub threshold: f32,
    /// See `threshold`.
    pub evidence: f32,
}

/// A stretch of the question, in Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// The first character.
    pub start: u32,
    /// Behind the last character.
    pub end: u32,
    /// The words themselves.
    pub text: String,
}

/// What some words of the question were taken to mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Chip {
    /// The words.
    pub span: Span,
    /// The part they play.
    pub role: ChipRole,
    /// What they were taken to mean, for instance `column 销售额` or `2024-03-01 ≤ 日期 < 2024-04-01`.
    pub meaning: String,
}

/// The part that words play in a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChipRole {
    /// Names the table.
    Table,
    /// Names a column.
    Column,
    /// Names a value of a column.
    Value,
    /// Asks for a function over values.
    Aggregate,
    /// Restricts the rows.
    Filter,
    /// Restricts the time.
    Time,
    /// Asks for groups.
    Group,
    /// Asks for an order.
    Order,
    /// Cuts the result.
    Limit,
    /// Carries no meaning of its own, for instance "please show".
    Filler,
}

/// A table that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The file.
    pub file: FileId,
    /// Its logical name.
    pub name: String,
    /// The table's name in it.
    pub table: String,
    /// The bytes that the table was read from.
    pub content: ContentId,
}

/// What became of the rows in one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerStep {
    /// What was done.
    pub step: LedgerStepKind,
    /// In words, in the language of the answer.
    pub description: String,
    /// Rows before.
    pub rows_in: u64,
    /// Rows after.
    pub rows_out: u64,
    /// Cells that were left out because they hold no readable value, by address; at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_cells: Vec<String>,
    /// The first rows after this step, at most 5, with the columns that the plan names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
}

/// What is done with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LedgerStepKind {
    /// Read from the table.
    Read,
    /// Given what another table holds of them.
    Join,
    /// Kept by one condition.
    Filter,
    /// Gathered into groups, or into one result.
    Aggregate,
    /// Equal rows made one.
    Distinct,
    /// Groups kept by a condition.
    Having,
    /// Cut to the first rows.
    Limit,
}

/// Some rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
}

/// Something that was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What, for instance `bounds` or `parts sum to whole`.
    pub name: String,
    /// Whether it held.
    pub passed: bool,
    /// The numbers that were compared, in words.
    pub detail: String,
}

/// Something that was taken for granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assumption {
    /// What about, for instance `today`, `encoding`, `unit`.
    pub about: String,
    /// What was assumed, in words.
    pub text: String,
}

/// Another way to read the question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// The reading in words.
    pub text: String,
    /// Its plan.
    pub plan: Plan,
    /// Names of its result's columns.
    pub columns: Vec<String>,
    /// Its result.
    pub rows: Vec<Vec<Value>>,
}

/// A program that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Code {
    /// Its language, for instance `polars` or `sql`.
    pub language: String,
    /// Its text.
    pub text: String,
}
