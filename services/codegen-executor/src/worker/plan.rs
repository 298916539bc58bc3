//! Runs a plan by Polars, or lists the texts of a table.

use sandbox::JobIo;
use schemas::plan::Plan;
use schemas::table::TableProfile;
use serde::{Deserialize, Serialize};

use super::{answer, input, request, within};
use crate::engine::{self, Outcome, PlanError, ResultLimit, source, texts};
use crate::tables::shared::SharedFile;

/// What is asked for, of the table that comes with it, or of the two of a join.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// What a plan gives.
    Run {
        /// The plan.
        plan: Box<Plan>,
        /// The table's profile, or what the engine needs of it; where another one is joined, that of both.
        profile: TableProfile,
        /// How large the result may be.
        limit: ResultLimit,
    },
    /// The texts that the table holds.
    Texts {
        /// The table's profile, or its names and types.
        profile: TableProfile,
    },
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// What the plan gave.
    Outcome(Box<Outcome>),
    /// The plan does not fit the table, or its result does not fit its type.
    Refused(PlanError),
    /// The text columns, with their different values.
    Texts(Vec<(String, Vec<String>)>),
}

/// Reads the columns that a plan needs and runs it.
///
/// # Errors
/// [`PlanError`] when the plan does not fit the table, the table is no Parquet of that profile, or the result does not
/// fit its type.
pub fn run(
    plan: &Plan,
    profile: &TableProfile,
    table: SharedFile,
    joined: Option<SharedFile>,
    limit: ResultLimit,
) -> Result<Outcome, PlanError> {
    let columns = engine::columns_read(plan, profile)?;
    let (Some(join), Some(joined)) = (&plan.join, joined) else {
        let frame = source::read(table, profile, Some(&columns))?;
        return engine::execute(plan, &frame, profile, limit);
    };
    let [own, other] = engine::join::parted(join, profile, &columns);
    let frame = source::read(table, &own, None)?;
    let other = source::read(joined, &other, None)?;
    engine::execute_joined(plan, join, [&frame, &other], profile, limit)
}

/// Reads the text columns of a table and lists what they hold.
///
/// # Errors
/// When the table is no Parquet of that profile.
pub fn list_texts(
    profile: &TableProfile,
    table: SharedFile,
) -> Result<Vec<(String, Vec<String>)>, PlanError> {
    let of_text: Vec<String> = profile
        .columns
        .iter()
        .filter(|column| column.kind == schemas::table::ColumnType::Text)
        .map(|column| column.name.clone())
        .collect();
    // Also without texts: a table that can't be read shall be found out now.
    let wanted = match (of_text.as_slice(), profile.columns.first()) {
        ([], Some(first)) => vec![first.name.clone()],
        _ => of_text,
    };
    let frame = source::read(table, profile, Some(&wanted))?;
    Ok(texts::distinct(&frame, profile)?)
}

pub(super) fn serve(io: &mut JobIo) -> Result<Vec<u8>, String> {
    let request = request(io)?;
    let table = input(io, 0)?;
    let done = match request {
        Request::Run { plan, profile, limit } => {
            let joined = plan.join.is_some().then(|| input(io, 1)).transpose()?;
            let limit = within(limit, io);
            run(&plan, &profile, table, joined, limit).map(|outcome| Answer::Outcome(outcome.into()))
        }
        Request::Texts { profile } => list_texts(&profile, table).map(Answer::Texts),
    };
    match done {
        Ok(done) => answer(&done),
        // Not the plan's fault, and nothing that could be told in words.
        Err(PlanError::Engine(error)) => Err(format!("the engine failed: {error}")),
        Err(error) => answer(&Answer::Refused(error)),
    }
}
