//! Blocks of a document as they are found: cleaned of what no person sees, and within the limits.

use schemas::document::{Area, Block, BlockContent, Extract, Page};
use schemas::file::RejectionCode;

use crate::document::Stretch;
use crate::limits::Limits;
use crate::rejected::Rejected;

/// Letters of one block of text; a longer one is parted.
const LONGEST_TEXT: usize = 20_000;
/// Letters of a heading; a longer one is text.
const LONGEST_HEADING: usize = 300;
/// Letters of one cell of a table.
const LONGEST_CELL: usize = 4_000;
/// Columns of a table in a document; a wider one is cut.
const WIDEST: usize = 200;
/// Notices of one document.
const NOTICES: usize = 50;

/// A document on its way.
pub(crate) struct Draft<'a> {
    limits: &'a Limits,
    extract: Extract,
    page: Option<u32>,
    /// Pages that there is an image of.
    images: Vec<u32>,
    letters: usize,
    full: bool,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            extract: Extract::default(),
            page: None,
            images: Vec::new(),
            letters: 0,
            full: false,
        }
    }

    /// What follows stands on this page.
    pub(crate) fn begin_page(&mut self, page: Page) {
        self.page = Some(page.number);
        self.extract.pages.push(page);
    }

    /// What follows stands on this page, whose image was handed on.
    pub(crate) fn begin_pictured(&mut self, page: Page) {
        self.images.push(page.number);
        self.begin_page(page);
    }

    /// The title, unless one is known.
    pub(crate) fn title(&mut self, title: &str) {
        let title = cleaned(title);
        if self.extract.title.is_none() && !title.is_empty() && title.chars().count() <= LONGEST_HEADING {
            self.extract.title = Some(title);
        }
    }

    /// Whether there is a title.
    pub(crate) fn has_title(&self) -> bool {
        self.extract.title.is_some()
    }

    /// Whether no text was found so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.extract.blocks.is_empty()
    }

    /// Tells what could not be read.
    pub(crate) fn notice(&mut self, notice: impl Into<String>) {
        if self.extract.notices.len() < NOTICES {
            self.extract.notices.push(notice.into());
        }
    }

    /// Adds a heading; whether it is one.
    pub(crate) fn heading(&mut self, level: u8, text: &str, area: Option<Area>) -> bool {
        let text = cleaned(text).replace('\n', " ");
        if text.chars().count() > LONGEST_HEADING {
            self.text(&text, area);
            return false;
        }
        !text.is_empty()
            && self.push(
                BlockContent::Heading {
                    level: level.clamp(1, 6),
                    text,
                },
                area,
            )
    }

    /// Adds a paragraph.
    pub(crate) fn text(&mut self, text: &str, area: Option<Area>) {
        let mut rest = cleaned(text);
        while !rest.is_empty() {
            let end = rest
                .char_indices()
                .nth(LONGEST_TEXT)
                .map_or(rest.len(), |(end, _)| end);
            let tail = rest.split_off(end);
            if !self.push(BlockContent::Text { text: rest }, area) {
                return;
            }
            rest = tail;
        }
    }

    /// Adds a table. Rows are made as long as the header, blank ones are dropped; one of a single column is text.
    pub(crate) fn table(
        &mut self,
        header: Vec<String>,
        rows: Vec<(Vec<String>, Option<Area>)>,
        area: Option<Area>,
    ) {
        let clean = |row: Vec<String>| -> Vec<String> {
            let cells = row.into_iter().take(WIDEST);
            cells
                .map(|cell| {
                    let cell = cleaned(&cell).replace('\n', " ");
                    cell.chars().take(LONGEST_CELL).collect()
                })
                .collect()
        };
        let mut header = clean(header);
        let mut rows: Vec<(Vec<String>, Option<Area>)> = rows
            .into_iter()
            .map(|(row, area)| (clean(row), area))
            .filter(|(row, _)| row.iter().any(|cell| !cell.is_empty()))
            .collect();
        let widest = rows.iter().map(|(row, _)| row.len()).chain([header.len()]).max();
        let width = widest.unwrap_or_default();
        if width < 2 || rows.is_empty() {
            for (row, area) in [(header, area)].into_iter().chain(rows) {
                self.text(&row.join(" "), area);
            }
            return;
        }
        if rows.len() > self.limits.document_rows {
            self.notice(format!(
                "a table of {} rows is read as far as row {}",
                rows.len(),
                self.limits.document_rows
            ));
            rows.truncate(self.limits.document_rows);
        }
        header.resize(width, String::new());
        let areas: Vec<Area> = rows.iter().filter_map(|(_, area)| *area).collect();
        let areas = if areas.len() == rows.len() {
            areas
        } else {
            Vec::new()
        };
        let rows = rows
            .into_iter()
            .map(|(mut row, _)| {
                row.resize(width, String::new());
                row
            })
            .collect();
        self.push(BlockContent::Table { header, rows, areas }, area);
    }

    fn push(&mut self, content: BlockContent, area: Option<Area>) -> bool {
        if self.full {
            return false;
        }
        self.letters += letters(&content);
        if self.extract.blocks.len() >= self.limits.blocks || self.letters > self.limits.letters {
            self.full = true;
            let place = self.page.map_or(String::new(), |page| format!(" on page {page}"));
            self.notice(format!(
                "the document is longer than what is read of it: reading ended{place}, after {} blocks",
                self.extract.blocks.len()
            ));
            return false;
        }
        self.extract.blocks.push(Block {
            page: self.page,
            area,
            content,
        });
        true
    }

    /// What was found of pages, of a document that has so many.
    pub(crate) fn stretch(self, total: u32, images: Vec<u32>, sizes: Vec<u32>) -> Stretch {
        Stretch {
            extract: self.extract,
            total,
            images,
            sizes,
        }
    }

    /// What was found, if there are words in it, or images that words can be read from.
    ///
    /// # Errors
    /// [`Rejected`] if there are none.
    pub(crate) fn finish(mut self, name: &str) -> Result<Stretch, Rejected> {
        if self.is_empty() && self.images.is_empty() {
            return Err(Rejected::new(
                RejectionCode::Empty,
                format!("there are no words in {name:?}; expected some text"),
            ));
        }
        let total = u32::try_from(self.extract.pages.len()).unwrap_or(u32::MAX);
        let images = std::mem::take(&mut self.images);
        Ok(self.stretch(total, images, Vec::new()))
    }
}

