//! Some of a document, as a worker has found it.

use schemas::document::{Area, Block, BlockContent, PageText};

use super::{AnswerError, Asked, are_numbered, holds};
use crate::document::Span;
use crate::kind::Kind;
use crate::worker::Found;

/// Letters of one text, of a title, and of a notice, at most.
const LONGEST: (usize, usize, usize) = (25_000, 400, 4_000);
/// Notices, at most.
const NOTICES: usize = 400;
/// Columns of a table, at most.
const WIDEST: usize = 1_000;

impl Asked<'_> {
    pub(super) fn check_document(
        &self,
        found: &Found,
        span: &Span,
        parts: &[(u32, u64)],
    ) -> Result<(), AnswerError> {
        let Found { stretch, tables } = found;
        let extract = &stretch.extract;
        holds(
            are_numbered(parts) && parts.len() == stretch.images.len() + tables.len(),
            "it has not one part for each image and table",
        )?;
        let mut images = parts.iter().take(stretch.images.len());
        holds(
            images.all(|(_, size)| *size <= self.limits.image_bytes),
            "the image of a page is too large",
        )?;
        let whole = self.kind != Kind::Pdf;
        let mut expected = span.pages.start + 1;
        for page in &extract.pages {
            let size = page.size.is_none_or(|size| {
                let fine = |side: f32| side.is_finite() && side > 0.0;
                fine(size.width) && fine(size.height)
            });
            holds(
                page.number == expected && expected <= span.pages.end && page.image.is_none() && size,
                "its pages are not those that were asked for",
            )?;
            let wanted = page.text == PageText::Wanted;
            holds(
                page.text != PageText::Recognized && (!wanted || stretch.images.contains(&page.number)),
                "a page has no image that it could be read from",
            )?;
            expected += 1;
        }
        let end = span.pages.end.min(stretch.total);
        holds(
            whole || (stretch.total > 0 && expected == end.max(span.pages.start) + 1),
            "its pages are not those that were asked for",
        )?;
        let pages = span.pages.start + 1..expected;
        holds(
            stretch.images.is_sorted_by(|one, other| one < other)
                && stretch.images.iter().all(|page| pages.contains(page)),
            "it has images of other pages",
        )?;
        let (text, title, notice) = LONGEST;
        holds(
            extract.notices.len() <= NOTICES
                && extract
                    .notices
                    .iter()
                    .all(|words| words.chars().count() <= notice)
                && extract
                    .title
                    .as_ref()
                    .is_none_or(|words| words.chars().count() <= title),
            "it says too much about the document",
        )?;
        holds(
            extract.blocks.len() <= self.limits.blocks,
            "it has too many blocks",
        )?;
        let mut last = 0;
        for block in &extract.blocks {
            let page = block.page.unwrap_or_default();
            holds(
                page >= last
                    && (block.page.is_none() == extract.pages.is_empty())
                    && (page == 0 || pages.contains(&page)),
                "a block stands on no page",
            )?;
            last = page;
            check_block(block, text)?;
        }
        let headings = extract
            .blocks
            .iter()
            .filter(|block| matches!(block.content, BlockContent::Heading { .. }));
        holds(
            stretch.sizes.is_empty() || stretch.sizes.len() == headings.count(),
            "not all headings have a size",
        )?;
        let blocks = extract
            .blocks
            .iter()
            .filter(|block| matches!(block.content, BlockContent::Table { .. }));
        holds(
            tables.len() <= blocks.count() && tables.len() <= self.limits.document_tables,
            "it has too many tables",
        )?;
        for (number, table) in tables.iter().enumerate() {
            self.check_table(number, table)?;
        }
        Ok(())
    }
}

