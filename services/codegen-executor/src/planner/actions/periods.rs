//! Conditions on time.

use schemas::Date;
use schemas::plan::{Comparison, Condition};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::super::calendar::Span;
use super::super::part::Part;
use super::super::role::Role;
use super::super::table::{Column, Table};
use super::super::time::Said;
use super::{Parts, one};

/// Which side of a period counts.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Within,
    Before,
    After,
    Since,
    Until,
}

/// From one time to another; what only one of them says holds for both: "2024年3月到5月".
pub fn spans(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let times = parts.times();
    let [first, last] = times.as_slice() else {
        return Vec::new();
    };
    one(joined(*first, *last).map(Part::Time))
}

fn joined(first: Said, last: Said) -> Option<Said> {
    match (first, last) {
        (
            Said::Span { span: a, relative },
            Said::Span {
                span: b,
                relative: also,
            },
        ) => {
            let span = Span {
                from: a.from,
                until: b.until,
            };
            (a.from < b.until && a.from <= b.from).then_some(Said::Span {
                span,
                relative: relative || also,
            })
        }
        (Said::Span { span, .. }, later) => joined(first, spanned(later, span.from.year)?),
        (earlier, Said::Span { span, .. }) => joined(spanned(earlier, span.from.year)?, last),
        (Said::Months { first, last: middle }, Said::Months { first: other, last }) => {
            (middle < other).then_some(Said::Months { first, last })
        }
        (Said::Days { first, last: middle }, Said::Days { first: other, last }) => {
            (middle < other).then_some(Said::Days { first, last })
        }
        _ => None,
    }
}

fn spanned(said: Said, year: u16) -> Option<Said> {
    Some(Said::Span {
        span: said.in_year(year)?,
        relative: false,
    })
}

/// Within a period.
pub fn in_time(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    conditions(table, parts, Side::Within)
}

/// Within one of two periods: "in 2013 or 2016".
pub fn in_times(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let column = parts.column().map(Part::Column);
    let within = |said: Said| {
        let time = Part::Time(said);
        let parts: Vec<&Part> = column.iter().chain([&time]).collect();
        conditions(table, Parts(&parts), Side::Within)
    };
    let each: Vec<Vec<Part>> = parts.times().into_iter().map(within).collect();
    let [first, second] = each.as_slice() else {
        return Vec::new();
    };
    let pairs = first.iter().zip(second).filter_map(|pair| match pair {
        (Part::Condition(a), Part::Condition(b)) => Some(Part::Condition(Condition::Or {
            any: vec![a.clone(), b.clone()],
        })),
        _ => None,
    });
    if first.len() == second.len() {
        pairs.collect()
    } else {
        Vec::new()
    }
}

/// Outside of a period.
pub fn not_in_time(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let within = conditions(table, parts, Side::Within);
    let negate = |part| match part {
        Part::Condition(condition) => Some(Part::Condition(Condition::Not {
            condition: Box::new(condition),
        })),
        _ => None,
    };
    within.into_iter().filter_map(negate).collect()
}

/// "in 2015 or later", "2015年及以前".
pub fn edge(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let side = match parts.role("compare_after") {
        Some(Role::CompareAfter(Comparison::Ge)) => Side::Since,
        Some(Role::CompareAfter(Comparison::Le)) => Side::Until,
        _ => return Vec::new(),
    };
    conditions(table, parts, side)
}

/// "the year they were founded": the column of years or days that a verb speaks of.
pub fn year_verb(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let when = |column: &usize| {
        table
            .column(*column)
            .is_some_and(|column| column.kind().is_time() || holds_years(column))
    };
    one(parts.column().filter(when).map(Part::Column))
}

/// Before a period starts.
pub fn before(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    conditions(table, parts, Side::Before)
}

/// After a period has ended.
pub fn after(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    conditions(table, parts, Side::After)
}

/// From the start of a period on.
pub fn since(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    conditions(table, parts, Side::Since)
}

/// Until the end of a period.
pub fn until(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    conditions(table, parts, Side::Until)
}

