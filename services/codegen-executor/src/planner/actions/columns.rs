//! Conditions that hold a column against another one, or against all of its own values.

use schemas::plan::{Aggregate, Comparison, Condition};
use schemas::table::ColumnType;

use super::super::part::Part;
use super::super::role::Role;
use super::super::table::Table;
use super::{Parts, condition, typed};

/// Two columns of a row.
pub fn compares_columns(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let columns = parts.columns();
    let ([left, right], Some(comparison)) = (columns.as_slice(), parts.comparison()) else {
        return Vec::new();
    };
    let (Some(left), Some(right)) = (table.column(*left), table.column(*right)) else {
        return Vec::new();
    };
    let fits = left.name() != right.name()
        && (left.kind().is_number() && right.kind().is_number()
            || left.kind().is_time() && right.kind().is_time());
    if !fits {
        return Vec::new();
    }
    let (left, right) = (left.name().to_owned(), right.name().to_owned());
    condition(Condition::CompareColumns {
        left,
        comparison,
        right,
    })
}

/// A column against an aggregate of all its values: "above the average".
pub fn compares_whole(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let function = parts.roles().find_map(|role| match role {
        Role::Aggregate(function) | Role::AggregateAfter(function) => Some(function),
        _ => None,
    });
    let columns = parts.columns();
    let same = columns.iter().all(|column| columns.first() == Some(column));
    let (Some(function), Some(column), Some(comparison), true) =
        (function, parts.column(), parts.comparison(), same)
    else {
        return Vec::new();
    };
    let fits = function != Aggregate::Sum && typed(table, column, ColumnType::is_number).is_some();
    if !fits {
        return Vec::new();
    }
    condition(Condition::CompareAggregate {
        column: table.name(column),
        comparison,
        function,
    })
}

/// "more expensive than the average": the comparison says of what.
pub fn compares_whole_of(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let Some(Role::CompareOf(concept, comparison)) = parts.role("compare_of") else {
        return Vec::new();
    };
    let compared = Part::Role(Role::Compare(comparison));
    let about = table.about(concept).into_iter().filter(|(_, opposite)| !opposite);
    about
        .flat_map(|(column, _)| {
            let column = Part::Column(column);
            let whole: Vec<&Part> = [&column, &compared]
                .into_iter()
                .chain(parts.0.iter().copied())
                .collect();
            compares_whole(table, Parts(&whole))
        })
        .collect()
}

/// "whose day pass costs more than the average": of the column that is named.
pub fn compares_whole_named(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let Some(Role::CompareOf(_, comparison)) = parts.role("compare_of") else {
        return Vec::new();
    };
    let compared = Part::Role(Role::Compare(comparison));
    let whole: Vec<&Part> = [&compared].into_iter().chain(parts.0.iter().copied()).collect();
    compares_whole(table, Parts(&whole))
}

/// "起点站和终点站相同": one value in both columns.
pub fn columns_equal(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let columns = parts.columns();
    let [left, right] = columns.as_slice() else {
        return Vec::new();
    };
    let (Some(left), Some(right)) = (table.column(*left), table.column(*right)) else {
        return Vec::new();
    };
    if left.name() == right.name() || left.kind() != right.kind() {
        return Vec::new();
    }
    condition(Condition::CompareColumns {
        left: left.name().to_owned(),
        comparison: Comparison::Eq,
        right: right.name().to_owned(),
    })
}
