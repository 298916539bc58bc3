//! The rows that can be found by search, as a worker has written them.

use schemas::document::{Document, PassageKind};
use schemas::table::TableProfile;

use super::{AnswerError, holds};

/// Letters of a passage and of what it stands under, at most.
const LONGEST: (usize, usize) = (8_000, 2_000);

/// Reads the rows of these tables.
///
/// # Errors
/// [`AnswerError`] when they are no rows of them.
pub(crate) fn check(bytes: &[u8], tables: &[TableProfile], most: usize) -> Result<Document, AnswerError> {
    let document: Document = serde_json::from_slice(bytes)?;
    let (text, context) = LONGEST;
    holds(
        document.title.is_none() && document.pages.is_empty() && document.notices.len() <= tables.len(),
        "rows of tables have neither a title nor pages",
    )?;
    holds(
        document.passages.len() <= most.saturating_mul(tables.len()),
        "there are too many rows to be found",
    )?;
    for (index, passage) in (0u32..).zip(&document.passages) {
        let table = tables
            .iter()
            .find(|table| passage.place.table.as_ref() == Some(&table.name));
        let row = passage.place.row.unwrap_or_default();
        holds(
            passage.index == index
                && passage.kind == PassageKind::SheetRow
                && table.is_some_and(|table| (1..=table.rows).contains(&row))
                && passage.place.page.is_none()
                && passage.place.areas.is_empty()
                && passage.place.sections.is_empty()
                && passage.duplicate_of.is_none_or(|first| first < index)
                && passage.text.chars().count() <= text
                && passage.context.chars().count() <= context,
            "a passage is no row of a table",
        )?;
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_of_their_tables() {
        let table: TableProfile = serde_json::from_value(json!({
            "name": "出发", "rows": 2, "columns": [], "decisions": []
        }))
        .unwrap();
        let passage = |row: u64, table: &str, kind: &str| {
            json!({
                "pages": [], "passages": [{
                    "index": 0, "text": "航班: CA1234", "context": "航班表 › 出发 › 第1行", "kind": kind,
                    "place": { "table": table, "row": row }
                }]
            })
        };
        let check = |value: serde_json::Value| {
            check(value.to_string().as_bytes(), std::slice::from_ref(&table), 5_000).is_ok()
        };
        assert!(check(passage(1, "出发", "sheet_row")));
        for wrong in [
            passage(3, "出发", "sheet_row"),
            passage(1, "到达", "sheet_row"),
            passage(1, "出发", "text"),
        ] {
            assert!(!check(wrong.clone()), "{wrong}");
        }
        assert!(!check(
            json!({ "pages": [], "passages": [], "notices": ["a", "b"] })
        ));
    }
}
