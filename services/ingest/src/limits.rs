//! How much one file may hold.

use schemas::file::RejectionCode;
use serde::{Deserialize, Serialize};

use crate::rejected::Rejected;

/// Bounds that keep one file from taking the whole machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file as uploaded.
    pub bytes: u64,
    /// Bytes that a zipped workbook may unpack to.
    pub unpacked_bytes: u64,
    /// Rows of one sheet, blank ones not counted.
    pub rows: usize,
    /// Columns of one sheet.
    pub columns: usize,
    /// Cells of one sheet: its rows, each as wide as it is written.
    pub cells: usize,
    /// Bytes of the text of one cell. A quote that is never closed makes a cell of the rest of the file.
    pub cell_bytes: usize,
    /// Rows of one table that can be found by search; 0: none of any table that is a file or a sheet.
    pub row_passages: usize,
    /// Pages of one document that are read.
    pub pages: u32,
    /// Blocks of one document that are read.
    pub blocks: usize,
    /// Bytes of the words of one document that are read.
    pub letters: usize,
    /// Tables of one document that are kept as tables.
    pub document_tables: usize,
    /// Rows of a table in a document.
    pub document_rows: usize,
    /// Pixels of a picture.
    pub pixels: u64,
    /// Bytes of the image of one page.
    pub image_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            unpacked_bytes: 2 << 30,
            rows: 5_000_000,
            columns: 2_000,
            cells: 50_000_000,
            cell_bytes: 1 << 20,
            row_passages: 5_000,
            pages: 2_000,
            blocks: 100_000,
            letters: 4 << 20,
            document_tables: 200,
            document_rows: 20_000,
            pixels: 64_000_000,
            image_bytes: 64 << 20,
        }
    }
}

/// The rejection of something that is larger than allowed, for instance `the file has 300 bytes, more than the 200 allowed`.
pub(crate) fn too_large(what: &str, unit: &str, found: impl Into<u64>, allowed: impl Into<u64>) -> Rejected {
    let (found, allowed) = (found.into(), allowed.into());
    Rejected::new(
        RejectionCode::TooLarge,
        format!(
            "{what} has {found} {unit}, more than the {allowed} allowed; expected a smaller file, or several"
        ),
    )
}
