//! Runs one query over some tables. Blocks.

use std::thread;

use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::prelude::DataFrame;
use futures::StreamExt;
use schemas::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::session::Origin;
use super::source::Source;
use super::{cells, gate, session, spelling};
use crate::engine::ResultLimit;
use crate::engine::cells::size;
use crate::tables::shared::SharedFile;

/// Bytes of the stack that a query is planned on: planners go down into what they plan.
const STACK: usize = 64 << 20;

/// What a query gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, cut to the limit.
    pub rows: Vec<Vec<Value>>,
    /// How many there are before they are cut.
    pub rows_in_all: u64,
}

/// Why a query was not run, or gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// In one word.
    pub kind: RefusalKind,
    /// In the engine's words: they may hold what stands in the tables.
    pub message: String,
}

/// The same in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The text is too long.
    TooLong,
    /// It has too many parts.
    TooComplex,
    /// It can't be parsed.
    NotSql,
    /// It is none or several.
    NotOne,
    /// It is something else than a query.
    Forbidden,
    /// It names what is not there, or does not fit the types of the tables.
    Unplannable,
    /// A table can't be read.
    Damaged,
    /// It needs more memory than it may have.
    OutOfMemory,
    /// It failed while it ran.
    Failed,
}

impl Refusal {
    pub(super) fn new(kind: RefusalKind, message: String) -> Self {
        Self { kind, message }
    }

    fn of(kind: RefusalKind, error: &DataFusionError) -> Self {
        let kind = match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => RefusalKind::OutOfMemory,
            _ => kind,
        };
        Self::new(kind, error.strip_backtrace())
    }
}

/// Runs a query over some tables, with so many bytes for what it keeps while it computes.
///
/// # Errors
/// [`Refusal`].
pub fn run(
    sql: &str,
    origin: Origin,
    tables: Vec<(Source, SharedFile)>,
    memory: usize,
    limit: ResultLimit,
) -> Result<Rows, Refusal> {
    let broke_off = |_| Refusal::new(RefusalKind::Failed, "the computation broke off".to_owned());
    thread::scope(|scope| {
        let deep = thread::Builder::new().stack_size(STACK);
        let running = deep
            .spawn_scoped(scope, || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .build()
                    .map_err(|error| Refusal::new(RefusalKind::Failed, error.to_string()))?;
                runtime.block_on(query(sql, origin, tables, memory, limit))
            })
            .map_err(|error| Refusal::new(RefusalKind::Failed, error.to_string()))?;
        running.join().map_err(broke_off)?
    })
}

async fn query(
    sql: &str,
    origin: Origin,
    tables: Vec<(Source, SharedFile)>,
    memory: usize,
    limit: ResultLimit,
) -> Result<Rows, Refusal> {
    let failed = |kind| move |error: DataFusionError| Refusal::of(kind, &error);
    let mut statement = gate::query(sql)?;
    if origin == Origin::Written {
        gate::computes(&statement)?;
        gate::divide_exactly(&mut statement);
        let columns = tables.iter().flat_map(|(source, _)| &source.columns);
        spelling::mend(&mut statement, columns.map(|(name, _)| name.as_str()));
    }
    let session = session::open(memory, origin).map_err(failed(RefusalKind::Failed))?;
    for (source, file) in tables {
        let table = source.read(file).map_err(failed(RefusalKind::Damaged))?;
        session::register(&session, &source, Arc::new(table)).map_err(failed(RefusalKind::Failed))?;
    }
    let state = session.state();
    let plan = state
        .statement_to_plan(statement)
        .await
        .map_err(failed(RefusalKind::Unplannable))?;
    // Again, and over the whole plan: what looks like a query may hold something else.
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)
        .map_err(failed(RefusalKind::Forbidden))?;
    let stream = DataFrame::new(state, plan)
        .execute_stream()
        .await
        .map_err(failed(RefusalKind::Failed))?;
    collect(stream, limit).await.map_err(failed(RefusalKind::Failed))
}

/// The first rows, and the number of all of them.
async fn collect(mut stream: SendableRecordBatchStream, limit: ResultLimit) -> Result<Rows, DataFusionError> {
    let schema = stream.schema();
    let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut result = Rows {
        columns,
        rows: Vec::new(),
        rows_in_all: 0,
    };
    let (mut bytes, mut full) = (0, false);
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        result.rows_in_all += batch.num_rows() as u64;
        let wanted = limit.rows.saturating_sub(result.rows.len()).min(batch.num_rows());
        if full || wanted == 0 {
            continue;
        }
        let mut cells = Vec::with_capacity(batch.num_columns());
        for column in batch.columns() {
            cells.push(cells::values(column.as_ref(), wanted)?.into_iter());
        }
        for _ in 0..wanted {
            let row: Vec<Value> = cells.iter_mut().filter_map(Iterator::next).collect();
            bytes += row.iter().map(size).sum::<usize>();
            full = bytes > limit.bytes;
            if full {
                break;
            }
            result.rows.push(row);
        }
    }
    Ok(result)
}
