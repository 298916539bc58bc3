//! Frames as rows of values.

use chrono::{DateTime, NaiveDate, TimeDelta};
use polars::prelude::*;
use schemas::value::Value;

use super::ResultLimit;

/// Rows with the names of their columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows, cut to a limit.
    pub rows: Vec<Vec<Value>>,
    /// How many there were before.
    pub rows_in_all: u64,
}

/// Some columns of a frame, (name in the table, name in the frame), cut to a limit.
#[must_use]
pub fn table(frame: &DataFrame, shown: Vec<(String, String)>, limit: ResultLimit) -> Table {
    let height = frame.height().min(limit.rows);
    let mut columns = Vec::with_capacity(shown.len());
    let mut cells = Vec::with_capacity(shown.len());
    for (name, physical) in shown {
        if let Ok(column) = frame.column(&physical) {
            columns.push(name);
            cells.push(values(&column.head(Some(height))).into_iter());
        }
    }
    let mut rows = Vec::with_capacity(height);
    let mut bytes = 0;
    for _ in 0..height {
        let row: Vec<Value> = cells.iter_mut().filter_map(Iterator::next).collect();
        bytes += row.iter().map(size).sum::<usize>();
        if bytes > limit.bytes {
            break;
        }
        rows.push(row);
    }
    Table {
        columns,
        rows,
        rows_in_all: frame.height() as u64,
    }
}

/// All cells of a column.
#[must_use]
pub fn values(column: &Column) -> Vec<Value> {
    column
        .as_materialized_series()
        .iter()
        .map(|cell| value(&cell))
        .collect()
}

/// One cell: days and moments as ISO 8601 text, what is not a finite number as null.
#[must_use]
pub fn value(cell: &AnyValue<'_>) -> Value {
    match cell {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(truth) => Value::Bool(*truth),
        AnyValue::Float64(number) => Value::finite(*number),
        AnyValue::Float32(number) => Value::finite(f64::from(*number)),
        AnyValue::String(text) => Value::Text((*text).to_owned()),
        AnyValue::StringOwned(text) => Value::Text(text.to_string()),
        AnyValue::Date(days) => NaiveDate::default()
            .checked_add_signed(TimeDelta::days(i64::from(*days)))
            .map_or(Value::Null, |day| Value::Text(day.format("%Y-%m-%d").to_string())),
        AnyValue::Datetime(count, unit, _) => instant(*count, *unit),
        AnyValue::DatetimeOwned(count, unit, _) => instant(*count, *unit),
        other => match other.extract::<i64>() {
            Some(number) => Value::Int(number),
            None => Value::Text(other.to_string()),
        },
    }
}

fn instant(count: i64, unit: TimeUnit) -> Value {
    let moment = match unit {
        TimeUnit::Milliseconds => DateTime::from_timestamp_millis(count),
        TimeUnit::Microseconds => DateTime::from_timestamp_micros(count),
        TimeUnit::Nanoseconds => Some(DateTime::from_timestamp_nanos(count)),
    };
    moment.map_or(Value::Null, |moment| {
        Value::Text(moment.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string())
    })
}

/// The bytes of a cell as JSON, or some more.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 6,
        Value::Int(_) | Value::Float(_) => 24,
        Value::Text(text) => text_size(text),
    }
}

/// The bytes of a text as JSON, and of what follows it.
pub(crate) fn text_size(text: &str) -> usize {
    3 + text.bytes().map(escaped).sum::<usize>()
}

/// The bytes of a byte within a JSON text.
const fn escaped(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' => 2,
        0..=0x1f => 6,
        _ => 1,
    }
}
