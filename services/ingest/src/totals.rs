//! Rows that are no data: totals of others, and notes below the table.
//!
//! A plain word such as 合计 is enough. A name with such a word in it, such as `Total Wine Ltd` or `East Total`, may be
//! data: then the numbers have to bear it out.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::cell;
use crate::grid::{Cell, Grid};

mod sums;

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
const TOTALS: &[&str] = &[
    "合计",
    "总计",
    "小计",
    "合計",
    "總計",
    "小計",
    "共计",
    "grandtotal",
    "subtotal",
    "sub-total",
];
/// Words that may be data, unless they stand at the end of the table or the numbers bear them out.
const TOTALS_AT_THE_END: &[&str] = &[
    "total", "totals", "sum", "overall", "总和", "总数", "汇总", "總和", "總數", "彙總",
];
/// Words for a row of averages; the numbers have to bear them out.
const AVERAGES: &[&str] = &["平均", "平均值", "均值", "平均数", "average", "avg", "mean"];
/// Words that a longer name may hold when it sums up a part.
const IN_NAMES: &[&str] = &[
    "total", "subtotal", "合计", "小计", "合計", "小計", "总计", "總計", "汇总",
];
/// How notes below a table begin.
const NOTES: &[&str] = &[
    "注：",
    "注:",
    "备注",
    "備註",
    "说明",
    "說明",
    "数据来源",
    "來源",
    "来源：",
    "来源:",
    "制表",
    "单位：",
    "单位:",
    "note:",
    "notes:",
    "source:",
];
/// What the Chinese ones among all these words have one of.
const CHINESE: [char; 7] = ['计', '計', '总', '總', '汇', '彙', '均'];
/// Letters that the label of a totals row may have.
const LONGEST: usize = 40;

/// How much a row's label says that it sums up others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    None,
    /// It may also be data: the numbers decide.
    Average,
    Maybe,
    Certain,
}

/// Sorts the rows of a range.
#[must_use]
pub fn split(grid: &Grid, rows: Range<usize>) -> Split {
    let mut split = Split::default();
    let mut end = rows.end;
    // From the bottom up: notes, as long as there are any.
    while let Some(row) = end.checked_sub(1).filter(|row| *row > rows.start) {
        if !is_note(grid, row) && !is_remark(grid, row, rows.start) {
            break;
        }
        split.notes.push(row);
        end = row;
    }
    let bottom = claims_of_the_last(grid, rows.start..end);
    let mut sums = sums::Sums::new(grid);
    let mut telling = grid.rows_with(&CLAIMS).into_iter().peekable();
    for row in rows.start..end {
        while telling.next_if(|telling| *telling < row).is_some() {}
        let claim = if telling.peek() == Some(&row) {
            claim(grid, row, row >= bottom)
        } else {
            Claim::None
        };
        let is_total = match claim {
            Claim::None => false,
            Claim::Certain => true,
            Claim::Maybe => sums.bear_out(row, &split.data, &split.totals),
            Claim::Average => sums.average(row, &split.data, &split.totals),
        };
        if is_total {
            split.totals.push(row)
        } else {
            split.data.push(row)
        }
    }
    split.notes.sort_unstable();
    split
}

/// Where the rows of totals at the end begin.
fn claims_of_the_last(grid: &Grid, rows: Range<usize>) -> usize {
    let mut end = rows.end;
    while let Some(row) = end.checked_sub(1).filter(|row| *row >= rows.start) {
        if claim(grid, row, true) != Claim::Certain {
            break;
        }
        end = row;
    }
    end
}

/// What begins all the words that [`may_claim`] looks for, in capitals or not: nearly no row has any of it, and a whole table
/// is searched for it faster than its cells are looked at one by one.
static CLAIMS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let begins = ["tot", "sum", "ove", "av", "mea"].into_iter().flat_map(spellings);
    let chinese = CHINESE.map(String::from);
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(begins.chain(chinese))
        .unwrap_or_else(|error| unreachable!("a few short words: {error}"))
});

/// A word with each of its letters large or small.
fn spellings(word: &str) -> Vec<String> {
    word.chars().fold(vec![String::new()], |spelt, letter| {
        let with = |letter: char| spelt.iter().map(move |word| format!("{word}{letter}"));
        with(letter).chain(with(letter.to_ascii_uppercase())).collect()
    })
}

