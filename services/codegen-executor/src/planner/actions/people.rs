//! How many people there are: rows that are persons, or a column that counts them.

use schemas::plan::Aggregate;
use schemas::table::ColumnType;

use super::super::lexicon::lexicon;
use super::super::part::{MeasureOf, Part};
use super::super::table::{Column, Table};
use super::Parts;
use super::measures::over;

/// How many people: rows, where each row is a person.
pub fn count_people(table: &Table<'_>, _: Parts<'_>) -> Vec<Part> {
    let population = lexicon()
        .concept("population")
        .map(|concept| table.about(concept));
    if let Some([(column, false)]) = population.as_deref() {
        over(table, Aggregate::Sum, Some(*column))
    } else if table.of_people {
        vec![Part::Measures(vec![MeasureOf::ROWS])]
    } else {
        over(table, Aggregate::Sum, people(table))
    }
}

/// A function of how many people there are in each row.
pub fn mean_people(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let function = parts.find(|part| match part {
        Part::Functions(functions) => functions.first().copied(),
        _ => None,
    });
    match (function, people(table)) {
        (Some(function), Some(column)) if !table.of_people => over(table, function, Some(column)),
        _ => Vec::new(),
    }
}

/// The only column that counts people.
fn people(table: &Table<'_>) -> Option<usize> {
    let counts = |column: &Column<'_>| {
        column.kind() == ColumnType::Int
            && !column.identifies
            && (lexicon().any_is("headcount", &column.concepts)
                || column.headers.iter().any(|header| header.ends_with("人数")))
    };
    let mut found = (0..table.columns.len()).filter(|number| table.column(*number).is_some_and(counts));
    let first = found.next();
    if found.next().is_some() { None } else { first }
}
