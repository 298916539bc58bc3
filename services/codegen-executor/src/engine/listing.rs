//! Rows of the table as they are: selected, made distinct, ordered, cut.

use polars::prelude::*;
use schemas::trail::LedgerStepKind;

use super::columns::Columns;
use super::{Kept, Outcome, PlanError, ResultLimit, Run, cells, finish, order};
use crate::checks::Finding;

/// The engine's name for a row's place in the table.
const PLACE: &str = "place";

pub(super) fn run(mut run: Run<'_>, kept: Kept, limit: ResultLimit) -> Result<Outcome, PlanError> {
    let plan = run.plan;
    let names: Vec<String> = match plan.select.as_slice() {
        [] => run.columns.own_names().map(str::to_owned).collect(),
        some => some.to_vec(),
    };
    let shown = pairs(run.columns, &names)?;
    let keys = plan
        .order
        .iter()
        .map(|order| Ok((run.columns.get(&order.by)?.physical.clone(), order.descending)))
        .collect::<Result<Vec<_>, PlanError>>()?;

    let mut rows = kept.rows;
    let result = if plan.distinct {
        let needed = shown
            .iter()
            .map(|(_, physical)| physical)
            .chain(keys.iter().map(|(key, _)| key));
        let distinct: Vec<String> = shown.iter().map(|(_, physical)| physical.clone()).collect();
        let frame = kept.of(&some_columns(run.base, needed)?)?;
        let frame = frame.unique_stable(Some(&distinct), UniqueKeepStrategy::First, None)?;
        let counts = (rows as u64, frame.height() as u64);
        run.step(LedgerStepKind::Distinct, None, names, counts, &frame);
        rows = frame.height();
        order::cut(frame, &keys, plan.limit)?
    } else if keys.is_empty() && plan.limit.is_none() {
        kept.of(run.base)?
    } else {
        // Only the keys are moved about; the rows that are left in the end are fetched by their place.
        let places =
            some_columns(run.base, keys.iter().map(|(key, _)| key))?.with_row_index(PLACE.into(), None)?;
        let places = order::cut(kept.of(&places)?, &keys, plan.limit)?;
        run.base.take(places.column(PLACE)?.idx()?)?
    };
    if plan.limit.is_some() {
        let used = plan.order.iter().map(|order| order.by.clone()).collect();
        run.step(
            LedgerStepKind::Limit,
            None,
            used,
            (rows as u64, result.height() as u64),
            &result,
        );
    }
    let findings = vec![Finding::rows_counted(kept.rows, counted(&kept, run.base))];
    let table = cells::table(&result, shown, limit);
    Ok(finish(run, &kept, table, findings))
}

fn pairs(columns: &Columns, names: &[String]) -> Result<Vec<(String, String)>, PlanError> {
    names
        .iter()
        .map(|name| {
            let known = columns.get(name)?;
            Ok((known.name.clone(), known.physical.clone()))
        })
        .collect()
}

/// Some columns of a frame, each once.
fn some_columns<'a>(frame: &DataFrame, names: impl Iterator<Item = &'a String>) -> PolarsResult<DataFrame> {
    let mut columns: Vec<Column> = Vec::new();
    for name in names {
        if !columns.iter().any(|column| column.name().as_str() == name) {
            columns.push(frame.column(name)?.clone());
        }
    }
    DataFrame::new(frame.height(), columns)
}

fn counted(kept: &Kept, base: &DataFrame) -> usize {
    kept.mask
        .as_ref()
        .map_or(base.height(), |mask| mask.sum().unwrap_or(0) as usize)
}
