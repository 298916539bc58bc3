//! A plan in the making.

use schemas::plan::{Aggregate, Comparison, Condition, GroupKey, Limit, Measure, Order, Plan};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::super::gather::{Gathered, Misfit};
use super::super::part::{By, Key, MeasureOf, Ranked};
use super::super::table::{Column, Table};
use super::{Draft, Taken};
use crate::engine;
use crate::words::Phrases;

/// A plan in the making, with what was taken for granted so far.
pub(super) struct Builder<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) phrases: &'a dyn Phrases,
    pub(super) taken: Vec<Taken>,
    pub(super) plan: Plan,
}

impl Builder<'_> {
    pub(super) fn done(self) -> Draft {
        let mut plan = self.plan;
        if plan.having.is_some() || plan.limit.is_some() {
            leave_out_unknown_keys(self.table, &mut plan);
        }
        let computed = {
            let named = engine::columns::named_by(&plan);
            self.table.computed(|name| named.contains(name))
        };
        plan.computed = computed;
        Draft {
            plan,
            taken: self.taken,
        }
    }

    /// The order and limit of rows.
    pub(super) fn order_rows(&mut self, said: &Gathered) -> Result<(), Misfit> {
        for ranked in &said.order {
            let by = match ranked.by {
                By::Column(column) => self.table.name(column),
                By::Result if said.sized => self.timed(said).ok_or(Misfit::NoOrder)?,
                By::Result => self.plan.select.first().cloned().ok_or(Misfit::NoOrder)?,
                By::Measure(_) | By::Compared(..) => return Err(Misfit::Unconnected),
            };
            let text = |column: usize| {
                self.column(column)
                    .is_some_and(|column| column.kind() == ColumnType::Text)
            };
            if said.by_size && self.table.number(&by).is_some_and(text) {
                return Err(Misfit::NoOrder);
            }
            self.plan.order.push(Order {
                by,
                descending: ranked.descending,
            });
        }
        self.cut(said);
        Ok(())
    }

    /// The order and limit of groups.
    pub(super) fn order_groups(&mut self, said: &Gathered) -> Result<(), Misfit> {
        let mut order: Vec<Ranked> = said.order.clone();
        let limit = said.limit.or(said.counted.map(|rows| (rows, false)));
        if let (true, Some((_, last)), [measure]) = (order.is_empty(), limit, self.plan.measures.as_slice()) {
            let by = By::Result;
            let _ = measure;
            order.push(Ranked {
                by,
                descending: !last,
            });
        }
        if let Some(by) = said.rank {
            if !order.is_empty() {
                return Err(Misfit::TooMuch);
            }
            order.push(Ranked { by, descending: true });
        }
        if self.plan.group.is_empty() {
            return if order.is_empty() && limit.is_none() {
                Ok(())
            } else {
                Err(Misfit::Unconnected)
            };
        }
        for ranked in order {
            let by = match ranked.by {
                By::Column(number) => {
                    let name = self.table.name(number);
                    if self
                        .plan
                        .group
                        .iter()
                        .any(|key| key.column == name && key.bucket.is_none())
                    {
                        name
                    } else if let Some(key) = self.plan.group.iter().position(|key| key.column == name) {
                        self.key_name(key)
                    } else {
                        self.measure_over(number)?
                    }
                }
                By::Measure(measure) => self.measure(measure),
                By::Compared(..) => return Err(Misfit::Unconnected),
                By::Result => match self.plan.measures.as_slice() {
                    [measure] => measure.name.clone(),
                    [] => self.key_name(0),
                    _ => return Err(Misfit::NoOrder),
                },
            };
            self.plan.order.push(Order {
                by,
                descending: ranked.descending,
            });
        }
        if limit.is_some() && self.plan.order.is_empty() {
            return Err(Misfit::NoOrder);
        }
        self.cut(said);
        Ok(())
    }

    pub(super) fn cut(&mut self, said: &Gathered) {
        let rows = said.limit.map(|(rows, _)| rows).or(said.counted);
        self.plan.limit = rows.map(|rows| Limit {
            rows,
            ties: !self.plan.order.is_empty(),
            skip: 0,
        });
        if self.plan.limit.is_some_and(|limit| limit.ties) {
            self.taken.push(Taken::Ties);
        }
    }

    /// The measure that an order by a column means in groups.
    pub(super) fn measure_over(&mut self, number: usize) -> Result<String, Misfit> {
        let name = self.table.name(number);
        let over: Vec<String> = self
            .plan
            .measures
            .iter()
            .filter(|measure| measure.column.as_ref() == Some(&name))
            .map(|measure| measure.name.clone())
            .collect();
        match over.as_slice() {
            [only] => Ok(only.clone()),
            [] if self.column(number).is_some_and(|column| column.additive) => {
                self.taken.push(Taken::Sum(name));
                Ok(self.measure(MeasureOf::over(Aggregate::Sum, number)))
            }
            _ => Err(Misfit::NoFunction(number)),
        }
    }

    pub(super) fn having(&mut self, said: &Gathered) -> Result<(), Misfit> {
        if !said.having.is_empty() && self.plan.group.is_empty() {
            return Err(Misfit::NoLabel);
        }
        let mut all: Vec<Condition> = Vec::new();
        for having in &said.having {
            let shown = self.plan.measures.len();
            let column = self.measure(having.measure);
            if self.plan.measures.len() > shown {
                self.plan.hidden.push(column.clone());
            }
            all.push(Condition::Compare {
                column,
                comparison: having.comparison,
                value: having.value.clone(),
            });
        }
        self.plan.having = match all.len() {
            0 | 1 => all.pop(),
            _ => Some(Condition::And { all }),
        };
        Ok(())
    }

    pub(super) fn keys(&self, keys: &[Key]) -> Result<Vec<GroupKey>, Misfit> {
        keys.iter()
            .map(|key| {
                let (column, bucket) = match key {
                    Key::Column(column) => (*column, None),
                    Key::Span(column, bucket) => (column.ok_or(Misfit::NoLabel)?, Some(*bucket)),
                    Key::Row => (self.table.label.ok_or(Misfit::NoLabel)?, None),
                };
                // A day is its own span.
                let bucket = bucket.filter(|bucket| {
                    *bucket != schemas::plan::Bucket::Day
                        || self
                            .column(column)
                            .is_some_and(|column| column.kind() == ColumnType::Datetime)
                });
                Ok(GroupKey {
                    column: self.table.name(column),
                    bucket,
                })
            })
            .collect()
    }

    pub(super) fn group_by(&mut self, columns: &[usize]) {
        for column in columns {
            let column = self.table.name(*column);
            if !self.plan.group.iter().any(|key| key.column == column) {
                self.plan.group.push(GroupKey { column, bucket: None });
            }
        }
    }

    /// The name that the result has for a key.
    pub(super) fn key_name(&self, key: usize) -> String {
        engine::aggregate::key_names(&self.plan.group)
            .into_iter()
            .nth(key)
            .unwrap_or_default()
    }

    /// Adds a measure, unless it is there, and returns its name.
    pub(super) fn measure(&mut self, measure: MeasureOf) -> String {
        let column = measure.column.map(|column| self.table.name(column));
        let known = self.plan.measures.iter().find(|other| {
            other.function == measure.function && other.column == column && other.filter.is_none()
        });
        if let Some(known) = known {
            return known.name.clone();
        }
        let mut named = Measure {
            name: String::new(),
            function: measure.function,
            column,
            filter: None,
        };
        named.name = self.phrases.measure(&named);
        while self.plan.group.iter().any(|key| key.column == named.name) {
            named.name.push('*');
        }
        let name = named.name.clone();
        self.plan.measures.push(named);
        name
    }

    /// What rows are shown by: the columns that are named, else the one that names them, else all.
    pub(super) fn select(&mut self, columns: &[usize]) -> Result<(), Misfit> {
        self.plan.select = columns.iter().map(|column| self.table.name(*column)).collect();
        if self.plan.select.is_empty() {
            let numbered = || self.table.columns.iter().position(|column| column.identifies);
            match self.table.label.or_else(numbered) {
                Some(label) => {
                    // Who it is, is said by first and last name.
                    let names = self.table.names.filter(|names| names.contains(&label));
                    let shown = names.map_or(vec![label], |names| names.to_vec());
                    let shown = shown.into_iter().map(|column| self.table.name(column));
                    self.plan.select.extend(shown);
                    let label = self.plan.select.join(" ");
                    self.taken.push(Taken::Label(label));
                }
                None => {
                    self.taken.push(Taken::Everything);
                    self.plan.select = self
                        .table
                        .columns
                        .iter()
                        .map(|column| column.name().to_owned())
                        .collect()
                }
            }
        }
        Ok(())
    }

    /// What is newer or older: the column of times among those that are shown, else the only one that there is.
    fn timed(&self, said: &Gathered) -> Option<String> {
        let dated = |column: &&usize| {
            self.column(**column)
                .is_some_and(|column| column.kind().is_time() || column.holds_years())
        };
        let shown = said.columns.iter().find(dated);
        let only = match self.table.times.as_slice() {
            [only] => Some(*only),
            [] => {
                let years = |at: &usize| self.column(*at).is_some_and(Column::holds_years);
                let mut all = (0..self.table.columns.len()).filter(years);
                all.next().filter(|_| all.next().is_none())
            }
            _ => None,
        };
        shown.copied().or(only).map(|column| self.table.name(column))
    }

    /// "the films and their directors": the column that names the rows stands first.
    pub(super) fn add_label(&mut self, said: &Gathered) {
        // 最长的是哪条，票价是多少: which one, and how much.
        let both = said.pick.is_some()
            && said.rows
            && (said.which && said.how_much || said.asking > 1 && !said.columns.is_empty());
        if let (true, Some(label)) = (said.and_its || both, self.table.label) {
            let label = self.table.name(label);
            if !self.plan.select.contains(&label) {
                self.plan.select.insert(0, label);
            }
        }
    }

    /// Whether conditions leave one row at most.
    pub(super) fn is_pinned(&self, conditions: &[Condition]) -> bool {
        conditions.iter().any(|condition| match condition {
            Condition::Compare {
                column,
                comparison: Comparison::Eq,
                value,
            } => {
                !matches!(value, Value::Bool(_))
                    && self
                        .table
                        .number(column)
                        .and_then(|column| self.column(column))
                        .is_some_and(|column| column.unique)
            }
            _ => false,
        })
    }

    pub(super) fn column(&self, number: usize) -> Option<&Column<'_>> {
        self.table.column(number)
    }
}

