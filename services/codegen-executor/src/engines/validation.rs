//! What workers answer, held against what is known: they have read hostile files.

use schemas::plan::Plan;
use schemas::table::{ColumnType, TableProfile};
use schemas::value::Value;

use crate::engine::aggregate::key_names;
use crate::engine::{Outcome, ResultLimit, SAMPLE, SAMPLE_COLUMNS, texts};
use crate::sql::Rows;

/// Parts of a filter, and what else a plan may do with rows.
const STEPS: usize = 1_000;
/// Columns of what a written query gives.
const COLUMNS: usize = 2_000;

/// How an answer differs from what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub(super) &'static str);

/// Whether this may be the outcome of a plan.
///
/// # Errors
/// How it can't be.
pub fn outcome(
    outcome: &Outcome,
    plan: &Plan,
    profile: &TableProfile,
    limit: ResultLimit,
) -> Result<(), Invalid> {
    let Outcome {
        columns,
        rows,
        rows_in_all,
        rows_kept,
        steps,
        findings,
    } = outcome;
    table(columns, rows, *rows_in_all, plan, profile, limit)?;
    hold(*rows_kept <= profile.rows, "it kept more rows than there are")?;
    hold(steps.len() <= STEPS, "it took too many steps")?;
    // One for each measure, those of the rows and that of a join.
    hold(
        findings.len() <= plan.measures.len() + 3,
        "it compared more than there is",
    )?;
    for step in steps {
        let sample = &step.sample;
        let names = plan.group.len() + plan.measures.len() + plan.derived.len();
        hold(
            sample.rows.len() <= SAMPLE && sample.columns.len() <= SAMPLE_COLUMNS.max(names),
            "a sample is too large",
        )?;
        hold(
            sample.rows.iter().all(|row| row.len() == sample.columns.len()),
            "a row of a sample has another width",
        )?;
        // Of no rows there is one result still: that there are none.
        hold(step.rows_out <= step.rows_in.max(1), "a step made rows")?;
    }
    Ok(())
}

/// Whether this may be the result of a plan's query.
///
/// # Errors
/// How it can't be.
pub fn rows(result: &Rows, plan: &Plan, profile: &TableProfile, limit: ResultLimit) -> Result<(), Invalid> {
    table(
        &result.columns,
        &result.rows,
        result.rows_in_all,
        plan,
        profile,
        limit,
    )
}

/// Whether this may be the result of a written query.
///
/// # Errors
/// How it can't be.
pub fn written(result: &Rows, limit: ResultLimit) -> Result<(), Invalid> {
    let Rows {
        columns,
        rows,
        rows_in_all,
    } = result;
    hold(columns.len() <= COLUMNS, "it has too many columns")?;
    sound(columns, rows, *rows_in_all, limit)
}

/// Whether these may be the texts of a table.
///
/// # Errors
/// How it can't be.
pub fn listed(columns: &[(String, Vec<String>)], profile: &TableProfile) -> Result<(), Invalid> {
    let of_text = profile
        .columns
        .iter()
        .filter(|column| column.kind == ColumnType::Text)
        .map(|column| &column.name);
    hold(
        of_text.eq(columns.iter().map(|(name, _)| name)),
        "its columns are not those of text",
    )?;
    let count: usize = columns.iter().map(|(_, values)| values.len()).sum();
    hold(count <= texts::MOST, "there are too many texts")?;
    let mut texts = columns.iter().flat_map(|(_, values)| values);
    hold(
        texts.all(|text| text.chars().count() <= texts::LONGEST),
        "a text is too long",
    )
}

fn table(
    columns: &[String],
    rows: &[Vec<Value>],
    rows_in_all: u64,
    plan: &Plan,
    profile: &TableProfile,
    limit: ResultLimit,
) -> Result<(), Invalid> {
    hold(columns == shown(plan, profile), "its columns are not the plan's")?;
    sound(columns, rows, rows_in_all, limit)
}

fn sound(
    columns: &[String],
    rows: &[Vec<Value>],
    rows_in_all: u64,
    limit: ResultLimit,
) -> Result<(), Invalid> {
    hold(rows.len() <= limit.rows, "it has too many rows")?;
    hold(rows_in_all >= rows.len() as u64, "it has more rows than it says")?;
    hold(
        rows.iter().all(|row| row.len() == columns.len()),
        "a row has another width",
    )?;
    let finite = |value: &Value| value.as_f64().is_none_or(f64::is_finite);
    hold(rows.iter().flatten().all(finite), "a number is not finite")
}

/// The names of a result's columns.
fn shown(plan: &Plan, profile: &TableProfile) -> Vec<String> {
    let measures = plan.measures.iter().map(|measure| measure.name.clone());
    if !plan.group.is_empty() || !plan.measures.is_empty() {
        let derived = plan.derived.iter().map(|derived| derived.name.clone());
        let names = key_names(&plan.group).into_iter().chain(measures).chain(derived);
        return names.filter(|name| !plan.hidden.contains(name)).collect();
    }
    if plan.select.is_empty() {
        return profile.columns.iter().map(|column| column.name.clone()).collect();
    }
    plan.select.clone()
}

const fn hold(holds: bool, otherwise: &'static str) -> Result<(), Invalid> {
    if holds { Ok(()) } else { Err(Invalid(otherwise)) }
}
