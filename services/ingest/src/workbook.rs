//! Workbooks, cell by cell: a cell in the last corner of a sheet costs one cell, not a whole rectangle.
//!
//! | module | what is in it |
//! |---|---|
//! | `marks` | what is merged and hidden in a sheet of an XLSX workbook |
//! | `ods` | OpenDocument |
//! | `xls` | workbooks of Excel before 2007 |
//! | `row` | one row until it is whole |

use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use schemas::file::RejectionCode;
use schemas::table::Decision;

use crate::grid::{Addresses, Grid};
use crate::kind::{self, Kind};
use crate::limits::{Limits, too_large};
use crate::read::Stage;
use crate::rejected::Rejected;
use crate::unit::{self, Unit};

mod marks;
mod ods;
mod row;
mod xls;

use marks::Marks;
use row::{Owned, Row};

/// One sheet.
#[derive(Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows that are not blank.
    pub grid: Grid,
    /// What was decided about it.
    pub decisions: Vec<Decision>,
}

/// Reads every worksheet of a workbook of some kind, in the order of the workbook.
///
/// # Errors
/// [`Rejected`] when the workbook is damaged, protected or too large.
pub fn read(
    bytes: &[u8],
    kind: Kind,
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<Sheet>, Rejected> {
    if kind == Kind::Xls {
        return xls::read(bytes, limits, on_progress);
    }
    check_archive(bytes, limits)?;
    if kind == Kind::Ods {
        return ods::read(bytes, limits, on_progress);
    }
    read_xlsx(bytes, limits, on_progress)
}

fn check_archive(bytes: &[u8], limits: &Limits) -> Result<(), Rejected> {
    let unpacked = kind::unpacked_size(bytes);
    if unpacked > limits.unpacked_bytes {
        return Err(too_large(
            "the unpacked workbook",
            "bytes",
            unpacked,
            limits.unpacked_bytes,
        ));
    }
    match kind::declares_type(bytes) {
        None => Ok(()),
        Some(entry) => Err(Rejected::new(
            RejectionCode::Corrupt,
            format!(
                "the workbook declares entities of its own (a document type in {entry}), which may unpack without end; \
                 expected a workbook as spreadsheet programs write it"
            ),
        )),
    }
}

fn read_xlsx(
    bytes: &[u8],
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<Sheet>, Rejected> {
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged("the workbook", &error))?;
    let sheets: Vec<(usize, calamine::Sheet)> = workbook
        .sheets_metadata()
        .iter()
        .cloned()
        .enumerate()
        .filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet)
        .collect();
    let entries = marks::entries(bytes);
    let total = sheets.len() as u64;
    let mut read = Vec::with_capacity(sheets.len());
    for (number, (place, sheet)) in (1u64..).zip(sheets) {
        on_progress(Stage {
            name: format!("reading sheet {number} of {total}"),
            done: number - 1,
            total,
        });
        let entry = entries.get(place).and_then(Option::as_deref);
        // The marks stand behind the cells, so that they cost a second way through the sheet: at the same time.
        let (grid, marks) = std::thread::scope(|scope| {
            let marks = scope.spawn(|| entry.map(|entry| marks::read(bytes, entry)).unwrap_or_default());
            let grid = read_sheet(&mut workbook, &sheet.name, limits);
            (grid, marks.join().unwrap_or_default())
        });
        let hidden = sheet.visible != SheetVisible::Visible;
        read.push(Sheet::of(sheet.name, hidden, grid?, marks, limits)?);
    }
    Ok(read)
}

impl Sheet {
    /// A sheet with what is merged and hidden in it.
    fn of(name: String, hidden: bool, grid: Grid, marks: Marks, limits: &Limits) -> Result<Self, Rejected> {
        let mut decisions = Vec::new();
        if hidden {
            decisions.push(Decision {
                about: "hidden_sheet".into(),
                chosen: "read like the others".into(),
                because: "the workbook hides it, but its numbers may be asked for".into(),
            });
        }
        decisions.extend(marks.decisions());
        let (grid, filled) = marks.fill_down(grid, limits)?;
        if filled > 0 {
            decisions.push(Decision {
                about: "merged_cells".into(),
                chosen: format!("{filled} cells filled with the text that is shown over them"),
                because: "cells are merged over several rows: the text holds for each of them".into(),
            });
        }
        Ok(Self {
            name,
            grid,
            decisions,
        })
    }
}

fn read_sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str, limits: &Limits) -> Result<Grid, Rejected> {
    let called = format!("the sheet {name:?}");
    let mut cells = match workbook.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A chart of its own, by whatever type the workbook lists it.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Grid::new(Addresses::Sheet(name.to_owned()))),
        Err(error) => return Err(damaged(&called, &error)),
    };
    let formats: Vec<Format> = cells.styles().iter().map(Format::of).collect();
    let mut grid = Grid::new(Addresses::Sheet(name.to_owned()));
    let mut row = Row::default();
    loop {
        let (cell, style) = match cells.next_cell_with_style_id() {
            Ok(Some(found)) => found,
            Ok(None) => break,
            Err(error) => return Err(damaged(&called, &error)),
        };
        let (number, column) = cell.get_position();
        let format = formats.get(style).copied().unwrap_or_default();
        let value = Owned::of(cell.get_value(), format);
        if matches!(value, Owned::Empty) {
            continue;
        }
        if number != row.number {
            row.move_into(&mut grid, limits)?;
            row.number = number;
        }
        row.put(column, value, limits);
    }
    row.move_into(&mut grid, limits)?;
    Ok(grid)
}

fn damaged(what: &str, error: &XlsxError) -> Rejected {
    let message = match error {
        XlsxError::Password => format!("{what} is protected by a password; expected an open one"),
        error => format!("{what} is damaged or broken off ({error}); expected a whole Excel workbook"),
    };
    Rejected::new(RejectionCode::Corrupt, message)
}

/// What the format of a cell shows besides its digits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Format {
    unit: Option<Unit>,
    /// Digits that a code such as `00000` pads to.
    padded_to: usize,
}

impl Format {
    fn of(style: &Style) -> Self {
        let Some(code) = style
            .number_format
            .as_ref()
            .map(|format| format.format_code.as_str())
        else {
            return Self::default();
        };
        let zeros = code.len() >= 2 && code.bytes().all(|byte| byte == b'0');
        Self {
            unit: unit::in_number_format(code),
            padded_to: if zeros { code.len() } else { 0 },
        }
    }
}
