//! The pictures in a document of an office: those that are all there is are read as pages.

use std::io;

use undoc::{Block, Document, Paragraph, Resource, Section};

use crate::document::draft::Draft;
use crate::document::{Give, picture};
use crate::limits::Limits;

/// Bytes of a picture that may hold words: ornaments are smaller.
const SMALLEST: usize = 2_000;

/// The pictures of a document, and how many of them are read.
pub(crate) struct Pictures<'a> {
    document: &'a Document,
    read: usize,
}

impl<'a> Pictures<'a> {
    pub(crate) const fn of(document: &'a Document) -> Self {
        Self { document, read: 0 }
    }

    /// Those that a section shows, in its order, without ornaments.
    pub(crate) fn shown(&self, section: &Section) -> Vec<&'a Resource> {
        let ids = section.content.iter().flat_map(|block| match block {
            Block::Image { resource_id, .. } => vec![resource_id.as_str()],
            Block::Paragraph(paragraph) => in_paragraph(paragraph),
            Block::Table(_) | Block::Note { .. } | Block::PageBreak | Block::SectionBreak => Vec::new(),
        });
        let found = ids.filter_map(|id| self.document.resources.get(id));
        found
            .filter(|resource| resource.is_image() && resource.data.len() >= SMALLEST)
            .collect()
    }

    /// Hands a picture on as the image of a page; whether it can be decoded.
    ///
    /// # Errors
    /// When nobody takes it.
    pub(crate) fn give(
        &mut self,
        resource: &Resource,
        number: u32,
        limits: &Limits,
        draft: &mut Draft<'_>,
        give: Give<'_>,
    ) -> io::Result<bool> {
        // Drawings of programs have formats that no reader of photographs knows; they stay unread, and are told.
        let Ok(format) = image::guess_format(&resource.data) else {
            return Ok(false);
        };
        match picture::page(&resource.data, format, number, limits) {
            Ok((png, page)) => {
                give(&png)?;
                draft.begin_pictured(page);
                self.read += 1;
                Ok(true)
            }
            Err(rejected) => {
                draft.notice(format!("a picture on page {number}: {}", rejected.message));
                Ok(false)
            }
        }
    }

    /// Tells of those that are not read: they stand beside words, on no page of their own.
    pub(crate) fn tell(&self, draft: &mut Draft<'_>) {
        let all = self
            .document
            .resources
            .values()
            .filter(|resource| resource.is_image());
        let unread = all.count().saturating_sub(self.read);
        match unread {
            0 => {}
            1 => draft.notice("one picture in the document is not read"),
            _ => draft.notice(format!("{unread} pictures in the document are not read")),
        }
    }
}

fn in_paragraph(paragraph: &Paragraph) -> Vec<&str> {
    let images = paragraph.images.iter();
    images.map(|image| image.resource_id.as_str()).collect()
}
