//! Conditions as boolean expressions, three-valued: a comparison with a missing value is missing, and so is its
//! negation. What is missing in the end does not count.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use polars::prelude::*;
use schemas::plan::{Aggregate, Comparison, Condition};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::PlanError;
use super::columns::{Columns, Known};
use super::fold::{self, Folded};
use super::refusal::{function_kind, is_computed};
use crate::precision;

/// A condition over some columns.
///
/// # Errors
/// [`PlanError`] when a column is unknown or a constant or comparison does not fit its type.
pub fn expression(condition: &Condition, columns: &Columns) -> Result<Expr, PlanError> {
    match condition {
        Condition::And { all } => joined(all, columns, Expr::and),
        Condition::Or { any } => joined(any, columns, Expr::or),
        Condition::Not { condition } => Ok(expression(condition, columns)?.not()),
        Condition::Compare {
            column,
            comparison,
            value,
        } => compare(columns.get(column)?, *comparison, value),
        Condition::CompareColumns {
            left,
            comparison,
            right,
        } => compare_columns(columns.get(left)?, *comparison, columns.get(right)?),
        Condition::Between { column, low, high } => {
            let column = columns.get(column)?;
            Ok(compare(column, Comparison::Ge, low)?.and(compare(column, Comparison::Le, high)?))
        }
        Condition::In { column, values } => one_of(columns.get(column)?, values),
        Condition::Contains { column, text, place } => {
            let column = columns.get(column)?;
            let part = Folded::new(text);
            if column.kind != ColumnType::Text {
                return Err(wrong_comparison(column));
            }
            if part.is_empty() {
                return Err(wrong_constant(column, &Value::Text(text.clone())));
            }
            let place = *place;
            Ok(text_test(column, move |text| part.is_in(text, place)))
        }
        Condition::TimeRange { column, from, until } => {
            let column = columns.get(column)?;
            if !column.kind.is_time() {
                return Err(wrong_comparison(column));
            }
            let bound = |comparison, date: &schemas::Date| {
                compare(column, comparison, &Value::Text(date.to_string()))
            };
            match (from, until) {
                (Some(from), Some(until)) => {
                    Ok(bound(Comparison::Ge, from)?.and(bound(Comparison::Lt, until)?))
                }
                (Some(from), None) => bound(Comparison::Ge, from),
                (None, Some(until)) => bound(Comparison::Lt, until),
                (None, None) => Err(PlanError::EmptyCondition),
            }
        }
        Condition::Missing { column } => Ok(reference(columns.get(column)?).is_null()),
        Condition::CompareAggregate {
            column,
            comparison,
            function,
        } => {
            let column = columns.get(column)?;
            compare_aggregate(column, *comparison, *function)
        }
    }
}

fn joined(parts: &[Condition], columns: &Columns, join: fn(Expr, Expr) -> Expr) -> Result<Expr, PlanError> {
    let mut whole: Option<Expr> = None;
    for part in parts {
        let part = expression(part, columns)?;
        whole = Some(match whole {
            Some(whole) => join(whole, part),
            None => part,
        });
    }
    whole.ok_or(PlanError::EmptyCondition)
}

fn reference(column: &Known) -> Expr {
    col(column.physical.as_str())
}

fn compare(column: &Known, comparison: Comparison, value: &Value) -> Result<Expr, PlanError> {
    let values = reference(column);
    match (column.kind, value) {
        (ColumnType::Int, Value::Int(number)) => Ok(apply(values, comparison, lit(*number))),
        (ColumnType::Int, Value::Float(number)) if number.is_finite() => {
            Ok(compare_with_fraction(values, comparison, *number))
        }
        (ColumnType::Float, Value::Int(_) | Value::Float(_)) => match value.as_f64() {
            Some(number) if number.is_finite() && column.computed => Ok(apply(
                trusted(values, column.noise),
                comparison,
                lit(precision::significant(number, column.noise)),
            )),
            Some(number) if number.is_finite() => Ok(apply(values, comparison, lit(number))),
            _ => Err(wrong_constant(column, value)),
        },
        (ColumnType::Bool, Value::Bool(truth)) => match comparison {
            Comparison::Eq | Comparison::Ne => Ok(apply(values, comparison, lit(*truth))),
            Comparison::Lt | Comparison::Le | Comparison::Gt | Comparison::Ge => {
                Err(wrong_comparison(column))
            }
        },
        (ColumnType::Date, Value::Text(text)) => match moment(text) {
            Some(Moment::Day(day)) => Ok(apply(values, comparison, date_literal(day))),
            Some(Moment::Instant(_)) | None => Err(wrong_constant(column, value)),
        },
        (ColumnType::Datetime, Value::Text(text)) => match moment(text) {
            Some(Moment::Instant(instant)) => Ok(apply(values, comparison, datetime_literal(instant))),
            Some(Moment::Day(day)) => compare_with_day(column, comparison, day),
            None => Err(wrong_constant(column, value)),
        },
        (ColumnType::Text, Value::Text(text)) => {
            let constant = Folded::new(text);
            match comparison {
                Comparison::Eq => Ok(text_test(column, move |text| constant.equals(text))),
                Comparison::Ne => Ok(text_test(column, move |text| !constant.equals(text))),
                // By spelling "10" comes before "9": not what anybody means.
                Comparison::Lt | Comparison::Le | Comparison::Gt | Comparison::Ge => {
                    Err(wrong_comparison(column))
                }
            }
        }
        (
            ColumnType::Bool
            | ColumnType::Int
            | ColumnType::Float
            | ColumnType::Date
            | ColumnType::Datetime
            | ColumnType::Text,
            _,
        ) => Err(wrong_constant(column, value)),
    }
}

