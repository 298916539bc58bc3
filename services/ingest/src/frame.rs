//! Typed columns as Parquet.

use chrono::{Datelike, NaiveDate};
use polars::prelude::{
    Column as Series, DataFrame, DataType, IntoColumn, IntoSeries, KeyValueMetadata, NamedFrom,
    NewChunkedArray, ParquetWriter, PolarsError, Series as Values, StringChunked, TimeUnit,
};

use crate::typing;

/// Writes the columns of one table as Parquet (zstd), in the order of their rows. `source` is written beside them, so that no two files share the bytes of a table, and removing
/// one leaves the other whole.
///
/// # Errors
/// When polars refuses; with columns of one length and different names it does not.
pub fn to_parquet(columns: Vec<Series>, rows: usize, source: &str) -> Result<Vec<u8>, PolarsError> {
    let mut frame = DataFrame::new(rows, columns)?;
    let mut bytes = Vec::new();
    let source = KeyValueMetadata::from_static(vec![("contrail.source".to_owned(), source.to_owned())]);
    ParquetWriter::new(&mut bytes)
        .with_key_value_metadata(Some(source))
        .finish(&mut frame)?;
    Ok(bytes)
}

/// A column as polars keeps it: days as `Date`, moments as `Datetime` in milliseconds.
///
/// # Errors
/// When polars refuses; it does not, since all these types are its own.
pub fn to_series(column: &typing::Column<'_>) -> Result<Series, PolarsError> {
    let name = column.name.as_str().into();
    let series = match &column.values {
        typing::Values::Bool(values) => Values::new(name, values),
        typing::Values::Int(values) => Values::new(name, values),
        typing::Values::Float(values) => Values::new(name, values),
        typing::Values::Date(values) => {
            let days: Vec<Option<i32>> = values.iter().map(|day| day.map(days_since_1970)).collect();
            Values::new(name, days).cast(&DataType::Date)?
        }
        typing::Values::Datetime(values) => {
            let millis: Vec<Option<i64>> = values
                .iter()
                .map(|moment| moment.map(|moment| moment.and_utc().timestamp_millis()))
                .collect();
            Values::new(name, millis).cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?
        }
        typing::Values::Text(values) => {
            StringChunked::from_iter_options(name, values.iter().map(|text| text.as_deref())).into_series()
        }
    };
    Ok(series.into_column())
}

/// 1970-01-01, counted from the first day of the year 1.
const FIRST_OF_1970: i32 = 719_163;

fn days_since_1970(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - FIRST_OF_1970
}
