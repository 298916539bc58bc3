//! Where the names of the columns are, and what they are.

use std::collections::HashMap;

use schemas::file::RejectionCode;
use schemas::table::Decision;

use crate::cell;
use crate::grid::{Addresses, Cell, Grid};
use crate::rejected::Rejected;
use crate::totals;
use crate::unit;

mod levels;

/// One column that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its name: trimmed, with single blanks.
    pub name: String,
    /// Its place in the grid, from 0.
    pub column: usize,
    /// The unit that its name mentions.
    pub unit: Option<String>,
}

/// The header of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The first row of data in the grid.
    pub data: usize,
    /// The columns from left to right; those without name and values are left out.
    pub headings: Vec<Heading>,
    /// The texts above it, from top to bottom.
    pub titles: Vec<String>,
    /// The one of them that stands nearest and is no note.
    pub title: Option<String>,
    /// What was decided on the way.
    pub decisions: Vec<Decision>,
}

/// Rows looked at to learn how wide the table is.
const SAMPLE: usize = 200;
/// Titles and notes above a header, at most.
const TITLES: usize = 20;
/// Rows that one header may have.
const LEVELS: usize = 4;

/// Finds the header of a grid that has at least one row. `rows` is how many rows it has, where somebody has said so.
///
/// # Errors
/// [`Rejected`] when two columns have the same name, a column with values has none, or the header is no header.
pub fn find(grid: &Grid, rows: Option<usize>) -> Result<Header, Rejected> {
    if let Addresses::Records(names) = grid.addresses() {
        return Ok(given(names));
    }
    let levels = match rows {
        Some(rows) => {
            let first = row_of_header(grid);
            first..(first + rows.max(1)).min(grid.len())
        }
        None => levels::find(grid, row_of_header(grid)),
    };
    let row = levels.end.saturating_sub(1);
    let titles: Vec<String> = (0..levels.start)
        .flat_map(|title| grid.row(title).filter(|cell| !cell.is_empty()))
        .map(cell::text)
        .collect();
    let title = (0..levels.start)
        .rev()
        .filter(|row| !totals::is_note(grid, *row))
        .find_map(|row| grid.row(row).find(|cell| !cell.is_empty()))
        .map(cell::text);
    let mut decisions = vec![Decision {
        about: "header_row".into(),
        chosen: grid.row_place(row),
        because: match (rows, titles.is_empty()) {
            (Some(rows), _) => format!("it was set that the header has {rows} rows"),
            (None, true) => "it is the first row that is not blank".into(),
            (None, false) => format!(
                "the rows above it are a title or notes: {}",
                shorten(&titles.join(" / "))
            ),
        },
    }];
    refuse_values_as_header(grid, row)?;
    let names = levels::names(grid, &levels, rows.is_some());
    if let Some(decision) = names.decision {
        decisions.push(decision);
    }

    let mut headings: Vec<Heading> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut blank = 0u32;
    for (column, levels::Name { name, group }) in names.columns.into_iter().enumerate() {
        if name.is_empty() {
            if grid.filled(column) > 0
                && let Some(value) = (row + 1..grid.len()).find(|data| !grid.cell(*data, column).is_empty())
            {
                return Err(without_name(grid, row, value, column));
            }
            blank += 1;
            continue;
        }
        if let Some(first) = places.insert(name.clone(), column) {
            let (first, second) = (grid.place(row, first), grid.place(row, column));
            return Err(Rejected::new(
                RejectionCode::DuplicateHeader,
                format!(
                    "{first} and {second} are both named {name:?}; expected a name of its own for each column"
                ),
            )
            .at(second));
        }
        headings.push(Heading {
            unit: unit::in_header(&name).or_else(|| unit::in_header(&group)),
            name,
            column,
        });
    }
    if blank > 0 {
        decisions.push(Decision {
            about: "blank_columns".into(),
            chosen: format!("{blank} left out"),
            because: "they have neither a name nor a value".into(),
        });
    }
    Ok(Header {
        data: row + 1,
        headings,
        titles,
        title,
        decisions,
    })
}

/// The header of records, whose columns have names of their own.
fn given(names: &[String]) -> Header {
    let headings = names.iter().enumerate().map(|(column, name)| Heading {
        unit: unit::in_header(name),
        name: name.clone(),
        column,
    });
    Header {
        data: 0,
        headings: headings.collect(),
        titles: Vec::new(),
        title: None,
        decisions: Vec::new(),
    }
}

/// The first row, or the first one below titles: rows with few cells above a row of names that is as wide as the table.
fn row_of_header(grid: &Grid) -> usize {
    let filled = |row: usize| grid.row(row).filter(|cell| !cell.is_empty()).count();
    let mut widths: Vec<usize> = (0..grid.len().min(SAMPLE)).map(filled).collect();
    widths.sort_unstable();
    let typical = widths.get(widths.len() / 2).copied().unwrap_or(0);
    let enough = typical.div_ceil(2).max(2);
    let candidate = (0..grid.len().min(TITLES)).find(|row| filled(*row) >= enough);
    match candidate {
        Some(row) if row > 0 && is_names(grid, row) => row,
        _ => 0,
    }
}

