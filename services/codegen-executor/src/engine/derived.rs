//! What is computed from the measures of the groups: shares, ratios, growth, running totals. Groups are few, so plain
//! numbers do.

use std::collections::HashMap;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use polars::prelude::*;
use schemas::plan::{Bucket, Derived, Formula, Plan, Since};
use schemas::table::ColumnType;

use super::PlanError;
use super::columns::{Columns, Known};

/// The engine's name of what is derived at a place.
pub(crate) fn derived_name(place: usize) -> String {
    format!("d{place}")
}

/// Adds all that a plan derives to its groups, and names it. Groups by calendar spans are put in order of time where a
/// formula looks from one to another.
///
/// # Errors
/// [`PlanError`] when a measure is not there or holds no numbers, or a formula needs calendar spans that are not there.
pub(super) fn add(plan: &Plan, mut groups: DataFrame, named: &mut Columns) -> Result<DataFrame, PlanError> {
    if plan.derived.iter().any(is_over_time) {
        let options = SortMultipleOptions::new().with_nulls_last(true);
        groups = groups.sort(["k0"], options)?;
    }
    for (place, derived) in plan.derived.iter().enumerate() {
        let name = derived_name(place);
        let column = compute(plan, derived, &groups, named)?;
        let kind = if column.dtype() == &DataType::Int64 {
            ColumnType::Int
        } else {
            ColumnType::Float
        };
        groups.with_column(column.with_name(name.as_str().into()))?;
        named.add(Known {
            name: derived.name.clone(),
            physical: name,
            kind,
            computed: kind == ColumnType::Float,
            noise: 0.0,
        });
    }
    Ok(groups)
}

/// Whether a formula looks from one calendar span to another.
pub(crate) fn is_over_time(derived: &Derived) -> bool {
    matches!(derived.formula, Formula::Running { .. } | Formula::Change { .. })
}

/// Whether a formula gives whole numbers.
///
/// # Errors
/// [`PlanError`] when a measure is not there or holds no numbers.
pub(crate) fn is_whole(derived: &Derived, named: &Columns) -> Result<bool, PlanError> {
    let whole = |name: &str| Ok(number(named, name)?.kind == ColumnType::Int);
    match &derived.formula {
        Formula::Difference { of, less } | Formula::Distance { of, from: less } => {
            Ok(whole(of)? && whole(less)?)
        }
        Formula::Running { of } => whole(of),
        Formula::Share { .. } | Formula::Ratio { .. } | Formula::Growth { .. } | Formula::Change { .. } => {
            Ok(false)
        }
    }
}

/// The calendar span of the only key.
///
/// # Errors
/// [`PlanError::NoSpan`] when it is none, or there are others.
pub(crate) fn span(plan: &Plan) -> Result<Bucket, PlanError> {
    match plan.group.as_slice() {
        [key] => key.bucket.ok_or(PlanError::NoSpan),
        _ => Err(PlanError::NoSpan),
    }
}

fn compute(plan: &Plan, derived: &Derived, groups: &DataFrame, named: &Columns) -> Result<Column, PlanError> {
    let numbers = |name: &str| floats(groups, number(named, name)?);
    let scale = if derived.percent { 100.0 } else { 1.0 };
    let each = |values: Vec<Option<f64>>| {
        let scaled = values
            .into_iter()
            .map(|value| value.map(|value| value * scale).filter(|value| value.is_finite()));
        Column::new(PlSmallStr::EMPTY, scaled.collect::<Vec<_>>())
    };
    Ok(match &derived.formula {
        Formula::Share { of } => {
            let values = numbers(of)?;
            let whole: f64 = values.iter().flatten().sum();
            each(values.into_iter().map(|value| divided(value?, whole)).collect())
        }
        Formula::Ratio {
            numerator,
            denominator,
        } => each(paired(numbers(numerator)?, numbers(denominator)?, divided)),
        Formula::Growth { from, to } => each(paired(numbers(from)?, numbers(to)?, grown)),
        Formula::Difference { of, less } | Formula::Distance { of, from: less } => {
            let signed = matches!(derived.formula, Formula::Difference { .. });
            if is_whole(derived, named)? {
                let (of, less) = (whole(groups, named, of)?, whole(groups, named, less)?);
                let left = |of: i64, less: i64| {
                    let left = of.checked_sub(less)?;
                    if signed { Some(left) } else { left.checked_abs() }
                };
                let taken = of.into_iter().zip(less).map(|pair| match pair {
                    (Some(of), Some(less)) => checked(left(of, less), derived).map(Some),
                    _ => Ok(None),
                });
                Column::new(PlSmallStr::EMPTY, taken.collect::<Result<Vec<_>, _>>()?)
            } else {
                let left = |of: f64, less: f64| {
                    let left = of - less;
                    Some(if signed { left } else { left.abs() })
                };
                each(paired(numbers(of)?, numbers(less)?, left))
            }
        }
        Formula::Running { of } if is_whole(derived, named)? => {
            let mut total = 0_i64;
            let running = whole(groups, named, of)?.into_iter().map(|value| {
                total = checked(total.checked_add(value.unwrap_or(0)), derived)?;
                Ok(total)
            });
            Column::new(PlSmallStr::EMPTY, running.collect::<Result<Vec<_>, PlanError>>()?)
        }
        Formula::Running { of } => {
            let mut total = 0.0;
            let running = numbers(of)?.into_iter().map(|value| {
                total += value.unwrap_or(0.0);
                Some(total)
            });
            each(running.collect())
        }
        Formula::Change { of, since } => {
            let bucket = span(plan)?;
            let values = numbers(of)?;
            let spans = codes(groups)?;
            let at: HashMap<i64, Option<f64>> = spans
                .iter()
                .zip(&values)
                .filter_map(|(span, value)| Some(((*span)?, *value)))
                .collect();
            let changed = spans.iter().zip(&values).map(|(span, value)| {
                let before = at.get(&earlier((*span)?, bucket, *since)?).copied().flatten()?;
                grown(before, (*value)?)
            });
            each(changed.collect())
        }
    })
}

