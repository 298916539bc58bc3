//! Groups and measures.

use polars::prelude::*;
use schemas::plan::{Aggregate, Bucket, Condition, GroupKey, Measure};
use schemas::table::{ColumnType, TableProfile};
use schemas::trail::{LedgerStepKind, Sample};
use schemas::value::Value;

use super::columns::Columns;
use super::{
    Kept, NewFromMask, Outcome, PlanError, ResultLimit, Run, SAMPLE, SAMPLE_BYTES, Step, bucket, cells,
    condition, derived, finish, order, refusal,
};
use crate::{checks, precision};

/// The engine's name for the place of a group's first row.
const PLACE: &str = "place";
/// The engine's name for the number of a group's rows.
pub(crate) const ROWS: &str = "rows";

/// Names of the keys in the result: those of their columns, with the span where a column is a key twice.
#[must_use]
pub fn key_names(group: &[GroupKey]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(group.len());
    for key in group {
        let name = match key.bucket {
            Some(span) if names.contains(&key.column) => format!("{} ({})", key.column, span_name(span)),
            _ => key.column.clone(),
        };
        names.push(name);
    }
    names
}

fn span_name(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Year => "year",
        Bucket::Quarter => "quarter",
        Bucket::Month => "month",
        Bucket::Week => "week",
        Bucket::Day => "day",
    }
}

/// The engine's name of the measure at a place.
pub(crate) fn measure_name(place: usize) -> String {
    format!("m{place}")
}

/// The engine's name of the rows that count for the measure at a place.
fn mask_name(place: usize) -> String {
    format!("f{place}")
}

/// The rows that fulfil a condition, of all rows.
fn mask(condition: &Condition, columns: &Columns, base: &DataFrame) -> Result<Column, PlanError> {
    let mask = base
        .clone()
        .lazy()
        .select([condition::expression(condition, columns)?.alias("mask")])
        .collect()?;
    Ok(mask.column("mask")?.new_from_mask(base.height())?.into_column())
}

pub(super) fn run(
    mut run: Run<'_>,
    kept: Kept,
    profile: &TableProfile,
    limit: ResultLimit,
) -> Result<Outcome, PlanError> {
    let plan = run.plan;
    let mut used: Vec<String> = plan.group.iter().map(|key| key.column.clone()).collect();
    used.extend(plan.measures.iter().filter_map(|measure| measure.column.clone()));
    let mut values = physical(run.base, run.columns, &used)?;
    for (place, measure) in plan.measures.iter().enumerate() {
        if let Some(filter) = &measure.filter {
            values.with_column(mask(filter, run.columns, run.base)?.with_name(mask_name(place).into()))?;
            used.extend(run.columns.used_by_condition(filter)?);
        }
    }
    let frame = kept.of(&values)?;

    let mut groups = if plan.group.is_empty() {
        whole(&plan.measures, run.columns, &frame, kept.rows)?
    } else {
        grouped(&plan.group, &plan.measures, run.columns, &frame)?
    };
    for (place, measure) in plan.measures.iter().enumerate() {
        settle(&mut groups, &measure_name(place), &measure.name)?;
    }
    let findings = checks::compare(plan, run.columns, &frame, &groups, kept.rows, profile)?;

    // Keys and measures as the rest of the plan and the result name them.
    let mut named = Columns::default();
    let mut result = Vec::new();
    for (place, name) in key_names(&plan.group).into_iter().enumerate() {
        result.push((name, format!("k{place}")));
    }
    for (place, measure) in plan.measures.iter().enumerate() {
        named.add(refusal::result(measure, run.columns, measure_name(place))?);
        result.push((measure.name.clone(), measure_name(place)));
    }
    groups = derived::add(plan, groups, &mut named)?;
    for (place, derived) in plan.derived.iter().enumerate() {
        result.push((derived.name.clone(), derived::derived_name(place)));
    }
    let show = |frame: &DataFrame, pairs: Vec<(String, String)>, limit: ResultLimit| {
        let mut table = cells::table(frame, pairs, limit);
        show_spans(&mut table, &plan.group);
        table
    };
    let mut note = |kind, columns: Vec<String>, rows_in: usize, after: &DataFrame| {
        let sample = show(
            after,
            result.clone(),
            ResultLimit {
                rows: SAMPLE,
                bytes: SAMPLE_BYTES,
            },
        );
        run.steps.push(Step {
            kind,
            condition: if kind == LedgerStepKind::Having {
                plan.having.clone()
            } else {
                None
            },
            columns,
            rows_in: rows_in as u64,
            rows_out: after.height() as u64,
            sample: Sample {
                columns: sample.columns,
                rows: sample.rows,
            },
        });
    };
    note(LedgerStepKind::Aggregate, used, kept.rows, &groups);

    if let Some(having) = &plan.having {
        let mask = groups
            .clone()
            .lazy()
            .select([condition::expression(having, &named)?.alias("h")])
            .collect()?;
        let rows = groups.height();
        groups = groups.filter(&mask.column("h")?.new_from_mask(rows)?)?;
        note(LedgerStepKind::Having, Vec::new(), rows, &groups);
    }
    if !plan.order.is_empty() || plan.limit.is_some() {
        let keys = plan
            .order
            .iter()
            .map(|order| {
                let pair = result.iter().find(|(name, _)| *name == order.by);
                let (_, physical) = pair.ok_or_else(|| PlanError::UnknownOrder { by: order.by.clone() })?;
                let computed = named.get(&order.by).ok().filter(|measure| measure.computed);
                let noise = computed.map(|measure| measure.noise);
                Ok((physical.clone(), order.descending, noise))
            })
            .collect::<Result<Vec<_>, PlanError>>()?;
        let keys = by_trusted_digits(&mut groups, keys)?;
        let rows = groups.height();
        groups = order::cut(groups, &keys, plan.limit)?;
        if plan.limit.is_some() {
            note(LedgerStepKind::Limit, Vec::new(), rows, &groups);
        }
    }
    let visible = result
        .into_iter()
        .filter(|(name, _)| !plan.hidden.contains(name))
        .collect();
    let table = {
        let mut table = cells::table(&groups, visible, limit);
        show_spans(&mut table, &plan.group);
        table
    };
    Ok(finish(run, &kept, table, findings))
}

