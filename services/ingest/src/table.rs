//! One sheet, from raw rows to typed columns, Parquet and profile.

use schemas::Value;
use schemas::file::RejectionCode;
use schemas::table::{Decision, SetAsideRow, TableProfile};

use crate::cell;
use crate::frame;
use crate::grid::{Cell, Grid};
use crate::header::{self, Heading};
use crate::number::Magnitude;
use crate::profile;
use crate::read::ReadTable;
use crate::rejected::Rejected;
use crate::totals;
use crate::typing::{self, Column};

/// Set-aside rows that are kept, at most: more of them are counted in a decision.
pub(crate) const SET_ASIDE: usize = 100;
/// What the decision is about that names the bytes a table was read from.
pub(crate) const SOURCE: &str = "source";

/// Types the rows of a sheet. `None`: it has a header, but no rows of data.
///
/// # Errors
/// [`Rejected`] when the header is wrong.
pub fn read(
    name: &str,
    source: &str,
    grid: &Grid,
    mut decisions: Vec<Decision>,
) -> Result<Option<ReadTable>, Rejected> {
    decisions.push(Decision {
        about: SOURCE.into(),
        chosen: source.to_owned(),
        because: "SHA-256 of the file that this table was read from".into(),
    });
    let header = header::find(grid)?;
    let split = totals::split(grid, header.row + 1..grid.len());
    if split.data.is_empty() {
        return Ok(None);
    }
    decisions.extend(header.decisions);
    if grid.trimmed() > 0 {
        decisions.push(Decision {
            about: "blanks".into(),
            chosen: "blanks around a cell's text are dropped".into(),
            because: format!("{} cells had some", grid.trimmed()),
        });
    }
    for row in &split.notes {
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
    let columns: Vec<Column<'_>> = header
        .headings
        .iter()
        .map(|heading| typing::read(grid, heading, &split.data))
        .collect();
    for column in &columns {
        decisions.extend(column.decisions.iter().cloned());
    }
    let parquet = frame::to_parquet(&columns, split.data.len(), source).map_err(|error| {
        Rejected::new(
            RejectionCode::Corrupt,
            format!("{} can't be kept as a table: {error}", grid.called()),
        )
    })?;
    let set_aside = split
        .totals
        .iter()
        .take(SET_ASIDE)
        .map(|row| set_aside(grid, *row, &header.headings))
        .collect();
    let profile = TableProfile {
        name: name.to_owned(),
        rows: split.data.len() as u64,
        columns: columns.iter().map(profile::column).collect(),
        decisions,
        set_aside,
    };
    Ok(Some(ReadTable { profile, parquet }))
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
