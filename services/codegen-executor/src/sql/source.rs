//! A table out of Parquet, by arrow-rs: other code than the other engine reads it with.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, PrimitiveArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::error::ArrowError;
use datafusion::datasource::MemTable;
use datafusion::error::{DataFusionError, Result};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use schemas::table::{ColumnType, TableProfile};
use serde::{Deserialize, Serialize};

use crate::tables::shared::SharedFile;

/// A table as a query sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub table: String,
    /// Other names that a written query may call it by; `a.b` is also the table `b` of the schema `a`.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The columns that are read, with their types.
    pub columns: Vec<(String, ColumnType)>,
    /// What the places of its rows, from 0, are called.
    pub row: String,
}

impl Source {
    /// A table under a name, with all columns of a profile, and what the places of its rows are called.
    #[must_use]
    pub fn of(table: &str, profile: &TableProfile, row: &str) -> Self {
        let columns = profile.columns.iter();
        Self {
            table: table.to_owned(),
            aliases: Vec::new(),
            columns: columns.map(|column| (column.name.clone(), column.kind)).collect(),
            row: row.to_owned(),
        }
    }

    /// A table for a written query, under a name and others, with the columns that the query may mean.
    #[must_use]
    pub fn named(table: &str, aliases: Vec<String>, sql: &str, profile: &TableProfile) -> Self {
        let said = sql.to_lowercase();
        // Quotation marks within names are doubled there.
        let named = |name: &str| said.contains(&name.to_lowercase().replace('"', "\"\""));
        let all = || profile.columns.iter();
        let mut columns: Vec<_> = all().filter(|column| named(&column.name)).collect();
        // `SELECT *` names none, and beside others it means all.
        if columns.is_empty() || selects_all(&said) {
            columns = all().collect();
        }
        let names: Vec<&str> = all().map(|column| column.name.as_str()).collect();
        Self {
            table: table.to_owned(),
            aliases,
            columns: columns
                .into_iter()
                .map(|column| (column.name.clone(), column.kind))
                .collect(),
            row: super::quote::free("row_number", &names),
        }
    }

    /// Reads its columns.
    ///
    /// # Errors
    /// When the file is no Parquet, lacks a column or holds another type.
    pub fn read(&self, file: SharedFile) -> Result<MemTable> {
        // What Arrow says of types beside Parquet's own is of no use here, and one thing less to be wrong.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder =
            ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(damaged)?;
        let found = builder.schema().clone();
        let mut places = Vec::with_capacity(self.columns.len());
        for (name, _) in &self.columns {
            places.push(found.index_of(name)?);
        }
        let mask = ProjectionMask::roots(builder.parquet_schema(), places);
        let reader = builder.with_projection(mask).build().map_err(damaged)?;
        let schema = self.schema();
        let mut batches = Vec::new();
        let mut rows = 0;
        for batch in reader {
            let batch = self.conform(&schema, &batch?, rows)?;
            rows += batch.num_rows() as i64;
            batches.push(batch);
        }
        MemTable::try_new(schema, vec![batches])
    }

    fn schema(&self) -> SchemaRef {
        let mut fields: Vec<Field> = self
            .columns
            .iter()
            .map(|(name, kind)| Field::new(name, arrow_type(*kind), true))
            .collect();
        fields.push(Field::new(&self.row, DataType::Int64, false));
        Arc::new(Schema::new(fields))
    }

    /// The columns in their order and with their types, and the places of the rows.
    fn conform(&self, schema: &SchemaRef, batch: &RecordBatch, first: i64) -> Result<RecordBatch> {
        let mut columns = Vec::with_capacity(self.columns.len() + 1);
        for (name, kind) in &self.columns {
            let column = batch
                .column_by_name(name)
                .ok_or_else(|| ArrowError::SchemaError(format!("there is no column {name:?}")))?;
            let column = cast(column, &arrow_type(*kind))?;
            columns.push(match kind {
                ColumnType::Float => Arc::new(ordinary(column.as_primitive::<Float64Type>())) as ArrayRef,
                _ => column,
            });
        }
        let rows = i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
        columns.push(Arc::new(Int64Array::from_iter_values(first..first + rows)));
        Ok(RecordBatch::try_new(schema.clone(), columns)?)
    }
}

/// Whether a star may stand for columns in a query: one that no bracket opens before, as in `count(*)`.
fn selects_all(sql: &str) -> bool {
    sql.match_indices('*').any(|(at, _)| {
        let before = sql.get(..at).unwrap_or_default().trim_end();
        before.ends_with("select") || before.ends_with("distinct") || before.ends_with(['.', ','])
    })
}

fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Date => DataType::Date32,
        ColumnType::Datetime => DataType::Timestamp(TimeUnit::Millisecond, None),
        ColumnType::Text => DataType::Utf8,
    }
}

/// What is not a number is missing, and there is one zero.
fn ordinary(numbers: &Float64Array) -> Float64Array {
    let strange = |number: &f64| !number.is_finite() || (*number == 0.0 && number.is_sign_negative());
    if !numbers.values().iter().any(strange) {
        return numbers.clone();
    }
    let numbers: PrimitiveArray<Float64Type> = numbers
        .iter()
        .map(|number| {
            number
                .filter(|number| number.is_finite())
                .map(|number| number + 0.0)
        })
        .collect();
    numbers
}

fn damaged(error: parquet::errors::ParquetError) -> DataFusionError {
    DataFusionError::from(ArrowError::from(error))
}
