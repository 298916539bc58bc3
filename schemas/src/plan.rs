//! A question as a typed computation over one table, or over one with what another holds of its rows.
//!
//! Both what a planner understood and what the executor runs: rows are read, given what another table holds of them
//! ([`Plan::join`]) and what is computed from them ([`Plan::computed`]), kept by [`Plan::filter`], then either
//! listed ([`Plan::select`]) or grouped and measured ([`Plan::group`], [`Plan::measures`]), compared with one another
//! ([`Plan::derived`]), kept again by [`Plan::having`], ordered and cut.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::ids::FileId;
use crate::value::Value;

/// A computation. Columns are named as in the table's profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The table that is read.
    pub table: TableRef,
    /// Another table, of which each row is given what it holds of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<Join>,
    /// Columns that are computed row by row before anything is filtered; the rest of the plan names them like the table's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computed: Vec<ComputedColumn>,
    /// Which rows count; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Condition>,
    /// The keys to group by, in output order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<GroupKey>,
    /// What is computed for each group, or for all rows where there is no group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// What is computed from the measures, group by group, before any group is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<Derived>,
    /// The columns to list where nothing is grouped or measured, in output order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<String>,
    /// Whether equal listed rows count once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub distinct: bool,
    /// Which groups count; its columns are names of measures and of what is derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub having: Option<Condition>,
    /// The order of the result; remaining ties keep the order of the table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Order>,
    /// How many rows of the ordered result to keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Names of measures that serve other parts of the plan and are left out of the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<String>,
    /// Decimals to which the numbers of the result are rounded, half away from zero, last of all: conditions, orders and checks
    /// see them whole. None: as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 15))]
    pub decimals: Option<u8>,
}

/// Which table of which file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct TableRef {
    /// The file.
    pub file: FileId,
    /// [`crate::file::StoredTable::index`].
    pub index: u32,
}

/// A second table that the rows of the plan's table point into. Each row is given the columns of the one row there that it
/// points at, or missing values where it points at none: rows are neither left out nor doubled. Where the second table holds a
/// value of its key twice, or does not hold most of what is pointed at, the plan does not run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Join {
    /// The second table.
    pub table: TableRef,
    /// The column of the plan's table that points, of whole numbers or text.
    pub column: String,
    /// The column of the second table that is pointed at, of the same type. Text equality ignores case, width and surrounding
    /// blanks.
    pub key: String,
    /// What is taken over from the second table.
    pub columns: Vec<JoinedColumn>,
}

/// A column that is taken over from a second table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct JoinedColumn {
    /// Its name there.
    pub column: String,
    /// Its name in the plan, which no other column has.
    pub name: String,
}

/// A column that each row is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ComputedColumn {
    /// Its name, which no column of the table has.
    pub name: String,
    /// How.
    pub formula: RowFormula,
}

/// What is computed from columns of the table in the same row. Where one of them has no value there is none, and none
/// where something is divided by zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum RowFormula {
    /// Numbers added up.
    Sum {
        /// At least two.
        of: Vec<String>,
    },
    /// One number less another.
    Difference {
        /// What something is taken from.
        of: String,
        /// What is taken.
        less: String,
    },
    /// Two numbers multiplied.
    Product {
        /// One of them.
        left: String,
        /// The other one.
        right: String,
    },
    /// One number divided by another.
    Ratio {
        /// What is divided.
        numerator: String,
        /// By what.
        denominator: String,
    },
    /// Days from one time to another: whole ones between days, fractions between moments; negative where the second
    /// one is earlier.
    Days {
        /// The first time.
        from: String,
        /// The second one, of the same type.
        until: String,
    },
}

