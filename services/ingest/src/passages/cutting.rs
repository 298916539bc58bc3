//! Running text as passages: by its headings and pages, within a budget; tables row by row.
//!
//! A passage never goes on under the next heading, unless both have next to no text. What stands above it is in its context
//! and not in its text.

use schemas::Language;
use schemas::document::{Block, BlockContent, Extract, PageText, Passage, PassageKind, Place};

use super::UNDER;
use super::packing::{Paragraph, packed};
use super::rows::{self, Table};
use super::tokens::estimate;
use crate::document::captions;

/// Tokens of a section that may share a passage with its neighbours.
const TINY: usize = 30;
/// Letters of one heading in a context.
const LONGEST_HEADING: usize = 80;

/// The passages of a document in reading order, and what was left out.
pub(super) fn passages(
    extract: &Extract,
    head: &str,
    language: Option<Language>,
) -> (Vec<Passage>, Vec<String>) {
    let sections = joined_tiny(sections(extract));
    let names = captions::names(&extract.blocks, None);
    let context = Context { head, language };
    let mut found = Vec::new();
    let mut notices = Vec::new();
    let mut names = names.into_iter();
    for section in sections {
        match section.content {
            Content::Text(paragraphs) => {
                for (text, areas) in packed(&paragraphs) {
                    let place = Place {
                        page: section.page,
                        areas,
                        sections: section.path.clone(),
                        table: None,
                        row: None,
                    };
                    let kind = if section.recognized {
                        PassageKind::Recognized
                    } else {
                        PassageKind::Text
                    };
                    found.push(context.passage(text, place, kind));
                }
            }
            Content::Table(block) => {
                let table = names.next().unwrap_or_default();
                let BlockContent::Table { header, rows, areas } = &block.content else {
                    continue;
                };
                let rows = Table { header, rows, areas };
                let place = Place {
                    page: section.page,
                    areas: block.area.into_iter().collect(),
                    sections: section.path.clone(),
                    table: Some(table),
                    row: None,
                };
                notices.extend(rows::add(&rows, &place, &context, &mut found));
            }
        }
    }
    (found, notices)
}

/// What passages stand under.
pub(super) struct Context<'a> {
    pub head: &'a str,
    pub language: Option<Language>,
}

impl Context<'_> {
    pub(super) fn passage(&self, text: String, place: Place, kind: PassageKind) -> Passage {
        let mut parts = vec![self.head.to_owned()];
        for section in &place.sections {
            let section: String = section.chars().take(LONGEST_HEADING).collect();
            if parts.last() != Some(&section) {
                parts.push(section);
            }
        }
        let chinese = self.language == Some(Language::Zh);
        match place.page {
            Some(page) if chinese => parts.push(format!("第{page}页")),
            Some(page) => parts.push(format!("page {page}")),
            None => {}
        }
        Passage {
            index: 0,
            text,
            context: parts.join(UNDER),
            place,
            kind,
            language: None,
            duplicate_of: None,
        }
    }
}

/// What stands under one heading on one page, as far as the next table.
struct Section<'a> {
    path: Vec<String>,
    page: Option<u32>,
    recognized: bool,
    content: Content<'a>,
    /// It has a heading of its own, the last of its path.
    headed: bool,
}

enum Content<'a> {
    Text(Vec<Paragraph>),
    Table(&'a Block),
}

fn sections(extract: &Extract) -> Vec<Section<'_>> {
    let recognized = |page: Option<u32>| {
        let mut pages = extract.pages.iter();
        page.is_some_and(|number| {
            pages.any(|page| page.number == number && page.text == PageText::Recognized)
        })
    };
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut headings: Vec<(u8, String)> = Vec::new();
    let path = |headings: &[(u8, String)]| headings.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
    for block in &extract.blocks {
        match &block.content {
            BlockContent::Heading { level, text } => {
                headings.retain(|(above, _)| above < level);
                headings.push((*level, text.clone()));
                sections.push(Section {
                    path: path(&headings),
                    page: block.page,
                    recognized: recognized(block.page),
                    content: Content::Text(Vec::new()),
                    headed: true,
                });
            }
            BlockContent::Text { text } => {
                let paragraph = (text.clone(), block.area);
                match sections.last_mut() {
                    Some(Section {
                        page,
                        content: Content::Text(paragraphs),
                        ..
                    }) if *page == block.page => paragraphs.push(paragraph),
                    _ => sections.push(Section {
                        path: path(&headings),
                        page: block.page,
                        recognized: recognized(block.page),
                        content: Content::Text(vec![paragraph]),
                        headed: false,
                    }),
                }
            }
            // A heading over nothing but blank cells is a text of its own.
            BlockContent::Table { rows, .. } if rows.iter().flatten().all(|cell| cell.trim().is_empty()) => {}
            BlockContent::Table { .. } => sections.push(Section {
                path: path(&headings),
                page: block.page,
                recognized: recognized(block.page),
                content: Content::Table(block),
                headed: false,
            }),
        }
    }
    sections
}

