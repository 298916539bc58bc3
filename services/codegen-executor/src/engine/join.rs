//! What another table holds of the rows of one.

use std::collections::HashMap;
use std::hash::Hash;

use polars::prelude::*;
use schemas::plan::{Join, Plan};
use schemas::table::{ColumnProfile, ColumnType, TableProfile};
use serde::{Deserialize, Serialize};

use super::PlanError;
use super::fold::Folded;

/// So much of what points into the other table has to be found there: where more is lost, it points somewhere else.
const NEARLY_ALL: f64 = 0.9;

/// What became of the rows that were given what another table holds of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matches {
    /// Rows whose row of the other table was found.
    pub found: u64,
    /// Rows that point at none that the other table has.
    pub lost: u64,
    /// Rows that point nowhere.
    pub empty: u64,
    /// Rows before.
    pub before: u64,
    /// Rows after.
    pub after: u64,
}

/// A table's profile with the columns that are taken over from another one behind its own.
///
/// # Errors
/// [`PlanError`] when one of the tables lacks a column, the key is of another type, or a name is taken.
pub fn profile(join: &Join, own: &TableProfile, other: &TableProfile) -> Result<TableProfile, PlanError> {
    let (column, key) = (named(own, &join.column)?, named(other, &join.key)?);
    if column.kind != key.kind || !matches!(key.kind, ColumnType::Int | ColumnType::Text) {
        return Err(PlanError::WrongKey {
            column: join.column.clone(),
            key: join.key.clone(),
        });
    }
    let mut joined = own.clone();
    joined.decisions.extend(other.decisions.iter().cloned());
    for taken in &join.columns {
        let column = named(other, &taken.column)?;
        if joined.columns.iter().any(|other| other.name == taken.name) {
            let name = taken.name.clone();
            return Err(PlanError::NameTaken { name });
        }
        joined.columns.push(ColumnProfile {
            name: taken.name.clone(),
            ..column.clone()
        });
    }
    Ok(joined)
}

/// Of a profile of both tables and the columns that a plan reads: those that are read of each table, with their names there.
#[must_use]
pub fn parted(join: &Join, profile: &TableProfile, read: &[String]) -> [TableProfile; 2] {
    let taken = |name: &str| join.columns.iter().find(|taken| taken.name == name);
    let of = |column: &ColumnProfile, name: &str| ColumnProfile {
        name: name.to_owned(),
        ..column.clone()
    };
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for column in &profile.columns {
        let points = column.name == join.column;
        if points {
            other.push(of(column, &join.key));
        }
        match taken(&column.name) {
            Some(taken) if read.contains(&column.name) && taken.column != join.key => {
                other.push(of(column, &taken.column));
            }
            None if points || read.contains(&column.name) => own.push(column.clone()),
            Some(_) | None => {}
        }
    }
    [own, other].map(|columns| TableProfile {
        name: String::new(),
        columns,
        rows: 0,
        decisions: Vec::new(),
        set_aside: Vec::new(),
    })
}

/// Gives each row of a frame the columns of the other one's row that it points at.
///
/// # Errors
/// [`PlanError`] when the other one holds a key twice, or not nearly all that is pointed at.
pub(super) fn add(
    join: &Join,
    own: &DataFrame,
    other: &DataFrame,
) -> Result<(DataFrame, Matches), PlanError> {
    let (column, key) = (own.column(&join.column)?, other.column(&join.key)?);
    let places = if let (Ok(column), Ok(key)) = (column.str(), key.str()) {
        let folded = |text: Option<&str>| text.map(|text| Folded::new(text).as_str().to_owned());
        places(column.iter().map(folded), key.iter().map(folded))
    } else {
        places(column.i64()?.iter(), key.i64()?.iter())
    };
    let places = places.ok_or_else(|| PlanError::KeyRepeats {
        key: join.key.clone(),
    })?;
    let rows = own.height();
    let empty = column.null_count();
    let found = places.len() - places.null_count();
    let pointing = rows - empty;
    #[expect(clippy::cast_precision_loss, reason = "rows of a table that fits into memory")]
    if pointing > 0 && (found as f64) < NEARLY_ALL * pointing as f64 {
        return Err(PlanError::KeyMisses {
            column: join.column.clone(),
            key: join.key.clone(),
            found: found as u64,
            of: pointing as u64,
        });
    }
    let mut columns = own.columns().to_vec();
    for taken in &join.columns {
        if let Ok(values) = other.column(&taken.column) {
            columns.push(values.take(&places)?.with_name(taken.name.as_str().into()));
        }
    }
    let joined = DataFrame::new(rows, columns)?;
    let matches = Matches {
        found: found as u64,
        lost: (pointing - found) as u64,
        empty: empty as u64,
        before: rows as u64,
        after: joined.height() as u64,
    };
    Ok((joined, matches))
}

/// The place of each value among keys; none where a key is there twice.
fn places<K: Hash + Eq>(
    values: impl Iterator<Item = Option<K>>,
    keys: impl Iterator<Item = Option<K>>,
) -> Option<IdxCa> {
    let mut held = HashMap::new();
    for (place, key) in (0..).zip(keys) {
        let Some(key) = key else { continue };
        if held.insert(key, place).is_some() {
            return None;
        }
    }
    let places = values.map(|value| value.and_then(|value| held.get(&value).copied()));
    Some(IdxCa::from_iter_options(PlSmallStr::EMPTY, places))
}

/// The columns of a plan's table that are taken over from another one.
pub(super) fn names(plan: &Plan) -> impl Iterator<Item = &str> {
    let columns = plan.join.iter().flat_map(|join| &join.columns);
    columns.map(|taken| taken.name.as_str())
}

fn named<'a>(profile: &'a TableProfile, name: &str) -> Result<&'a ColumnProfile, PlanError> {
    let found = profile.columns.iter().find(|column| column.name == name);
    found.ok_or_else(|| PlanError::UnknownColumn {
        column: name.to_owned(),
    })
}
