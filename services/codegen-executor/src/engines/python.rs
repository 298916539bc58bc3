//! Runs scripts in a Python that can reach nothing but their tables.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use sandbox::{Input, Job, Limits, SandboxConfig};
use schemas::value::Value;

use super::validation::Invalid;
use super::workers::Lane;
use super::{Breach, Workers};
use crate::engine::ResultLimit;
use crate::error::{ExecutorError, StartError};
use crate::tables::Table;
use crate::worker::PYTHON;
use crate::worker::python::{Answer, Complaint, Frames, INTERPRETER, LOADER, Made, Request, interpreter};

/// Bytes of a script.
const LONGEST_SCRIPT: usize = 64 << 10;
/// Tables of a script.
const TABLES: usize = 12;
/// Columns of a result, and characters of their names.
const COLUMNS: usize = 1_000;
const LONGEST_NAME: usize = 500;

/// A script, and what it is to work with.
///
/// It finds its tables by their names, also in the dictionary `tables`, and the first one as `df`, and assigns what it has made
/// to `result`: a data frame, a series, an array, a list, a dictionary or a single value. What it prints is kept.
#[derive(Debug, Clone, Copy)]
pub struct Script<'a> {
    /// Its text.
    pub text: &'a str,
    /// The library that its tables are of.
    pub frames: Frames,
    /// The tables with their names, in the order in which the script has them.
    pub tables: &'a [(&'a str, &'a Table)],
}

/// What a script has made: hostile still, but a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// Names of the columns, all different.
    pub columns: Vec<String>,
    /// The rows, cut to the limit, each as wide as there are columns.
    pub rows: Vec<Vec<Value>>,
    /// How many there are before they are cut, as the script's side says.
    pub rows_in_all: u64,
    /// The end of what the script printed.
    pub printed: String,
}

