//! Which columns of a result are keys and which are values; and whether there is anything to draw.

use std::collections::{BTreeSet, HashSet};

use schemas::plan::Plan;
use schemas::value::Value;

use super::span;

/// Most series of one chart: as many as there are colours.
pub const SERIES: usize = 8;
/// Most values of one chart: more are a cloud, and as many bytes in every answer.
const POINTS: usize = 2000;

/// The parts that the columns of a result play, each by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// What the values are drawn over.
    pub over: Over,
    /// The column that parts the values into series.
    pub series: Option<usize>,
    /// Keys that have one value in all rows.
    pub constant: Vec<usize>,
    /// The columns that hold numbers, at least one.
    pub values: Vec<usize>,
}

/// What values are drawn over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Calendar spans, in the order of time.
    Time(usize),
    /// What one or two columns hold, in the order of the answer.
    Categories(Vec<usize>),
}

/// Why a result is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoChart {
    /// There is no result.
    #[error("the question was not answered")]
    NotAnswered,
    /// The result has no rows.
    #[error("the result has no rows")]
    NoRows,
    /// The result is one row: nothing to compare.
    #[error("the result is a single row, and there is nothing to compare it with")]
    OneRow,
    /// The result lists rows of the table.
    #[error("the result lists rows of the table instead of comparing groups")]
    Listing,
    /// No column of values holds a number that could have a length.
    #[error("the result has no quantities")]
    NoQuantities,
    /// A chart has room for two keys.
    #[error("the result has {0} keys, and a chart shows two at most")]
    TooManyKeys(usize),
    /// More series than can be told apart.
    #[error("the result has {0} series, and a chart shows {SERIES} at most")]
    TooManySeries(usize),
    /// More values than can be told apart.
    #[error("the result has {0} values, and a chart shows {POINTS} at most")]
    TooManyPoints(usize),
    /// The drawing failed.
    #[error("the chart could not be drawn")]
    Undrawable,
}

/// The shape of a result.
///
/// # Errors
/// [`NoChart`] where it has none that can be drawn.
pub fn of(plan: &Plan, columns: &[String], rows: &[Vec<Value>]) -> Result<Shape, NoChart> {
    match rows {
        [] => return Err(NoChart::NoRows),
        [_] => return Err(NoChart::OneRow),
        _ => {}
    }
    let result = Rows { plan, columns, rows };
    let shape = if plan.group.is_empty() {
        result.listed()?
    } else {
        result.grouped()?
    };
    let points = rows.len() * shape.values.len();
    // Of categories only the first are drawn.
    if points > POINTS && matches!(shape.over, Over::Time(_)) {
        return Err(NoChart::TooManyPoints(points));
    }
    Ok(shape)
}

struct Rows<'a> {
    plan: &'a Plan,
    columns: &'a [String],
    rows: &'a [Vec<Value>],
}

impl Rows<'_> {
    fn column(&self, place: usize) -> impl Iterator<Item = &Value> {
        self.rows
            .iter()
            .map(move |row| row.get(place).unwrap_or(&Value::Null))
    }

    /// Whether a column holds numbers and nothing else, and one of them at least.
    fn is_numeric(&self, place: usize) -> bool {
        let numbers = self
            .column(place)
            .filter(|value| value.as_f64().is_some())
            .count();
        let missing = self.column(place).filter(|value| **value == Value::Null).count();
        numbers > 0 && numbers + missing == self.rows.len()
    }

    fn different(&self, place: usize) -> usize {
        let texts: HashSet<String> = self.column(place).map(|value| format!("{value:?}")).collect();
        texts.len()
    }

    /// Whether a column holds calendar spans of one kind; a missing one is no span.
    fn is_time(&self, place: usize) -> bool {
        let present = self.column(place).filter(|value| **value != Value::Null);
        let kinds: BTreeSet<Option<String>> = present
            .map(|value| span::of(value).map(|(kind, _)| format!("{kind:?}")))
            .collect();
        kinds.len() == 1 && !kinds.contains(&None)
    }

    /// Whether the asker wanted the order of a value: then that is what is shown, and not the order of time.
    fn is_ranked(&self, keys: usize) -> bool {
        self.plan.order.first().is_some_and(|order| {
            let place = self.columns.iter().position(|column| *column == order.by);
            place.is_none_or(|place| place >= keys)
        })
    }

    fn grouped(&self) -> Result<Shape, NoChart> {
        let keys = self.plan.group.len();
        let values: Vec<usize> = (keys..self.columns.len())
            .filter(|place| self.is_numeric(*place))
            .collect();
        if values.is_empty() {
            return Err(NoChart::NoQuantities);
        }
        let (constant, varied): (Vec<usize>, Vec<usize>) =
            (0..keys).partition(|place| self.different(*place) == 1);
        let shape = |over, series| Shape {
            over,
            series,
            constant: constant.clone(),
            values: values.clone(),
        };
        let cut = self.plan.limit.is_some();
        match *varied.as_slice() {
            [] => Err(NoChart::OneRow),
            [key] if self.is_time(key) && !self.is_ranked(keys) => Ok(shape(Over::Time(key), None)),
            [key] => Ok(shape(Over::Categories(vec![key]), None)),
            // Of the first so many pairs most others are missing: they are no grid.
            [first, second] if cut => Ok(shape(Over::Categories(vec![first, second]), None)),
            [first, second] => {
                let time = [first, second].into_iter().find(|key| self.is_time(*key));
                let (over, series) = match time {
                    Some(time) => (Over::Time(time), if time == first { second } else { first }),
                    None if self.different(first) < self.different(second) => {
                        (Over::Categories(vec![second]), first)
                    }
                    None => (Over::Categories(vec![first]), second),
                };
                let several = self.different(series);
                if several > SERIES {
                    return Err(NoChart::TooManySeries(several));
                }
                Ok(shape(over, Some(series)))
            }
            _ => Err(NoChart::TooManyKeys(varied.len())),
        }
    }

    /// A listing is worth a chart where it names things and orders them by a number.
    fn listed(&self) -> Result<Shape, NoChart> {
        let ordered = self
            .plan
            .order
            .first()
            .and_then(|order| self.columns.iter().position(|column| *column == order.by));
        match (self.columns.len(), ordered) {
            (2, Some(value @ (0 | 1))) if self.is_numeric(value) => {
                let key = 1 - value;
                let named = self.column(key).all(|value| matches!(value, Value::Text(_)));
                if named && self.different(key) == self.rows.len() {
                    Ok(Shape {
                        over: Over::Categories(vec![key]),
                        series: None,
                        constant: Vec::new(),
                        values: vec![value],
                    })
                } else {
                    Err(NoChart::Listing)
                }
            }
            _ => Err(NoChart::Listing),
        }
    }
}
