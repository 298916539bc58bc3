//! A document's passages on their way into the index, batch by batch.

use bus::Delivery;
use index::{Point, TenantIndex};
use models::Purpose;
use schemas::document::{Document, Passage, PassageKind};
use schemas::{ContentId, FileId};

use crate::error::EmbedError;
use crate::spaces::Target;

/// Passages of one batch that need no vector, for each that does: they cost next to nothing.
const CHEAP: usize = 16;

/// Whose passages they are.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The file.
    pub file: FileId,
    /// Its logical name.
    pub name: String,
    /// The bytes that the document was read from.
    pub content: ContentId,
    /// The document.
    pub document: ContentId,
    /// When the file was brought in, in seconds since 1970.
    pub received: i64,
}

/// Writes all passages of a document into each of some spaces, at most `size` vectors at one go, and tells those who follow
/// a job how many are written. The same passages come out as the same points, so that all of it can be repeated.
///
/// # Errors
/// When a model or the index fails; what was written stays.
pub async fn write(
    index: &TenantIndex,
    targets: &[Target],
    owner: &Owner,
    document: Document,
    size: usize,
    delivery: Option<&Delivery>,
) -> Result<(), EmbedError> {
    let total = document.passages.len() as u64;
    let mut done = 0;
    tell(delivery, done, total).await;
    for batch in batches(document.passages, size.max(1)) {
        done += batch.len() as u64;
        for target in targets {
            let points = points(target, owner, &batch).await?;
            index.upsert(&target.space, points).await?;
        }
        tell(delivery, done, total).await;
    }
    Ok(())
}

async fn tell(delivery: Option<&Delivery>, done: u64, total: u64) {
    if let Some(delivery) = delivery {
        let stage = "embedding passages";
        delivery.report(&delivery.origin, stage, done, total).await;
    }
}

async fn points(target: &Target, owner: &Owner, batch: &[Passage]) -> Result<Vec<Point>, EmbedError> {
    let texts: Vec<String> = batch
        .iter()
        .filter(|passage| has_vector(passage))
        .map(text)
        .collect();
    let vectors = match &target.encoder {
        Some(encoder) if !texts.is_empty() => encoder.embed(&texts, Purpose::Passage).await?.vectors,
        Some(_) | None => Vec::new(),
    };
    let mut vectors = vectors.into_iter();
    let point = |passage: &Passage| Point {
        file: owner.file.clone(),
        name: owner.name.clone(),
        content: owner.content.clone(),
        document: owner.document.clone(),
        dense: has_vector(passage).then(|| vectors.next()).flatten(),
        passage: passage.clone(),
        received: owner.received,
    };
    Ok(batch.iter().map(point).collect())
}

/// Rows of sheets are many, and are looked for by what stands in them; of passages that say nearly the same, one is enough.
fn has_vector(passage: &Passage) -> bool {
    passage.kind != PassageKind::SheetRow && passage.duplicate_of.is_none()
}

/// What the model reads: also what the passage stands under, since that may be all that names what it is about.
fn text(passage: &Passage) -> String {
    if passage.context.is_empty() {
        passage.text.clone()
    } else {
        format!("{}\n{}", passage.context, passage.text)
    }
}

fn batches(passages: Vec<Passage>, size: usize) -> impl Iterator<Item = Vec<Passage>> {
    let mut passages = passages.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut batch = Vec::new();
        let mut vectors = 0;
        while vectors < size
            && batch.len() < size.saturating_mul(CHEAP)
            && let Some(passage) = passages.next()
        {
            vectors += usize::from(has_vector(&passage));
            batch.push(passage);
        }
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use schemas::document::Place;

    use super::*;

    fn passage(index: u32, kind: PassageKind) -> Passage {
        Passage {
            index,
            text: "t".to_owned(),
            context: String::new(),
            place: Place::default(),
            kind,
            language: None,
            duplicate_of: None,
        }
    }

    fn check(kinds: &[(PassageKind, usize)], expected: &[usize]) {
        let mut passages = Vec::new();
        for (kind, count) in kinds {
            passages.extend((0..*count).map(|index| passage(index as u32, *kind)));
        }
        let sizes: Vec<usize> = batches(passages, 2).map(|batch| batch.len()).collect();
        assert_eq!(sizes, expected, "{kinds:?}");
    }

    #[test]
    fn vectors_limit_a_batch_and_rows_of_sheets_hardly_do() {
        use PassageKind::{Row, SheetRow, Text};
        check(&[], &[]);
        check(&[(Text, 3), (Row, 2)], &[2, 2, 1]);
        check(&[(SheetRow, 40)], &[32, 8]);
        check(&[(Text, 1), (SheetRow, 5), (Text, 2)], &[7, 1]);
    }

    #[test]
    fn a_passage_is_read_with_what_it_stands_under() {
        let mut under = passage(0, PassageKind::Text);
        under.context = "Handbook › T2".to_owned();
        assert_eq!(text(&under), "Handbook › T2\nt");
        assert_eq!(text(&passage(0, PassageKind::Text)), "t");
    }
}