/// Which rows count. A comparison with a missing value is false, as is its negation's part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Condition {
    /// All hold.
    And {
        /// At least one.
        all: Vec<Condition>,
    },
    /// One holds.
    Or {
        /// At least one.
        any: Vec<Condition>,
    },
    /// The inner one does not hold.
    Not {
        /// What must not hold.
        condition: Box<Condition>,
    },
    /// A column against a constant.
    Compare {
        /// The column.
        column: String,
        /// How.
        comparison: Comparison,
        /// The constant, of the column's type; days as ISO 8601 text.
        value: Value,
    },
    /// A column against another one of the same row.
    CompareColumns {
        /// The left column.
        left: String,
        /// How.
        comparison: Comparison,
        /// The right column.
        right: String,
    },
    /// `low <= column <= high`.
    Between {
        /// The column.
        column: String,
        /// The lower bound, included.
        low: Value,
        /// The upper bound, included.
        high: Value,
    },
    /// One of some constants.
    In {
        /// The column.
        column: String,
        /// The constants.
        values: Vec<Value>,
    },
    /// Text that has another one in it, without regard to case.
    Contains {
        /// The column.
        column: String,
        /// The text to look for.
        text: String,
        /// Where in the value.
        place: Place,
    },
    /// `from <= column < until`.
    TimeRange {
        /// A column of days or moments.
        column: String,
        /// The first day that counts; none: open.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        /// The first day that no longer counts; none: open.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// The value is missing.
    Missing {
        /// The column.
        column: String,
    },
    /// The value is larger, or smaller, than an aggregate of the whole column, for instance the average.
    CompareAggregate {
        /// The column.
        column: String,
        /// How.
        comparison: Comparison,
        /// The aggregate of all rows of the table.
        function: Aggregate,
    },
}

/// How two values are compared. Text equality ignores case, width and surrounding blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// Where in a text to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Anywhere.
    Anywhere,
    /// At its start.
    Start,
    /// At its end.
    End,
}

/// A key to group by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct GroupKey {
    /// The column.
    pub column: String,
    /// For a column of days or moments: the span that a group covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
}

/// A calendar span, shown as `2024`, `2024-Q1`, `2024-03`, `2024-W05`, `2024-03-05`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// A calendar year.
    Year,
    /// A calendar quarter.
    Quarter,
    /// A calendar month.
    Month,
    /// An ISO 8601 week, from Monday.
    Week,
    /// A day.
    Day,
}

/// Something computed over rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measure {
    /// Its name in the result, unique in the plan.
    pub name: String,
    /// How.
    pub function: Aggregate,
    /// Over which column; none: rows, for [`Aggregate::Count`] alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Which of the rows count for this measure alone, beside [`Plan::filter`]; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Condition>,
}

/// Something computed from measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Derived {
    /// Its name in the result, unique in the plan.
    pub name: String,
    /// How.
    pub formula: Formula,
    /// Whether it is given in percent: 12.5 and not 0.125.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub percent: bool,
}

/// How measures are compared; each is named by [`Measure::name`]. A missing number, or a division by zero, gives a
/// missing one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Formula {
    /// The group's part of the sum over all groups.
    Share {
        /// The measure.
        of: String,
    },
    /// One measure divided by another.
    Ratio {
        /// What is divided.
        numerator: String,
        /// By what.
        denominator: String,
    },
    /// One measure less another.
    Difference {
        /// What something is taken from.
        of: String,
        /// What is taken.
        less: String,
    },
    /// How far one measure is from another, whichever is the larger one.
    Distance {
        /// One of them.
        of: String,
        /// The other one.
        from: String,
    },
    /// How much a measure has grown from another, relative to that: `(to - from) / |from|`.
    Growth {
        /// The earlier one.
        from: String,
        /// The later one.
        to: String,
    },
    /// The sum of a measure over this group and those before it in the order of the plan's only key, a calendar span.
    Running {
        /// The measure.
        of: String,
    },
    /// Growth from another calendar span of the plan's only key.
    Change {
        /// The measure.
        of: String,
        /// From which one.
        since: Since,
    },
}

/// Which earlier calendar span one is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The one before it: 环比.
    Before,
    /// The same one a year earlier: 同比.
    YearBefore,
}

/// A function over the values of a column; missing values are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// How many rows, or values.
    Count,
    /// How many different values.
    CountDistinct,
    /// Their sum; of none at all: null.
    Sum,
    /// Their arithmetic mean.
    Mean,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The middle one, or the mean of the two in the middle.
    Median,
}

/// One key of the order; missing values come last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// A column of the table, a group key's column or a measure's name.
    pub by: String,
    /// Largest first.
    #[serde(default)]
    pub descending: bool,
}

/// How many rows to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Limit {
    /// The number of rows, at least 1.
    #[schemars(range(min = 1))]
    pub rows: u32,
    /// Whether rows equal to the last one under the order are kept as well.
    #[serde(default)]
    pub ties: bool,
    /// How many different values of the order are passed over first: one for the second highest. All rows with one of
    /// the next [`Limit::rows`] values are kept then.
    #[serde(default, skip_serializing_if = "is_none")]
    pub skip: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn is_none(skip: &u32) -> bool {
    *skip == 0
}
