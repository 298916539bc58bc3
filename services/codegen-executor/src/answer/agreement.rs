//! Two results of one plan, or of two readings, held against each other.

use schemas::plan::{Aggregate, Plan};
use schemas::table::TableProfile;
use schemas::value::Value;

use crate::engine::Outcome;
use crate::engines::Silence;
use crate::sql::Rows;

/// Relative difference of two floats that count as the same.
const SAME: f64 = 1e-9;

/// What the second engine says of the result of the first.
#[derive(Debug)]
pub enum Verdict {
    /// The same.
    Same {
        /// Rows that both have.
        rows: u64,
    },
    /// Something else.
    Different(Rows),
    /// Nothing.
    Silent(Silence),
}

impl Verdict {
    /// Holds the results of both engines against each other.
    #[must_use]
    pub fn of(plan: &Plan, profile: &TableProfile, first: &Outcome, second: Result<Rows, Silence>) -> Self {
        match second {
            Ok(second) if agree(plan, profile, first, &second) => Self::Same {
                rows: second.rows_in_all,
            },
            Ok(second) => Self::Different(second),
            Err(silence) => Self::Silent(silence),
        }
    }
}

/// Whether both engines gave the same: as many rows with the same columns, in the order that the plan asks for.
#[must_use]
pub fn agree(plan: &Plan, profile: &TableProfile, first: &Outcome, second: &Rows) -> bool {
    if first.columns != second.columns || first.rows_in_all != second.rows_in_all {
        return false;
    }
    let slacks: Vec<f64> = first
        .columns
        .iter()
        .map(|name| slack(plan, profile, name))
        .collect();
    if same_rows(&first.rows, &second.rows, &slacks) {
        return true;
    }
    // Without an order, and whole, a result is the same whichever way its rows lie.
    let whole = first.rows.len() as u64 == first.rows_in_all;
    plan.order.is_empty()
        && plan.limit.is_none()
        && whole
        && same_rows(&sorted(&first.rows), &sorted(&second.rows), &slacks)
}

/// Whether the results of two readings are the same but for the last digits of floats.
#[must_use]
pub fn same(left: &[Vec<Value>], right: &[Vec<Value>]) -> bool {
    same_rows(left, right, &[])
}

/// Whether the results of two programs are the same but for the last digits of floats and the order of their rows: none
/// of the two may have meant its order.
#[must_use]
pub fn alike(left: &[Vec<Value>], right: &[Vec<Value>]) -> bool {
    same(left, right) || same(&sorted(left), &sorted(right))
}

/// Whether the result of one reading shows all that another one's does, and one column more at most: the song with its
/// year shows the year.
#[must_use]
pub fn shows(wide: &[Vec<Value>], narrow: &[Vec<Value>]) -> bool {
    let width = |rows: &[Vec<Value>]| rows.first().map_or(0, Vec::len);
    if wide.len() != narrow.len() || width(narrow) == 0 || width(wide) > width(narrow) + 1 {
        return false;
    }
    let equal = |column: usize, place: usize| {
        wide.iter().zip(narrow).all(|(wide, narrow)| {
            wide.get(place)
                .zip(narrow.get(column))
                .is_some_and(|(wide, narrow)| same_cell(wide, narrow, 0.0))
        })
    };
    let mut free: Vec<usize> = (0..width(wide)).collect();
    (0..width(narrow)).all(|column| {
        let place = free.iter().position(|place| equal(column, *place));
        place.map(|place| free.remove(place)).is_some()
    })
}

fn same_rows(left: &[Vec<Value>], right: &[Vec<Value>], slacks: &[f64]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| same_row(left, right, slacks))
}

fn same_row(left: &[Value], right: &[Value], slacks: &[f64]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .enumerate()
            .all(|(place, (left, right))| same_cell(left, right, slacks.get(place).copied().unwrap_or(0.0)))
}

fn same_cell(left: &Value, right: &Value, slack: f64) -> bool {
    match (left, right) {
        (Value::Float(a), Value::Float(b)) => (a - b).abs() <= (SAME * a.abs().max(b.abs())).max(slack),
        (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)) => {
            match (left.as_f64(), right.as_f64()) {
                (Some(a), Some(b)) => (a - b).abs() <= SAME * a.abs().max(b.abs()),
                _ => false,
            }
        }
        _ => left == right,
    }
}

