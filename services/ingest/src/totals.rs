//! Rows that are no data: totals of others, and notes below the table.

use std::ops::Range;

use crate::cell;
use crate::grid::{Cell, Grid};

/// Which rows are data, and which are not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// Rows of data, in order.
    pub data: Vec<usize>,
    /// Rows that sum up others.
    pub totals: Vec<usize>,
    /// Notes below the table.
    pub notes: Vec<usize>,
}

/// Words that only a totals row begins with, wherever it stands.
const TOTALS: &[&str] = &["合计", "总计", "小计", "grandtotal", "subtotal", "sub-total"];
/// Words that may be data, unless they stand at the end of the table.
const TOTALS_AT_THE_END: &[&str] = &[
    "total", "totals", "sum", "overall", "总和", "总数", "共计", "汇总",
];
/// How notes below a table begin.
const NOTES: &[&str] = &[
    "注：",
    "注:",
    "备注",
    "说明",
    "数据来源",
    "来源：",
    "来源:",
    "制表",
    "note:",
    "notes:",
    "source:",
];

/// Sorts the rows of a range.
#[must_use]
pub fn split(grid: &Grid, rows: Range<usize>) -> Split {
    let mut split = Split::default();
    let mut end = rows.end;
    // From the bottom up: notes, then totals, as long as there are any.
    while let Some(row) = end.checked_sub(1).filter(|row| *row >= rows.start) {
        if is_note(grid, row) && split.totals.is_empty() {
            split.notes.push(row);
        } else if is_total(grid, row, true) {
            split.totals.push(row);
        } else {
            break;
        }
        end = row;
    }
    for row in rows.start..end {
        if is_total(grid, row, false) {
            split.totals.push(row)
        } else {
            split.data.push(row)
        }
    }
    split.totals.sort_unstable();
    split.notes.sort_unstable();
    split
}

/// A totals row says so in a text before its first number, and has a number.
fn is_total(grid: &Grid, row: usize, at_the_end: bool) -> bool {
    let mut named = false;
    for (place, cell) in grid.row(row).filter(|cell| !cell.is_empty()).enumerate() {
        match cell {
            Cell::Text(text) if cell::number(cell).is_none() => {
                named = named || says_total(text, at_the_end && place == 0);
            }
            Cell::Text(_) | Cell::Number(..) => return named,
            Cell::Moment(_) | Cell::Bool(_) | Cell::Error(_) | Cell::Empty => {}
        }
    }
    false
}

fn says_total(text: &str, at_the_end: bool) -> bool {
    if text.chars().count() > 16 {
        return false;
    }
    let word: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, ':' | '：'))
        .collect();
    let word = word.to_lowercase();
    TOTALS
        .iter()
        .any(|total| word == *total || (!total.is_ascii() && word.ends_with(total)))
        || (at_the_end && TOTALS_AT_THE_END.contains(&word.as_str()))
}

fn is_note(grid: &Grid, row: usize) -> bool {
    let mut filled = grid.row(row).filter(|cell| !cell.is_empty());
    let (Some(Cell::Text(text)), None) = (filled.next(), filled.next()) else {
        return false;
    };
    let text = text.to_lowercase();
    grid.width() >= 2 && NOTES.iter().any(|note| text.starts_with(note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Addresses;
    use crate::limits::Limits;

    fn check(rows: &[&[&str]], totals: &[usize], notes: &[usize]) {
        let mut grid = Grid::new(Addresses::Lines);
        for (number, row) in (1..).zip(rows) {
            grid.push(
                number,
                row.iter().map(|text| Cell::Text(text)),
                &Limits::default(),
            )
            .unwrap();
        }
        let split = split(&grid, 0..grid.len());
        assert_eq!(
            (split.totals.as_slice(), split.notes.as_slice()),
            (totals, notes),
            "{rows:?}"
        );
        assert_eq!(split.data.len() + totals.len() + notes.len(), rows.len());
    }

    #[test]
    fn totals_are_set_aside() {
        check(&[&["a", "1"], &["b", "2"], &["合计", "3"]], &[2], &[]);
        check(&[&["a", "1"], &["b", "2"], &["合 计：", "3"]], &[2], &[]);
        check(&[&["a", "1"], &["Total", "3"]], &[1], &[]);
        check(&[&["a", "1"], &["Grand Total", "3"]], &[1], &[]);
        check(
            &[
                &["T1", "a", "1"],
                &["T1", "小计", "1"],
                &["T2", "b", "2"],
                &["T2小计", "", "2"],
                &["总计", "", "3"],
            ],
            &[1, 3, 4],
            &[],
        );
        check(&[&["a", "1"], &["合计", "3"], &["注：不含税"]], &[1], &[2]);
        check(&[&["a", "1"], &["小计", "1"], &["合计", "1"]], &[1, 2], &[]);
    }

    #[test]
    fn data_stays() {
        // A company may be called so; only at the end is it the sum.
        check(&[&["Total", "1"], &["Shell", "2"]], &[], &[]);
        check(
            &[
                &["a", "1"],
                &["合计说明文字比较长的一个真实的名称而不是合计行", "3"],
            ],
            &[],
            &[],
        );
        // A total of nothing is no total.
        check(&[&["a", "x"], &["Total", "recall"]], &[], &[]);
        check(&[&["1", "Total"], &["2", "Total"]], &[], &[]);
        check(&[&["注：first"], &["a", "1"]], &[], &[]);
    }
}