/// A totals row says so in a text before its first number, and has a number.
fn claim(grid: &Grid, row: usize, at_the_end: bool) -> Claim {
    // Nearly every row ends here: words are found sooner than numbers.
    let claims = |cell: Cell<'_>| matches!(cell, Cell::Text(text) if may_claim(text));
    if !grid.row(row).any(claims) {
        return Claim::None;
    }
    let mut claimed = Claim::None;
    for (place, cell) in grid.row(row).filter(|cell| !cell.is_empty()).enumerate() {
        match cell {
            Cell::Text(text) if cell::number(cell).is_none() => {
                if cell::moment(cell).is_none() {
                    claimed = claimed.max(claim_of(text, at_the_end && place == 0));
                }
            }
            Cell::Text(_) | Cell::Number(..) => return claimed,
            Cell::Moment(_) | Cell::Bool(_) | Cell::Error(_) | Cell::Empty => {}
        }
    }
    Claim::None
}

fn claim_of(text: &str, at_the_end: bool) -> Claim {
    if !may_claim(text) {
        return Claim::None;
    }
    let word: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, ':' | '：' | '(' | ')' | '（' | '）'))
        .collect();
    let word = word.to_lowercase();
    let length = word.chars().count();
    if length > LONGEST {
        return Claim::None;
    }
    let certain = TOTALS
        .iter()
        .any(|total| word == *total || (!total.is_ascii() && length <= 16 && word.ends_with(total)));
    let exact = TOTALS_AT_THE_END.contains(&word.as_str());
    if certain || (exact && at_the_end) {
        Claim::Certain
    } else if exact || names_a_part(text) {
        Claim::Maybe
    } else if AVERAGES.contains(&word.as_str()) {
        Claim::Average
    } else {
        Claim::None
    }
}

/// Whether a text holds what all the words above have in common with one another.
fn may_claim(text: &str) -> bool {
    if text.len() > 3 * LONGEST {
        return false;
    }
    let mut rest = text.as_bytes();
    let mut ascii = true;
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first < b'A' {
            continue;
        }
        ascii &= first.is_ascii();
        let word: &[u8] = match first | 0x20 {
            b't' => b"otal",
            b's' => b"um",
            b'o' => b"verall",
            b'a' => b"v",
            b'm' => b"ean",
            _ => b"",
        };
        let found = behind.get(..word.len());
        if !word.is_empty() && found.is_some_and(|part| part.eq_ignore_ascii_case(word)) {
            return true;
        }
    }
    !ascii && text.contains(CHINESE)
}

/// `Total East`, `East Total`, `华东合计（含税）`.
fn names_a_part(text: &str) -> bool {
    let lower = text.to_lowercase();
    IN_NAMES.iter().any(|word| {
        if word.is_ascii() {
            lower
                .split(|letter: char| !letter.is_alphanumeric())
                .any(|part| part == *word)
        } else {
            lower.contains(word)
        }
    })
}

/// A single text that begins as notes do.
#[must_use]
pub(crate) fn is_note(grid: &Grid, row: usize) -> bool {
    let mut filled = grid.row(row).filter(|cell| !cell.is_empty());
    let (Some(Cell::Text(text)), None) = (filled.next(), filled.next()) else {
        return false;
    };
    let text = text.to_lowercase();
    grid.width() >= 2 && NOTES.iter().any(|note| text.starts_with(note))
}

/// A single text behind a blank row, under a table of at least three columns.
fn is_remark(grid: &Grid, row: usize, start: usize) -> bool {
    let mut filled = grid.row(row).filter(|cell| !cell.is_empty());
    let alone = matches!((filled.next(), filled.next()), (Some(Cell::Text(_)), None));
    let behind_a_blank = grid.number(row) > grid.number(row - 1).saturating_add(1);
    alone && behind_a_blank && grid.width() >= 3 && row > start + 1
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
        assert_eq!(split.data.len() + totals.len() + notes.len(), grid.len());
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
    fn names_of_parts_are_totals_where_the_numbers_bear_it_out() {
        check(
            &[
                &["East", "1", "10"],
                &["East", "2", "20"],
                &["Total East", "3", "30"],
                &["West", "4", "40"],
                &["West", "5", "5.5"],
                &["West Total", "9", "45.5"],
                &["Total", "12", "75.5"],
            ],
            &[2, 5, 6],
            &[],
        );
        check(
            &[&["a", "1"], &["b", "2"], &["Total Wine Ltd", "3.5"], &["c", "4"]],
            &[],
            &[],
        );
        check(&[&["华东合计（含税）", "1"], &["华北", "2"]], &[], &[]);
        check(&[&["a", "1"], &["b", "2"], &["Sum", "3"], &["c", "4"]], &[2], &[]);
    }

    #[test]
    fn averages_are_totals_where_the_numbers_bear_it_out() {
        check(&[&["a", "1"], &["b", "2"], &["平均", "1.5"]], &[2], &[]);
        check(
            &[&["a", "1"], &["b", "2"], &["合计", "3"], &["平均值", "1.5"]],
            &[2, 3],
            &[],
        );
        check(&[&["Mean", "1"], &["b", "2"], &["c", "2"]], &[], &[]);
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
