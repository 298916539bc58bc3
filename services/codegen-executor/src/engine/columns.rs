//! Names and types of columns as a plan sees them, and the engine's own names for them.

use std::collections::{BTreeSet, HashMap};

use polars::prelude::*;
use schemas::plan::{Condition, Plan};
use schemas::table::{ColumnType, TableProfile};

use super::{PlanError, SAMPLE_COLUMNS, computed};
use crate::precision;

/// A column that a condition, a key or a measure can name.
#[derive(Debug, Clone)]
pub struct Known {
    /// The name in the plan.
    pub name: String,
    /// The engine's name for it.
    pub physical: String,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether its floats were computed, so that their last digits mean nothing.
    pub computed: bool,
    /// Below which size a number that was computed from it is none.
    pub noise: f64,
}

/// The columns of a table, or of an aggregated one.
#[derive(Debug, Default)]
pub struct Columns {
    list: Vec<Known>,
    /// How many of them are the table's own; what a plan computes comes behind.
    own: usize,
    by_name: HashMap<String, usize>,
}

impl Columns {
    /// The columns of a table, and those that a plan computes: `c0`, `c1`, …
    ///
    /// # Errors
    /// [`PlanError`] when something can't be computed, or is called like a column that is there.
    pub fn of(plan: &Plan, profile: &TableProfile) -> Result<Self, PlanError> {
        let mut columns = Self::default();
        for (place, column) in profile.columns.iter().enumerate() {
            columns.add(Known {
                name: column.name.clone(),
                physical: format!("c{place}"),
                kind: column.kind,
                computed: false,
                noise: precision::noise(column),
            });
        }
        columns.own = columns.list.len();
        for (place, computed) in plan.computed.iter().enumerate() {
            if columns.by_name.contains_key(&computed.name) {
                let name = computed.name.clone();
                return Err(PlanError::NameTaken { name });
            }
            let result = computed::profile(computed, profile)?;
            let operands = computed::operands(&computed.formula).into_iter();
            let noise = operands.filter_map(|name| Some(columns.get(name).ok()?.noise));
            columns.add(Known {
                name: computed.name.clone(),
                physical: format!("x{place}"),
                kind: result.kind,
                computed: result.kind == ColumnType::Float,
                noise: noise.fold(precision::noise(&result), f64::max),
            });
        }
        Ok(columns)
    }

    /// Adds a column; of two with the same name the first is found.
    pub fn add(&mut self, column: Known) {
        self.by_name.entry(column.name.clone()).or_insert(self.list.len());
        self.list.push(column);
    }

    /// A column by its name.
    ///
    /// # Errors
    /// [`PlanError::UnknownColumn`].
    pub fn get(&self, name: &str) -> Result<&Known, PlanError> {
        self.by_name
            .get(name)
            .and_then(|place| self.list.get(*place))
            .ok_or_else(|| PlanError::UnknownColumn {
                column: name.to_owned(),
            })
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|column| column.name.as_str())
    }

    /// Names of the table's own columns, in order.
    pub fn own_names(&self) -> impl Iterator<Item = &str> {
        self.names().take(self.own)
    }

    /// The columns of the table that a plan reads, those that it computes something from among them, in the order of the
    /// table.
    pub(super) fn read_by(&self, plan: &Plan) -> Result<Vec<String>, PlanError> {
        let used = self.used_by(plan)?;
        let computed = plan
            .computed
            .iter()
            .filter(|computed| used.contains(&computed.name));
        let operands = computed.flat_map(|computed| computed::operands(&computed.formula));
        let names: BTreeSet<&str> = used.iter().map(String::as_str).chain(operands).collect();
        let mut read = self.in_order(&names)?;
        read.retain(|name| self.own_names().any(|own| own == name));
        Ok(read)
    }

    /// The columns that a plan names, its computed ones among them, in the order of the table.
    pub(crate) fn used_by(&self, plan: &Plan) -> Result<Vec<String>, PlanError> {
        let mut names = named_by(plan);
        let listing = plan.group.is_empty() && plan.measures.is_empty();
        if listing && plan.select.is_empty() {
            names.extend(self.own_names());
        }
        self.in_order(&names)
    }

    /// The columns that a condition looks into, in the order of the table.
    pub(super) fn used_by_condition(&self, condition: &Condition) -> Result<Vec<String>, PlanError> {
        let mut names = BTreeSet::new();
        condition_columns(condition, &mut names);
        self.in_order(&names)
    }

    fn in_order(&self, names: &BTreeSet<&str>) -> Result<Vec<String>, PlanError> {
        for name in names {
            self.get(name)?;
        }
        Ok(self
            .names()
            .filter(|name| names.contains(name))
            .map(str::to_owned)
            .collect())
    }

    /// What samples show of the columns that are read.
    pub(super) fn sampled(&self, read: &[String]) -> Vec<String> {
        read.iter().take(SAMPLE_COLUMNS).cloned().collect()
    }

    /// Columns of a frame that has the table's names, under the engine's.
    pub(super) fn select(&self, frame: &DataFrame, names: &[String]) -> Result<DataFrame, PlanError> {
        let mut selected = Vec::with_capacity(names.len());
        for name in names {
            let known = self.get(name)?;
            selected.push(
                frame
                    .column(name)?
                    .clone()
                    .with_name(known.physical.as_str().into()),
            );
        }
        Ok(DataFrame::new(frame.height(), selected)?)
    }

    /// Those of some columns that a frame has under the engine's names: (name, engine's name).
    pub(super) fn present(&self, frame: &DataFrame, names: &[String]) -> Vec<(String, String)> {
        names
            .iter()
            .filter_map(|name| self.get(name).ok())
            .filter(|known| frame.column(&known.physical).is_ok())
            .map(|known| (known.name.clone(), known.physical.clone()))
            .collect()
    }
}

/// Names of columns in a plan, of the table or computed.
#[must_use]
pub fn named_by(plan: &Plan) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    if let Some(filter) = &plan.filter {
        condition_columns(filter, &mut names);
    }
    names.extend(plan.group.iter().map(|key| key.column.as_str()));
    for measure in &plan.measures {
        names.extend(measure.column.as_deref());
        if let Some(filter) = &measure.filter {
            condition_columns(filter, &mut names);
        }
    }
    if plan.group.is_empty() && plan.measures.is_empty() {
        names.extend(plan.order.iter().map(|order| order.by.as_str()));
        names.extend(plan.select.iter().map(String::as_str));
    }
    names
}

/// Names of the columns that a condition looks into.
#[must_use]
pub fn columns_of(condition: &Condition) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    condition_columns(condition, &mut names);
    names
}

fn condition_columns<'a>(condition: &'a Condition, names: &mut BTreeSet<&'a str>) {
    match condition {
        Condition::And { all: parts } | Condition::Or { any: parts } => {
            for part in parts {
                condition_columns(part, names);
            }
        }
        Condition::Not { condition } => condition_columns(condition, names),
        Condition::CompareColumns { left, right, .. } => {
            names.extend([left.as_str(), right.as_str()]);
        }
        Condition::Compare { column, .. }
        | Condition::Between { column, .. }
        | Condition::In { column, .. }
        | Condition::Contains { column, .. }
        | Condition::TimeRange { column, .. }
        | Condition::Missing { column }
        | Condition::CompareAggregate { column, .. } => {
            names.insert(column);
        }
    }
}
