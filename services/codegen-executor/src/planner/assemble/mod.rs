//! From what a question says to the plans that it may mean.
//!
//! | module | what is in it |
//! |---|---|
//! | [`builder`] | a plan in the making |
//! | [`superlative`] | the rows or groups with the most of something |
//! | [`groups`] | functions over all rows, or over groups |
//! | [`compared`] | parts of wholes, ratios, growth, running totals |
//! | [`spoken`] | what a verb alone tells |
//! | [`rows`] | rows as they are |
//! | [`contrasted`] | which of several has more, and how much more |
//! | [`contradiction`] | conditions that no row fulfils together |

mod builder;
mod compared;
mod contradiction;
mod contrasted;
mod groups;
mod rows;
mod spoken;
mod superlative;
mod years;

use schemas::plan::{Aggregate, Comparison, Condition, Plan};
use schemas::value::Value;

use super::gather::{Gathered, Misfit};
use super::part::{By, Key, MeasureOf, Pick, Ranked};
use super::table::{Column, Table};
use crate::words::Phrases;
use builder::{Builder, leave_out_unjoined};
use contradiction::contradict;
use groups::means;

/// A plan, and what was taken for granted on the way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The computation.
    pub plan: Plan,
    /// What was not said.
    pub taken: Vec<Taken>,
}

impl Draft {
    /// How unlikely it is for what it takes for granted.
    #[must_use]
    pub fn cost(&self) -> u32 {
        let everything = self.taken.contains(&Taken::Everything);
        if everything { EVERYTHING } else { 0 }
    }
}

/// What it costs that all columns are shown: more than that one of them is asked for.
const EVERYTHING: u32 = 6;

/// What a question did not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// That a word names the rows.
    Rows(String),
    /// That a column's sum is meant.
    Sum(String),
    /// That rows are shown by the column that names them.
    Label(String),
    /// That rows are shown with all that they have.
    Everything,
    /// That what is not said is as an earlier question said it.
    Before(String),
    /// That all with the same largest or smallest value are shown.
    Ties,
}

/// The plans that a question may mean: one, or several readings of it.
///
/// # Errors
/// [`Misfit`] when its parts make no plan.
pub fn assemble(table: &Table<'_>, said: Gathered, phrases: &dyn Phrases) -> Result<Vec<Draft>, Misfit> {
    let ranked = said.pick.is_some() || !said.order.is_empty();
    if said.bare_spans && !(ranked && said.keys.len() == 1) {
        return Err(Misfit::Unconnected);
    }
    let said = years::asked(table, spoken::placed(table, said)?);
    let said = settle(table, land(table, said)?);
    if said.superlative.is_some() || said.repeated && said.and || said.round && said.decimals.is_none() {
        return Err(Misfit::Unconnected);
    }
    if said.each_of && !(said.measures.is_empty() && said.pick.is_none()) {
        return Err(Misfit::Unconnected);
    }
    if clash(table, &said.columns) {
        return Err(Misfit::Unconnected);
    }
    let whole = |condition: &Condition| matches!(condition, Condition::CompareAggregate { .. });
    if said.conditions.len() > 1 && said.conditions.iter().any(whole) && !said.whole_said {
        // The average of all, or of those that the other conditions leave?
        return Err(Misfit::Unconnected);
    }
    let said = spread(table, said);
    if contradict(&said.conditions) {
        return Err(Misfit::Contradiction);
    }
    let spans = said.keys.iter().any(|key| matches!(key, Key::Span(..)));
    let running = said.cumulative && spans;
    if said.cumulative && said.pick.is_some() {
        return Err(Misfit::Unconnected);
    }
    let builder = Builder {
        table,
        phrases,
        taken: Vec::new(),
        plan: empty(table, &said),
    };
    let editions = said.editions.clone();
    let mut drafts = drafted(builder, &said, running)?;
    if said.each {
        drafts
            .iter_mut()
            .for_each(|draft| leave_out_unjoined(table, &mut draft.plan));
    }
    let kept: Vec<Draft> = drafts
        .into_iter()
        .filter(|draft| years::of_editions(table, &draft.plan, &editions))
        .collect();
    if kept.is_empty() {
        return Err(Misfit::Unconnected);
    }
    Ok(kept)
}

