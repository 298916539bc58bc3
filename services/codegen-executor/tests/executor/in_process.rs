//! Both engines, run where a test can look at them.

use std::fs::File;
use std::os::fd::AsFd;

use codegen_executor::engine::ResultLimit;
use codegen_executor::engines::{Engines, Queried, Ran, ScriptError, Scripted, Silence, sources};
use codegen_executor::error::ExecutorError;
use codegen_executor::sql::{self, Origin, Query, Refusal, Rows};
use codegen_executor::tables::shared::SharedFile;
use codegen_executor::tables::{Relation, Table};
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
    async fn run(&self, plan: &Plan, relation: &Relation<'_>) -> Result<Ran, ExecutorError> {
        let profile = &relation.profile;
        let mut tables = relation.tables().map(shared);
        let (table, joined) = (tables.next().unwrap(), tables.next());
        let first = plan::run(plan, profile, table, joined, self.limit);
        let (query, second) = match sql::render(plan, profile, &relation.names()) {
            Ok(query) => {
                let result = run_query(&query, relation.tables(), self.limit);
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

pub fn run_query<'a>(
    query: &Query,
    tables: impl IntoIterator<Item = &'a Table>,
    limit: ResultLimit,
) -> Result<Rows, Refusal> {
    let tables = tables.into_iter().map(shared);
    let tables = query.sources.iter().cloned().zip(tables).collect();
    sql::run(&query.text, Origin::Plan, tables, MEMORY, limit)
}

pub fn shared(table: &Table) -> SharedFile {
    let input = table.data.parquet().unwrap();
    let descriptor = input.as_fd().try_clone_to_owned().unwrap();
    SharedFile::new(File::from(descriptor)).unwrap()
}
