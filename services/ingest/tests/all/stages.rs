//! A document on its way through the services, of which ingest is real: a test plays the others.

use std::io::Cursor;
use std::path::PathBuf;

use bus::Outputs;
use bus::ids::new_job_id;
use image::{DynamicImage, ImageFormat};
use ingest::{IngestConfig, Limits};
use schemas::ContentId;
use schemas::document::{Block, BlockContent, Document, Recognition, RecognizedPage};
use schemas::events::FileRejected;
use schemas::file::Rejection;
use schemas::jobs::{EmbedJob, EmbedPassages, IngestJob, OcrJob, PagesRecognized, PassagesEmbedded};
use serde::de::DeserializeOwned;

use crate::world::{Sent, World, sandbox};

pub struct Stages {
    pub world: World,
}

impl Stages {
    pub async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let world = World::reading(limits, &config(), &sandbox()).await;
        Self { world }
    }

    /// The bytes of an object.
    pub async fn object(&self, id: &ContentId) -> Vec<u8> {
        let objects = self.world.bus.files(&crate::world::tenant()).await.unwrap();
        objects.get(id.as_str(), 256 << 20).await.unwrap().to_vec()
    }

    pub async fn json<T: DeserializeOwned>(&self, id: &ContentId) -> T {
        serde_json::from_slice(&self.object(id).await).unwrap()
    }

    /// Adds a document that needs nothing but to be read, and has it embedded: what the search finds, and what the world is
    /// told in the end.
    pub async fn embed(&self, name: &str, bytes: &[u8]) -> (Document, Outputs) {
        let sent = self.world.add(1, name, bytes).await;
        let outputs = self.world.deliver(&sent).await;
        let job = embed_job(&outputs);
        let document = self.json(&job.document).await;
        let outputs = self.world.deliver(&embedded(2, &job)).await;
        (document, outputs)
    }

    /// Adds a document of which pages are to be recognized.
    pub async fn wanted(&self, name: &str, bytes: &[u8]) -> OcrJob {
        let sent = self.world.add(1, name, bytes).await;
        let outputs = self.world.deliver(&sent).await;
        let refused = outputs.messages::<FileRejected>();
        assert!(refused.is_empty(), "{refused:?}");
        outputs.messages::<OcrJob>().remove(0)
    }

    /// What ocr answers: the words of each page, or why there are none.
    pub async fn recognized(&self, order: u64, job: &OcrJob, pages: &[Result<&str, &str>]) -> Sent {
        let page = |(page, words): (u32, &Result<&str, &str>)| RecognizedPage {
            page,
            turned: 0,
            blocks: words
                .iter()
                .filter(|words| !words.is_empty())
                .map(|words| Block {
                    page: Some(page),
                    area: None,
                    content: BlockContent::Text {
                        text: (*words).to_owned(),
                    },
                })
                .collect(),
            lines: Vec::new(),
            problem: words.err().map(str::to_owned),
            engine: "test".to_owned(),
        };
        let numbers = job.pages.iter().map(|page| page.page);
        let recognition = Recognition {
            pages: numbers.zip(pages).map(page).collect(),
        };
        let bytes = serde_json::to_vec(&recognition).unwrap();
        Sent {
            id: new_job_id(),
            order,
            job: IngestJob::Recognized(PagesRecognized {
                version: job.version.clone(),
                extract: job.extract.clone(),
                recognition: self.world.put(&bytes).await,
            }),
        }
    }

    /// Why a document is refused; the next one is read.
    pub async fn refused(&self, name: &str, bytes: &[u8]) -> Rejection {
        let sent = self.world.add(1, name, bytes).await;
        let outputs = self.world.deliver(&sent).await;
        let rejected = outputs.messages::<FileRejected>().remove(0);
        let good = self.world.add(2, "good.txt", b"Gate A12 is open.").await;
        assert_eq!(embed_job(&self.world.deliver(&good).await).version.order, 2);
        rejected.rejection
    }
}

/// The settings of a service with the library for PDF documents.
pub fn config() -> IngestConfig {
    let pdfium: PathBuf = artifacts::Cache::new(None).ensure("pdfium").unwrap();
    IngestConfig {
        pdfium: Some(pdfium),
        ..IngestConfig::default()
    }
}

#[track_caller]
pub fn embed_job(outputs: &Outputs) -> EmbedPassages {
    let refused = outputs.messages::<FileRejected>();
    assert!(refused.is_empty(), "{refused:?}");
    let mut jobs = outputs.messages::<EmbedJob>().into_iter();
    jobs.find_map(|job| match job {
        EmbedJob::Add(job) => Some(job),
        EmbedJob::Remove(_) => None,
    })
    .unwrap()
}

/// Which document's passages stay, for each removal that is asked for.
pub fn kept(outputs: &Outputs) -> Vec<Option<ContentId>> {
    let jobs = outputs.messages::<EmbedJob>().into_iter();
    jobs.filter_map(|job| match job {
        EmbedJob::Add(_) => None,
        EmbedJob::Remove(job) => Some(job.keep),
    })
    .collect()
}

/// What embed answers.
pub fn embedded(order: u64, job: &EmbedPassages) -> Sent {
    Sent {
        id: new_job_id(),
        order,
        job: IngestJob::Embedded(PassagesEmbedded {
            version: job.version.clone(),
            document: job.document.clone(),
            passages: 1,
        }),
    }
}

/// A picture of nothing.
pub fn image(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = DynamicImage::new_rgb8(width, height);
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}
