//! "How much did the shop sell", "how many umbrellas were sold": what is summed is told by the verb alone.

use schemas::plan::Aggregate;

use super::super::gather::{Gathered, Misfit};
use super::super::lexicon::lexicon;
use super::super::part::MeasureOf;
use super::super::table::Table;

/// Gives what a verb speaks of its place among what is asked for.
pub(super) fn placed(table: &Table<'_>, mut said: Gathered) -> Result<Gathered, Misfit> {
    let [column] = said.spoken_of.as_slice() else {
        return if said.spoken_of.is_empty() {
            Ok(said)
        } else {
            Err(Misfit::Unconnected)
        };
    };
    let column = *column;
    let number = |column: &usize| {
        table
            .column(*column)
            .is_some_and(|column| column.kind().is_number())
    };
    let named = said.columns.iter().any(number);
    let monetary = |column: usize| {
        table
            .column(column)
            .is_some_and(|column| lexicon().any_is("monetary", &column.concepts))
    };
    let sum = |column: usize| vec![MeasureOf::over(Aggregate::Sum, column)];
    if named || said.pick.is_some() || !said.having.is_empty() {
        // "which product sold the largest quantity": what is named is meant, if it is what the verb speaks of.
        return if said.columns.contains(&column) {
            Ok(said)
        } else {
            Err(Misfit::Unconnected)
        };
    }
    if !said.columns.is_empty() {
        // "which products were sold": each row is a sale.
        let every = table
            .column(column)
            .is_some_and(|column| column.profile.nulls == 0);
        let lists = said.measures.is_empty() && !said.asks_much && said.keys.is_empty();
        return if every && lists && (said.which || said.list) && said.order.is_empty() {
            Ok(said)
        } else {
            Err(Misfit::Unconnected)
        };
    }
    match said.measures.as_slice() {
        // "How many were sold" asks for no amount of money.
        [MeasureOf::ROWS] if monetary(column) => {
            let count = quantity(table).ok_or(Misfit::Unconnected)?;
            said.measures = sum(count);
        }
        [MeasureOf::ROWS] => said.measures = sum(column),
        [] if said.how_much && !said.in_unit => said.measures = sum(column),
        _ => return Err(Misfit::Unconnected),
    }
    Ok(said)
}

/// The only column that says how many were sold, bought or moved.
fn quantity(table: &Table<'_>) -> Option<usize> {
    let heads = ["quantity", "sales quantity", "units sold"];
    let concepts: Vec<_> = heads.iter().filter_map(|head| lexicon().concept(head)).collect();
    let mut all = (0..table.columns.len()).filter(|at| {
        table.column(*at).is_some_and(|column| {
            column.additive && column.concepts.iter().any(|concept| concepts.contains(concept))
        })
    });
    all.next().filter(|_| all.next().is_none())
}
