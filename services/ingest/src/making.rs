//! From what was found in a document to what the search finds.

use bus::ObjectsError;
use schemas::ContentId;
use schemas::document::{Document, Extract, Recognition};
use schemas::file::{Parse, RejectionCode, StoredDocument};
use schemas::jobs::Version;

use crate::contents::{Contents, EXTRACT};
use crate::error::IngestError;
use crate::kind;
use crate::passages;
use crate::rejected::Rejected;

/// What a document is made from.
pub(crate) struct Material {
    /// The reading as far as it has come.
    pub parse: Parse,
    pub extract: (ContentId, Extract),
    pub recognition: Option<(ContentId, Recognition)>,
}

/// Cuts and stores the passages, and keeps that reading is over. The inner error is about the file.
pub(crate) async fn document(
    store: &Contents,
    version: &Version,
    material: Material,
) -> Result<Result<Parse, Rejected>, IngestError> {
    let Material {
        parse,
        extract: (id, extract),
        recognition,
    } = material;
    let name = kind::stem(&version.name);
    let recognized = recognition.as_ref().map(|(_, recognition)| recognition);
    let document = passages::of_document(&extract, recognized, name);
    if document.passages.is_empty() {
        return Ok(Err(empty(&document)));
    }
    let made_from = [Some(id.clone()), recognition.map(|(id, _)| id)];
    let images = parse.unfinished.iter().filter(|part| **part != id).cloned();
    let mut parts: Vec<ContentId> = made_from.into_iter().flatten().collect();
    for image in images {
        if !parts.contains(&image) {
            parts.push(image);
        }
    }
    let headed = document.title.is_none().then(|| name.to_owned());
    let stored = stored(store, &document, parts, headed).await?;
    let parse = Parse {
        document: Some(stored),
        unfinished: Vec::new(),
        ..parse
    };
    store.keep(&version.content, &version.file, &parse).await?;
    Ok(Ok(parse))
}

async fn stored(
    store: &Contents,
    document: &Document,
    parts: Vec<ContentId>,
    headed: Option<String>,
) -> Result<StoredDocument, IngestError> {
    let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
    Ok(StoredDocument {
        document: store.objects.put(serde_json::to_vec(document)?.into()).await?,
        pages: count(document.pages.len()),
        passages: count(document.passages.len()),
        parts,
        notices: count(document.notices.len()),
        headed,
    })
}

/// The same reading with passages that are headed by the name of this file; none: what was stored of it is gone.
pub(crate) async fn renamed(
    store: &Contents,
    version: &Version,
    other: &Parse,
) -> Result<Option<Parse>, IngestError> {
    let Some(known) = &other.document else {
        return Ok(None);
    };
    let bytes = match store.objects.get(known.document.as_str(), EXTRACT).await {
        Ok(bytes) => bytes,
        Err(ObjectsError::Missing { .. } | ObjectsError::Damaged { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let document: Document = serde_json::from_slice(&bytes)?;
    let name = kind::stem(&version.name);
    let old = known.headed.as_deref().unwrap_or_default();
    let document = passages::renamed(&document, old, name);
    let stored = stored(store, &document, known.parts.clone(), Some(name.to_owned())).await?;
    let parse = Parse {
        document: Some(stored),
        ..other.clone()
    };
    store.keep(&version.content, &version.file, &parse).await?;
    Ok(Some(parse))
}

fn empty(document: &Document) -> Rejected {
    let told = document
        .notices
        .first()
        .map_or(String::new(), |notice| format!(" ({notice})"));
    Rejected::new(
        RejectionCode::Empty,
        format!(
            "no words were found in the document{told}; expected some text, or images in which there is some"
        ),
    )
}
