//! Tests of the whole service: bytes in, tables out; jobs in, events out.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod addressed;
mod bad_documents;
mod blocks;
mod document_life;
mod documents;
mod fixtures;
mod formats;
mod headers;
mod hostile;
mod life_cycle;
mod overrides;
mod package;
mod pictured;
mod properties;
mod rejections;
mod stages;
mod tables;
mod typing;
mod workbooks;
mod world;

use std::io::Cursor;

use ingest::{Limits, ReadTable, Rejected};
use polars::prelude::{AnyValue, DataFrame, ParquetReader, SerReader};
use schemas::table::{ColumnProfile, ColumnType};

/// Reads bytes under a name, within the usual limits.
fn read(name: &str, bytes: &[u8]) -> Result<Vec<ReadTable>, Rejected> {
    ingest::read(bytes, name, "test", &Limits::default(), &mut |_| {})
}

/// The one table of a text.
fn table(text: &str) -> ReadTable {
    let mut tables = read("test.csv", text.as_bytes()).unwrap();
    assert_eq!(tables.len(), 1);
    tables.remove(0)
}

/// The Parquet of a table.
fn frame(table: &ReadTable) -> DataFrame {
    ParquetReader::new(Cursor::new(&table.parquet)).finish().unwrap()
}

/// The values of a column as polars shows them; nothing for a missing one.
fn values(table: &ReadTable, column: &str) -> Vec<String> {
    let frame = frame(table);
    let column = frame.column(column).unwrap();
    (0..column.len())
        .map(|row| match column.get(row).unwrap() {
            AnyValue::Null => String::new(),
            value => value.get_str().map_or_else(|| value.to_string(), str::to_owned),
        })
        .collect()
}

fn profile<'a>(table: &'a ReadTable, column: &str) -> &'a ColumnProfile {
    table
        .profile
        .columns
        .iter()
        .find(|profile| profile.name == column)
        .unwrap()
}

fn kind(table: &ReadTable, column: &str) -> ColumnType {
    profile(table, column).kind
}

/// What was chosen about something, and why.
fn decision<'a>(table: &'a ReadTable, about: &str) -> (&'a str, &'a str) {
    let found = table
        .profile
        .decisions
        .iter()
        .find(|decision| decision.about == about);
    let found =
        found.unwrap_or_else(|| panic!("nothing was decided about {about}: {:?}", table.profile.decisions));
    (&found.chosen, &found.because)
}