fn check_block(block: &Block, longest: usize) -> Result<(), AnswerError> {
    holds(
        block.area.as_ref().is_none_or(is_area),
        "a block stands beside its page",
    )?;
    match &block.content {
        BlockContent::Heading { level, text } => holds(
            (1..=6).contains(level) && !text.is_empty() && text.chars().count() <= longest,
            "a heading is none",
        ),
        BlockContent::Text { text } => holds(
            !text.is_empty() && text.chars().count() <= longest,
            "a text is too long or none",
        ),
        BlockContent::Table { header, rows, areas } => holds(
            (2..=WIDEST).contains(&header.len())
                && !rows.is_empty()
                && rows.iter().all(|row| row.len() == header.len())
                && (areas.is_empty() || areas.len() == rows.len())
                && areas.iter().all(is_area)
                && rows
                    .iter()
                    .flatten()
                    .chain(header)
                    .all(|cell| cell.chars().count() <= longest),
            "the rows of a table are not as long as its header",
        ),
    }
}

/// Whether it lies on its page, but for rounding.
fn is_area(area: &Area) -> bool {
    let share = |value: f32| (-0.001..=1.001).contains(&value);
    share(area.left)
        && share(area.top)
        && share(area.width)
        && share(area.height)
        && share(area.left + area.width)
        && share(area.top + area.height)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::answer::Asked;
    use crate::document::Span;
    use crate::kind::Kind;
    use crate::limits::Limits;

    fn honest() -> Value {
        let area = json!({ "left": 0.1, "top": 0.1, "width": 0.5, "height": 0.1 });
        json!({ "document": { "tables": [], "stretch": {
            "total": 12, "images": [9, 10], "sizes": [140],
            "extract": {
                "title": "Handbook",
                "pages": [
                    { "number": 9, "size": { "width": 595.0, "height": 842.0 }, "text": "embedded" },
                    { "number": 10, "text": "wanted" }
                ],
                "blocks": [
                    { "page": 9, "area": area, "content": { "kind": "heading", "level": 1, "text": "Parking" } },
                    { "page": 9, "content": { "kind": "table", "header": ["a", "b"], "rows": [["1", "2"]] } },
                    { "page": 10, "content": { "kind": "text", "text": "words" } }
                ]
            }
        }}})
    }

    fn check(answer: &Value, parts: &[(u32, u64)]) -> Result<(), String> {
        let span = Span {
            pages: 8..10,
            heading: None,
            tables: 0,
        };
        let asked = Asked {
            name: "handbook.pdf",
            kind: Kind::Pdf,
            source: &"a".repeat(64).parse().unwrap(),
            limits: &Limits::default(),
            span: Some(&span),
        };
        let checked = asked.check(answer.to_string().as_bytes(), parts);
        checked.map(|_| ()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_honest_answer_is_believed() {
        assert_eq!(check(&honest(), &[(0, 5), (1, 5)]), Ok(()));
    }

    #[test]
    fn what_can_t_be_is_refused() {
        let refused = |pointer: &str, value: Value, reason: &str| {
            let mut answer = honest();
            *answer
                .pointer_mut(&format!("/document/stretch{pointer}"))
                .unwrap() = value;
            let error = check(&answer, &[(0, 5), (1, 5)]).unwrap_err();
            assert_eq!(error, reason, "{pointer}");
        };
        let pages = "its pages are not those that were asked for";
        refused("/extract/pages/0/number", json!(1), pages);
        refused("/extract/pages/0/size/width", json!(-1.0), pages);
        refused("/total", json!(9), pages);
        refused(
            "/images",
            json!([9, 11]),
            "a page has no image that it could be read from",
        );
        refused("/images", json!([10, 10]), "it has images of other pages");
        refused(
            "/images",
            json!([10]),
            "it has not one part for each image and table",
        );
        refused("/extract/blocks/0/page", json!(3), "a block stands on no page");
        refused(
            "/extract/blocks/0/area/left",
            json!(0.9),
            "a block stands beside its page",
        );
        refused("/extract/blocks/0/content/level", json!(9), "a heading is none");
        refused(
            "/extract/blocks/2/content/text",
            json!(""),
            "a text is too long or none",
        );
        refused(
            "/extract/blocks/1/content/rows",
            json!([["1"]]),
            "the rows of a table are not as long as its header",
        );
        refused("/sizes", json!([1, 2]), "not all headings have a size");
        refused(
            "/extract/title",
            json!("t".repeat(500)),
            "it says too much about the document",
        );
    }
}
