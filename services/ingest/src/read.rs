//! Bytes in, typed tables out: one pure function, without clock, network or environment.

use schemas::file::RejectionCode;
use schemas::overrides::TableOverride;
use schemas::table::{Decision, TableProfile};

use crate::blocks;
use crate::columnar;
use crate::delimited;
use crate::grid::Grid;
use crate::kind::{self, Kind};
use crate::limits::{Limits, too_large};
use crate::notes;
use crate::objects;
use crate::passages::RowTexts;
use crate::rejected::Rejected;
use crate::table;
use crate::text;
use crate::workbook;

/// The version of this reader. Raise it when the same bytes shall give other tables: files are read again then.
pub const READER: u32 = 3;

/// A table that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadTable {
    /// What was found in it, and what was decided.
    pub profile: TableProfile,
    /// Its typed values.
    pub parquet: Vec<u8>,
    /// Its first rows as they are written.
    pub texts: RowTexts,
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
    read_with(bytes, name, source, &[], limits, on_progress)
}

/// The same, with what people have decided about its tables.
///
/// # Errors
/// The same.
pub fn read_with(
    bytes: &[u8],
    name: &str,
    source: &str,
    overrides: &[TableOverride],
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<ReadTable>, Rejected> {
    let kind = Kind::of(name)?;
    if bytes.len() as u64 > limits.bytes {
        return Err(too_large("the file", "bytes", bytes.len() as u64, limits.bytes));
    }
    kind.check(bytes)?;
    let file = File {
        bytes,
        name,
        kind,
        source,
        overrides,
        limits,
    };
    if kind.is_document() {
        return Err(Rejected::new(
            RejectionCode::UnknownKind,
            format!("{name} is a document; expected a file of tables"),
        ));
    }
    match kind {
        Kind::Csv | Kind::Tsv | Kind::Json | Kind::JsonLines => file.read_text(on_progress),
        Kind::Xlsx | Kind::Xls | Kind::Ods => file.read_workbook(on_progress),
        _ => {
            let table = columnar::read(bytes, limits)?;
            Ok(vec![table::of_columns(
                file.place(kind::stem(name), 0, 0),
                table,
            )?])
        }
    }
}

/// One file and how it is to be read.
struct File<'a> {
    bytes: &'a [u8],
    name: &'a str,
    kind: Kind,
    source: &'a str,
    overrides: &'a [TableOverride],
    limits: &'a Limits,
}

impl<'a> File<'a> {
    /// `table` is its place in the file, `number` that among the tables of its sheet.
    fn place<'b>(&self, name: &'b str, number: usize, table: usize) -> table::Place<'b>
    where
        'a: 'b,
    {
        table::Place {
            name,
            number,
            source: self.source,
            overrides: self.overrides.iter().find(|set| set.table as usize == table),
            rows: self.limits.row_passages,
        }
    }

    fn read_text(&self, on_progress: &mut dyn FnMut(Stage)) -> Result<Vec<ReadTable>, Rejected> {
        on_progress(Stage {
            name: "reading rows".into(),
            done: 0,
            total: self.bytes.len() as u64,
        });
        let (text, encoding) = text::decode(self.bytes)?;
        let (grid, format) = match self.kind {
            Kind::Json => objects::read_list(&text, self.limits)?,
            Kind::JsonLines => objects::read_lines(&text, self.limits, on_progress)?,
            _ => delimited::read(&text, self.kind, self.limits, on_progress)?,
        };
        if grid.is_empty() {
            return Err(empty(&grid));
        }
        on_progress(Stage {
            name: "typing columns".into(),
            done: 0,
            total: grid.width() as u64,
        });
        let decisions = [vec![encoding], format].concat();
        let mut found = Found::default();
        self.read_grid(kind::stem(self.name), grid, &decisions, &mut found)?;
        found.finish("the file")
    }

    fn read_workbook(&self, on_progress: &mut dyn FnMut(Stage)) -> Result<Vec<ReadTable>, Rejected> {
        let sheets = workbook::read(self.bytes, self.kind, self.limits, on_progress)?;
        let total = sheets.len() as u64;
        let others = sheets
            .iter()
            .filter(|sheet| !notes::is_sheet_of_notes(sheet))
            .count();
        let mut found = Found::default();
        for (number, sheet) in (1u64..).zip(sheets) {
            on_progress(Stage {
                name: format!("typing sheet {number} of {total}"),
                done: number - 1,
                total,
            });
            if sheet.grid.is_empty() {
                found.skip(sheet.name, "it is blank");
            } else if others > 0 && notes::is_sheet_of_notes(&sheet) {
                found.skip(sheet.name, "it holds notes in words, no table");
            } else if !self.read_grid(&sheet.name, sheet.grid, &sheet.decisions, &mut found)? {
                found.skip(sheet.name, "it has a header and no rows");
            }
        }
        found.finish("all sheets of the workbook")
    }

    /// Reads the tables of one sheet; whether there were any.
    fn read_grid(
        &self,
        name: &str,
        grid: Grid,
        decisions: &[Decision],
        found: &mut Found,
    ) -> Result<bool, Rejected> {
        let grids = if self.kind.may_hold_several() {
            blocks::split(grid, self.limits)?
        } else {
            vec![grid]
        };
        let total = grids.len();
        let mut any = false;
        for (number, grid) in grids.iter().enumerate() {
            let mut decisions = decisions.to_vec();
            if total > 1 {
                decisions.push(Decision {
                    about: "tables".into(),
                    chosen: format!("table {} of {total}", number + 1),
                    because: format!(
                        "{} holds {total} tables with headers of their own; this one begins at {}",
                        grid.called(),
                        grid.place(0, 0)
                    ),
                });
            }
            let place = self.place(name, number, found.tables.len());
            match table::read(place, grid, decisions)? {
                Some(table) => {
                    found.push(table);
                    any = true;
                }
                None => found.no_rows(grid),
            }
        }
        Ok(any)
    }
}

/// The tables so far, and what held none.
#[derive(Default)]
struct Found {
    tables: Vec<ReadTable>,
    skipped: Vec<Decision>,
    header_only: Option<Rejected>,
}

impl Found {
    /// Tables are told apart by their names.
    fn push(&mut self, mut table: ReadTable) {
        let plain = table.profile.name.clone();
        let taken = |name: &str| self.tables.iter().any(|table| table.profile.name == name);
        let mut number = 2;
        while taken(&table.profile.name) {
            table.profile.name = format!("{plain} ({number})");
            number += 1;
        }
        self.tables.push(table);
    }

    fn skip(&mut self, sheet: String, because: &str) {
        self.skipped.push(Decision {
            about: "skipped_sheet".into(),
            chosen: sheet,
            because: because.into(),
        });
    }

    fn no_rows(&mut self, grid: &Grid) {
        self.header_only.get_or_insert_with(|| no_rows(grid));
    }

    fn finish(self, whole: &str) -> Result<Vec<ReadTable>, Rejected> {
        let Self {
            mut tables,
            skipped,
            header_only,
        } = self;
        if tables.is_empty() {
            return Err(header_only.unwrap_or_else(|| {
                Rejected::new(
                    RejectionCode::Empty,
                    format!("{whole} are blank; expected a header and rows"),
                )
            }));
        }
        for table in &mut tables {
            table.profile.decisions.extend(skipped.iter().cloned());
        }
        Ok(tables)
    }
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
