//! The rows or groups with the most of something.

use schemas::plan::{Aggregate, Limit, Order};
use schemas::table::ColumnType;

use super::super::gather::{Gathered, Misfit};
use super::super::part::{By, MeasureOf, Pick};
use super::super::table::Column;
use super::builder::Builder;
use super::{Draft, Taken, is_category};

impl Builder<'_> {
    /// The rows, or groups, with the largest or smallest of something.
    pub(super) fn superlative(mut self, said: &Gathered, pick: Pick) -> Result<Draft, Misfit> {
        if !said.order.is_empty()
            || said.rank.is_some()
            || said.limit.is_some() && (pick.rows.is_some() || said.counted.is_some())
        {
            return Err(Misfit::TooMuch);
        }
        let rows = pick
            .rows
            .or(said.counted)
            .or(said.limit.map(|(rows, _)| rows))
            .unwrap_or(1);
        if pick.passed > 0 && rows != 1 {
            return Err(Misfit::TooMuch);
        }
        let descending = pick.ranked.descending;
        let mut entities: Vec<usize> = said.columns.clone();
        match pick.ranked.by {
            By::Column(by) => {
                entities.retain(|column| *column != by);
                // "which product sold the largest quantity": not the one with the largest sales.
                let other = |column: &usize| {
                    self.column(*column)
                        .is_some_and(|column| column.kind().is_number() && !column.identifies)
                };
                let asks_whose = (said.asked || said.asked_rows) && !said.and && !said.list;
                if asks_whose && !said.how_much && !said.quantity && entities.iter().any(other) {
                    let name = |column: &usize| !other(column);
                    if entities.iter().any(name) {
                        return Err(Misfit::Unconnected);
                    }
                }
                let keys = self.keys(&said.keys)?;
                let category = match entities.as_slice() {
                    [only] => self
                        .column(*only)
                        .filter(|column| is_category(column) && !column.tells_rows())
                        .map(|_| *only),
                    _ => None,
                };
                let additive = self.column(by).is_some_and(|column| column.additive);
                // "the tallest building in each city": of each city its own, and not the tallest one of all.
                if said.each && !keys.is_empty() {
                    return Err(Misfit::Unconnected);
                }
                let by_group =
                    !keys.is_empty() || (category.is_some() && additive && !said.rows && !said.spoken);
                if by_group {
                    if !keys.is_empty() && !entities.is_empty() {
                        return Err(Misfit::Unconnected);
                    }
                    let function = match (additive, descending) {
                        (true, _) => Aggregate::Sum,
                        (false, true) => Aggregate::Max,
                        (false, false) => Aggregate::Min,
                    };
                    if additive {
                        self.taken.push(Taken::Sum(self.table.name(by)));
                    }
                    self.plan.group = keys;
                    self.group_by(&entities);
                    let name = self.measure(MeasureOf::over(function, by));
                    self.plan.order = vec![Order { by: name, descending }];
                } else {
                    if !said.measures.is_empty() || !said.having.is_empty() {
                        return Err(Misfit::Unconnected);
                    }
                    self.select(&entities)?;
                    self.add_label(said);
                    let name = self.table.name(by);
                    if !self.plan.select.contains(&name) {
                        self.plan.select.push(name.clone());
                    }
                    self.plan.order = vec![Order { by: name, descending }];
                }
            }
            By::Measure(measure) => {
                self.plan.group = self.keys(&said.keys)?;
                let groups = |column: &usize| {
                    self.column(*column)
                        .is_some_and(|column| !column.additive && column.kind() != ColumnType::Float)
                };
                if !entities.iter().all(groups) {
                    return Err(Misfit::Unconnected);
                }
                let own = |column: &usize| {
                    self.column(*column)
                        .is_some_and(|column| column.unique || column.tells_rows())
                };
                if measure == MeasureOf::ROWS && entities.iter().any(own) {
                    return Err(Misfit::NoLabel);
                }
                self.group_by(&entities);
                if self.plan.group.is_empty() {
                    if said.who && !self.table.of_people {
                        return Err(Misfit::NoLabel);
                    }
                    let label = self
                        .table
                        .label
                        .filter(|label| {
                            // "which" alone asks for no mean of each single row.
                            let single = self.column(*label).is_some_and(|label| label.unique);
                            said.rows || said.who || said.which && !single
                        })
                        .ok_or(Misfit::NoLabel)?;
                    // "How many days did the longest trip take": of one row its number, and no sum.
                    let asks_which = said.which || said.who || said.list;
                    if !asks_which && self.column(label).is_some_and(|label| label.unique) {
                        return Err(Misfit::NoLabel);
                    }
                    // How often a row's own name occurs is hardly asked.
                    let own = |label: &Column<'_>| label.unique || label.mostly_different;
                    if measure == MeasureOf::ROWS && self.column(label).is_some_and(own) {
                        return Err(Misfit::NoLabel);
                    }
                    self.group_by(&[label]);
                }
                let name = self.measure(measure);
                for more in &said.measures {
                    self.measure(*more);
                }
                self.plan.order = vec![Order { by: name, descending }];
                self.having(said)?;
            }
            By::Compared(how, of, other) => {
                self.plan.group = self.keys(&said.keys)?;
                let groups = |column: &usize| self.column(*column).is_some_and(is_category);
                if !said.measures.is_empty() || !said.having.is_empty() || !entities.iter().all(groups) {
                    return Err(Misfit::Unconnected);
                }
                self.group_by(&entities);
                if self.plan.group.is_empty() {
                    return Err(Misfit::NoLabel);
                }
                let name = self.compare(how, of, other, false);
                self.plan.order = vec![Order { by: name, descending }];
            }
            By::Result => return Err(Misfit::NoOrder),
        }
        self.plan.limit = Some(Limit {
            rows,
            ties: true,
            skip: pick.passed,
        });
        self.taken.push(Taken::Ties);
        Ok(self.done())
    }
}
