//! A document, put together from what workers say of its pages.
//!
//! A long one is read some pages at a time, each by a worker of its own: progress can be told, no worker needs much, and pages
//! that break their reader cost no others. Where a worker breaks, half of its pages are given to the next one each, until it
//! is known which page it is.

use std::collections::{HashSet, VecDeque};
use std::iter;
use std::ops::Range;

use bus::{Delivery, Objects};
use schemas::ContentId;
use schemas::document::{BlockContent, Extract, Page, PageText};
use schemas::file::{RejectionCode, StoredTable};
use schemas::table::TableProfile;

use crate::document::{Span, captions};
use crate::error::IngestError;
use crate::kind::Kind;
use crate::parts::{self, Part};
use crate::reading::{FoundTable, Reading, Sealed, Upload};
use crate::rejected::Rejected;
use crate::worker::{Answer, Found};

/// Pages that the first worker reads, and each of the others.
const PAGES: (u32, u32) = (8, 24);
/// Workers that may break over one document.
const BREACHES: u32 = 6;
/// Tenths of a point by which headings of one level may differ.
const SAME: u32 = 4;

/// A document that was read: its images and tables are stored.
pub(crate) struct ReadDocument {
    pub extract: Extract,
    pub tables: Vec<StoredTable>,
}

impl Reading {
    /// Has a document read and stores its images and tables. The inner error is about the file.
    pub(crate) async fn read_document(
        &self,
        objects: &Objects,
        upload: Upload<'_>,
        delivery: &Delivery,
    ) -> Result<Result<ReadDocument, Rejected>, IngestError> {
        let file = match self.fetch(objects, &upload, delivery).await? {
            Ok(file) => file,
            Err(rejected) => return Ok(Err(rejected)),
        };
        let mut assembly = Assembly::new(upload.kind, self.limits().pages);
        let read = Box::pin(self.read_pages(objects, &upload, &file, &mut assembly, delivery)).await;
        match read {
            Ok(Ok(())) => {}
            Ok(Err(rejected)) => {
                assembly.discard(objects).await;
                return Ok(Err(rejected));
            }
            Err(error) => {
                assembly.discard(objects).await;
                return Err(error);
            }
        }
        if let Some(stamp) = self.stamp() {
            assembly
                .extract
                .notices
                .push(format!("the document was read without a sandbox: {stamp}"));
        }
        let Assembly {
            mut extract,
            images,
            tables,
            sizes,
            ..
        } = assembly;
        set_levels(&mut extract, &sizes);
        let mut images = images.into_iter();
        while let Some((number, image)) = images.next() {
            match objects.keep(image.bytes).await {
                Ok(content) => set_image(&mut extract, number, content),
                Err(error) => {
                    let images = images.map(|(_, image)| image);
                    parts::discard(
                        objects,
                        images.chain(tables.into_iter().map(|table| table.parquet)),
                    )
                    .await;
                    return Err(error.into());
                }
            }
        }
        let tables = self.store_all(objects, tables).await?;
        Ok(Ok(ReadDocument { extract, tables }))
    }

    async fn read_pages(
        &self,
        objects: &Objects,
        upload: &Upload<'_>,
        file: &Sealed,
        assembly: &mut Assembly,
        delivery: &Delivery,
    ) -> Result<Result<(), Rejected>, IngestError> {
        while let Some(pages) = assembly.next() {
            let span = assembly.span(pages.clone());
            let (answer, parts) = self
                .run(objects, upload, file, Some((&span, assembly.total)), delivery)
                .await?;
            match answer {
                Answer::Document(found) => assembly.add(*found, parts),
                Answer::Tables(_) => {
                    parts::discard(objects, parts).await;
                    return Ok(Err(crate::breach::unusable()));
                }
                Answer::Rejected(rejection) => {
                    if let Err(rejected) = assembly.broke(pages, rejection.into()) {
                        return Ok(Err(rejected));
                    }
                }
            }
            if assembly.is_full(self.limits().blocks, self.limits().letters) {
                break;
            }
        }
        assembly.tell_unread(self.limits().pages);
        Ok(Ok(()))
    }
}

