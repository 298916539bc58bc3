//! Rows of tables as passages: `header: value; header: value`, so that each row says what its values are.

use schemas::Language;
use schemas::document::{Area, Document, Passage, PassageKind, Place};
use serde::{Deserialize, Serialize};

use super::cutting::Context;
use super::tokens::{estimate, pieces};
use super::{BUDGET, UNDER, finish, language};

/// Rows of one table that become passages.
const ROWS: usize = 5_000;
/// Tokens of the row of a sheet; what is longer is cut.
const LONGEST: usize = BUDGET;
/// Parts of one row.
const PARTS: usize = 20;

/// A table in a document.
pub(super) struct Table<'a> {
    pub header: &'a [String],
    pub rows: &'a [Vec<String>],
    pub areas: &'a [Area],
}

/// Adds a passage for each row; what was left out.
pub(super) fn add(
    table: &Table<'_>,
    place: &Place,
    context: &Context<'_>,
    found: &mut Vec<Passage>,
) -> Option<String> {
    for (number, row) in (1u64..).zip(table.rows).take(ROWS) {
        let own = usize::try_from(number - 1)
            .ok()
            .and_then(|index| table.areas.get(index));
        let place = Place {
            areas: own.map_or_else(|| place.areas.clone(), |area| vec![*area]),
            row: Some(number),
            ..place.clone()
        };
        for text in parts(table.header, row) {
            found.push(context.passage(text, place.clone(), PassageKind::Row));
        }
    }
    let name = place.table.as_deref().unwrap_or("a table");
    (table.rows.len() > ROWS).then(|| {
        format!(
            "of the {} rows of {name}, the first {ROWS} can be found by search",
            table.rows.len()
        )
    })
}

/// What a row says of each of its columns.
fn pairs(header: &[String], row: &[String]) -> Vec<String> {
    let unnamed = header.iter().all(String::is_empty);
    // Two columns without names are a name and its value.
    if let ([name, value], true) = (row, unnamed)
        && !name.is_empty()
        && !value.is_empty()
    {
        return vec![format!("{name}: {value}")];
    }
    let named = row.iter().enumerate().filter(|(_, value)| !value.is_empty());
    named
        .map(|(column, value)| match header.get(column) {
            Some(name) if !name.is_empty() => format!("{name}: {value}"),
            _ => value.clone(),
        })
        .collect()
}

/// A row as texts within the budget; each of several begins with its first value, which mostly names it.
fn parts(header: &[String], row: &[String]) -> Vec<String> {
    let pairs = pairs(header, row);
    let whole = pairs.join("; ");
    if estimate(&whole) <= BUDGET {
        return if whole.is_empty() { Vec::new() } else { vec![whole] };
    }
    let key = pairs.first().filter(|key| estimate(key) <= BUDGET / 4).cloned();
    let room = BUDGET - key.as_deref().map_or(0, |key| estimate(key) + 1);
    let mut parts: Vec<String> = Vec::new();
    let mut current: Vec<&str> = Vec::new();
    let mut tokens = 0;
    let rest = pairs.get(usize::from(key.is_some())..).unwrap_or_default();
    let mut flush = |current: &mut Vec<&str>| {
        if !current.is_empty() {
            let all = key.as_deref().into_iter().chain(current.drain(..));
            parts.push(all.collect::<Vec<_>>().join("; "));
        }
    };
    for piece in rest.iter().flat_map(|pair| pieces(pair, room)) {
        let more = estimate(piece) + 1;
        if tokens + more > room {
            flush(&mut current);
            tokens = 0;
        }
        tokens += more;
        current.push(piece.trim());
    }
    flush(&mut current);
    parts.truncate(PARTS);
    parts
}

/// The first rows of a table, as people see them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RowTexts {
    /// Names of its columns.
    pub header: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// The rows of sheets as passages. `tables` are their names, their rows, and how many rows they have in all; `head` is the
