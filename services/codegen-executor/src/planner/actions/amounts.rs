//! How much, in what unit, and to how many decimals.

use schemas::plan::Aggregate;

use super::super::part::{MeasureOf, Part};
use super::super::role::{Role, Unit};
use super::super::table::Table;
use super::{Parts, measures, one};

/// "多少条": so many of what is counted, and no amount of money. 多少万: no number of rows.
pub fn much(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    match parts.role("unit") {
        _ if parts.has("scale") => vec![Part::Role(Role::Word("how_much"))],
        Some(Role::Unit(Unit::Plain)) => vec![Part::Role(Role::Word("quantity_of"))],
        _ => parts.said().cloned().into_iter().collect(),
    }
}

/// 最多是多少，最少是多少: another function of what was measured before.
pub fn aggregate_more(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || {
        let before = parts.find(|part| match part {
            Part::Measures(measures) => Some(measures),
            _ => None,
        })?;
        let last = before.last()?;
        let function = parts.roles().find_map(|role| match role {
            Role::AggregateAfter(function) => Some(function),
            Role::Extreme { descending: true } | Role::Most { descending: true } => Some(Aggregate::Max),
            Role::Extreme { descending: false } | Role::Most { descending: false } => Some(Aggregate::Min),
            _ => None,
        })?;
        let known = before.iter().any(|measure| measure.function == function);
        let sized = matches!(
            last.function,
            Aggregate::Max | Aggregate::Min | Aggregate::Mean | Aggregate::Median | Aggregate::Sum
        );
        let more = measures::over(table, function, last.column);
        let Some(Part::Measures(more)) = more.first().filter(|_| sized && !known) else {
            return None;
        };
        Some(Part::Measures([before.as_slice(), more.as_slice()].concat()))
    };
    one(found())
}

/// How many rows there are, which is no amount.
pub fn count_rows(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    if parts.has("how_much") {
        Vec::new()
    } else {
        vec![Part::Measures(vec![MeasureOf::ROWS])]
    }
}

/// Decimals that anybody may ask for: a float has no more that mean anything.
const DECIMALS: u8 = 15;

/// "to two decimal places", 保留两位小数.
pub fn rounding(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let said = parts.number().filter(|number| !number.scaled && !number.percent);
    let decimals = said.and_then(|said| (0..=DECIMALS).find(|decimals| f64::from(*decimals) == said.value));
    decimals.map(Part::Decimals).into_iter().collect()
}
