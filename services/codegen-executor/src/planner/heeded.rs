//! Whether a plan heeds what a question names: a column that is named and plays no part was asked for, and is not there.

use super::atoms::Atoms;
use super::chart::{Cover, Word};
use super::fold::fold;
use super::part::Part;
use super::role::{Role, Unit};
use super::table::Table;
use crate::engine::columns::named_by;
use crate::engine::computed::operands;
use schemas::plan::{Condition, Plan};

/// Whether all columns that stand for themselves in a question play a part in a plan.
#[must_use]
pub fn heeds(table: &Table<'_>, cover: &Cover, atoms: &Atoms, plan: &Plan) -> bool {
    if !says_one_thing(cover, atoms) || wants_both(cover, atoms, plan) || !measures_so(table, cover, atoms) {
        return false;
    }
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
        // What names or numbers the rows, or tells their kind, says which ones are counted.
        let kind = !column.kind().is_number() && plan.group.is_empty() && !plan.measures.is_empty();
        let names = column.identifies || column.numbers_things || column.unique && !column.kind().is_number();
        let tells_rows = kind || names;
        tells_rows
            || table.label == Some(*number)
            || named.contains(column.name())
            || computed.contains(&column.name())
    };
    cover.items.iter().all(|item| match &item.part {
        Part::Column(column) => plays_a_part(column),
        Part::Columns(columns) => columns.iter().all(plays_a_part),
        _ => true,
    })
}

/// "at night": a unit that nothing is measured in says when, or which ones.
fn measures_so(table: &Table<'_>, cover: &Cover, atoms: &Atoms) -> bool {
    let in_unit = cover.items.iter().filter(|item| {
        matches!(item.part, Part::Role(_))
            && matches!(item.words.as_slice(), [before, unit]
                if before.part == Part::Role(Role::Word("in")) && unit.part == Part::Role(Role::Unit(Unit::Plain)))
    });
    let said = |word: &Word| {
        let text = atoms.folded(word.start, word.end);
        table.columns.iter().any(|column| {
            let [whole, _] = &column.headers;
            whole.contains(&text)
                || column
                    .profile
                    .unit
                    .as_deref()
                    .is_some_and(|unit| fold(unit) == text)
        })
    };
    in_unit.flat_map(|item| item.words.last()).all(said)
}

/// "in both the North and the South": no row is in two regions, and those in either were not asked for.
fn wants_both(cover: &Cover, atoms: &Atoms, plan: &Plan) -> bool {
    let both = atoms.list.iter().any(|atom| atom.text == "both");
    let either = |part: &Part| matches!(part, Part::Condition(Condition::In { .. }));
    both && plan.group.is_empty() && cover.items.iter().any(|item| either(&item.part))
}

/// Whether a word that comes again names the same column again: "the population of the country with the largest population".
fn says_one_thing(cover: &Cover, atoms: &Atoms) -> bool {
    let words = cover.items.iter().flat_map(|item| &item.words);
    let mut said: Vec<(String, usize)> = Vec::new();
    for word in words {
        let Part::Column(column) = word.part else { continue };
        let text = atoms.folded(word.start, word.end);
        match said.iter().find(|(other, _)| *other == text) {
            Some((_, other)) if *other != column => return false,
            Some(_) => {}
            None => said.push((text, column)),
        }
    }
    true
}
