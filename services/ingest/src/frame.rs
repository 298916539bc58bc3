//! Typed columns as Parquet.

use chrono::NaiveDate;
use polars::prelude::{
    Column as Series, DataFrame, DataType, IntoColumn, KeyValueMetadata, NamedFrom, ParquetWriter,
    PolarsError, Series as Values, TimeUnit,
};

use crate::typing;

/// Turns the columns of one table into Parquet (zstd, days as `Date`, moments as `Datetime` in milliseconds), in the
/// order of their rows. `source` is written beside them, so that no two files share the bytes of a table, and removing
/// one leaves the other whole.
///
/// # Errors
/// When polars refuses; with columns of one length and different names it does not.
pub fn to_parquet(columns: &[typing::Column<'_>], rows: usize, source: &str) -> Result<Vec<u8>, PolarsError> {
    let columns = columns.iter().map(to_series).collect::<Result<Vec<_>, _>>()?;
    let mut frame = DataFrame::new(rows, columns)?;
    let mut bytes = Vec::new();
    let source = KeyValueMetadata::from_static(vec![("contrail.source".to_owned(), source.to_owned())]);
    ParquetWriter::new(&mut bytes)
        .with_key_value_metadata(Some(source))
        .finish(&mut frame)?;
    Ok(bytes)
}

fn to_series(column: &typing::Column<'_>) -> Result<Series, PolarsError> {
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
            let texts: Vec<Option<&str>> = values.iter().map(|text| text.as_deref()).collect();
            Values::new(name, texts)
        }
    };
    Ok(series.into_column())
}

fn days_since_1970(day: NaiveDate) -> i32 {
    let days = day.signed_duration_since(NaiveDate::default()).num_days();
    // chrono's days fit by far.
    i32::try_from(days).unwrap_or(i32::MAX)
}