/// Puts sections with next to no text together with their neighbours under the same heading; a heading without text of its
/// own is in the context of what follows, or, if nothing does, a text.
fn joined_tiny(sections: Vec<Section<'_>>) -> Vec<Section<'_>> {
    let mut joined: Vec<Section<'_>> = Vec::new();
    let mut rest = sections.into_iter().peekable();
    while let Some(mut section) = rest.next() {
        if let Content::Text(paragraphs) = &mut section.content
            && paragraphs.is_empty()
        {
            let goes_on = rest
                .peek()
                .is_some_and(|next| next.path.starts_with(&section.path));
            let heading = section.path.last().cloned();
            if goes_on {
                continue;
            }
            section.path.pop();
            section.headed = false;
            paragraphs.extend(heading.map(|heading| (heading, None)));
        }
        let joins = joined.last().is_some_and(|last| last.may_join(&section));
        match joined.last_mut().filter(|_| joins) {
            Some(last) => last.join(section),
            None => joined.push(section),
        }
    }
    joined
}

impl Section<'_> {
    /// The path without its own heading.
    fn above(&self) -> &[String] {
        let own = usize::from(self.headed);
        self.path
            .get(..self.path.len().saturating_sub(own))
            .unwrap_or_default()
    }

    fn tokens(&self) -> Option<usize> {
        match &self.content {
            Content::Text(paragraphs) => Some(paragraphs.iter().map(|(text, _)| estimate(text)).sum()),
            Content::Table(_) => None,
        }
    }

    fn may_join(&self, next: &Self) -> bool {
        let (Some(own), Some(more)) = (self.tokens(), next.tokens()) else {
            return false;
        };
        self.page == next.page
            && self.recognized == next.recognized
            && self.above() == next.above()
            && own.max(more) < TINY
    }

    fn join(&mut self, next: Self) {
        self.lower();
        let mut next = next;
        next.lower();
        if let (Content::Text(own), Content::Text(more)) = (&mut self.content, next.content) {
            own.extend(more);
        }
    }

    /// Makes the own heading a part of the text.
    fn lower(&mut self) {
        if !std::mem::take(&mut self.headed) {
            return;
        }
        let heading = self.path.pop();
        if let (Some(heading), Content::Text(paragraphs)) = (heading, &mut self.content) {
            paragraphs.insert(0, (heading, None));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schemas::document::Document;

    use super::*;
    use crate::passages::{BUDGET, of_document};

    fn block(page: Option<u32>, content: BlockContent) -> Block {
        Block {
            page,
            area: None,
            content,
        }
    }

    fn heading(level: u8, text: &str) -> Block {
        let text = text.to_owned();
        block(None, BlockContent::Heading { level, text })
    }

    fn text(text: &str) -> Block {
        block(
            None,
            BlockContent::Text {
                text: text.to_owned(),
            },
        )
    }

    fn document(blocks: Vec<Block>) -> Document {
        let extract = Extract {
            blocks,
            ..Extract::default()
        };
        of_document(&extract, None, "handbook")
    }

    fn found(document: &Document) -> Vec<(&str, &str)> {
        let passages = document.passages.iter();
        passages
            .map(|passage| (passage.context.as_str(), passage.text.as_str()))
            .collect()
    }

    /// A paragraph that is not tiny.
    fn long(word: &str) -> String {
        format!("{word} ").repeat(60).trim().to_owned()
    }

    #[test]
    fn passages_stand_under_their_headings() {
        let (one, two) = (long("lounge"), long("metro"));
        let document = document(vec![
            heading(1, "Terminal 2"),
            heading(2, "Lounge"),
            text(&one),
            heading(2, "Metro"),
            text(&two),
            text("It leaves at ten."),
        ]);
        let metro = format!("{two}\nIt leaves at ten.");
        assert_eq!(
            found(&document),
            [
                ("handbook › Terminal 2 › Lounge", one.as_str()),
                ("handbook › Terminal 2 › Metro", metro.as_str())
            ]
        );
        assert_eq!(document.passages[1].place.sections, ["Terminal 2", "Metro"]);
        assert_eq!(document.language, Some(Language::En));
    }

    #[test]
    fn tiny_sections_share_a_passage() {
        let document = document(vec![
            heading(1, "Contacts"),
            heading(2, "Police"),
            text("Call 110."),
            heading(2, "Lost property"),
            text("Call 12345."),
            heading(1, "Closing"),
        ]);
        assert_eq!(
            found(&document),
            [
                (
                    "handbook › Contacts",
                    "Police\nCall 110.\nLost property\nCall 12345."
                ),
                ("handbook", "Closing")
            ]
        );
    }

    #[test]
    fn a_question_begins_a_passage_and_its_answer_ends_it() {
        let document = document(vec![
            heading(1, "Help"),
            text("Ask at any desk."),
            text("Where can I smoke?"),
            text("Outside doors 2 and 7."),
            text("There is no room for it inside."),
            text("婴儿车可以推到登机口吗？"),
            text("是折叠的也可以吗？"),
            text("可以。"),
        ]);
        let texts: Vec<&str> = document
            .passages
            .iter()
            .map(|passage| passage.text.as_str())
            .collect();
        assert_eq!(
            texts,
            [
                "Ask at any desk.",
                "Where can I smoke?\nOutside doors 2 and 7.\nThere is no room for it inside.",
                "婴儿车可以推到登机口吗？\n是折叠的也可以吗？\n可以。",
            ]
        );
    }

    #[test]
    fn pages_are_named_in_the_language_of_the_document() {
        let blocks = vec![block(
            Some(7),
            BlockContent::Text {
                text: "母婴室位于二号航站楼国内出发二层。".to_owned(),
            },
        )];
        assert_eq!(found(&document(blocks))[0].0, "handbook › 第7页");
    }

    #[test]
    fn a_long_paragraph_goes_on_with_its_last_sentence() {
        let sentences: Vec<String> = (0..60)
            .map(|n| format!("Sentence {n} says what it has to say."))
            .collect();
        let document = document(vec![text(&sentences.join(" "))]);
        assert!(document.passages.len() > 1);
        for pair in document.passages.windows(2) {
            let last = pair[0].text.rsplit("Sentence").next().unwrap();
            assert!(pair[1].text.starts_with(&format!("Sentence{last}")), "{pair:?}");
        }
    }

    fn any_block() -> impl Strategy<Value = Block> {
        let words = "[a-z0-9]{1,8}( [a-z0-9]{1,8}|。|航| 站|\\. ){0,60}";
        let page = proptest::option::of(1u32..4);
        prop_oneof![
            (1u8..4, "[A-Z]{3,9}").prop_map(|(level, words)| heading(level, &words)),
            (page, words).prop_map(|(page, text)| block(page, BlockContent::Text { text })),
            proptest::collection::vec("[a-z0-9]{0,6}", 3).prop_map(|row| block(
                None,
                BlockContent::Table {
                    header: vec!["k".into(), "v".into(), String::new()],
                    rows: vec![row],
                    areas: Vec::new()
                }
            )),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_budget_holds(blocks in proptest::collection::vec(any_block(), 0..12)) {
            let document = document(blocks.clone());
            let everything: String = document
                .passages
                .iter()
                .map(|passage| format!("{} {} ", passage.text, passage.context))
                .collect();
            for block in &blocks {
                let words: Vec<String> = match &block.content {
                    BlockContent::Heading { text, .. } | BlockContent::Text { text } => {
                        text.split_whitespace().map(str::to_owned).collect()
                    }
                    BlockContent::Table { rows, .. } => rows.concat(),
                };
                for word in words {
                    prop_assert!(everything.contains(&word), "{word:?} is lost");
                }
            }
            for (index, passage) in (0u32..).zip(&document.passages) {
                prop_assert_eq!(passage.index, index);
                prop_assert!(estimate(&passage.text) <= BUDGET + TINY, "{:?}", passage.text);
                prop_assert!(passage.duplicate_of.is_none_or(|first| first < index));
                prop_assert!(!passage.text.is_empty());
            }
        }
    }
}
