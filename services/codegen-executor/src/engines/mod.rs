//! Runs each plan by two engines that share no code: Polars expressions, and SQL in DataFusion. What neither can say, a
//! script can.
//!
//! | module | what is in it |
//! |---|---|
//! | [`workers`] | the pools of locked-down processes, and what they may use |
//! | [`breach`] | how a worker ended that gave no answer |
//! | `locked` | both engines, each in a worker |
//! | [`python`] | scripts, where there is a Python for them |
//! | [`validation`] | what workers answer, held against what is known |
//!
//! What turns results into answers knows [`Engines`] alone, so that tests run the engines where they like.

pub mod breach;
mod locked;
pub mod python;
pub mod validation;
pub mod workers;

use std::collections::HashSet;
use std::future::Future;

use schemas::plan::Plan;

use crate::engine::{Outcome, PlanError};
use crate::error::ExecutorError;
use crate::sql::{Refusal, RefusalKind, Rows, Source};
use crate::tables::{Relation, Table};
pub use breach::Breach;
pub use locked::Locked;
pub use python::{Python, ScriptError};
pub use workers::Workers;

/// Runs plans by both engines.
pub trait Engines: Send + Sync {
    /// Runs a plan over its tables, by both engines at once.
    ///
    /// # Errors
    /// When the machine fails, as opposed to the plan or the tables.
    fn run(
        &self,
        plan: &Plan,
        relation: &Relation<'_>,
    ) -> impl Future<Output = Result<Ran, ExecutorError>> + Send;

    /// Runs a written query over tables, which it calls by [`name_in_queries`]. There is one engine for that.
    ///
    /// # Errors
    /// When the machine fails, as opposed to the query or the tables.
    fn query(
        &self,
        sql: &str,
        tables: &[Table],
    ) -> impl Future<Output = Result<Queried, ExecutorError>> + Send;

    /// Whether there is an engine for scripts.
    fn runs_scripts(&self) -> bool;

    /// Runs a written script over those of the tables that it names, as [`named_in_script`] finds them.
    ///
    /// # Errors
    /// When the machine fails, as opposed to the script or the tables.
    fn script(
        &self,
        text: &str,
        tables: &[Table],
    ) -> impl Future<Output = Result<Scripted, ExecutorError>> + Send;
}

/// What a written query is told to call a table, by its place from 0.
#[must_use]
pub fn name_in_queries(place: usize) -> String {
    format!("t{}", place + 1)
}

/// The tables that a written query may mean, as it sees them: those that it calls by [`name_in_queries`], and where it calls
/// none by that, those that it calls by a name of their own, as small models do whatever they are told.
pub fn sources<'a>(sql: &str, tables: &'a [Table]) -> (Vec<Source>, Vec<&'a Table>) {
    let said = sql.to_lowercase();
    let every = || {
        let numbered = tables.iter().enumerate();
        numbered.map(|(place, table)| (name_in_queries(place), own_names(table, tables), table))
    };
    let is_said = |name: &String| said.contains(&name.to_lowercase());
    let by_place = every().any(|(name, ..)| is_said(&name));
    let named = every().filter(|(name, own, _)| {
        if by_place {
            is_said(name)
        } else {
            own.iter().any(is_said)
        }
    });
    let source = |(name, own, table): (String, Vec<String>, &'a Table)| {
        (Source::named(&name, own, sql, &table.data.profile), table)
    };
    named.map(source).unzip()
}

/// What a table is called in its file and by it, as far as no other table is called that, too: the whole name, and what
/// stands behind its last dot.
fn own_names(table: &Table, tables: &[Table]) -> Vec<String> {
    let names = |table: &Table| {
        let whole = table.source.table.clone();
        let last = whole.rsplit('.').next().unwrap_or_default().to_owned();
        let mut names = vec![whole, last];
        names.dedup();
        names
    };
    let is_others = |name: &String| {
        tables.iter().enumerate().any(|(place, other)| {
            name.eq_ignore_ascii_case(&name_in_queries(place))
                || (other.reference != table.reference
                    && names(other)
                        .iter()
                        .any(|theirs| theirs.eq_ignore_ascii_case(name)))
        })
    };
    let mut own = names(table);
    own.retain(|name| !name.is_empty() && !is_others(name));
    own
}

/// The tables that a script works with, with the names that it calls them by: those of [`name_in_queries`], and `df` for the
/// first one of all. One that asks for `tables` has them all.
#[must_use]
pub fn named_in_script<'a>(text: &str, tables: &'a [Table]) -> Vec<(String, &'a Table)> {
    let words: HashSet<&str> = text
        .split(|character: char| !character.is_alphanumeric() && character != '_')
        .collect();
    let named = tables.iter().enumerate().filter_map(|(place, table)| {
        let name = name_in_queries(place);
        let is_meant =
            words.contains(name.as_str()) || words.contains("tables") || (place == 0 && words.contains("df"));
        is_meant.then_some((name, table))
    });
    named.collect()
}

/// What came of a written script.
#[derive(Debug)]
pub struct Scripted {
    /// What it made.
    pub result: Result<Rows, ScriptError>,
    /// What has to stand in the trail of what ran without a sandbox.
    pub stamp: Option<&'static str>,
}

/// What came of a written query.
#[derive(Debug)]
pub struct Queried {
    /// What it gave.
    pub result: Result<Rows, QueryError>,
    /// What has to stand in the trail of what ran without a sandbox.
    pub stamp: Option<&'static str>,
}

/// Why a written query gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The engine has not run it, or not to its end.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Its worker gave no answer.
    #[error(transparent)]
    Breach(#[from] Breach),
}

/// What both engines made of a plan.
#[derive(Debug)]
pub struct Ran {
    /// What the first engine gave.
    pub first: Result<Outcome, RunError>,
    /// The plan as SQL, where it can be said so.
    pub query: Option<String>,
    /// What the second engine gave.
    pub second: Result<Rows, Silence>,
    /// What has to stand in the trail of what ran without a sandbox.
    pub stamp: Option<&'static str>,
}

/// Why a plan gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It does not fit its table, or its result does not fit its type.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Its worker gave no answer.
    #[error(transparent)]
    Breach(#[from] Breach),
}

/// Why the second engine gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum Silence {
    /// The plan can't be said in SQL.
    #[error("the plan can't be said in SQL")]
    Inexpressible(#[source] PlanError),
    /// The engine has not run the query.
    #[error("the query was not run: {0:?}")]
    Refused(RefusalKind),
    /// Its worker gave no answer.
    #[error(transparent)]
    Breach(#[from] Breach),
}