/// What is known of a document so far.
struct Assembly {
    kind: Kind,
    /// Pages that are still to be read.
    waiting: VecDeque<Range<u32>>,
    /// Pages of the document; 0 until that is known.
    total: u32,
    most: u32,
    /// The first page that was not given to any worker.
    next: u32,
    extract: Extract,
    sizes: Vec<u32>,
    images: Vec<(u32, Part)>,
    tables: Vec<FoundTable>,
    names: HashSet<String>,
    breaches: u32,
}

impl Assembly {
    fn new(kind: Kind, most: u32) -> Self {
        let first = if kind == Kind::Pdf {
            PAGES.0.min(most)
        } else {
            most
        };
        Self {
            kind,
            waiting: iter::once(0..first.max(1)).collect(),
            total: 0,
            most,
            next: first.max(1),
            extract: Extract::default(),
            sizes: Vec::new(),
            images: Vec::new(),
            tables: Vec::new(),
            names: HashSet::new(),
            breaches: 0,
        }
    }

    /// The pages for the next worker.
    fn next(&mut self) -> Option<Range<u32>> {
        if let Some(pages) = self.waiting.pop_front() {
            return Some(pages);
        }
        let end = self.total.min(self.most);
        if self.kind != Kind::Pdf || self.next >= end {
            return None;
        }
        let pages = self.next..(self.next + PAGES.1).min(end);
        self.next = pages.end;
        Some(pages)
    }

    fn span(&self, pages: Range<u32>) -> Span {
        Span {
            pages,
            heading: captions::last_heading(&self.extract.blocks).map(str::to_owned),
            tables: u32::try_from(self.tables.len()).unwrap_or(u32::MAX),
        }
    }

    fn add(&mut self, found: Found, parts: Vec<Part>) {
        let Found { stretch, tables } = found;
        // The first answer says how many pages there are; what a later one says otherwise is not heard.
        if self.total == 0 {
            self.total = stretch.total;
        }
        let mut parts = parts.into_iter();
        self.images.extend(stretch.images.into_iter().zip(parts.by_ref()));
        for (profile, parquet) in tables.into_iter().zip(parts) {
            let profile = self.named(profile);
            self.tables.push(FoundTable { profile, parquet });
        }
        let extract = stretch.extract;
        self.extract.title = self.extract.title.take().or(extract.title);
        self.extract.pages.extend(extract.pages);
        self.extract.blocks.extend(extract.blocks);
        self.extract.notices.extend(extract.notices);
        self.sizes.extend(stretch.sizes);
    }

    /// Tables are told apart by their names, also those of different workers.
    fn named(&mut self, mut profile: TableProfile) -> TableProfile {
        let plain = profile.name.clone();
        let mut number = 2;
        while !self.names.insert(profile.name.clone()) {
            profile.name = format!("{plain} ({number})");
            number += 1;
        }
        profile
    }

    /// A worker could not read these pages: others try half of them each, as long as it is not known that the document as a
    /// whole is to blame.
    fn broke(&mut self, pages: Range<u32>, rejected: Rejected) -> Result<(), Rejected> {
        self.breaches += 1;
        let alone = pages.len() <= 1;
        let of_document = self.kind != Kind::Pdf || !is_breach(rejected.code);
        let unknown = self.total == 0 && (alone || of_document);
        if unknown || self.kind != Kind::Pdf {
            return Err(rejected);
        }
        if of_document || self.breaches > BREACHES {
            let number = pages.start + 1;
            self.extract
                .notices
                .push(format!("reading ended at page {number}: {}", rejected.message));
            self.waiting.clear();
            self.next = self.most;
            return Ok(());
        }
        if alone {
            let number = pages.start + 1;
            self.extract.pages.push(Page {
                number,
                size: None,
                image: None,
                text: PageText::None,
            });
            let notice = format!("page {number} could not be read: {}", rejected.message);
            self.extract.notices.push(notice);
            return Ok(());
        }
        let middle = u32::midpoint(pages.start, pages.end);
        self.waiting.push_front(middle..pages.end);
        self.waiting.push_front(pages.start..middle);
        Ok(())
    }

    fn is_full(&self, blocks: usize, letters: usize) -> bool {
        let length = |content: &BlockContent| match content {
            BlockContent::Heading { text, .. } | BlockContent::Text { text } => text.len(),
            BlockContent::Table { rows, .. } => rows.iter().flatten().map(String::len).sum(),
        };
        let all: usize = self
            .extract
            .blocks
            .iter()
            .map(|block| length(&block.content))
            .sum();
        self.extract.blocks.len() >= blocks || all >= letters
    }

