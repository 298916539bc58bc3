//! Conditions on numbers, on missing values and on truth values, and conditions together.

use schemas::plan::{Comparison, Condition};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::super::lexicon::{Concept, lexicon};
use super::super::number::Number;
use super::super::part::Part;
use super::super::role::{Role, Unit};
use super::super::table::{Column, Table};
use super::{Parts, condition, one, typed};

/// A column against a number.
pub fn compares(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || compare(table, parts.column()?, parts.comparison()?, parts.number()?);
    one(found().map(Part::Condition))
}

/// "won at least one award": the verb speaks of the column that is named behind it.
pub fn compares_done(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    match parts.columns().as_slice() {
        [spoken, named] if spoken == named => compares(table, parts),
        _ => Vec::new(),
    }
}

/// "比100高": a number, and no year that has another column.
pub fn compares_than(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let year = |number: Number| {
        matches!(number.unit, None | Some(Unit::Time))
            && (1900.0..=2100.0).contains(&number.value)
            && number.value.fract() == 0.0
    };
    if parts.number().is_some_and(year) {
        Vec::new()
    } else {
        compares(table, parts)
    }
}

/// Each of several columns against a number: "both above 85".
pub fn compares_each(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let (Some(comparison), Some(number)) = (parts.comparison(), parts.number()) else {
        return Vec::new();
    };
    let all: Option<Vec<Condition>> = parts
        .columns()
        .into_iter()
        .map(|column| compare(table, column, comparison, number))
        .collect();
    all.map_or(Vec::new(), |all| condition(Condition::And { all }))
}

/// "more than 3 and less than 8 seats".
pub fn compares_both(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let comparisons = parts.roles().filter_map(|role| match role {
        Role::Compare(comparison) => Some(comparison),
        _ => None,
    });
    let Some(column) = parts.column() else {
        return Vec::new();
    };
    let both = comparisons
        .zip(parts.numbers())
        .map(|(comparison, number)| compare(table, column, comparison, number));
    both.collect::<Option<Vec<_>>>()
        .map_or(Vec::new(), |all| condition(Condition::And { all }))
}

/// A number whose unit tells the column: "over 60 years old".
pub fn compares_unit(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || {
        compare(
            table,
            by_unit(table, parts.number()?)?,
            parts.comparison()?,
            parts.number()?,
        )
    };
    one(found().map(Part::Condition))
}

/// A comparison that tells the column: "older than 60".
pub fn compares_concept(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let (Some(Role::CompareOf(concept, comparison)), Some(number)) =
        (parts.role("compare_of"), parts.number())
    else {
        return Vec::new();
    };
    let readings = table.about(concept).into_iter().filter_map(|(column, opposite)| {
        // An age of 60 is no birthday, and 6000 m are no 6000 ft.
        let other_size = match number.unit {
            Some(Unit::Sized(size)) => table
                .column(column)
                .and_then(Column::size)
                .is_some_and(|other| other != size),
            _ => false,
        };
        if opposite || other_size {
            None
        } else {
            compare(table, column, comparison, number)
        }
    });
    readings.map(Part::Condition).collect()
}

/// "weight heavier than 10": the comparison says again of what.
pub fn compares_named(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let (Some(Role::CompareOf(_, comparison)), Some(column), Some(number)) =
        (parts.role("compare_of"), parts.column(), parts.number())
    else {
        return Vec::new();
    };
    one(compare(table, column, comparison, number).map(Part::Condition))
}

/// A column that is a number.
pub fn equals(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || compare(table, parts.column()?, Comparison::Eq, parts.number()?);
    one(found().map(Part::Condition))
}

/// A column that is not a number: "a term other than 60 months".
pub fn differs(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || compare(table, parts.column()?, Comparison::Ne, parts.number()?);
    one(found().map(Part::Condition))
}

/// A number whose unit tells the column: "20岁的员工".
pub fn equals_unit(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || {
        compare(
            table,
            by_unit(table, parts.number()?)?,
            Comparison::Eq,
            parts.number()?,
        )
    };
    one(found().map(Part::Condition))
}

/// Between two numbers, both included.
pub fn between(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    one(parts
        .column()
        .and_then(|column| within(table, column, &parts.numbers())))
}

/// Between two numbers whose unit tells the column.
pub fn between_unit(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let numbers = parts.numbers();
    let column = numbers.iter().find_map(|number| by_unit(table, *number));
    one(column.and_then(|column| within(table, column, &numbers)))
}

