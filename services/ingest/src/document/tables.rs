//! Tables of documents as typed columns: the same way that sheets go.

use std::collections::HashSet;

use schemas::document::{BlockContent, Extract};
use schemas::table::Decision;

use crate::document::{Source, captions};
use crate::grid::{Addresses, Cell, Grid};
use crate::read::ReadTable;
use crate::rejected::Rejected;
use crate::table;

/// Types the tables among the blocks. One that can't be kept as a table is told, and its rows can still be found as passages.
pub(crate) fn of_blocks(source: &Source<'_>, extract: &mut Extract) -> Vec<ReadTable> {
    let names = captions::names(&extract.blocks, source.span.heading.as_deref());
    let mut names = names.into_iter();
    let mut found = Vec::new();
    let mut notices = Vec::new();
    for block in &extract.blocks {
        let BlockContent::Table { header, rows, .. } = &block.content else {
            continue;
        };
        let name = names.next().unwrap_or_default();
        if source.span.tables as usize + found.len() >= source.limits.document_tables {
            notices.push(format!(
                "{name} is not kept as a table: the document has too many"
            ));
            break;
        }
        match read(source, &name, found.len(), header, rows) {
            Ok(Some(table)) => found.push(table),
            Ok(None) => {}
            Err(rejected) => notices.push(format!("{name} is not kept as a table: {}", rejected.message)),
        }
    }
    extract.notices.extend(notices);
    found
}

fn read(
    source: &Source<'_>,
    name: &str,
    before: usize,
    header: &[String],
    rows: &[Vec<String>],
) -> Result<Option<ReadTable>, Rejected> {
    let mut grid = Grid::new(Addresses::Sheet(name.to_owned()));
    let named = header.iter().any(|cell| !cell.is_empty());
    let names = named.then(|| told_apart(header));
    let lines = names.iter().chain(rows);
    for (number, line) in (1u32..).zip(lines) {
        let cells = line.iter().map(|cell| match cell.trim() {
            "" => Cell::Empty,
            text => Cell::Text(text),
        });
        grid.push(number, cells, source.limits)?;
    }
    let index = source.span.tables as usize + before;
    let place = table::Place {
        name,
        number: 0,
        source: source.source,
        overrides: source.overrides.iter().find(|set| set.table as usize == index),
        rows: 0,
    };
    let decision = Decision {
        about: "table".into(),
        chosen: name.to_owned(),
        because: "it stands in a document, under this caption or heading".into(),
    };
    table::read(place, &grid, vec![decision])
}

/// Column names of which none is blank or used twice: a table in a text is laid out for people.
fn told_apart(header: &[String]) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::new();
    for (place, name) in (1..).zip(header) {
        let plain = if name.is_empty() {
            format!("column {place}")
        } else {
            name.clone()
        };
        let mut name = plain.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{plain} ({number})");
            number += 1;
        }
        names.push(name);
    }
    names
}
