//! Everything that a chart shows, in the words of the answer; how it is drawn is no matter here.

use std::collections::HashMap;

use schemas::Language;
use schemas::answer::ChartKind;
use schemas::plan::{Aggregate, Formula, GroupKey, Plan};
use schemas::table::TableProfile;
use schemas::value::Value;

use super::shape::{NoChart, Over, SERIES, Shape};
use super::{span, text, words};
use crate::engine::Outcome;
use crate::words::Phrases;
use crate::words::result::{Style, cell};

/// Most categories of one chart.
const CATEGORIES: usize = 30;
/// More series than this stand one behind the other, if their sum means something.
const SIDE_BY_SIDE: usize = 3;

/// A chart before it is drawn. Its texts hold no control characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What is drawn.
    pub kind: ChartKind,
    /// What the chart says, in a sentence.
    pub title: String,
    /// What the marks are.
    pub key_title: String,
    /// What the values are, with their unit.
    pub value_title: String,
    /// What the series are; empty where there is one.
    pub series_title: String,
    /// Whether thousands are parted.
    pub separators: bool,
    /// Categories in the order of the answer, or calendar spans in the order of time.
    pub marks: Vec<Mark>,
    /// At least one.
    pub series: Vec<Series>,
    /// What the chart does not show.
    pub notes: Vec<String>,
}

/// A category or a calendar span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// As the answer shows it.
    pub text: String,
    /// Its place: of a span among its like, else in the order.
    pub place: i64,
}

/// Values that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name; empty where there is one series.
    pub name: String,
    /// A value for each mark.
    pub values: Vec<Option<f64>>,
    /// The same as the answer shows them.
    pub labels: Vec<String>,
}

/// Values that share an axis.
#[derive(Debug, PartialEq, Eq)]
struct Class<'a> {
    unit: Option<&'a str>,
    /// Where there is no unit to tell: of what column.
    column: Option<&'a str>,
    /// What adds up is of another size than its parts.
    adds_up: bool,
    formula: Option<std::mem::Discriminant<Formula>>,
}

/// A result under way to its figure.
struct Draft<'a> {
    language: Language,
    phrases: &'a dyn Phrases,
    plan: &'a Plan,
    outcome: &'a Outcome,
    profile: &'a TableProfile,
    shape: &'a Shape,
}

impl Figure {
    /// The figure of a result.
    ///
    /// # Errors
    /// [`NoChart`] where its numbers are no quantities.
    pub fn of(
        language: Language,
        phrases: &dyn Phrases,
        plan: &Plan,
        outcome: &Outcome,
        profile: &TableProfile,
        shape: &Shape,
        title: String,
    ) -> Result<Self, NoChart> {
        let draft = Draft {
            language,
            phrases,
            plan,
            outcome,
            profile,
            shape,
        };
        draft.figure(&title)
    }

    /// The smallest and the largest value.
    #[must_use]
    pub fn extremes(&self) -> (f64, f64) {
        let values = self
            .series
            .iter()
            .flat_map(|series| series.values.iter().flatten());
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
        if low.is_finite() { (low, high) } else { (0.0, 0.0) }
    }
}

impl<'a> Draft<'a> {
    fn figure(&self, title: &str) -> Result<Figure, NoChart> {
        let drawn = self.drawn()?;
        let mut notes = Vec::new();
        for key in &self.shape.constant {
            let value = self.outcome.rows.first().and_then(|row| row.get(*key));
            let value = self.cell(value.unwrap_or(&Value::Null), *key);
            notes.push(self.phrases.named(&self.key_name(*key), &value));
        }
        let (marks, mut series) = self.parts(&drawn, &mut notes);
        if series.len() > SERIES {
            series.truncate(SERIES);
        }
        let kind = self.kind(&drawn, &series);
        let left_out: Vec<String> = self
            .shape
            .values
            .iter()
            .filter(|place| !drawn.contains(place))
            .map(|place| self.value_name(*place))
            .collect();
        if !left_out.is_empty() {
            notes.push(words::left_out(self.language, &left_out));
        }
        let mut figure = Figure {
            kind,
            title: text::plain(title),
            key_title: text::plain(&self.key_title()),
            value_title: text::plain(&self.value_title(&drawn)),
            series_title: self
                .shape
                .series
                .map_or_else(String::new, |place| text::plain(&self.key_name(place))),
            separators: drawn.first().is_none_or(|place| self.style(*place).separators),
            marks,
            series,
            notes,
        };
        if matches!(self.shape.over, Over::Categories(_)) && figure.marks.len() > CATEGORIES {
            let all = (figure.marks.len() as u64).max(match self.shape.series {
                None => self.outcome.rows_in_all,
                Some(_) => 0,
            });
            figure.marks.truncate(CATEGORIES);
            for series in &mut figure.series {
                series.values.truncate(CATEGORIES);
                series.labels.truncate(CATEGORIES);
            }
            figure.notes.push(words::first(self.language, CATEGORIES, all));
        }
        figure.notes.iter_mut().for_each(|note| *note = text::plain(note));
        Ok(figure)
    }

