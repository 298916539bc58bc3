//! What a sheet shows besides its cells: what is merged, and what is hidden.
//!
//! The XML is looked through for a few tags and never built: the cells between them are many.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Cursor, Read};

use schemas::table::Decision;

use crate::cell;
use crate::grid::{Cell, Grid, Merge};
use crate::limits::Limits;
use crate::rejected::Rejected;

/// Merged cells of one sheet, at most: more of them are the pattern of a form.
const MERGES: usize = 100_000;
/// Bytes of the parts that list the sheets, and of one tag, at most.
const LONGEST_PART: u64 = 16 << 20;
const LONGEST_TAG: u64 = 64 << 10;
/// Rows that one merged cell may be filled down.
const ROWS: u32 = 100_000;

/// What is merged and hidden.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub merges: Vec<Merge>,
    /// How many rows are hidden, and the number of the first one.
    pub hidden_rows: (u64, u32),
    /// The hidden columns, from 0, as runs of first and last.
    pub hidden_columns: Vec<(usize, usize)>,
}

impl Marks {
    /// Hidden rows and columns are read, and it is told.
    pub(super) fn decisions(&self) -> Vec<Decision> {
        let because = "the sheet hides them, but their values count like the others";
        let (rows, first) = self.hidden_rows;
        let mut decisions = Vec::new();
        if rows > 0 {
            decisions.push(Decision {
                about: "hidden_rows".into(),
                chosen: format!("{rows} read like the others, the first is row {first}"),
                because: because.into(),
            });
        }
        if let Some((first, _)) = self.hidden_columns.first() {
            let columns: usize = self
                .hidden_columns
                .iter()
                .map(|(first, last)| last + 1 - first)
                .sum();
            decisions.push(Decision {
                about: "hidden_columns".into(),
                chosen: format!(
                    "{columns} read like the others, the first is column {}",
                    crate::address::column_letters(*first)
                ),
                because: because.into(),
            });
        }
        decisions
    }

    /// Fills texts and days down into the rows that they are merged over; a number would be counted more than once. How
    /// many cells that were.
    pub(super) fn fill_down(self, grid: Grid, limits: &Limits) -> Result<(Grid, usize), Rejected> {
        let tall: Vec<Merge> = self
            .merges
            .iter()
            .copied()
            .filter(|merge| merge.rows.1 > merge.rows.0 && merge.rows.1 - merge.rows.0 <= ROWS)
            .collect();
        let rows: HashMap<u32, usize> = if tall.is_empty() {
            HashMap::new()
        } else {
            (0..grid.len()).map(|row| (grid.number(row), row)).collect()
        };
        // Of each row of the grid the cells to be filled: their columns, and the rows whose text is shown there.
        let mut fills: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for merge in tall {
            let Some(first) = rows.get(&merge.rows.0).copied() else {
                continue;
            };
            let column = merge.columns.0;
            if !is_label(grid.cell(first, column)) {
                continue;
            }
            for number in merge.rows.0 + 1..=merge.rows.1 {
                if let Some(row) = rows
                    .get(&number)
                    .filter(|row| grid.cell(**row, column).is_empty())
                {
                    fills.entry(*row).or_default().push((column, first));
                }
            }
        }
        if fills.is_empty() {
            return Ok((grid.with_merges(self.merges), 0));
        }
        let mut filled = Grid::new(grid.addresses().clone());
        let mut count = 0;
        for row in 0..grid.len() {
            let mut cells: Vec<Cell<'_>> = grid.row(row).collect();
            for (column, first) in fills.get(&row).into_iter().flatten() {
                if cells.len() <= *column {
                    cells.resize(*column + 1, Cell::Empty);
                }
                if let Some(cell) = cells.get_mut(*column) {
                    *cell = grid.cell(*first, *column);
                    count += 1;
                }
            }
            filled.push(grid.number(row), cells, limits)?;
        }
        Ok((filled.with_merges(self.merges), count))
    }
}

fn is_label(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Text(_) => cell::number(cell).is_none(),
        Cell::Moment(_) => true,
        Cell::Number(..) | Cell::Bool(_) | Cell::Error(_) | Cell::Empty => false,
    }
}

/// The entries of the archive that hold the sheets, in the order of the workbook.
pub(super) fn entries(bytes: &[u8]) -> Vec<Option<String>> {
    let part = |name: &str| {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
        let mut text = Vec::new();
        let entry = archive.by_name(name).ok()?;
        entry.take(LONGEST_PART).read_to_end(&mut text).ok()?;
        Some(text)
    };
    let targets: HashMap<String, String> = part("xl/_rels/workbook.xml.rels")
        .map(|text| {
            let mut targets = HashMap::new();
            each_tag(text.as_slice(), |name, attributes| {
                if name == b"Relationship"
                    && let (Some(id), Some(target)) =
                        (attribute(attributes, "Id"), attribute(attributes, "Target"))
                {
                    let target = target.trim_start_matches('/');
                    let target = target.strip_prefix("xl/").unwrap_or(target);
                    targets.insert(id.to_owned(), format!("xl/{target}"));
                }
            });
            targets
        })
        .unwrap_or_default();
    let mut entries = Vec::new();
    if let Some(text) = part("xl/workbook.xml") {
        each_tag(text.as_slice(), |name, attributes| {
            if name == b"sheet" {
                let id = attribute(attributes, "id");
                entries.push(id.and_then(|id| targets.get(id)).cloned());
            }
        });
    }
    entries
}

