//! Why a plan can't run, found before it runs where possible.

use std::collections::BTreeSet;

use polars::prelude::PolarsError;
use schemas::plan::{Aggregate, Limit, Measure, Plan};
use schemas::table::ColumnType;
use serde::{Deserialize, Serialize};

use super::columns::{Columns, Known};
use super::derived;

/// Why a plan does not fit its table, or its result does not fit its type.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanError {
    /// The table has no such column.
    #[error("there is no column {column:?}")]
    UnknownColumn {
        /// The name in the plan.
        column: String,
    },
    /// A function over values of a type that it makes no sense for.
    #[error("{function:?} makes no sense over {column:?}, which holds {kind:?}")]
    WrongFunction {
        /// The function.
        function: Aggregate,
        /// The column.
        column: String,
        /// What it holds.
        kind: ColumnType,
    },
    /// A formula over values of a type that it makes no sense for, or over two types of time.
    #[error("{column:?} holds {kind:?}, which can't be computed with like that")]
    WrongOperand {
        /// The column.
        column: String,
        /// What it holds.
        kind: ColumnType,
    },
    /// A formula over fewer columns than it needs.
    #[error("{column:?} has nothing to be computed from")]
    NoOperands {
        /// The computed column.
        column: String,
    },
    /// A comparison by size of values that have none, a part of what is no text, a time range over what is no time.
    #[error("{column:?} holds {kind:?}, which can't be compared like that")]
    WrongComparison {
        /// The column.
        column: String,
        /// What it holds.
        kind: ColumnType,
    },
    /// A constant of another type than its column.
    #[error("{value} is nothing that {column:?} could hold, which holds {kind:?}")]
    WrongConstant {
        /// The column.
        column: String,
        /// What it holds.
        kind: ColumnType,
        /// The constant as JSON.
        value: String,
    },
    /// A calendar span of what is no time.
    #[error("{column:?} holds {kind:?}, which has no calendar spans")]
    WrongBucket {
        /// The column.
        column: String,
        /// What it holds.
        kind: ColumnType,
    },
    /// A function that needs a column, without one.
    #[error("{function:?} needs a column")]
    NoColumn {
        /// The function.
        function: Aggregate,
    },
    /// What looks from one calendar span to another, without such a span as the only key.
    #[error("only groups by one calendar span can be compared over time")]
    NoSpan,
    /// A condition without parts or bounds.
    #[error("a condition has no parts")]
    EmptyCondition,
    /// Two columns of the result have one name, or two things are asked for at once.
    #[error("{name:?} stands for two columns of the result")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The order is by something that the result does not have.
    #[error("the result can't be ordered by {by:?}")]
    UnknownOrder {
        /// The name in the plan.
        by: String,
    },
    /// Nothing would be left to show: no rows asked for, or all measures hidden.
    #[error("the plan asks for an empty result")]
    NothingAsked,
    /// A key of another type than the column that points at it, or of one that can't be a key.
    #[error("{column:?} can't point at {key:?}")]
    WrongKey {
        /// The column that points.
        column: String,
        /// The column that is pointed at.
        key: String,
    },
    /// Rows would be doubled: a value of a key stands in several rows of the table that is joined.
    #[error("{key:?} holds a value twice, so that a join would double rows")]
    KeyRepeats {
        /// The column that is pointed at.
        key: String,
    },
    /// Rows would be lost: most of what is pointed at has to be there.
    #[error("{key:?} holds what {column:?} points at in {found} of {of} rows only")]
    KeyMisses {
        /// The column that points.
        column: String,
        /// The column that is pointed at.
        key: String,
        /// Rows that point at what is there.
        found: u64,
        /// Rows that point anywhere.
        of: u64,
    },
    /// A number too large for its type.
    #[error("{measure:?} is too large a number")]
    Overflow {
        /// The measure.
        measure: String,
    },
    /// Polars failed where it should not. It stays in the process that it happened in.
    #[serde(skip)]
    #[error("the computation failed")]
    Engine(#[from] PolarsError),
}

impl PlanError {
    /// Whether the plan itself makes no sense over the table, as opposed to its values being too large or the engine
    /// failing.
    #[must_use]
    pub fn is_misfit(&self) -> bool {
        match self {
            Self::UnknownColumn { .. }
            | Self::WrongFunction { .. }
            | Self::WrongComparison { .. }
            | Self::WrongOperand { .. }
            | Self::NoOperands { .. }
            | Self::WrongConstant { .. }
            | Self::WrongBucket { .. }
            | Self::NoColumn { .. }
            | Self::NoSpan
            | Self::EmptyCondition
            | Self::NameTaken { .. }
            | Self::UnknownOrder { .. }
            | Self::WrongKey { .. }
            | Self::KeyRepeats { .. }
            | Self::KeyMisses { .. }
            | Self::NothingAsked => true,
            Self::Overflow { .. } | Self::Engine(_) => false,
        }
    }
}

