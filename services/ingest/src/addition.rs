//! A file on its way in: read, or known from before.

use bus::{Delivery, Outputs};
use schemas::ContentId;
use schemas::document::{Document, Extract, PageText};
use schemas::file::{FileRecord, FileState, FileVersion, Parse, RejectionCode, StoredDocument, StoredTable};
use schemas::jobs::{OcrJob, PageImage};
use schemas::overrides::TableOverride;

use crate::contents::now;
use crate::course::Course;
use crate::error::IngestError;
use crate::kind::{self, Kind};
use crate::making::{self, Material};
use crate::read::READER;
use crate::reading::{Reading, Upload};
use crate::rejected::Rejected;

/// A file on its way in.
pub(crate) struct Addition<'a> {
    pub course: Course<'a>,
    pub reading: &'a Reading,
    /// What people have decided, if this job says so; else what they have decided about the version before.
    pub overrides: Option<Vec<TableOverride>>,
}

/// What reading gave.
enum Step {
    /// All of it is known.
    Read(FileVersion),
    /// Pages are to be recognized first.
    Recognize(FileVersion, OcrJob),
}

impl Addition<'_> {
    pub(crate) async fn run(self) -> Result<Outputs, IngestError> {
        let record = self.begin().await?;
        let order = self.course.version.order;
        if record.order != order {
            // Another job has come between, whose version must not be lost.
            let busy = self.overrides.is_some() && record.order < order;
            return if busy {
                Err(IngestError::BeingRead)
            } else {
                self.late().await
            };
        }
        if record.state == FileState::Rejected && record.is_open() {
            // All of it is done, and what followed was given up.
            return Ok(Outputs::none());
        }
        match (record.state, record.active, record.rejection) {
            // A former delivery of this job came as far as this.
            (FileState::Indexed, Some(version), _) if self.course.is_document() => Ok(self.forward(&version)),
            (FileState::Indexed, Some(version), _) => self.course.indexed(version).await,
            (FileState::Rejected, active, Some(rejection)) => self.course.rejected(rejection, active).await,
            (FileState::Deleted, ..) => self.late().await,
            (_, former, _) => self.read(former).await,
        }
    }

    async fn read(self, former: Option<FileVersion>) -> Result<Outputs, IngestError> {
        match Box::pin(self.step(former.as_ref())).await? {
            Err(rejected) => self.course.reject(rejected.into()).await,
            Ok(Step::Read(version)) if !self.course.is_document() => {
                self.course.activate(version, former).await
            }
            Ok(Step::Read(version)) => {
                if self.course.wait_with(&version).await? {
                    Ok(self.forward(&version))
                } else {
                    self.late().await
                }
            }
            Ok(Step::Recognize(version, job)) => {
                if !self.course.wait_with(&version).await? {
                    return self.late().await;
                }
                Ok(Outputs::none().with(&self.course.received(&version)).with(&job))
            }
        }
    }

    /// Has the passages of a document made findable.
    fn forward(&self, version: &FileVersion) -> Outputs {
        let outputs = Outputs::none().with(&self.course.received(version));
        self.course.embed(outputs, version)
    }

    async fn late(self) -> Result<Outputs, IngestError> {
        let (delivery, set) = (self.course.delivery, self.overrides.is_some());
        let outputs = self.course.late().await?;
        if set {
            return Ok(taken_over(delivery));
        }
        Ok(outputs)
    }

    /// Notes that this job is at work, unless a newer one is known. Returns the record as it is now.
    async fn begin(&self) -> Result<FileRecord, IngestError> {
        let version = &self.course.version;
        let fresh = FileRecord {
            file: version.file.clone(),
            name: version.name.clone(),
            state: FileState::Received,
            order: version.order,
            job: version.job.clone(),
            active: None,
            pending: None,
            rejection: None,
            updated_at: now(),
        };
        let mut superseded = None;
        let record = self
            .course
            .store
            .files
            .update(version.file.as_str(), |known| match known {
                Some(known) if known.order >= fresh.order => None,
                Some(known) if self.overrides.is_some() && known.state == FileState::Received => None,
                Some(known) => {
                    superseded.clone_from(&known.pending);
                    Some(FileRecord {
                        active: known.active.clone(),
                        ..fresh.clone()
                    })
                }
                None => Some(fresh.clone()),
            })
            .await?;
        // Nobody goes on with a version that was still on its way.
        if let Some(superseded) = superseded.filter(|superseded| superseded.content != version.content) {
            self.course
                .store
                .release(&superseded.content, &version.file)
                .await?;
        }
        Ok(record.unwrap_or(fresh))
    }

    /// What is in the bytes: read now, or kept from before.
    async fn step(&self, former: Option<&FileVersion>) -> Result<Result<Step, Rejected>, IngestError> {
        let kept = || former.map(|former| former.overrides.clone()).unwrap_or_default();
        let overrides = self.overrides.clone().unwrap_or_else(kept);
        let Course { store, version, .. } = &self.course;
        let kind = match Kind::of(&version.name) {
            Ok(kind) => kind,
            Err(rejected) => return Ok(Err(rejected)),
        };
        // Two jobs with the same bytes at once: the second one finds what the first one read.
        let _turn = self.reading.turn(&version.content).await;
        let known = store.hold(&version.content, &version.file).await?;
        let Some(size) = store.objects.size(version.content.as_str()).await? else {
            return Ok(Err(missing(&version.content)));
        };
        let parses: Vec<Parse> = known
            .parses
            .into_iter()
            .filter(|parse| {
                parse.kind == kind.as_str() && parse.reader == READER && parse.overrides == overrides
            })
            .collect();
        let upload = Upload {
            name: &version.name,
            kind,
            content: &version.content,
            size,
            overrides: &overrides,
        };
        let of_parse = |parse: Parse| FileVersion {
            content: version.content.clone(),
            size,
            tables: parse
                .tables
                .into_iter()
                .map(|table| self.named(kind, table))
                .collect(),
            document: parse.document,
            searchable: false,
            overrides: overrides.clone(),
        };
        if !kind.is_document() {
            return Ok(self
                .tables(parses, upload)
                .await?
                .map(|parse| Step::Read(of_parse(parse))));
        }
        if let Some(parse) = self.found(&parses).await? {
            return Ok(Ok(Step::Read(of_parse(parse))));
        }
        let unfinished = parses.into_iter().find(|parse| !parse.unfinished.is_empty());
        let read = match unfinished {
            Some(parse) => self
                .course
                .store
                .extract(&parse)
                .await?
                .map(|extract| (parse, extract)),
            None => None,
        };
        let (parse, (id, extract)) = match read {
            Some(read) => read,
            None => match self.document(upload).await? {
                Ok(read) => read,
                Err(rejected) => return Ok(Err(rejected)),
            },
        };
        let pages = wanted(&extract);
        if pages.is_empty() {
            let material = Material {
                parse,
                extract: (id, extract),
                recognition: None,
            };
            let made = making::document(store, version, material).await?;
            return Ok(made.map(|parse| Step::Read(of_parse(parse))));
        }
        let job = OcrJob {
            version: version.clone(),
            extract: id,
            pages,
        };
        Ok(Ok(Step::Recognize(of_parse(parse), job)))
    }

    /// The tables of a file of nothing else, and their rows.
    async fn tables(
        &self,
        parses: Vec<Parse>,
        upload: Upload<'_>,
    ) -> Result<Result<Parse, Rejected>, IngestError> {
        let rows = self.reading.limits().row_passages > 0;
        let kind = upload.kind;
        if !rows {
            if let Some(parse) = parses.into_iter().next() {
                return Ok(Ok(Parse {
                    document: None,
                    ..parse
                }));
            }
        } else if let Some(parse) = self.found(&parses).await? {
            return Ok(Ok(parse));
        }
        let Course {
            store,
            version,
            delivery,
        } = &self.course;
        let overrides = upload.overrides.to_vec();
        let read = match Box::pin(self.reading.read(&store.objects, upload, delivery)).await? {
            Ok(read) => read,
            Err(rejected) => return Ok(Err(rejected)),
        };
        let stored = |(id, document): (ContentId, Document)| StoredDocument {
            document: id,
            pages: 0,
            passages: u32::try_from(document.passages.len()).unwrap_or(u32::MAX),
            parts: Vec::new(),
            notices: u32::try_from(document.notices.len()).unwrap_or(u32::MAX),
            headed: Some(kind::stem(&version.name).to_owned()),
        };
        let parse = Parse {
            kind: kind.as_str().into(),
            reader: READER,
            overrides,
            tables: read.tables,
            document: read.rows.map(stored),
            unfinished: Vec::new(),
        };
        store.keep(&version.content, &version.file, &parse).await?;
        Ok(Ok(parse))
    }

    /// A reading that is over, its passages headed by the name of this file.
    async fn found(&self, parses: &[Parse]) -> Result<Option<Parse>, IngestError> {
        let name = kind::stem(&self.course.version.name);
        let is_headed = |parse: &&Parse| {
            let document = parse.document.as_ref();
            document.is_some_and(|document| document.headed.as_deref().is_none_or(|headed| headed == name))
        };
        if let Some(parse) = parses.iter().find(is_headed) {
            return Ok(Some(parse.clone()));
        }
        let Some(other) = parses.iter().find(|parse| parse.document.is_some()) else {
            return Ok(None);
        };
        making::renamed(&self.course.store, &self.course.version, other).await
    }

    /// Reads a document and keeps what was found, until it is known as a whole.
    async fn document(
        &self,
        upload: Upload<'_>,
    ) -> Result<Result<(Parse, (ContentId, Extract)), Rejected>, IngestError> {
        let Course {
            store,
            version,
            delivery,
        } = &self.course;
        let (kind, overrides) = (upload.kind, upload.overrides.to_vec());
        let read = Box::pin(self.reading.read_document(&store.objects, upload, delivery)).await?;
        let read = match read {
            Ok(read) => read,
            Err(rejected) => return Ok(Err(rejected)),
        };
        let id = store
            .objects
            .put(serde_json::to_vec(&read.extract)?.into())
            .await?;
        let images = read.extract.pages.iter().filter_map(|page| page.image.clone());
        let parse = Parse {
            kind: kind.as_str().into(),
            reader: READER,
            overrides,
            tables: read.tables,
            document: None,
            unfinished: [id.clone()].into_iter().chain(images).collect(),
        };
        store.keep(&version.content, &version.file, &parse).await?;
        Ok(Ok((parse, (id, read.extract))))
    }

    /// The same text may come under two names: its first table is called by the file's.
    fn named(&self, kind: Kind, table: StoredTable) -> StoredTable {
        if kind.has_sheets() || table.index > 0 {
            table
        } else {
            StoredTable {
                name: kind::stem(&self.course.version.name).to_owned(),
                ..table
            }
        }
    }
}

/// The pages that are to be recognized.
fn wanted(extract: &Extract) -> Vec<PageImage> {
    let wanted = extract.pages.iter().filter(|page| page.text == PageText::Wanted);
    wanted
        .filter_map(|page| {
            Some(PageImage {
                page: page.number,
                image: page.image.clone()?,
            })
        })
        .collect()
}

pub(crate) fn taken_over(delivery: &Delivery) -> Outputs {
    let reason = "a newer version of the file took over; set it again";
    Outputs::none().failed(&delivery.origin, reason)
}

fn missing(content: &ContentId) -> Rejected {
    Rejected::new(
        RejectionCode::MissingContent,
        format!("there are no bytes under {content}; expected them to be uploaded before the job is sent"),
    )
}