/// Leaves out the rows of no known group: those that are picked are known.
fn leave_out_unknown_keys(table: &Table<'_>, plan: &mut Plan) {
    leave_out_unjoined(table, plan);
    let keys: Vec<String> = plan.group.iter().map(|key| key.column.clone()).collect();
    for key in keys {
        leave_out_where_missing(table, plan, key);
    }
}

/// "How many animals does each keeper have": what points at no keeper is no keeper's.
pub(super) fn leave_out_unjoined(table: &Table<'_>, plan: &mut Plan) {
    let own = table.columns.len() - table.view.joined.map_or(0, |joined| joined.columns.len());
    let of_theirs = |key: &GroupKey| table.number(&key.column).is_some_and(|column| column >= own);
    let pointer = table.view.joined.map(|joined| joined.join.column.clone());
    if let Some(pointer) = pointer.filter(|_| plan.group.iter().any(of_theirs)) {
        leave_out_where_missing(table, plan, pointer);
    }
}

fn leave_out_where_missing(table: &Table<'_>, plan: &mut Plan, name: String) {
    let column = table.number(&name).and_then(|column| table.column(column));
    let missing = Condition::Missing { column: name.clone() };
    let said = match &plan.filter {
        Some(Condition::And { all }) => all.contains(&not(missing)),
        Some(one) => *one == not(missing),
        None => false,
    };
    if !said && column.is_some_and(|column| column.profile.nulls > 0) {
        leave_out(plan, name);
    }
}

fn not(condition: Condition) -> Condition {
    Condition::Not {
        condition: Box::new(condition),
    }
}

/// Adds to a plan's conditions that something is there.
pub(super) fn leave_out(plan: &mut Plan, column: String) {
    let some = not(Condition::Missing { column });
    plan.filter = Some(match plan.filter.take() {
        None => some,
        Some(Condition::And { mut all }) => {
            all.push(some);
            Condition::And { all }
        }
        Some(one) => Condition::And { all: vec![one, some] },
    });
}
