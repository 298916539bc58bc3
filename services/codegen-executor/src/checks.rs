//! Results compared with the rows that they came from, and with what the sheet itself prints.

use polars::prelude::*;
use schemas::plan::{Aggregate, Measure, Plan};
use schemas::table::{ColumnType, SetAsideRow, TableProfile};
use schemas::value::Value;
use serde::{Deserialize, Serialize};

use crate::engine::PlanError;
use crate::engine::aggregate::{ROWS, may_overflow, measure_name};
use crate::engine::cells;
use crate::engine::columns::Columns;
use crate::engine::join::Matches;

/// Relative difference of two float sums of the same numbers in another order.
const SUMMATION: f64 = 1e-9;
/// Relative difference that a printed total may have: sheets round what they show.
const PRINTED: f64 = 1e-6;
/// Absolute difference that a printed total may have: two decimals.
const PRINTED_DECIMALS: f64 = 0.005 + 1e-9;

/// Something that was compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The groups together have as many rows as fulfil the filter.
    RowsCounted {
        /// Rows of all groups.
        counted: u64,
        /// Rows that fulfil the filter.
        kept: u64,
    },
    /// The rows that fulfil the filter, those that don't and those that it can't tell of are all rows.
    Complement {
        /// Rows that fulfil it.
        kept: u64,
        /// Rows that don't.
        dropped: u64,
        /// Rows with missing values that it hangs on.
        untold: u64,
        /// Rows of the table.
        all: u64,
    },
    /// Each row was given what another table holds of it, or nothing; none was lost or doubled.
    Joined(Matches),
    /// Each mean, median, minimum and maximum lies between the smallest and the largest of the values.
    Bounds {
        /// The measure.
        measure: Measure,
        /// The smallest value.
        low: f64,
        /// The largest value.
        high: f64,
        /// The smallest result.
        least: f64,
        /// The largest result.
        most: f64,
    },
    /// The groups' sums or counts add up to that of all rows.
    PartsSumToWhole {
        /// The measure.
        measure: Measure,
        /// The groups' sum.
        parts: Value,
        /// That of all rows.
        whole: Value,
        /// Whether they are the same.
        held: bool,
    },
    /// The sheet prints the same total.
    PrintedTotal {
        /// The measure.
        measure: Measure,
        /// The sum.
        computed: f64,
        /// What the sheet prints.
        printed: f64,
        /// Where.
        place: String,
    },
}

impl Finding {
    /// Compares two counts of rows.
    #[must_use]
    pub fn rows_counted(kept: usize, counted: usize) -> Self {
        Self::RowsCounted {
            counted: counted as u64,
            kept: kept as u64,
        }
    }

    /// Whether it held.
    #[must_use]
    pub fn held(&self) -> bool {
        match self {
            Self::RowsCounted { counted, kept } => counted == kept,
            Self::Complement {
                kept,
                dropped,
                untold,
                all,
            } => kept + dropped + untold == *all,
            Self::Joined(matches) => {
                matches.found + matches.lost + matches.empty == matches.before
                    && matches.after == matches.before
            }
            Self::Bounds {
                low,
                high,
                least,
                most,
                ..
            } => {
                let slack = SUMMATION * low.abs().max(high.abs());
                *least >= low - slack && *most <= high + slack
            }
            Self::PartsSumToWhole { held, .. } => *held,
            Self::PrintedTotal {
                computed, printed, ..
            } => close_to_printed(*computed, *printed),
        }
    }

    /// Whether an answer that fails it is wrong for certain. What a sheet prints may itself be wrong, or the sum of
    /// other rows.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        match self {
            Self::RowsCounted { .. }
            | Self::Complement { .. }
            | Self::Joined(_)
            | Self::Bounds { .. }
            | Self::PartsSumToWhole { .. } => true,
            Self::PrintedTotal { .. } => false,
        }
    }

    /// Its name in the trail.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::RowsCounted { .. } => "rows counted",
            Self::Complement { .. } => "complement",
            Self::Joined(_) => "rows joined",
            Self::Bounds { .. } => "bounds",
            Self::PartsSumToWhole { .. } => "parts sum to whole",
            Self::PrintedTotal { .. } => "printed total",
        }
    }
}

