//! What people have decided about a table, instead of the reader.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::table::ColumnType;

/// Decisions about one table of a file. They belong to the version that was read with them, and are kept when other
/// bytes come under the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableOverride {
    /// The table's place in the file, from 0.
    #[serde(default)]
    pub table: u32,
    /// How many rows the header has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 20))]
    pub header_rows: Option<u32>,
    /// Whether rows that look like totals are data.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_totals: bool,
    /// Decisions about its columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnOverride>,
}

/// Decisions about one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnOverride {
    /// The column, by its name in the file.
    #[schemars(length(min = 1, max = 512))]
    pub column: String,
    /// The type of its values. Cells that don't fit become missing and are listed.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ColumnType>,
    /// The unit of its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub unit: Option<String>,
    /// What `03/04/2024` means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Another name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    pub rename: Option<String>,
}

/// What stands first in a day of two numbers and a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// The month.
    MonthFirst,
    /// The day.
    DayFirst,
}

impl TableOverride {
    /// Whether nothing is decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.header_rows.is_none() && !self.keep_totals && self.columns.is_empty()
    }

    /// These decisions with newer ones about the same table: what the newer ones say replaces what was said.
    #[must_use]
    pub fn with(&self, newer: &Self) -> Self {
        let mut columns = self.columns.clone();
        for new in &newer.columns {
            match columns.iter_mut().find(|known| known.column == new.column) {
                Some(known) => *known = known.with(new),
                None => columns.push(new.clone()),
            }
        }
        Self {
            table: self.table,
            header_rows: newer.header_rows.or(self.header_rows),
            keep_totals: newer.keep_totals || self.keep_totals,
            columns,
        }
    }
}

impl ColumnOverride {
    fn with(&self, newer: &Self) -> Self {
        Self {
            column: self.column.clone(),
            kind: newer.kind.or(self.kind),
            unit: newer.unit.clone().or_else(|| self.unit.clone()),
            date_order: newer.date_order.or(self.date_order),
            rename: newer.rename.clone().or_else(|| self.rename.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_decisions_replace_older_ones_one_by_one() {
        let column = |kind, unit: Option<&str>| ColumnOverride {
            column: "金额".to_owned(),
            kind,
            unit: unit.map(str::to_owned),
            ..ColumnOverride::default()
        };
        let table = |columns| TableOverride {
            columns,
            ..TableOverride::default()
        };
        let older = table(vec![column(Some(ColumnType::Text), Some("元"))]);
        let newer = TableOverride {
            keep_totals: true,
            ..table(vec![column(Some(ColumnType::Float), None)])
        };
        let both = older.with(&newer);
        assert_eq!(both.columns, [column(Some(ColumnType::Float), Some("元"))]);
        assert!(both.keep_totals && both.with(&newer) == both);
    }
}
