//! Bytes in, typed tables out: one pure function, without clock, network or environment.

use schemas::file::RejectionCode;
use schemas::table::{Decision, TableProfile};

use crate::delimited;
use crate::grid::Grid;
use crate::kind::{self, Kind};
use crate::limits::{Limits, too_large};
use crate::rejected::Rejected;
use crate::table;
use crate::text;
use crate::workbook;

/// The version of this reader. Raise it when the same bytes shall give other tables: files are read again then.
pub const READER: u32 = 1;

/// A table that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadTable {
    /// What was found in it, and what was decided.
    pub profile: TableProfile,
    /// Its typed values.
    pub parquet: Vec<u8>,
}

/// How far reading has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// In the present participle, for instance `reading sheet 2 of 3`.
    pub name: String,
    /// Steps done in this stage.
    pub done: u64,
    /// Steps of this stage.
    pub total: u64,
}

/// Reads a file. `name` tells its kind; `source`, the digest of its bytes, is written into what comes out, which
/// so says where it comes from. The same arguments give the same tables, byte by byte.
///
/// # Errors
/// [`Rejected`] with what is wrong, where, and what was expected.
pub fn read(
    bytes: &[u8],
    name: &str,
    source: &str,
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<ReadTable>, Rejected> {
    let kind = Kind::of(name)?;
    if bytes.len() as u64 > limits.bytes {
        return Err(too_large("the file", "bytes", bytes.len() as u64, limits.bytes));
    }
    kind.check(bytes)?;
    match kind {
        Kind::Csv | Kind::Tsv => read_text(bytes, name, kind, source, limits, on_progress),
        Kind::Xlsx => read_workbook(bytes, source, limits, on_progress),
    }
}

fn read_text(
    bytes: &[u8],
    name: &str,
    kind: Kind,
    source: &str,
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<ReadTable>, Rejected> {
    on_progress(Stage {
        name: "reading rows".into(),
        done: 0,
        total: bytes.len() as u64,
    });
    let (text, encoding) = text::decode(bytes)?;
    let (grid, format) = delimited::read(&text, kind, limits, on_progress)?;
    if grid.is_empty() {
        return Err(empty(&grid));
    }
    on_progress(Stage {
        name: "typing columns".into(),
        done: 0,
        total: grid.width() as u64,
    });
    let decisions = [vec![encoding], format].concat();
    match table::read(kind::stem(name), source, &grid, decisions)? {
        Some(table) => Ok(vec![table]),
        None => Err(no_rows(&grid)),
    }
}

fn read_workbook(
    bytes: &[u8],
    source: &str,
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<ReadTable>, Rejected> {
    let sheets = workbook::read(bytes, limits, on_progress)?;
    let total = sheets.len() as u64;
    let mut tables = Vec::new();
    let mut skipped = Vec::new();
    let mut header_only = None;
    for (number, sheet) in (1u64..).zip(sheets) {
        on_progress(Stage {
            name: format!("typing sheet {number} of {total}"),
            done: number - 1,
            total,
        });
        let because = if sheet.grid.is_empty() {
            "it is blank"
        } else {
            if let Some(table) = table::read(&sheet.name, source, &sheet.grid, sheet.decisions)? {
                tables.push(table);
                continue;
            }
            header_only.get_or_insert_with(|| no_rows(&sheet.grid));
            "it has a header and no rows"
        };
        skipped.push(Decision {
            about: "skipped_sheet".into(),
            chosen: sheet.name,
            because: because.into(),
        });
    }
    if tables.is_empty() {
        return Err(header_only.unwrap_or_else(|| {
            Rejected::new(
                RejectionCode::Empty,
                "all sheets of the workbook are blank; expected a header and rows",
            )
        }));
    }
    for table in &mut tables {
        table.profile.decisions.extend(skipped.iter().cloned());
    }
    Ok(tables)
}

fn empty(grid: &Grid) -> Rejected {
    Rejected::new(
        RejectionCode::Empty,
        format!(
            "{} holds nothing but blank cells; expected a header and rows",
            grid.called()
        ),
    )
}

fn no_rows(grid: &Grid) -> Rejected {
    let place = grid.row_place(0);
    Rejected::new(
        RejectionCode::NoRows,
        format!(
            "{} has a header in {place} and no rows of data under it; expected at least one",
            grid.called()
        ),
    )
    .at(grid.place(0, 0))
}
