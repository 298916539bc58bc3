//! Superlatives, orders and limits.

use schemas::plan::Comparison;
use schemas::table::ColumnType;

use super::super::lexicon::{Concept, lexicon};
use super::super::part::{By, MeasureOf, Part, Pick, Ranked, Thing};
use super::super::role::{Role, Unit};
use super::super::table::Table;
use super::{Parts, one, typed};

fn picked(by: By, descending: bool, rows: Option<u32>) -> Vec<Part> {
    vec![Part::Pick(Pick {
        ranked: Ranked { by, descending },
        rows,
        passed: 0,
    })]
}

fn rows(parts: Parts<'_>) -> Option<u32> {
    parts.number().and_then(|number| number.as_count())
}

pub(super) fn sortable(table: &Table<'_>, column: usize) -> bool {
    typed(table, column, |kind| kind.is_number() || kind.is_time()).is_some()
        && !super::measures::is_rank(table, column)
}

/// "with the highest price", "价格最高".
pub fn pick(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let (Some(descending), Some(column)) = (parts.extreme(), parts.column()) else {
        return Vec::new();
    };
    if table.column(column).is_some_and(|column| column.identifies) {
        // "with the most orders", where each order has its number.
        let most = parts.roles().any(|role| matches!(role, Role::Most { .. }));
        let by = By::Measure(MeasureOf::ROWS);
        return if most {
            picked(by, descending, rows(parts))
        } else {
            Vec::new()
        };
    }
    // Of days there is an earliest, and none that is lowest.
    let time = typed(table, column, ColumnType::is_time).is_some();
    if sortable(table, column) && !time {
        picked(By::Column(column), descending, rows(parts))
    } else {
        Vec::new()
    }
}

/// "sold the most": of numbers alone; "borrowed most" is no matter of dates.
pub fn pick_verb(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let number = parts
        .column()
        .and_then(|column| typed(table, column, ColumnType::is_number));
    if number.is_some() {
        pick(table, parts)
    } else {
        Vec::new()
    }
}

/// "was founded first": the earliest, of times and of years.
pub fn pick_first(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let column = parts.column().filter(|column| {
        typed(table, *column, ColumnType::is_time).is_some() || super::periods::has_years(table, *column)
    });
    column.map_or(Vec::new(), |column| {
        picked(By::Column(column), parts.has("last"), None)
    })
}

/// "the oldest", "最贵": the superlative tells the column; one that stands beside it must be that one.
pub fn pick_concept(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let Some(Role::ExtremeOf { concept, descending }) = parts.role("extreme_of") else {
        return Vec::new();
    };
    let named = parts.column();
    table
        .about(concept)
        .into_iter()
        .filter(|(column, _)| named.is_none_or(|named| named == *column) && sortable(table, *column))
        .flat_map(|(column, opposite)| picked(By::Column(column), descending != opposite, rows(parts)))
        .collect()
}

/// "药费最贵", "延误时间最长": a superlative of size behind the very column that it is about.
pub fn pick_named(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let (Some(Role::ExtremeOf { concept, descending }), Some(column)) =
        (parts.role("extreme_of"), parts.column())
    else {
        return Vec::new();
    };
    let dated = typed(table, column, ColumnType::is_time).is_some();
    if sortable(table, column) && (!dated || is_of_time(concept)) {
        let descending = descending != turns(table, concept, column);
        picked(By::Column(column), descending, rows(parts))
    } else {
        Vec::new()
    }
}

/// "with the most orders".
pub fn pick_rows(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let Some(descending) = parts.extreme() else {
        return Vec::new();
    };
    picked(By::Measure(MeasureOf::ROWS), descending, rows(parts))
}

/// Whether days have more or less of a concept: they are late, and never long.
fn is_of_time(concept: Concept) -> bool {
    ["time", "age"]
        .iter()
        .any(|head| lexicon().concept(head) == Some(concept))
}

/// Whether the most of a concept is the least of a column: the fastest has the shortest time.
pub(super) fn turns(table: &Table<'_>, concept: Concept, column: usize) -> bool {
    let Some(column) = table.column(column) else {
        return false;
    };
    lexicon()
        .stand_ins(concept)
        .iter()
        .any(|(other, opposite)| *opposite && column.concepts.contains(other))
}

