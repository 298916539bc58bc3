//! The worker: reads one upload in a process of its own that can do nothing else, and says what it found.
//!
//! The request and the answer are JSON; the upload comes as a descriptor. Tables go out as Parquet, one part of the bulk output
//! each, in the order of the answer; before them go images of pages, behind them the rows that can be found by search.

use std::io::Write;
use std::os::unix::fs::FileExt;

use sandbox::JobIo;
use schemas::ContentId;
use schemas::file::Rejection;
use schemas::overrides::TableOverride;
use schemas::table::TableProfile;
use serde::{Deserialize, Serialize};

use crate::config;
use crate::document::{self, Source, Span, Stretch};
use crate::kind;
use crate::limits::Limits;
use crate::passages::of_tables;
use crate::read::{self, ReadTable};

/// Every `main` that runs this service registers it with [`sandbox::enter_if_worker`].
pub const WORKER: sandbox::Kind = sandbox::Kind {
    name: "parse",
    preload,
    serve,
};

/// What can't be loaded is told when it is needed: everything else can be read without.
fn preload() -> Result<(), String> {
    if let Some(library) = config::pdfium_of_worker() {
        document::pdf::load(Some(&library));
    }
    Ok(())
}

/// What is to be read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The file's logical name.
    pub name: String,
    /// The digest of its bytes.
    pub source: ContentId,
    /// What people have decided about its tables.
    #[serde(default)]
    pub overrides: Vec<TableOverride>,
    /// How much it may hold.
    pub limits: Limits,
    /// Which pages, of a document.
    #[serde(default)]
    pub span: Option<Span>,
}

/// What was found.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// The tables, in the order of the parts of the bulk output. Where rows can be found by search, one more part is a
    /// [`schemas::document::Document`] of them.
    Tables(Vec<TableProfile>),
    /// Some of a document. The parts are the images of pages, then the tables.
    Document(Box<Found>),
    /// The file can't be read.
    Rejected(Rejection),
}

/// See [`Answer::Document`].
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub stretch: Stretch,
    pub tables: Vec<TableProfile>,
}

fn serve(io: &mut JobIo) -> Result<Vec<u8>, String> {
    let request: Request = serde_json::from_slice(io.request())
        .map_err(|error| format!("the request can't be read: {error}"))?;
    let file = io.take_input(0).ok_or("there is no file to read")?;
    let unread = |error| format!("the file can't be read: {error}");
    let size = file.metadata().map_err(unread)?.len();
    let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
    // At positions, since other workers may read the same descriptor.
    file.read_exact_at(&mut bytes, 0).map_err(unread)?;
    let answer = match &request.span {
        Some(span) => read_document(io, &request, &bytes, span),
        None => read_tables(io, &request, &bytes),
    };
    let answer = answer.map_err(|error| format!("nobody takes what was found: {error}"))?;
    serde_json::to_vec(&answer).map_err(|error| format!("the answer can't be written: {error}"))
}

fn read_tables(io: &mut JobIo, request: &Request, bytes: &[u8]) -> std::io::Result<Answer> {
    let Request {
        name,
        source,
        overrides,
        limits,
        ..
    } = request;
    let tables = match read::read_with(bytes, name, source.as_str(), overrides, limits, &mut |_| {}) {
        Ok(tables) => tables,
        Err(rejected) => return Ok(Answer::Rejected(rejected.into())),
    };
    let rows = (limits.row_passages > 0).then(|| {
        let named = tables
            .iter()
            .map(|table| (table.profile.name.as_str(), &table.texts, table.profile.rows));
        of_tables(named, kind::stem(name))
    });
    let profiles = give(io, tables)?;
    if let Some(rows) = rows {
        serde_json::to_writer(io.bulk(), &rows)?;
        io.bulk().end_part()?;
    }
    Ok(Answer::Tables(profiles))
}

fn read_document(io: &mut JobIo, request: &Request, bytes: &[u8], span: &Span) -> std::io::Result<Answer> {
    let source = Source {
        bytes,
        name: &request.name,
        source: request.source.as_str(),
        overrides: &request.overrides,
        limits: &request.limits,
        span,
    };
    let found = document::read(&source, &mut |image| {
        io.bulk().write_all(image)?;
        io.bulk().end_part()
    })?;
    Ok(match found {
        Ok((stretch, tables)) => Answer::Document(Box::new(Found {
            stretch,
            tables: give(io, tables)?,
        })),
        Err(rejected) => Answer::Rejected(rejected.into()),
    })
}

/// Sends the Parquet of each table; what is left is its profile.
fn give(io: &mut JobIo, tables: Vec<ReadTable>) -> std::io::Result<Vec<TableProfile>> {
    tables
        .into_iter()
        .map(|table| {
            io.bulk().write_all(&table.parquet)?;
            io.bulk().end_part()?;
            Ok(table.profile)
        })
        .collect()
}
