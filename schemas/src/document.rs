//! What ingest found in a document, and what can be found of it again.
//!
//! Reading a document goes through two objects of the bucket `files_<tenant>`: an [`Extract`], as written in the file and by
//! page, and a [`Document`], which is what the index is built from, and rebuilt from, alone. Pages without text go to `ocr`
//! between the two, which gives a [`Recognition`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::ContentId;
use crate::language::Language;

/// A rectangle on a page, in shares of the page's width and height (0 to 1) from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Area {
    /// Share of the width left of it.
    pub left: f32,
    /// Share of the height above it.
    pub top: f32,
    /// Share of the width that it takes.
    pub width: f32,
    /// Share of the height that it takes.
    pub height: f32,
}

/// One page, slide, image or, for text without pages, the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// From 1.
    pub number: u32,
    /// In points of 1/72 inch, or pixels for an image; none where there are no pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<PageSize>,
    /// The page as a PNG, for people to see where a citation stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ContentId>,
    /// Where its text comes from.
    pub text: PageText,
}

/// How large a page is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PageSize {
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

/// Where the text of a page comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageText {
    /// It is in the file.
    Embedded,
    /// It is to be read from the page's image: there is no text in the file, or none that can be trusted.
    Wanted,
    /// It was read from the page's image.
    Recognized,
    /// There is none.
    None,
}

/// A document as read from the file, before it is cut into passages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Extract {
    /// Its title, if it says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its pages, in order; none for text without pages.
    pub pages: Vec<Page>,
    /// Its blocks, in reading order.
    pub blocks: Vec<Block>,
    /// What could not be read, in words, with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// A stretch of a document that belongs together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    /// Its page, from 1; none for text without pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Where it stands on its page, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// What it is.
    pub content: BlockContent,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BlockContent {
    /// A heading; level 1 is the highest.
    Heading {
        /// From 1 to 6.
        level: u8,
        /// Its words.
        text: String,
    },
    /// A paragraph, an item of a list, a caption.
    Text {
        /// Its words.
        text: String,
    },
    /// A table: all rows as long as the header.
    Table {
        /// Names of its columns; empty texts where there is none.
        header: Vec<String>,
        /// Its rows.
        rows: Vec<Vec<String>>,
        /// Where each row stands on the page, in the order of `rows`; empty where that is not known.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        areas: Vec<Area>,
    },
}

/// What was read from images of pages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recognition {
    /// The pages that were asked for, in that order.
    pub pages: Vec<RecognizedPage>,
}

/// What was read from the image of one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecognizedPage {
    /// From 1.
    pub page: u32,
    /// Degrees by which the image was turned clockwise before it was read: 0, 90, 180 or 270. All areas are on the image as it was
    /// sent, not turned.
    pub turned: u16,
    /// Its blocks, in reading order.
    pub blocks: Vec<Block>,
    /// Its lines, in reading order.
    pub lines: Vec<RecognizedLine>,
    /// Why nothing could be read; none: it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What read it, with its version.
    pub engine: String,
}

/// A line of text in an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecognizedLine {
    /// Its words.
    pub text: String,
    /// How sure the engine is of it, 0 to 1.
    pub confidence: f32,
    /// Where it stands.
    pub area: Area,
}

/// A document as the index knows it: passages, each with its place. The index can be built again from it alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// Its title, if it says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The language of most of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Its pages, in order; none for text without pages.
    pub pages: Vec<Page>,
    /// Its passages, in reading order.
    pub passages: Vec<Passage>,
    /// What could not be read, in words, with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

impl Document {
    /// Its running text, passages on lines of their own, without rows of tables and without what stands there twice.
    #[must_use]
    pub fn prose(&self) -> String {
        let prose = self.passages.iter().filter(|passage| {
            matches!(passage.kind, PassageKind::Text | PassageKind::Recognized)
                && passage.duplicate_of.is_none()
        });
        let texts: Vec<&str> = prose.map(|passage| passage.text.as_str()).collect();
        texts.join("\n")
    }
}

/// What can be found: a few sentences, or a row of a table with its header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Passage {
    /// Its place among the passages of its document, from 0.
    pub index: u32,
    /// The words. A row of a table as `header: value; header: value`.
    pub text: String,
    /// What they stand under, for instance `Passenger handbook › Terminal 2 › page 7`.
    pub context: String,
    /// Where they stand.
    pub place: Place,
    /// What they are.
    pub kind: PassageKind,
    /// The language of most of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// An earlier passage of the document that says nearly the same: that one is returned and this one is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<u32>,
}

/// Where a passage stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Its page, from 1; none for text without pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Where on the page, where that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Area>,
    /// The headings that it stands under, from the highest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<String>,
    /// The table that it is a row of: its name, for instance that of a sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The row of that table, from 1, without its header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
}

/// What a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// Running text of a document.
    Text,
    /// Text that was read from an image.
    Recognized,
    /// A row of a table in a document.
    Row,
    /// A row of a sheet or a text table. Found by words and codes alone, since there may be many.
    SheetRow,
}
