//! A table's profile, for people: its columns, what was decided, and what could not be read.

use std::fmt::Write;

use schemas::Value;
use schemas::table::{ColumnProfile, SetAsideRow, TableProfile, UnparsedCell};

use crate::output::printable;
use crate::render::{cell, text_table, word};

/// Frequent values of a column that are shown.
const FREQUENT: usize = 3;
/// Cells and rows of one list that are shown; all of them are in the JSON.
const LISTED: usize = 20;
/// Letters of a value that are shown.
const LETTERS: usize = 24;

/// The profile as text.
#[must_use]
pub fn text(profile: &TableProfile) -> String {
    let mut out = String::new();
    line(&mut out, &format!("{}: {} rows", profile.name, profile.rows));
    let header = [
        "column",
        "type",
        "unit",
        "missing",
        "different",
        "from",
        "to",
        "frequent",
    ];
    let table = text_table(&header, profile.columns.iter().map(row));
    line(&mut out, &table.to_string());
    let unparsed = profile.columns.iter().filter(|column| column.unparsed_count > 0);
    section(&mut out, "Cells that could not be read", unparsed.map(unread));
    section(&mut out, "Rows set aside", profile.set_aside.iter().map(aside));
    let decisions = profile.decisions.iter();
    let decided = decisions.map(|made| format!("{}: {} ({})", made.about, made.chosen, made.because));
    section(&mut out, "Decisions", decided);
    out
}

fn row(column: &ColumnProfile) -> Vec<String> {
    let frequent = column.frequent.iter().take(FREQUENT);
    let frequent: Vec<String> = frequent
        .map(|found| format!("{} ×{}", short(&found.value), found.count))
        .collect();
    vec![
        column.name.clone(),
        word(&column.kind),
        column.unit.clone().unwrap_or_default(),
        column.nulls.to_string(),
        column.distinct.to_string(),
        short(&column.min),
        short(&column.max),
        frequent.join(", "),
    ]
}

fn short(value: &Value) -> String {
    let text = cell(value);
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn unread(column: &ColumnProfile) -> String {
    let shown = column.unparsed.iter().take(LISTED);
    let shown: Vec<String> = shown
        .map(|UnparsedCell { cell, text }| format!("{cell} {text:?}"))
        .collect();
    let count = usize::try_from(column.unparsed_count).unwrap_or(usize::MAX);
    let more = count.saturating_sub(shown.len());
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}: {count} of them: {}{more}", column.name, shown.join(", "))
}

fn aside(row: &SetAsideRow) -> String {
    let cells: Vec<String> = row.cells.iter().map(short).collect();
    format!("{}: {}", row.place, cells.join(" | "))
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    line(out, &format!("{title}:"));
    for text in lines.iter().take(LISTED) {
        line(out, &format!("  {text}"));
    }
    if lines.len() > LISTED {
        line(
            out,
            &format!("  and {} more (--json shows all)", lines.len() - LISTED),
        );
    }
}

fn line(out: &mut String, text: &str) {
    // Writing to a String does not fail.
    let _ = writeln!(out, "{}", printable(text));
}

#[cfg(test)]
mod tests {
    use schemas::table::{ColumnType, Decision, Frequency};

    use super::*;

    #[test]
    fn everything_that_was_found_is_shown() {
        let profile = TableProfile {
            name: "销售".to_owned(),
            rows: 3,
            columns: vec![ColumnProfile {
                name: "金额".to_owned(),
                kind: ColumnType::Float,
                unit: Some("万元".to_owned()),
                nulls: 1,
                distinct: 2,
                min: Value::Float(1.5),
                max: Value::Int(7),
                frequent: vec![Frequency {
                    value: Value::Float(1.5),
                    count: 1,
                }],
                unparsed: vec![UnparsedCell {
                    cell: "销售!B7".to_owned(),
                    text: "见附表\u{1b}".to_owned(),
                }],
                unparsed_count: 3,
            }],
            decisions: vec![Decision {
                about: "header_row".to_owned(),
                chosen: "row 2".to_owned(),
                because: "the row above is a title".to_owned(),
            }],
            set_aside: vec![SetAsideRow {
                place: "销售!A9".to_owned(),
                cells: vec!["合计".into(), Value::Float(8.5)],
            }],
        };
        let text = text(&profile);
        for part in [
            "销售: 3 rows",
            "万元",
            "1.5 ×1",
            "金额: 3 of them: 销售!B7",
            "and 2 more",
            "销售!A9: 合计 | 8.5",
            "header_row: row 2 (the row above is a title)",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains('\u{1b}'));
    }
}
