//! Excel workbooks, cell by cell: a cell in the last corner of a sheet costs one cell, not a whole rectangle.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use chrono::NaiveDate;
use schemas::file::RejectionCode;
use schemas::table::Decision;

use crate::grid::{Addresses, Cell, Grid};
use crate::kind;
use crate::limits::{Limits, too_large};
use crate::read::Stage;
use crate::rejected::Rejected;
use crate::unit::{self, Unit};

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

/// Reads every worksheet, in the order of the workbook.
///
/// # Errors
/// [`Rejected`] when the workbook is damaged, protected or too large.
pub fn read(
    bytes: &[u8],
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<Sheet>, Rejected> {
    let unpacked = kind::unpacked_size(bytes);
    if unpacked > limits.unpacked_bytes {
        return Err(too_large(
            "the unpacked workbook",
            "bytes",
            unpacked,
            limits.unpacked_bytes,
        ));
    }
    if let Some(entry) = kind::declares_type(bytes) {
        return Err(Rejected::new(
            RejectionCode::Corrupt,
            format!(
                "the workbook declares entities of its own (a document type in {entry}), which may unpack without end; \
                 expected a workbook as spreadsheet programs write it"
            ),
        ));
    }
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged("the workbook", &error))?;
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
        let grid = read_sheet(&mut workbook, &sheet.name, limits)?;
        let mut decisions = Vec::new();
        if sheet.visible != SheetVisible::Visible {
            decisions.push(Decision {
                about: "hidden_sheet".into(),
                chosen: "read like the others".into(),
                because: "the workbook hides it, but its numbers may be asked for".into(),
            });
        }
        read.push(Sheet {
            name: sheet.name,
            grid,
            decisions,
        });
    }
    Ok(read)
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
struct Format {
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

/// A cell until its row is whole.
enum Owned {
    Empty,
    Text(String),
    Number(f64, Option<Unit>),
    Bool(bool),
    Moment(chrono::NaiveDateTime),
    Error(&'static str),
}

impl Owned {
    fn of(value: &DataRef<'_>, format: Format) -> Self {
        match value {
            DataRef::Empty => Self::Empty,
            DataRef::String(text) => Self::of_text(text),
            DataRef::SharedString(text) => Self::of_text(text),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Self::of_text(text),
            #[expect(clippy::cast_precision_loss, reason = "workbooks keep numbers as floats")]
            DataRef::Int(number) => Self::of_number(*number as f64, format),
            DataRef::Float(number) => Self::of_number(*number, format),
            DataRef::Bool(truth) => Self::Bool(*truth),
            DataRef::DateTime(moment) => Self::of_moment(*moment),
            DataRef::Error(error) => Self::Error(error_text(error)),
        }
    }

    fn of_text(text: &str) -> Self {
        if text.trim().is_empty() {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// A code such as `00042` is stored as 42 and shown with its zeros: it is kept as shown.
    fn of_number(number: f64, format: Format) -> Self {
        if format.padded_to > 0 && number >= 0.0 && number.fract() == 0.0 && number < 1e15 {
            return Self::Text(format!("{number:0>width$}", width = format.padded_to));
        }
        Self::Number(number, format.unit)
    }

    fn of_moment(moment: ExcelDateTime) -> Self {
        let days = moment.as_f64();
        // A time of day or a length of time has no day.
        if moment.is_duration() || (0.0..1.0).contains(&days) {
            #[expect(clippy::cast_possible_truncation, reason = "sheets hold times of a few days")]
            let seconds = (days * 86_400.0).round() as i64;
            let (sign, seconds) = if seconds < 0 {
                ("-", -seconds)
            } else {
                ("", seconds)
            };
            return Self::Text(format!(
                "{sign}{:02}:{:02}:{:02}",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60
            ));
        }
        let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
        let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
        let moment = date.and_then(|date| {
            date.and_hms_milli_opt(
                u32::from(hour),
                u32::from(minute),
                u32::from(second),
                u32::from(milli),
            )
        });
        match moment {
            Some(moment) if (0.0..2_958_466.0).contains(&days) => Self::Moment(moment),
            // No day that exists: what is stored is the number.
            _ => Self::Number(days, None),
        }
    }

    fn borrow(&self) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(text) => Cell::Text(text),
            Self::Number(number, unit) => Cell::Number(*number, *unit),
            Self::Bool(truth) => Cell::Bool(*truth),
            Self::Moment(moment) => Cell::Moment(*moment),
            Self::Error(error) => Cell::Error(error),
        }
    }
}

fn error_text(error: &calamine::CellErrorType) -> &'static str {
    use calamine::CellErrorType as E;
    match error {
        E::Div0 => "#DIV/0!",
        E::NA => "#N/A",
        E::Name => "#NAME?",
        E::Null => "#NULL!",
        E::Num => "#NUM!",
        E::Ref => "#REF!",
        E::Value => "#VALUE!",
        E::GettingData => "#DATA!",
    }
}

/// The cells of the row that is being read, by column; never wider than one column more than allowed.
#[derive(Default)]
struct Row {
    number: u32,
    cells: Vec<Owned>,
}

impl Row {
    fn put(&mut self, column: u32, value: Owned, limits: &Limits) {
        // What is beyond the limit goes into the first column beyond it, where the grid refuses it.
        let column = usize::try_from(column).unwrap_or(usize::MAX).min(limits.columns);
        if self.cells.len() <= column {
            self.cells.resize_with(column + 1, || Owned::Empty);
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = value;
        }
    }

    fn move_into(&mut self, grid: &mut Grid, limits: &Limits) -> Result<(), Rejected> {
        grid.push(
            self.number.saturating_add(1),
            self.cells.iter().map(Owned::borrow),
            limits,
        )?;
        self.cells.clear();
        Ok(())
    }
}