fn drafted(builder: Builder<'_>, said: &Gathered, running: bool) -> Result<Vec<Draft>, Misfit> {
    if said.excess.is_some() || said.versus.is_some() || said.gap {
        builder.contrasted(said)
    } else if running || said.comparing.is_asked() {
        builder.compared(said, running)
    } else if let Some(pick) = said.pick {
        builder.superlative(said, pick).map(one)
    } else if !said.measures.is_empty() {
        let means = said
            .measures
            .iter()
            .all(|measure| matches!(measure.function, Aggregate::Mean | Aggregate::Median));
        if means && said.several && said.keys.is_empty() && !said.combined && !said.each_value {
            // "the average of A and B": of both together, or of each?
            let each = Gathered {
                each_value: true,
                ..said.clone()
            };
            let other = Builder {
                table: builder.table,
                phrases: builder.phrases,
                taken: Vec::new(),
                plan: builder.plan.clone(),
            };
            return Ok(vec![builder.measured(said)?, other.measured(&each)?]);
        }
        builder.measured(said).map(one)
    } else if !said.keys.is_empty() {
        let table = builder.table;
        let phrases = builder.phrases;
        match builder.grouped(said) {
            // "PM2.5 at each station on 3 February": of one row a group its value, of several who knows what.
            Err(Misfit::NoFunction(column)) => [Aggregate::Mean, Aggregate::Min]
                .into_iter()
                .take(if means(table, column) { 1 } else { 2 })
                .map(|function| {
                    let mut said = said.clone();
                    said.columns.retain(|other| *other != column);
                    said.measures.push(MeasureOf::over(function, column));
                    Builder {
                        table,
                        phrases,
                        taken: Vec::new(),
                        plan: empty(table, &said),
                    }
                    .measured(&said)
                })
                .collect(),
            grouped => grouped.map(one),
        }
    } else if !said.having.is_empty()
        || said
            .order
            .iter()
            .any(|ranked| matches!(ranked.by, By::Measure(_)))
    {
        builder.groups_listed(said).map(one)
    } else {
        builder.listed(said)
    }
}

/// "name and release year of the song", where there are a name, a song name and a song release year: whose name?
fn clash(table: &Table<'_>, columns: &[usize]) -> bool {
    let words = |column: &Column<'_>| -> Vec<String> {
        let [_, plain] = &column.headers;
        plain.split(' ').map(str::to_owned).collect()
    };
    let named: Vec<Vec<String>> = columns
        .iter()
        .filter_map(|column| table.column(*column).map(words))
        .collect();
    let there = |header: &[String]| {
        let of_table = table.columns.iter().map(words);
        of_table.into_iter().any(|words| words == header) && !named.iter().any(|words| words == header)
    };
    let plain = named.iter().filter(|words| words.len() == 1);
    plain.flatten().any(|plain| {
        named.iter().any(|words| match words.as_slice() {
            [of, _, ..] => there(&[of.clone(), plain.clone()]),
            _ => false,
        })
    })
}

fn one(draft: Draft) -> Vec<Draft> {
    vec![draft]
}

/// "boys vs girls", "分别": several values of one column are no contradiction, but a result for each.
fn spread(table: &Table<'_>, mut said: Gathered) -> Gathered {
    let value = |condition: &Condition| match condition {
        Condition::Compare {
            column,
            comparison: Comparison::Eq,
            value: value @ Value::Text(_),
        } => Some((column.clone(), value.clone())),
        _ => None,
    };
    let all: Option<Vec<(String, Value)>> = said.conditions.iter().map(value).collect();
    if let (true, Some(all)) = (said.respectively && !said.measures.is_empty(), all)
        && let [(column, _), (other, _), ..] = all.as_slice()
        && column == other
        && all.iter().all(|(name, _)| name == column)
        && table.number(column).is_some()
    {
        let column = column.clone();
        let values = all.into_iter().map(|(_, value)| value).collect();
        said.conditions = vec![Condition::In { column, values }];
    }
    said
}

