//! Keys, measures, and conditions on measures.

use schemas::plan::{Aggregate, Bucket, Comparison};
use schemas::table::ColumnType;

use super::super::lexicon::{Concept, lexicon};
use super::super::part::{Key, MeasureOf, Part};
use super::super::role::{Role, Unit};
use super::super::table::{Column, Table};
use super::{Parts, one, typed};

/// Columns to group by. Numbers that measure something are no keys.
pub fn key(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let columns = parts.columns();
    let groups = columns
        .iter()
        .all(|column| table.column(*column).is_some_and(can_group));
    if groups {
        let keys = columns
            .into_iter()
            .map(|column| match of_spans(table, column) {
                Some(bucket) => Key::Span(Some(column), bucket),
                None => Key::Column(column),
            })
            .collect();
        vec![Part::Keys(keys)]
    } else {
        Vec::new()
    }
}

fn can_group(column: &Column<'_>) -> bool {
    match column.kind() {
        ColumnType::Float => false,
        ColumnType::Int => !column.additive,
        ColumnType::Bool | ColumnType::Date | ColumnType::Datetime | ColumnType::Text => true,
    }
}

/// The calendar span that the days of a column stand for, by its name: quarters that are kept as their first days.
fn of_spans(table: &Table<'_>, column: usize) -> Option<Bucket> {
    let column = typed(table, column, ColumnType::is_time)?;
    let spans = [
        ("year", Bucket::Year),
        ("quarter", Bucket::Quarter),
        ("month", Bucket::Month),
        ("week", Bucket::Week),
    ];
    spans.into_iter().find_map(|(head, bucket)| {
        let concept = lexicon().concept(head)?;
        column.concepts.contains(&concept).then_some(bucket)
    })
}

/// "each kind of pet": the only column that says of which kind a row is.
pub fn key_kind(table: &Table<'_>, _: Parts<'_>) -> Vec<Part> {
    one(kind_column(table).map(|column| Part::Keys(vec![Key::Column(column)])))
}

/// "how many types of pets".
pub fn count_kinds(table: &Table<'_>, _: Parts<'_>) -> Vec<Part> {
    let measure = |column| MeasureOf::over(Aggregate::CountDistinct, column);
    one(kind_column(table).map(|column| Part::Measures(vec![measure(column)])))
}

fn kind_column(table: &Table<'_>) -> Option<usize> {
    let kinds: Vec<Concept> = ["type", "category", "kind", "species", "class"]
        .iter()
        .filter_map(|head| lexicon().concept(head))
        .collect();
    let tells = |column: &Column<'_>| {
        column.kind() == ColumnType::Text
            && column.forms.iter().any(|form| {
                form.words
                    .last()
                    .is_some_and(|word| word.concepts.iter().any(|concept| kinds.contains(concept)))
            })
    };
    let mut all = (0..table.columns.len()).filter(|at| table.column(*at).is_some_and(tells));
    all.next().filter(|_| all.next().is_none())
}

/// Calendar spans of the column that says when, or of the one that is named.
pub fn key_span(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let bucket = parts.roles().find_map(|role| match role {
        Role::Bucket(bucket) | Role::BucketEach(bucket) => Some(bucket),
        _ => None,
    });
    let Some(bucket) = bucket else { return Vec::new() };
    match parts.column() {
        Some(column) if table.times.contains(&column) => {
            vec![Part::Keys(vec![Key::Span(Some(column), bucket)])]
        }
        Some(_) => Vec::new(),
        // A table that has its years in a column of their own is grouped by that.
        None if bucket == Bucket::Year && table.year.is_some() => {
            one(table.year.map(|column| Part::Keys(vec![Key::Column(column)])))
        }
        None if table.times.is_empty() => {
            let column = match bucket {
                Bucket::Year => table.year,
                Bucket::Month => table.month.filter(|_| table.year.is_none()),
                Bucket::Quarter | Bucket::Week | Bucket::Day => None,
            };
            one(column.map(|column| Part::Keys(vec![Key::Column(column)])))
        }
        None => table
            .times
            .iter()
            .map(|column| Part::Keys(vec![Key::Span(Some(*column), bucket)]))
            .collect(),
    }
}

