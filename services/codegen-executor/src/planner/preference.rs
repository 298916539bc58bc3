//! Which of several readings of one question says less than another one of them, and is left out.

use schemas::plan::{Aggregate, Condition, Plan};
use schemas::trail::ChipRole;

use super::Understood;
use crate::engine::columns::named_by;

/// Drops readings that another one outdoes.
pub fn prefer(readings: &mut Vec<Understood>) {
    let all = readings.clone();
    readings.retain(|reading| {
        !all.iter().any(|other| {
            outdoes(&other.plan, &reading.plan)
                || bounds(&other.plan, &reading.plan)
                || asks_value(other, &reading.plan)
        })
    });
}

/// Whether a plan is what was meant where another one is possible too.
fn outdoes(better: &Plan, plan: &Plan) -> bool {
    same_rows(better, plan)
        && (groups_more(better, plan)
            || keeps_all(better, plan)
            || counts_those(better, plan)
            || ranks(better, plan))
}

fn same_rows(better: &Plan, plan: &Plan) -> bool {
    better.table == plan.table && better.filter == plan.filter && better.having == plan.having
}

/// 按物种和性别数一下: the rows of each species and sex, not the sexes of each species.
fn groups_more(better: &Plan, plan: &Plan) -> bool {
    let ([counted], [different]) = (better.measures.as_slice(), plan.measures.as_slice()) else {
        return false;
    };
    counted.function == Aggregate::Count
        && counted.column.is_none()
        && different.function == Aggregate::CountDistinct
        && better.group.len() == plan.group.len() + 1
        && !plan.group.is_empty()
        && plan.group.iter().all(|key| better.group.contains(key))
        && better
            .group
            .iter()
            .any(|key| Some(&key.column) == different.column.as_ref())
}

/// "How many satellites weigh more than 2000 kg": how many, and not their weights, which the condition names.
fn counts_those(better: &Plan, plan: &Plan) -> bool {
    let counts = match better.measures.as_slice() {
        [measure] => {
            measure.function == Aggregate::Count && measure.column.is_none() && measure.filter.is_none()
        }
        _ => false,
    };
    let conditions = Plan {
        select: Vec::new(),
        measures: Vec::new(),
        order: Vec::new(),
        ..better.clone()
    };
    let filtered = named_by(&conditions);
    let named = plan
        .select
        .iter()
        .chain(plan.measures.iter().filter_map(|measure| measure.column.as_ref()));
    let mut named = named.peekable();
    counts
        && better.group.is_empty()
        && plan.group.is_empty()
        && plan.derived.is_empty()
        && better.derived.is_empty()
        && plan.limit.is_none()
        && named.peek().is_some()
        && named.all(|name| filtered.contains(name.as_str()))
}

/// "How many cars have more than 6 cylinders": cars of so many, and not the numbers that so many cars have.
fn bounds(better: &Plan, plan: &Plan) -> bool {
    let (
        Some(Condition::Compare {
            column,
            comparison,
            value,
        }),
        Some(Condition::Compare {
            comparison: of_groups,
            value: rows,
            ..
        }),
        [key],
    ) = (&better.filter, &plan.having, plan.group.as_slice())
    else {
        return false;
    };
    better.table == plan.table
        && plan.filter.is_none()
        && better.group.is_empty()
        && better.having.is_none()
        && key.column == *column
        && comparison == of_groups
        && value == rows
}

/// "the top 3 podcasts by number of episodes": the podcasts, and not how many have each number.
fn ranks(better: &Plan, plan: &Plan) -> bool {
    let ([order], [key], [measure]) = (
        better.order.as_slice(),
        plan.group.as_slice(),
        plan.measures.as_slice(),
    ) else {
        return false;
    };
    better.group.is_empty()
        && better.measures.is_empty()
        && better.limit == plan.limit
        && better.limit.is_some()
        && key.bucket.is_none()
        && key.column == order.by
        && measure.function == Aggregate::Count
        && measure.column.is_none()
}

/// "the lowest rating": how low it is, and not who has it. "The restaurant" would ask for that.
fn asks_value(reading: &Understood, plan: &Plan) -> bool {
    let better = &reading.plan;
    let names_rows = reading.chips.iter().any(|chip| chip.role == ChipRole::Table);
    let ([measure], [_, _], [order]) = (
        better.measures.as_slice(),
        plan.select.as_slice(),
        plan.order.as_slice(),
    ) else {
        return false;
    };
    let function = if order.descending {
        Aggregate::Max
    } else {
        Aggregate::Min
    };
    !names_rows
        && same_rows(better, plan)
        && better.group.is_empty()
        && better.derived.is_empty()
        && measure.function == function
        && measure.filter.is_none()
        && measure.column.as_ref() == Some(&order.by)
        && plan.select.contains(&order.by)
        && plan.measures.is_empty()
        && plan.limit.is_some_and(|limit| limit.rows == 1 && limit.skip == 0)
}

/// "the heaviest weight for each mode": of each its own, not the mode that has the heaviest.
fn keeps_all(better: &Plan, plan: &Plan) -> bool {
    !plan.group.is_empty()
        && better.group == plan.group
        && better.measures == plan.measures
        && better.limit.is_none()
        && plan.limit.is_some_and(|limit| limit.rows == 1)
}
