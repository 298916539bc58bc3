//! A result as text.

use schemas::plan::{Aggregate, Condition, Measure, Plan};
use schemas::table::{ColumnProfile, ColumnType, TableProfile};
use schemas::value::Value;

use super::{Phrases, number};
use crate::engine::Outcome;
use crate::sql::Rows;

/// Rows that are told in words; the rest is in the answer's rows.
const LINES: usize = 10;
/// Values of a column that are named when a condition finds none.
const NEAREST: usize = 5;

/// Tells a result.
#[must_use]
pub fn tell(phrases: &dyn Phrases, plan: &Plan, outcome: &Outcome, profile: &TableProfile) -> String {
    let condition = plan.filter.as_ref().map(|filter| phrases.condition(filter));
    let styles: Vec<Style<'_>> = outcome
        .columns
        .iter()
        .map(|name| Style::of(plan, name, profile))
        .collect();
    let single_row = plan.group.is_empty() && !plan.measures.is_empty();
    let mut text = match (outcome.rows.as_slice(), outcome.columns.as_slice()) {
        ([], _) => phrases.no_rows(condition.as_deref()),
        ([row], [name]) if single_row => {
            let value = row.first().unwrap_or(&Value::Null);
            phrases.single(
                &phrases.column(plan, name),
                condition.as_deref(),
                &cell(phrases, value, styles.first()),
            )
        }
        ([row], names) if single_row => {
            let parts: Vec<String> = names
                .iter()
                .zip(row)
                .zip(&styles)
                .map(|((name, value), style)| {
                    phrases.named(&phrases.column(plan, name), &cell(phrases, value, Some(style)))
                })
                .collect();
            match &condition {
                Some(condition) => phrases.named(condition, &phrases.line(&parts)),
                None => phrases.line(&parts),
            }
        }
        (rows, _) => lines(phrases, plan, outcome, rows, &styles),
    };
    if outcome.rows_kept == 0 {
        if !outcome.rows.is_empty() {
            text.push('\n');
            text.push_str(&phrases.no_rows(condition.as_deref()));
        }
        for hint in plan
            .filter
            .iter()
            .flat_map(|filter| hints(phrases, filter, profile))
        {
            text.push('\n');
            text.push_str(&hint);
        }
    }
    text
}

/// Tells the result of a written query, of whose columns nothing is known but their names.
#[must_use]
pub fn listed(phrases: &dyn Phrases, result: &Rows) -> String {
    let style = Style::default();
    let shown = |row: &[Value]| -> Vec<String> {
        let cells = row.iter().map(|value| cell(phrases, value, Some(&style)));
        cells.collect()
    };
    let named = |row: &[Value]| -> Vec<String> {
        let names = result.columns.iter().zip(shown(row));
        names.map(|(name, value)| phrases.named(name, &value)).collect()
    };
    match result.rows.as_slice() {
        [] => phrases.no_rows(None),
        [row] => phrases.line(&named(row)),
        rows => {
            let mut text = phrases.heading(result.rows_in_all, rows.len().min(LINES));
            for row in rows.iter().take(LINES) {
                text.push_str("\n- ");
                text.push_str(&match row.as_slice() {
                    [_] | [_, _] => shown(row).join(" / "),
                    _ => phrases.line(&named(row)),
                });
            }
            text
        }
    }
}

/// How the values of a column are shown.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style<'a> {
    /// Whether thousands are parted: they are not in years and ids.
    pub(crate) separators: bool,
    /// What stands behind the number.
    pub(crate) unit: Option<&'a str>,
    /// Whether all its decimals are shown: it was rounded to as many as were asked for.
    pub(crate) exact: bool,
}

impl<'a> Style<'a> {
    /// The style of a column of a result.
    pub(crate) fn of(plan: &Plan, name: &str, profile: &'a TableProfile) -> Self {
        Self {
            exact: plan.decimals.is_some(),
            ..Self::of_column(plan, name, profile)
        }
    }

    fn of_column(plan: &Plan, name: &str, profile: &'a TableProfile) -> Self {
        if let Some(derived) = plan.derived.iter().find(|derived| derived.name == name) {
            return Self {
                separators: true,
                unit: derived.percent.then_some("%"),
                ..Self::default()
            };
        }
        let find = |name: &str| profile.columns.iter().find(|column| column.name == name);
        match plan.measures.iter().find(|measure| measure.name == name) {
            Some(measure) => Self::of_measure(measure, measure.column.as_deref().and_then(find)),
            None if plan.group.is_empty() => find(name).map_or(Self::default(), |column| {
                // A whole number without a unit may be a year or an identifier.
                let quantity = column.kind == ColumnType::Float || column.unit.is_some();
                Self {
                    separators: quantity && !is_year(column),
                    unit: column.unit.as_deref(),
                    ..Self::default()
                }
            }),
            None => Self::default(),
        }
    }

