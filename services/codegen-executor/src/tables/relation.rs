//! What a plan reads: a table, or a table with what another one holds of its rows.

use std::borrow::Cow;

use sandbox::{Input, SandboxError};
use schemas::plan::{Plan, TableRef};
use schemas::table::TableProfile;
use schemas::trail::Source;

use super::Table;
use crate::engine::{PlanError, join};
use crate::words::Phrases;

/// The tables of a plan.
#[derive(Debug, Clone)]
pub struct Relation<'a> {
    own: &'a Table,
    other: Option<&'a Table>,
    /// Of the columns of both.
    pub profile: Cow<'a, TableProfile>,
}

impl<'a> Relation<'a> {
    /// Finds the tables of a plan among others.
    ///
    /// # Errors
    /// [`PlanError`] when one is not there, or they can't be joined as the plan says.
    pub fn of(plan: &Plan, tables: &'a [Table]) -> Result<Self, PlanError> {
        let find = |reference: &TableRef| {
            let found = tables.iter().find(|table| table.reference == *reference);
            found.ok_or_else(|| PlanError::UnknownColumn {
                column: reference.index.to_string(),
            })
        };
        let own = find(&plan.table)?;
        let Some(join) = &plan.join else {
            return Ok(Self {
                own,
                other: None,
                profile: Cow::Borrowed(&own.data.profile),
            });
        };
        let other = find(&join.table)?;
        let profile = join::profile(join, &own.data.profile, &other.data.profile)?;
        Ok(Self {
            own,
            other: Some(other),
            profile: Cow::Owned(profile),
        })
    }

    /// The plan's own table, and behind it the one that is joined.
    pub fn tables(&self) -> impl Iterator<Item = &'a Table> {
        std::iter::once(self.own).chain(self.other)
    }

    /// Their Parquet, for one more worker.
    ///
    /// # Errors
    /// When the system has no more descriptors.
    pub fn inputs(&self) -> Result<Vec<Input>, SandboxError> {
        self.tables().map(|table| table.data.parquet()).collect()
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> Vec<&'a str> {
        self.tables().map(|table| table.source.table.as_str()).collect()
    }

    /// Where they come from.
    #[must_use]
    pub fn sources(&self) -> Vec<Source> {
        self.tables().map(|table| table.source.clone()).collect()
    }

    /// What they are called together.
    #[must_use]
    pub fn called(&self, phrases: &dyn Phrases) -> String {
        match self.other {
            Some(other) => phrases.joined(&self.own.source.table, &other.source.table),
            None => self.own.source.table.clone(),
        }
    }
}
