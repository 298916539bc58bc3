//! The rows of a table with what another one holds of them.

use schemas::plan::Join;
use schemas::table::{ColumnType, TableProfile};

use super::quote;
use crate::engine::PlanError;

/// What is selected from which relation, so that each row of `own` has the columns that a plan reads of `other`. A row would be
/// there twice where the other table held its key twice: the first engine looks for that.
///
/// # Errors
/// [`PlanError::UnknownColumn`] when the table does not have the column that points.
pub(super) fn rows(
    join: &Join,
    profile: &TableProfile,
    [own, other]: [&str; 2],
    read: &[String],
) -> Result<(Vec<String>, String), PlanError> {
    let points = |column: &&schemas::table::ColumnProfile| column.name == join.column;
    let kind = profile.columns.iter().find(points).map(|column| column.kind);
    let kind = kind.ok_or_else(|| PlanError::UnknownColumn {
        column: join.column.clone(),
    })?;
    let compared = |relation: &str, column: &str| {
        let values = format!("{relation}.{}", quote::name(column));
        match kind {
            ColumnType::Text => format!("fold({values})"),
            _ => values,
        }
    };
    let taken = join.columns.iter().filter(|taken| read.contains(&taken.name));
    let taken = taken.map(|taken| {
        let (column, name) = (quote::name(&taken.column), quote::name(&taken.name));
        format!("there.{column} AS {name}")
    });
    let selected = std::iter::once("here.*".to_owned()).chain(taken).collect();
    let relation = format!(
        "{} AS here\n  LEFT JOIN {} AS there ON {} = {}",
        quote::name(own),
        quote::name(other),
        compared("here", &join.column),
        compared("there", &join.key),
    );
    Ok((selected, relation))
}
