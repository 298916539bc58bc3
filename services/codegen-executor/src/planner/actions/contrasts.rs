//! One thing beside another: what has more, how much more, and which comes second.

use schemas::plan::Comparison;

use super::super::part::{By, Excess, Part, Pick, Ranked};
use super::super::role::Role;
use super::super::table::Table;
use super::{Parts, one, picks};

/// "than T1", 比T1: all values are those of one column.
pub fn versus(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    one(parts
        .values()
        .map(|(column, texts)| Part::Versus(column, texts.to_vec())))
}

/// "more", 高: of what is said elsewhere; "heavier": of each column that holds it.
pub fn excess(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let mut found = Vec::new();
    for role in parts.roles() {
        match role {
            Role::More(comparison) => found.push(Excess {
                more: comparison == Comparison::Gt,
                column: None,
            }),
            Role::DegreeOf { concept, descending } => {
                found.extend(table.about(concept).into_iter().map(|(column, opposite)| Excess {
                    more: descending != opposite,
                    column: Some(column),
                }));
            }
            _ => {}
        }
    }
    found.into_iter().map(Part::Excess).collect()
}

/// "How much did the shop sell": a verb that speaks of what can be summed, apart from the words that ask.
pub fn spoken_of(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let summed = |column: &usize| table.column(*column).is_some_and(|column| column.additive);
    one(parts.column().filter(summed).map(Part::SpokenOf))
}

/// 第二, "second".
pub fn place(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let said = parts.roles().find_map(|role| match role {
        Role::Nth(place) => Some(place),
        _ => None,
    });
    let place = said.or_else(|| parts.number().and_then(|number| number.as_count()));
    one(place.filter(|place| *place > 0).map(Part::Place))
}

/// "the second highest price", 销售额第二高, "the third oldest".
pub fn pick_nth(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let place = parts.find(|part| match part {
        Part::Place(place) => Some(*place),
        _ => None,
    });
    let Some(passed) = place.and_then(|place| place.checked_sub(1)) else {
        return Vec::new();
    };
    let picked = |by: By, descending: bool| {
        Part::Pick(Pick {
            ranked: Ranked { by, descending },
            rows: None,
            passed,
        })
    };
    let named = match (parts.measure(), parts.column()) {
        (Some(measure), _) => Some(By::Measure(measure)),
        (None, Some(column)) => picks::sortable(table, column).then_some(By::Column(column)),
        (None, None) => None,
    };
    let mut found = Vec::new();
    for role in parts.roles() {
        let (descending, concept) = match role {
            Role::Extreme { descending } | Role::Most { descending } => (descending, None),
            Role::More(comparison) => (comparison == Comparison::Gt, None),
            Role::ExtremeOf { concept, descending } | Role::DegreeOf { concept, descending } => {
                (descending, Some(concept))
            }
            _ => continue,
        };
        match (named, concept, parts.column()) {
            (Some(by), _, _) => {
                let column = parts
                    .column()
                    .or(parts.measure().and_then(|measure| measure.column));
                let turned = concept
                    .zip(column)
                    .is_some_and(|(concept, column)| picks::turns(table, concept, column));
                found.push(picked(by, descending != turned));
            }
            (None, Some(concept), None) => {
                let about = table.about(concept).into_iter();
                found.extend(
                    about
                        .filter(|(column, _)| picks::sortable(table, *column))
                        .map(|(column, opposite)| picked(By::Column(column), descending != opposite)),
                );
            }
            _ => {}
        }
    }
    // 销售额排名第二: the largest come first.
    if let (true, Some(by)) = (found.is_empty() && parts.has("sort"), named) {
        found.push(picked(by, true));
    }
    found
}
