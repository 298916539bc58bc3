//! PDF, by pdfium: of the libraries that were tried it alone kept the rows of tables in their order, and it draws pages.
//!
//! | module | what is in it |
//! |---|---|
//! | `plane` | where things are on a page |
//! | `glyphs` | letters, and whether they mean anything |
//! | `fragments` | letters that follow one another, rows |
//! | `rules` | lines that were drawn, and the tables that they rule |
//! | `layout` | columns, tables, reading order |
//! | `paragraphs` | lines as paragraphs and headings |
//! | `margins` | what is repeated on each page |
//! | `render` | images of pages |

mod fragments;
mod glyphs;
mod layout;
mod margins;
mod paragraphs;
mod plane;
mod render;
mod rules;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use pdfium_render::prelude::{
    PdfDocument, PdfDocumentMetadataTagType, PdfPage, PdfPageIndex, Pdfium, PdfiumError, PdfiumInternalError,
};
use schemas::document::{Page, PageText};
use schemas::file::RejectionCode;

use self::glyphs::Letters;
use self::layout::{Item, Line};
use self::plane::Plane;
use self::rules::{Drawn, Row};
use crate::document::draft::Draft;
use crate::document::{Span, Stretch, names};
use crate::limits::Limits;
use crate::rejected::Rejected;

/// Letters of a page below which it has almost no text, if pictures cover so much of it.
const ALMOST_NONE: (usize, f32) = (25, 0.2);
/// Things drawn on a page without text from which on they may be letters.
const DRAWN: usize = 20;
/// The size of letters where there are none.
const USUAL: f32 = 10.0;

static LIBRARY: OnceLock<Result<Pdfium, String>> = OnceLock::new();

/// Loads the library. It must be done before the process is locked in; what can't be loaded is told when a PDF comes.
pub fn load(path: Option<&Path>) {
    LIBRARY.get_or_init(|| {
        let path = path.ok_or_else(|| "no library for PDF documents is set".to_owned())?;
        match Pdfium::bind_to_library(path) {
            Ok(bindings) => Ok(Pdfium::new(bindings)),
            Err(error) => Err(format!(
                "the library for PDF documents can't be loaded: {error:?}"
            )),
        }
    });
}

fn library() -> Result<&'static Pdfium, Rejected> {
    let known = LIBRARY
        .get()
        .map(|library| library.as_ref().map_err(String::as_str));
    known.unwrap_or(Err("no library for PDF documents is loaded")).map_err(|problem| {
        Rejected::new(
            RejectionCode::UnknownKind,
            format!(
                "PDF documents can't be read here: {problem}; set CONTRAIL_PDFIUM to the path of libpdfium, as `contrail \
                 artifacts fetch pdfium` gets it"
            ),
        )
    })
}

/// Reads some pages.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    span: &Span,
    give: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Result<Stretch, Rejected>> {
    let opened = library().and_then(|library| {
        library
            .load_pdf_from_byte_slice(bytes, None)
            .map_err(|error| broken(&error, bytes))
    });
    let document = match opened {
        Ok(document) => document,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let total = u32::try_from(document.pages().len()).unwrap_or_default();
    if total == 0 {
        return Ok(Err(Rejected::new(
            RejectionCode::Empty,
            "the document has no pages; expected at least one",
        )));
    }
    let mut draft = Draft::new(limits);
    if span.pages.start == 0 {
        title(&document, &mut draft);
    }
    let mut images = Vec::new();
    let mut pages = Vec::new();
    for index in span.pages.start..span.pages.end.min(total) {
        let number = index + 1;
        let page = PdfPageIndex::try_from(index)
            .ok()
            .and_then(|index| document.pages().get(index).ok());
        let Some(page) = page else {
            pages.push(Sheet::broken(number));
            continue;
        };
        let sheet = Sheet::read(number, &page);
        let wanted = sheet.text == PageText::Wanted;
        match render::png(&page, wanted) {
            Some(png) if png.len() as u64 <= limits.image_bytes => {
                give(&png)?;
                images.push(number);
            }
            _ => draft.notice(format!("there is no image of page {number}: it can't be drawn")),
        }
        pages.push(sheet);
    }
    margins::drop_repeated(&mut pages);
    let body = body_size(&pages);
    let mut sizes = Vec::new();
    for sheet in pages {
        sheet.write(body, &mut draft, &mut sizes);
    }
    Ok(Ok(draft.stretch(total, images, sizes)))
}

/// One page as it was read.
struct Sheet {
    number: u32,
    plane: Option<Plane>,
    items: Vec<Item>,
    text: PageText,
}

impl Sheet {
    fn broken(number: u32) -> Self {
        Self {
            number,
            plane: None,
            items: Vec::new(),
            text: PageText::None,
        }
    }

    fn read(number: u32, page: &PdfPage<'_>) -> Self {
        let Some(plane) = Plane::of(page) else {
            return Self::broken(number);
        };
        let letters = Letters::of(page, &plane);
        let drawn = Drawn::on(page, &plane);
        let (few, covered) = ALMOST_NONE;
        let count = letters.glyphs.len() + letters.unknown;
        let text = if letters.are_garbage() && count > 0 {
            PageText::Wanted
        } else if count == 0 {
            let something = drawn.pictures > 0.01 || drawn.objects >= DRAWN;
            if something {
                PageText::Wanted
            } else {
                PageText::None
            }
        } else if count < few && drawn.pictures >= covered {
            PageText::Wanted
        } else {
            PageText::Embedded
        };
        let glyphs = if letters.are_garbage() {
            Vec::new()
        } else {
            letters.glyphs
        };
        Self {
            number,
            plane: Some(plane),
            items: layout::items(glyphs, &drawn),
            text,
        }
    }

    fn write(self, body: f32, draft: &mut Draft<'_>, sizes: &mut Vec<u32>) {
        let Some(plane) = self.plane else {
            draft.begin_page(Page {
                number: self.number,
                size: None,
                image: None,
                text: PageText::None,
            });
            draft.notice(format!("page {} is damaged and was not read", self.number));
            return;
        };
        draft.begin_page(Page {
            number: self.number,
            size: Some(plane.size()),
            image: None,
            text: self.text,
        });
        let mut lines: Vec<Line> = Vec::new();
        for item in self.items {
            match item {
                Item::Line(line) => lines.push(line),
                Item::Table(rows) => {
                    write_lines(&lines, &plane, body, draft, sizes);
                    lines.clear();
                    write_table(rows, &plane, draft);
                }
            }
        }
        write_lines(&lines, &plane, body, draft, sizes);
    }
}

fn write_lines(lines: &[Line], plane: &Plane, body: f32, draft: &mut Draft<'_>, sizes: &mut Vec<u32>) {
    for paragraph in paragraphs::of(lines, body) {
        let area = Some(plane.area(&paragraph.area));
        if !paragraph.heading {
            draft.text(&paragraph.text, area);
        } else if draft.heading(1, &paragraph.text, area) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "sizes of letters are small"
            )]
            sizes.push((paragraph.size * 10.0).round().clamp(0.0, 100_000.0) as u32);
        }
    }
}

