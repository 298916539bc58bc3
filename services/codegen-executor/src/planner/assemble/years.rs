//! "In which year was the oldest one founded": a year that is asked for, where a column holds it, is no group of another time.

use schemas::plan::{Bucket, Plan};

use super::super::gather::Gathered;
use super::super::part::{By, Key};
use super::super::table::{Column, Table};

/// Leaves out the years of another column where the question is about one that holds years itself.
pub(super) fn asked(table: &Table<'_>, mut said: Gathered) -> Gathered {
    let of = match said.keys.as_slice() {
        [Key::Span(of, Bucket::Year)] => *of,
        [Key::Column(of)] if table.column(*of).is_some_and(Column::holds_years) => None,
        _ => return said,
    };
    let picked = said.pick.and_then(|pick| match pick.ranked.by {
        By::Column(column) => Some(column),
        By::Measure(measure) => measure.column,
        By::Compared(..) | By::Result => None,
    });
    let measured = said.measures.iter().filter_map(|measure| measure.column);
    let holds_years = |column: &usize| {
        Some(*column) != of && table.column(*column).is_some_and(|column| column.holds_years())
    };
    let itself = |column: usize| match said.keys.as_slice() {
        [Key::Column(of)] => *of == column,
        _ => true,
    };
    let about_years = picked
        .into_iter()
        .chain(measured)
        .chain(said.columns.iter().copied())
        .any(|column| holds_years(&column) && itself(column));
    if about_years && said.which && !said.each {
        said.keys.clear();
        said.bare_spans = false;
    }
    said
}

/// Whether a plan reads the columns of the years that are named, and no others of them.
pub(super) fn of_editions(table: &Table<'_>, plan: &Plan, editions: &[u16]) -> bool {
    if editions.is_empty() {
        return true;
    }
    let read = crate::engine::columns_read(plan, table.view.profile).unwrap_or_default();
    let years: Vec<u16> = read
        .iter()
        .filter_map(|name| table.number(name))
        .filter_map(|column| table.column(column)?.edition)
        .collect();
    years.iter().all(|year| editions.contains(year)) && editions.iter().all(|year| years.contains(year))
}
