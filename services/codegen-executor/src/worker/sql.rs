//! Runs a query by DataFusion.

use sandbox::JobIo;
use serde::{Deserialize, Serialize};

use super::{answer, input, request, within};
use crate::engine::ResultLimit;
use crate::sql::{self, Origin, Refusal, Rows, Source};

/// A query and its tables, which come with it in this order.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The SQL.
    pub sql: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// The tables.
    pub sources: Vec<Source>,
    /// How large the result may be.
    pub limit: ResultLimit,
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// What the query gave.
    Rows(Rows),
    /// Why it was not run, or gave nothing.
    Refused(Refusal),
}

pub(super) fn serve(io: &mut JobIo) -> Result<Vec<u8>, String> {
    let Request {
        sql,
        origin,
        sources,
        limit,
    } = request(io)?;
    let limit = within(limit, io);
    let tables = sources
        .into_iter()
        .enumerate()
        .map(|(place, source)| Ok((source, input(io, place)?)))
        .collect::<Result<Vec<_>, String>>()?;
    // The tables themselves take the other half.
    let memory = usize::try_from(io.limits().memory / 2).unwrap_or(usize::MAX);
    answer(&match sql::run(&sql, origin, tables, memory, limit) {
        Ok(rows) => Answer::Rows(rows),
        Err(refusal) => Answer::Refused(refusal),
    })
}
