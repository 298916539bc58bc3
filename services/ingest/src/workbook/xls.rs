//! Workbooks of Excel before 2007 (BIFF).
//!
//! Its reader builds the whole rectangle of a sheet, which has 65,536 × 256 cells at most.

use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xls, XlsError};
use schemas::file::RejectionCode;

use super::marks::Marks;
use super::row::{Owned, Row};
use super::{Sheet, Stage};
use crate::grid::{Addresses, Grid, Merge};
use crate::limits::Limits;
use crate::rejected::Rejected;

/// Reads every worksheet, in the order of the workbook.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<Sheet>, Rejected> {
    let mut workbook: Xls<_> =
        Xls::new(Cursor::new(bytes)).map_err(|error| damaged("the workbook", &error))?;
    let sheets: Vec<calamine::Sheet> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .cloned()
        .collect();
    let total = sheets.len() as u64;
    let mut read = Vec::with_capacity(sheets.len());
    for (number, sheet) in (1u64..).zip(sheets) {
        on_progress(Stage {
            name: format!("reading sheet {number} of {total}"),
            done: number - 1,
            total,
        });
        let called = format!("the sheet {:?}", sheet.name);
        let merges = workbook
            .merge_cells_by_sheet_name(&sheet.name)
            .unwrap_or_default();
        let range = workbook
            .worksheet_range(&sheet.name)
            .map_err(|error| damaged(&called, &error))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut grid = Grid::new(Addresses::Sheet(sheet.name.clone()));
        let mut row = Row::default();
        for (number, cells) in (first_row..).zip(range.rows()) {
            row.number = number;
            for (column, cell) in (first_column..).zip(cells) {
                match Owned::of_data(cell) {
                    Owned::Empty => {}
                    value => row.put(column, value, limits),
                }
            }
            row.move_into(&mut grid, limits)?;
        }
        let marks = Marks {
            merges: merges
                .iter()
                .map(|area| Merge {
                    rows: (area.start.0.saturating_add(1), area.end.0.saturating_add(1)),
                    columns: (area.start.1 as usize, area.end.1 as usize),
                })
                .collect(),
            ..Marks::default()
        };
        let hidden = sheet.visible != SheetVisible::Visible;
        read.push(Sheet::of(sheet.name, hidden, grid, marks, limits)?);
    }
    Ok(read)
}

fn damaged(what: &str, error: &XlsError) -> Rejected {
    let message = match error {
        XlsError::Password => format!("{what} is protected by a password; expected an open one"),
        error => format!(
            "{what} is damaged, broken off or no workbook ({error}); expected an Excel workbook (.xls)"
        ),
    };
    Rejected::new(RejectionCode::Corrupt, message)
}
