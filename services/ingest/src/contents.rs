//! Who holds which bytes: registration, release and removal of contents and of what was read from them.
//!
//! A file registers before it is activated, so that an active version never loses its objects. What no file holds any
//! longer stays for a while: somebody may have uploaded the same bytes just now (nothing is sent when they are there),
//! and the job that will register them is still on its way. After that the objects are removed first and the record
//! last; while they are being removed nobody may register.

use std::collections::BTreeSet;
use std::time::Duration;

use bus::{Bus, Objects, ObjectsError, Records};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use schemas::document::Extract;
use schemas::file::{ContentRecord, FileRecord, Parse};
use schemas::{ContentId, FileId, TenantId};

use crate::error::IngestError;

/// After this time a removal is taken over from a process that died in it.
const REMOVAL: TimeDelta = TimeDelta::seconds(60);
/// How long a registration waits for a removal, and how often.
const WAIT: (Duration, usize) = (Duration::from_secs(15), 6);

/// Bytes that what was found in a document may take.
pub(crate) const EXTRACT: u64 = 256 << 20;

/// The records and objects of one tenant.
pub(crate) struct Contents {
    pub files: Records<FileRecord>,
    pub contents: Records<ContentRecord>,
    pub objects: Objects,
}

/// The present, as records write it.
pub(crate) fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Contents {
    pub(crate) async fn open(bus: &Bus, tenant: &TenantId) -> Result<Self, IngestError> {
        Ok(Self {
            files: bus.file_records(tenant).await?,
            contents: bus.content_records(tenant).await?,
            objects: bus.files(tenant).await?,
        })
    }

    /// Registers a file as a holder of some bytes; what is known of them. Repeating it changes nothing.
    pub(crate) async fn hold(
        &self,
        content: &ContentId,
        file: &FileId,
    ) -> Result<ContentRecord, IngestError> {
        let (wait, tries) = WAIT;
        for _ in 0..tries {
            let record = self
                .contents
                .update(content.as_str(), |known| {
                    let mut record = known.cloned().unwrap_or_default();
                    let held = record.files.contains(file) && record.unheld_since.is_none();
                    if held || record.removing_since.is_some() {
                        return None;
                    }
                    record.files.insert(file.clone());
                    record.unheld_since = None;
                    Some(record)
                })
                .await?
                .unwrap_or_default();
            if record.removing_since.is_none() {
                return Ok(record);
            }
            let gone =
                |record: Option<&ContentRecord>| record.is_none_or(|known| known.removing_since.is_none());
            self.contents.wait(content.as_str(), wait, gone).await?;
            self.remove_if_unheld(content, Duration::ZERO).await?;
        }
        Err(IngestError::BeingRemoved)
    }

    /// Takes a file from the holders of some bytes, unless they are its active version. Bytes that nobody ever held, such
    /// as those of a job that came too late, are noted as unheld: what has no record is never removed.
    pub(crate) async fn release(&self, content: &ContentId, file: &FileId) -> Result<(), IngestError> {
        if self.is_active(content, file).await? {
            return Ok(());
        }
        let since = now();
        self.contents
            .update(content.as_str(), |known| {
                let mut record = known.cloned().unwrap_or_default();
                if !record.files.remove(file) && known.is_some() {
                    return None;
                }
                if record.files.is_empty() {
                    record.unheld_since = Some(since.clone());
                }
                Some(record)
            })
            .await?;
        // Another job may have activated the same bytes under the same name meanwhile.
        if self.is_active(content, file).await? {
            self.hold(content, file).await?;
        }
        Ok(())
    }

    /// Releases whatever a file still holds besides its active version: what a killed process left behind.
    pub(crate) async fn release_leftovers(&self, file: &FileId) -> Result<(), IngestError> {
        for (key, record) in self.contents.list().await? {
            let Ok(content) = ContentId::new(key) else {
                continue;
            };
            if record.files.contains(file) {
                self.release(&content, file).await?;
            }
        }
        Ok(())
    }

    /// Whether they are those of the active version, or of the one that is to become it.
    async fn is_active(&self, content: &ContentId, file: &FileId) -> Result<bool, IngestError> {
        let record = self.files.get(file.as_str()).await?;
        Ok(record.is_some_and(|record| {
            let versions = [record.value.active, record.value.pending];
            versions
                .into_iter()
                .flatten()
                .any(|version| version.content == *content)
        }))
    }

    /// Keeps what reading some bytes gave, in the place of the same reading when it was not over.
    pub(crate) async fn keep(
        &self,
        content: &ContentId,
        file: &FileId,
        parse: &Parse,
    ) -> Result<(), IngestError> {
        self.contents
            .update(content.as_str(), |known| {
                let mut record = known.cloned().unwrap_or_default();
                if record.parses.contains(parse) {
                    return None;
                }
                let unfinished = record.parses.iter_mut().find(|known| {
                    known.document.is_none()
                        && !known.unfinished.is_empty()
                        && (&known.kind, known.reader, &known.overrides, &known.tables)
                            == (&parse.kind, parse.reader, &parse.overrides, &parse.tables)
                });
                match unfinished {
                    Some(known) => *known = parse.clone(),
                    // An older reader's tables stay: versions that were activated with them still name them.
                    None => record.parses.push(parse.clone()),
                }
                record.files.insert(file.clone());
                record.unheld_since = None;
                Some(record)
            })
            .await?;
        Ok(())
    }

    /// What was found in a document whose reading is not over, if it is there.
    pub(crate) async fn extract(&self, parse: &Parse) -> Result<Option<(ContentId, Extract)>, IngestError> {
        let Some(id) = parse.unfinished.first() else {
            return Ok(None);
        };
        let bytes = match self.objects.get(id.as_str(), EXTRACT).await {
            Ok(bytes) => bytes,
            Err(ObjectsError::Missing { .. } | ObjectsError::Damaged { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(serde_json::from_slice(&bytes)
            .ok()
            .map(|extract| (id.clone(), extract)))
    }

    /// Has an object that nobody needs any longer removed with the bytes that it was made from.
    pub(crate) async fn leave(&self, content: &ContentId, object: &ContentId) -> Result<(), IngestError> {
        let left = self
            .contents
            .update(content.as_str(), |known| {
                let mut record = known?.clone();
                if objects_of(content, &record).contains(object) {
                    return None;
                }
                record.parses.first_mut()?.unfinished.push(object.clone());
                Some(record)
            })
            .await?;
        let known = left.is_some_and(|record| objects_of(content, &record).contains(object));
        if !known && !self.needed_by_others(content).await?.contains(object) {
            self.objects.delete(object.as_str()).await?;
        }
        Ok(())
    }

    /// Removes every content that no file has held for at least `keep`; how many.
    pub(crate) async fn remove_unheld(&self, keep: Duration) -> Result<usize, IngestError> {
        let mut removed = 0;
        for (key, record) in self.contents.list().await? {
            let Ok(content) = ContentId::new(key) else {
                continue;
            };
            if record.files.is_empty() && self.remove_if_unheld(&content, keep).await? {
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Has objects removed that belong to no content that is known, and were stored before a moment: texts that were judged, and
    /// bytes that were uploaded but never added; how many. They go as what no file holds any longer does.
    pub(crate) async fn disown(&self, before: DateTime<Utc>) -> Result<usize, IngestError> {
        let listed = self.objects.list().await?;
        // Behind the objects: one that is stored meanwhile is not in the list.
        let mut known = BTreeSet::new();
        for (key, record) in self.contents.list().await? {
            if let Ok(content) = ContentId::new(key) {
                known.extend(objects_of(&content, &record));
            }
        }
        let mut disowned = 0;
        for object in listed.into_iter().filter(|object| object.stored_at < before) {
            let Ok(content) = ContentId::new(object.name) else {
                continue;
            };
            if known.contains(&content) {
                continue;
            }
            let since = now();
            let unheld = |known: Option<&ContentRecord>| {
                known.is_none().then(|| ContentRecord {
                    unheld_since: Some(since.clone()),
                    ..ContentRecord::default()
                })
            };
            self.contents.update(content.as_str(), unheld).await?;
            disowned += 1;
        }
        Ok(disowned)
    }

    async fn remove_if_unheld(&self, content: &ContentId, keep: Duration) -> Result<bool, IngestError> {
        let present = Utc::now();
        let mine = now();
        let claimed = self
            .contents
            .update(content.as_str(), |known| {
                let record = known?;
                // One's own claim may be met when the server's answer to it was lost.
                let claimable = match &record.removing_since {
                    Some(since) => age(since, present) > REMOVAL,
                    None => {
                        let unheld = record.unheld_since.as_deref().map(|since| age(since, present));
                        record.files.is_empty()
                            && unheld.is_some_and(|age| age.to_std().is_ok_and(|age| age >= keep))
                    }
                };
                claimable.then(|| ContentRecord {
                    removing_since: Some(mine.clone()),
                    ..record.clone()
                })
            })
            .await?;
        let Some(record) = claimed.filter(|record| record.removing_since.as_ref() == Some(&mine)) else {
            return Ok(false);
        };
        let needed = self.needed_by_others(content).await?;
        for object in objects_of(content, &record).difference(&needed) {
            self.objects.delete(object.as_str()).await?;
        }
        let Some(last) = self.contents.get(content.as_str()).await? else {
            return Ok(true);
        };
        let unchanged = last.value.removing_since.as_ref() == Some(&mine);
        Ok(unchanged && self.contents.remove(content.as_str(), last.revision).await?)
    }

    /// The objects that other contents consist of or were read into.
    async fn needed_by_others(&self, content: &ContentId) -> Result<BTreeSet<ContentId>, IngestError> {
        let mut needed = BTreeSet::new();
        for (key, record) in self.contents.list().await? {
            let Ok(other) = ContentId::new(key) else { continue };
            if other != *content && record.removing_since.is_none() {
                needed.extend(objects_of(&other, &record));
            }
        }
        Ok(needed)
    }
}

fn objects_of(content: &ContentId, record: &ContentRecord) -> BTreeSet<ContentId> {
    let tables = record.parses.iter().flat_map(|parse| &parse.tables);
    let read = tables.flat_map(|table| [&table.parquet, &table.profile]);
    let documents = record.parses.iter().flat_map(|parse| &parse.document);
    let found = documents.flat_map(|document| [&document.document].into_iter().chain(&document.parts));
    let unfinished = record.parses.iter().flat_map(|parse| &parse.unfinished);
    read.chain(found)
        .chain(unfinished)
        .chain([content])
        .cloned()
        .collect()
}

/// How long ago a moment was; what can't be read is as old as can be.
fn age(since: &str, present: DateTime<Utc>) -> TimeDelta {
    DateTime::parse_from_rfc3339(since).map_or(TimeDelta::MAX, |since| present.signed_duration_since(since))
}
