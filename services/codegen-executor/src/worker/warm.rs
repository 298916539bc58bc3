//! What a worker does while it waits: a question about a table of four rows. Engines start threads, fill registers of functions
//! and touch their code for the first time, which takes longer than a small question itself.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use schemas::plan::Plan;
use schemas::table::TableProfile;
use serde_json::json;

use crate::engine::ResultLimit;
use crate::sql::{self, Origin};

/// Bytes that the second engine may keep.
const MEMORY: usize = 16 << 20;
/// Of a result of two rows.
const LIMIT: ResultLimit = ResultLimit {
    rows: 10,
    bytes: 1 << 20,
};

/// What fails here fails in the job too, and is told there.
type Warmed<T> = Result<T, Box<dyn std::error::Error>>;

/// Warms up the engine of plans.
pub(super) fn polars() -> Result<(), String> {
    by_polars().map(drop).map_err(|error| error.to_string())
}

/// Warms up the engine of queries.
pub(super) fn datafusion() -> Result<(), String> {
    by_datafusion().map(drop).map_err(|error| error.to_string())
}

fn by_polars() -> Warmed<usize> {
    let (plan, profile) = asked()?;
    let table = Cursor::new(table()?);
    let outcome = super::plan::run(&plan, &profile, table, None::<Cursor<Bytes>>, LIMIT)?;
    Ok(outcome.rows.len())
}

fn by_datafusion() -> Warmed<usize> {
    let (plan, profile) = asked()?;
    let query = sql::render(&plan, &profile, &["table"])?;
    let table = table()?;
    let tables = query.sources.into_iter().map(|source| (source, table.clone()));
    let rows = sql::run(&query.text, Origin::Plan, tables.collect(), MEMORY, LIMIT)?;
    Ok(rows.rows.len())
}

/// A filter, groups and sums: what most questions come to.
fn asked() -> Warmed<(Plan, TableProfile)> {
    let plan = serde_json::from_value(json!({
        "table": { "file": "00000000-0000-7000-8000-000000000000", "index": 0 },
        "filter": { "op": "and", "all": [
            { "op": "time_range", "column": "day", "from": "1970-01-01", "until": "1970-01-03" },
            { "op": "in", "column": "kind", "values": ["a", "b"] },
        ] },
        "group": [{ "column": "kind" }],
        "measures": [{ "name": "sum", "function": "sum", "column": "amount" }],
        "order": [{ "by": "sum", "descending": true }],
    }))?;
    let column = |name: &str, kind: &str| {
        json!({
            "name": name, "type": kind, "nulls": 0, "distinct": 4, "min": null, "max": null, "frequent": [],
            "unparsed_count": 0,
        })
    };
    let profile = serde_json::from_value(json!({
        "name": "table",
        "rows": 4,
        "columns": [column("kind", "text"), column("day", "date"), column("amount", "float")],
        "decisions": [],
        "set_aside": [],
    }))?;
    Ok((plan, profile))
}

/// Its table, as ingest keeps one.
fn table() -> Warmed<Bytes> {
    let columns: [(&str, ArrayRef); 3] = [
        ("kind", Arc::new(StringArray::from(vec!["a", "b", "a", "c"]))),
        ("day", Arc::new(Date32Array::from(vec![0, 1, 1, 2]))),
        ("amount", Arc::new(Float64Array::from(vec![0.5, 1.5, 2.5, 3.5]))),
    ];
    let batch = RecordBatch::try_from_iter(columns)?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties.build()))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_find_the_two_groups() {
        assert_eq!(by_polars().unwrap(), 2);
        assert_eq!(by_datafusion().unwrap(), 2);
    }
}
