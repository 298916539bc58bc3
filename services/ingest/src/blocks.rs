//! The tables of one sheet: another one begins where a blank band, a title or a note is followed by a row of names that
//! does not fit what stands above it.
//!
//! A blank row alone parts nothing, since people leave blank rows among their data; the cells have to bear it out.

use std::collections::HashSet;
use std::ops::Range;

use crate::cell;
use crate::grid::{Cell, Grid};
use crate::header;
use crate::limits::Limits;
use crate::rejected::Rejected;
use crate::totals;

/// Titles and notes between two tables, at most.
const TITLES: usize = 4;
/// Rows looked at above and below the place where a table may begin.
const LOOK: usize = 40;
/// Tables of one sheet, at most: a sheet of more is a form, and is read as one table.
const TABLES: usize = 64;

/// Parts a sheet into its tables, from top to bottom and from left to right.
///
/// # Errors
/// None in fact: a part is within the limits that the whole is in.
pub fn split(grid: Grid, limits: &Limits) -> Result<Vec<Grid>, Rejected> {
    let mut found = Vec::new();
    for part in by_rows(grid, limits)? {
        let cuts = column_cuts(&part);
        if cuts.is_empty() {
            found.push(part);
            continue;
        }
        for columns in cuts {
            let side = part.part(0..part.len(), columns, limits)?;
            found.extend(by_rows(side, limits)?);
        }
    }
    Ok(found)
}

fn by_rows(grid: Grid, limits: &Limits) -> Result<Vec<Grid>, Rejected> {
    let cuts = row_cuts(&grid);
    if cuts.is_empty() || cuts.len() >= TABLES {
        return Ok(vec![grid]);
    }
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([grid.len()]);
    starts
        .zip(ends)
        .map(|(start, end)| grid.part(start..end, 0..grid.width(), limits))
        .collect()
}

/// The rows at which further tables begin.
fn row_cuts(grid: &Grid) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut start = 0;
    for row in 1..grid.len() {
        let parted = grid.number(row) > grid.number(row - 1).saturating_add(1);
        if (parted || is_title(grid, row)) && begins_table(grid, start, row) {
            cuts.push(row);
            start = row;
        }
    }
    cuts
}

/// Whether a row holds one text and nothing else, and is no note to what stands above it.
fn is_title(grid: &Grid, row: usize) -> bool {
    is_lone_text(grid, row) && !totals::is_note(grid, row)
}

fn is_lone_text(grid: &Grid, row: usize) -> bool {
    let mut filled = grid.row(row).filter(|cell| !cell.is_empty());
    matches!((filled.next(), filled.next()), (Some(Cell::Text(_)), None))
}

fn begins_table(grid: &Grid, start: usize, row: usize) -> bool {
    let titles = (row..grid.len().min(row + TITLES))
        .take_while(|row| is_lone_text(grid, *row))
        .count();
    let names = row + titles;
    if names + 1 >= grid.len()
        || grid.number(names + 1) > grid.number(names).saturating_add(2)
        || !is_row_of_names(grid, names)
        || filled(grid, names + 1) < 2
    {
        return false;
    }
    let above = row.saturating_sub(LOOK).max(start)..row;
    // There has to be a table that this is not part of: names and at least one row.
    if (start..row).filter(|row| filled(grid, *row) >= 2).take(2).count() < 2 {
        return false;
    }
    let below = names + 1..band_end(grid, names + 1).min(names + 1 + LOOK);
    if has_values_under_names(grid, names, below.clone()) {
        return true;
    }
    let value_columns: Vec<usize> = (0..grid.width())
        .filter(|column| is_of_values(grid, *column, above.clone()))
        .collect();
    if value_columns.is_empty() {
        return titles > 0
            && last_filled(grid, names) != above.map(|row| last_filled(grid, row)).max().flatten();
    }
    // Where the rows above have numbers or days, neither these names nor what follows them have any.
    let fits = |row: usize| {
        value_columns
            .iter()
            .any(|column| header::is_value(grid.cell(row, *column)))
    };
    !(names..below.end.min(names + 4)).any(fits)
}

/// The first row behind a blank band, or the end.
fn band_end(grid: &Grid, row: usize) -> usize {
    (row + 1..grid.len())
        .find(|next| grid.number(*next) > grid.number(next - 1).saturating_add(1))
        .unwrap_or(grid.len())
}

