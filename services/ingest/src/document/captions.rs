//! How tables in documents are called: by the caption above them, or the heading that they stand under, and their page.

use std::collections::HashSet;

use schemas::Language;
use schemas::document::{Block, BlockContent};

/// Letters of a caption.
const LONGEST: usize = 80;

/// The names of the tables among some blocks, in their order: each has one of its own. `heading` is what the first block
/// stands under.
pub(crate) fn names(blocks: &[Block], heading: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    let mut taken = HashSet::new();
    let mut heading = heading;
    let mut before: Option<&Block> = None;
    for block in blocks {
        match &block.content {
            BlockContent::Heading { text, .. } => heading = Some(text),
            BlockContent::Table { .. } => {
                let plain = name(caption(before, block.page).or(heading), block.page);
                let mut name = plain.clone();
                let mut number = 2;
                while !taken.insert(name.clone()) {
                    name = format!("{plain} ({number})");
                    number += 1;
                }
                names.push(name);
            }
            BlockContent::Text { .. } => {}
        }
        before = Some(block);
    }
    names
}

/// The last heading of some blocks.
pub(crate) fn last_heading(blocks: &[Block]) -> Option<&str> {
    blocks.iter().rev().find_map(|block| match &block.content {
        BlockContent::Heading { text, .. } => Some(text.as_str()),
        BlockContent::Text { .. } | BlockContent::Table { .. } => None,
    })
}

fn caption(before: Option<&Block>, page: Option<u32>) -> Option<&str> {
    let block = before.filter(|block| block.page == page)?;
    let BlockContent::Text { text } = &block.content else {
        return None;
    };
    let short = text.chars().count() <= LONGEST && !text.contains('\n');
    (short && is_caption(text)).then_some(text.as_str())
}

/// Whether a line is called a table: `Table 3: Parking fees`, `表 2-1 停车收费`.
fn is_caption(text: &str) -> bool {
    let lower = text.to_lowercase();
    let rest = ["table", "tab.", "附表", "表格", "表"]
        .iter()
        .find_map(|word| lower.strip_prefix(word));
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    rest.is_some_and(|rest| rest.trim_start().starts_with(number))
}

fn name(called: Option<&str>, page: Option<u32>) -> String {
    let called: Option<String> = called.map(|called| called.chars().take(LONGEST).collect());
    let chinese = called
        .as_deref()
        .is_some_and(|called| Language::of(called) == Language::Zh);
    match (called, page) {
        (Some(called), Some(page)) if chinese => format!("{called}（第{page}页）"),
        (Some(called), Some(page)) => format!("{called} (page {page})"),
        (Some(called), None) => called,
        (None, Some(page)) => format!("table on page {page}"),
        (None, None) => "table".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(page: u32, content: BlockContent) -> Block {
        Block {
            page: (page > 0).then_some(page),
            area: None,
            content,
        }
    }

    fn text(text: &str) -> BlockContent {
        BlockContent::Text {
            text: text.to_owned(),
        }
    }

    fn heading(text: &str) -> BlockContent {
        let text = text.to_owned();
        BlockContent::Heading { level: 1, text }
    }

    fn table() -> BlockContent {
        BlockContent::Table {
            header: vec![String::new(); 2],
            rows: Vec::new(),
            areas: Vec::new(),
        }
    }

    #[test]
    fn tables_are_called_by_caption_heading_and_page() {
        let blocks = [
            block(1, table()),
            block(1, heading("停车场")),
            block(1, table()),
            block(1, table()),
            block(2, text("Table 2: Parking fees")),
            block(2, table()),
            block(2, text("Tables are set by hand")),
            block(2, table()),
            block(0, table()),
        ];
        assert_eq!(
            names(&blocks, Some("Arrivals")),
            [
                "Arrivals (page 1)",
                "停车场（第1页）",
                "停车场（第1页） (2)",
                "Table 2: Parking fees (page 2)",
                "停车场（第2页）",
                "停车场"
            ]
        );
        assert_eq!(names(&blocks[..1], None), ["table on page 1"]);
        assert_eq!(last_heading(&blocks), Some("停车场"));
    }
}
