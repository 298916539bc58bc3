//! Both engines, run where a test can look at them.

use std::fs::File;
use std::os::fd::AsFd;

use codegen_executor::engine::ResultLimit;
use codegen_executor::engines::{Engines, Queried, Ran, ScriptError, Scripted, Silence, sources};
use codegen_executor::error::ExecutorError;
use codegen_executor::sql::{self, Origin, Query, Refusal, Rows, Source};
use codegen_executor::tables::Table;
use codegen_executor::tables::shared::SharedFile;
use codegen_executor::worker::plan;
use schemas::plan::Plan;

/// Bytes that a query may use.
const MEMORY: usize = 256 << 20;

/// Both engines in this process.
pub struct InProcess {
    pub limit: ResultLimit,
    /// What becomes of the second engine's result on its way.
    pub second: fn(Result<Rows, Silence>) -> Result<Rows, Silence>,
    pub stamp: Option<&'static str>,
}

impl InProcess {
    pub fn new(limit: ResultLimit) -> Self {
        Self {
            limit,
            second: |result| result,
            stamp: None,
        }
    }
}

impl Engines for InProcess {
    async fn run(&self, plan: &Plan, table: &Table) -> Result<Ran, ExecutorError> {
        let profile = &table.data.profile;
        let first = plan::run(plan, profile, shared(table), self.limit);
        let (query, second) = match sql::render(plan, profile, &table.source.table) {
            Ok(query) => {
                let result = run_query(&query, table, self.limit);
                let result = result.map_err(|refusal| Silence::Refused(refusal.kind));
                (Some(query.text), result)
            }
            Err(error) => (None, Err(Silence::Inexpressible(error))),
        };
        Ok(Ran {
            first: first.map_err(Into::into),
            query,
            second: (self.second)(second),
            stamp: self.stamp,
        })
    }

    async fn query(&self, sql: &str, tables: &[Table]) -> Result<Queried, ExecutorError> {
        let (sources, tables) = sources(sql, tables);
        let tables = sources.into_iter().zip(tables.into_iter().map(shared)).collect();
        let result = sql::run(sql, Origin::Written, tables, MEMORY, self.limit);
        Ok(Queried {
            result: result.map_err(Into::into),
            stamp: self.stamp,
        })
    }

    fn runs_scripts(&self) -> bool {
        false
    }

    async fn script(&self, _text: &str, _tables: &[Table]) -> Result<Scripted, ExecutorError> {
        Ok(Scripted {
            result: Err(ScriptError::Unfit("a script needs a process of its own")),
            stamp: self.stamp,
        })
    }
}

pub fn run_query(query: &Query, table: &Table, limit: ResultLimit) -> Result<Rows, Refusal> {
    let source = Source::of(query, &table.data.profile);
    sql::run(
        &query.text,
        Origin::Plan,
        vec![(source, shared(table))],
        MEMORY,
        limit,
    )
}

pub fn shared(table: &Table) -> SharedFile {
    let input = table.data.parquet().unwrap();
    let descriptor = input.as_fd().try_clone_to_owned().unwrap();
    SharedFile::new(File::from(descriptor)).unwrap()
}