fn filled(grid: &Grid, row: usize) -> usize {
    grid.row(row).filter(|cell| !cell.is_empty()).count()
}

fn last_filled(grid: &Grid, row: usize) -> Option<usize> {
    grid.row(row).count().checked_sub(1)
}

/// At least two texts that are no values, each once.
fn is_row_of_names(grid: &Grid, row: usize) -> bool {
    let mut names = HashSet::new();
    for cell in grid.row(row).filter(|cell| !cell.is_empty()) {
        let named = match cell {
            Cell::Text(text) => !cell::is_missing_among_values(cell) && names.insert(text),
            Cell::Empty | Cell::Number(..) | Cell::Bool(_) | Cell::Moment(_) | Cell::Error(_) => false,
        };
        if !named || header::is_value(cell) {
            return false;
        }
    }
    names.len() >= 2
}

fn has_values_under_names(grid: &Grid, names: usize, below: Range<usize>) -> bool {
    (0..grid.width())
        .any(|column| !grid.cell(names, column).is_empty() && is_of_values(grid, column, below.clone()))
}

/// Whether most cells of a column are numbers, days or truth values.
fn is_of_values(grid: &Grid, column: usize, rows: Range<usize>) -> bool {
    let (mut values, mut others) = (0, 0);
    for row in rows {
        match grid.cell(row, column) {
            missing if cell::is_missing_among_values(missing) => {}
            value if header::is_value(value) => values += 1,
            _ => others += 1,
        }
    }
    values > others
}

/// The columns of tables that stand side by side; none where it is one table.
fn column_cuts(grid: &Grid) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for column in (0..grid.width()).filter(|column| grid.filled(*column) > 0) {
        match parts.last_mut() {
            Some(part) if part.end == column => part.end = column + 1,
            _ => parts.push(column..column + 1),
        }
    }
    let wide = parts.iter().all(|part| part.len() >= 2);
    if parts.len() < 2 || parts.len() >= TABLES || !wide {
        return Vec::new();
    }
    let sides: Vec<Side> = parts.iter().map(|part| Side::of(grid, part)).collect();
    let apart = sides.windows(2).all(|pair| match pair {
        [left, right] => left.is_apart_from(right),
        _ => false,
    });
    if apart { parts } else { Vec::new() }
}

/// What may be a table beside others.
struct Side {
    names: HashSet<String>,
    has_names: bool,
    has_title: bool,
    first: usize,
    last: usize,
    /// Rows between its first and its last one with nothing in them.
    holes: usize,
}

impl Side {
    fn of(grid: &Grid, columns: &Range<usize>) -> Self {
        let cells = |row: usize| columns.clone().map(move |column| grid.cell(row, column));
        let count = |row: usize| cells(row).filter(|cell| !cell.is_empty()).count();
        let filled: Vec<usize> = (0..grid.len()).filter(|row| count(*row) > 0).collect();
        let first = filled.first().copied().unwrap_or(0);
        let last = filled.last().copied().unwrap_or(0);
        let names_row = filled.iter().copied().take(TITLES).find(|row| count(*row) >= 2);
        let names: HashSet<String> = names_row
            .into_iter()
            .flat_map(cells)
            .filter(|cell| !cell.is_empty())
            .map(cell::text)
            .collect();
        let has_names = names_row.is_some_and(|row| {
            cells(row).all(|cell| cell.is_empty() || !header::is_value(cell)) && count(row) == names.len()
        });
        Self {
            has_names,
            has_title: names_row.is_some_and(|row| row > first),
            holes: (last + 1 - first).saturating_sub(filled.len()),
            names,
            first,
            last,
        }
    }

    /// Two tables have names of their own, and either titles of their own, a name in common, or another number of rows
    /// without any hole.
    fn is_apart_from(&self, other: &Self) -> bool {
        if !self.has_names || !other.has_names {
            return false;
        }
        let whole = self.holes == 0 && other.holes == 0;
        (self.has_title && other.has_title)
            || !self.names.is_disjoint(&other.names)
            || (whole && (self.last != other.last || (self.first != other.first && !self.has_title)))
    }
}
