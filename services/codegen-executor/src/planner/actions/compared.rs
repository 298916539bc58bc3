//! One measure compared with another: ratios, differences, growth.

use schemas::plan::{Aggregate, Condition};

use super::super::part::{Against, How, MeasureOf, Part};
use super::super::role::Role;
use super::super::table::Table;
use super::super::time::Said;
use super::{Parts, measures, periods};

/// "compared with May 2023": a reading for each column of times.
pub fn against(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let within = conditions(periods::in_time(table, parts));
    within
        .into_iter()
        .map(|condition| Part::Against(Against::Time(condition)))
        .collect()
}

/// "from 2023 to 2024": a reading for each column of times.
pub fn grown(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let within = |time: &Part| conditions(periods::in_time(table, Parts(&[time])));
    let times: Vec<&Part> = parts
        .0
        .iter()
        .copied()
        .filter(|part| matches!(part, Part::Time(_)))
        .collect();
    let [from, to] = times.as_slice() else {
        return Vec::new();
    };
    // "from 3 March to 9 April": all days between them, and not one day beside another.
    if times
        .iter()
        .any(|time| matches!(time, Part::Time(Said::Days { .. })))
    {
        return Vec::new();
    }
    // "from March to April 2024": the year is said once.
    let dated = match (from, to) {
        (Part::Time(part), Part::Time(Said::Span { span, .. })) => part.in_year(span.from.year).map(|span| {
            Part::Time(Said::Span {
                span,
                relative: false,
            })
        }),
        _ => None,
    };
    let from = dated.as_ref().unwrap_or(from);
    let pairs = within(to).into_iter().zip(within(from));
    pairs.map(|(to, from)| Part::Grown(to, from)).collect()
}

fn conditions(parts: Vec<Part>) -> Vec<Condition> {
    parts
        .into_iter()
        .filter_map(|part| match part {
            Part::Condition(condition) => Some(condition),
            _ => None,
        })
        .collect()
}

/// One thing divided by another: their sums, where no function is said.
pub fn ratio(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let measured: Option<Vec<MeasureOf>> = parts
        .0
        .iter()
        .filter(|part| !matches!(part, Part::Role(_)))
        .map(|part| match part {
            Part::Measures(measures) => match measures.as_slice() {
                [measure] => Some(*measure),
                _ => None,
            },
            Part::Column(column) => table
                .column(*column)
                .is_some_and(|column| column.additive)
                .then(|| MeasureOf::over(Aggregate::Sum, *column)),
            _ => None,
        })
        .collect();
    match measured.as_deref() {
        Some([of, by]) if of != by => vec![Part::Compared(How::Ratio, *of, *by)],
        _ => Vec::new(),
    }
}

/// "the difference between the highest and the lowest price".
pub fn difference(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let ends: Vec<Aggregate> = parts
        .roles()
        .filter_map(|role| match role {
            Role::Extreme { descending: true } => Some(Aggregate::Max),
            Role::Extreme { descending: false } => Some(Aggregate::Min),
            _ => None,
        })
        .collect();
    // 最高预算和最低预算相差多少: the column is said twice.
    let computed = match (ends.as_slice(), parts.columns().as_slice()) {
        ([one, other], [column, same]) if column == same && one != other => {
            let both = [one, other].map(|function| measures::over(table, *function, Some(*column)));
            let both = both.into_iter().flatten().filter_map(|part| match part {
                Part::Measures(measures) => measures.first().copied(),
                _ => None,
            });
            vec![Part::Measures(both.collect())]
        }
        _ => measures::aggregate(table, parts),
    };
    let Some(Part::Measures(both)) = computed.first() else {
        return Vec::new();
    };
    // The larger one comes first, however they are named.
    match both.as_slice() {
        [one, other] if one.function == Aggregate::Min && other.function == Aggregate::Max => {
            vec![Part::Compared(How::Difference, *other, *one)]
        }
        [one, other] => vec![Part::Compared(How::Difference, *one, *other)],
        _ => Vec::new(),
    }
}
