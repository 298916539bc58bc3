//! Conditions that no row fulfils together.

use schemas::plan::{Comparison, Condition};

/// Whether two conditions on one column leave no row for sure.
pub(super) fn contradict(conditions: &[Condition]) -> bool {
    let mut flat: Vec<&Condition> = Vec::new();
    for condition in conditions {
        match condition {
            Condition::And { all } => flat.extend(all),
            other => flat.push(other),
        }
    }
    flat.iter()
        .enumerate()
        .any(|(at, one)| flat.iter().skip(at + 1).any(|other| exclude(one, other)))
}

fn exclude(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (
            Condition::Compare {
                column: a,
                comparison: Comparison::Eq,
                value: x,
            },
            Condition::Compare {
                column: b,
                comparison: Comparison::Eq,
                value: y,
            },
        ) => a == b && x != y,
        (
            Condition::Compare {
                column: a,
                comparison: Comparison::Eq,
                value: x,
            },
            Condition::Compare {
                column: b,
                comparison: Comparison::Ne,
                value: y,
            },
        )
        | (
            Condition::Compare {
                column: a,
                comparison: Comparison::Ne,
                value: x,
            },
            Condition::Compare {
                column: b,
                comparison: Comparison::Eq,
                value: y,
            },
        ) => a == b && x == y,
        (
            Condition::Compare { column: a, .. } | Condition::Between { column: a, .. },
            Condition::Compare { column: b, .. } | Condition::Between { column: b, .. },
        ) if a == b => match (range(one), range(other)) {
            (Some((low, high)), Some((from, to))) => empty((low, to)) || empty((from, high)),
            _ => false,
        },
        (
            Condition::TimeRange {
                column: a,
                from: f,
                until: u,
            },
            Condition::TimeRange {
                column: b,
                from: g,
                until: v,
            },
        ) => a == b && (u.zip(*g).is_some_and(|(u, g)| u <= g) || v.zip(*f).is_some_and(|(v, f)| v <= f)),
        _ => false,
    }
}

/// The least and the largest number that a condition leaves, and whether each counts itself.
fn range(condition: &Condition) -> Option<((f64, bool), (f64, bool))> {
    let open = ((f64::NEG_INFINITY, true), (f64::INFINITY, true));
    match condition {
        Condition::Compare {
            comparison, value, ..
        } => {
            let value = value.as_f64()?;
            match comparison {
                Comparison::Eq => Some(((value, true), (value, true))),
                Comparison::Lt => Some((open.0, (value, false))),
                Comparison::Le => Some((open.0, (value, true))),
                Comparison::Gt => Some(((value, false), open.1)),
                Comparison::Ge => Some(((value, true), open.1)),
                Comparison::Ne => None,
            }
        }
        Condition::Between { low, high, .. } => Some(((low.as_f64()?, true), (high.as_f64()?, true))),
        _ => None,
    }
}

/// Whether nothing lies between a least and a largest number.
fn empty(((low, low_counts), (high, high_counts)): ((f64, bool), (f64, bool))) -> bool {
    low > high || (low >= high && !(low_counts && high_counts))
}
