//! DOCX and PPTX, by undoc: small, and it keeps headings, lists, merged cells and the order of slides.

use std::io;

use schemas::document::{Page, PageText};
use schemas::file::RejectionCode;
use undoc::docx::DocxParser;
use undoc::pptx::PptxParser;
use undoc::{Block, Document, Error, ErrorKind, Paragraph, Resource, Section, Table};

use crate::document::Give;
use crate::document::draft::Draft;
use crate::document::pictures::Pictures;
use crate::document::spoken;
use crate::kind;
use crate::limits::{Limits, too_large};
use crate::rejected::Rejected;

/// Columns and rows that a cell may say it spans.
const SPAN: u32 = 200;

/// Reads a document of Word. One that is nothing but pictures is a scan: each of them is a page.
///
/// The inner error is about the file: it unpacks to too much, or is damaged.
///
/// # Errors
/// When nobody takes an image.
pub(crate) fn read_document(
    bytes: &[u8],
    limits: &Limits,
    draft: &mut Draft<'_>,
    give: Give<'_>,
) -> io::Result<Result<(), Rejected>> {
    let parse = || DocxParser::from_bytes(bytes.to_vec())?.parse();
    let document = match parsed(bytes, limits, parse) {
        Ok(document) => document,
        Err(rejected) => return Ok(Err(rejected)),
    };
    title(&document, draft);
    for section in &document.sections {
        blocks(&section.content, draft);
    }
    let mut pictures = Pictures::of(&document);
    if draft.is_empty() {
        let all: Vec<&Resource> = document
            .sections
            .iter()
            .flat_map(|section| pictures.shown(section))
            .collect();
        let mut number = 1;
        for picture in all {
            if number > limits.pages {
                break;
            }
            number += u32::from(pictures.give(picture, number, limits, draft, give)?);
        }
    }
    pictures.tell(draft);
    Ok(Ok(()))
}

/// Reads a presentation: each slide is a page. One without words is read from its largest picture.
///
/// The inner error is about the file.
///
/// # Errors
/// The same.
pub(crate) fn read_slides(
    bytes: &[u8],
    limits: &Limits,
    draft: &mut Draft<'_>,
    give: Give<'_>,
) -> io::Result<Result<(), Rejected>> {
    let parse =
        || PptxParser::from_bytes(spoken::renumbered(bytes).unwrap_or_else(|| bytes.to_vec()))?.parse();
    let document = match parsed(bytes, limits, parse) {
        Ok(document) => document,
        Err(rejected) => return Ok(Err(rejected)),
    };
    title(&document, draft);
    let total = document.sections.len();
    let mut pictures = Pictures::of(&document);
    for (number, section) in (1u32..).zip(&document.sections) {
        if number > limits.pages {
            draft.notice(format!(
                "the presentation has {total} slides; {} are read",
                limits.pages
            ));
            break;
        }
        let text = says_anything(section);
        let largest = pictures
            .shown(section)
            .into_iter()
            .max_by_key(|picture| picture.size);
        if let Some(picture) = largest.filter(|_| !text)
            && pictures.give(picture, number, limits, draft, give)?
        {
            continue;
        }
        draft.begin_page(Page {
            number,
            size: None,
            image: None,
            text: if text { PageText::Embedded } else { PageText::None },
        });
        blocks(&section.content, draft);
        for note in section.notes.iter().flatten() {
            draft.text(&note.plain_text(), None);
        }
    }
    pictures.tell(draft);
    Ok(Ok(()))
}

fn parsed(
    bytes: &[u8],
    limits: &Limits,
    parse: impl FnOnce() -> undoc::Result<Document>,
) -> Result<Document, Rejected> {
    check(bytes, limits)?;
    parse().map_err(|error| broken(&error))
}

fn says_anything(section: &Section) -> bool {
    section.content.iter().any(|block| match block {
        Block::Paragraph(paragraph) => !paragraph.plain_text().trim().is_empty(),
        Block::Table(table) => !table.is_empty(),
        Block::Note { .. } => true,
        Block::PageBreak | Block::SectionBreak | Block::Image { .. } => false,
    }) || section.notes.iter().flatten().any(|note| !note.is_empty())
}

