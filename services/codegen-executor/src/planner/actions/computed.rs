//! Columns that are computed row by row.

use schemas::plan::{Aggregate, RowFormula};

use super::super::part::{MeasureOf, Part};
use super::super::role::Role;
use super::super::table::Table;
use super::Parts;

/// What two different columns of the table give.
fn of_two(table: &Table<'_>, parts: Parts<'_>, formula: fn(String, String) -> RowFormula) -> Option<usize> {
    let columns = parts.columns();
    let [first, second] = columns.as_slice() else {
        return None;
    };
    let own = |number: &usize| *number < table.columns.len();
    if first == second || !own(first) || !own(second) {
        return None;
    }
    table.compute(formula(table.name(*first), table.name(*second)))
}

fn column(number: Option<usize>) -> Vec<Part> {
    number.map(Part::Column).into_iter().collect()
}

/// "revenue minus cost".
pub fn minus(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    column(of_two(table, parts, |of, less| RowFormula::Difference {
        of,
        less,
    }))
}

/// "price plus tax".
pub fn plus(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    column(of_two(table, parts, |left, right| RowFormula::Sum {
        of: vec![left, right],
    }))
}

/// "price times quantity".
pub fn multiplied(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    column(of_two(table, parts, |left, right| RowFormula::Product {
        left,
        right,
    }))
}

/// "days between order date and ship date".
pub fn days(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    column(days_between(table, parts))
}

fn days_between(table: &Table<'_>, parts: Parts<'_>) -> Option<usize> {
    of_two(table, parts, |from, until| RowFormula::Days { from, until })
}

/// "下单到发货平均多少天".
pub fn days_over(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let function = parts.roles().find_map(|role| match role {
        Role::Aggregate(function) if function != Aggregate::Sum => Some(function),
        _ => None,
    });
    match (function, days_between(table, parts)) {
        (Some(function), Some(column)) => vec![Part::Measures(vec![MeasureOf::over(function, column)])],
        _ => Vec::new(),
    }
}