/// Compares groups with the rows that they came from: `frame` has the rows that fulfil the filter, `groups` all
/// groups, before any is left out.
///
/// # Errors
/// When a column is not there.
pub(crate) fn compare(
    plan: &Plan,
    columns: &Columns,
    frame: &DataFrame,
    groups: &DataFrame,
    kept: usize,
    profile: &TableProfile,
) -> Result<Vec<Finding>, PlanError> {
    let counted = groups.column(ROWS)?.i64()?.iter().flatten().sum::<i64>();
    let mut findings = vec![Finding::rows_counted(kept, usize::try_from(counted).unwrap_or(0))];
    for (place, measure) in plan.measures.iter().enumerate() {
        if measure.filter.is_some() {
            // Its rows are others than those that the checks compare with.
            continue;
        }
        let results = groups.column(&measure_name(place))?;
        let Some(name) = &measure.column else {
            if !plan.group.is_empty() {
                let whole = i64::try_from(kept).unwrap_or(i64::MAX);
                findings.push(whole_parts(measure, results, whole)?);
            }
            continue;
        };
        let known = columns.get(name)?;
        let values = frame.column(&known.physical)?;
        match measure.function {
            Aggregate::Mean | Aggregate::Median | Aggregate::Min | Aggregate::Max
                if known.kind.is_number() =>
            {
                findings.extend(bounds(measure, values, results)?);
            }
            Aggregate::Count if !plan.group.is_empty() => {
                let whole = i64::try_from(values.len() - values.null_count()).unwrap_or(i64::MAX);
                findings.push(whole_parts(measure, results, whole)?);
            }
            Aggregate::Sum if !plan.group.is_empty() => {
                findings.push(sum_parts(measure, known.kind, values, results)?);
            }
            Aggregate::Sum if plan.filter.is_none() => {
                findings.extend(printed_total(measure, results, profile));
            }
            Aggregate::Count
            | Aggregate::CountDistinct
            | Aggregate::Sum
            | Aggregate::Mean
            | Aggregate::Min
            | Aggregate::Max
            | Aggregate::Median => {}
        }
    }
    Ok(findings)
}

fn bounds(measure: &Measure, values: &Column, results: &Column) -> PolarsResult<Option<Finding>> {
    let extremes = |column: &Column| -> PolarsResult<Option<(f64, f64)>> {
        let series = column.as_materialized_series();
        Ok(series.min::<f64>()?.zip(series.max::<f64>()?))
    };
    Ok(extremes(values)?
        .zip(extremes(results)?)
        .map(|((low, high), (least, most))| Finding::Bounds {
            measure: measure.clone(),
            low,
            high,
            least,
            most,
        }))
}

fn whole_parts(measure: &Measure, results: &Column, whole: i64) -> PolarsResult<Finding> {
    let parts = results.i64()?.iter().flatten().sum::<i64>();
    Ok(Finding::PartsSumToWhole {
        measure: measure.clone(),
        parts: Value::Int(parts),
        whole: Value::Int(whole),
        held: parts == whole,
    })
}

fn sum_parts(
    measure: &Measure,
    kind: ColumnType,
    values: &Column,
    results: &Column,
) -> PolarsResult<Finding> {
    let (parts, whole, held) = if kind == ColumnType::Int {
        let parts: i128 = results.i64()?.iter().flatten().map(i128::from).sum();
        let whole: i128 = whole_sum(values)?;
        (as_value(parts), as_value(whole), parts == whole)
    } else {
        let results = results.f64()?;
        let parts: f64 = results.iter().flatten().sum();
        let whole = values.f64()?.sum().unwrap_or(0.0);
        // Of numbers of both signs the sum may be small where the numbers are not.
        let magnitude: f64 = results.iter().flatten().map(f64::abs).sum();
        let held = (parts - whole).abs() <= SUMMATION * magnitude.max(whole.abs()).max(f64::MIN_POSITIVE);
        (Value::finite(parts), Value::finite(whole), held)
    };
    Ok(Finding::PartsSumToWhole {
        measure: measure.clone(),
        parts,
        whole,
        held,
    })
}

/// The exact sum.
fn whole_sum(values: &Column) -> PolarsResult<i128> {
    let numbers = values.i64()?;
    if may_overflow(values)? {
        Ok(numbers.iter().flatten().map(i128::from).sum())
    } else {
        Ok(numbers.sum().map_or(0, i128::from))
    }
}

fn as_value(number: i128) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "shown only, where it does not fit")]
    i64::try_from(number).map_or_else(|_| Value::Float(number as f64), Value::Int)
}

/// The total in the sheet that comes nearest to the sum: totals of other rows stand there as well.
fn printed_total(measure: &Measure, results: &Column, profile: &TableProfile) -> Option<Finding> {
    let place = profile
        .columns
        .iter()
        .position(|column| Some(&column.name) == measure.column.as_ref())?;
    let computed = cells::values(results).first()?.as_f64()?;
    let printed = |row: &SetAsideRow| Some((row.cells.get(place)?.as_f64()?, row.place.clone()));
    let (printed, place) = profile
        .set_aside
        .iter()
        .filter_map(printed)
        .min_by(|left, right| (left.0 - computed).abs().total_cmp(&(right.0 - computed).abs()))?;
    Some(Finding::PrintedTotal {
        measure: measure.clone(),
        computed,
        printed,
        place,
    })
}

fn close_to_printed(computed: f64, printed: f64) -> bool {
    (computed - printed).abs() <= PRINTED_DECIMALS.max(PRINTED * printed.abs())
}
