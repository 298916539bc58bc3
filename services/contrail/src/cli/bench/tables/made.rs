//! What is read and asked about: orders that are the same each time.

use std::fmt::Write;

use anyhow::Context;
use rust_xlsxwriter::Workbook;

/// What is asked of them.
pub const QUESTION: &str = "What is the total amount per category in March 2024?";

/// So many orders as CSV.
#[must_use]
pub fn csv(rows: usize) -> String {
    let mut text = "order,day,shop,category,amount,count,member\n".to_owned();
    for row in 0..rows {
        let (day, month) = (row % 28 + 1, row / 28 % 12 + 1);
        let category = match row % 4 {
            0 => "food",
            1 => "books",
            2 => "gifts",
            _ => "toys",
        };
        let member = if row % 2 == 0 { "yes" } else { "no" };
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "SO-{row},2024-{month:02}-{day:02},shop {},{category},{}.{:02},{},{member}",
            row % 97,
            row * 7919 % 10_000,
            row % 100,
            row % 13,
        );
    }
    text
}

/// The same as a workbook of one sheet.
///
/// # Errors
/// When it can't be written.
pub fn workbook(text: &str) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number),
                Err(_) => sheet.write(row, column, cell),
            }
            .context("a workbook can't be made")?;
        }
    }
    workbook.save_to_buffer().context("a workbook can't be made")
}
