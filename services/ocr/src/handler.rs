//! The flow of one job: images of pages in, their text out.
//!
//! A page that can't be read says why, and the others are read. A job that comes again finds the pages that this process has
//! read before, and stores the same object under the same name.

use std::sync::Arc;

use bus::{Bus, Delivery, Handler, Objects, Outputs};
use image::RgbImage;
use sandbox::Pool;
use schemas::document::{Recognition, RecognizedPage};
use schemas::jobs::{IngestJob, OcrJob, PageImage, PagesRecognized};

use crate::agreement::agree;
use crate::decoding::Decoding;
use crate::engine::{ENGINE, Engine, Reading};
use crate::error::OcrError;
use crate::known::Known;
use crate::limits::Limits;
use crate::page;
use crate::problem::Problem;
use crate::vision::{self, Vision};

/// Handles [`OcrJob`].
pub struct Ocr {
    bus: Bus,
    decoding: Decoding,
    engine: Arc<Engine>,
    vision: Option<Vision>,
    known: Known,
}

impl Ocr {
    /// A handler that has images decoded by workers, within some limits, and reads them by an engine.
    #[must_use]
    pub fn new(bus: Bus, limits: Limits, workers: Arc<Pool>, engine: Arc<Engine>) -> Self {
        Self {
            bus,
            decoding: Decoding::new(limits, workers),
            engine,
            vision: None,
            known: Known::default(),
        }
    }

    /// The same, with a vision model that is asked too.
    #[must_use]
    pub fn with_vision(self, vision: Option<Vision>) -> Self {
        Self { vision, ..self }
    }
}

impl Handler<OcrJob> for Ocr {
    type Error = OcrError;

    async fn handle(&self, job: OcrJob, delivery: &Delivery) -> Result<Outputs, OcrError> {
        let objects = self.bus.files(&delivery.tenant).await?;
        let total = job.pages.len() as u64;
        let mut pages = Vec::new();
        for (done, page) in (0..).zip(&job.pages) {
            delivery
                .report(&delivery.origin, "reading images of pages", done, total)
                .await;
            pages.push(self.page(&objects, page, delivery).await?);
        }
        delivery
            .report(&delivery.origin, "reading images of pages", total, total)
            .await;
        let recognition = serde_json::to_vec(&Recognition { pages })?;
        let recognized = PagesRecognized {
            version: job.version,
            extract: job.extract,
            recognition: objects.put(recognition.into()).await?,
        };
        Ok(Outputs::none().with(&IngestJob::Recognized(recognized)))
    }
}

/// What the engine has read, and the image as a vision model is sent it, where there is one.
type Apart = Result<(Reading, Option<String>), Problem>;

impl Ocr {
    async fn page(
        &self,
        objects: &Objects,
        page: &PageImage,
        delivery: &Delivery,
    ) -> Result<RecognizedPage, OcrError> {
        if let Some(known) = self.known.get(&delivery.tenant, &page.image) {
            return Ok(RecognizedPage {
                page: page.page,
                ..known
            });
        }
        let read = match self.decoding.pixels(objects, &page.image, delivery).await? {
            Ok(pixels) => self.read(page.page, pixels).await?,
            Err(problem) => Err(problem),
        };
        match read {
            Ok(read) => {
                self.known.keep(&delivery.tenant, &page.image, &read);
                Ok(read)
            }
            Err(problem) => {
                tracing::info!(page = page.page, image = %page.image, ?problem, "an image can't be read");
                Ok(RecognizedPage {
                    page: page.page,
                    turned: 0,
                    blocks: Vec::new(),
                    lines: Vec::new(),
                    problem: Some(problem.to_string()),
                    engine: ENGINE.to_owned(),
                })
            }
        }
    }

    /// Reads pixels.
    async fn read(&self, page: u32, pixels: RgbImage) -> Result<Result<RecognizedPage, Problem>, OcrError> {
        let (mut reading, image) = match self.read_apart(pixels).await? {
            Ok(read) => read,
            Err(problem) => return Ok(Err(problem)),
        };
        let mut engine = ENGINE.to_owned();
        if let (Some(vision), Some(image)) = (&self.vision, image)
            && let Some(seen) = vision.lines(image).await
        {
            agree(&mut reading.lines, &seen);
            engine = format!("{engine}, with {}", vision.model());
        }
        Ok(Ok(RecognizedPage {
            engine,
            ..page::recognized(page, &reading)
        }))
    }

    /// Has the engine read pixels, on a thread where that may take its time; with the image as a vision model is sent it.
    async fn read_apart(&self, pixels: RgbImage) -> Result<Apart, OcrError> {
        let engine = Arc::clone(&self.engine);
        let shown = self.vision.is_some();
        let span = tracing::Span::current();
        let work = tokio::task::spawn_blocking(move || -> Result<Apart, OcrError> {
            let _entered = span.entered();
            match engine.read_turned(pixels) {
                Ok((reading, image)) => {
                    // An image that can't be encoded is read by the engine alone.
                    let sent = shown.then(|| vision::data_url(&image).ok()).flatten();
                    Ok(Ok((reading, sent)))
                }
                Err(error) => {
                    // Where they work on another image, it is this one that they fail on.
                    engine.check()?;
                    tracing::warn!(error = %bus::fault::reason(&error), "the models fail on an image");
                    Ok(Err(Problem::Unreadable))
                }
            }
        });
        work.await.map_err(OcrError::Stopped)?
    }
}