/// How many bytes of words a block has.
fn letters(content: &BlockContent) -> usize {
    match content {
        BlockContent::Heading { text, .. } | BlockContent::Text { text } => text.len(),
        BlockContent::Table { header, rows, .. } => {
            let cells = rows.iter().flatten().chain(header);
            cells.map(|cell| cell.len() + 4).sum()
        }
    }
}

/// Text without control characters and invisible marks, with single blanks, its lines trimmed.
///
/// Marks of direction go too: they turn what people see around, and say nothing.
pub(crate) fn cleaned(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}']) {
        let visible: String = line
            .chars()
            .filter_map(|c| match c {
                '\t' | '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => Some(' '),
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
                '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => None,
                c if c.is_control() => None,
                c => Some(c),
            })
            .collect();
        let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
        if !words.is_empty() {
            lines.push(words.join(" "));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_sees_goes() {
        for (text, expect) in [
            ("  a\u{a0} b\t c ", "a b c"),
            ("a\u{200b}b\u{202e}c\0", "abc"),
            ("one\r\n\r\n two\u{c}three", "one\ntwo\nthree"),
            ("航站楼\u{3000}T2", "航站楼 T2"),
            ("\u{feff} \n", ""),
        ] {
            assert_eq!(cleaned(text), expect, "{text:?}");
        }
    }

    #[test]
    fn rows_are_as_long_as_the_header() {
        let limits = Limits::default();
        let mut draft = Draft::new(&limits);
        let row = |cells: &[&str]| (cells.iter().map(|cell| (*cell).to_owned()).collect(), None);
        let header = vec!["gate".to_owned()];
        draft.table(
            header,
            vec![row(&["A1", "open"]), row(&["", " "]), row(&["A2"])],
            None,
        );
        let stretch = draft.finish("a").unwrap();
        let BlockContent::Table { header, rows, .. } = &stretch.extract.blocks[0].content else {
            panic!("{stretch:?}");
        };
        assert_eq!(header, &["gate", ""]);
        assert_eq!(rows, &[["A1", "open"], ["A2", ""]]);
    }

    #[test]
    fn a_document_that_is_too_long_says_so() {
        let limits = Limits {
            blocks: 2,
            ..Limits::default()
        };
        let mut draft = Draft::new(&limits);
        for _ in 0..5 {
            draft.text("words", None);
        }
        let extract = draft.finish("a").unwrap().extract;
        assert_eq!((extract.blocks.len(), extract.notices.len()), (2, 1));
        assert!(
            extract.notices[0].contains("after 2 blocks"),
            "{:?}",
            extract.notices
        );
    }

    proptest! {
        #[test]
        fn cleaning_again_changes_nothing(text in any::<String>()) {
            let once = cleaned(&text);
            prop_assert_eq!(&cleaned(&once), &once);
        }
    }
}
