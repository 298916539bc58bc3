//! Columns that a question has computed from those of a table.

use std::borrow::Cow;

use schemas::plan::{ComputedColumn, RowFormula};
use schemas::table::TableProfile;

use super::Column;
use crate::engine;

/// What a computed column is called: how it is computed, in signs that need no language.
pub(super) fn name(formula: &RowFormula) -> String {
    match formula {
        RowFormula::Sum { of } => of.join(" + "),
        RowFormula::Difference { of, less } => format!("{of} - {less}"),
        RowFormula::Product { left, right } => format!("{left} × {right}"),
        RowFormula::Ratio {
            numerator,
            denominator,
        } => format!("{numerator} / {denominator}"),
        RowFormula::Days { from, until } => format!("{from} → {until}"),
    }
}

/// A computed column, where it can be computed. No words of a question name it but those that said how.
pub(super) fn column(computed: &ComputedColumn, profile: &TableProfile) -> Option<Column<'static>> {
    let profile = engine::computed::profile(computed, profile).ok()?;
    Some(Column {
        profile: Cow::Owned(profile),
        headers: [String::new(), String::new()],
        forms: Vec::new(),
        concepts: Vec::new(),
        unique: false,
        mostly_different: true,
        identifies: false,
        additive: !matches!(
            computed.formula,
            RowFormula::Ratio { .. } | RowFormula::Days { .. }
        ),
        numbers_things: false,
        edition: None,
        foreign: false,
    })
}
