//! From blocks to passages: what the search finds. Pure: the same blocks give the same passages.
//!
//! | module | what is in it |
//! |---|---|
//! | `merge` | what was read from images of pages, among the blocks of the file |
//! | `cutting` | running text, by its headings |
//! | `packing` | paragraphs under one heading, within a budget |
//! | `rows` | rows of tables as `header: value` |
//! | `tokens` | how much a model reads in a text; sentences |
//! | `language` | the language of a text |
//! | `likeness` | passages that say nearly the same |

mod cutting;
mod language;
mod likeness;
mod merge;
mod packing;
mod rows;
mod tokens;

use schemas::Language;
use schemas::document::{Document, Extract, Passage, Recognition};

pub(crate) use rows::{RowTexts, of_tables};
pub use tokens::{estimate, is_wide};

/// Tokens of one passage, about.
pub const BUDGET: usize = 300;
/// Between the parts of what a passage stands under.
pub(crate) const UNDER: &str = " › ";

/// Cuts a document into passages. `name` heads them where the document says no title.
#[must_use]
pub fn of_document(extract: &Extract, recognition: Option<&Recognition>, name: &str) -> Document {
    let merged = merge::merged(extract, recognition);
    let language = language::of_blocks(&merged.blocks);
    let head = merged.title.as_deref().unwrap_or(name);
    let (mut passages, notices) = cutting::passages(&merged, head, language);
    finish(&mut passages, language);
    Document {
        title: merged.title.clone(),
        language,
        pages: merged.pages,
        passages,
        notices: [merged.notices, notices].concat(),
    }
}

/// Numbers the passages, tells their languages and marks those that say what an earlier one says.
fn finish(passages: &mut [Passage], language: Option<Language>) {
    for (index, passage) in (0u32..).zip(passages.iter_mut()) {
        passage.index = index;
        passage.language =
            language::of(&passage.text).or(language.filter(|_| language::is_short(&passage.text)));
    }
    likeness::mark(passages);
}

/// The same document headed by another name. `old` heads it now.
pub(crate) fn renamed(document: &Document, old: &str, new: &str) -> Document {
    let mut document = document.clone();
    for passage in &mut document.passages {
        if let Some(rest) = passage.context.strip_prefix(old)
            && (rest.is_empty() || rest.starts_with(UNDER))
        {
            passage.context = format!("{new}{rest}");
        }
    }
    document
}
