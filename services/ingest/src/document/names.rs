//! Whether the first row of a table in a text names its columns.

use crate::grid::Cell;
use crate::header;

/// Letters of a name of a column.
const LONGEST: usize = 40;

/// Whether a row names the columns of the rows below it. `stands_out`: it is set in bold, and they are not.
///
/// A row of two cells, such as `Check-in` and `two hours before departure`, says something itself.
pub(crate) fn are_names(first: &[String], rest: &[Vec<String>], stands_out: bool) -> bool {
    let filled = first.iter().filter(|cell| !cell.is_empty()).count();
    let short = first.iter().all(|cell| cell.chars().count() <= LONGEST);
    let is_value = |cell: &String| !cell.is_empty() && header::is_value(Cell::Text(cell));
    if rest.is_empty() || filled < 2 || filled * 5 < first.len() * 4 || !short || first.iter().any(is_value) {
        return false;
    }
    stands_out || first.len() >= 3 || has_values(rest, is_value)
}

/// Whether some column below holds mostly numbers, days or the like.
fn has_values(rows: &[Vec<String>], is_value: impl Fn(&String) -> bool) -> bool {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    (0..width).any(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let values = cells.filter(|cell| is_value(cell)).count();
        values * 2 > rows.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_above_values_or_stand_out() {
        let row = |cells: &[&str]| -> Vec<String> { cells.iter().map(|cell| (*cell).to_owned()).collect() };
        let check = |first: &[&str], rest: &[&[&str]], bold: bool, expect: bool| {
            let rest: Vec<Vec<String>> = rest.iter().map(|cells| row(cells)).collect();
            assert_eq!(are_names(&row(first), &rest, bold), expect, "{first:?}");
        };
        check(
            &["航班", "目的地", "登机口"],
            &[&["CA1234", "上海", "A12"]],
            false,
            true,
        );
        check(&["Hours", "Fee"], &[&["1", "10"], &["2", "15"]], false, true);
        check(
            &["Check-in", "two hours before"],
            &[&["Boarding", "30 minutes before"]],
            false,
            false,
        );
        check(&["Service", "Place"], &[&["Lounge", "second floor"]], true, true);
        check(&["1", "10", "x"], &[&["2", "15", "y"]], false, false);
        check(&["a", "b", "c"], &[], false, false);
    }
}
