//! What is computed row by row from a table's columns.

use std::borrow::Cow;

use polars::prelude::*;
use schemas::plan::{ComputedColumn, Plan, RowFormula};
use schemas::table::{ColumnProfile, ColumnType, TableProfile};
use schemas::value::Value;

use super::PlanError;
use super::columns::Columns;

/// Up to this size floats hold each whole number, and sums of a few don't overflow.
const WHOLE: f64 = 9_007_199_254_740_992.0;
/// Milliseconds of a day.
pub(crate) const DAY: f64 = 86_400_000.0;
/// What is divided by less would leave what a float can hold: it counts as divided by zero.
pub(crate) const TINY: f64 = 1e-280;

/// Names of the columns that a formula reads.
#[must_use]
pub fn operands(formula: &RowFormula) -> Vec<&str> {
    match formula {
        RowFormula::Sum { of } => of.iter().map(String::as_str).collect(),
        RowFormula::Difference { of, less } => vec![of, less],
        RowFormula::Product { left, right } => vec![left, right],
        RowFormula::Ratio {
            numerator,
            denominator,
        } => vec![numerator, denominator],
        RowFormula::Days { from, until } => vec![from, until],
    }
}

/// A table's profile with the columns that a plan computes behind its own.
///
/// # Errors
/// [`PlanError`] when something can't be computed.
pub fn extended<'a>(plan: &Plan, profile: &'a TableProfile) -> Result<Cow<'a, TableProfile>, PlanError> {
    let mut extended = Cow::Borrowed(profile);
    for computed in &plan.computed {
        let column = self::profile(computed, profile)?;
        extended.to_mut().columns.push(column);
    }
    Ok(extended)
}

/// What is known of a computed column before anything is computed: its type, and bounds that its values can't leave.
///
/// # Errors
/// [`PlanError`] when a column is not there, or the formula makes no sense over what it holds.
pub fn profile(computed: &ComputedColumn, profile: &TableProfile) -> Result<ColumnProfile, PlanError> {
    let names = operands(&computed.formula);
    if names.len() < 2 {
        return Err(no_operands(computed));
    }
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let found = profile.columns.iter().find(|column| column.name == name);
        columns.push(found.ok_or_else(|| PlanError::UnknownColumn {
            column: name.to_owned(),
        })?);
    }
    let of_time = matches!(computed.formula, RowFormula::Days { .. });
    let first = columns.first().map(|column| column.kind);
    for column in &columns {
        let fits = if of_time {
            column.kind.is_time() && Some(column.kind) == first
        } else {
            column.kind.is_number()
        };
        if !fits {
            return Err(PlanError::WrongOperand {
                column: column.name.clone(),
                kind: column.kind,
            });
        }
    }
    let bounds = bounds(&computed.formula, &columns);
    let whole = match &computed.formula {
        RowFormula::Ratio { .. } => false,
        RowFormula::Days { .. } => first == Some(ColumnType::Date),
        RowFormula::Sum { .. } | RowFormula::Difference { .. } | RowFormula::Product { .. } => {
            // What might not fit is computed in floats, which don't wrap around.
            columns.iter().all(|column| column.kind == ColumnType::Int)
                && bounds.is_some_and(|(low, high)| low > -WHOLE && high < WHOLE)
        }
    };
    let of_one_unit = matches!(
        computed.formula,
        RowFormula::Sum { .. } | RowFormula::Difference { .. }
    );
    let unit = columns.first().and_then(|column| column.unit.clone());
    let bound = |value: Option<f64>| value.map_or(Value::Null, Value::Float);
    Ok(ColumnProfile {
        name: computed.name.clone(),
        kind: if whole { ColumnType::Int } else { ColumnType::Float },
        unit: unit
            .filter(|unit| of_one_unit && columns.iter().all(|column| column.unit.as_ref() == Some(unit))),
        nulls: columns.iter().map(|column| column.nulls).max().unwrap_or(0),
        distinct: profile.rows,
        min: bound(bounds.map(|(low, _)| low)),
        max: bound(bounds.map(|(_, high)| high)),
        frequent: Vec::new(),
        unparsed: Vec::new(),
        unparsed_count: 0,
    })
}

