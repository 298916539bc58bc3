//! Headers of several rows: names of groups above the names of their columns, merged or with blanks beside them.

use std::collections::HashMap;
use std::ops::Range;

use schemas::table::Decision;

use super::{LEVELS, is_names, is_value, name_of};
use crate::cell;
use crate::grid::{Cell, Grid};

/// The name of a column, and what stands over it.
pub(super) struct Name {
    pub name: String,
    pub group: String,
}

pub(super) struct Names {
    pub columns: Vec<Name>,
    pub decision: Option<Decision>,
}

/// The rows of the header that `row` belongs to.
pub(super) fn find(grid: &Grid, row: usize) -> Range<usize> {
    let mut last = row;
    while last + 2 < grid.len() && last - row + 1 < LEVELS && goes_on(grid, last) {
        last += 1;
    }
    let mut first = row;
    while first > 0 && last - first + 1 < LEVELS && is_group(grid, first - 1, last) {
        first -= 1;
    }
    first..last + 1
}

/// Whether the names of columns are in the row below: it names columns that this row leaves blank, and what follows
/// shows that it is no data.
fn goes_on(grid: &Grid, row: usize) -> bool {
    let next = row + 1;
    if !adjoins(grid, row) || !is_names(grid, next) || !is_names(grid, row) {
        return false;
    }
    let named = |row: usize, column: usize| !grid.cell(row, column).is_empty();
    let completes = (0..grid.width()).any(|column| !named(row, column) && named(next, column));
    // A column of no group is named in the upper row, or in both when its cells are merged.
    let all = (0..grid.width())
        .filter(|column| grid.filled(*column) > 0)
        .all(|column| named(row, column) || named(next, column));
    completes && all && (spans(grid, row, next) || values_follow(grid, row, next))
}

/// Whether the row above the names groups them: parts of it are merged, or the names are not told apart without it.
fn is_group(grid: &Grid, above: usize, names: usize) -> bool {
    if !adjoins(grid, above) || !is_names(grid, above) {
        return false;
    }
    let filled = grid.row(above).filter(|cell| !cell.is_empty()).count();
    if filled >= 2 && spans(grid, above, names) {
        return true;
    }
    let mut seen = std::collections::HashSet::new();
    let repeats = grid
        .row(names)
        .filter(|cell| !cell.is_empty())
        .any(|cell| !seen.insert(cell::text(cell)));
    filled >= 2 && repeats
}

fn adjoins(grid: &Grid, row: usize) -> bool {
    grid.number(row + 1) == grid.number(row).saturating_add(1)
}

/// Whether cells of a row are merged over some but not all of the columns.
fn spans(grid: &Grid, row: usize, names: usize) -> bool {
    let width = grid.row(names).count();
    merged_in(grid, row).any(|(columns, _)| columns.len() > 1 && columns.len() < width)
}

/// What a row of the grid shows merged over several columns.
fn merged_in(grid: &Grid, row: usize) -> impl Iterator<Item = (Range<usize>, Cell<'_>)> {
    let number = grid.number(row);
    let start = grid.file_column(0);
    grid.merges().iter().filter_map(move |merge| {
        let (first, last) = (
            merge.columns.0.checked_sub(start)?,
            merge.columns.1.checked_sub(start)?,
        );
        let here = (merge.rows.0..=merge.rows.1).contains(&number);
        here.then(|| (first..last + 1, grid.cell(row, first)))
    })
}

/// Whether there are values below a name of the lower row that has none above it.
fn values_follow(grid: &Grid, above: usize, names: usize) -> bool {
    (0..grid.width()).any(|column| {
        let mut below = (names + 1..grid.len().min(names + 6)).map(|row| grid.cell(row, column));
        let lower_alone = grid.cell(above, column).is_empty() && !grid.cell(names, column).is_empty();
        lower_alone && below.any(is_value)
    })
}

/// Names the columns: by the lowest name, and by its groups too where that alone does not tell them apart, or where
/// somebody has said how many rows the header has.
pub(super) fn names(grid: &Grid, levels: &Range<usize>, always: bool) -> Names {
    let paths: Vec<Vec<String>> = (0..grid.width())
        .map(|column| path(grid, levels, column))
        .collect();
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for name in paths.iter().filter_map(|path| path.last()) {
        *counts.entry(name).or_default() += 1;
    }
    let mut joined = false;
    let columns = paths
        .iter()
        .map(|path| {
            let last = path.last().map(String::as_str).unwrap_or_default();
            let groups = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
            let several = always || counts.get(last).is_some_and(|count| *count > 1);
            let name = if several { path.join(" ") } else { last.to_owned() };
            joined |= several && !groups.is_empty();
            Name {
                name,
                group: groups.last().cloned().unwrap_or_default(),
            }
        })
        .collect();
    let decision = (levels.len() > 1).then(|| Decision {
        about: "header_rows".into(),
        chosen: format!(
            "{} to {}",
            grid.row_place(levels.start),
            grid.row_place(levels.end - 1)
        ),
        because: if joined {
            "the upper rows name groups of columns; where a name occurs more than once its group stands before it"
        } else {
            "the upper rows name groups of columns; the lowest row tells the columns apart"
        }
        .into(),
    });
    Names { columns, decision }
}

/// What is written over a column, from the outermost group down to its own name; the same words once.
fn path(grid: &Grid, levels: &Range<usize>, column: usize) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    for row in levels.clone() {
        let own = grid.cell(row, column);
        let cell = if own.is_empty() && row + 1 < levels.end {
            group_over(grid, row, row + 1..levels.end, column)
        } else {
            own
        };
        let name = name_of(cell);
        if !name.is_empty() && path.last() != Some(&name) {
            path.push(name);
        }
    }
    path
}

/// The group whose merged cell covers a column; without merged cells the nearest name to the left, for a column that is
/// named below.
fn group_over(grid: &Grid, row: usize, below: Range<usize>, column: usize) -> Cell<'_> {
    if let Some((_, cell)) = merged_in(grid, row).find(|(columns, _)| columns.contains(&column)) {
        return cell;
    }
    let named = below.into_iter().any(|row| !grid.cell(row, column).is_empty());
    if !named || merged_in(grid, row).next().is_some() {
        return Cell::Empty;
    }
    let left = (0..column).rev().map(|left| grid.cell(row, left));
    left.into_iter()
        .find(|cell| !cell.is_empty())
        .unwrap_or(Cell::Empty)
}
