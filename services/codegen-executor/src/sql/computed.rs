//! What is computed row by row, as SQL.

use schemas::plan::{ComputedColumn, RowFormula};
use schemas::table::ColumnType;

use super::condition::as_float;
use super::quote;
use crate::engine::PlanError;
use crate::engine::columns::Columns;
use crate::engine::computed::{DAY, TINY};

/// The expression of a computed column.
///
/// # Errors
/// [`PlanError`] when a column is not there.
pub(super) fn expression(computed: &ComputedColumn, columns: &Columns) -> Result<String, PlanError> {
    let whole = columns.get(&computed.name)?.kind == ColumnType::Int;
    let number = |name: &String| {
        let values = quote::name(name);
        if whole { values } else { as_float(&values) }
    };
    let expression = match &computed.formula {
        RowFormula::Sum { of } => of.iter().map(number).collect::<Vec<_>>().join(" + "),
        RowFormula::Difference { of, less } => format!("{} - {}", number(of), number(less)),
        RowFormula::Product { left, right } => format!("{} * {}", number(left), number(right)),
        RowFormula::Ratio {
            numerator,
            denominator,
        } => {
            let by = number(denominator);
            let tiny = quote::float(TINY);
            let divided = format!("{} / {by}", number(numerator));
            format!("CASE WHEN {by} > {tiny} OR {by} < -{tiny} THEN {divided} END")
        }
        RowFormula::Days { from, until } => {
            let counted = |name: &String| format!("CAST({} AS BIGINT)", quote::name(name));
            let between = format!("{} - {}", counted(until), counted(from));
            if whole {
                between
            } else {
                format!("{} / {}", as_float(&format!("({between})")), quote::float(DAY))
            }
        }
    };
    // There is one zero.
    Ok(if whole {
        expression
    } else {
        format!("{expression} + 0.0")
    })
}
