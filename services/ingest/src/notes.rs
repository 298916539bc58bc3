//! Sheets that hold words about the others, such as how to fill them in, and no table.

use crate::grid::{Cell, Grid};
use crate::header;
use crate::workbook::Sheet;

/// How sheets of notes, or their first cells, are called.
const WORDS: &[&str] = &[
    "说明",
    "說明",
    "备注",
    "備註",
    "注释",
    "须知",
    "使用指南",
    "readme",
    "read me",
    "notes",
    "note",
    "instructions",
    "about",
    "help",
];
/// Letters of a line from which on it is a sentence rather than a name.
const SENTENCE: usize = 16;

/// Whether a sheet is one column of words that says so, or that consists of sentences.
pub(crate) fn is_sheet_of_notes(sheet: &Sheet) -> bool {
    let grid = &sheet.grid;
    if grid.is_empty() || grid.width() > 1 && !is_one_column(grid) {
        return false;
    }
    let mut sentences = 0;
    for row in 0..grid.len() {
        for cell in grid.row(row).filter(|cell| !cell.is_empty()) {
            let Cell::Text(text) = cell else { return false };
            if header::is_value(cell) {
                return false;
            }
            sentences += usize::from(text.chars().count() >= SENTENCE);
        }
    }
    let first = grid
        .row(0)
        .find(|cell| !cell.is_empty())
        .map(crate::cell::text)
        .unwrap_or_default();
    let says = |text: &str| {
        let text = text.to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    };
    says(&sheet.name) || says(&first) || sentences * 2 > grid.len()
}

fn is_one_column(grid: &Grid) -> bool {
    (0..grid.width())
        .filter(|column| grid.filled(*column) > 0)
        .count()
        == 1
}