/// Looks through one sheet. What can't be looked through has no marks: its cells are read by others, who tell.
pub(super) fn read(bytes: &[u8], entry: &str) -> Marks {
    let mut marks = Marks::default();
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return marks;
    };
    let Ok(entry) = archive.by_name(entry) else {
        return marks;
    };
    each_tag(
        BufReader::with_capacity(128 << 10, entry),
        |name, attributes| match name {
            b"mergeCell" if marks.merges.len() < MERGES => {
                marks.merges.extend(attribute(attributes, "ref").and_then(area));
            }
            b"row" if is_hidden(attributes) => {
                let number = attribute(attributes, "r")
                    .and_then(|number| number.parse().ok())
                    .unwrap_or(0);
                let (count, first) = marks.hidden_rows;
                marks.hidden_rows = (count + 1, if count == 0 { number } else { first });
            }
            b"col" if is_hidden(attributes) => {
                let number = |name| attribute(attributes, name)?.parse::<usize>().ok()?.checked_sub(1);
                // The last run reaches to the end of the sheet where somebody hid what is not used.
                if let (Some(first), Some(last)) = (number("min"), number("max"))
                    && last >= first
                    && last < 16_383
                {
                    marks.hidden_columns.push((first, last));
                }
            }
            _ => {}
        },
    );
    marks
}

fn is_hidden(attributes: &str) -> bool {
    matches!(attribute(attributes, "hidden"), Some("1" | "true"))
}

/// `A2:E2` as rows and columns.
fn area(text: &str) -> Option<Merge> {
    let (start, end) = text.split_once(':')?;
    let (start, end) = (address(start)?, address(end)?);
    (start.0 <= end.0 && start.1 <= end.1).then_some(Merge {
        rows: (start.0, end.0),
        columns: (start.1, end.1),
    })
}

/// The number of the row, from 1, and the column, from 0.
fn address(text: &str) -> Option<(u32, usize)> {
    let letters = text.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, digits) = text.split_at(letters);
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let column = letters.bytes().fold(0usize, |column, letter| {
        column * 26 + usize::from(letter - b'A') + 1
    });
    Some((digits.parse().ok()?, column - 1))
}

/// Calls for every opening tag with its local name and its attributes, until the end or the first error.
fn each_tag(mut reader: impl BufRead, mut call: impl FnMut(&[u8], &str)) {
    let mut tag = Vec::new();
    loop {
        match reader.skip_until(b'<') {
            Ok(skipped) if skipped > 0 => {}
            _ => return,
        }
        tag.clear();
        match reader.by_ref().take(LONGEST_TAG).read_until(b'>', &mut tag) {
            Ok(read) if read > 0 => {}
            _ => return,
        }
        let end = tag
            .iter()
            .position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>'))
            .unwrap_or(tag.len());
        let (name, rest) = tag.split_at(end);
        let name = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        if matches!(name, b"c" | b"v" | b"is" | b"t" | b"f" | b"") {
            continue;
        }
        if let Ok(attributes) = std::str::from_utf8(rest) {
            call(name, attributes);
        }
    }
}

/// The value of an attribute by its local name, as written.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        let (key, after) = rest.split_once('=')?;
        let key = key.trim();
        let key = key.rsplit([' ', ':', '\t', '\n']).next().unwrap_or(key);
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, next) = after.get(1..)?.split_once(quote)?;
        if key == name {
            return Some(value);
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_attributes() {
        let mut found = Vec::new();
        let xml = br#"<?xml version="1.0"?><x:mergeCells count="1"><x:mergeCell ref = 'A2:XFD3' other="1"/></x:mergeCells><row r="4" hidden="1">"#;
        each_tag(xml.as_slice(), |name, attributes| {
            found.push((
                String::from_utf8_lossy(name).into_owned(),
                attribute(attributes, "ref").map(str::to_owned),
            ));
        });
        assert!(
            found.contains(&("mergeCell".to_owned(), Some("A2:XFD3".to_owned()))),
            "{found:?}"
        );
        assert_eq!(
            area("A2:XFD3"),
            Some(Merge {
                rows: (2, 3),
                columns: (0, 16_383)
            })
        );
        for wrong in ["A2", "A3:A2", "2:3", "AAAA1:B2", "a1:b2"] {
            assert_eq!(area(wrong), None, "{wrong}");
        }
        assert!(is_hidden(r#" r="1" hidden="1""#) && !is_hidden(r#" hidden="0""#));
    }
}
