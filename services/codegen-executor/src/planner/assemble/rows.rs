//! Rows as they are.

use schemas::plan::{Aggregate, Comparison, Condition};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::super::gather::{Gathered, Misfit};
use super::super::headers;
use super::super::part::{By, MeasureOf};
use super::super::table::Column;
use super::builder::{Builder, leave_out};
use super::{Draft, Taken, is_category, one};

impl Builder<'_> {
    /// Rows as they are.
    pub(super) fn listed(mut self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
        if let Some(kinds) = self.kinds_alone(said) {
            return self.listed(&kinds);
        }
        let nothing = said.columns.is_empty()
            && said.conditions.is_empty()
            && !said.rows
            && said.order.is_empty()
            && said.limit.is_none();
        if nothing {
            return Err(Misfit::NothingAsked);
        }
        let only_numbered = said
            .columns
            .iter()
            .all(|column| self.column(*column).is_some_and(|column| column.identifies));
        if said.quantity
            && (!said.in_unit || said.counting && !said.columns.is_empty())
            && only_numbered
            && said.order.is_empty()
            && said.limit.is_none()
            && said.rank.is_none()
        {
            self.measure(MeasureOf::ROWS);
            return Ok(vec![self.done()]);
        }
        if said.rank.is_some() || (said.how_much && said.columns.is_empty()) {
            return Err(Misfit::NoOrder);
        }
        if said.limit.is_some() && said.order.is_empty() && !(said.rows && said.columns.is_empty()) {
            return Err(Misfit::NoOrder);
        }
        if said.counted.is_some() && said.order.is_empty() {
            return Err(Misfit::NoOrder);
        }
        // "hybrids with AWD": a truth value beside what is asked for says which rows, and is not asked for.
        let truth = |column: &&usize| {
            self.column(**column)
                .is_some_and(|column| column.kind() == ColumnType::Bool || column.holds_truths())
        };
        let beside = said.columns.len() > 1 || said.rows;
        // "Which resorts have a park": those that do.
        let alone = said.asked_rows
            && said.rows
            && !said.columns.is_empty()
            && said.columns.iter().all(|column| truth(&column));
        if alone
            || beside && !self.is_pinned(&said.conditions) && said.apart.iter().any(|column| truth(&column))
        {
            return Err(Misfit::Unconnected);
        }
        // "the episode X": of its one value nothing is asked but what is said already.
        let told = |condition: &Condition| match condition {
            Condition::Compare {
                column,
                comparison: Comparison::Eq,
                value: Value::Text(_),
            } => self.table.number(column),
            _ => None,
        };
        let told: Vec<usize> = said.conditions.iter().filter_map(told).collect();
        if !said.columns.is_empty()
            && said.columns.iter().all(|column| told.contains(column))
            && !said.quantity
        {
            return Err(Misfit::NothingAsked);
        }
        if self.orders_groups(said) {
            return self.groups_listed(said).map(one);
        }
        let sums = !said.columns.is_empty()
            && said.order.is_empty()
            && said
                .columns
                .iter()
                .all(|column| self.column(*column).is_some_and(|column| column.additive));
        if sums
            && said.counting
            && said
                .columns
                .iter()
                .any(|column| Some(*column) == self.table.money)
        {
            return Err(Misfit::Unconnected);
        }
        if sums && !self.is_pinned(&said.conditions) {
            let mut summed = Builder {
                plan: self.plan.clone(),
                taken: Vec::new(),
                ..self
            };
            for column in &said.columns {
                summed.taken.push(Taken::Sum(self.table.name(*column)));
                summed.measure(MeasureOf::over(Aggregate::Sum, *column));
            }
            let summed = summed.done();
            if said.how_much || !said.list {
                return Ok(vec![summed]);
            }
            // "show the revenue of T2": the sum, or the revenue of each row?
            self.select(&said.columns)?;
            return Ok(vec![summed, self.done()]);
        }
        if said.who && !self.table.of_people {
            let people: Vec<usize> = self.table.people().collect();
            let person = |column: &usize| {
                people.contains(column) || self.column(*column).is_some_and(|column| !column.unique)
            };
            match (said.columns.as_slice(), people.as_slice()) {
                // 哪些人去过深圳, where one column alone holds people.
                ([], [only]) if said.order.is_empty() && said.limit.is_none() => {
                    let said = Gathered {
                        columns: vec![*only],
                        distinct: true,
                        ..said.clone()
                    };
                    return self.listed(&said);
                }
                ([], _) => return Err(Misfit::NoLabel),
                // 项目是谁经办的: no project.
                (columns, _) if !columns.iter().any(person) => return Err(Misfit::NoLabel),
                _ => {}
            }
        }
        let number = |column: &usize| {
            self.column(*column)
                .is_some_and(|column| column.kind().is_number())
        };
        if said.how_much
            && !(self.is_pinned(&said.conditions) && said.columns.iter().any(number))
            && said.columns.iter().any(|column| {
                self.column(*column)
                    .is_none_or(|column| !column.kind().is_number())
            })
        {
            return Err(Misfit::Unconnected);
        }
        let numbers = !said.columns.is_empty()
            && said.columns.iter().all(|column| {
                self.column(*column)
                    .is_some_and(|column| column.kind().is_number() && !column.identifies)
            });
        let years = said.asked
            && matches!(said.columns.as_slice(), [only] if self.column(*only).is_some_and(Column::holds_years));
        if numbers
            && !years
            && !said.list
            && said.order.is_empty()
            && !said.distinct
            && !self.is_pinned(&said.conditions)
        {
            // "What is the price of apples": of one row its price, of several who knows what.
            return self.one_or_unknown(said);
        }
        // "sold more than 80 in total": of groups that nothing names.
        let bounds = |condition: &Condition| match condition {
            Condition::Compare { comparison, .. } => !matches!(comparison, Comparison::Eq | Comparison::Ne),
            _ => false,
        };
        if said.altogether && said.conditions.iter().any(bounds) {
            return Err(Misfit::Unconnected);
        }
        self.select(&self.looked_in(said))?;
        let shown = |column: &String| self.table.number(column);
        if !said.quantity
            && self
                .plan
                .select
                .iter()
                .filter_map(shown)
                .all(|shown| told.contains(&shown))
        {
            return Err(Misfit::NothingAsked);
        }
        self.add_label(said);
        self.order_rows(said)?;
        self.plan.distinct = said.distinct;
        let repeats = match said.columns.as_slice() {
            [only] => self.column(*only).is_some_and(|column| {
                let shared = !column.mostly_different && !said.list;
                is_category(column) && (!said.rows || said.asked || shared)
            }),
            _ => false,
        };
        let keywords = !said.list && !said.who && !said.respectively && said.order.is_empty();
        if ((said.which || keywords) && repeats || years && said.order.is_empty())
            && self.plan.limit.is_none()
        {
            // "which countries": each once.
            self.plan.distinct = true;
        }
        if self.plan.distinct {
            self.leave_out_missing();
        }
        Ok(vec![self.done()])
    }

    /// 项目名称里带“设备”的有哪些: what is asked for is the column that is looked in, where nothing else is named.
    fn looked_in(&self, said: &Gathered) -> Vec<usize> {
        let column = match said.conditions.as_slice() {
            [Condition::Contains { column, .. }] if said.which && !said.rows => self.table.number(column),
            _ => None,
        };
        match (said.columns.as_slice(), column) {
            ([], Some(column)) => vec![column],
            (columns, _) => columns.to_vec(),
        }
    }

    /// "Which countries do the runners come from": the countries, and not who comes from which.
    fn kinds_alone(&self, said: &Gathered) -> Option<Gathered> {
        let [one, other] = said.columns.as_slice() else {
            return None;
        };
        let kind = |column: usize| self.column(column).is_some_and(is_category);
        let names = |column: usize| self.table.label == Some(column) && !kind(column);
        let asked = if names(*one) && kind(*other) {
            *other
        } else {
            return None;
        };
        let asks = said.which
            && said.asked_at.is_none_or(|column| column == *other)
            && !said.and
            && !said.columns_listed
            && !said.list
            && !said.respectively
            && said.order.is_empty();
        asks.then(|| Gathered {
            columns: vec![asked],
            asked: true,
            ..said.clone()
        })
    }

    /// "Rank the categories by sales": of what many rows share, each is meant once.
    fn orders_groups(&self, said: &Gathered) -> bool {
        let shared = |column: &usize| {
            self.column(*column)
                .is_some_and(|column| is_category(column) && !column.mostly_different)
        };
        let by_number = said.order.iter().any(|ranked| match ranked.by {
            By::Column(column) => {
                !said.columns.contains(&column)
                    && self
                        .column(column)
                        .is_some_and(|column| column.kind().is_number())
            }
            By::Measure(_) | By::Compared(..) | By::Result => false,
        });
        by_number && !said.rows && !said.columns.is_empty() && said.columns.iter().all(shared)
    }

    /// "What breeds are there": what is not known of some rows is no breed.
    fn leave_out_missing(&mut self) {
        let [only] = self.plan.select.as_slice() else {
            return;
        };
        let gaps = self
            .table
            .number(only)
            .and_then(|column| self.column(column))
            .is_some_and(|column| column.profile.nulls > 0);
        if gaps {
            let only = only.clone();
            leave_out(&mut self.plan, only);
        }
    }

    /// Numbers that are the answer where one row has them, and need a function else: readings that agree only then.
    pub(super) fn one_or_unknown(self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
        let mut readings = Vec::new();
        // "the average GPA of the courses in physics", where each course has one: neither their sum nor a list.
        let means = said.columns.iter().all(|column| {
            self.column(*column)
                .is_some_and(|column| headers::says_mean(column.name()))
        });
        if means {
            let mut builder = self;
            for column in &said.columns {
                builder.measure(MeasureOf::over(Aggregate::Mean, *column));
            }
            return Ok(vec![builder.done()]);
        }
        for function in [None, Some(Aggregate::Sum), Some(Aggregate::Mean)] {
            let mut builder = Builder {
                plan: self.plan.clone(),
                taken: Vec::new(),
                ..self
            };
            for column in &said.columns {
                match function {
                    Some(function) => {
                        builder.measure(MeasureOf::over(function, *column));
                    }
                    None => builder.plan.select.push(self.table.name(*column)),
                }
            }
            readings.push(builder.done());
        }
        Ok(readings)
    }
}
