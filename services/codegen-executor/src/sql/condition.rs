//! Conditions as SQL, whose logic has three values as plans have it: a comparison with NULL is NULL, and so is its
//! negation.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use schemas::plan::{Aggregate, Comparison, Condition, Place};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::{fold, measure, quote};
use crate::engine::PlanError;
use crate::engine::columns::{Columns, Known};
use crate::engine::refusal::{self, function_kind};
use crate::precision;

/// Conditions over the rows of one relation.
pub(super) struct Conditions<'a> {
    /// The columns that they may name.
    pub columns: &'a Columns,
    /// Where aggregates of the whole come from.
    pub relation: &'a str,
}

impl Conditions<'_> {
    /// A condition behind WHERE, each part of it on a line.
    pub(super) fn clause(&self, condition: &Condition) -> Result<String, PlanError> {
        let parts = match condition {
            Condition::And { all } => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        let parts = parts
            .iter()
            .map(|part| self.render(part))
            .collect::<Result<Vec<_>, _>>()?;
        match parts.as_slice() {
            [] => Err(PlanError::EmptyCondition),
            some => Ok(format!("\n  WHERE {}", some.join("\n    AND "))),
        }
    }

    /// A condition as an expression.
    pub(super) fn render(&self, condition: &Condition) -> Result<String, PlanError> {
        match condition {
            Condition::And { all } => self.joined(all, "AND"),
            Condition::Or { any } => self.joined(any, "OR"),
            Condition::Not { condition } => Ok(format!("NOT ({})", self.render(condition)?)),
            Condition::Compare {
                column,
                comparison,
                value,
            } => compare(self.columns.get(column)?, *comparison, value),
            Condition::CompareColumns {
                left,
                comparison,
                right,
            } => compare_columns(self.columns.get(left)?, *comparison, self.columns.get(right)?),
            Condition::Between { column, low, high } => {
                let column = self.columns.get(column)?;
                let (low, high) = (
                    compare(column, Comparison::Ge, low)?,
                    compare(column, Comparison::Le, high)?,
                );
                Ok(format!("({low} AND {high})"))
            }
            Condition::In { column, values } => one_of(self.columns.get(column)?, values),
            Condition::Contains { column, text, place } => contains(self.columns.get(column)?, text, *place),
            Condition::TimeRange { column, from, until } => {
                let column = self.columns.get(column)?;
                if !column.kind.is_time() {
                    return Err(wrong_comparison(column));
                }
                let bound = |comparison, date: &schemas::Date| {
                    compare(column, comparison, &Value::Text(date.to_string()))
                };
                let parts = from
                    .iter()
                    .map(|date| bound(Comparison::Ge, date))
                    .chain(until.iter().map(|date| bound(Comparison::Lt, date)))
                    .collect::<Result<Vec<_>, _>>()?;
                together(&parts, "AND")
            }
            Condition::Missing { column } => Ok(format!(
                "{} IS NULL",
                quote::name(&self.columns.get(column)?.name)
            )),
            Condition::CompareAggregate {
                column,
                comparison,
                function,
            } => self.compare_aggregate(self.columns.get(column)?, *comparison, *function),
        }
    }

    fn joined(&self, parts: &[Condition], word: &str) -> Result<String, PlanError> {
        let parts = parts
            .iter()
            .map(|part| self.render(part))
            .collect::<Result<Vec<_>, _>>()?;
        together(&parts, word)
    }

    fn compare_aggregate(
        &self,
        column: &Known,
        comparison: Comparison,
        function: Aggregate,
    ) -> Result<String, PlanError> {
        let whole = function_kind(function, column)?;
        if whole != column.kind && !(whole.is_number() && column.kind.is_number()) {
            return Err(PlanError::WrongFunction {
                function,
                column: column.name.clone(),
                kind: column.kind,
            });
        }
        let values = quote::name(&column.name);
        let (sign, relation) = (sign(comparison), self.relation);
        if refusal::is_computed(function) || column.computed {
            // As a float a sum of whole numbers can't overflow, and only its first digits are compared.
            let of = if column.kind == ColumnType::Int {
                as_float(&values)
            } else {
                values.clone()
            };
            let whole = measure::call(function, &of);
            let (values, whole) = (trusted(&values, column.noise), trusted(&whole, column.noise));
            return Ok(format!("{values} {sign} (SELECT {whole} FROM {relation})"));
        }
        let whole = measure::call(function, &values);
        Ok(format!("{values} {sign} (SELECT {whole} FROM {relation})"))
    }
}