/// "hired before 2020", where the verb tells the column.
pub fn verb_time(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let side = parts.roles().find_map(|role| match role.name() {
        "before" => Some(Side::Before),
        "after" => Some(Side::After),
        "since" => Some(Side::Since),
        "until" => Some(Side::Until),
        _ => None,
    });
    side.map_or(Vec::new(), |side| conditions(table, parts, side))
}

/// A column of times against a time.
pub fn compares(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let side = match parts.role("compare") {
        Some(Role::Compare(comparison)) => match comparison {
            Comparison::Lt => Side::Before,
            Comparison::Le => Side::Until,
            Comparison::Gt => Side::After,
            Comparison::Ge => Side::Since,
            Comparison::Eq => Side::Within,
            Comparison::Ne => return not_in_time(table, parts),
        },
        _ => return Vec::new(),
    };
    conditions(table, parts, side)
}

/// "以来(含2020年)": the period that is named at the edge counts.
pub fn inclusive(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    edged(parts, true)
}

/// "after 2010 (2010 not included)": the period that is named at the edge does not count.
pub fn exclusive(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    edged(parts, false)
}

/// A condition whose edge is the period that is named behind it, with the period on the side that is asked for.
fn edged(parts: Parts<'_>, counts: bool) -> Vec<Part> {
    let (Some(first), Some(Said::Span { span, .. })) = (
        parts.conditions().first().copied(),
        parts.times().first().copied(),
    ) else {
        return Vec::new();
    };
    let moved = match first {
        Condition::TimeRange { column, from, until } => {
            let edge = |date: Option<Date>, inner: Date, outer: Date| {
                date.filter(|date| *date == inner || *date == outer)
                    .map(|_| if counts { inner } else { outer })
            };
            let (from, until) = match (from, until) {
                (from, None) => (edge(*from, span.from, span.until), None),
                (None, until) => (None, edge(*until, span.until, span.from)),
                (Some(_), Some(_)) => (None, None),
            };
            (from.is_some() || until.is_some()).then(|| Condition::TimeRange {
                column: column.clone(),
                from,
                until,
            })
        }
        Condition::Compare {
            column,
            comparison,
            value,
        } => span.as_years().and_then(|(year, last)| {
            let comparison = match (comparison, counts) {
                (Comparison::Gt | Comparison::Ge, true) => Comparison::Ge,
                (Comparison::Gt | Comparison::Ge, false) => Comparison::Gt,
                (Comparison::Lt | Comparison::Le, true) => Comparison::Le,
                (Comparison::Lt | Comparison::Le, false) => Comparison::Lt,
                (Comparison::Eq | Comparison::Ne, _) => return None,
            };
            let same = year == last && value.as_f64() == Some(f64::from(year));
            same.then(|| compare(column, comparison, year))
        }),
        _ => None,
    };
    one(moved.map(Part::Condition))
}

/// A condition for each column that may be meant.
fn conditions(table: &Table<'_>, parts: Parts<'_>, side: Side) -> Vec<Part> {
    let Some(said) = parts.times().first().copied() else {
        return Vec::new();
    };
    let found: Vec<Condition> = match parts.column() {
        Some(column) => on_column(table, column, said, side).into_iter().collect(),
        None if !table.times.is_empty() => table
            .times
            .iter()
            .filter_map(|column| on_column(table, *column, said, side))
            .collect(),
        None => on_texts(table, said, side)
            .or_else(|| on_numbers(table, said, side))
            .into_iter()
            .collect(),
    };
    found.into_iter().map(Part::Condition).collect()
}

fn on_column(table: &Table<'_>, number: usize, said: Said, side: Side) -> Option<Condition> {
    let column = table.column(number)?;
    if !column.kind().is_time() {
        return if holds_years(column) {
            on_years(column.name(), said, side)
        } else {
            None
        };
    }
    let span = said.in_year(only_year(&column.profile.min, &column.profile.max, said)?)?;
    let (from, until) = match side {
        Side::Within => (Some(span.from), Some(span.until)),
        Side::Before => (None, Some(span.from)),
        Side::After => (Some(span.until), None),
        Side::Since => (Some(span.from), None),
        Side::Until => (None, Some(span.until)),
    };
    Some(Condition::TimeRange {
        column: column.name().to_owned(),
        from,
        until,
    })
}

