//! What a stretch of a question means, once some of its words are put together.

use schemas::plan::{Aggregate, Bucket, Comparison, Condition};
use schemas::value::Value;

use super::number::Number;
use super::role::Role;
use super::time::Said;

/// A meaning. Columns are numbers of the table's columns.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A word that shapes the sentence.
    Role(Role),
    /// A column.
    Column(usize),
    /// Several columns.
    Columns(Vec<usize>),
    /// Values of one column, as written in the table.
    Values(usize, Vec<String>),
    /// A number.
    Number(Number),
    /// A date or period.
    Time(Said),
    /// The year of the columns that are meant.
    Edition(u16),
    /// A text to look for.
    Text(String),
    /// The rows of the table.
    Rows,
    /// Which rows count.
    Condition(Condition),
    /// Functions that still want a column.
    Functions(Vec<Aggregate>),
    /// Things to compute.
    Measures(Vec<MeasureOf>),
    /// Keys to group by.
    Keys(Vec<Key>),
    /// Spans that nothing says to group by, and how many of them: "months from the best to the worst", "two months".
    Spans(Vec<Key>, Option<u32>),
    /// The rows or groups with the largest or smallest of something.
    Pick(Pick),
    /// The order of the result.
    Order(Vec<Ranked>),
    /// Which groups count.
    Having(MeasureOf, Comparison, Value),
    /// Two measures to compare.
    Compared(How, MeasureOf, MeasureOf),
    /// What something has grown from.
    Against(Against),
    /// A period, and the one that something has grown from.
    Grown(Condition, Condition),
    /// "than T1": values to compare with.
    Versus(usize, Vec<String>),
    /// "has more", 多多少, "is heavier".
    Excess(Excess),
    /// "sell": a column that a verb speaks of apart from the words that ask.
    SpokenOf(usize),
    /// 相差多少: how far two things are apart.
    Apart,
    /// 第二, "second": which place in an order.
    Place(u32),
    /// So many of a thing.
    Counted(Thing, u32),
    /// What the first ones are the first by.
    Rank(By),
    /// The first or last rows of an order.
    Limit {
        /// How many.
        rows: u32,
        /// The last ones.
        last: bool,
    },
    /// To how many decimals figures are rounded.
    Decimals(u8),
}

/// A function over a column, or over rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasureOf {
    /// The function.
    pub function: Aggregate,
    /// Its column; none: rows are counted.
    pub column: Option<usize>,
}

impl MeasureOf {
    /// How many rows.
    pub const ROWS: Self = Self {
        function: Aggregate::Count,
        column: None,
    };

    /// A function over a column.
    #[must_use]
    pub fn over(function: Aggregate, column: usize) -> Self {
        Self {
            function,
            column: Some(column),
        }
    }
}

/// How two measures are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// One divided by the other.
    Ratio,
    /// One less the other.
    Difference,
}

/// What something has grown from.
#[derive(Debug, Clone, PartialEq)]
pub enum Against {
    /// What it was under a condition on time.
    Time(Condition),
    /// What it was a year earlier.
    YearBefore,
    /// What it was in the period before.
    PeriodBefore,
}

/// A key to group by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Values of a column.
    Column(usize),
    /// Calendar spans of a column; none: of the only one that says when.
    Span(Option<usize>, Bucket),
    /// Each row by itself.
    Row,
}

/// What a superlative or an order is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The values of a column.
    Column(usize),
    /// A measure of each group.
    Measure(MeasureOf),
    /// One measure of each group compared with another.
    Compared(How, MeasureOf, MeasureOf),
    /// Whatever the result is about.
    Result,
}

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// By what.
    pub by: By,
    /// Largest first.
    pub descending: bool,
}

/// The rows or groups with the largest or smallest of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Of what.
    pub ranked: Ranked,
    /// How many, where it is said.
    pub rows: Option<u32>,
    /// How many places come before: one for the second highest.
    pub passed: u32,
}

/// What one thing has more or less of than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excess {
    /// More of it.
    pub more: bool,
    /// Of what, where the word tells it: "heavier".
    pub column: Option<usize>,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// Values of a column.
    Column(usize),
    /// Rows.
    Rows,
    /// It is not said.
    Unsaid,
}