/// What a column of the result may differ by where it is near zero: numbers of both signs leave a sum that is small
/// where they are not, with what was lost on the way.
fn slack(plan: &Plan, profile: &TableProfile, name: &str) -> f64 {
    let Some(measure) = plan.measures.iter().find(|measure| measure.name == name) else {
        return 0.0;
    };
    if !matches!(measure.function, Aggregate::Sum | Aggregate::Mean) {
        return 0.0;
    }
    let column = profile
        .columns
        .iter()
        .find(|column| Some(&column.name) == measure.column.as_ref());
    column.map_or(0.0, |column| {
        [&column.min, &column.max]
            .into_iter()
            .filter_map(Value::as_f64)
            .map(|number| SAME * number.abs())
            .fold(0.0, f64::max)
    })
}

/// Rows in an order of their own, by what is exact in them first.
fn sorted(rows: &[Vec<Value>]) -> Vec<Vec<Value>> {
    let mut sorted = rows.to_vec();
    sorted.sort_by_cached_key(|row| {
        let exact: Vec<String> = row
            .iter()
            .filter(|value| !matches!(value, Value::Float(_)))
            .map(|value| serde_json::to_string(value).unwrap_or_default())
            .collect();
        let floats: Vec<i64> = row
            .iter()
            .filter_map(|value| match value {
                Value::Float(number) => Some(ordinal(*number)),
                _ => None,
            })
            .collect();
        (exact, floats)
    });
    sorted
}

/// A number that grows with a float.
const fn ordinal(number: f64) -> i64 {
    let bits = number.to_bits().cast_signed();
    // The order of IEEE 754, section 5.10.
    bits ^ (((bits >> 63).cast_unsigned() >> 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(rows: &[&[f64]]) -> Vec<Vec<Value>> {
        let row = |row: &&[f64]| row.iter().copied().map(Value::Float).collect();
        rows.iter().map(row).collect()
    }

    #[test]
    fn the_last_digits_of_floats_do_not_count() {
        for (left, right, slack, same) in [
            (1.0, 1.0 + 1e-12, 0.0, true),
            (1.0, 1.0 + 1e-8, 0.0, false),
            (5.5e-17, 2.7e-17, 0.0, false),
            (5.5e-17, 2.7e-17, 1e-9, true),
            (-0.0, 0.0, 0.0, true),
        ] {
            let (a, b) = (cells(&[&[left]]), cells(&[&[right]]));
            assert_eq!(same_rows(&a, &b, &[slack]), same, "{left} {right}");
        }
        let whole = |number| Value::Int(number);
        assert!(!same_cell(&whole(1 << 53), &whole((1 << 53) + 1), 1.0));
        assert!(same_cell(&whole(2), &Value::Float(2.0), 0.0));
        assert!(!same_cell(&Value::Null, &Value::Float(0.0), 1.0));
    }

    #[test]
    fn a_wider_result_shows_a_narrower_one() {
        for (wide, narrow, shown) in [
            (&[1.0, 2.0][..], &[2.0][..], true),
            (&[1.0, 2.0], &[2.0, 2.0], false),
            (&[1.0, 2.0, 3.0], &[2.0], false),
            (&[2.0], &[1.0, 2.0], false),
            (&[2.0, 1.0], &[1.0, 2.0], true),
        ] {
            assert_eq!(
                shows(&cells(&[wide]), &cells(&[narrow])),
                shown,
                "{wide:?} {narrow:?}"
            );
        }
        assert!(!shows(&cells(&[&[1.0], &[2.0]]), &cells(&[&[1.0]])));
    }

    #[test]
    fn rows_are_sorted_whatever_is_in_them() {
        let left = cells(&[&[2.0, -1.0], &[-3.0, 0.5], &[2.0, 1.0]]);
        let right = cells(&[&[-3.0, 0.5], &[2.0, 1.0], &[2.0, -1.0]]);
        assert_eq!(sorted(&left), sorted(&right));
        assert!(ordinal(-2.0) < ordinal(-1.0) && ordinal(-1.0) < ordinal(0.0) && ordinal(0.0) < ordinal(3.0));
    }
}
