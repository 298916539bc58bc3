//! What there is to know about a table without reading it.

use std::hash::{Hash, Hasher};

use polars::prelude::PlHashMap;
use schemas::Value;
use schemas::table::{ColumnProfile, Frequency};

use crate::cell;
use crate::typing::{Column, Values};

/// Frequent values listed, at most.
pub(crate) const FREQUENT: usize = 20;
/// Values that tell whether there are many.
const SAMPLE: usize = 1_000;
/// Longer texts are no categories: they are neither listed nor taken as the smallest or largest value.
const LONGEST: usize = 200;

/// Describes one column.
#[must_use]
pub fn column(column: &Column<'_>) -> ColumnProfile {
    let counted = match &column.values {
        Values::Bool(values) => count(values.iter().copied(), |truth| Value::Bool(*truth)),
        Values::Int(values) => count(values.iter().copied(), |number| Value::Int(*number)),
        Values::Float(values) => count(values.iter().map(|value| value.map(Ordered)), |number| {
            Value::finite(number.0)
        }),
        Values::Date(values) => count(values.iter().copied(), |day| Value::Text(day.to_string())),
        Values::Datetime(values) => count(values.iter().copied(), |moment| Value::Text(cell::iso(*moment))),
        Values::Text(values) => count(values.iter().map(|text| text.as_deref()), |text| {
            if text.chars().nth(LONGEST).is_some() {
                Value::Null
            } else {
                Value::from(*text)
            }
        }),
    };
    ColumnProfile {
        name: column.name.clone(),
        kind: column.values.kind(),
        unit: column.unit.clone(),
        nulls: counted.nulls,
        distinct: counted.distinct,
        min: counted.min,
        max: counted.max,
        frequent: counted.frequent,
        unparsed: column.unparsed.clone(),
        unparsed_count: column.unparsed_count,
    }
}

/// A finite number with its order; numbers are alike when their bits are.
#[derive(Clone, Copy)]
struct Ordered(f64);

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Ordered {}

impl Hash for Ordered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

struct Counted {
    nulls: u64,
    distinct: u64,
    min: Value,
    max: Value,
    frequent: Vec<Frequency>,
}

fn count<T: Ord + Hash + Copy>(
    values: impl Iterator<Item = Option<T>>,
    show: impl Fn(&T) -> Value,
) -> Counted {
    let mut nulls = 0;
    // How often, and the place of the first one.
    let mut counts: PlHashMap<T, (u64, usize)> = PlHashMap::default();
    let (mut min, mut max): (Option<T>, Option<T>) = (None, None);
    let all = values.size_hint().0;
    for (place, value) in values.enumerate() {
        let Some(value) = value else {
            nulls += 1;
            continue;
        };
        // Where nearly every value is another one, the rest will be too: there is room for them at once.
        if place == SAMPLE && counts.len() * 10 >= SAMPLE * 9 {
            counts.reserve(all.saturating_sub(SAMPLE));
        }
        counts
            .entry(value)
            .and_modify(|known| known.0 += 1)
            .or_insert_with(|| {
                if min.as_ref().is_none_or(|least| value < *least) {
                    min = Some(value);
                }
                if max.as_ref().is_none_or(|most| value > *most) {
                    max = Some(value);
                }
                (1, place)
            });
    }
    let distinct = counts.len() as u64;
    let mut ranked: Vec<(u64, usize, T)> = counts
        .into_iter()
        .map(|(value, (count, place))| (count, place, value))
        .collect();
    let rank = |(count, place, _): &(u64, usize, T)| (std::cmp::Reverse(*count), *place);
    if ranked.len() > FREQUENT {
        ranked.select_nth_unstable_by_key(FREQUENT, rank);
        ranked.truncate(FREQUENT);
    }
    ranked.sort_unstable_by_key(rank);
    let frequent = ranked
        .iter()
        .map(|(count, _, value)| Frequency {
            value: show(value),
            count: *count,
        })
        .filter(|frequency| frequency.value != Value::Null)
        .collect();
    let shown = |value: Option<T>| value.as_ref().map_or(Value::Null, &show);
    Counted {
        nulls,
        distinct,
        min: shown(min),
        max: shown(max),
        frequent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(values: Values<'_>) -> ColumnProfile {
        let name = "x".to_owned();
        column(&Column {
            name,
            values,
            unit: None,
            unparsed: vec![],
            unparsed_count: 0,
            decisions: vec![],
        })
    }

    #[test]
    fn frequent_values_stand_in_order_of_appearance_where_they_are_as_frequent() {
        let texts = ["b", "a", "c", "a", "c"].map(|text| Some(text.into()));
        let found = profile(Values::Text([texts.as_slice(), &[None]].concat()));
        let frequent: Vec<(Value, u64)> = found
            .frequent
            .into_iter()
            .map(|one| (one.value, one.count))
            .collect();
        assert_eq!(frequent, [("a".into(), 2), ("c".into(), 2), ("b".into(), 1)]);
        assert_eq!(
            (found.nulls, found.distinct, found.min, found.max),
            (1, 3, "a".into(), "c".into())
        );
    }

    #[test]
    fn at_most_twenty_are_listed() {
        let found = profile(Values::Int((0..1000).map(|number| Some(number % 50)).collect()));
        assert_eq!((found.distinct, found.frequent.len()), (50, 20));
        assert_eq!(
            found.frequent[0],
            Frequency {
                value: Value::Int(0),
                count: 20
            }
        );
        assert_eq!((found.min, found.max), (Value::Int(0), Value::Int(49)));
    }

    #[test]
    fn floats_are_ordered_and_nothing_has_no_range() {
        let found = profile(Values::Float(vec![Some(2.5), Some(-1.0), None, Some(2.5)]));
        assert_eq!(
            (found.min, found.max, found.distinct),
            (Value::Float(-1.0), Value::Float(2.5), 2)
        );
        let empty = profile(Values::Text(vec![None, None]));
        assert_eq!(
            (empty.min, empty.max, empty.distinct, empty.nulls),
            (Value::Null, Value::Null, 0, 2)
        );
    }
}
