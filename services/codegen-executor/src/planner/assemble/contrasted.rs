//! Which of several things has more of something, and how much more one has than another.

use schemas::plan::{Aggregate, Comparison, Condition, Derived, Formula, Measure};
use schemas::value::Value;

use super::super::gather::{Gathered, Misfit};
use super::super::part::{By, MeasureOf, Pick, Ranked};
use super::builder::Builder;
use super::{Draft, Taken};

impl Builder<'_> {
    /// "Which has more students, Oxford or Leeds", 内科比儿科多多少病人, "the difference between Oslo and Rome".
    pub(super) fn contrasted(self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
        let plain = said.keys.is_empty()
            && said.order.is_empty()
            && said.having.is_empty()
            && said.pick.is_none()
            && said.limit.is_none()
            && said.counted.is_none()
            && said.rank.is_none()
            && !said.distinct
            && !said.cumulative
            && !said.comparing.is_asked();
        if !plain {
            return Err(Misfit::Unconnected);
        }
        let asks_how_much = said.how_much || said.asks_much || said.measures.contains(&MeasureOf::ROWS);
        let (sides, rest) = sides(said, self.table)?;
        let ofs = self.measured_of(said, &sides)?;
        let mut drafts = Vec::new();
        for of in ofs {
            let builder = Builder {
                plan: self.plan.clone(),
                taken: self.taken.clone(),
                ..self
            };
            drafts.push(match (&said.versus, said.excess, said.gap) {
                (Some(_), Some(excess), false) if asks_how_much && !said.which => {
                    builder.gap(&sides, of, &rest, Some(excess.more))
                }
                (None, None, true) if sides.texts.len() == 2 => builder.gap(&sides, of, &rest, None),
                // "Which has more": the words for which may be a part of "has".
                (None, Some(excess), false) if said.which || said.who || !asks_how_much => {
                    builder.the_one(said, &sides, of, excess.more)?
                }
                _ => return Err(Misfit::Unconnected),
            });
        }
        Ok(drafts)
    }

    /// What is held against one another. A number that each thing has once needs no function: readings that agree
    /// only where that is so.
    fn measured_of(&self, said: &Gathered, sides: &Sides) -> Result<Vec<MeasureOf>, Misfit> {
        let mut columns: Vec<usize> = said
            .columns
            .iter()
            .copied()
            .filter(|column| *column != sides.column)
            .collect();
        columns.extend(said.excess.and_then(|excess| excess.column));
        let number = |column: &usize| {
            self.column(*column).is_some_and(|column| {
                column.kind().is_number() && !column.identifies && !column.numbers_things
            })
        };
        let functions: Vec<MeasureOf> = said
            .measures
            .iter()
            .copied()
            .filter(|measure| *measure != MeasureOf::ROWS)
            .collect();
        match (functions.as_slice(), columns.as_slice()) {
            ([measure], []) => Ok(vec![*measure]),
            ([], [column]) if number(column) => {
                let additive = self.column(*column).is_some_and(|column| column.additive);
                let functions: &[Aggregate] = if additive {
                    &[Aggregate::Sum]
                } else {
                    &[Aggregate::Mean, Aggregate::Min]
                };
                Ok(functions
                    .iter()
                    .map(|function| MeasureOf::over(*function, *column))
                    .collect())
            }
            ([], named) => {
                let each_row = self.column(sides.column).is_some_and(|column| column.unique);
                let names_rows = |column: &usize| self.column(*column).is_some_and(|column| column.unique);
                let counts = said.rows || said.measures.contains(&MeasureOf::ROWS);
                if each_row || !counts || !named.iter().all(names_rows) {
                    return Err(Misfit::Unconnected);
                }
                Ok(vec![MeasureOf::ROWS])
            }
            _ => Err(Misfit::Unconnected),
        }
    }

    /// How much more one has than the other; none: how far they are apart.
    fn gap(mut self, sides: &Sides, of: MeasureOf, rest: &[Condition], more: Option<bool>) -> Draft {
        self.plan.filter = match rest {
            [] => None,
            [one] => Some(one.clone()),
            all => Some(Condition::And { all: all.to_vec() }),
        };
        let mut names = Vec::new();
        for text in &sides.texts {
            let mut named = Measure {
                name: String::new(),
                function: of.function,
                column: of.column.map(|column| self.table.name(column)),
                filter: Some(Condition::Compare {
                    column: self.table.name(sides.column),
                    comparison: Comparison::Eq,
                    value: Value::Text(text.clone()),
                }),
            };
            named.name = self.phrases.measure(&named);
            names.push(named.name.clone());
            self.plan.hidden.push(named.name.clone());
            self.plan.measures.push(named);
        }
        let mut names = names.into_iter();
        let (one, other) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        let formula = match more {
            Some(true) => Formula::Difference { of: one, less: other },
            Some(false) => Formula::Difference { of: other, less: one },
            None => Formula::Distance { of: one, from: other },
        };
        let mut derived = Derived {
            name: String::new(),
            formula,
            percent: false,
        };
        derived.name = self.phrases.derived_name(&derived);
        self.plan.derived.push(derived);
        if let (Aggregate::Sum, Some(column)) = (of.function, of.column) {
            self.taken.push(Taken::Sum(self.table.name(column)));
        }
        self.done()
    }

    /// The one that has the most, or least, of all that are named.
    fn the_one(self, said: &Gathered, sides: &Sides, of: MeasureOf, more: bool) -> Result<Draft, Misfit> {
        let row = self.column(sides.column).is_some_and(|column| column.unique);
        let by = match of.column {
            Some(column) if row => By::Column(column),
            _ => By::Measure(of),
        };
        let pick = Pick {
            ranked: Ranked { by, descending: more },
            rows: None,
            passed: 0,
        };
        let asked = Gathered {
            columns: vec![sides.column],
            conditions: said.conditions.clone(),
            ..Gathered::default()
        };
        self.superlative(&asked, pick)
    }
}

/// Things of one column that are held against one another.
struct Sides {
    column: usize,
    texts: Vec<String>,
}

/// The things that are compared, and the conditions that hold for all of them.
fn sides(said: &Gathered, table: &super::Table<'_>) -> Result<(Sides, Vec<Condition>), Misfit> {
    let chosen = |condition: &Condition| -> Option<(usize, Vec<String>)> {
        let texts = |values: &[Value]| {
            let text = |value: &Value| match value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            };
            values.iter().map(text).collect::<Option<Vec<_>>>()
        };
        match condition {
            Condition::Compare {
                column,
                comparison: Comparison::Eq,
                value: Value::Text(text),
            } => Some((table.number(column)?, vec![text.clone()])),
            Condition::In { column, values } => Some((table.number(column)?, texts(values)?)),
            _ => None,
        }
    };
    let mut found: Option<Sides> = None;
    let mut rest = Vec::new();
    for condition in &said.conditions {
        let fits = chosen(condition).filter(|(column, texts)| match &said.versus {
            Some((other, _)) => column == other && texts.len() == 1,
            None => texts.len() > 1,
        });
        match (fits, &found) {
            (Some((column, texts)), None) => found = Some(Sides { column, texts }),
            (Some(_), Some(_)) => return Err(Misfit::Unconnected),
            (None, _) => rest.push(condition.clone()),
        }
    }
    let mut found = found.ok_or(Misfit::Unconnected)?;
    if let Some((_, texts)) = &said.versus {
        let [text] = texts.as_slice() else {
            return Err(Misfit::Unconnected);
        };
        if found.texts.contains(text) {
            return Err(Misfit::Contradiction);
        }
        found.texts.push(text.clone());
    }
    Ok((found, rest))
}