    fn name(&self, place: usize) -> &'a str {
        self.outcome.columns.get(place).map_or("", String::as_str)
    }

    fn style(&self, place: usize) -> Style<'a> {
        Style::of(self.plan, self.name(place), self.profile)
    }

    fn cell(&self, value: &Value, place: usize) -> String {
        text::plain(&cell(self.phrases, value, Some(&self.style(place))))
    }

    fn key_name(&self, place: usize) -> String {
        match self.plan.group.get(place) {
            Some(GroupKey { column, bucket }) => self.phrases.key(column, *bucket),
            None => self.name(place).to_owned(),
        }
    }

    fn key_title(&self) -> String {
        match &self.shape.over {
            Over::Time(place) => self.key_name(*place),
            Over::Categories(places) => {
                let names: Vec<String> = places.iter().map(|place| self.key_name(*place)).collect();
                names.join(" / ")
            }
        }
    }

    fn value_name(&self, place: usize) -> String {
        self.phrases.column(self.plan, self.name(place))
    }

    fn value_title(&self, drawn: &[usize]) -> String {
        let unit = drawn.first().and_then(|place| self.style(*place).unit);
        match drawn {
            [place] => {
                let name = self.value_name(*place);
                // The names of some percentages say so themselves.
                words::with_unit(self.language, &name, unit.filter(|unit| !name.contains(*unit)))
            }
            _ => unit.unwrap_or_default().to_owned(),
        }
    }

    fn class(&self, place: usize) -> Class<'a> {
        let name = self.name(place);
        let unit = self.style(place).unit;
        let derived = self.plan.derived.iter().find(|derived| derived.name == name);
        let measure = self.plan.measures.iter().find(|measure| measure.name == name);
        let column = measure.and_then(|measure| measure.column.as_deref());
        let counts = |function| matches!(function, Aggregate::Count | Aggregate::CountDistinct);
        Class {
            unit,
            column: column
                .filter(|_| unit.is_none() && !measure.is_some_and(|measure| counts(measure.function))),
            adds_up: measure
                .is_some_and(|measure| counts(measure.function) || measure.function == Aggregate::Sum),
            formula: derived.map(|derived| std::mem::discriminant(&derived.formula)),
        }
    }

    /// The values that are drawn: what was derived, if anything, else the first measure; and what shares its axis.
    fn drawn(&self) -> Result<Vec<usize>, NoChart> {
        let is_derived = |place: &usize| {
            self.plan
                .derived
                .iter()
                .any(|derived| derived.name == self.name(*place))
        };
        // A number that may be a year has no length.
        let quantities: Vec<usize> = self
            .shape
            .values
            .iter()
            .copied()
            .filter(|place| self.style(*place).separators)
            .collect();
        let first = quantities
            .iter()
            .copied()
            .find(is_derived)
            .or_else(|| quantities.first().copied())
            .ok_or(NoChart::NoQuantities)?;
        if self.shape.series.is_some() {
            return Ok(vec![first]);
        }
        let class = self.class(first);
        let alike = quantities.into_iter().filter(|place| self.class(*place) == class);
        Ok(alike.take(SERIES).collect())
    }

    /// The marks, and what is drawn for each.
    fn parts(&self, drawn: &[usize], notes: &mut Vec<String>) -> (Vec<Mark>, Vec<Series>) {
        let mut marks: Vec<Mark> = Vec::new();
        let mut place_of: HashMap<String, usize> = HashMap::new();
        let mut of_row = Vec::new();
        let mut undated = 0;
        for row in &self.outcome.rows {
            let cell_at = |place: usize| row.get(place).unwrap_or(&Value::Null);
            let (text, place) = match &self.shape.over {
                Over::Time(key) => match span::of(cell_at(*key)) {
                    Some((_, place)) => (self.cell(cell_at(*key), *key), place),
                    None => {
                        undated += 1;
                        of_row.push(None);
                        continue;
                    }
                },
                Over::Categories(keys) => {
                    let texts: Vec<String> = keys.iter().map(|key| self.cell(cell_at(*key), *key)).collect();
                    (texts.join(" / "), i64::try_from(marks.len()).unwrap_or(i64::MAX))
                }
            };
            let next = marks.len();
            let mark = *place_of.entry(text.clone()).or_insert(next);
            if mark == next {
                marks.push(Mark { text, place });
            }
            of_row.push(Some(mark));
        }
        if undated > 0 {
            notes.push(words::undated(self.language, undated));
        }
        let mut series: Vec<Series> = Vec::new();
        let empty = |name: String| Series {
            name,
            values: vec![None; marks.len()],
            labels: vec![String::new(); marks.len()],
        };
        for (row, mark) in self.outcome.rows.iter().zip(of_row) {
            let Some(mark) = mark else { continue };
            for place in drawn {
                let name = match self.shape.series {
                    Some(key) => self.cell(row.get(key).unwrap_or(&Value::Null), key),
                    None if drawn.len() > 1 => text::plain(&self.value_name(*place)),
                    None => String::new(),
                };
                let known = series.iter().position(|series| series.name == name);
                let which = known.unwrap_or_else(|| {
                    series.push(empty(name));
                    series.len() - 1
                });
                let value = row.get(*place).unwrap_or(&Value::Null);
                if let Some(series) = series.get_mut(which) {
                    if let Some(slot) = series.values.get_mut(mark) {
                        *slot = value.as_f64();
                    }
                    if let Some(slot) = series.labels.get_mut(mark) {
                        *slot = self.cell(value, *place);
                    }
                }
            }
        }
        if matches!(self.shape.over, Over::Time(_)) {
            in_order_of_time(&mut marks, &mut series);
        }
        (marks, series)
    }

    fn kind(&self, drawn: &[usize], series: &[Series]) -> ChartKind {
        let derived = drawn.first().and_then(|place| {
            let name = self.name(*place);
            self.plan.derived.iter().find(|derived| derived.name == name)
        });
        let running = derived.is_some_and(|derived| matches!(derived.formula, Formula::Running { .. }));
        let adds_up = drawn.first().is_some_and(|place| self.class(*place).adds_up);
        let negative = series
            .iter()
            .flat_map(|series| series.values.iter().flatten())
            .any(|value| *value < 0.0);
        match self.shape.over {
            Over::Time(_) if running && series.len() == 1 && !negative => ChartKind::Area,
            Over::Time(_) => ChartKind::Lines,
            Over::Categories(_) if series.len() == 1 => ChartKind::Bars,
            Over::Categories(_)
                if self.shape.series.is_some() && series.len() > SIDE_BY_SIDE && adds_up && !negative =>
            {
                ChartKind::StackedBars
            }
            Over::Categories(_) => ChartKind::GroupedBars,
        }
    }
}

fn in_order_of_time(marks: &mut Vec<Mark>, series: &mut [Series]) {
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|mark| marks.get(*mark).map(|mark| mark.place));
    *marks = picked(marks, &order);
    for series in series {
        series.values = picked(&series.values, &order);
        series.labels = picked(&series.labels, &order);
    }
}

fn picked<T: Clone>(all: &[T], order: &[usize]) -> Vec<T> {
    order
        .iter()
        .filter_map(|place| all.get(*place).cloned())
        .collect()
}
