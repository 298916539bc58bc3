//! A sheet as it was written: rows of raw cells, each with an address.
//!
//! Text lies in one buffer and a cell takes 16 bytes, so that a file at the size limit fits in memory.

use std::ops::Range;

use chrono::NaiveDateTime;

use crate::limits::{Limits, too_large};
use crate::rejected::Rejected;
use crate::unit::Unit;

mod whole;

pub use crate::address::Addresses;

/// What is in one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text as written, never empty, without blanks around it.
    Text(&'a str),
    /// A number that the file itself calls a number, with the unit that its format shows.
    Number(f64, Option<Unit>),
    /// A truth value that the file itself calls one.
    Bool(bool),
    /// A number that the file itself shows as a day or moment.
    Moment(NaiveDateTime),
    /// A formula without a result, for instance `#DIV/0!`.
    Error(&'static str),
}

impl Cell<'_> {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

#[derive(Debug, Clone, Copy)]
enum Stored {
    Empty,
    Text {
        start: u32,
        length: u32,
    },
    /// A number, and the place of its unit in `units`.
    Number(f64, Option<u8>),
    Bool(bool),
    Moment(NaiveDateTime),
    /// The place of the error in `errors`.
    Error(u8),
}

/// Cells that are shown as one: rows and columns of the file, both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// Numbers of its rows, from 1.
    pub rows: (u32, u32),
    /// Its columns, from 0.
    pub columns: (usize, usize),
}

/// The rows of one sheet that are not blank, in order.
#[derive(Debug, Clone)]
pub struct Grid {
    addresses: Addresses,
    text: String,
    cells: Vec<Stored>,
    rows: Vec<Row>,
    width: usize,
    /// The column of the file that the first column of the grid is.
    first_column: usize,
    /// Cells with something in them, by column.
    filled: Vec<u32>,
    merges: Vec<Merge>,
    trimmed: u64,
    units: Vec<Unit>,
    errors: Vec<&'static str>,
}

/// A row's number in the file, from 1, and where its cells end.
#[derive(Debug, Clone, Copy)]
struct Row {
    number: u32,
    end: usize,
}

impl Grid {
    /// A grid without rows.
    #[must_use]
    pub fn new(addresses: Addresses) -> Self {
        Self {
            addresses,
            text: String::new(),
            cells: Vec::new(),
            rows: Vec::new(),
            width: 0,
            first_column: 0,
            filled: Vec::new(),
            merges: Vec::new(),
            trimmed: 0,
            units: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Makes room for so many bytes of text.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.text.reserve(bytes);
    }

    /// How its cells are addressed.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The same, of records whose columns have these names.
    #[must_use]
    pub fn named(self, names: Vec<String>) -> Self {
        Self {
            width: names.len(),
            addresses: Addresses::Records(names),
            ..self
        }
    }

    /// The same, with cells that are shown as one.
    #[must_use]
    pub fn with_merges(self, merges: Vec<Merge>) -> Self {
        Self { merges, ..self }
    }

    /// The cells that are shown as one.
    #[must_use]
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// The column of the file that a column of the grid is.
    #[must_use]
    pub fn file_column(&self, column: usize) -> usize {
        self.first_column + column
    }

    /// How many cells of a column hold something.
    #[must_use]
    pub fn filled(&self, column: usize) -> u32 {
        self.filled.get(column).copied().unwrap_or(0)
    }

    /// A grid of some of the rows and columns, which keep their addresses.
    ///
    /// # Errors
    /// None in fact: a part is within the limits that the whole is in.
    pub fn part(
        &self,
        rows: impl IntoIterator<Item = usize>,
        columns: Range<usize>,
        limits: &Limits,
    ) -> Result<Self, Rejected> {
        let mut part = Self {
            first_column: self.first_column + columns.start,
            merges: self.merges.clone(),
            trimmed: self.trimmed,
            ..Self::new(self.addresses.clone())
        };
        for row in rows {
            let cells = self.row(row).take(columns.end).skip(columns.start);
            part.push(self.number(row), cells, limits)?;
        }
        Ok(part)
    }

    /// Adds a row; cells that are blank at its end are dropped, and so is a row of blanks.
    ///
    /// # Errors
    /// [`Rejected`] when that makes the sheet larger than the limits.
    pub fn push<'a>(
        &mut self,
        number: u32,
        cells: impl IntoIterator<Item = Cell<'a>>,
        limits: &Limits,
    ) -> Result<(), Rejected> {
        let start = self.cells.len();
        let mut end = start;
        for cell in cells {
            let filled = self.add(cell)?;
            let width = self.cells.len() - start;
            if let Some(&Stored::Text { length, .. }) = self.cells.last()
                && length as usize > limits.cell_bytes
            {
                let place = self.place_of(number, width - 1);
                return Err(
                    too_large("the cell", "bytes of text", length, limits.cell_bytes as u64).at(place),
                );
            }
            if width > limits.columns && filled {
                let place = self.place_of(number, limits.columns);
                return Err(self.over("columns or more", width, limits.columns).at(place));
            }
            if width > limits.columns {
                self.cells.pop();
            }
            if filled {
                end = self.cells.len();
            }
        }
        self.cells.truncate(end);
        if end == start {
            return Ok(());
        }
        if self.rows.len() >= limits.rows {
            let place = self.place_of(number, 0);
            let rows = self.rows.len() + 1;
            return Err(self.over("rows or more", rows, limits.rows).at(place));
        }
        if self.cells.len() > limits.cells {
            let place = self.place_of(number, 0);
            let cells = self.cells.len();
            return Err(self.over("cells or more", cells, limits.cells).at(place));
        }
        self.width = self.width.max(end - start);
        self.filled.resize(self.width, 0);
        for (stored, filled) in self.cells.iter().skip(start).zip(&mut self.filled) {
            *filled += u32::from(!matches!(stored, Stored::Empty));
        }
        self.rows.push(Row { number, end });
        Ok(())
    }