fn together(parts: &[String], word: &str) -> Result<String, PlanError> {
    match parts {
        [] => Err(PlanError::EmptyCondition),
        [one] => Ok(one.clone()),
        several => Ok(format!("({})", several.join(&format!(" {word} ")))),
    }
}

fn compare(column: &Known, comparison: Comparison, value: &Value) -> Result<String, PlanError> {
    let (values, sign_of) = (quote::name(&column.name), sign(comparison));
    match (column.kind, value) {
        (ColumnType::Int, Value::Int(number)) => Ok(format!("{values} {sign_of} {}", quote::whole(*number))),
        (ColumnType::Int, Value::Float(number)) if number.is_finite() => {
            Ok(compare_with_fraction(&values, comparison, *number))
        }
        (ColumnType::Float, Value::Int(_) | Value::Float(_)) => match value.as_f64() {
            Some(number) if number.is_finite() && column.computed => Ok(format!(
                "{} {sign_of} {}",
                trusted(&values, column.noise),
                quote::float(precision::significant(number, column.noise))
            )),
            Some(number) if number.is_finite() => Ok(format!("{values} {sign_of} {}", quote::float(number))),
            _ => Err(wrong_constant(column, value)),
        },
        (ColumnType::Bool, Value::Bool(truth)) if !by_size(comparison) => Ok(format!(
            "{values} {sign_of} {}",
            if *truth { "TRUE" } else { "FALSE" }
        )),
        (ColumnType::Date | ColumnType::Datetime, Value::Text(text)) => {
            compare_time(column, comparison, text)
        }
        (ColumnType::Text, Value::Text(text)) if !by_size(comparison) => Ok(format!(
            "{} {sign_of} {}",
            folded(&values),
            quote::text(&fold::fold(text))
        )),
        (ColumnType::Text, Value::Text(_)) | (ColumnType::Bool, Value::Bool(_)) => {
            Err(wrong_comparison(column))
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
fn compare_with_fraction(values: &str, comparison: Comparison, number: f64) -> String {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if !(-BEYOND..BEYOND).contains(&number) {
        return format!(
            "{} {} {}",
            as_float(values),
            sign(comparison),
            quote::float(number)
        );
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it was floored and lies within the type's range"
    )]
    let floor = quote::whole(number.floor() as i64);
    if number.fract() == 0.0 {
        return format!("{values} {} {floor}", sign(comparison));
    }
    match comparison {
        // No whole number is equal to it; NULL stays NULL.
        Comparison::Eq => format!("{values} <> {values}"),
        Comparison::Ne => format!("{values} = {values}"),
        Comparison::Lt | Comparison::Le => format!("{values} <= {floor}"),
        Comparison::Gt | Comparison::Ge => format!("{values} > {floor}"),
    }
}

fn compare_time(column: &Known, comparison: Comparison, text: &str) -> Result<String, PlanError> {
    let wrong = || wrong_constant(column, &Value::Text(text.to_owned()));
    let values = quote::name(&column.name);
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    match (column.kind, day) {
        (ColumnType::Date, Some(day)) => Ok(format!("{values} {} DATE '{day}'", sign(comparison))),
        (ColumnType::Datetime, Some(day)) => {
            // Equal to a day means within it, to the millisecond that the column has.
            let last = day.and_hms_milli_opt(23, 59, 59, 999).ok_or_else(wrong)?;
            let (first, last) = (moment(day.and_time(NaiveTime::MIN)), moment(last));
            Ok(match comparison {
                Comparison::Eq => format!("({values} >= {first} AND {values} <= {last})"),
                Comparison::Ne => format!("({values} < {first} OR {values} > {last})"),
                Comparison::Lt => format!("{values} < {first}"),
                Comparison::Le => format!("{values} <= {last}"),
                Comparison::Gt => format!("{values} > {last}"),
                Comparison::Ge => format!("{values} >= {first}"),
            })
        }
        (ColumnType::Datetime, None) => {
            let instant = [
                "%Y-%m-%dT%H:%M:%S%.f",
                "%Y-%m-%d %H:%M:%S%.f",
                "%Y-%m-%dT%H:%M",
                "%Y-%m-%d %H:%M",
            ]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .ok_or_else(wrong)?;
            Ok(format!("{values} {} {}", sign(comparison), moment(instant)))
        }
        _ => Err(wrong()),
    }
}

fn compare_columns(left: &Known, comparison: Comparison, right: &Known) -> Result<String, PlanError> {
    let (a, b) = (quote::name(&left.name), quote::name(&right.name));
    let both = |as_one: fn(&str) -> String| format!("{} {} {}", as_one(&a), sign(comparison), as_one(&b));
    let same = left.kind == right.kind;
    let (numbers, times) = (
        left.kind.is_number() && right.kind.is_number(),
        left.kind.is_time() && right.kind.is_time(),
    );
    if numbers && (left.computed || right.computed) {
        let noise = left.noise.max(right.noise);
        let (a, b) = (trusted(&a, noise), trusted(&b, noise));
        Ok(format!("{a} {} {b}", sign(comparison)))
    } else if same && (numbers || times) {
        Ok(both(str::to_owned))
    } else if numbers {
        Ok(both(as_float))
    } else if times {
        Ok(both(|values| format!("CAST({values} AS TIMESTAMP(3))")))
    } else if left.kind.is_number() || left.kind.is_time() {
        Err(wrong_comparison(right))
    } else if !same || by_size(comparison) {
        Err(wrong_comparison(left))
    } else if left.kind == ColumnType::Text {
        Ok(both(folded))
    } else {
        Ok(both(str::to_owned))
    }
}

fn one_of(column: &Known, values: &[Value]) -> Result<String, PlanError> {
    if column.kind != ColumnType::Text {
        let parts = values
            .iter()
            .map(|value| compare(column, Comparison::Eq, value))
            .collect::<Result<Vec<_>, _>>()?;
        return together(&parts, "OR");
    }
    let constants = values
        .iter()
        .map(|value| match value {
            Value::Text(text) => Ok(quote::text(&fold::fold(text))),
            other => Err(wrong_constant(column, other)),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if constants.is_empty() {
        return Err(PlanError::EmptyCondition);
    }
    let values = folded(&quote::name(&column.name));
    Ok(format!("{values} IN ({})", constants.join(", ")))
}

fn contains(column: &Known, text: &str, place: Place) -> Result<String, PlanError> {
    if column.kind != ColumnType::Text {
        return Err(wrong_comparison(column));
    }
    let part = fold::fold(text);
    if part.is_empty() {
        return Err(wrong_constant(column, &Value::Text(text.to_owned())));
    }
    let function = match place {
        Place::Anywhere => "contains",
        Place::Start => "starts_with",
        Place::End => "ends_with",
    };
    let values = folded(&quote::name(&column.name));
    Ok(format!("{function}({values}, {})", quote::text(&part)))
}

pub(super) fn trusted(values: &str, noise: f64) -> String {
    format!(
        "{}({values}, {})",
        super::session::SIGNIFICANT,
        quote::float(noise)
    )
}

pub(super) fn as_float(values: &str) -> String {
    format!("CAST({values} AS DOUBLE)")
}

fn folded(values: &str) -> String {
    format!("{}({values})", fold::NAME)
}

/// To the millisecond, as the column is: nanoseconds end in the year 2262.
fn moment(moment: NaiveDateTime) -> String {
    format!(
        "CAST('{}' AS TIMESTAMP(3))",
        moment.format("%Y-%m-%d %H:%M:%S%.3f")
    )
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => "=",
        Comparison::Ne => "<>",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    }
}

fn by_size(comparison: Comparison) -> bool {
    !matches!(comparison, Comparison::Eq | Comparison::Ne)
}

fn wrong_comparison(column: &Known) -> PlanError {
    PlanError::WrongComparison {
        column: column.name.clone(),
        kind: column.kind,
    }
}

fn wrong_constant(column: &Known, value: &Value) -> PlanError {
    PlanError::WrongConstant {
        column: column.name.clone(),
        kind: column.kind,
        value: serde_json::to_string(value).unwrap_or_default(),
    }
}