/// "How long is a comedy on average?": a function that stands apart is over the only thing that it can be over.
fn land(table: &Table<'_>, mut said: Gathered) -> Result<Gathered, Misfit> {
    let [function] = said.floating.as_slice() else {
        return if said.floating.is_empty() {
            Ok(said)
        } else {
            Err(Misfit::Unconnected)
        };
    };
    let number = |column: &usize| {
        table
            .column(*column)
            .is_some_and(|column| column.kind().is_number() && !column.identifies)
    };
    // "平均下来哪家得分最高": the average of each is the largest.
    if let Some(pick) = &mut said.pick
        && let By::Column(column) = pick.ranked.by
    {
        // "the average age and the largest age": the average has its own column.
        if !number(&column) || !said.measures.is_empty() || said.columns.contains(&column) {
            return Err(Misfit::Unconnected);
        }
        pick.ranked.by = By::Measure(MeasureOf::over(*function, column));
        return Ok(said);
    }
    let numbers: Vec<usize> = said.columns.iter().copied().filter(number).collect();
    let sums: Vec<usize> = said
        .measures
        .iter()
        .filter(|measure| measure.function == Aggregate::Sum)
        .filter_map(|measure| measure.column)
        .collect();
    let column = match (numbers.as_slice(), sums.as_slice(), said.measures.len()) {
        ([column], [], 0) => *column,
        // "how much was sold on average": that it is summed was not said.
        ([], [column], 1) if !said.function_said => *column,
        _ => return Err(Misfit::Unconnected),
    };
    said.measures = vec![MeasureOf::over(*function, column)];
    said.columns.retain(|other| *other != column);
    Ok(said)
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
    // "the highest tower in feet": of two columns of heights that one.
    if let (Some(unit), Some(pick)) = (said.unit, &mut said.pick)
        && let By::Column(column) = pick.ranked.by
        && let Some(picked) = table.column(column)
        && picked.size().is_some_and(|size| size != unit)
    {
        let twin = |other: &usize| {
            table
                .column(*other)
                .is_some_and(|other| other.size() == Some(unit) && other.is_twin(picked))
        };
        if let Some(twin) = (0..table.columns.len()).find(twin) {
            pick.ranked.by = By::Column(twin);
        }
    }
    // "the smallest country by area": it is said twice by what.
    if said
        .pick
        .is_some_and(|pick| Some(pick.ranked.by) == said.rank && matches!(pick.ranked.by, By::Column(_)))
    {
        said.rank = None;
        if said.columns.is_empty() && said.rows {
            said.columns.extend(table.label);
        }
    }
    // "cheapest by average price".
    if let (Some(pick), Some(By::Measure(measure))) = (&mut said.pick, said.rank)
        && matches!(pick.ranked.by, By::Column(column) if measure.column == Some(column))
    {
        pick.ranked.by = By::Measure(measure);
        said.rank = None;
    }
    if let (Some((rows, last)), Some(by), None) = (said.limit, said.rank, said.pick) {
        said.pick = Some(Pick {
            ranked: Ranked {
                by,
                descending: !last,
            },
            rows: Some(rows),
            passed: 0,
        });
        (said.limit, said.rank) = (None, None);
    }
    // "average salary by city, from highest to lowest": the groups are ordered, not the cities.
    if let (
        [
            Ranked {
                by: By::Column(column),
                descending,
            },
        ],
        true,
        false,
    ) = (
        said.order.as_slice(),
        said.keys.is_empty(),
        said.measures.is_empty(),
    ) && table.column(*column).is_some_and(is_category)
    {
        said.keys = vec![Key::Column(*column)];
        said.order = vec![Ranked {
            by: By::Result,
            descending: *descending,
        }];
    }
    // "男女患者的平均年龄分别": a result for each of both.
    if let ([column], true) = (
        said.columns.as_slice(),
        said.respectively && said.keys.is_empty() && !said.measures.is_empty(),
    ) && table.column(*column).is_some_and(is_category)
    {
        said.keys = vec![Key::Column(*column)];
        said.columns.clear();
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
        passed: 0,
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
    // "Which runner has the most medals": the runner, and not how many.
    let asks_whose = match said.columns.as_slice() {
        [] => said.asked_rows,
        [named] => {
            said.asked
                && table
                    .column(*named)
                    .is_some_and(|column| !column.kind().is_number())
        }
        _ => false,
    };
    if let ([measure], true) = (said.measures.as_slice(), asks_whose && !said.function_said)
        && let Some(column) = measure.column
        && matches!(measure.function, Aggregate::Max | Aggregate::Min)
        && said.keys.is_empty()
        && said.pick.is_none()
    {
        said.pick = Some(Pick {
            ranked: Ranked {
                by: By::Column(column),
                descending: measure.function == Aggregate::Max,
            },
            rows: None,
            passed: 0,
        });
        said.measures.clear();
    }
    // "各社团的英语最高": of each group its own largest, not the group that has the largest.
    if let Some(Pick {
        ranked: Ranked {
            by: By::Column(column),
            descending,
        },
        rows: None,
        passed: 0,
    }) = said.pick
        && !said.keys.is_empty()
        && !said.bare_spans
        && said.counted.is_none()
        && (said.columns.is_empty() && !said.which && !said.who || said.columns == [column])
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
        join: None,
        computed: Vec::new(),
        filter,
        group: Vec::new(),
        measures: Vec::new(),
        select: Vec::new(),
        distinct: false,
        having: None,
        order: Vec::new(),
        limit: None,
        hidden: Vec::new(),
        decimals: said.decimals,
        derived: Vec::new(),
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
