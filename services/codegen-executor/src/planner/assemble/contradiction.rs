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
            Condition::Compare { column: a, .. } | Condition::Between { column: a, .. },
            Condition::Compare { column: b, .. } | Condition::Between { column: b, .. },
        ) if a == b => match (range(one), range(other)) {
            (Some((low, high)), Some((from, to))) => high < from || to < low,
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

/// The numbers that a condition leaves, bounds included.
fn range(condition: &Condition) -> Option<(f64, f64)> {
    match condition {
        Condition::Compare {
            comparison, value, ..
        } => {
            let value = value.as_f64()?;
            match comparison {
                Comparison::Eq => Some((value, value)),
                Comparison::Lt | Comparison::Le => Some((f64::NEG_INFINITY, value)),
                Comparison::Gt | Comparison::Ge => Some((value, f64::INFINITY)),
                Comparison::Ne => None,
            }
        }
        Condition::Between { low, high, .. } => Some((low.as_f64()?, high.as_f64()?)),
        _ => None,
    }
}