/// Spans that are only named: groups where an order or a superlative asks for some.
pub fn key_bare(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let rows = parts.number().and_then(|number| number.as_count());
    let named = parts.number().is_some() == rows.is_some();
    key_span(table, parts)
        .into_iter()
        .filter(|_| named)
        .filter_map(|part| match part {
            Part::Keys(keys) => Some(Part::Spans(keys, rows)),
            _ => None,
        })
        .collect()
}

/// Several keys.
pub fn keys(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let mut all: Vec<Key> = Vec::new();
    for part in parts.0 {
        if let Part::Keys(keys) = part {
            for key in keys {
                if all.contains(key) {
                    return Vec::new();
                }
                all.push(*key);
            }
        }
    }
    vec![Part::Keys(all)]
}

/// Functions that wait for their column.
pub fn functions(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let mut all = Vec::new();
    for part in parts.0 {
        match part {
            Part::Functions(functions) => all.extend(functions.iter().copied()),
            Part::Role(Role::Aggregate(function) | Role::AggregateAfter(function)) => all.push(*function),
            Part::Role(Role::Extreme { descending } | Role::Most { descending }) => {
                all.push(if *descending {
                    Aggregate::Max
                } else {
                    Aggregate::Min
                });
            }
            _ => {}
        }
    }
    let repeated = all
        .iter()
        .enumerate()
        .any(|(at, function)| all.iter().skip(at + 1).any(|other| other == function));
    if repeated {
        Vec::new()
    } else {
        vec![Part::Functions(all)]
    }
}

/// Functions over columns, each over each.
pub fn aggregate(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let functions = parts.find(|part| match part {
        Part::Functions(functions) => Some(functions),
        _ => None,
    });
    let mut measures = Vec::new();
    for column in parts.columns() {
        for function in functions.into_iter().flatten() {
            // The highest rank is the smallest number to some, and the largest to others.
            if matches!(function, Aggregate::Max | Aggregate::Min) && is_rank(table, column) {
                return Vec::new();
            }
            let fits = table
                .column(column)
                .is_some_and(|column| applies(*function, column));
            if !fits {
                return Vec::new();
            }
            measures.push(MeasureOf::over(*function, column));
        }
    }
    if measures.is_empty() {
        Vec::new()
    } else {
        vec![Part::Measures(measures)]
    }
}

/// "英语最高分": the superlative with its unit asks for the value itself.
pub fn aggregate_best(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let function = match parts.extreme() {
        Some(true) => Aggregate::Max,
        Some(false) => Aggregate::Min,
        None => return Vec::new(),
    };
    over(table, function, parts.column())
}

/// "the top salary".
pub fn aggregate_top(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    over(table, Aggregate::Max, parts.column())
}

/// "total", "altogether", "how much": of what can be summed.
pub fn aggregate_sum(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    // How much a price is asks for the price.
    let sums = parts.has("altogether") || parts.has("combined") || parts.has("cumulative");
    let additive = parts
        .column()
        .and_then(|column| table.column(column))
        .is_some_and(|column| column.additive);
    let counts_money = parts.has("quantity_of") && parts.column() == table.money;
    if (sums || additive) && !counts_money {
        over(table, Aggregate::Sum, parts.column())
    } else {
        Vec::new()
    }
}

pub(super) fn over(table: &Table<'_>, function: Aggregate, column: Option<usize>) -> Vec<Part> {
    let fits = |column: &usize| {
        table
            .column(*column)
            .is_some_and(|column| applies(function, column))
    };
    let column = column.filter(fits);
    one(column.map(|column| Part::Measures(vec![MeasureOf::over(function, column)])))
}