fn no_operands(computed: &ComputedColumn) -> PlanError {
    PlanError::NoOperands {
        column: computed.name.clone(),
    }
}

/// Between which numbers all results lie, by those that their operands lie between.
fn bounds(formula: &RowFormula, columns: &[&ColumnProfile]) -> Option<(f64, f64)> {
    let mut ranges = columns
        .iter()
        .map(|column| Some((column.min.as_f64()?, column.max.as_f64()?)));
    match formula {
        RowFormula::Sum { .. } => ranges.try_fold((0.0, 0.0), |(low, high), range| {
            let range = range?;
            Some((low + range.0, high + range.1))
        }),
        RowFormula::Difference { .. } => {
            let (of, less) = (ranges.next()??, ranges.next()??);
            Some((of.0 - less.1, of.1 - less.0))
        }
        RowFormula::Product { .. } => {
            let (left, right) = (ranges.next()??, ranges.next()??);
            let corners = [
                left.0 * right.0,
                left.0 * right.1,
                left.1 * right.0,
                left.1 * right.1,
            ];
            Some((
                corners.into_iter().fold(f64::INFINITY, f64::min),
                corners.into_iter().fold(f64::NEG_INFINITY, f64::max),
            ))
        }
        RowFormula::Ratio { .. } | RowFormula::Days { .. } => None,
    }
}

/// Adds the computed columns that a frame has the operands of.
pub(super) fn add(plan: &Plan, columns: &Columns, frame: DataFrame) -> Result<DataFrame, PlanError> {
    let mut expressions = Vec::new();
    for computed in &plan.computed {
        let held = |name: &&str| {
            let physical = columns.get(name).map(|known| &known.physical);
            physical.is_ok_and(|physical| frame.column(physical).is_ok())
        };
        if operands(&computed.formula).iter().all(held) {
            expressions.push(expression(computed, columns)?);
        }
    }
    if expressions.is_empty() {
        return Ok(frame);
    }
    Ok(frame.lazy().with_columns(expressions).collect()?)
}

fn expression(computed: &ComputedColumn, columns: &Columns) -> Result<Expr, PlanError> {
    let result = columns.get(&computed.name)?;
    let whole = result.kind == ColumnType::Int;
    let number = |name: &str| -> Result<Expr, PlanError> {
        let values = col(columns.get(name)?.physical.as_str());
        Ok(if whole {
            values
        } else {
            values.cast(DataType::Float64)
        })
    };
    let values = match &computed.formula {
        RowFormula::Sum { of } => {
            let mut sum: Option<Expr> = None;
            for name in of {
                let values = number(name)?;
                sum = Some(match sum {
                    Some(sum) => sum + values,
                    None => values,
                });
            }
            sum.ok_or_else(|| no_operands(computed))?
        }
        RowFormula::Difference { of, less } => number(of)? - number(less)?,
        RowFormula::Product { left, right } => number(left)? * number(right)?,
        RowFormula::Ratio {
            numerator,
            denominator,
        } => {
            let by = number(denominator)?;
            let by = when(by.clone().abs().gt(lit(TINY))).then(by).otherwise(lit(NULL));
            number(numerator)? / by
        }
        RowFormula::Days { from, until } => {
            let (from, until) = (columns.get(from)?, columns.get(until)?);
            let counted = |column: &str| col(column).to_physical().cast(DataType::Int64);
            let between = counted(&until.physical) - counted(&from.physical);
            if whole {
                between
            } else {
                between.cast(DataType::Float64) / lit(DAY)
            }
        }
    };
    // There is one zero.
    let values = if whole { values } else { values + lit(0.0) };
    Ok(values.alias(result.physical.as_str()))
}
