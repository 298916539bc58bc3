//! One row of a sheet until it is whole.

use calamine::{Data, DataRef, ExcelDateTime};
use chrono::NaiveDate;

use super::Format;
use crate::grid::{Cell, Grid};
use crate::limits::Limits;
use crate::rejected::Rejected;
use crate::unit::Unit;

/// A cell until its row is whole.
pub(super) enum Owned {
    Empty,
    Text(String),
    Number(f64, Option<Unit>),
    Bool(bool),
    Moment(chrono::NaiveDateTime),
    Error(&'static str),
}

impl Owned {
    pub(super) fn of(value: &DataRef<'_>, format: Format) -> Self {
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

    /// A cell of a reader that owns what it has read.
    pub(super) fn of_data(value: &Data) -> Self {
        let format = Format::default();
        match value {
            Data::Empty => Self::Empty,
            Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Self::of_text(text),
            #[expect(clippy::cast_precision_loss, reason = "workbooks keep numbers as floats")]
            Data::Int(number) => Self::of_number(*number as f64, format),
            Data::Float(number) => Self::of_number(*number, format),
            Data::Bool(truth) => Self::Bool(*truth),
            Data::DateTime(moment) => Self::of_moment(*moment),
            Data::Error(error) => Self::Error(error_text(error)),
        }
    }

    pub(super) fn of_text(text: &str) -> Self {
        if text.trim().is_empty() {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// A code such as `00042` is stored as 42 and shown with its zeros: it is kept as shown.
    pub(super) fn of_number(number: f64, format: Format) -> Self {
        if format.padded_to > 0 && number >= 0.0 && number.fract() == 0.0 && number < 1e15 {
            return Self::Text(format!("{number:0>width$}", width = format.padded_to));
        }
        Self::Number(number, format.unit)
    }

    pub(super) fn of_moment(moment: ExcelDateTime) -> Self {
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

pub(super) fn error_text(error: &calamine::CellErrorType) -> &'static str {
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

/// The cells of a row that is being read, by column; never wider than one column more than allowed.
#[derive(Default)]
pub(super) struct Row {
    /// Its number, from 0.
    pub number: u32,
    cells: Vec<Owned>,
}

impl Row {
    pub(super) fn put(&mut self, column: u32, value: Owned, limits: &Limits) {
        // What is beyond the limit goes into the first column beyond it, where the grid refuses it.
        let column = usize::try_from(column).unwrap_or(usize::MAX).min(limits.columns);
        if self.cells.len() <= column {
            self.cells.resize_with(column + 1, || Owned::Empty);
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = value;
        }
    }

    pub(super) fn move_into(&mut self, grid: &mut Grid, limits: &Limits) -> Result<(), Rejected> {
        self.copy_into(grid, limits)?;
        self.cells.clear();
        Ok(())
    }

    /// The same, and the row stays for another time.
    pub(super) fn copy_into(&self, grid: &mut Grid, limits: &Limits) -> Result<(), Rejected> {
        grid.push(
            self.number.saturating_add(1),
            self.cells.iter().map(Owned::borrow),
            limits,
        )
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| matches!(cell, Owned::Empty))
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
    }
}