/// Whether a column holds years as numbers.
pub fn has_years(table: &Table<'_>, column: usize) -> bool {
    table.column(column).is_some_and(holds_years)
}

fn holds_years(column: &Column<'_>) -> bool {
    let within = |value: &Value| {
        value
            .as_f64()
            .is_some_and(|year| (1000.0..=2200.0).contains(&year))
    };
    column.kind() == ColumnType::Int && within(&column.profile.min) && within(&column.profile.max)
}

/// The year that a time without one means: the only one in the data. A time with a year needs none.
fn only_year(min: &Value, max: &Value, said: Said) -> Option<u16> {
    if matches!(said, Said::Span { .. }) {
        return Some(0);
    }
    let year = |value: &Value| match value {
        Value::Text(text) => text.get(..10)?.parse::<Date>().ok().map(|date| date.year),
        _ => None,
    };
    let (first, last) = (year(min)?, year(max)?);
    (first == last).then_some(first)
}

/// Over a column of texts such as 2023Q1: those that lie within.
fn on_texts(table: &Table<'_>, said: Said, side: Side) -> Option<Condition> {
    let (column, texts) = table.periods.as_ref()?;
    let Said::Span { span: wanted, .. } = said else {
        return None;
    };
    let lies = |span: &Span| match side {
        Side::Within => wanted.from <= span.from && span.until <= wanted.until,
        Side::Before => span.until <= wanted.from,
        Side::After => wanted.until <= span.from,
        Side::Since => wanted.from <= span.from,
        Side::Until => span.until <= wanted.until,
    };
    let values: Vec<Value> = texts
        .iter()
        .filter(|(_, span)| lies(span))
        .map(|(text, _)| Value::Text(text.clone()))
        .collect();
    (!values.is_empty()).then(|| Condition::In {
        column: table.name(*column),
        values,
    })
}

/// Whole years against a column of years.
fn on_years(column: &str, said: Said, side: Side) -> Option<Condition> {
    let Said::Span { span, .. } = said else {
        return None;
    };
    let (first, last) = span.as_years()?;
    Some(match side {
        Side::Within if first == last => compare(column, Comparison::Eq, first),
        Side::Within => Condition::Between {
            column: column.to_owned(),
            low: Value::Int(i64::from(first)),
            high: Value::Int(i64::from(last)),
        },
        Side::Before => compare(column, Comparison::Lt, first),
        Side::After => compare(column, Comparison::Gt, last),
        Side::Since => compare(column, Comparison::Ge, first),
        Side::Until => compare(column, Comparison::Le, last),
    })
}

fn compare(column: &str, comparison: Comparison, value: u16) -> Condition {
    Condition::Compare {
        column: column.to_owned(),
        comparison,
        value: Value::Int(i64::from(value)),
    }
}

/// Over a table that has years, and perhaps months, as numbers.
fn on_numbers(table: &Table<'_>, said: Said, side: Side) -> Option<Condition> {
    match said {
        Said::Span { span, .. } => {
            let year = table.column(table.year?)?;
            let name = year.name();
            if let (Some((y, m)), Some(month), Side::Within) = (span.as_month(), table.month, side) {
                let month = table.column(month)?.name();
                let all = vec![
                    compare(name, Comparison::Eq, y),
                    compare(month, Comparison::Eq, u16::from(m)),
                ];
                return Some(Condition::And { all });
            }
            on_years(name, said, side)
        }
        Said::Months { first, last } if side == Side::Within => {
            let month = table
                .column(table.month?)
                .filter(|month| month.kind() == ColumnType::Int)?;
            // Months of several years together are hardly meant.
            let one_year = table
                .year
                .is_none_or(|year| table.column(year).is_some_and(|year| year.profile.distinct == 1));
            let column = month.name().to_owned();
            one_year.then(|| {
                if first == last {
                    Condition::Compare {
                        column,
                        comparison: Comparison::Eq,
                        value: Value::Int(i64::from(first)),
                    }
                } else {
                    Condition::Between {
                        column,
                        low: Value::Int(i64::from(first)),
                        high: Value::Int(i64::from(last)),
                    }
                }
            })
        }
        Said::Months { .. } | Said::Days { .. } => None,
    }
}
