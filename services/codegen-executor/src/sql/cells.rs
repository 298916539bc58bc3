//! Batches of a result as rows of values.

use chrono::{DateTime, NaiveDate, TimeDelta};
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Float64Type, Int64Type, TimeUnit, TimestampMillisecondType,
};
use datafusion::arrow::error::ArrowError;
use schemas::value::Value;

/// The first cells of a column: days and moments as ISO 8601 text, what is not a finite number as null.
pub(super) fn values(column: &dyn Array, rows: usize) -> Result<Vec<Value>, ArrowError> {
    let column = column.slice(0, rows.min(column.len()));
    let plain = match column.data_type() {
        DataType::Boolean => DataType::Boolean,
        DataType::Date32 => DataType::Date32,
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Millisecond, None),
        kind if kind.is_integer() => DataType::Int64,
        kind if kind.is_numeric() => DataType::Float64,
        _ => DataType::Utf8,
    };
    let column = cast(&column, &plain)?;
    Ok(match plain {
        DataType::Boolean => each(column.as_boolean().iter(), Value::Bool),
        DataType::Date32 => each(column.as_primitive::<Date32Type>().iter(), day),
        DataType::Timestamp(_, _) => each(column.as_primitive::<TimestampMillisecondType>().iter(), moment),
        DataType::Int64 => each(column.as_primitive::<Int64Type>().iter(), Value::Int),
        DataType::Float64 => each(column.as_primitive::<Float64Type>().iter(), Value::finite),
        _ => each(column.as_string::<i32>().iter(), Value::from),
    })
}

fn each<T>(cells: impl Iterator<Item = Option<T>>, value: impl Fn(T) -> Value) -> Vec<Value> {
    cells.map(|cell| cell.map_or(Value::Null, &value)).collect()
}

fn day(days: i32) -> Value {
    NaiveDate::default()
        .checked_add_signed(TimeDelta::days(i64::from(days)))
        .map_or(Value::Null, |day| Value::Text(day.format("%Y-%m-%d").to_string()))
}

fn moment(milliseconds: i64) -> Value {
    DateTime::from_timestamp_millis(milliseconds).map_or(Value::Null, |moment| {
        Value::Text(moment.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string())
    })
}