/// "平均…的平均值", "total … sum": a function that is said twice.
pub fn aggregate_twice(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let (Some(Role::Aggregate(before)), Some(Role::AggregateAfter(after)), Some(column)) = (
        parts.role("aggregate"),
        parts.role("aggregate_after"),
        parts.column(),
    ) else {
        return Vec::new();
    };
    let fits = before == after && table.column(column).is_some_and(|column| applies(before, column));
    if fits {
        vec![Part::Measures(vec![MeasureOf::over(before, column)])]
    } else {
        Vec::new()
    }
}

/// "the longest duration": a superlative beside the very column that it is about.
pub fn aggregate_concept(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let (Some(Role::ExtremeOf { concept, descending }), Some(column)) =
        (parts.role("extreme_of"), parts.column())
    else {
        return Vec::new();
    };
    let about = table.about(concept);
    let Some((_, opposite)) = about.iter().find(|(about, _)| *about == column) else {
        return Vec::new();
    };
    let function = if descending == *opposite {
        Aggregate::Min
    } else {
        Aggregate::Max
    };
    let fits = table
        .column(column)
        .is_some_and(|column| applies(function, column));
    if fits {
        vec![Part::Measures(vec![MeasureOf::over(function, column)])]
    } else {
        Vec::new()
    }
}

/// "最轻和最重的": the smallest and the largest of what both superlatives are about.
pub fn aggregate_both(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let ends: Vec<(Concept, bool)> = parts
        .roles()
        .filter_map(|role| match role {
            Role::ExtremeOf { concept, descending } => Some((concept, descending)),
            _ => None,
        })
        .collect();
    let [(one, first), (other, second)] = ends.as_slice() else {
        return Vec::new();
    };
    let about = table.about(*one);
    if one != other || first == second {
        return Vec::new();
    }
    let readings = about
        .into_iter()
        .filter(|(column, opposite)| !opposite && parts.column().is_none_or(|named| named == *column));
    readings
        .filter_map(|(column, _)| {
            let of = |descending: bool| {
                let function = if descending {
                    Aggregate::Max
                } else {
                    Aggregate::Min
                };
                table
                    .column(column)
                    .filter(|column| applies(function, column))
                    .map(|_| MeasureOf::over(function, column))
            };
            Some(Part::Measures(vec![of(*first)?, of(*second)?]))
        })
        .collect()
}

/// How many of what a column holds: a sum of what is counted there, else the different values.
pub fn count_values(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let Some(number) = parts.column() else {
        return Vec::new();
    };
    let Some(column) = table.column(number) else {
        return Vec::new();
    };
    let distinct = parts.has("distinct");
    // "how many sales" asks for no amount of money.
    if parts.has("count") && !distinct && lexicon().any_is("monetary", &column.concepts) {
        return Vec::new();
    }
    let function = match column.kind() {
        ColumnType::Int | ColumnType::Float
            if !distinct && column.additive && table.money != Some(number) =>
        {
            Aggregate::Sum
        }
        ColumnType::Float => return Vec::new(),
        // Numbers of the rows themselves: "how many matches" over a column of match numbers.
        ColumnType::Text if !distinct && column.identifies => {
            return vec![Part::Measures(vec![MeasureOf::ROWS])];
        }
        // "How many tickets" over ticket numbers.
        ColumnType::Int if !distinct && column.identifies => {
            return vec![Part::Measures(vec![MeasureOf::ROWS])];
        }
        ColumnType::Int if column.numbers_things => Aggregate::CountDistinct,
        // "How many ages" is hardly asked; "how many seats" asks for their sum.
        ColumnType::Int if !distinct && !lexicon().any_is("measured", &column.concepts) => Aggregate::Sum,
        ColumnType::Int | ColumnType::Bool | ColumnType::Date | ColumnType::Datetime if !distinct => {
            return Vec::new();
        }
        ColumnType::Bool | ColumnType::Int | ColumnType::Date | ColumnType::Datetime | ColumnType::Text => {
            Aggregate::CountDistinct
        }
    };
    vec![Part::Measures(vec![MeasureOf::over(function, number)])]
}

