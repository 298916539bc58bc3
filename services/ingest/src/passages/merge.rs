//! What was read from images of pages, among the blocks that the file has itself.

use std::collections::BTreeMap;

use schemas::document::{Block, Extract, PageText, Recognition, RecognizedPage};

/// The document with what was recognized in its pages. A page that could not be read keeps what the file says of it, and is
/// told.
pub(crate) fn merged(extract: &Extract, recognition: Option<&Recognition>) -> Extract {
    let mut merged = extract.clone();
    let read: BTreeMap<u32, &RecognizedPage> = recognition
        .into_iter()
        .flat_map(|recognition| &recognition.pages)
        .map(|page| (page.page, page))
        .collect();
    if !extract.pages.iter().any(|page| page.text == PageText::Wanted) {
        return merged;
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut rest = extract.blocks.iter().peekable();
    let mut notices = Vec::new();
    for page in &mut merged.pages {
        let mut own: Vec<Block> = Vec::new();
        while let Some(block) = rest.next_if(|block| block.page.is_none_or(|number| number <= page.number)) {
            own.push(block.clone());
        }
        if page.text == PageText::Wanted {
            let found = read.get(&page.number);
            match found {
                Some(found) if found.problem.is_none() && !found.blocks.is_empty() => {
                    page.text = PageText::Recognized;
                    own = found
                        .blocks
                        .iter()
                        .map(|block| Block {
                            page: Some(page.number),
                            ..block.clone()
                        })
                        .collect();
                }
                found => {
                    page.text = if own.is_empty() {
                        PageText::None
                    } else {
                        PageText::Embedded
                    };
                    notices.push(match found.map(|found| &found.problem) {
                        Some(Some(problem)) => format!(
                            "page {} is an image and could not be read: {problem}",
                            page.number
                        ),
                        Some(None) => format!("page {} is an image without words", page.number),
                        None => format!("page {} is an image and was not read", page.number),
                    });
                }
            }
        }
        blocks.extend(own);
    }
    blocks.extend(rest.cloned());
    merged.blocks = blocks;
    merged.notices.extend(notices);
    merged
}

#[cfg(test)]
mod tests {
    use schemas::document::{BlockContent, Page};

    use super::*;

    fn text(page: u32, text: &str) -> Block {
        Block {
            page: Some(page),
            area: None,
            content: BlockContent::Text {
                text: text.to_owned(),
            },
        }
    }

    fn words(extract: &Extract) -> Vec<&str> {
        extract
            .blocks
            .iter()
            .filter_map(|block| match &block.content {
                BlockContent::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn recognized_pages_come_in_their_order() {
        let page = |number: u32, text: PageText| Page {
            number,
            size: None,
            image: None,
            text,
        };
        let extract = Extract {
            title: None,
            pages: vec![
                page(1, PageText::Embedded),
                page(2, PageText::Wanted),
                page(3, PageText::Wanted),
                page(4, PageText::Wanted),
                page(5, PageText::Embedded),
            ],
            blocks: vec![
                text(1, "one"),
                text(2, "stamp"),
                text(3, "three"),
                text(5, "five"),
            ],
            notices: Vec::new(),
        };
        let recognized = |page: u32, blocks: Vec<Block>, problem: Option<&str>| RecognizedPage {
            page,
            turned: 0,
            blocks,
            lines: Vec::new(),
            problem: problem.map(str::to_owned),
            engine: "test".to_owned(),
        };
        let recognition = Recognition {
            pages: vec![
                recognized(2, vec![text(9, "two")], None),
                recognized(3, Vec::new(), Some("it is too dark")),
                recognized(4, Vec::new(), None),
            ],
        };
        let merged = merged(&extract, Some(&recognition));
        assert_eq!(words(&merged), ["one", "two", "three", "five"]);
        assert_eq!(merged.blocks[1].page, Some(2));
        let texts: Vec<PageText> = merged.pages.iter().map(|page| page.text).collect();
        use PageText::{Embedded, None, Recognized};
        assert_eq!(texts, [Embedded, Recognized, Embedded, None, Embedded]);
        assert_eq!(merged.notices.len(), 2);
        assert!(merged.notices[0].contains("too dark"), "{:?}", merged.notices);
    }
}
