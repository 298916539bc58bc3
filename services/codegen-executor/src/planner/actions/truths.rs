//! Conditions on truth values, and on numbers that are such.

use schemas::plan::{Comparison, Condition};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::super::part::Part;
use super::super::table::Table;
use super::{Parts, condition, typed};

/// A column of truth values that holds.
pub fn is_true(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    truth(table, parts, true)
}

/// A column of truth values that does not hold.
pub fn is_false(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    truth(table, parts, false)
}

/// "both a snow park and night skiing": two truth values that hold.
pub fn both_true(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let truths = parts.columns().into_iter().map(|column| {
        let name = typed(table, column, |kind| kind == ColumnType::Bool)?
            .name()
            .to_owned();
        Some(Condition::Compare {
            column: name,
            comparison: Comparison::Eq,
            value: Value::Bool(true),
        })
    });
    let all: Option<Vec<Condition>> = truths.collect();
    all.map_or(Vec::new(), |all| condition(Condition::And { all }))
}

fn truth(table: &Table<'_>, parts: Parts<'_>, value: bool) -> Vec<Part> {
    let column = parts.column().and_then(|column| table.column(column));
    // "are certified" of 0 and 1: the words say that it is a truth value, or the header does.
    let said = ["is", "not", "with"].iter().any(|word| parts.has(word));
    let value = match column {
        Some(column) if column.kind() == ColumnType::Bool => Value::Bool(value),
        Some(column) if column.holds_truths() || said && column.is_flag() => Value::Int(i64::from(value)),
        _ => return Vec::new(),
    };
    column.map_or(Vec::new(), |column| {
        let column = column.name().to_owned();
        condition(Condition::Compare {
            column,
            comparison: Comparison::Eq,
            value,
        })
    })
}
