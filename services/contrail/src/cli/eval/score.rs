//! Whether an answer's table says the same as the gold table.
//!
//! An answer is right when it has as many rows as the gold, at most one column more, and some of its columns, in some
//! order, equal the gold columns: as a sequence of rows where the order was asked for, else as a multiset of rows.
//! Numbers are equal to 1e-6 of the larger one, text without blanks around it, and text that spells a number equals
//! that number.

use std::cmp::Ordering;
use std::collections::HashMap;

use schemas::Value;

/// How far two numbers may lie apart, as a share of the larger one.
const RELATIVE: f64 = 1e-6;

/// Below this two numbers are equal in any case: what is left of a sum that is zero.
const ABSOLUTE: f64 = 1e-9;

/// Columns that an answer may have beyond those of the gold, for instance the value that it was ordered by.
const EXTRA_COLUMNS: usize = 1;

/// Combinations of columns that are tried. Tables of people end far below; a table made to be hard ends here, as wrong.
const TRIES: usize = 10_000;

/// Whether `rows`, each of `columns` cells, answer a question whose right answer is `gold`.
///
/// Gold without rows says nothing about columns: then an answer without rows is right.
#[must_use]
pub fn is_correct(gold: &[Vec<Value>], columns: usize, rows: &[Vec<Value>], ordered: bool) -> bool {
    if gold.len() != rows.len() {
        return false;
    }
    let Some(width) = gold.first().map(Vec::len) else {
        return true;
    };
    let rectangular =
        gold.iter().all(|row| row.len() == width) && rows.iter().all(|row| row.len() == columns);
    if !rectangular || columns < width || columns > width + EXTRA_COLUMNS {
        return false;
    }
    let gold = by_column(gold, width);
    let answer = by_column(rows, columns);
    // Most columns fit nowhere or in one place; only what fits is tried in combination, what fits least first.
    let mut places: Vec<Place<'_>> = gold
        .iter()
        .map(|wanted| {
            let fits = |given: &[Cell<'_>]| tables_match(&[wanted], &[given], ordered);
            let candidates = answer
                .iter()
                .enumerate()
                .filter(|(_, given)| fits(given))
                .map(|(place, _)| place);
            Place {
                gold: wanted,
                candidates: candidates.collect(),
            }
        })
        .collect();
    places.sort_by_key(|place| place.candidates.len());
    if places.first().is_some_and(|place| place.candidates.is_empty()) {
        return false;
    }
    Search {
        places: &places,
        answer: &answer,
        ordered,
        tries: TRIES,
    }
    .extend(&mut Vec::new())
}

/// A cell in the form in which it is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cell<'a> {
    Null,
    Bool(bool),
    Number(f64),
    /// Trimmed, and the number that it spells, if any.
    Text(&'a str, Option<f64>),
}

impl<'a> From<&'a Value> for Cell<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            #[expect(
                clippy::cast_precision_loss,
                reason = "equality is approximate beyond 15 digits"
            )]
            Value::Int(number) => Self::Number(*number as f64),
            Value::Float(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(text.trim(), spelled_number(text.trim())),
        }
    }
}

impl Cell<'_> {
    fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) | Self::Text(_, Some(number)) => Some(number),
            Self::Null | Self::Bool(_) | Self::Text(_, None) => None,
        }
    }

    fn equals(self, other: Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Text(left, _), Self::Text(right, _)) => left == right,
            (left, right) => match (left.number(), right.number()) {
                (Some(left), Some(right)) => close(left, right),
                _ => false,
            },
        }
    }
}

/// What two equal cells have in common exactly, so that rows can be looked up by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Rough<'a> {
    Null,
    Bool(bool),
    Number,
    Text(&'a str),
}

impl<'a> Rough<'a> {
    fn of(cell: Cell<'a>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Bool(truth) => Self::Bool(truth),
            Cell::Number(_) | Cell::Text(_, Some(_)) => Self::Number,
            Cell::Text(text, None) => Self::Text(text),
        }
    }
}

/// A number in plain or scientific decimal notation; `inf` and `nan` are words.
fn spelled_number(text: &str) -> Option<f64> {
    let numeric = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    if numeric {
        text.parse().ok().filter(|number: &f64| number.is_finite())
    } else {
        None
    }
}

fn close(left: f64, right: f64) -> bool {
    let difference = (left - right).abs();
    difference <= ABSOLUTE || difference <= RELATIVE * left.abs().max(right.abs())
}

