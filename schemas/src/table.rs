//! What ingest found in a table: every decision it took, and every cell that it could not read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Value;

/// Describes one table; kept beside its Parquet as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableProfile {
    /// The sheet's name, or the file's without folder and extension.
    pub name: String,
    /// Data rows.
    pub rows: u64,
    /// Its columns, in order.
    pub columns: Vec<ColumnProfile>,
    /// What was decided on the way, for instance the encoding, the delimiter, the header row.
    pub decisions: Vec<Decision>,
    /// Rows that are totals of others, and therefore no data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAsideRow>,
}

/// Describes one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnProfile {
    /// The name in the header, trimmed; also the name in the Parquet.
    pub name: String,
    /// The type of all its values.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// The unit of its numbers, for instance `%`, `万元`, `kg`, where header or cells name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Rows without a value, the unparsed among them.
    pub nulls: u64,
    /// Different values.
    pub distinct: u64,
    /// The smallest value.
    pub min: Value,
    /// The largest value.
    pub max: Value,
    /// The most frequent values, at most 20, most frequent first, ties in order of appearance.
    pub frequent: Vec<Frequency>,
    /// Cells that did not fit the column's type, at most 100 of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unparsed: Vec<UnparsedCell>,
    /// How many such cells there are in all.
    pub unparsed_count: u64,
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Truth values.
    Bool,
    /// 64-bit whole numbers.
    Int,
    /// 64-bit floats.
    Float,
    /// Days.
    Date,
    /// Moments without a time zone, to the millisecond.
    Datetime,
    /// Text, identifiers among it.
    Text,
}

impl ColumnType {
    /// Whether sums and averages make sense.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }

    /// Whether time ranges and buckets make sense.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Datetime)
    }
}

/// A value and how often it occurs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Frequency {
    /// The value.
    pub value: Value,
    /// How often.
    pub count: u64,
}

/// A cell that did not fit its column's type; it counts as missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnparsedCell {
    /// Its address, `sheet!B7`; for text files `line 7, column 2`.
    pub cell: String,
    /// Its text, at most 200 characters.
    pub text: String,
}

/// Something that ingest decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// What about, for instance `encoding`, `delimiter`, `header_row`, `type of 金额`.
    pub about: String,
    /// What was chosen.
    pub chosen: String,
    /// Why.
    pub because: String,
}

impl Decision {
    /// What a decision is about when the file was read without a sandbox. It belongs into the trail of every answer.
    pub const SANDBOX: &'static str = "sandbox";
}

/// A row that sums up others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SetAsideRow {
    /// Its address, for instance `销售!A14`.
    pub place: String,
    /// Its cells.
    pub cells: Vec<Value>,
}
