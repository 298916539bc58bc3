//! A table out of Parquet, by Polars.

use polars::io::mmap::MmapBytesReader;
use polars::prelude::*;
use schemas::table::{ColumnType, TableProfile};

/// Some columns of a table, or all of them, typed as the profile says; what is not a number is missing. Blocks.
///
/// # Errors
/// When the bytes are no Parquet, a column is not there or can't have its type.
pub fn read(
    parquet: impl MmapBytesReader,
    profile: &TableProfile,
    columns: Option<&[String]>,
) -> PolarsResult<DataFrame> {
    let wanted: Vec<String> = profile
        .columns
        .iter()
        .map(|column| column.name.clone())
        .filter(|name| columns.is_none_or(|columns| columns.contains(name)))
        .collect();
    let frame = ParquetReader::new(parquet)
        .with_columns(Some(wanted.clone()))
        .finish()?;
    let mut typed = Vec::with_capacity(wanted.len());
    for column in profile
        .columns
        .iter()
        .filter(|column| wanted.contains(&column.name))
    {
        typed.push(conform(frame.column(&column.name)?, column.kind)?);
    }
    DataFrame::new(frame.height(), typed)
}

fn conform(column: &Column, kind: ColumnType) -> PolarsResult<Column> {
    let wanted = match kind {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Date => DataType::Date,
        ColumnType::Datetime => DataType::Datetime(TimeUnit::Milliseconds, None),
        ColumnType::Text => DataType::String,
    };
    let column = if column.dtype() == &wanted {
        column.clone()
    } else {
        column.strict_cast(&wanted)?
    };
    let Ok(numbers) = column.f64() else {
        return Ok(column);
    };
    // There is one zero. Looks under missing values too, where anything may lie: that only makes it take the longer way.
    let ordinary = |number: &f64| number.is_finite() && !(*number == 0.0 && number.is_sign_negative());
    if numbers
        .downcast_iter()
        .all(|chunk| chunk.values().iter().all(ordinary))
    {
        return Ok(column);
    }
    let finite: Float64Chunked = numbers
        .iter()
        .map(|number| {
            number
                .filter(|number| number.is_finite())
                .map(|number| number + 0.0)
        })
        .collect();
    Ok(finite.with_name(column.name().clone()).into_column())
}
