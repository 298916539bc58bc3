//! The workers: each does one piece of work in a process of its own that can do nothing else.
//!
//! | module | what is in it |
//! |---|---|
//! | [`plan`] | runs a plan by Polars, or lists the texts of a table |
//! | [`sql`] | runs a query by DataFusion |
//! | [`python`] | becomes a Python that runs a script |
//!
//! Requests and answers are JSON; tables come as descriptors of Parquet, in the order that the request names them.

pub mod plan;
pub mod python;
pub mod sql;

use sandbox::{JobIo, Kind, Limits, no_preload};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::ResultLimit;
use crate::tables::shared::SharedFile;

/// The workers of this service: every `main` that runs it registers them with [`sandbox::enter_if_worker`].
pub const WORKERS: [Kind; 3] = [PLAN, SQL, PYTHON];

/// Polars.
pub const PLAN: Kind = Kind {
    name: "plan",
    preload: no_preload,
    serve: plan::serve,
};

/// DataFusion.
pub const SQL: Kind = Kind {
    name: "sql",
    preload: no_preload,
    serve: sql::serve,
};

/// Python.
pub const PYTHON: Kind = Kind {
    name: "python",
    preload: no_preload,
    serve: python::serve,
};

/// Bytes of a result that are no rows: names, the ledger's samples, the protocol.
const REST: u64 = 1 << 20;

fn request<T: DeserializeOwned>(io: &JobIo) -> Result<T, String> {
    if let Some(trace) = io.traceparent() {
        // On standard error, which the host keeps the end of: what follows there belongs to this trace.
        use std::io::Write;
        writeln!(std::io::stderr(), "traceparent {trace}").map_err(|error| error.to_string())?;
    }
    serde_json::from_slice(io.request()).map_err(|error| format!("the request can't be read: {error}"))
}

fn answer<T: Serialize>(answer: &T) -> Result<Vec<u8>, String> {
    serde_json::to_vec(answer).map_err(|error| format!("the answer can't be written: {error}"))
}

fn input(io: &mut JobIo, place: usize) -> Result<SharedFile, String> {
    let file = io.take_input(place).ok_or("there is no table to read")?;
    SharedFile::new(file).map_err(|error| format!("the table can't be read: {error}"))
}

/// What is asked for, within what the worker may give.
fn within(limit: ResultLimit, io: &JobIo) -> ResultLimit {
    within_limits(limit, io.limits())
}

/// What is asked for, within what a worker with these limits may give.
pub(crate) fn within_limits(limit: ResultLimit, limits: &Limits) -> ResultLimit {
    let most = |most: u64| usize::try_from(most).unwrap_or(usize::MAX);
    ResultLimit {
        rows: limit.rows.min(most(limits.rows)),
        bytes: limit.bytes.min(most(limits.result.saturating_sub(REST))),
    }
}
