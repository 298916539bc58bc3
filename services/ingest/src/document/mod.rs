//! Documents: bytes in, blocks, pages and tables out. Pure like [`read`](mod@crate::read), but for the images of pages, which
//! are handed on as they come.
//!
//! | module | what is in it |
//! |---|---|
//! | `draft` | blocks as they are found, within the limits |
//! | `pdf` | PDF, some pages at a time |
//! | `office`, `spoken` | DOCX, PPTX; what a speaker is to say under its slide |
//! | `markup` | Markdown, HTML |
//! | `plain` | text |
//! | `mail` | e-mails |
//! | `picture`, `pictures` | pictures that are files, and those in documents of an office |
//! | `captions`, `tables` | how tables in documents are called; from a block to typed columns |

pub(crate) mod captions;
pub(crate) mod draft;
mod mail;
mod markup;
mod names;
mod office;
pub mod pdf;
mod picture;
mod pictures;
mod plain;
mod spoken;
mod tables;

use std::io;
use std::ops::Range;

use schemas::document::Extract;
use schemas::overrides::TableOverride;
use serde::{Deserialize, Serialize};

use crate::document::draft::Draft;
use crate::kind::{self, Kind};
use crate::limits::{Limits, too_large};
use crate::read::ReadTable;
use crate::rejected::Rejected;
use crate::text;

/// Which pages of a document are read, and what came before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The pages, from 0. What has no pages is read as a whole.
    pub pages: Range<u32>,
    /// The heading that they stand under.
    #[serde(default)]
    pub heading: Option<String>,
    /// How many tables came before.
    #[serde(default)]
    pub tables: u32,
}

impl Span {
    /// All of it, or its beginning.
    #[must_use]
    pub fn first(pages: u32) -> Self {
        Self {
            pages: 0..pages,
            heading: None,
            tables: 0,
        }
    }
}

/// What was found in some pages of a document, or in one without pages. The images of pages are apart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Pages and blocks. No page knows its image yet.
    pub extract: Extract,
    /// How many pages the whole document has; 0 where there are none.
    pub total: u32,
    /// The pages that there is an image of, in the order of the images.
    pub images: Vec<u32>,
    /// How large the letters of each heading are, in the order of the headings, in tenths of a point: where the file says
    /// sizes and no levels, these tell them.
    #[serde(default)]
    pub sizes: Vec<u32>,
}

/// One document and how it is to be read.
pub struct Source<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its logical name.
    pub name: &'a str,
    /// The digest of its bytes.
    pub source: &'a str,
    /// What people have decided about its tables.
    pub overrides: &'a [TableOverride],
    /// How much it may hold.
    pub limits: &'a Limits,
    /// What is read of it.
    pub span: &'a Span,
}

/// Takes an image of a page, as a PNG.
pub(crate) type Give<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

/// Reads a document, or some pages of it. Each image of a page goes to `give` as a PNG. The same arguments give the same.
///
/// The inner error is about the file.
///
/// # Errors
/// When nobody takes an image.
pub fn read(
    source: &Source<'_>,
    give: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Result<(Stretch, Vec<ReadTable>), Rejected>> {
    let found = match check(source) {
        Ok(kind) => blocks(source, kind, give)?,
        Err(rejected) => Err(rejected),
    };
    Ok(found.map(|mut stretch| {
        let tables = tables::of_blocks(source, &mut stretch.extract);
        (stretch, tables)
    }))
}

fn check(source: &Source<'_>) -> Result<Kind, Rejected> {
    let Source { bytes, limits, .. } = source;
    let kind = Kind::of(source.name)?;
    if bytes.len() as u64 > limits.bytes {
        return Err(too_large("the file", "bytes", bytes.len() as u64, limits.bytes));
    }
    kind.check(bytes)?;
    Ok(kind)
}

fn blocks(
    source: &Source<'_>,
    kind: Kind,
    give: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Result<Stretch, Rejected>> {
    let Source { bytes, limits, .. } = source;
    if kind == Kind::Pdf {
        return pdf::read(bytes, limits, source.span, give);
    }
    if kind.is_picture() {
        return picture::read(bytes, kind, limits, give);
    }
    let mut draft = Draft::new(limits);
    let read = match kind {
        Kind::Docx => office::read_document(bytes, limits, &mut draft, give)?,
        Kind::Pptx => office::read_slides(bytes, limits, &mut draft, give)?,
        Kind::Html => markup::decode(bytes).map(|html| markup::read_html(&html, &mut draft)),
        Kind::Markdown => text::decode(bytes).map(|(text, _)| markup::read_markdown(&text, &mut draft)),
        Kind::Email => mail::read(bytes, &mut draft),
        _ => text::decode(bytes).map(|(text, _)| plain::read(&text, &mut draft)),
    };
    Ok(read.and_then(|()| draft.finish(kind::stem(source.name))))
}
