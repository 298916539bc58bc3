//! Both engines, each in a worker.

use sandbox::{Input, Job};
use schemas::plan::Plan;
use schemas::table::{ColumnProfile, TableProfile};
use schemas::value::Value;

use super::python::Script;
use super::validation::{self, Invalid};
use super::{
    Breach, Engines, Queried, Ran, RunError, ScriptError, Scripted, Silence, Workers, named_in_script,
    sources,
};
use crate::engine::{Outcome, ResultLimit};
use crate::error::ExecutorError;
use crate::sql::{self, Origin, Query, Rows};
use crate::tables::data::one_more;
use crate::tables::{Relation, Table};
use crate::worker::python::Frames;
use crate::worker::{plan, sql as query};

/// Both engines in workers, with the size that results may have.
pub struct Locked<'a> {
    /// The workers.
    pub workers: &'a Workers,
    /// How large a result may be.
    pub limit: ResultLimit,
}

impl Engines for Locked<'_> {
    async fn run(&self, plan: &Plan, relation: &Relation<'_>) -> Result<Ran, ExecutorError> {
        let stamp = self.workers.stamp();
        let query = match sql::render(plan, &relation.profile, &relation.names()) {
            Ok(query) => query,
            Err(error) => {
                return Ok(Ran {
                    first: self.first(plan, relation).await?,
                    query: None,
                    second: Err(Silence::Inexpressible(error)),
                    stamp,
                });
            }
        };
        let (first, second) =
            tokio::try_join!(self.first(plan, relation), self.second(plan, &query, relation))?;
        Ok(Ran {
            first,
            query: Some(query.text),
            second,
            stamp,
        })
    }

    async fn query(&self, sql: &str, tables: &[Table]) -> Result<Queried, ExecutorError> {
        let (sources, tables) = sources(sql, tables);
        let request = query::Request {
            sql: sql.to_owned(),
            origin: Origin::Written,
            sources,
            limit: self.limit,
        };
        let request = serde_json::to_vec(&request).map_err(ExecutorError::Request)?;
        let job = || {
            let inputs = tables.iter().map(|table| table.data.parquet());
            Ok(Job {
                request: request.clone(),
                inputs: inputs.collect::<Result<_, _>>()?,
                traceparent: None,
            })
        };
        let result = match self.workers.sql.run(job).await? {
            Ok(answer) => match serde_json::from_slice(&answer) {
                Ok(query::Answer::Rows(rows)) => match validation::written(&rows, self.limit) {
                    Ok(()) => Ok(rows),
                    Err(invalid) => Err(unusable(invalid).into()),
                },
                Ok(query::Answer::Refused(refusal)) => Err(refusal.into()),
                Err(_) => Err(Breach::Crashed.into()),
            },
            Err(breach) => Err(breach.into()),
        };
        Ok(Queried {
            result,
            stamp: self.workers.stamp(),
        })
    }

    fn runs_scripts(&self) -> bool {
        self.workers.python().is_some()
    }

    async fn script(&self, text: &str, tables: &[Table]) -> Result<Scripted, ExecutorError> {
        let named = named_in_script(text, tables);
        let tables: Vec<(&str, &Table)> = named
            .iter()
            .map(|(name, table)| (name.as_str(), *table))
            .collect();
        let script = Script {
            text,
            // What models write best.
            frames: Frames::Pandas,
            tables: &tables,
        };
        let result = match self.workers.python() {
            Some(python) => python.run(&script, self.limit).await?,
            None => Err(ScriptError::Unfit("no scripts run here")),
        };
        Ok(Scripted {
            result: result.map(|made| Rows {
                columns: made.columns,
                rows: made.rows,
                rows_in_all: made.rows_in_all,
            }),
            stamp: self.workers.stamp(),
        })
    }
}