/// "with the highest average price", "with the longest average delay".
pub fn pick_measure(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let told = match (parts.role("extreme_of"), parts.measure()) {
        (Some(Role::ExtremeOf { concept, descending }), Some(measure)) => {
            let turned = measure.column.is_some_and(|column| turns(table, concept, column));
            Some(descending != turned)
        }
        _ => None,
    };
    match (told.or(parts.extreme()), parts.measure()) {
        (Some(descending), Some(measure)) => picked(By::Measure(measure), descending, None),
        _ => Vec::new(),
    }
}

/// "the highest sales divided by orders".
pub fn pick_compared(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let compared = parts.find(|part| match part {
        Part::Compared(how, of, other) => Some(By::Compared(*how, *of, *other)),
        _ => None,
    });
    match (compared, parts.extreme()) {
        (Some(by), Some(descending)) => picked(by, descending, rows(parts)),
        _ => Vec::new(),
    }
}

/// "the most common".
pub fn pick_common(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let Some(Role::Modal { descending }) = parts.role("modal") else {
        return Vec::new();
    };
    picked(By::Measure(MeasureOf::ROWS), descending, None)
}

/// "销售额前三", "总销售额排名前3".
pub fn pick_limit(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let limit = parts.find(|part| match part {
        Part::Limit { rows, last } => Some((*rows, *last)),
        _ => None,
    });
    let by = match (parts.measure(), parts.column()) {
        (Some(measure), _) => Some(By::Measure(measure)),
        (None, Some(column)) => sortable(table, column).then_some(By::Column(column)),
        (None, None) => None,
    };
    // "人口前3多": which end is said.
    let end = parts
        .extreme()
        .or(parts.comparison().map(|more| more == Comparison::Gt));
    match (limit, by) {
        (Some((rows, last)), Some(by)) => picked(by, end.unwrap_or(!last), Some(rows)),
        _ => Vec::new(),
    }
}

/// "top 3 highest rating": so many, and of what.
pub fn pick_top(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let limit = parts.find(|part| match part {
        Part::Limit { rows, .. } => Some(*rows),
        _ => None,
    });
    let many = limit.or_else(|| rows(parts));
    match (parts.extreme(), parts.column()) {
        (Some(descending), Some(column)) if sortable(table, column) => {
            picked(By::Column(column), descending, many)
        }
        _ => Vec::new(),
    }
}

/// So many of them: "最高的3个", "3 oldest".
pub fn pick_some(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    match (parts.superlative(), rows(parts)) {
        (Some(pick), Some(rows)) if pick.rows.is_none() => vec![Part::Pick(Pick {
            rows: Some(rows),
            ..pick
        })],
        _ => Vec::new(),
    }
}

/// The order of the result by columns or a measure.
pub fn order(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let by: Vec<By> = match parts.measure() {
        Some(measure) => vec![By::Measure(measure)],
        None => parts.columns().into_iter().map(By::Column).collect(),
    };
    let ranked: Option<Vec<Ranked>> = by
        .into_iter()
        .map(|by| {
            Some(Ranked {
                by,
                descending: descending(table, by, parts)?,
            })
        })
        .collect();
    one(ranked.filter(|ranked| !ranked.is_empty()).map(Part::Order))
}

/// "by number of students", where a column of numbers holds the students.
pub fn order_counted(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let number = parts
        .column()
        .and_then(|column| typed(table, column, ColumnType::is_number));
    match number {
        Some(column) if !column.identifies && !column.numbers_things => order(table, parts),
        _ => Vec::new(),
    }
}

/// "from the lowest price to the highest".
pub fn order_from(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let ends: Vec<bool> = parts
        .roles()
        .filter_map(|role| match role {
            Role::Extreme { descending } | Role::Most { descending } => Some(descending),
            _ => None,
        })
        .collect();
    let by = match (parts.measure(), parts.column()) {
        (Some(measure), _) => Some(By::Measure(measure)),
        (None, Some(column)) => sortable(table, column).then_some(By::Column(column)),
        (None, None) => None,
    };
    match (ends.as_slice(), by) {
        ([first, last], Some(by)) if first != last => vec![Part::Order(vec![Ranked {
            by,
            descending: *first,
        }])],
        _ => Vec::new(),
    }
}

/// "from the lightest to the heaviest": the superlatives say of what.
pub fn order_concept(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let ends: Vec<(Concept, bool)> = parts
        .roles()
        .filter_map(|role| match role {
            Role::ExtremeOf { concept, descending } => Some((concept, descending)),
            _ => None,
        })
        .collect();
    let [(of, first), (other, last)] = ends.as_slice() else {
        return Vec::new();
    };
    if of != other || first == last {
        return Vec::new();
    }
    let about = table.about(*of).into_iter();
    about
        .filter(|(column, _)| sortable(table, *column))
        .map(|(column, opposite)| {
            Part::Order(vec![Ranked {
                by: By::Column(column),
                descending: *first != opposite,
            }])
        })
        .collect()
}

