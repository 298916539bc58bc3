//! One sheet, from raw rows to typed columns, Parquet and profile.

use std::collections::HashSet;

use polars::prelude::PolarsResult;
use schemas::Value;
use schemas::file::RejectionCode;
use schemas::overrides::{ColumnOverride, TableOverride};
use schemas::table::{Decision, SetAsideRow, TableProfile};

use crate::cell;
use crate::columnar;
use crate::columns::{self, Kept};
use crate::frame;
use crate::grid::{Addresses, Cell, Grid};
use crate::header::{self, Heading};
use crate::number::Magnitude;
use crate::passages::RowTexts;
use crate::period;
use crate::read::ReadTable;
use crate::rejected::Rejected;
use crate::totals;
use crate::typing;

/// Set-aside rows that are kept, at most: more of them are counted in a decision.
pub(crate) const SET_ASIDE: usize = 100;
/// What the decision is about that names the bytes a table was read from.
pub(crate) const SOURCE: &str = "source";

/// What one table is to be called and how it is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The sheet's name, or the file's without folder and extension.
    pub name: &'a str,
    /// Its place among the tables of the sheet, from 0.
    pub number: usize,
    /// The digest of the file.
    pub source: &'a str,
    /// What somebody has decided about it.
    pub overrides: Option<&'a TableOverride>,
    /// How many of its rows are kept as texts too, for the search.
    pub rows: usize,
}

/// Types the rows of one table. `None`: it has a header, but no rows of data.
///
/// # Errors
/// [`Rejected`] when the header is wrong.
pub fn read(
    place: Place<'_>,
    grid: &Grid,
    mut decisions: Vec<Decision>,
) -> Result<Option<ReadTable>, Rejected> {
    let source = place.source;
    decisions.push(source_decision(source));
    let set = place.overrides;
    let header_rows = set.and_then(|set| usize::try_from(set.header_rows?).ok());
    let header = header::find(grid, header_rows)?;
    let rows = header.data..grid.len();
    let mut split = if set.is_some_and(|set| set.keep_totals) {
        decisions.push(Decision {
            about: "totals".into(),
            chosen: "all rows are data".into(),
            because: "it was set".into(),
        });
        totals::Split {
            data: rows.collect(),
            ..totals::Split::default()
        }
    } else {
        totals::split(grid, rows)
    };
    let again = repeated(grid, &header.headings, &mut split.data);
    if split.data.is_empty() {
        return Ok(None);
    }
    decisions.extend(header.decisions);
    if let Some(first) = again.first() {
        decisions.push(Decision {
            about: "repeated_header".into(),
            chosen: format!("{} rows left out", again.len()),
            because: format!("they repeat the header, the first at {}", grid.row_place(*first)),
        });
    }
    if grid.trimmed() > 0 {
        decisions.push(Decision {
            about: "blanks".into(),
            chosen: "blanks around a cell's text are dropped".into(),
            because: format!("{} cells had some", grid.trimmed()),
        });
    }
    for row in split.notes.iter().take(SET_ASIDE) {
        decisions.push(Decision {
            about: "note".into(),
            chosen: format!("{} left out", grid.row_place(*row)),
            because: format!(
                "it is a note below the table: {}",
                cell::text(first_cell(grid, *row))
            ),
        });
    }
    if !split.totals.is_empty() {
        decisions.push(Decision {
            about: "totals".into(),
            chosen: format!("{} rows set aside", split.totals.len()),
            because: "they sum up other rows; counting them again would be wrong".into(),
        });
    }
    let titles = header.titles.iter().map(String::as_str);
    // The name of a text file is none of its bytes: under another name they are not read again.
    let sheet = matches!(grid.addresses(), Addresses::Sheet(_)).then_some(place.name);
    let year = period::year_in(titles.chain(sheet));
    let renames = renames(set, &header.headings, &mut decisions);
    let columns = columns::read(grid, &header.headings, &split.data, year, &renames);
    let texts = row_texts(place.rows, grid, &header.headings, &split.data, &columns);
    for column in &columns {
        decisions.extend(column.decisions.iter().cloned());
    }
    let set_aside = split
        .totals
        .iter()
        .take(SET_ASIDE)
        .map(|row| set_aside(grid, *row, &header.headings))
        .collect();
    let profile = TableProfile {
        name: name(place, header.title.as_deref()),
        rows: split.data.len() as u64,
        columns: Vec::new(),
        decisions,
        set_aside,
    };
    keep(profile, columns, split.data.len(), source, &grid.called())
        .map(|table| Some(ReadTable { texts, ..table }))
}

/// The first rows as they are written, under the names that the columns have been given.
fn row_texts(most: usize, grid: &Grid, headings: &[Heading], data: &[usize], columns: &[Kept]) -> RowTexts {
    if most == 0 {
        return RowTexts::default();
    }
    let cells = |row: &usize| {
        let cells = headings.iter().map(|heading| grid.cell(*row, heading.column));
        cells
            .map(|cell| {
                if cell::is_missing(cell) {
                    String::new()
                } else {
                    cell::text(cell)
                }
            })
            .collect()
    };
    RowTexts {
        header: columns.iter().map(|column| column.profile.name.clone()).collect(),
        rows: data.iter().take(most).map(cells).collect(),
    }
}

/// `table` without its columns, and these.
fn keep(
    mut table: TableProfile,
    columns: Vec<Kept>,
    rows: usize,
    source: &str,
    called: &str,
) -> Result<ReadTable, Rejected> {
    let mut series = Vec::with_capacity(columns.len());
    for column in columns {
        series.push(column.series);
        table.columns.push(column.profile);
    }
    let parquet = series
        .into_iter()
        .collect::<PolarsResult<Vec<_>>>()
        .and_then(|series| frame::to_parquet(series, rows, source))
        .map_err(|error| {
            Rejected::new(
                RejectionCode::Corrupt,
                format!("{called} can't be kept as a table: {error}"),
            )
        })?;
    Ok(ReadTable {
        profile: table,
        parquet,
        texts: RowTexts::default(),
    })
}