/// The keys of an order, (column, descending), where each of computed floats, which has a noise, is replaced by a column of the digits that
/// they can be trusted for.
fn by_trusted_digits(
    groups: &mut DataFrame,
    keys: Vec<(String, bool, Option<f64>)>,
) -> PolarsResult<Vec<(String, bool)>> {
    let mut replaced = Vec::with_capacity(keys.len());
    for (name, descending, noise) in keys {
        let name = if let Some(noise) = noise {
            let trusted = format!("{name}t");
            let digits = groups
                .column(&name)?
                .f64()?
                .apply_values(|number| precision::significant(number, noise))
                .with_name(trusted.as_str().into());
            groups.with_column(digits.into_column())?;
            trusted
        } else {
            name
        };
        replaced.push((name, descending));
    }
    Ok(replaced)
}

fn show_spans(table: &mut cells::Table, group: &[GroupKey]) {
    for (place, key) in group.iter().enumerate() {
        let Some(span) = key.bucket else { continue };
        for cell in table.rows.iter_mut().filter_map(|row| row.get_mut(place)) {
            *cell = bucket::shown(std::mem::replace(cell, Value::Null), span);
        }
    }
}

/// Some columns under the engine's names, each once.
fn physical(base: &DataFrame, columns: &Columns, names: &[String]) -> Result<DataFrame, PlanError> {
    let mut selected: Vec<Column> = Vec::new();
    for name in names {
        let known = columns.get(name)?;
        if !selected
            .iter()
            .any(|column| column.name().as_str() == known.physical)
        {
            selected.push(base.column(&known.physical)?.clone());
        }
    }
    Ok(DataFrame::new(base.height(), selected)?)
}

/// One row of measures over all rows.
fn whole(
    measures: &[Measure],
    columns: &Columns,
    frame: &DataFrame,
    rows: usize,
) -> Result<DataFrame, PlanError> {
    let count = i64::try_from(rows).unwrap_or(i64::MAX);
    let counted = Column::new(ROWS.into(), [count]);
    let expressions = expressions(measures, columns, frame)?;
    let mut computed = if expressions.is_empty() {
        DataFrame::new(1, vec![counted])?
    } else {
        let mut computed = frame.clone().lazy().select(expressions).collect()?;
        computed.with_column(counted)?;
        computed
    };
    for (place, measure) in measures.iter().enumerate() {
        if measure.column.is_none() && measure.filter.is_none() {
            computed.with_column(Column::new(measure_name(place).into(), [count]))?;
        }
    }
    Ok(computed)
}