/// A measure, or the number of rows, against a number.
pub fn having(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let measure = parts.measure().unwrap_or(MeasureOf::ROWS);
    let found = || {
        let number = parts.number()?;
        // "older than 42 on average": the unit is that of the column.
        let of_column = |concept: Concept| {
            let column = measure.column.and_then(|column| table.column(column));
            column.is_some_and(|column| column.concepts.contains(&concept))
        };
        // An expectancy of 72岁 is no age, where nothing else has one.
        let other_unit = |unit| matches!(unit, Unit::Of(concept) if !of_column(concept) && !table.about(concept).is_empty());
        let spoken = match parts.role("compare_of") {
            Some(Role::CompareOf(_, comparison)) => Some(comparison),
            _ => None,
        };
        if number.percent || number.unit.is_some_and(other_unit) {
            return None;
        }
        let value = match measure {
            MeasureOf {
                function:
                    Aggregate::Sum | Aggregate::Mean | Aggregate::Min | Aggregate::Max | Aggregate::Median,
                column,
            } => {
                let column = typed(table, column?, ColumnType::is_number)?;
                number.for_column(&column.profile)?
            }
            MeasureOf {
                function: Aggregate::Count | Aggregate::CountDistinct,
                ..
            } => super::super::number::constant(number.value),
        };
        Some(Part::Having(measure, parts.comparison().or(spoken)?, value))
    };
    one(found())
}

/// "15 or more (15 included)", "above 4 (4 not included)".
pub fn having_edge(parts: Parts<'_>, counts: bool) -> Vec<Part> {
    let found = parts.find(|part| match part {
        Part::Having(measure, comparison, value) => Some((*measure, *comparison, value.clone())),
        _ => None,
    });
    let (Some((measure, comparison, value)), Some(number)) = (found, parts.number()) else {
        return Vec::new();
    };
    let comparison = match (comparison, counts) {
        (Comparison::Gt | Comparison::Ge, true) => Comparison::Ge,
        (Comparison::Gt | Comparison::Ge, false) => Comparison::Gt,
        (Comparison::Lt | Comparison::Le, true) => Comparison::Le,
        (Comparison::Lt | Comparison::Le, false) => Comparison::Lt,
        (Comparison::Eq | Comparison::Ne, _) => return Vec::new(),
    };
    if value.as_f64() == Some(number.value) {
        vec![Part::Having(measure, comparison, value)]
    } else {
        Vec::new()
    }
}

/// "average more than 100 m²", "whose total is over 1000 in sales": the function, the number, then the column.
pub fn having_over(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let measures = aggregate(table, parts);
    let whole: Vec<&Part> = measures.iter().chain(parts.0.iter().copied()).collect();
    having(table, Parts(&whole))
}

/// "at least 2 different products".
pub fn having_distinct(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || {
        let column = parts.column()?;
        typed(table, column, |kind| !kind.is_number())?;
        let value = super::super::number::constant(parts.number()?.value);
        Some(Part::Having(
            MeasureOf::over(Aggregate::CountDistinct, column),
            parts.comparison()?,
            value,
        ))
    };
    one(found())
}

/// Whether a column holds ranks, which are better the smaller they are.
pub fn is_rank(table: &Table<'_>, column: usize) -> bool {
    let rank = lexicon().concept("rank");
    let named = |column: &Column<'_>| {
        column
            .forms
            .iter()
            .flat_map(|form| &form.words)
            .any(|word| rank.is_some_and(|rank| word.concepts.contains(&rank)))
    };
    table
        .column(column)
        .is_some_and(|column| column.kind().is_number() && named(column))
}

/// Whether a function makes sense over a column.
fn applies(function: Aggregate, column: &Column<'_>) -> bool {
    match function {
        Aggregate::Count | Aggregate::CountDistinct => true,
        // A mean of order numbers says nothing.
        Aggregate::Sum | Aggregate::Mean | Aggregate::Median => {
            column.kind().is_number() && !column.identifies && !column.numbers_things
        }
        Aggregate::Min | Aggregate::Max => column.kind().is_number() || column.kind().is_time(),
    }
}
