//! How a document goes on: pages were recognized, passages can be found, or a step was given up.

use bus::{Delivery, ObjectsError, Outputs};
use schemas::ContentId;
use schemas::document::{Area, BlockContent, Extract, Recognition};
use schemas::file::{FileRecord, FileState, FileVersion, Parse, Rejection, RejectionCode};
use schemas::jobs::{PagesRecognized, PassagesEmbedded, VersionGivenUp};
use serde::de::DeserializeOwned;

use crate::contents::{Contents, EXTRACT, now};
use crate::course::Course;
use crate::error::IngestError;
use crate::making::{self, Material};

/// Goes on with a document whose images were read.
pub(crate) async fn recognized(
    store: Contents,
    job: PagesRecognized,
    delivery: &Delivery,
) -> Result<Outputs, IngestError> {
    let PagesRecognized {
        version,
        extract,
        recognition,
    } = job;
    let record = store
        .files
        .get(version.file.as_str())
        .await?
        .map(|record| record.value);
    let course = Course {
        store,
        delivery,
        version,
    };
    let mine = record.filter(|record| record.order == course.version.order);
    let pending = match mine {
        // A former delivery came as far as this, and others went on.
        Some(FileRecord {
            state: FileState::Indexed,
            active: Some(active),
            ..
        }) => return Ok(course.embed(Outputs::none(), &active)),
        Some(FileRecord {
            state: FileState::Rejected,
            pending: None,
            active,
            rejection: Some(rejection),
            ..
        }) => return course.rejected(rejection, active).await,
        Some(FileRecord {
            state: FileState::Received | FileState::Rejected,
            pending: Some(pending),
            ..
        }) => pending,
        _ => {
            course.store.leave(&course.version.content, &recognition).await?;
            return course.late().await;
        }
    };
    if pending.document.is_some() {
        return Ok(course.embed(Outputs::none(), &pending));
    }
    let known = course
        .store
        .hold(&course.version.content, &course.version.file)
        .await?;
    let parse = known.parses.into_iter().find(|parse| {
        parse.overrides == pending.overrides && made_from(parse).is_some_and(|first| *first == extract)
    });
    let Some(parse) = parse else {
        return Err(IngestError::Lost {
            what: "extract",
            object: extract,
        });
    };
    let made = if parse.document.is_some() {
        // Another file with the same bytes was faster.
        course.store.leave(&course.version.content, &recognition).await?;
        let name = crate::kind::stem(&course.version.name);
        let headed = parse
            .document
            .as_ref()
            .and_then(|document| document.headed.as_deref());
        match headed.filter(|headed| *headed != name) {
            None => Ok(parse),
            Some(_) => match making::renamed(&course.store, &course.version, &parse).await? {
                Some(parse) => Ok(parse),
                None => {
                    return Err(IngestError::Lost {
                        what: "extract",
                        object: extract,
                    });
                }
            },
        }
    } else {
        let found: Extract = fetched(&course.store, "extract", &extract).await?;
        let read: Recognition = fetched(&course.store, "recognition", &recognition).await?;
        let material = Material {
            parse,
            recognition: Some((recognition, usable(read, &found))),
            extract: (extract, found),
        };
        making::document(&course.store, &course.version, material).await?
    };
    let parse = match made {
        Ok(parse) => parse,
        Err(rejected) => return course.reject(rejected.into()).await,
    };
    let pending = FileVersion {
        document: parse.document,
        ..pending
    };
    if course.wait_with(&pending).await? {
        Ok(course.embed(Outputs::none(), &pending))
    } else {
        course.late().await
    }
}

/// The object that a reading began with.
fn made_from(parse: &Parse) -> Option<&ContentId> {
    let document = parse
        .document
        .as_ref()
        .and_then(|document| document.parts.first());
    document.or(parse.unfinished.first())
}

async fn fetched<T: DeserializeOwned>(
    store: &Contents,
    what: &'static str,
    object: &ContentId,
) -> Result<T, IngestError> {
    let lost = || IngestError::Lost {
        what,
        object: object.clone(),
    };
    let bytes = match store.objects.get(object.as_str(), EXTRACT).await {
        Ok(bytes) => bytes,
        Err(ObjectsError::Missing { .. } | ObjectsError::Damaged { .. }) => return Err(lost()),
        Err(error) => return Err(error.into()),
    };
    serde_json::from_slice(&bytes).map_err(|_| lost())
}