/// A whole number against one that may have a fraction, exactly: beyond 2^53 not every whole number is a float.
fn compare_with_fraction(values: Expr, comparison: Comparison, number: f64) -> Expr {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    if !(-TWO_TO_63..TWO_TO_63).contains(&number) {
        return apply(values.cast(DataType::Float64), comparison, lit(number));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it was floored and lies within the type's range"
    )]
    let floor = number.floor() as i64;
    if number.fract() == 0.0 {
        return apply(values, comparison, lit(floor));
    }
    match comparison {
        // Equal to none; missing stays missing.
        Comparison::Eq => values.clone().neq(values),
        Comparison::Ne => values.clone().eq(values),
        Comparison::Lt | Comparison::Le => values.lt_eq(lit(floor)),
        Comparison::Gt | Comparison::Ge => values.gt(lit(floor)),
    }
}

/// A moment against a day: equal means within it.
fn compare_with_day(column: &Known, comparison: Comparison, day: NaiveDate) -> Result<Expr, PlanError> {
    let values = reference(column);
    let start = day.and_time(NaiveTime::MIN);
    let Some(end) = start.checked_add_signed(TimeDelta::days(1)) else {
        return Err(wrong_constant(column, &Value::Text(day.to_string())));
    };
    let (start, end) = (datetime_literal(start), datetime_literal(end));
    Ok(match comparison {
        Comparison::Eq => values.clone().gt_eq(start).and(values.lt(end)),
        Comparison::Ne => values.clone().lt(start).or(values.gt_eq(end)),
        Comparison::Lt => values.lt(start),
        Comparison::Le => values.lt(end),
        Comparison::Gt => values.gt_eq(end),
        Comparison::Ge => values.gt_eq(start),
    })
}

fn compare_columns(left: &Known, comparison: Comparison, right: &Known) -> Result<Expr, PlanError> {
    let (a, b) = (reference(left), reference(right));
    let by_size = !matches!(comparison, Comparison::Eq | Comparison::Ne);
    match (left.kind, right.kind) {
        (a_kind, b_kind) if a_kind.is_number() && b_kind.is_number() && (left.computed || right.computed) => {
            let noise = left.noise.max(right.noise);
            Ok(apply(trusted(a, noise), comparison, trusted(b, noise)))
        }
        (a_kind, b_kind) if a_kind == b_kind && (a_kind.is_number() || a_kind.is_time()) => {
            Ok(apply(a, comparison, b))
        }
        (a_kind, b_kind) if a_kind.is_number() && b_kind.is_number() => Ok(apply(
            a.cast(DataType::Float64),
            comparison,
            b.cast(DataType::Float64),
        )),
        (a_kind, b_kind) if a_kind.is_time() && b_kind.is_time() => {
            let moment = DataType::Datetime(TimeUnit::Milliseconds, None);
            Ok(apply(a.cast(moment.clone()), comparison, b.cast(moment)))
        }
        (ColumnType::Bool, ColumnType::Bool) if !by_size => Ok(apply(a, comparison, b)),
        (ColumnType::Text, ColumnType::Text) if !by_size => {
            let equal = a.map_many(
                |columns| match columns {
                    [left, right] => texts_equal(left.str()?, right.str()?),
                    _ => Err(polars_err!(ComputeError: "two columns are compared")),
                },
                &[b],
                |_, fields| match fields {
                    [field, ..] => Ok(Field::new(field.name().clone(), DataType::Boolean)),
                    [] => Err(polars_err!(ComputeError: "two columns are compared")),
                },
            );
            Ok(if comparison == Comparison::Ne {
                equal.not()
            } else {
                equal
            })
        }
        (kind, _) if kind.is_number() || kind.is_time() => Err(wrong_comparison(right)),
        _ => Err(wrong_comparison(left)),
    }
}