/// One row for each group, in the order of the groups' first rows.
fn grouped(
    group: &[GroupKey],
    measures: &[Measure],
    columns: &Columns,
    frame: &DataFrame,
) -> Result<DataFrame, PlanError> {
    let mut keys = Vec::with_capacity(group.len());
    for (place, key) in group.iter().enumerate() {
        let values = col(columns.get(&key.column)?.physical.as_str());
        let values = match key.bucket {
            Some(span) => bucket::code(values, span),
            None => values,
        };
        keys.push(values.alias(format!("k{place}")));
    }
    let mut expressions = expressions(measures, columns, frame)?;
    for (place, measure) in measures.iter().enumerate() {
        if measure.column.is_none() && measure.filter.is_none() {
            expressions.push(len().cast(DataType::Int64).alias(measure_name(place)));
        }
    }
    expressions.push(len().cast(DataType::Int64).alias(ROWS));
    // Groups come as they are found by several threads; keeping them in order while grouping would cost more than
    // ordering the few that there are in the end.
    expressions.push(col(PLACE).min().alias(PLACE));
    Ok(frame
        .clone()
        .lazy()
        .with_row_index(PLACE, None)
        .group_by(keys)
        .agg(expressions)
        .sort([PLACE], SortMultipleOptions::default())
        .collect()?)
}

/// The measures over columns, and where a sum could be one of nothing, how many values it is of.
fn expressions(measures: &[Measure], columns: &Columns, frame: &DataFrame) -> Result<Vec<Expr>, PlanError> {
    let mut expressions = Vec::with_capacity(measures.len() + 2);
    for (place, measure) in measures.iter().enumerate() {
        let Some(name) = &measure.column else {
            if measure.filter.is_some() {
                let rows = col(mask_name(place)).sum().cast(DataType::Int64);
                expressions.push(rows.alias(measure_name(place)));
            }
            continue;
        };
        let column = columns.get(name)?;
        let values = col(column.physical.as_str());
        let values = match &measure.filter {
            Some(_) => values.filter(col(mask_name(place))),
            None => values,
        };
        let series = frame.column(&column.physical)?;
        let expression = match measure.function {
            Aggregate::Count => values.count().cast(DataType::Int64),
            Aggregate::CountDistinct if series.null_count() > 0 => {
                values.drop_nulls().n_unique().cast(DataType::Int64)
            }
            Aggregate::CountDistinct => values.n_unique().cast(DataType::Int64),
            Aggregate::Sum => {
                expressions.push(values.clone().count().alias(format!("{}n", measure_name(place))));
                if column.kind == ColumnType::Int && may_overflow(series)? {
                    values.cast(DataType::Int128).sum()
                } else {
                    values.sum()
                }
            }
            Aggregate::Mean => values.mean(),
            Aggregate::Min => values.min(),
            Aggregate::Max => values.max(),
            Aggregate::Median => values.median(),
        };
        expressions.push(expression.alias(measure_name(place)));
    }
    Ok(expressions)
}

/// Whether a sum of some of these whole numbers could leave 64 bits.
pub(crate) fn may_overflow(column: &Column) -> PolarsResult<bool> {
    let numbers = column.i64()?;
    let largest = numbers
        .min()
        .into_iter()
        .chain(numbers.max())
        .map(i64::unsigned_abs)
        .max()
        .unwrap_or(0);
    let rows = column.len() as u128;
    Ok(u128::from(largest) * rows > i64::MAX as u128)
}

/// Makes sums of nothing missing, and refuses numbers that left their type.
fn settle(groups: &mut DataFrame, name: &str, measure: &str) -> Result<(), PlanError> {
    let overflow = || PlanError::Overflow {
        measure: measure.to_owned(),
    };
    let mut column = groups.column(name)?.clone();
    if column.dtype() == &DataType::Int128 {
        let numbers = column.i128()?;
        if numbers
            .iter()
            .flatten()
            .any(|number| i64::try_from(number).is_err())
        {
            return Err(overflow());
        }
        column = column.cast(&DataType::Int64)?;
    }
    if let Ok(numbers) = column.f64()
        && numbers.iter().flatten().any(|number| !number.is_finite())
    {
        return Err(overflow());
    }
    if let Ok(counts) = groups.column(&format!("{name}n")) {
        let some = counts.as_materialized_series().gt(0)?;
        let nothing = Series::full_null(PlSmallStr::EMPTY, 1, column.dtype());
        column = column
            .as_materialized_series()
            .zip_with(&some, &nothing)?
            .into_column();
    }
    groups.with_column(column.with_name(name.into()))?;
    Ok(())
}