    fn over(&self, unit: &str, found: usize, allowed: usize) -> Rejected {
        too_large(&self.called(), unit, found as u64, allowed as u64)
    }

    /// Adds a cell to the last row; whether there is something in it.
    fn add(&mut self, cell: Cell<'_>) -> Result<bool, Rejected> {
        let stored = match cell {
            Cell::Text(text) => return self.add_text(trimmed(text), text.len()),
            Cell::Empty => Stored::Empty,
            Cell::Number(number, unit) => {
                Stored::Number(number, unit.and_then(|unit| place_in(&mut self.units, unit)))
            }
            Cell::Bool(truth) => Stored::Bool(truth),
            Cell::Moment(moment) => Stored::Moment(moment),
            Cell::Error(error) => place_in(&mut self.errors, error).map_or(Stored::Empty, Stored::Error),
        };
        self.cells.push(stored);
        Ok(!matches!(stored, Stored::Empty))
    }

    /// The same for a text of which so many bytes were written. It is put where it stays at once: to hand it on would
    /// take longer than all the rest.
    fn add_text(&mut self, text: &str, written: usize) -> Result<bool, Rejected> {
        if text.is_empty() {
            self.cells.push(Stored::Empty);
            return Ok(false);
        }
        self.trimmed += u64::from(text.len() < written);
        let (Ok(start), Ok(length)) = (u32::try_from(self.text.len()), u32::try_from(text.len())) else {
            let sum = self.text.len() + text.len();
            return Err(self.over("bytes of text or more", sum, u32::MAX as usize));
        };
        self.text.push_str(text);
        self.cells.push(Stored::Text { start, length });
        Ok(true)
    }

    #[inline]
    fn load(&self, stored: Stored) -> Cell<'_> {
        match stored {
            Stored::Empty => Cell::Empty,
            Stored::Text { start, length } => {
                let (start, length) = (start as usize, length as usize);
                self.text
                    .get(start..start + length)
                    .map_or(Cell::Empty, Cell::Text)
            }
            Stored::Number(number, unit) => Cell::Number(
                number,
                unit.and_then(|place| self.units.get(usize::from(place)).copied()),
            ),
            Stored::Bool(truth) => Cell::Bool(truth),
            Stored::Moment(moment) => Cell::Moment(moment),
            Stored::Error(place) => self
                .errors
                .get(usize::from(place))
                .map_or(Cell::Empty, |error| Cell::Error(error)),
        }
    }

    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Columns of its widest row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Texts that had blanks around them.
    #[must_use]
    pub fn trimmed(&self) -> u64 {
        self.trimmed
    }

    /// The cells of a row, without the blanks at its end; none for a row that is not there.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        self.stored_row(row).iter().map(|stored| self.load(*stored))
    }

    /// One cell; empty where there is none.
    #[must_use]
    #[inline]
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        self.stored_row(row)
            .get(column)
            .map_or(Cell::Empty, |stored| self.load(*stored))
    }

    #[inline]
    fn stored_row(&self, row: usize) -> &[Stored] {
        let start = match row.checked_sub(1) {
            Some(before) => self.rows.get(before).map_or(0, |row| row.end),
            None => 0,
        };
        self.rows
            .get(row)
            .and_then(|row| self.cells.get(start..row.end))
            .unwrap_or_default()
    }

    /// The number of a row in the file, from 1.
    #[must_use]
    pub fn number(&self, row: usize) -> u32 {
        self.rows.get(row).map_or(0, |row| row.number)
    }

    /// The address of a cell: `sheet!B7`, or `line 7, column 2`.
    #[must_use]
    pub fn place(&self, row: usize, column: usize) -> String {
        self.place_of(self.number(row), column)
    }

    /// The address of a row: `row 7` of a sheet, or `line 7`.
    #[must_use]
    pub fn row_place(&self, row: usize) -> String {
        let number = self.number(row);
        self.addresses.row(number)
    }

    fn place_of(&self, number: u32, column: usize) -> String {
        self.addresses.cell(number, self.file_column(column))
    }

    /// How messages call it: `the sheet "销售"`, or `the file`.
    #[must_use]
    pub fn called(&self) -> String {
        self.addresses.called()
    }
}

