//! Rows as they are.

use schemas::plan::Aggregate;

use super::super::gather::{Gathered, Misfit};
use super::super::part::MeasureOf;
use super::builder::Builder;
use super::{Draft, Taken, is_category};

impl Builder<'_> {
    /// Rows as they are.
    pub(super) fn listed(mut self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
        let nothing = said.columns.is_empty()
            && said.conditions.is_empty()
            && !said.rows
            && said.order.is_empty()
            && said.limit.is_none();
        if nothing {
            return Err(Misfit::NothingAsked);
        }
        if said.quantity
            && !said.in_unit
            && said.columns.is_empty()
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
        let sums = !said.columns.is_empty()
            && said.order.is_empty()
            && said
                .columns
                .iter()
                .all(|column| self.column(*column).is_some_and(|column| column.additive));
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
        if said.who && said.columns.is_empty() && !self.table.of_people {
            return Err(Misfit::NoLabel);
        }
        if said.how_much
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
                    .is_some_and(|column| column.kind().is_number())
            });
        if numbers
            && !said.list
            && said.order.is_empty()
            && !said.distinct
            && !self.is_pinned(&said.conditions)
        {
            // "What is the price of apples": of one row its price, of several who knows what.
            return self.one_or_unknown(said);
        }
        self.select(&said.columns)?;
        self.order_rows(said)?;
        self.plan.distinct = said.distinct;
        let repeats = match said.columns.as_slice() {
            [only] => self
                .column(*only)
                .is_some_and(|column| is_category(column) && (!said.rows || said.asked)),
            _ => false,
        };
        if said.which && repeats && self.plan.limit.is_none() {
            // "which countries": each once.
            self.plan.distinct = true;
        }
        Ok(vec![self.done()])
    }

    /// Numbers that are the answer where one row has them, and need a function else: readings that agree only then.
    pub(super) fn one_or_unknown(self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
        let mut readings = Vec::new();
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
