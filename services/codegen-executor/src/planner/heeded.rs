//! Whether a plan heeds what a question names: a column that is named and plays no part was asked for, and is not there.

use super::chart::Cover;
use super::part::Part;
use super::table::Table;
use crate::engine::columns::named_by;
use crate::engine::computed::operands;
use schemas::plan::Plan;

/// Whether all columns that stand for themselves in a question play a part in a plan.
#[must_use]
pub fn heeds(table: &Table<'_>, cover: &Cover, plan: &Plan) -> bool {
    // Of a whole its parts are named: 占全部国家的百分之几.
    if !plan.derived.is_empty() {
        return true;
    }
    let named = named_by(plan);
    let computed: Vec<&str> = plan
        .computed
        .iter()
        .flat_map(|computed| operands(&computed.formula))
        .collect();
    let plays_a_part = |number: &usize| {
        let Some(column) = table.column(*number) else {
            return true;
        };
        // What names the rows or tells their kind says which ones are counted.
        let tells_rows = !column.kind().is_number()
            && (column.unique || plan.group.is_empty() && !plan.measures.is_empty());
        tells_rows
            || table.label == Some(*number)
            || named.contains(column.name())
            || computed.contains(&column.name())
    };
    cover.items.iter().all(|item| match &item.part {
        Part::Column(column) | Part::SpokenOf(column) => plays_a_part(column),
        Part::Columns(columns) => columns.iter().all(plays_a_part),
        _ => true,
    })
}
