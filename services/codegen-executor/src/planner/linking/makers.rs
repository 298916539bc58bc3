//! What Chinese headers say with one more character: the 经办 of 经办人, the 开标 of 开标日期, the 接待 of 年接待量.

use schemas::table::ColumnType;

use super::super::fold::is_han;
use super::super::lexicon::lexicon;
use super::super::table::{Column, Table};
use super::speaking::of_amounts;
use super::{Meaning, Words};

/// What ends a header for the time of what it begins with.
const TIMES: [&str; 7] = ["日期", "时间", "年份", "年月", "年度", "日", "年"];
/// For somebody who does it.
const PEOPLE: [&str; 4] = ["人员", "人", "员", "者"];
/// For how much of it there is.
const AMOUNTS: [&str; 9] = ["人次", "人数", "次数", "金额", "数量", "费用", "时长", "量", "额"];
/// What stands before it without changing what is done.
const BEFORE: [&str; 5] = ["年", "月", "日", "总", "累计"];

impl Words<'_> {
    /// Verbs that are the beginning of a header: 谁经办的 asks for 经办人, and 2023年开标 looks at 开标日期.
    pub(super) fn link_makers(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        for (number, column) in table.columns.iter().enumerate() {
            let [_, header] = &column.headers;
            let Some(doing) = doing(header, column) else {
                continue;
            };
            let Some(end) = self.atoms.reads(at, doing) else {
                continue;
            };
            let other = |other: &Column<'_>| {
                let [_, header] = &other.headers;
                header != doing && self::doing(header, other) == Some(doing)
            };
            let shared = table.columns.iter().filter(|column| other(column)).count() > 1;
            let rows = table
                .subjects
                .iter()
                .any(|words| words.iter().any(|word| word.text == doing));
            let amount = lexicon()
                .get(doing)
                .is_some_and(|entry| of_amounts(&entry.verbs) || of_amounts(&entry.concepts));
            if amount && !column.kind().is_number() {
                continue;
            }
            // The word goes on: 接待量 is the column itself.
            let whole = self.atoms.reads(at, header).is_some();
            if !(shared || whole || rows && column.kind().is_number()) {
                add(end, Meaning::Verb(number));
            }
        }
    }
}

/// What a header says is done, by the kind of its column.
fn doing<'h>(header: &'h str, column: &Column<'_>) -> Option<&'h str> {
    let endings: &[&str] = match column.kind() {
        ColumnType::Date | ColumnType::Datetime => &TIMES,
        ColumnType::Text => &PEOPLE,
        ColumnType::Int if column.holds_years() => &TIMES,
        ColumnType::Int | ColumnType::Float => &AMOUNTS,
        ColumnType::Bool => return None,
    };
    let stem = endings.iter().find_map(|ending| header.strip_suffix(ending))?;
    let stem = BEFORE
        .iter()
        .filter(|_| column.kind().is_number())
        .find_map(|before| stem.strip_prefix(before))
        .unwrap_or(stem);
    let long = (2..=4).contains(&stem.chars().count());
    (long && stem.chars().all(is_han)).then_some(stem)
}