impl Locked<'_> {
    async fn first(
        &self,
        plan: &Plan,
        relation: &Relation<'_>,
    ) -> Result<Result<Outcome, RunError>, ExecutorError> {
        let profile = &relation.profile;
        let request = plan::Request::Run {
            plan: Box::new(plan.clone()),
            profile: needed(profile),
            limit: self.limit,
        };
        let request = serde_json::to_vec(&request).map_err(ExecutorError::Request)?;
        let job = || {
            Ok(Job {
                request: request.clone(),
                inputs: relation.inputs()?,
                traceparent: None,
            })
        };
        let answer = match self.workers.plan.run(job).await? {
            Ok(answer) => answer,
            Err(breach) => return Ok(Err(breach.into())),
        };
        Ok(match serde_json::from_slice(&answer) {
            Ok(plan::Answer::Outcome(outcome)) => {
                match validation::outcome(&outcome, plan, profile, self.limit) {
                    Ok(()) => Ok(*outcome),
                    Err(invalid) => Err(unusable(invalid).into()),
                }
            }
            Ok(plan::Answer::Refused(error)) => Err(RunError::Plan(error)),
            Ok(plan::Answer::Texts(_)) | Err(_) => Err(Breach::Crashed.into()),
        })
    }

    async fn second(
        &self,
        plan: &Plan,
        query: &Query,
        relation: &Relation<'_>,
    ) -> Result<Result<Rows, Silence>, ExecutorError> {
        let profile = &relation.profile;
        let request = query::Request {
            sql: query.text.clone(),
            origin: Origin::Plan,
            sources: query.sources.clone(),
            limit: self.limit,
        };
        let request = serde_json::to_vec(&request).map_err(ExecutorError::Request)?;
        let job = || {
            Ok(Job {
                request: request.clone(),
                inputs: relation.inputs()?,
                traceparent: None,
            })
        };
        let answer = match self.workers.sql.run(job).await? {
            Ok(answer) => answer,
            Err(breach) => return Ok(Err(breach.into())),
        };
        Ok(match serde_json::from_slice(&answer) {
            Ok(query::Answer::Rows(rows)) => match validation::rows(&rows, plan, profile, self.limit) {
                Ok(()) => Ok(rows),
                Err(invalid) => Err(unusable(invalid).into()),
            },
            Ok(query::Answer::Refused(refusal)) => Err(Silence::Refused(refusal.kind)),
            Err(_) => Err(Breach::Crashed.into()),
        })
    }
}

impl Workers {
    /// The different texts of a table, for the planner. The inner error is about the table.
    ///
    /// # Errors
    /// When the machine fails.
    pub async fn texts(
        &self,
        parquet: &Input,
        profile: &TableProfile,
    ) -> Result<Result<Vec<(String, Vec<String>)>, Breach>, ExecutorError> {
        let request = plan::Request::Texts {
            profile: needed(profile),
        };
        let request = serde_json::to_vec(&request).map_err(ExecutorError::Request)?;
        let job = || {
            Ok(Job {
                request: request.clone(),
                inputs: vec![one_more(parquet)?],
                traceparent: None,
            })
        };
        let answer = match self.plan.run(job).await? {
            Ok(answer) => answer,
            Err(breach) => return Ok(Err(breach)),
        };
        Ok(match serde_json::from_slice(&answer) {
            Ok(plan::Answer::Texts(texts)) => match validation::listed(&texts, profile) {
                Ok(()) => Ok(texts),
                Err(invalid) => Err(unusable(invalid)),
            },
            Ok(plan::Answer::Refused(_)) => Err(Breach::Failed),
            Ok(plan::Answer::Outcome(_)) | Err(_) => Err(Breach::Crashed),
        })
    }
}

fn unusable(invalid: Invalid) -> Breach {
    tracing::error!(%invalid, "a worker's answer can't be used");
    Breach::Crashed
}

/// A number; texts may be long.
fn number(value: &Value) -> Value {
    match value {
        Value::Int(_) | Value::Float(_) => value.clone(),
        Value::Null | Value::Bool(_) | Value::Text(_) => Value::Null,
    }
}

/// What the engine needs of a profile: names, types, ranges of numbers, and the totals that the sheet prints.
fn needed(profile: &TableProfile) -> TableProfile {
    let columns = profile.columns.iter().map(|column| ColumnProfile {
        name: column.name.clone(),
        kind: column.kind,
        unit: None,
        nulls: 0,
        distinct: 0,
        min: number(&column.min),
        max: number(&column.max),
        frequent: Vec::new(),
        unparsed: Vec::new(),
        unparsed_count: 0,
    });
    TableProfile {
        name: profile.name.clone(),
        rows: profile.rows,
        columns: columns.collect(),
        decisions: Vec::new(),
        set_aside: profile.set_aside.clone(),
    }
}
