//! Keys and measures as SQL.

use schemas::plan::{Aggregate, Bucket, GroupKey, Measure};
use schemas::table::ColumnType;

use super::condition::{self, Conditions};
use super::quote;
use crate::engine::PlanError;
use crate::engine::columns::Columns;

/// The expression of a key.
pub(super) fn key(key: &GroupKey) -> String {
    let values = quote::name(&key.column);
    key.bucket
        .map_or_else(|| values.clone(), |bucket| span(&values, bucket))
}

/// The calendar span of days or moments.
pub(super) fn span(values: &str, bucket: Bucket) -> String {
    match bucket {
        Bucket::Year => format!("to_char({values}, '%Y')"),
        Bucket::Quarter => {
            format!("to_char({values}, '%Y') || '-Q' || CAST(date_part('quarter', {values}) AS VARCHAR)")
        }
        Bucket::Month => format!("to_char({values}, '%Y-%m')"),
        Bucket::Week => format!("to_char({values}, '%G-W%V')"),
        // A cast would have the name of its column, which may be a key as well.
        Bucket::Day => format!("to_char({values}, '%Y-%m-%d')"),
    }
}

/// The expression of a measure.
pub(super) fn measure(
    measure: &Measure,
    columns: &Columns,
    conditions: &Conditions<'_>,
) -> Result<String, PlanError> {
    let some = match &measure.filter {
        Some(filter) => format!(" FILTER (WHERE {})", conditions.render(filter)?),
        None => String::new(),
    };
    let Some(name) = &measure.column else {
        return Ok(format!("COUNT(*){some}"));
    };
    let kind = columns.get(name)?.kind;
    let values = quote::name(name);
    Ok(match (measure.function, kind) {
        // Summed up with 38 digits, so that it is right or refused, but never wraps around.
        (Aggregate::Sum, ColumnType::Int) => {
            format!("CAST(SUM(CAST({values} AS DECIMAL(38, 0))){some} AS BIGINT)")
        }
        (Aggregate::Median, ColumnType::Int) => {
            format!("{}{some}", call(measure.function, &condition::as_float(&values)))
        }
        (function, _) => format!("{}{some}", call(function, &values)),
    })
}

/// A function over values.
pub(super) fn call(function: Aggregate, values: &str) -> String {
    match function {
        Aggregate::Count => format!("COUNT({values})"),
        Aggregate::CountDistinct => format!("COUNT(DISTINCT {values})"),
        Aggregate::Sum => format!("SUM({values})"),
        Aggregate::Mean => format!("AVG({values})"),
        Aggregate::Min => format!("MIN({values})"),
        Aggregate::Max => format!("MAX({values})"),
        Aggregate::Median => format!("MEDIAN({values})"),
    }
}