/// Why a script has made nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// It raised an exception, or has no result: what goes back to whoever wrote it.
    #[error(transparent)]
    Raised(#[from] Complaint),
    /// Its worker gave no answer.
    #[error(transparent)]
    Breach(#[from] Breach),
    /// It is too long, or its tables are too many or have one name.
    #[error("{0}")]
    Unfit(&'static str),
}

/// A Python of such a folder outside the sandbox, for scripts of our own alone.
#[must_use]
pub fn command(tree: &Path) -> Command {
    let program = interpreter(tree);
    let mut command = Command::new(program.path);
    command
        .args(program.arguments)
        .env_clear()
        .envs(program.environment)
        // Where a worker's own first lines find them.
        .env("PYTHONPATH", tree.join("lib/python3.11/site-packages"));
    command
}

/// Workers that become Pythons.
pub struct Python(Lane);

impl Python {
    /// Starts the pool, and runs a first script.
    ///
    /// # Errors
    /// When the folder is no such Python, and where the machine doesn't give the layers of a sandbox.
    pub async fn start(sandbox: &SandboxConfig, tree: &Path) -> Result<Self, StartError> {
        let unusable = |reason: String| StartError::Python {
            folder: tree.to_owned(),
            reason,
        };
        let tree: PathBuf = tree.canonicalize().map_err(|error| unusable(error.to_string()))?;
        for needed in [LOADER, INTERPRETER] {
            if !tree.join(needed).is_file() {
                return Err(unusable(format!("there is no {needed} in it")));
            }
        }
        let trees = vec![tree.clone()];
        let python = Self(Lane::start_with(sandbox, &PYTHON, Limits::python(), trees).await?);
        let script = Script {
            text: "result = 1",
            frames: Frames::Polars,
            tables: &[],
        };
        let limit = ResultLimit { rows: 1, bytes: 100 };
        match python.run(&script, limit).await {
            Ok(Ok(_)) => Ok(python),
            Ok(Err(error)) => Err(unusable(error.to_string())),
            Err(ExecutorError::Sandbox(error)) => Err(error.into()),
            Err(error) => Err(unusable(error.to_string())),
        }
    }

    /// Runs a script. The inner error is about the script, the outer one about the machine.
    ///
    /// # Errors
    /// When the machine fails.
    pub async fn run(
        &self,
        script: &Script<'_>,
        limit: ResultLimit,
    ) -> Result<Result<Computed, ScriptError>, ExecutorError> {
        if script.text.len() > LONGEST_SCRIPT {
            return Ok(Err(ScriptError::Unfit("the script is longer than 64 KB")));
        }
        if script.tables.len() > TABLES {
            return Ok(Err(ScriptError::Unfit("the script has more than 12 tables")));
        }
        let names: HashSet<&str> = script.tables.iter().map(|(name, _)| *name).collect();
        if names.len() < script.tables.len() {
            return Ok(Err(ScriptError::Unfit("two tables of the script have one name")));
        }
        let limit = self.0.within(limit);
        let request = Request {
            script: script.text,
            tables: script.tables.iter().map(|(name, _)| *name).collect(),
            frames: script.frames,
            limit,
        };
        let request = serde_json::to_vec(&request).map_err(ExecutorError::Request)?;
        let job = || {
            let mut inputs = vec![Input::bytes(&request)?];
            for (_, table) in script.tables {
                inputs.push(table.data.parquet()?);
            }
            Ok(Job {
                inputs,
                ..Job::default()
            })
        };
        let (answer, printed) = match self.0.run_printing(job).await? {
            Ok(answer) => answer,
            Err(breach) => return Ok(Err(breach.into())),
        };
        Ok(match serde_json::from_slice(&answer) {
            Ok(Answer::Rows(made)) => match validated(&made, limit) {
                Ok(()) => Ok(Computed {
                    columns: made.columns,
                    rows: made.rows,
                    rows_in_all: made.rows_in_all,
                    printed,
                }),
                Err(invalid) => {
                    tracing::warn!(%invalid, "what a script has made can't be used");
                    Err(Breach::Crashed.into())
                }
            },
            Ok(Answer::Raised(complaint)) if complaint.kind == "MemoryError" => {
                Err(self.0.out_of_memory().into())
            }
            Ok(Answer::Raised(complaint)) => Err(complaint.into()),
            Err(_) => Err(Breach::Crashed.into()),
        })
    }
}

impl Workers {
    /// The same workers, and those that run scripts if there is a Python for them.
    ///
    /// # Errors
    /// As [`Python::start`].
    pub async fn with_python(self, sandbox: &SandboxConfig, tree: Option<&Path>) -> Result<Self, StartError> {
        let python = match tree.filter(|tree| !tree.as_os_str().is_empty()) {
            Some(tree) => Some(Python::start(sandbox, tree).await?),
            None => None,
        };
        Ok(Self { python, ..self })
    }

    /// Those that run scripts; none unless they are configured.
    #[must_use]
    pub const fn python(&self) -> Option<&Python> {
        self.python.as_ref()
    }
}

/// Whether this may be a result.
fn validated(made: &Made, limit: ResultLimit) -> Result<(), Invalid> {
    let hold = |holds: bool, otherwise| if holds { Ok(()) } else { Err(Invalid(otherwise)) };
    let columns = made.columns.len();
    hold((1..=COLUMNS).contains(&columns), "it has no columns, or too many")?;
    let short = |name: &String| name.chars().count() <= LONGEST_NAME;
    hold(made.columns.iter().all(short), "the name of a column is too long")?;
    let names: HashSet<&String> = made.columns.iter().collect();
    hold(names.len() == columns, "two columns have one name")?;
    hold(made.rows.len() <= limit.rows, "it has too many rows")?;
    hold(
        made.rows_in_all >= made.rows.len() as u64,
        "it has more rows than it says",
    )?;
    hold(
        made.rows.iter().all(|row| row.len() == columns),
        "a row has another width",
    )?;
    let finite = |value: &Value| value.as_f64().is_none_or(f64::is_finite);
    hold(made.rows.iter().flatten().all(finite), "a number is not finite")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_refused() {
        let limit = ResultLimit { rows: 2, bytes: 100 };
        let check = |columns: &[&str], rows: Vec<Vec<Value>>, rows_in_all, expected: &str| {
            let made = Made {
                columns: columns.iter().map(|name| (*name).to_owned()).collect(),
                rows,
                rows_in_all,
            };
            let found = validated(&made, limit).err().map(|invalid| invalid.to_string());
            assert_eq!(found.as_deref().unwrap_or(""), expected);
        };
        let row = || vec![Value::Int(1), Value::Null];
        check(&["a", "b"], vec![row(), row()], 7, "");
        check(&["a", "b"], Vec::new(), 0, "");
        check(&[], Vec::new(), 0, "it has no columns, or too many");
        check(&["a", "a"], Vec::new(), 0, "two columns have one name");
        check(
            &["a", &"n".repeat(501)],
            Vec::new(),
            0,
            "the name of a column is too long",
        );
        check(&["a", "b"], vec![row(), row(), row()], 3, "it has too many rows");
        check(
            &["a", "b"],
            vec![row(), row()],
            1,
            "it has more rows than it says",
        );
        check(&["a"], vec![row()], 1, "a row has another width");
        let endless = vec![vec![Value::Float(f64::INFINITY)]];
        check(&["a"], endless, 1, "a number is not finite");
    }
}