fn check(bytes: &[u8], limits: &Limits) -> Result<(), Rejected> {
    let size = kind::unpacked_size(bytes);
    if size > limits.unpacked_bytes {
        return Err(too_large(
            "the unpacked document",
            "bytes",
            size,
            limits.unpacked_bytes,
        ));
    }
    match kind::declares_type(bytes) {
        None => Ok(()),
        Some(entry) => Err(Rejected::new(
            RejectionCode::Corrupt,
            format!(
                "{entry} in the document declares a document type of its own, which no Office file may; expected a file \
                 as Word and PowerPoint write it"
            ),
        )),
    }
}

fn broken(error: &Error) -> Rejected {
    if error.kind() == ErrorKind::Encrypted {
        return Rejected::new(
            RejectionCode::Encrypted,
            "the document is encrypted; expected one that opens without a password",
        );
    }
    Rejected::new(
        RejectionCode::Corrupt,
        format!("the document is damaged: {error}; expected a file as Word and PowerPoint write it"),
    )
}

/// What programs put there when nobody has.
const NO_TITLES: [&str; 6] = [
    "powerpoint presentation",
    "powerpoint 演示文稿",
    "word document",
    "untitled",
    "无标题",
    "document",
];

fn title(document: &Document, draft: &mut Draft<'_>) {
    if let Some(title) = &document.metadata.title
        && !NO_TITLES.contains(&title.trim().to_lowercase().as_str())
    {
        draft.title(title);
    }
}

fn blocks(blocks: &[Block], draft: &mut Draft<'_>) {
    for block in blocks {
        match block {
            Block::Paragraph(text) => paragraph(text, draft),
            Block::Table(cells) => table(cells, draft),
            Block::Note { label, content } => {
                let words: Vec<String> = content.iter().map(Paragraph::plain_text).collect();
                draft.text(&format!("[{label}] {}", words.join(" ")), None);
            }
            Block::PageBreak | Block::SectionBreak | Block::Image { .. } => {}
        }
    }
}

fn paragraph(paragraph: &Paragraph, draft: &mut Draft<'_>) {
    let text = paragraph.plain_text();
    let style = paragraph.style_name.as_deref().unwrap_or_default().to_lowercase();
    if style == "title" || style == "标题" {
        draft.title(&text);
        draft.heading(1, &text, None);
    } else if paragraph.is_heading() {
        draft.heading(paragraph.heading.level(), &text, None);
    } else if let Some(item) = &paragraph.list_info {
        let marker = item
            .number
            .map_or("• ".to_owned(), |number| format!("{number}. "));
        draft.text(&format!("{marker}{text}"), None);
    } else {
        draft.text(&text, None);
    }
}

/// A table as rows: what one cell says of several stands in each of them.
fn table(table: &Table, draft: &mut Draft<'_>) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    // What a cell of a row above says of this one: its words, and of how many more rows.
    let mut hanging: Vec<Option<(String, u32)>> = Vec::new();
    let mut notes = Vec::new();
    for row in &table.rows {
        // One cell from end to end is a title or a note.
        if let [only] = row.cells.as_slice()
            && only.col_span > 1
            && only.row_span <= 1
        {
            if rows.is_empty() {
                draft.text(&only.plain_text(), None);
            } else {
                notes.push(only.plain_text());
            }
            continue;
        }
        let mut line = Vec::new();
        let mut cells = row.cells.iter();
        loop {
            if hanging.len() <= line.len() {
                hanging.push(None);
            }
            if let Some(Some((text, left))) = hanging.get_mut(line.len()) {
                line.push(text.clone());
                *left -= 1;
                let over = *left == 0;
                if over && let Some(place) = hanging.get_mut(line.len() - 1) {
                    *place = None;
                }
                continue;
            }
            let Some(cell) = cells.next() else { break };
            let text = cell.plain_text();
            let below = cell.row_span.clamp(1, SPAN) - 1;
            for _ in 0..cell.col_span.clamp(1, SPAN) {
                if hanging.len() <= line.len() {
                    hanging.push(None);
                }
                if let Some(place) = hanging.get_mut(line.len()).filter(|_| below > 0) {
                    *place = Some((text.clone(), below));
                }
                line.push(text.clone());
            }
        }
        rows.push(line);
    }
    if let Some(caption) = &table.caption {
        draft.text(caption, None);
    }
    let named = rows.len() > 1;
    let mut rows = rows.into_iter();
    let header = if named {
        rows.next().unwrap_or_default()
    } else {
        Vec::new()
    };
    draft.table(header, rows.map(|row| (row, None)).collect(), None);
    for note in notes {
        draft.text(&note, None);
    }
}