/// A measure that holds numbers.
pub(crate) fn number<'a>(named: &'a Columns, name: &str) -> Result<&'a Known, PlanError> {
    let known = named.get(name)?;
    if known.kind.is_number() {
        Ok(known)
    } else {
        Err(PlanError::WrongComparison {
            column: known.name.clone(),
            kind: known.kind,
        })
    }
}

fn floats(groups: &DataFrame, known: &Known) -> Result<Vec<Option<f64>>, PlanError> {
    let column = groups.column(&known.physical)?.cast(&DataType::Float64)?;
    Ok(column.f64()?.iter().collect())
}

fn whole(groups: &DataFrame, named: &Columns, name: &str) -> Result<Vec<Option<i64>>, PlanError> {
    let column = groups.column(&number(named, name)?.physical)?;
    Ok(column.i64()?.iter().collect())
}

/// The spans of the groups as the numbers that they were grouped by.
fn codes(groups: &DataFrame) -> Result<Vec<Option<i64>>, PlanError> {
    // Days are dates, which count from 1970.
    let column = groups
        .column("k0")?
        .cast(&DataType::Int32)?
        .cast(&DataType::Int64)?;
    Ok(column.i64()?.iter().collect())
}

fn paired(
    left: Vec<Option<f64>>,
    right: Vec<Option<f64>>,
    both: impl Fn(f64, f64) -> Option<f64>,
) -> Vec<Option<f64>> {
    left.into_iter()
        .zip(right)
        .map(|(left, right)| both(left?, right?))
        .collect()
}

fn divided(value: f64, by: f64) -> Option<f64> {
    (by != 0.0).then(|| value / by)
}

fn grown(from: f64, to: f64) -> Option<f64> {
    divided(to - from, from.abs())
}

fn checked(value: Option<i64>, derived: &Derived) -> Result<i64, PlanError> {
    value.ok_or_else(|| PlanError::Overflow {
        measure: derived.name.clone(),
    })
}

/// The number of an earlier calendar span.
fn earlier(code: i64, bucket: Bucket, since: Since) -> Option<i64> {
    Some(match (bucket, since) {
        (Bucket::Year, _) => code - 1,
        (Bucket::Quarter | Bucket::Month, Since::Before) => code - 1,
        (Bucket::Quarter, Since::YearBefore) => code - 4,
        (Bucket::Month, Since::YearBefore) => code - 12,
        // The last week of a year has the number 52 or 53.
        (Bucket::Week, Since::Before) => {
            let (year, week) = (i32::try_from(code.div_euclid(100)).ok()?, code.rem_euclid(100));
            let monday = NaiveDate::from_isoywd_opt(year, u32::try_from(week).ok()?, Weekday::Mon)?;
            let before = monday.checked_sub_days(Days::new(7))?.iso_week();
            i64::from(before.year()) * 100 + i64::from(before.week())
        }
        (Bucket::Week, Since::YearBefore) => code - 100,
        (Bucket::Day, Since::Before) => code - 1,
        (Bucket::Day, Since::YearBefore) => {
            let first = NaiveDate::default();
            let day = first.checked_add_signed(chrono::TimeDelta::try_days(code)?)?;
            // The day before the first of March in other years stands for no day.
            let before = day.checked_sub_months(Months::new(12))?;
            (before.day() == day.day()).then(|| before.signed_duration_since(first).num_days())?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_spans() {
        for (code, bucket, since, expected) in [
            (2024, Bucket::Year, Since::YearBefore, Some(2023)),
            (2024 * 4, Bucket::Quarter, Since::Before, Some(2023 * 4 + 3)),
            (
                2024 * 12 + 2,
                Bucket::Month,
                Since::YearBefore,
                Some(2023 * 12 + 2),
            ),
            (202_401, Bucket::Week, Since::Before, Some(202_352)),
            (202_101, Bucket::Week, Since::Before, Some(202_053)),
            // 2024-03-01 and 2024-02-29 in days.
            (19_783, Bucket::Day, Since::YearBefore, Some(19_417)),
            (19_782, Bucket::Day, Since::YearBefore, None),
        ] {
            assert_eq!(
                earlier(code, bucket, since),
                expected,
                "{code} {bucket:?} {since:?}"
            );
        }
    }
}