fn within(table: &Table<'_>, column: usize, numbers: &[Number]) -> Option<Part> {
    let [low, high] = numbers else { return None };
    let column = typed(table, column, ColumnType::is_number)?;
    // "10 to 20万": the scale is said once.
    let low = if high.scaled && !low.scaled && low.value < high.value / 1e3 {
        let scale = [1e8, 1e4, 1e3]
            .into_iter()
            .find(|scale| high.value % scale == 0.0)
            .unwrap_or(1.0);
        Number {
            value: low.value * scale,
            scaled: true,
            ..*low
        }
    } else {
        *low
    };
    let low = Number {
        percent: low.percent || high.percent,
        ..low
    };
    let (low, high) = (
        low.for_column(&column.profile)?,
        high.for_column(&column.profile)?,
    );
    let ordered = low.as_f64()? <= high.as_f64()?;
    ordered.then(|| {
        Part::Condition(Condition::Between {
            column: column.name().to_owned(),
            low,
            high,
        })
    })
}

/// "cities that have a station", where each row has one.
pub fn passes_named(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let text = parts
        .column()
        .and_then(|column| typed(table, column, |kind| kind == ColumnType::Text));
    if text.is_some() {
        passes(table, parts)
    } else {
        Vec::new()
    }
}

/// A verb that adds nothing to what is asked: each row has what it speaks of.
pub fn passes(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let column = parts.column().and_then(|column| table.column(column));
    let each_has = |column: &Column<'_>| {
        let main = table.times.iter().any(|at| table.name(*at) == column.name());
        let of_time = ["year", "date", "time", "month"].iter().any(|head| {
            lexicon().concept(head).is_some_and(|concept| {
                let mut words = column.forms.iter().flat_map(|form| &form.words);
                words.any(|word| word.concepts.contains(&concept))
            })
        });
        let year = column.kind() == ColumnType::Int && column.holds_years();
        (main || year || column.kind() == ColumnType::Text && !of_time) && column.profile.nulls == 0
    };
    if column.is_some_and(each_has) {
        vec![Part::Role(Role::Filler)]
    } else {
        Vec::new()
    }
}

/// "missing dates", 没有登记的日期: of what each row has none is missing.
pub fn is_missing_before(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let gaps = parts.column().and_then(|column| table.column(column));
    if gaps.is_some_and(|column| column.profile.nulls > 0) {
        is_missing(table, parts)
    } else {
        Vec::new()
    }
}

/// Nothing is there.
pub fn is_missing(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    parts.column().map_or(Vec::new(), |column| {
        condition(Condition::Missing {
            column: table.name(column),
        })
    })
}

/// "没有发货日期的": nothing is there, or it is not so.
pub fn is_not(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let boolean = parts
        .column()
        .and_then(|column| typed(table, column, |kind| kind == ColumnType::Bool));
    let column = parts.column().and_then(|column| table.column(column));
    if boolean.is_some() {
        super::truths::is_false(table, parts)
    } else if column.is_some_and(|column| column.profile.nulls > 0) {
        is_missing(table, parts)
    } else if let Some(column) = column.filter(|column| counts_from_zero(column)) {
        // "一张黄牌都没有": none at all.
        condition(Condition::Compare {
            column: column.name().to_owned(),
            comparison: Comparison::Eq,
            value: Value::Int(0),
        })
    } else {
        // Each row has one: something else is meant.
        Vec::new()
    }
}

/// Whether a column counts something that some rows have none of.
fn counts_from_zero(column: &Column<'_>) -> bool {
    column.kind().is_number() && column.profile.min.as_f64() == Some(0.0) && column.profile.nulls == 0
}

/// "有罚款的": more than nothing.
pub fn has_positive(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let column = parts
        .column()
        .and_then(|column| typed(table, column, ColumnType::is_number));
    let zero = |column: &&Column<'_>| column.profile.min.as_f64() == Some(0.0);
    column.filter(zero).map_or(Vec::new(), |column| {
        condition(Condition::Compare {
            column: column.name().to_owned(),
            comparison: Comparison::Gt,
            value: Value::Int(0),
        })
    })
}

/// Something is there.
pub fn has_some(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    parts.column().map_or(Vec::new(), |column| {
        let missing = Condition::Missing {
            column: table.name(column),
        };
        condition(Condition::Not {
            condition: Box::new(missing),
        })
    })
}

/// "60 and above (60 included)".
pub fn inclusive(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    bounded(parts, true)
}

/// "above 60 (60 not included)".
pub fn exclusive(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    bounded(parts, false)
}