/// Whether a row holds no value. Years may be names.
fn is_names(grid: &Grid, row: usize) -> bool {
    grid.row(row)
        .all(|cell| !is_value(cell) && !matches!(cell, Cell::Error(_)))
}

/// Numbers and days are values; years are names too.
pub(crate) fn is_value(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Text(text) => {
            let year = text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
            !year && (cell::number(cell).is_some() || cell::moment(cell).is_some())
        }
        Cell::Number(number, _) => number.fract() != 0.0 || !(1900.0..2100.0).contains(&number),
        Cell::Moment(_) | Cell::Bool(_) => true,
        Cell::Empty | Cell::Error(_) => false,
    }
}

fn refuse_values_as_header(grid: &Grid, row: usize) -> Result<(), Rejected> {
    let mut cells = grid
        .row(row)
        .enumerate()
        .filter(|(_, cell)| !cell.is_empty())
        .peekable();
    let Some((column, first)) = cells.peek().copied() else {
        return Ok(());
    };
    if cells.all(|(_, cell)| is_value(cell)) {
        return Err(Rejected::new(
            RejectionCode::EmptyHeader,
            format!(
                "{} holds values ({}), not the names of columns; expected a header row first",
                grid.row_place(row),
                shorten(&cell::text(first)),
            ),
        )
        .at(grid.place(row, column)));
    }
    Ok(())
}

fn without_name(grid: &Grid, row: usize, value: usize, column: usize) -> Rejected {
    let place = grid.place(row, column);
    Rejected::new(
        RejectionCode::EmptyHeader,
        format!(
            "the column of {place} has no name, but a value at {}: {:?}; expected a name in the header at {}",
            grid.place(value, column),
            shorten(&cell::text(grid.cell(value, column))),
            grid.row_place(row),
        ),
    )
    .at(place)
}

/// A name as written, with single blanks.
fn name_of(cell: Cell<'_>) -> String {
    let text = cell::text(cell);
    let text: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most 80 letters of a text.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Addresses;
    use crate::limits::Limits;

    fn grid(rows: &[&[&str]]) -> Grid {
        let mut grid = Grid::new(Addresses::Sheet("S".into()));
        for (number, row) in (1..).zip(rows) {
            grid.push(
                number,
                row.iter().map(|text| Cell::Text(text)),
                &Limits::default(),
            )
            .unwrap();
        }
        grid
    }

    fn check(rows: &[&[&str]], row: usize, names: &[&str]) {
        let header = find(&grid(rows), None).unwrap();
        let found: Vec<&str> = header
            .headings
            .iter()
            .map(|heading| heading.name.as_str())
            .collect();
        assert_eq!((header.data, found.as_slice()), (row + 1, names));
    }

    #[test]
    fn the_header_is_the_first_row_or_below_titles() {
        check(&[&["a", "b"], &["1", "2"]], 0, &["a", "b"]);
        check(&[&["only"], &["1"], &["2"]], 0, &["only"]);
        check(
            &[
                &["2024 年销售"],
                &["单位：元"],
                &["日期", "店铺", "金额"],
                &["1", "2", "3"],
            ],
            2,
            &["日期", "店铺", "金额"],
        );
        check(
            &[&["地区", "2023", "2024"], &["北", "1", "2"]],
            0,
            &["地区", "2023", "2024"],
        );
        check(&[&["a\n b", "  c  "], &["1", "2"]], 0, &["a b", "c"]);
        check(&[&["a", "", "b"], &["1", "", "2"]], 0, &["a", "b"]);
    }

    #[test]
    fn wrong_headers_are_named_with_their_cells() {
        let check = |rows: &[&[&str]], code: RejectionCode, place: &str, part: &str| {
            let rejected = find(&grid(rows), None).unwrap_err();
            assert_eq!((rejected.code, rejected.place.as_deref()), (code, Some(place)));
            assert!(rejected.message.contains(part), "{}", rejected.message);
        };
        check(
            &[&["a", "b", "a"], &["1", "2", "3"]],
            RejectionCode::DuplicateHeader,
            "S!C1",
            "S!A1 and S!C1 are both",
        );
        check(
            &[&["a", "", "c"], &["1", "2", "3"]],
            RejectionCode::EmptyHeader,
            "S!B1",
            "S!B2",
        );
        check(
            &[&["a", "b"], &["1", "2"], &["1", "2", "3"]],
            RejectionCode::EmptyHeader,
            "S!C1",
            "\"3\"",
        );
        check(
            &[&["1", "2"], &["3", "4"]],
            RejectionCode::EmptyHeader,
            "S!A1",
            "not the names",
        );
        check(
            &[&["a", "", ""], &["1", "2", "3"]],
            RejectionCode::EmptyHeader,
            "S!B1",
            "S!B2",
        );
    }

    #[test]
    fn headings_carry_their_units() {
        let header = find(&grid(&[&["金额（万元）", "名称"], &["1", "x"]]), None).unwrap();
        assert_eq!(
            header
                .headings
                .iter()
                .map(|heading| heading.unit.as_deref())
                .collect::<Vec<_>>(),
            [Some("万元"), None]
        );
    }
}