/// "from the most to the fewest", "tallest to shortest": which end comes first.
pub fn direction(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let ends: Vec<bool> = parts
        .roles()
        .filter_map(|role| match role {
            Role::Extreme { descending } | Role::Most { descending } | Role::ExtremeOf { descending, .. } => {
                Some(descending)
            }
            _ => None,
        })
        .collect();
    match ends.as_slice() {
        [true, false] => vec![Part::Role(Role::Word("highest_first"))],
        [false, true] => vec![Part::Role(Role::Word("lowest_first"))],
        _ => Vec::new(),
    }
}

/// "by the number": how many there are.
pub fn order_number(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let by = By::Measure(MeasureOf::ROWS);
    one(descending(table, by, parts).map(|descending| Part::Order(vec![Ranked { by, descending }])))
}

/// The order of whatever the result is about.
pub fn order_result(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let by = By::Result;
    one(descending(table, by, parts).map(|descending| Part::Order(vec![Ranked { by, descending }])))
}

/// One order after another.
pub fn orders(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let first = parts.find(|part| match part {
        Part::Order(ranked) => Some(ranked.clone()),
        _ => None,
    });
    let (Some(mut all), Some(column)) = (first, parts.column()) else {
        return Vec::new();
    };
    let by = By::Column(column);
    let Some(descending) = descending(table, by, parts) else {
        return Vec::new();
    };
    all.push(Ranked { by, descending });
    vec![Part::Order(all)]
}

/// Whether the words ask for the largest first; none where they don't fit the column.
fn descending(table: &Table<'_>, by: By, parts: Parts<'_>) -> Option<bool> {
    let kind = match by {
        By::Column(column) => Some(table.column(column)?.kind()),
        By::Measure(_) | By::Compared(..) | By::Result => None,
    };
    let time = kind.is_none_or(|kind| kind.is_time() || kind.is_number());
    let words = parts.roles().filter_map(|role| match role {
        Role::Word(word) => Some(word),
        _ => None,
    });
    let mut found = None;
    for word in words {
        let this = match word {
            "ascending" | "lowest_first" | "youngest_first" | "earliest_first" => Some(false),
            "descending" | "highest_first" | "oldest_first" | "latest_first" => Some(true),
            "alphabetical" if kind == Some(ColumnType::Text) || matches!(by, By::Result) => Some(false),
            "reverse_alphabetical" if kind == Some(ColumnType::Text) || matches!(by, By::Result) => {
                Some(true)
            }
            "alphabetical" | "reverse_alphabetical" => return None,
            _ => None,
        };
        let needs_size = matches!(
            word,
            "youngest_first" | "earliest_first" | "oldest_first" | "latest_first"
        );
        if needs_size && !time {
            return None;
        }
        // Of a birthday the oldest comes first when the order rises.
        let turned = needs_size && word.starts_with(['o', 'y']) && kind.is_some_and(ColumnType::is_time);
        found = this.map(|this| this != turned).or(found);
    }
    Some(found.unwrap_or(false))
}

/// "by revenue" where revenue is no key.
pub fn rank(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let by = match (parts.measure(), parts.column()) {
        (Some(measure), _) => Some(By::Measure(measure)),
        (None, Some(column)) => sortable(table, column).then_some(By::Column(column)),
        (None, None) => None,
    };
    one(by.map(Part::Rank))
}

/// "top 5", "后3名".
pub fn limit(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    one(rows(parts).map(|rows| Part::Limit {
        rows,
        last: parts.has("bottom"),
    }))
}

/// "3 stores", "5个品类".
pub fn counted(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || {
        let number = parts.number()?;
        if number.scaled || number.percent || parts.role("unit") == Some(Role::Unit(Unit::Time)) {
            return None;
        }
        let thing = match parts.column() {
            // A number before a number is hardly so many of it.
            Some(column) => typed(table, column, |kind| !kind.is_number()).map(|_| Thing::Column(column))?,
            None if parts
                .find(|part| matches!(part, Part::Rows).then_some(()))
                .is_some() =>
            {
                Thing::Rows
            }
            None => Thing::Unsaid,
        };
        Some(Part::Counted(thing, number.as_count()?))
    };
    one(found())
}
