//! From what a question says to the plans that it may mean.
//!
//! | module | what is in it |
//! |---|---|
//! | [`builder`] | a plan in the making |
//! | [`superlative`] | the rows or groups with the most of something |
//! | [`groups`] | functions over all rows, or over groups |
//! | [`rows`] | rows as they are |
//! | [`contradiction`] | conditions that no row fulfils together |

mod builder;
mod contradiction;
mod groups;
mod rows;
mod superlative;

use schemas::plan::{Aggregate, Comparison, Condition, Plan};
use schemas::value::Value;

use super::gather::{Gathered, Misfit};
use super::part::{By, Key, MeasureOf, Pick, Ranked};
use super::table::{Column, Table};
use crate::words::Phrases;
use builder::Builder;
use contradiction::contradict;

/// A plan, and what was taken for granted on the way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The computation.
    pub plan: Plan,
    /// What was not said.
    pub taken: Vec<Taken>,
}

/// What a question did not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// That a column's sum is meant.
    Sum(String),
    /// That rows are shown by the column that names them.
    Label(String),
    /// That all with the same largest or smallest value are shown.
    Ties,
}

/// The plans that a question may mean: one, or several readings of it.
///
/// # Errors
/// [`Misfit`] when its parts make no plan.
pub fn assemble(table: &Table<'_>, said: Gathered, phrases: &dyn Phrases) -> Result<Vec<Draft>, Misfit> {
    let said = settle(table, said);
    if said.repeated && said.and {
        return Err(Misfit::Unconnected);
    }
    if contradict(&said.conditions) {
        return Err(Misfit::Contradiction);
    }
    let spans = said.keys.iter().any(|key| matches!(key, Key::Span(..)));
    if said.cumulative && (spans || said.pick.is_some()) {
        return Err(Misfit::Cumulative);
    }
    let builder = Builder {
        table,
        phrases,
        taken: Vec::new(),
        plan: empty(table, &said),
    };
    if let Some(pick) = said.pick {
        builder.superlative(&said, pick).map(one)
    } else if !said.measures.is_empty() {
        builder.measured(&said).map(one)
    } else if !said.keys.is_empty() {
        builder.grouped(&said).map(one)
    } else if !said.having.is_empty()
        || said
            .order
            .iter()
            .any(|ranked| matches!(ranked.by, By::Measure(_)))
    {
        builder.groups_listed(&said).map(one)
    } else {
        builder.listed(&said)
    }
}

fn one(draft: Draft) -> Vec<Draft> {
    vec![draft]
}

/// "top 5 stores by revenue" is the same as "the 5 stores with the highest revenue".
fn settle(table: &Table<'_>, mut said: Gathered) -> Gathered {
    // "CD as their format": the condition says it already.
    let fixed: Vec<usize> = said
        .conditions
        .iter()
        .filter_map(|condition| fixed_column(table, condition))
        .collect();
    if !said.measures.is_empty() {
        said.columns.retain(|column| !fixed.contains(column));
    }
    if let (Some((rows, last)), Some(by), None) = (said.limit, said.rank, said.pick) {
        said.pick = Some(Pick {
            ranked: Ranked {
                by,
                descending: !last,
            },
            rows: Some(rows),
        });
        (said.limit, said.rank) = (None, None);
    }
    // "男生和女生分别": a result for each.
    if said.respectively && said.keys.is_empty() && !said.measures.is_empty() {
        said.each_value = true;
    }
    // "年纪最小的几岁": the value itself.
    if let Some(Pick {
        ranked: Ranked {
            by: By::Column(column),
            descending,
        },
        rows: None,
        ..
    }) = said.pick
        && (said.how_much && said.columns.is_empty() || said.columns == [column])
        && said.keys.is_empty()
        && said.measures.is_empty()
    {
        let function = if descending {
            Aggregate::Max
        } else {
            Aggregate::Min
        };
        said.measures.push(MeasureOf::over(function, column));
        said.columns.clear();
        said.pick = None;
    }
    // "各社团的英语最高": of each group its own largest, not the group that has the largest.
    if let Some(Pick {
        ranked: Ranked {
            by: By::Column(column),
            descending,
        },
        rows: None,
        ..
    }) = said.pick
        && !said.keys.is_empty()
        && said.columns.is_empty()
        && !said.which
        && !said.who
    {
        let function = if descending {
            Aggregate::Max
        } else {
            Aggregate::Min
        };
        said.measures.push(MeasureOf::over(function, column));
        said.pick = None;
    }
    said
}

fn empty(table: &Table<'_>, said: &Gathered) -> Plan {
    let mut conditions = said.conditions.clone();
    let filter = match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => Some(Condition::And { all: conditions }),
    };
    Plan {
        table: table.view.reference.clone(),
        filter,
        group: Vec::new(),
        measures: Vec::new(),
        select: Vec::new(),
        distinct: false,
        having: None,
        order: Vec::new(),
        limit: None,
        hidden: Vec::new(),
    }
}

/// Whether a column says what kind of thing a row is, rather than which one.
fn is_category(column: &Column<'_>) -> bool {
    !column.unique && !column.kind().is_number()
}

/// The column that a condition fixes to some values.
fn fixed_column(table: &Table<'_>, condition: &Condition) -> Option<usize> {
    match condition {
        Condition::Compare {
            column,
            comparison: Comparison::Eq,
            value: Value::Text(_),
        }
        | Condition::In { column, .. } => table.number(column),
        _ => None,
    }
}