    fn tell_unread(&mut self, most: u32) {
        let read = self.extract.pages.last().map_or(0, |page| page.number);
        if self.kind == Kind::Pdf && read < self.total {
            let total = self.total;
            let notice = if read >= most {
                format!("the document has {total} pages; the first {read} are read, as many as are allowed")
            } else {
                format!("the document has {total} pages; the first {read} are read")
            };
            self.extract.notices.push(notice);
        }
    }

    async fn discard(self, objects: &Objects) {
        let images = self.images.into_iter().map(|(_, image)| image);
        let tables = self.tables.into_iter().map(|table| table.parquet);
        parts::discard(objects, images.chain(tables)).await;
    }
}

/// Whether a worker was ended, rather than finding something wrong with the document.
fn is_breach(code: RejectionCode) -> bool {
    use RejectionCode as Code;
    matches!(
        code,
        Code::TimedOut | Code::OutOfMemory | Code::OutputTooLarge | Code::Crashed | Code::PolicyViolation
    )
}

fn set_image(extract: &mut Extract, number: u32, content: ContentId) {
    if let Some(page) = extract.pages.iter_mut().find(|page| page.number == number) {
        page.image = Some(content);
    }
}

/// Gives headings the levels that their sizes say: the largest letters are those of the highest.
fn set_levels(extract: &mut Extract, sizes: &[u32]) {
    let mut ranks: Vec<u32> = sizes.to_vec();
    ranks.sort_unstable_by(|one, other| other.cmp(one));
    ranks.dedup_by(|smaller, larger| *larger - *smaller <= SAME);
    let mut sizes = sizes.iter();
    for block in &mut extract.blocks {
        if let BlockContent::Heading { level, .. } = &mut block.content
            && let Some(size) = sizes.next()
        {
            let rank = ranks.iter().take_while(|rank| **rank > size + SAME).count();
            *level = u8::try_from(rank + 1).unwrap_or(6).min(6);
        }
    }
}

#[cfg(test)]
mod tests {
    use schemas::document::Block;

    use super::*;

    #[test]
    fn larger_headings_are_higher() {
        let heading = |text: &str| Block {
            page: Some(1),
            area: None,
            content: BlockContent::Heading {
                level: 1,
                text: text.to_owned(),
            },
        };
        let mut extract = Extract {
            blocks: ["title", "chapter", "section", "chapter"].map(heading).to_vec(),
            ..Extract::default()
        };
        set_levels(&mut extract, &[240, 160, 120, 158]);
        let levels: Vec<u8> = extract
            .blocks
            .iter()
            .map(|block| match block.content {
                BlockContent::Heading { level, .. } => level,
                _ => 0,
            })
            .collect();
        assert_eq!(levels, [1, 2, 3, 2]);
    }

    #[test]
    fn pages_that_break_their_reader_cost_no_others() {
        let mut assembly = Assembly::new(Kind::Pdf, 2_000);
        assert_eq!(assembly.next(), Some(0..8));
        let breach = || Rejected::new(RejectionCode::TimedOut, "it takes too long");
        assembly.broke(0..8, breach()).unwrap();
        assert_eq!((assembly.next(), assembly.next()), (Some(0..4), Some(4..8)));
        // The document as a whole is to blame where nothing of it can be read.
        assert!(assembly.broke(0..1, breach()).is_err());
        assembly.total = 40;
        assembly.broke(4..5, breach()).unwrap();
        assert!(assembly.extract.notices[0].starts_with("page 5 could not be read"));
        assert_eq!(
            (assembly.next(), assembly.next(), assembly.next()),
            (Some(8..32), Some(32..40), None)
        );
        for _ in 0..BREACHES {
            assembly.broke(32..40, breach()).unwrap();
        }
        assert_eq!(
            assembly.extract.notices.last().unwrap(),
            "reading ended at page 33: it takes too long"
        );
        let encrypted = Rejected::new(RejectionCode::Encrypted, "it is encrypted");
        assert!(Assembly::new(Kind::Pdf, 9).broke(0..8, encrypted).is_err());
    }
}