/// A comparison whose bound is said once more, with whether it counts.
fn bounded(parts: Parts<'_>, included: bool) -> Vec<Part> {
    let (
        Some(Condition::Compare {
            column,
            comparison,
            value,
        }),
        Some(number),
    ) = (parts.conditions().first().copied(), parts.number())
    else {
        return Vec::new();
    };
    let same = value
        .as_f64()
        .is_some_and(|bound| (bound - number.value).abs() < f64::EPSILON * bound.abs().max(1.0));
    let comparison = match (comparison, included) {
        (Comparison::Gt | Comparison::Ge, true) => Comparison::Ge,
        (Comparison::Gt | Comparison::Ge, false) => Comparison::Gt,
        (Comparison::Lt | Comparison::Le, true) => Comparison::Le,
        (Comparison::Lt | Comparison::Le, false) => Comparison::Lt,
        (Comparison::Eq | Comparison::Ne, _) => return Vec::new(),
    };
    if !same {
        return Vec::new();
    }
    condition(Condition::Compare {
        column: column.clone(),
        comparison,
        value: value.clone(),
    })
}

/// One of two conditions.
pub fn either(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let mut any = Vec::new();
    for inner in parts.conditions() {
        match inner {
            Condition::Or { any: more } => any.extend(more.iter().cloned()),
            other => any.push(other.clone()),
        }
    }
    condition(alike(&any).unwrap_or(Condition::Or { any }))
}

/// Conditions that ask for values of one column, as one.
fn alike(any: &[Condition]) -> Option<Condition> {
    let mut all: Option<(&String, Vec<Value>)> = None;
    for part in any {
        let (column, values) = match part {
            Condition::Compare {
                column,
                comparison: Comparison::Eq,
                value,
            } => (column, std::slice::from_ref(value)),
            Condition::In { column, values } => (column, values.as_slice()),
            _ => return None,
        };
        match &mut all {
            None => all = Some((column, values.to_vec())),
            Some((same, so_far)) if *same == column => so_far.extend_from_slice(values),
            Some(_) => return None,
        }
    }
    all.map(|(column, values)| Condition::In {
        column: column.clone(),
        values,
    })
}

/// "below 10 or above 20": the second condition is on the column of the first.
pub fn either_of_column(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    again(table, parts).map_or(Vec::new(), |(first, second)| {
        condition(Condition::Or {
            any: vec![first, second],
        })
    })
}

/// "above 10 and below 20".
pub fn both_of_column(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    again(table, parts).map_or(Vec::new(), |(first, second)| {
        condition(Condition::And {
            all: vec![first, second],
        })
    })
}

fn again(table: &Table<'_>, parts: Parts<'_>) -> Option<(Condition, Condition)> {
    let first = parts.conditions().first().copied()?;
    let Condition::Compare { column, .. } = first else {
        return None;
    };
    let second = compare(table, table.number(column)?, parts.comparison()?, parts.number()?)?;
    Some((first.clone(), second))
}

/// A column against a number, at the column's own scale.
pub(super) fn compare(
    table: &Table<'_>,
    column: usize,
    comparison: Comparison,
    number: Number,
) -> Option<Condition> {
    let column = typed(table, column, ColumnType::is_number)?;
    if let Some(Unit::Of(concept)) = number.unit {
        let about = table.about(concept);
        if !about.is_empty() && !about.iter().any(|(about, _)| table.name(*about) == column.name()) {
            return None;
        }
    }
    // Ids are no sizes: one that is asked for lies among them.
    let beyond = |value: f64| {
        let (min, max) = (column.profile.min.as_f64(), column.profile.max.as_f64());
        min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max)
    };
    if column.identifies && beyond(number.value) {
        return None;
    }
    // "open 24 hours" is no year of opening.
    if column.holds_years() && !(900.0..=2200.0).contains(&number.value) {
        return None;
    }
    // "2010年" is no number of years.
    let year = number.unit == Some(Unit::Time) && (1900.0..=2100.0).contains(&number.value);
    if number.conflicts_with(&column.profile) || year {
        return None;
    }
    let value = number.for_column(&column.profile)?;
    Some(Condition::Compare {
        column: column.name().to_owned(),
        comparison,
        value,
    })
}

/// The only column that is counted in the number's unit.
fn by_unit(table: &Table<'_>, number: Number) -> Option<usize> {
    let concept: Concept = match number.unit {
        Some(Unit::Of(concept)) => concept,
        Some(Unit::Money) => return table.money,
        Some(Unit::Sized(size)) => {
            let of_size = |at: &usize| {
                table
                    .column(*at)
                    .is_some_and(|column| column.size() == Some(size))
            };
            let mut all = (0..table.columns.len()).filter(of_size);
            return all.next().filter(|_| all.next().is_none());
        }
        _ => return None,
    };
    match table.about(concept).as_slice() {
        [(column, false)] => Some(*column),
        _ => None,
    }
}
