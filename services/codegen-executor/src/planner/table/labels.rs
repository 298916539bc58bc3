//! Which column names the rows.

use schemas::table::ColumnType;

use super::super::fold::is_han;
use super::super::headers::Closeness;
use super::super::lexicon::lexicon;
use super::Column;

/// The column that names the rows: a name before a title before anything else that differs in each row.
pub(super) fn label(columns: &[Column<'_>]) -> Option<usize> {
    let naming = |column: &Column<'_>, closest: Closeness| {
        column.kind() == ColumnType::Text
            && column.forms.iter().any(|form| {
                form.closeness <= closest
                    && matches!(form.words.as_slice(), [word] if lexicon().any_is("naming", &word.concepts))
            })
    };
    let ends_in_name = |column: &Column<'_>| {
        column.kind() == ColumnType::Text
            && column.unique
            && column.forms.iter().any(|form| form.closeness == Closeness::Named)
    };
    let told_apart = |column: &Column<'_>| column.kind() == ColumnType::Text && column.unique;
    // Beside 编号 the 采购项目 names the rows, where each row has another one.
    let is_numbered = |column: &Column<'_>| {
        let [_, header] = &column.headers;
        header.ends_with(['号', '码']) || !header.chars().any(is_han)
    };
    let first_that = |test: &dyn Fn(&Column<'_>) -> bool| columns.iter().position(test);
    first_that(&|column| naming(column, Closeness::Own))
        .or_else(|| first_that(&ends_in_name))
        .or_else(|| first_that(&|column| told_apart(column) && !is_numbered(column)))
        .or_else(|| first_that(&told_apart))
}