/// name of the file.
pub(crate) fn of_tables<'a>(
    tables: impl IntoIterator<Item = (&'a str, &'a RowTexts, u64)>,
    head: &str,
) -> Document {
    let mut passages = Vec::new();
    let mut notices = Vec::new();
    let mut sample = String::new();
    for (name, texts, total) in tables {
        let before = passages.len();
        for (number, row) in (1u64..).zip(&texts.rows) {
            let whole = pairs(&texts.header, row).join("; ");
            let text = match pieces(&whole, LONGEST).first() {
                None => continue,
                Some(first) if first.len() < whole.len() => format!("{}…", first.trim_end()),
                Some(_) => whole,
            };
            if number <= 50 {
                sample.push_str(&text);
                sample.push('\n');
            }
            let place = Place {
                table: Some(name.to_owned()),
                row: Some(number),
                ..Place::default()
            };
            passages.push(Passage {
                index: 0,
                text,
                context: String::new(),
                place,
                kind: PassageKind::SheetRow,
                language: None,
                duplicate_of: None,
            });
        }
        let kept = u64::try_from(passages.len() - before).unwrap_or_default();
        if total > texts.rows.len() as u64 {
            notices.push(format!(
                "of the {total} rows of {name}, the first {kept} can be found by search"
            ));
        }
    }
    let language = language::of(&sample);
    for passage in &mut passages {
        passage.context = context(head, &passage.place, language);
    }
    finish(&mut passages, language);
    Document {
        title: None,
        language,
        pages: Vec::new(),
        passages,
        notices,
    }
}

fn context(head: &str, place: &Place, language: Option<Language>) -> String {
    let table = place.table.as_deref().filter(|table| *table != head);
    let row = place.row.unwrap_or_default();
    let row = if language == Some(Language::Zh) {
        format!("第{row}行")
    } else {
        format!("row {row}")
    };
    let parts = [Some(head), table, Some(row.as_str())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(UNDER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_row_says_what_its_values_are() {
        let header = row(&["Flight", "To", ""]);
        assert_eq!(
            parts(&header, &row(&["CA1234", "", "late"])),
            ["Flight: CA1234; late"]
        );
        let unnamed = row(&["", ""]);
        assert_eq!(
            parts(&unnamed, &row(&["Parking", "10 yuan"])),
            ["Parking: 10 yuan"]
        );
        assert!(parts(&header, &row(&["", "", ""])).is_empty());
    }

    #[test]
    fn a_long_row_is_parted_and_each_part_names_it() {
        let header = row(&["Gate", "Notes", "Rules"]);
        let (notes, rules) = ("word ".repeat(200), "rule ".repeat(150));
        let parts = parts(&header, &row(&["A12", &notes, &rules]));
        assert!(parts.len() >= 2, "{parts:?}");
        for part in &parts {
            assert!(
                part.starts_with("Gate: A12; ") && estimate(part) <= BUDGET + 4,
                "{part}"
            );
        }
        assert!(parts.last().unwrap().ends_with("rule"));
    }

    #[test]
    fn rows_of_sheets_stand_under_file_and_sheet() {
        let texts = RowTexts {
            header: row(&["航班", "登机口"]),
            rows: vec![row(&["CA1234", "A12"]), row(&["MU5101", "B3"])],
        };
        let document = of_tables([("出发", &texts, 9)], "航班表");
        let first = &document.passages[0];
        assert_eq!(
            (first.text.as_str(), first.kind),
            ("航班: CA1234; 登机口: A12", PassageKind::SheetRow)
        );
        assert_eq!(first.context, "航班表 › 出发 › 第1行");
        assert_eq!(
            (document.passages[1].place.row, document.notices.len()),
            (Some(2), 1)
        );
        let alone = of_tables(
            [(
                "sales",
                &RowTexts {
                    header: row(&["a"]),
                    rows: vec![row(&["x"])],
                },
                1,
            )],
            "sales",
        );
        assert_eq!(alone.passages[0].context, "sales › row 1");
    }
}