fn texts_equal(left: &StringChunked, right: &StringChunked) -> PolarsResult<Column> {
    let equal: BooleanChunked = left
        .iter()
        .zip(right.iter())
        .map(|pair| match pair {
            (Some(left), Some(right)) => Some(fold::equal(left, right)),
            _ => None,
        })
        .collect();
    Ok(equal.with_name(left.name().clone()).into_column())
}

fn one_of(column: &Known, values: &[Value]) -> Result<Expr, PlanError> {
    if column.kind == ColumnType::Text {
        let constants = values
            .iter()
            .map(|value| match value {
                Value::Text(text) => Ok(Folded::new(text)),
                other => Err(wrong_constant(column, other)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if constants.is_empty() {
            return Err(PlanError::EmptyCondition);
        }
        return Ok(text_test(column, move |text| {
            constants.iter().any(|constant| constant.equals(text))
        }));
    }
    let mut whole: Option<Expr> = None;
    for value in values {
        let part = compare(column, Comparison::Eq, value)?;
        whole = Some(match whole {
            Some(whole) => whole.or(part),
            None => part,
        });
    }
    whole.ok_or(PlanError::EmptyCondition)
}

fn compare_aggregate(column: &Known, comparison: Comparison, function: Aggregate) -> Result<Expr, PlanError> {
    let whole = function_kind(function, column)?;
    let comparable = (whole.is_number() && column.kind.is_number()) || whole == column.kind;
    if !comparable {
        return Err(PlanError::WrongFunction {
            function,
            column: column.name.clone(),
            kind: column.kind,
        });
    }
    let values = reference(column);
    let aggregate = match function {
        Aggregate::Count => values.clone().count(),
        Aggregate::CountDistinct => values.clone().drop_nulls().n_unique(),
        // As a float a sum of whole numbers can't overflow, and a comparison does not need its last digit.
        Aggregate::Sum => values.clone().cast(DataType::Float64).sum(),
        Aggregate::Mean => values.clone().mean(),
        Aggregate::Min => values.clone().min(),
        Aggregate::Max => values.clone().max(),
        Aggregate::Median => values.clone().median(),
    };
    if is_computed(function) || column.computed {
        let noise = column.noise;
        return Ok(apply(
            trusted(values, noise),
            comparison,
            trusted(aggregate, noise),
        ));
    }
    Ok(apply(values, comparison, aggregate))
}

/// Computed numbers by the digits that they can be trusted for.
fn trusted(numbers: Expr, noise: f64) -> Expr {
    numbers.cast(DataType::Float64).map(
        move |numbers| {
            let trusted = numbers
                .f64()?
                .apply_values(|number| precision::significant(number, noise));
            Ok(trusted.into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::Float64)),
    )
}

fn apply(left: Expr, comparison: Comparison, right: Expr) -> Expr {
    match comparison {
        Comparison::Eq => left.eq(right),
        Comparison::Ne => left.neq(right),
        Comparison::Lt => left.lt(right),
        Comparison::Le => left.lt_eq(right),
        Comparison::Gt => left.gt(right),
        Comparison::Ge => left.gt_eq(right),
    }
}

fn text_test(column: &Known, test: impl Fn(&str) -> bool + Send + Sync + 'static) -> Expr {
    reference(column).map(
        move |texts| {
            let texts = texts.str()?;
            let found: BooleanChunked = texts.iter().map(|text| text.map(&test)).collect();
            Ok(found.with_name(texts.name().clone()).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::Boolean)),
    )
}

/// A day or a moment of a plan.
enum Moment {
    Day(NaiveDate),
    Instant(NaiveDateTime),
}

fn moment(text: &str) -> Option<Moment> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Moment::Day(day));
    }
    [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .map(Moment::Instant)
}

fn date_literal(day: NaiveDate) -> Expr {
    let days = day.signed_duration_since(NaiveDate::default()).num_days();
    // Every day of chrono's calendar is within 32 bits of 1970.
    lit(Scalar::new(
        DataType::Date,
        AnyValue::Date(i32::try_from(days).unwrap_or(i32::MAX)),
    ))
}

fn datetime_literal(instant: NaiveDateTime) -> Expr {
    let unit = TimeUnit::Milliseconds;
    let value = AnyValue::Datetime(instant.and_utc().timestamp_millis(), unit, None);
    lit(Scalar::new(DataType::Datetime(unit, None), value.into_static()))
}

fn wrong_comparison(column: &Known) -> PlanError {
    PlanError::WrongComparison {
        column: column.name.clone(),
        kind: column.kind,
    }
}

fn wrong_constant(column: &Known, value: &Value) -> PlanError {
    let value = serde_json::to_string(value).unwrap_or_default();
    PlanError::WrongConstant {
        column: column.name.clone(),
        kind: column.kind,
        value,
    }
}
