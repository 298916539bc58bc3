//! What is computed from measures, as SQL over the groups.

use schemas::plan::{Bucket, Derived, Formula, GroupKey, Plan, Since};
use schemas::table::ColumnType;

use super::{measure, quote};
use crate::engine::PlanError;
use crate::engine::columns::Columns;

/// What groups are compared with over time.
pub(super) struct Earlier {
    since: Since,
    /// The name of the column that holds the span that a group is compared with.
    pub span: String,
    /// Its expression over the rows of the table.
    pub expression: String,
    alias: &'static str,
}

/// What the groups of a plan are compared with over time, under names that are free.
///
/// # Errors
/// [`PlanError::NoSpan`] when the only key is no calendar span.
pub(super) fn earlier(plan: &Plan, names: &[&str]) -> Result<Vec<Earlier>, PlanError> {
    [
        (Since::Before, "period_before", "before"),
        (Since::YearBefore, "year_before", "year_ago"),
    ]
    .into_iter()
    .filter(|(since, ..)| {
        plan.derived.iter().any(|derived| match &derived.formula {
            Formula::Change { since: other, .. } => other == since,
            _ => false,
        })
    })
    .map(|(since, span, alias)| {
        Ok(Earlier {
            since,
            span: quote::free(span, names),
            expression: earlier_span(plan, since)?,
            alias,
        })
    })
    .collect()
}

/// The span that a group is compared with, of each of its rows: an expression over the table.
fn earlier_span(plan: &Plan, since: Since) -> Result<String, PlanError> {
    let (key, bucket) = span(plan)?;
    let values = quote::name(&key.column);
    let shifted = |interval: &str| measure::span(&format!("({values} - INTERVAL '{interval}')"), bucket);
    Ok(match (bucket, since) {
        (Bucket::Year, _) | (Bucket::Quarter | Bucket::Month, Since::YearBefore) => shifted("1 year"),
        (Bucket::Quarter, Since::Before) => shifted("3 months"),
        (Bucket::Month, Since::Before) => shifted("1 month"),
        (Bucket::Week, Since::Before) => shifted("7 days"),
        (Bucket::Day, Since::Before) => shifted("1 day"),
        // The same number of the week, the same day of the month: of the 29th of February there is none.
        (Bucket::Week, Since::YearBefore) => {
            before_year(&format!("to_char({values}, '%G')"), &values, "-W%V")
        }
        (Bucket::Day, Since::YearBefore) => {
            before_year(&format!("to_char({values}, '%Y')"), &values, "-%m-%d")
        }
    })
}

fn before_year(year: &str, values: &str, rest: &str) -> String {
    format!("CAST(CAST({year} AS BIGINT) - 1 AS VARCHAR) || to_char({values}, '{rest}')")
}

/// The only key with its span.
fn span(plan: &Plan) -> Result<(&GroupKey, Bucket), PlanError> {
    match plan.group.as_slice() {
        [key] => Ok((key, key.bucket.ok_or(PlanError::NoSpan)?)),
        _ => Err(PlanError::NoSpan),
    }
}

/// What the groups are joined with, so that each sees those that it is compared with.
pub(super) fn join(key: &str, earlier: &[Earlier]) -> String {
    let key = quote::name(key);
    let joined = earlier.iter().map(|earlier| {
        let (span, alias) = (quote::name(&earlier.span), earlier.alias);
        format!("\n  LEFT JOIN grouped AS {alias} ON grouped.{span} = {alias}.{key}")
    });
    std::iter::once("grouped".to_owned()).chain(joined).collect()
}

/// The expression of something derived; `key` is the only key where there is one.
///
/// # Errors
/// [`PlanError`] when a measure is not there or holds no numbers, or a formula wants a calendar span.
pub(super) fn expression(
    derived: &Derived,
    computed: &Columns,
    plan: &Plan,
    key: Option<&str>,
    earlier: &[Earlier],
) -> Result<String, PlanError> {
    let of_relation = |relation: &str, name: &str| -> Result<String, PlanError> {
        let known = crate::engine::derived::number(computed, name)?;
        Ok(format!("{relation}{}", quote::name(&known.name)))
    };
    let here = if earlier.is_empty() { "" } else { "grouped." };
    let plain = |name: &str| of_relation(here, name);
    let float = |name: &str| Ok::<_, PlanError>(as_float(&plain(name)?));
    let value = match &derived.formula {
        Formula::Share { of } => divided(&float(of)?, &format!("SUM({}) OVER ()", float(of)?)),
        Formula::Ratio {
            numerator,
            denominator,
        } => divided(&float(numerator)?, &float(denominator)?),
        Formula::Difference { of, less } => {
            let whole = crate::engine::derived::is_whole(derived, computed)?;
            if whole {
                return Ok(format!("{} - {}", plain(of)?, plain(less)?));
            }
            format!("{} - {}", float(of)?, float(less)?)
        }
        Formula::Distance { of, from } => {
            let whole = crate::engine::derived::is_whole(derived, computed)?;
            if whole {
                return Ok(apart(&plain(of)?, &plain(from)?));
            }
            apart(&float(of)?, &float(from)?)
        }
        Formula::Growth { from, to } => grown(&float(from)?, &float(to)?),
        Formula::Running { of } => {
            span(plan)?;
            let key = format!("{here}{}", quote::name(key.ok_or(PlanError::NoSpan)?));
            let window = format!(
                "OVER (ORDER BY {key} ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
            );
            if crate::engine::derived::is_whole(derived, computed)? {
                let total = format!("SUM(CAST({} AS DECIMAL(38, 0))) {window}", plain(of)?);
                return Ok(format!(
                    "CAST(CASE WHEN {total} IS NULL THEN 0 ELSE {total} END AS BIGINT)"
                ));
            }
            let total = format!("SUM({}) {window}", float(of)?);
            format!("CASE WHEN {total} IS NULL THEN 0 ELSE {total} END")
        }
        Formula::Change { of, since } => {
            let before = earlier.iter().find(|earlier| earlier.since == *since);
            let relation = before.map_or(String::new(), |earlier| format!("{}.", earlier.alias));
            grown(&as_float(&of_relation(&relation, of)?), &float(of)?)
        }
    };
    Ok(if derived.percent {
        format!("({value}) * 100")
    } else {
        value
    })
}

fn as_float(values: &str) -> String {
    format!("CAST({values} AS DOUBLE)")
}

fn divided(value: &str, by: &str) -> String {
    format!("CASE WHEN {by} <> 0 THEN {value} / {by} END")
}

fn grown(from: &str, to: &str) -> String {
    format!(
        "CASE WHEN {from} > 0 THEN ({to} - {from}) / {from} WHEN {from} < 0 THEN ({from} - {to}) / {from} END"
    )
}

/// The type of something derived.
pub(super) fn kind(derived: &Derived, computed: &Columns) -> Result<ColumnType, PlanError> {
    Ok(if crate::engine::derived::is_whole(derived, computed)? {
        ColumnType::Int
    } else {
        ColumnType::Float
    })
}

/// The larger one less the smaller one.
fn apart(one: &str, other: &str) -> String {
    format!("CASE WHEN {one} < {other} THEN {other} - {one} ELSE {one} - {other} END")
}
