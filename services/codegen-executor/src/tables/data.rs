//! A table's values, profile and value index, out of Parquet and JSON.

use std::io::Cursor;

use bytes::Bytes;
use polars::prelude::*;
use schemas::table::{ColumnType, TableProfile};

use crate::planner::ValueIndex;

/// What is in a table.
#[derive(Debug, Clone)]
pub struct TableData {
    /// The values, typed as the profile says, without NaN.
    pub frame: DataFrame,
    /// What ingest found.
    pub profile: TableProfile,
    /// The text values, for the planner.
    pub values: ValueIndex,
    /// Bytes that all of it takes in memory, roughly.
    pub bytes: usize,
}

/// Why a stored table can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The profile is none.
    #[error("can't decode the profile")]
    Profile(#[source] serde_json::Error),
    /// The Parquet is none, or lacks a column of the profile, or has other types.
    #[error("can't read the Parquet")]
    Parquet(#[from] PolarsError),
}

impl TableData {
    /// Reads the two objects of a stored table. Blocks.
    ///
    /// # Errors
    /// [`DataError`] when they are damaged or don't fit one another.
    pub fn decode(profile: &[u8], parquet: Bytes) -> Result<Self, DataError> {
        let profile: TableProfile = serde_json::from_slice(profile).map_err(DataError::Profile)?;
        let frame = read_parquet(parquet, &profile, None)?;
        Ok(Self::new(frame, profile)?)
    }

    /// Indexes the text values of a frame that is typed as the profile says.
    ///
    /// # Errors
    /// When a column of the profile is not in the frame.
    pub fn new(frame: DataFrame, profile: TableProfile) -> PolarsResult<Self> {
        let mut texts = Vec::new();
        let mut bytes = frame.estimated_size();
        for column in profile
            .columns
            .iter()
            .filter(|column| column.kind == ColumnType::Text)
        {
            let distinct = frame
                .column(&column.name)?
                .as_materialized_series()
                .unique_stable()?;
            let values: Vec<String> = distinct.str()?.iter().flatten().map(str::to_owned).collect();
            // The index keeps each value, its folded form and the places of both.
            bytes += values.iter().map(|value| 2 * value.len() + 64).sum::<usize>();
            texts.push((column.name.clone(), values));
        }
        Ok(Self {
            frame,
            profile,
            values: ValueIndex::new(texts),
            bytes,
        })
    }
}

/// Some columns of a table, or all of them, typed as the profile says; what is not a number is missing. Blocks.
///
/// # Errors
/// When the bytes are no Parquet, a column is not there or can't have its type.
pub fn read_parquet(
    bytes: Bytes,
    profile: &TableProfile,
    columns: Option<&[String]>,
) -> PolarsResult<DataFrame> {
    let wanted: Vec<String> = profile
        .columns
        .iter()
        .map(|column| column.name.clone())
        .filter(|name| columns.is_none_or(|columns| columns.contains(name)))
        .collect();
    let frame = ParquetReader::new(Cursor::new(bytes))
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
    // Looks under missing values too, where anything may lie: that only makes it take the longer way.
    let all_finite = numbers
        .downcast_iter()
        .all(|chunk| chunk.values().iter().all(|number| number.is_finite()));
    if all_finite {
        return Ok(column);
    }
    let finite: Float64Chunked = numbers
        .iter()
        .map(|number| number.filter(|number| number.is_finite()))
        .collect();
    Ok(finite.with_name(column.name().clone()).into_column())
}