/// A row from end to end above the others is the table's title.
fn write_table(rows: Vec<Row>, plane: &Plane, draft: &mut Draft<'_>) {
    let mut rows = rows.into_iter().peekable();
    while let Some(title) = rows.next_if(|row| row.whole) {
        if let Some(text) = title.cells.first() {
            draft.text(text, Some(plane.area(&title.area)));
        }
    }
    let rows: Vec<Row> = rows.collect();
    let Some((first, rest)) = rows.split_first() else {
        return;
    };
    let cells: Vec<Vec<String>> = rest.iter().map(|row| row.cells.clone()).collect();
    let stands_out = first.bold && rest.iter().any(|row| !row.bold);
    let named = names::are_names(&first.cells, &cells, stands_out);
    let header = if named { first.cells.clone() } else { Vec::new() };
    let kept = if named { rest } else { rows.as_slice() };
    let area = plane::Rect::around(rows.iter().map(|row| &row.area)).map(|area| plane.area(&area));
    let kept = kept
        .iter()
        .map(|row| (row.cells.clone(), Some(plane.area(&row.area))));
    draft.table(header, kept.collect(), area);
}

/// The size of most letters.
fn body_size(pages: &[Sheet]) -> f32 {
    let mut letters: HashMap<u32, usize> = HashMap::new();
    for item in pages.iter().flat_map(|page| &page.items) {
        if let Item::Line(line) = item {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "sizes of letters are small"
            )]
            let size = (line.size * 2.0).round().clamp(0.0, 10_000.0) as u32;
            *letters.entry(size).or_default() += line.text.chars().count();
        }
    }
    let most = letters.into_iter().max_by_key(|(size, count)| (*count, *size));
    #[expect(clippy::cast_precision_loss, reason = "sizes of letters are small")]
    most.map_or(USUAL, |(size, _)| size as f32 / 2.0)
}

/// What programs write that have no title.
const NO_TITLES: [&str; 6] = [
    "untitled",
    "microsoft word",
    "microsoft powerpoint",
    "无标题",
    "anonymous",
    "about:blank",
];

fn title(document: &PdfDocument<'_>, draft: &mut Draft<'_>) {
    let Some(title) = document.metadata().get(PdfDocumentMetadataTagType::Title) else {
        return;
    };
    let words = title.value().trim();
    let lower = words.to_lowercase();
    let of_program = NO_TITLES.iter().any(|none| lower.starts_with(none));
    let file = [
        ".doc", ".docx", ".pdf", ".ppt", ".pptx", ".html", ".xls", ".xlsx", ".indd",
    ];
    if !of_program && !file.iter().any(|end| lower.ends_with(end)) && words.chars().count() > 1 {
        draft.title(words);
    }
}

fn broken(error: &PdfiumError, bytes: &[u8]) -> Rejected {
    use PdfiumInternalError::{PasswordError, SecurityError};
    match error {
        PdfiumError::PdfiumLibraryInternalError(PasswordError | SecurityError) => Rejected::new(
            RejectionCode::Encrypted,
            "the document is encrypted; expected one that opens without a password",
        ),
        _ if !bytes.windows(5).rev().take(4096).any(|end| end == b"%%EOF") => Rejected::new(
            RejectionCode::Corrupt,
            "the document breaks off: its end is missing; expected the whole file",
        ),
        _ => Rejected::new(
            RejectionCode::Corrupt,
            "the document is damaged and can't be opened; expected a PDF document as programs write it",
        ),
    }
}
