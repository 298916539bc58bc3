//! What the libraries alone do with the same bytes: what our reading is measured against.

use std::hint::black_box;
use std::io::Cursor;

use anyhow::Context;
use calamine::{Reader, Xlsx};
use polars::prelude::{CsvReader, ParquetWriter, SerReader};

/// Reads a CSV and writes it as Parquet, by Polars.
///
/// # Errors
/// When Polars can't.
pub fn csv_to_parquet(text: &[u8]) -> anyhow::Result<()> {
    let mut frame = CsvReader::new(Cursor::new(text)).finish()?;
    let mut parquet = Vec::new();
    ParquetWriter::new(&mut parquet).finish(&mut frame)?;
    black_box(parquet);
    Ok(())
}

/// Reads all cells of a workbook's first sheet, by calamine.
///
/// # Errors
/// When calamine can't.
pub fn cells(workbook: &[u8]) -> anyhow::Result<()> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(workbook))?;
    let names = workbook.sheet_names();
    let mut cells = workbook.worksheet_cells_reader(names.first().context("there is no sheet")?)?;
    while let Some(cell) = cells.next_cell()? {
        black_box(cell);
    }
    Ok(())
}