/// The place of a value in a short list, added when it is new; none when the list is full.
fn place_in<T: PartialEq>(list: &mut Vec<T>, value: T) -> Option<u8> {
    let place = list.iter().position(|known| *known == value).unwrap_or_else(|| {
        list.push(value);
        list.len() - 1
    });
    u8::try_from(place).ok()
}

/// The text without blanks around it; what begins and ends with plain signs has none.
fn trimmed(text: &str) -> &str {
    let plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if plain(text.as_bytes().first()) && plain(text.as_bytes().last()) {
        text
    } else {
        text.trim_matches(is_blank)
    }
}

/// Blanks around a cell's text: white space, and the marks of width zero that copying from web pages leaves.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200b}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_file() {
        let mut grid = Grid::new(Addresses::Sheet("销售".into()));
        grid.push(7, [Cell::Empty, Cell::Text(" a ")], &Limits::default())
            .unwrap();
        assert_eq!(grid.place(0, 1), "销售!B7");
        assert_eq!(grid.cell(0, 1), Cell::Text("a"));
        assert_eq!(grid.trimmed(), 1);
        let mut grid = Grid::new(Addresses::Lines);
        grid.push(7, [Cell::Text("a"), Cell::Text("b")], &Limits::default())
            .unwrap();
        assert_eq!(grid.place(0, 1), "line 7, column 2");
    }

    #[test]
    fn a_cell_takes_sixteen_bytes() {
        assert_eq!(size_of::<Stored>(), 16);
    }

    #[test]
    fn blank_rows_and_blank_ends_are_dropped() {
        let mut grid = Grid::new(Addresses::Lines);
        let limits = Limits::default();
        grid.push(1, [Cell::Text("a"), Cell::Text("b"), Cell::Text("  ")], &limits)
            .unwrap();
        grid.push(2, [Cell::Text(""), Cell::Text("\u{3000}")], &limits)
            .unwrap();
        grid.push(3, [Cell::Text("c")], &limits).unwrap();
        assert_eq!((grid.len(), grid.width(), grid.number(1)), (2, 2, 3));
        assert_eq!(grid.row(1).collect::<Vec<_>>(), [Cell::Text("c")]);
        assert_eq!(grid.cell(1, 1), Cell::Empty);
        assert_eq!(grid.row(2).count(), 0);
    }

    #[test]
    fn what_is_too_large_is_refused_with_its_place() {
        let limits = Limits {
            rows: 2,
            columns: 3,
            cells: 4,
            ..Limits::default()
        };
        let mut grid = Grid::new(Addresses::Lines);
        let cell_bytes = Limits {
            cell_bytes: 3,
            ..Limits::default()
        };
        grid.push(1, [Cell::Text("abc")], &cell_bytes).unwrap();
        let cell = grid
            .push(2, [Cell::Text("a"), Cell::Text("abcd")], &cell_bytes)
            .unwrap_err();
        assert_eq!(cell.place.as_deref(), Some("line 2, column 2"));
        assert!(
            cell.message.contains("the cell has 4 bytes of text"),
            "{}",
            cell.message
        );

        let mut grid = Grid::new(Addresses::Lines);
        let wide = grid.push(1, [Cell::Text("a"); 4], &limits).unwrap_err();
        assert_eq!(wide.place.as_deref(), Some("line 1, column 4"));
        assert!(
            wide.message.contains("more than the 3 allowed"),
            "{}",
            wide.message
        );

        let mut grid = Grid::new(Addresses::Lines);
        grid.push(
            1,
            [
                Cell::Text("a"),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
            ],
            &limits,
        )
        .unwrap();
        grid.push(2, [Cell::Text("a")], &limits).unwrap();
        let long = grid.push(3, [Cell::Text("a")], &limits).unwrap_err();
        assert!(
            long.message.contains("3 rows or more, more than the 2 allowed"),
            "{}",
            long.message
        );

        let mut grid = Grid::new(Addresses::Lines);
        grid.push(1, [Cell::Text("a"); 3], &limits).unwrap();
        assert!(
            grid.push(2, [Cell::Text("a"); 3], &limits)
                .unwrap_err()
                .message
                .contains("cells")
        );
    }
}