fn by_column(rows: &[Vec<Value>], columns: usize) -> Vec<Vec<Cell<'_>>> {
    (0..columns)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(Cell::from)
                .collect()
        })
        .collect()
}

/// A gold column, and the answer columns that have its values.
struct Place<'a> {
    gold: &'a [Cell<'a>],
    candidates: Vec<usize>,
}

/// Assigns gold columns to answer columns, one after the other, and goes back where the rows do not match.
struct Search<'a> {
    places: &'a [Place<'a>],
    answer: &'a [Vec<Cell<'a>>],
    ordered: bool,
    tries: usize,
}

impl<'a> Search<'a> {
    /// Extends the answer columns of the first gold columns to all of them.
    fn extend(&mut self, chosen: &mut Vec<usize>) -> bool {
        let Some(place) = self.places.get(chosen.len()) else {
            return true;
        };
        let mut tried: Vec<&'a Vec<Cell<'a>>> = Vec::new();
        for &candidate in &place.candidates {
            let Some(column) = self.answer.get(candidate) else {
                continue;
            };
            // Of equal columns one is as good as the other.
            if chosen.contains(&candidate) || tried.contains(&column) {
                continue;
            }
            tried.push(column);
            let Some(left) = self.tries.checked_sub(1) else {
                return false;
            };
            self.tries = left;
            chosen.push(candidate);
            // Checked for every prefix, so that a wrong start is given up before its continuations are tried.
            if self.prefix_matches(chosen) && self.extend(chosen) {
                return true;
            }
            chosen.pop();
        }
        false
    }

    fn prefix_matches(&self, chosen: &[usize]) -> bool {
        let gold: Vec<&[Cell<'_>]> = self
            .places
            .iter()
            .take(chosen.len())
            .map(|place| place.gold)
            .collect();
        let given: Vec<&[Cell<'_>]> = chosen
            .iter()
            .filter_map(|&place| self.answer.get(place))
            .map(Vec::as_slice)
            .collect();
        tables_match(&gold, &given, self.ordered)
    }
}

/// Whether two tables of as many columns and rows, given by column, have the same rows.
fn tables_match(gold: &[&[Cell<'_>]], given: &[&[Cell<'_>]], ordered: bool) -> bool {
    if ordered {
        return gold
            .iter()
            .zip(given)
            .all(|(gold, given)| gold.iter().zip(*given).all(|(a, b)| a.equals(*b)));
    }
    let mut groups: HashMap<Vec<Rough<'_>>, (Vec<Row<'_>>, Vec<Row<'_>>)> = HashMap::new();
    for row in rows_of(gold) {
        groups
            .entry(row.iter().copied().map(Rough::of).collect())
            .or_default()
            .0
            .push(row);
    }
    for row in rows_of(given) {
        match groups.get_mut(&row.iter().copied().map(Rough::of).collect::<Vec<_>>()) {
            Some(group) => group.1.push(row),
            None => return false,
        }
    }
    groups.into_values().all(|(gold, given)| rows_match(gold, given))
}

type Row<'a> = Vec<Cell<'a>>;

fn rows_of<'a>(columns: &[&[Cell<'a>]]) -> Vec<Row<'a>> {
    let height = columns.first().map_or(0, |column| column.len());
    (0..height)
        .map(|row| {
            columns
                .iter()
                .filter_map(|column| column.get(row).copied())
                .collect()
        })
        .collect()
}

/// Whether rows that differ in numbers alone can be paired.
fn rows_match(mut gold: Vec<Row<'_>>, mut given: Vec<Row<'_>>) -> bool {
    if gold.len() != given.len() {
        return false;
    }
    gold.sort_by(|a, b| by_numbers(a, b));
    given.sort_by(|a, b| by_numbers(a, b));
    let equal = |a: &Row<'_>, b: &Row<'_>| a.iter().zip(b).all(|(a, b)| a.equals(*b));
    if gold.iter().zip(&given).all(|(a, b)| equal(a, b)) {
        return true;
    }
    // Numbers that differ by rounding can sort differently on the two sides.
    gold.iter()
        .all(|row| match given.iter().position(|other| equal(row, other)) {
            Some(found) => {
                given.swap_remove(found);
                true
            }
            None => false,
        })
}

fn by_numbers(a: &[Cell<'_>], b: &[Cell<'_>]) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => Ordering::Equal,
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