/// Looks for everything about names and functions that conditions don't find themselves when they are compiled.
pub(crate) fn examine(plan: &Plan, columns: &Columns) -> Result<(), PlanError> {
    for key in &plan.group {
        let column = columns.get(&key.column)?;
        if key.bucket.is_some() && !column.kind.is_time() {
            return Err(PlanError::WrongBucket {
                column: column.name.clone(),
                kind: column.kind,
            });
        }
    }
    for measure in &plan.measures {
        result_kind(measure, columns)?;
    }
    for column in &plan.select {
        columns.get(column)?;
    }
    let no_rows = |limit: Limit| limit.rows == 0 || limit.skip > 0 && plan.order.is_empty();
    if plan.limit.is_some_and(no_rows) {
        return Err(PlanError::NothingAsked);
    }
    if plan.derived.iter().any(derived::is_over_time) {
        derived::span(plan)?;
    }
    examine_names(plan, columns)
}

/// The type of a measure's values.
pub(crate) fn result_kind(measure: &Measure, columns: &Columns) -> Result<ColumnType, PlanError> {
    let function = measure.function;
    let column = match &measure.column {
        Some(column) => Some(columns.get(column)?),
        None => None,
    };
    match (function, column) {
        (Aggregate::Count, _) | (Aggregate::CountDistinct, Some(_)) => Ok(ColumnType::Int),
        (_, None) => Err(PlanError::NoColumn { function }),
        (_, Some(column)) => function_kind(function, column),
    }
}

/// Whether a function adds numbers up, so that the last digits of a float hang on the order of the rows.
pub(crate) const fn is_computed(function: Aggregate) -> bool {
    match function {
        Aggregate::Sum | Aggregate::Mean | Aggregate::Median => true,
        Aggregate::Count | Aggregate::CountDistinct | Aggregate::Min | Aggregate::Max => false,
    }
}

/// A measure as conditions and orders see it, under the engine's name for it.
pub(crate) fn result(measure: &Measure, columns: &Columns, physical: String) -> Result<Known, PlanError> {
    let kind = result_kind(measure, columns)?;
    let noise = match &measure.column {
        Some(column) => columns.get(column)?.noise,
        None => 0.0,
    };
    Ok(Known {
        name: measure.name.clone(),
        physical,
        kind,
        computed: kind == ColumnType::Float && is_computed(measure.function),
        noise,
    })
}

/// The type of a function's value over a column.
pub(crate) fn function_kind(function: Aggregate, column: &Known) -> Result<ColumnType, PlanError> {
    let kind = column.kind;
    match function {
        Aggregate::Count | Aggregate::CountDistinct => Ok(ColumnType::Int),
        Aggregate::Mean | Aggregate::Median if kind.is_number() => Ok(ColumnType::Float),
        Aggregate::Sum if kind.is_number() => Ok(kind),
        // The smallest of identifiers kept as text would be that of their spelling: "10" before "9".
        Aggregate::Min | Aggregate::Max if kind.is_number() || kind.is_time() => Ok(kind),
        Aggregate::Sum | Aggregate::Mean | Aggregate::Min | Aggregate::Max | Aggregate::Median => {
            Err(PlanError::WrongFunction {
                function,
                column: column.name.clone(),
                kind,
            })
        }
    }
}

fn examine_names(plan: &Plan, columns: &Columns) -> Result<(), PlanError> {
    let grouped = !plan.group.is_empty() || !plan.measures.is_empty();
    let mut names = BTreeSet::new();
    let keys = super::aggregate::key_names(&plan.group);
    let measures = plan.measures.iter().map(|measure| measure.name.clone());
    let derived = plan.derived.iter().map(|derived| derived.name.clone());
    let listed = if grouped { Vec::new() } else { plan.select.clone() };
    for name in keys.into_iter().chain(measures).chain(derived).chain(listed) {
        if let Some(name) = names.replace(name) {
            return Err(PlanError::NameTaken { name });
        }
    }
    for order in &plan.order {
        let known = if grouped {
            names.contains(&order.by)
        } else {
            columns.get(&order.by).is_ok()
        };
        if !known {
            return Err(PlanError::UnknownOrder { by: order.by.clone() });
        }
    }
    for name in &plan.hidden {
        if !plan.measures.iter().any(|measure| measure.name == *name) {
            return Err(PlanError::UnknownColumn { column: name.clone() });
        }
    }
    let computed = plan.measures.len() + plan.derived.len();
    let nothing_shown = grouped && plan.group.is_empty() && plan.hidden.len() >= computed;
    // A listing has no measures to keep rows by, and an aggregation lists nothing.
    let mixed = if grouped {
        !plan.select.is_empty() || plan.distinct
    } else {
        plan.having.is_some() || !plan.derived.is_empty()
    };
    if nothing_shown || mixed {
        Err(PlanError::NothingAsked)
    } else {
        Ok(())
    }
}