/// What can be used of a recognition: pages that the document has, blocks that are whole and lie on them.
fn usable(mut recognition: Recognition, extract: &Extract) -> Recognition {
    recognition
        .pages
        .retain(|read| extract.pages.iter().any(|page| page.number == read.page));
    for page in &mut recognition.pages {
        page.blocks.retain(|block| match &block.content {
            BlockContent::Heading { text, .. } | BlockContent::Text { text } => !text.trim().is_empty(),
            BlockContent::Table { header, rows, areas } => {
                let whole = rows.iter().all(|row| row.len() == header.len());
                whole && !rows.is_empty() && (areas.is_empty() || areas.len() == rows.len())
            }
        });
        for block in &mut page.blocks {
            block.area = block.area.filter(is_on_page);
            if let BlockContent::Table { areas, .. } = &mut block.content
                && !areas.iter().all(is_on_page)
            {
                areas.clear();
            }
        }
    }
    recognition
}

fn is_on_page(area: &Area) -> bool {
    [area.left, area.top, area.width, area.height]
        .iter()
        .all(|value| (-0.01..=1.01).contains(value))
}

/// Notes that a step of a version was given up.
pub(crate) async fn given_up(
    store: Contents,
    job: VersionGivenUp,
    delivery: &Delivery,
) -> Result<Outputs, IngestError> {
    let VersionGivenUp {
        version,
        service,
        reason,
    } = job;
    let course = Course {
        store,
        delivery,
        version,
    };
    let rejection = Rejection {
        code: RejectionCode::GivenUp,
        message: format!("{service} gave it up: {reason}"),
        place: None,
    };
    course.give_up(rejection).await
}

/// Goes on with a file whose passages can be found.
pub(crate) async fn embedded(
    store: Contents,
    job: PassagesEmbedded,
    delivery: &Delivery,
) -> Result<Outputs, IngestError> {
    let PassagesEmbedded {
        version, document, ..
    } = job;
    let known = store
        .files
        .get(version.file.as_str())
        .await?
        .map(|record| record.value);
    let course = Course {
        store,
        delivery,
        version,
    };
    let is_it = |version: &FileVersion| {
        version
            .document
            .as_ref()
            .is_some_and(|stored| stored.document == document)
    };
    match known {
        Some(FileRecord {
            state: FileState::Received | FileState::Rejected,
            order,
            pending: Some(pending),
            active,
            ..
        }) if order == course.version.order && is_it(&pending) => {
            let version = FileVersion {
                searchable: true,
                ..pending
            };
            course.activate(version, active).await
        }
        Some(FileRecord {
            state: FileState::Indexed | FileState::Rejected,
            active: Some(active),
            ..
        }) if is_it(&active) => {
            let version = mark(&course, &document).await?.unwrap_or(active);
            if course.is_document() {
                return course.indexed(version).await;
            }
            let remove = course.remove_others(Some(&version));
            Ok(Outputs::none().with(&remove).finished(&course.delivery.origin))
        }
        record => late(course, record).await,
    }
}

/// Notes that the passages of the active version can be found.
async fn mark(course: &Course<'_>, document: &ContentId) -> Result<Option<FileVersion>, IngestError> {
    let record = course
        .store
        .files
        .update(course.version.file.as_str(), |known| {
            let known = known?;
            let active = known.active.as_ref()?;
            let is_it = active
                .document
                .as_ref()
                .is_some_and(|stored| stored.document == *document);
            (is_it && !active.searchable).then(|| FileRecord {
                active: Some(FileVersion {
                    searchable: true,
                    ..active.clone()
                }),
                rejection: None,
                updated_at: now(),
                ..known.clone()
            })
        })
        .await?;
    Ok(record.and_then(|record| record.active))
}

/// Passages of a version that is out of date: they go, unless a newer version is under way, which will take them away with
/// all others when it is there, and whose own must not be lost now.
async fn late(course: Course<'_>, record: Option<FileRecord>) -> Result<Outputs, IngestError> {
    let under_way = record.as_ref().is_some_and(FileRecord::is_open);
    let active = record.and_then(|record| record.active);
    let remove = course.remove_others(active.as_ref());
    let outputs = course.late().await?;
    Ok(if under_way { outputs } else { outputs.with(&remove) })
}
