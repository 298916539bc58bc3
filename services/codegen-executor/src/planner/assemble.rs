//! From what a question says to the plans that it may mean.

use schemas::plan::{Aggregate, Comparison, Condition, GroupKey, Limit, Measure, Order, Plan};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::gather::{Gathered, Misfit};
use super::part::{By, Key, MeasureOf, Pick, Ranked};
use super::table::{Column, Table};
use crate::words::Phrases;

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
    let said = settle(said);
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
fn settle(mut said: Gathered) -> Gathered {
    if let (Some((rows, last)), Some(by), None) = (said.limit, said.rank, said.pick) {
        said.pick = Some(Pick {
            ranked: Ranked {
                by,
                descending: !last,
            },
            rows: Some(rows),
            of: None,
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
        && said.how_much
        && said.columns.is_empty()
        && said.measures.is_empty()
    {
        let function = if descending {
            Aggregate::Max
        } else {
            Aggregate::Min
        };
        said.measures.push(MeasureOf::over(function, column));
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

struct Builder<'a> {
    table: &'a Table<'a>,
    phrases: &'a dyn Phrases,
    taken: Vec<Taken>,
    plan: Plan,
}

impl Builder<'_> {
    fn done(self) -> Draft {
        Draft {
            plan: self.plan,
            taken: self.taken,
        }
    }

    /// The rows, or groups, with the largest or smallest of something.
    fn superlative(mut self, said: &Gathered, pick: Pick) -> Result<Draft, Misfit> {
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
        let descending = pick.ranked.descending;
        let mut entities: Vec<usize> = said.columns.clone();
        match pick.ranked.by {
            By::Column(by) => {
                entities.retain(|column| *column != by);
                let keys = self.keys(&said.keys)?;
                let category = match entities.as_slice() {
                    [only] => self
                        .column(*only)
                        .filter(|column| is_category(column))
                        .map(|_| *only),
                    _ => None,
                };
                let additive = self.column(by).is_some_and(|column| column.additive);
                let by_group = !keys.is_empty() || (category.is_some() && additive && !said.rows);
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
                self.group_by(&entities);
                if self.plan.group.is_empty() {
                    let label = self
                        .table
                        .label
                        .filter(|_| said.rows || said.who || said.which)
                        .ok_or(Misfit::NoLabel)?;
                    // How often a row's own name occurs is hardly asked.
                    if measure == MeasureOf::ROWS && self.column(label).is_some_and(|label| label.unique) {
                        return Err(Misfit::NoLabel);
                    }
                    self.group_by(&[label]);
                }
                let name = self.measure(measure);
                for more in &said.measures {
                    self.measure(*more);
                }
                self.plan.order = vec![Order { by: name, descending }];
                self.having(said);
            }
            By::Result => return Err(Misfit::NoOrder),
        }
        self.plan.limit = Some(Limit { rows, ties: true });
        self.taken.push(Taken::Ties);
        Ok(self.done())
    }

    /// Functions over all rows or over groups.
    fn measured(mut self, said: &Gathered) -> Result<Draft, Misfit> {
        if said.distinct && !said.columns.is_empty() {
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
            let in_list =
                said.list || said.and || said.which || said.columns.len() > 1 || !said.keys.is_empty();
            if !column.kind().is_number() && !in_list {
                return Err(Misfit::Unconnected);
            }
            if !column.kind().is_number() {
                // "the country and the number of singers": one number for each country.
                self.group_by(&[*number]);
            } else if column.additive && !self.plan.group.is_empty() {
                self.taken.push(Taken::Sum(name));
                self.measure(MeasureOf::over(Aggregate::Sum, *number));
            } else {
                return Err(Misfit::NoFunction(*number));
            }
        }
        self.having(said);
        self.order_groups(said)?;
        Ok(self.done())
    }

    /// Groups without a function: sums of what can be summed.
    fn grouped(mut self, said: &Gathered) -> Result<Draft, Misfit> {
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
            if column.unique && !column.additive {
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
            if !said.rows && !said.spoken {
                return Err(Misfit::NothingAsked);
            }
            // "bookings per channel": how many.
            self.measure(MeasureOf::ROWS);
        }
        self.having(said);
        self.order_groups(said)?;
        Ok(self.done())
    }

    /// Values of columns that a condition on their groups holds for, or in the order of a measure of their groups.
    fn groups_listed(mut self, said: &Gathered) -> Result<Draft, Misfit> {
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
        self.having(said);
        self.order_groups(said)?;
        Ok(self.done())
    }

    /// Rows as they are.
    fn listed(mut self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
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
    fn one_or_unknown(self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
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

    /// The order and limit of rows.
    fn order_rows(&mut self, said: &Gathered) -> Result<(), Misfit> {
        for ranked in &said.order {
            let by = match ranked.by {
                By::Column(column) => self.table.name(column),
                By::Result => self.plan.select.first().cloned().ok_or(Misfit::NoOrder)?,
                By::Measure(_) => return Err(Misfit::Unconnected),
            };
            self.plan.order.push(Order {
                by,
                descending: ranked.descending,
            });
        }
        self.cut(said);
        Ok(())
    }

    /// The order and limit of groups.
    fn order_groups(&mut self, said: &Gathered) -> Result<(), Misfit> {
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

    fn cut(&mut self, said: &Gathered) {
        let rows = said.limit.map(|(rows, _)| rows).or(said.counted);
        self.plan.limit = rows.map(|rows| Limit {
            rows,
            ties: !self.plan.order.is_empty(),
        });
        if self.plan.limit.is_some_and(|limit| limit.ties) {
            self.taken.push(Taken::Ties);
        }
    }

    /// The measure that an order by a column means in groups.
    fn measure_over(&mut self, number: usize) -> Result<String, Misfit> {
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

    fn having(&mut self, said: &Gathered) {
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
    }

    fn keys(&self, keys: &[Key]) -> Result<Vec<GroupKey>, Misfit> {
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

    fn group_by(&mut self, columns: &[usize]) {
        for column in columns {
            let column = self.table.name(*column);
            if !self.plan.group.iter().any(|key| key.column == column) {
                self.plan.group.push(GroupKey { column, bucket: None });
            }
        }
    }

    /// The name that the result has for a key.
    fn key_name(&self, key: usize) -> String {
        crate::engine::aggregate::key_names(&self.plan.group)
            .into_iter()
            .nth(key)
            .unwrap_or_default()
    }

    /// Adds a measure, unless it is there, and returns its name.
    fn measure(&mut self, measure: MeasureOf) -> String {
        let column = measure.column.map(|column| self.table.name(column));
        let known = self
            .plan
            .measures
            .iter()
            .find(|other| other.function == measure.function && other.column == column);
        if let Some(known) = known {
            return known.name.clone();
        }
        let mut named = Measure {
            name: String::new(),
            function: measure.function,
            column,
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
    fn select(&mut self, columns: &[usize]) -> Result<(), Misfit> {
        self.plan.select = columns.iter().map(|column| self.table.name(*column)).collect();
        if self.plan.select.is_empty() {
            match self.table.label {
                Some(label) => {
                    let label = self.table.name(label);
                    self.taken.push(Taken::Label(label.clone()));
                    self.plan.select.push(label);
                }
                None => {
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

    /// Whether conditions leave one row at most.
    fn is_pinned(&self, conditions: &[Condition]) -> bool {
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

    fn column(&self, number: usize) -> Option<&Column<'_>> {
        self.table.column(number)
    }
}

/// Whether two conditions on one column leave no row for sure.
fn contradict(conditions: &[Condition]) -> bool {
    let mut flat: Vec<&Condition> = Vec::new();
    for condition in conditions {
        match condition {
            Condition::And { all } => flat.extend(all),
            other => flat.push(other),
        }
    }
    flat.iter()
        .enumerate()
        .any(|(at, one)| flat.iter().skip(at + 1).any(|other| exclude(one, other)))
}

fn exclude(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (
            Condition::Compare {
                column: a,
                comparison: Comparison::Eq,
                value: x,
            },
            Condition::Compare {
                column: b,
                comparison: Comparison::Eq,
                value: y,
            },
        ) => a == b && x != y,
        (
            Condition::Compare { column: a, .. } | Condition::Between { column: a, .. },
            Condition::Compare { column: b, .. } | Condition::Between { column: b, .. },
        ) if a == b => match (range(one), range(other)) {
            (Some((low, high)), Some((from, to))) => high < from || to < low,
            _ => false,
        },
        (
            Condition::TimeRange {
                column: a,
                from: f,
                until: u,
            },
            Condition::TimeRange {
                column: b,
                from: g,
                until: v,
            },
        ) => a == b && (u.zip(*g).is_some_and(|(u, g)| u <= g) || v.zip(*f).is_some_and(|(v, f)| v <= f)),
        _ => false,
    }
}

/// The numbers that a condition leaves, bounds included.
fn range(condition: &Condition) -> Option<(f64, f64)> {
    match condition {
        Condition::Compare {
            comparison, value, ..
        } => {
            let value = value.as_f64()?;
            match comparison {
                Comparison::Eq => Some((value, value)),
                Comparison::Lt | Comparison::Le => Some((f64::NEG_INFINITY, value)),
                Comparison::Gt | Comparison::Ge => Some((value, f64::INFINITY)),
                Comparison::Ne => None,
            }
        }
        Condition::Between { low, high, .. } => Some((low.as_f64()?, high.as_f64()?)),
        _ => None,
    }
}

/// Whether a column says what kind of thing a row is, rather than which one.
fn is_category(column: &Column<'_>) -> bool {
    !column.unique && !column.kind().is_number()
}
