//! The worker: reads one upload in a process of its own that can do nothing else, and says what it found.
//!
//! The request and the answer are JSON; the upload comes as a descriptor, and the tables go out as Parquet, one part of the
//! bulk output each, in the order of the answer.

use std::io::{Read, Write};

use sandbox::JobIo;
use schemas::ContentId;
use schemas::file::Rejection;
use schemas::overrides::TableOverride;
use schemas::table::TableProfile;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::read::{self, ReadTable};

/// Every `main` that runs this service registers it with [`sandbox::enter_if_worker`].
pub const WORKER: sandbox::Kind = sandbox::Kind {
    name: "parse",
    preload: sandbox::no_preload,
    serve,
};

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
}

/// What was found.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// The tables, in the order of the parts of the bulk output.
    Tables(Vec<TableProfile>),
    /// The file can't be read.
    Rejected(Rejection),
}

fn serve(io: &mut JobIo) -> Result<Vec<u8>, String> {
    let request: Request = serde_json::from_slice(io.request())
        .map_err(|error| format!("the request can't be read: {error}"))?;
    let mut file = io.take_input(0).ok_or("there is no file to read")?;
    let mut bytes = Vec::new();
    // Without growing, which would take up to twice as much memory.
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    bytes.reserve_exact(usize::try_from(size).unwrap_or_default());
    file.read_to_end(&mut bytes)
        .map_err(|error| format!("the file can't be read: {error}"))?;
    let Request {
        name,
        source,
        overrides,
        limits,
    } = request;
    let answer = match read::read_with(&bytes, &name, source.as_str(), &overrides, &limits, &mut |_| {}) {
        Ok(tables) => {
            Answer::Tables(give(io, tables).map_err(|error| format!("nobody takes the tables: {error}"))?)
        }
        Err(rejected) => Answer::Rejected(rejected.into()),
    };
    serde_json::to_vec(&answer).map_err(|error| format!("the answer can't be written: {error}"))
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