/// A table that names the types of its columns itself.
///
/// # Errors
/// [`Rejected`] when it can't be kept.
pub fn of_columns(place: Place<'_>, table: columnar::Table) -> Result<ReadTable, Rejected> {
    let mut decisions = vec![source_decision(place.source)];
    decisions.extend(table.decisions);
    let mut columns = table.columns;
    let mut names: HashSet<String> = columns.iter().map(|column| column.name.clone()).collect();
    for set in place.overrides.map_or(&[][..], |set| &set.columns) {
        let Some(column) = columns.iter_mut().find(|column| column.name == set.column) else {
            continue;
        };
        if set.kind.is_some_and(|kind| kind != column.values.kind()) || set.date_order.is_some() {
            decisions.push(Decision {
                about: format!("override of {}", column.name),
                chosen: "left out".into(),
                because: "a Parquet file says the types of its columns itself".into(),
            });
        }
        if column.values.kind().is_number() && set.unit.is_some() {
            column.unit.clone_from(&set.unit);
        }
        if let Some(rename) = set.rename.clone().filter(|rename| names.insert(rename.clone())) {
            column.name = rename;
        }
    }
    let profile = TableProfile {
        name: place.name.to_owned(),
        rows: table.rows as u64,
        columns: Vec::new(),
        decisions,
        set_aside: Vec::new(),
    };
    let texts = texts_of_columns(place.rows.min(table.rows), &columns);
    let columns = columns.into_iter().map(Kept::from).collect();
    let kept = keep(profile, columns, table.rows, place.source, "the file")?;
    Ok(ReadTable { texts, ..kept })
}

fn texts_of_columns(rows: usize, columns: &[typing::Column<'_>]) -> RowTexts {
    if rows == 0 {
        return RowTexts::default();
    }
    RowTexts {
        header: columns.iter().map(|column| column.name.clone()).collect(),
        rows: (0..rows)
            .map(|row| columns.iter().map(|column| column.values.text(row)).collect())
            .collect(),
    }
}

fn source_decision(source: &str) -> Decision {
    Decision {
        about: SOURCE.into(),
        chosen: source.to_owned(),
        because: "SHA-256 of the file that this table was read from".into(),
    }
}

/// The first table of a sheet is called by the sheet, the others by their title, or numbered.
fn name(place: Place<'_>, title: Option<&str>) -> String {
    match (place.number, title) {
        (0, _) => place.name.to_owned(),
        (_, Some(title)) if title.chars().count() <= LONGEST_TITLE => title.to_owned(),
        (number, _) => format!("table {}", number + 1),
    }
}

/// Letters of a title that is taken for a name.
const LONGEST_TITLE: usize = 60;

/// What was decided about each column, without names that another column has. What names no column is told.
fn renames(
    set: Option<&TableOverride>,
    headings: &[Heading],
    decisions: &mut Vec<Decision>,
) -> Vec<Option<ColumnOverride>> {
    let wanted = set.map_or(&[][..], |set| &set.columns);
    let mut taken: HashSet<&str> = headings.iter().map(|heading| heading.name.as_str()).collect();
    let mut skipped = |column: &str, because: String| {
        decisions.push(Decision {
            about: format!("override of {column}"),
            chosen: "left out".into(),
            because,
        });
    };
    for set in wanted {
        if !headings.iter().any(|heading| heading.name == set.column) {
            skipped(&set.column, "there is no such column any longer".into());
        }
    }
    headings
        .iter()
        .map(|heading| {
            let mut set = wanted.iter().find(|set| set.column == heading.name)?.clone();
            if let Some(rename) = wanted
                .iter()
                .find(|set| set.column == heading.name)
                .and_then(|set| set.rename.as_deref())
                && !taken.insert(rename)
                && rename != heading.name
            {
                skipped(&heading.name, format!("another column is called {rename:?}"));
                set.rename = None;
            }
            Some(set)
        })
        .collect()
}

/// Takes the rows out that repeat the header, as on each page of what was printed.
fn repeated(grid: &Grid, headings: &[Heading], rows: &mut Vec<usize>) -> Vec<usize> {
    let mut again = Vec::new();
    if headings.len() < 2 {
        return again;
    }
    rows.retain(|row| {
        let repeats = headings.iter().all(
            |heading| matches!(grid.cell(*row, heading.column), Cell::Text(text) if text == heading.name),
        );
        if repeats {
            again.push(*row);
        }
        !repeats
    });
    again
}

fn first_cell(grid: &Grid, row: usize) -> Cell<'_> {
    grid.row(row).find(|cell| !cell.is_empty()).unwrap_or(Cell::Empty)
}

fn set_aside(grid: &Grid, row: usize, headings: &[Heading]) -> SetAsideRow {
    let first = headings.first().map_or(0, |heading| heading.column);
    let cells = headings
        .iter()
        .map(|heading| value(grid.cell(row, heading.column)))
        .collect();
    SetAsideRow {
        place: grid.place(row, first),
        cells,
    }
}

fn value(cell: Cell<'_>) -> Value {
    match (cell, cell::number(cell)) {
        (missing, _) if cell::is_missing(missing) => Value::Null,
        (_, Some(number)) => match number.value {
            Magnitude::Int(number) => Value::Int(number),
            Magnitude::Float(number) => Value::finite(number),
        },
        (Cell::Bool(truth), None) => Value::Bool(truth),
        (other, None) => Value::Text(cell::text(other)),
    }
}
