//! Functions over all rows, or over groups.

use schemas::plan::{Aggregate, Condition, GroupKey};
use schemas::table::ColumnType;

use super::super::gather::{Gathered, Misfit};
use super::super::headers;
use super::super::part::{Key, MeasureOf};
use super::super::table::{Column, Table};
use super::builder::Builder;
use super::{Draft, Taken};

impl Builder<'_> {
    /// Functions over all rows or over groups.
    pub(super) fn measured(mut self, said: &Gathered) -> Result<Draft, Misfit> {
        let counts_different = said
            .measures
            .iter()
            .any(|measure| measure.function == Aggregate::CountDistinct);
        // "the different companies and the number of orchestras": each company once, with its number.
        let keyed = |column: &usize| said.keys.contains(&Key::Column(*column));
        let each_once = !said.columns.is_empty()
            && (said.and && said.measures == [MeasureOf::ROWS] || said.columns.iter().all(keyed));
        if said.distinct && !(counts_different && said.columns.is_empty()) && !each_once
            || said.combined && !said.keys.is_empty()
        {
            return Err(Misfit::Unconnected);
        }
        // "for each city, which one has the highest price": not how high it is.
        let highest = |measure: &MeasureOf| matches!(measure.function, Aggregate::Max | Aggregate::Min);
        if said.each && said.asked_rows && !said.keys.is_empty() && said.measures.iter().any(highest) {
            return Err(Misfit::Unconnected);
        }
        // How many rows one row is, nobody asks.
        if said.measures == [MeasureOf::ROWS] && said.keys.is_empty() && self.is_pinned(&said.conditions) {
            return Err(Misfit::Unconnected);
        }
        self.plan.group = self.keys(&said.keys)?;
        if said.each_value {
            let lists = said.conditions.iter().filter_map(|condition| match condition {
                Condition::In { column, .. } => self.table.number(column),
                _ => None,
            });
            self.group_by(&lists.collect::<Vec<_>>());
        }
        // "average quantity per order", where each row is an order: of all rows.
        let per_row = |key: &GroupKey| {
            key.bucket.is_none()
                && self
                    .table
                    .columns
                    .iter()
                    .any(|column| column.unique && column.name() == key.column)
        };
        let averages = said
            .measures
            .iter()
            .all(|measure| matches!(measure.function, Aggregate::Mean | Aggregate::Median));
        if averages && self.plan.group.iter().all(per_row) {
            self.plan.group.clear();
        }
        for measure in &said.measures {
            self.measure(*measure);
        }
        for number in &said.columns {
            let Some(column) = self.column(*number) else {
                continue;
            };
            let name = column.name().to_owned();
            let known = self.plan.group.iter().any(|key| key.column == name)
                || said.measures.iter().any(|measure| {
                    measure.column == Some(*number)
                        && measure.function != Aggregate::Sum
                        && column.kind().is_number()
                        && said.which
                });
            if known {
                continue;
            }
            if column.kind() == ColumnType::Bool {
                return Err(Misfit::Unconnected);
            }
            if column.unique && !column.kind().is_number() {
                // It names the rows; a group of each row is hardly meant.
                continue;
            }
            // "for each category, the title of the best one": no group of each title.
            if said.each
                && column.mostly_different
                && !column.kind().is_number()
                && !self.plan.group.is_empty()
            {
                return Err(Misfit::Unconnected);
            }
            let in_list =
                ((said.list || said.which) && said.and && !said.after_measure) || !said.keys.is_empty();
            // "average score of Italian restaurants": those that the rows are about.
            let bare = !said.list && !said.which && !said.and && !said.distinct;
            if !column.kind().is_number() && !in_list && bare && !said.conditions.is_empty() {
                continue;
            }
            if !column.kind().is_number() && !in_list {
                return Err(Misfit::Unconnected);
            }
            if !column.kind().is_number() {
                // "the country and the number of singers": one number for each country.
                self.group_by(&[*number]);
            } else if column.additive && !self.plan.group.is_empty() && (said.and || !said.function_said) {
                self.taken.push(Taken::Sum(name));
                self.measure(MeasureOf::over(Aggregate::Sum, *number));
            } else if headers::says_mean(&name) && said.and {
                // "the number of games and the average rating", where each game has its average.
                self.measure(MeasureOf::over(Aggregate::Mean, *number));
            } else {
                return Err(Misfit::NoFunction(*number));
            }
        }
        self.having(said)?;
        self.order_groups(said)?;
        Ok(self.done())
    }

    /// Groups without a function: sums of what can be summed.
    pub(super) fn grouped(mut self, said: &Gathered) -> Result<Draft, Misfit> {
        if said.combined {
            return Err(Misfit::Unconnected);
        }
        if said.keys == [Key::Row] && said.having.is_empty() {
            self.select(&said.columns)?;
            if let Some(label) = self.table.label.map(|label| self.table.name(label))
                && !self.plan.select.contains(&label)
            {
                self.plan.select.insert(0, label);
            }
            self.order_rows(said)?;
            return Ok(self.done());
        }
        self.plan.group = self.keys(&said.keys)?;
        for number in &said.columns {
            let Some(column) = self.column(*number) else {
                continue;
            };
            if self.plan.group.iter().any(|key| key.column == column.name()) {
                continue;
            }
            if column.identifies || column.unique && !column.kind().is_number() {
                // "matches by month", where each match has its number.
                self.measure(MeasureOf::ROWS);
                continue;
            }
            if !column.additive {
                return Err(if column.kind().is_number() {
                    Misfit::NoFunction(*number)
                } else {
                    Misfit::Unconnected
                });
            }
            self.taken.push(Taken::Sum(column.name().to_owned()));
            self.measure(MeasureOf::over(Aggregate::Sum, *number));
        }
        if self.plan.measures.is_empty() && said.having.is_empty() && said.order.is_empty() {
            // "how much did each cashier take": money, where only one column has it.
            let money = self.table.money.filter(|money| {
                let summed = self.column(*money).is_some_and(|column| column.additive);
                summed && said.how_much && !said.quantity && !said.in_unit
            });
            if let Some(money) = money {
                self.taken.push(Taken::Sum(self.table.name(money)));
                self.measure(MeasureOf::over(Aggregate::Sum, money));
                self.order_groups(said)?;
                return Ok(self.done());
            }
            if !said.rows && !said.spoken {
                return Err(Misfit::NothingAsked);
            }
            // "bookings per channel": how many.
            self.measure(MeasureOf::ROWS);
        }
        self.having(said)?;
        self.order_groups(said)?;
        Ok(self.done())
    }

    /// Values of columns that a condition on their groups holds for, or in the order of a measure of their groups.
    pub(super) fn groups_listed(mut self, said: &Gathered) -> Result<Draft, Misfit> {
        let mut columns = said.columns.clone();
        if columns.is_empty() {
            columns.push(
                self.table
                    .label
                    .filter(|_| said.rows || said.who)
                    .ok_or(Misfit::NoLabel)?,
            );
        }
        let groups =
            |column: &Column<'_>| column.kind() != ColumnType::Float && !column.additive && !column.unique;
        if !columns
            .iter()
            .all(|column| self.column(*column).is_some_and(groups))
        {
            return Err(Misfit::Unconnected);
        }
        self.group_by(&columns);
        self.having(said)?;
        self.order_groups(said)?;
        Ok(self.done())
    }
}

/// Whether each value of a column is a mean already.
pub(super) fn means(table: &Table<'_>, column: usize) -> bool {
    table
        .column(column)
        .is_some_and(|column| headers::says_mean(column.name()))
}