    fn of_measure(measure: &Measure, column: Option<&'a ColumnProfile>) -> Self {
        match measure.function {
            Aggregate::Count | Aggregate::CountDistinct => Self {
                separators: true,
                ..Self::default()
            },
            Aggregate::Sum => Self {
                separators: true,
                unit: column.and_then(|column| column.unit.as_deref()),
                ..Self::default()
            },
            Aggregate::Mean | Aggregate::Min | Aggregate::Max | Aggregate::Median => Self {
                separators: !column.is_some_and(is_year),
                unit: column.and_then(|column| column.unit.as_deref()),
                ..Self::default()
            },
        }
    }
}

/// Whole numbers that could all be years of our time.
fn is_year(column: &ColumnProfile) -> bool {
    match (&column.min, &column.max) {
        (Value::Int(min), Value::Int(max)) => *min >= 1900 && *max <= 2100,
        _ => false,
    }
}

/// A cell of a result as text.
pub(crate) fn cell(phrases: &dyn Phrases, value: &Value, style: Option<&Style<'_>>) -> String {
    match value {
        Value::Null => phrases.nothing(),
        Value::Bool(truth) => phrases.truth(*truth),
        Value::Text(text) => text.clone(),
        Value::Int(_) | Value::Float(_) => {
            let style = style.copied().unwrap_or_default();
            let text = match value {
                Value::Float(number) if style.exact => number::exact(*number),
                other => number::plain(other),
            };
            let text = if style.separators {
                number::parted(&text)
            } else {
                text
            };
            number::with_unit(&text, style.unit)
        }
    }
}

fn lines(
    phrases: &dyn Phrases,
    plan: &Plan,
    outcome: &Outcome,
    rows: &[Vec<Value>],
    styles: &[Style<'_>],
) -> String {
    let keys = plan.group.len();
    let shown = rows.len().min(LINES);
    let mut text = phrases.heading(outcome.rows_in_all, shown);
    for row in rows.iter().take(LINES) {
        let cells: Vec<String> = row
            .iter()
            .zip(styles)
            .map(|(value, style)| cell(phrases, value, Some(style)))
            .collect();
        let line = match (cells.split_at_checked(keys), plan.measures.len()) {
            // Keys, then measures: one needs no name.
            (Some((keys, [value])), 1) if !keys.is_empty() => phrases.named(&keys.join(" / "), value),
            (Some((keys, values)), _) if !keys.is_empty() && !values.is_empty() => {
                let names = outcome.columns.iter().skip(keys.len());
                let named: Vec<String> = names
                    .zip(values)
                    .map(|(name, value)| format!("{} {value}", phrases.column(plan, name)))
                    .collect();
                phrases.named(&keys.join(" / "), &phrases.line(&named))
            }
            _ if cells.len() <= 2 => cells.join(" / "),
            _ => {
                let named: Vec<String> = outcome
                    .columns
                    .iter()
                    .zip(&cells)
                    .map(|(name, value)| phrases.named(name, value))
                    .collect();
                phrases.line(&named)
            }
        };
        text.push_str("\n- ");
        text.push_str(&line);
    }
    text
}

/// What the columns of a condition do hold, for a condition that no row fulfils.
fn hints(phrases: &dyn Phrases, condition: &Condition, profile: &TableProfile) -> Vec<String> {
    let column = match condition {
        Condition::And { all: parts } | Condition::Or { any: parts } => {
            let mut told = Vec::new();
            for hint in parts.iter().flat_map(|part| hints(phrases, part, profile)) {
                if !told.contains(&hint) {
                    told.push(hint);
                }
            }
            return told;
        }
        Condition::Compare { column, .. }
        | Condition::Between { column, .. }
        | Condition::In { column, .. }
        | Condition::Contains { column, .. }
        | Condition::TimeRange { column, .. } => column,
        Condition::Not { .. }
        | Condition::CompareColumns { .. }
        | Condition::Missing { .. }
        | Condition::CompareAggregate { .. } => return Vec::new(),
    };
    let Some(column) = profile.columns.iter().find(|known| known.name == *column) else {
        return Vec::new();
    };
    match column.kind {
        ColumnType::Text | ColumnType::Bool => {
            let values: Vec<String> = column
                .frequent
                .iter()
                .filter(|frequency| frequency.value != Value::Null)
                .take(NEAREST)
                .map(|frequency| phrases.constant(&frequency.value))
                .collect();
            if values.is_empty() {
                Vec::new()
            } else {
                vec![phrases.holds(&column.name, &values)]
            }
        }
        ColumnType::Int | ColumnType::Float | ColumnType::Date | ColumnType::Datetime => {
            if column.min == Value::Null || column.max == Value::Null {
                return Vec::new();
            }
            let (low, high) = (phrases.constant(&column.min), phrases.constant(&column.max));
            vec![phrases.ranges(&column.name, &low, &high)]
        }
    }
}
