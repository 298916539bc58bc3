//! From a stored image to its pixels, through a worker that is locked in.

use std::io;
use std::sync::Arc;

use bus::{Delivery, Objects, ObjectsError};
use image::RgbImage;
use sandbox::{Failure, Input, Job, Pool, SandboxError};
use schemas::ContentId;

use crate::error::OcrError;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::worker::{Answer, WORKER};

/// Deliveries of a job whose worker was ended, perhaps from outside, before that is taken for the image's fault.
const TRIES: u64 = 3;

/// Has images decoded.
pub(crate) struct Decoding {
    workers: Arc<Pool>,
    limits: Limits,
}

impl Decoding {
    pub(crate) fn new(limits: Limits, workers: Arc<Pool>) -> Self {
        Self { workers, limits }
    }

    /// The pixels of a stored image. The inner error is about the image, the outer one about everything else.
    pub(crate) async fn pixels(
        &self,
        objects: &Objects,
        image: &ContentId,
        delivery: &Delivery,
    ) -> Result<Result<RgbImage, Problem>, OcrError> {
        let input = match self.fetch(objects, image).await? {
            Ok(input) => input,
            Err(problem) => return Ok(Err(problem)),
        };
        let span = sandbox::span(WORKER.name);
        let job = Job {
            request: serde_json::to_vec(&self.limits)?,
            inputs: vec![input],
            traceparent: telemetry::propagation::traceparent(&span),
        };
        let workers = Arc::clone(&self.workers);
        let most = self.limits.pixel_bytes();
        let work = tokio::task::spawn_blocking(move || {
            let mut pixels = Pixels {
                bytes: Vec::new(),
                most,
            };
            let ended = workers.run(job, &mut |part: u32, bytes: &[u8]| pixels.add(part, bytes));
            sandbox::record(&span, &ended);
            ended.map(|reply| (reply.result, pixels.bytes))
        });
        match work.await.map_err(OcrError::Stopped)? {
            Ok((answer, pixels)) => Ok(self.check(&answer, pixels)),
            Err(failure) => self.explain(image, failure, delivery).map(Err),
        }
    }

    /// The bytes, for a worker: this process never looks at them.
    async fn fetch(&self, objects: &Objects, image: &ContentId) -> Result<Result<Input, Problem>, OcrError> {
        let draft = Input::draft()?;
        let mut file = tokio::fs::File::from_std(draft.file()?);
        let fetched = objects
            .get_into(image.as_str(), &mut file, self.limits.bytes)
            .await;
        match fetched {
            Ok(_) => Ok(Ok(draft.input()?)),
            Err(ObjectsError::Missing { .. }) => Ok(Err(Problem::Missing)),
            Err(ObjectsError::Damaged { .. }) => Ok(Err(Problem::Changed)),
            Err(ObjectsError::TooLarge { size, limit, .. }) => {
                Ok(Err(Problem::TooManyBytes { size, most: limit }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What a worker has answered, if it can be.
    fn check(&self, answer: &[u8], pixels: Vec<u8>) -> Result<RgbImage, Problem> {
        match serde_json::from_slice(answer) {
            Ok(Answer::Pixels { width, height })
                if u64::from(width) * u64::from(height) <= self.limits.pixels
                    && u64::from(width) * u64::from(height) * 3 == pixels.len() as u64 =>
            {
                RgbImage::from_raw(width, height, pixels).ok_or(Problem::Broken)
            }
            Ok(Answer::Refused(problem)) if pixels.is_empty() && problem.may_be_told(&self.limits) => {
                Err(problem)
            }
            Ok(_) | Err(_) => {
                tracing::warn!("a decoder's answer can't be used; the page is given up");
                Err(Problem::Broken)
            }
        }
    }

    /// What it means that a worker has not answered: for the image, or, as an error, for the job.
    fn explain(&self, image: &ContentId, failure: Failure, delivery: &Delivery) -> Result<Problem, OcrError> {
        let error = failure.error;
        let again = match &error {
            SandboxError::Unavailable(_) => true,
            error if error.may_come_from_outside() => delivery.attempt < TRIES && !delivery.last_attempt,
            error => !error.is_breach() && !delivery.last_attempt,
        };
        if again {
            return Err(error.into());
        }
        let problem = Problem::of(&error);
        // What the worker printed and said may be of the image, and is no payload for logs.
        tracing::warn!(%image, ?problem, "a decoder was given up");
        Ok(problem)
    }
}

/// The pixels as they arrive.
struct Pixels {
    bytes: Vec<u8>,
    most: u64,
}

impl Pixels {
    fn add(&mut self, part: u32, bytes: &[u8]) -> io::Result<()> {
        if part > 0 || self.bytes.len() as u64 + bytes.len() as u64 > self.most {
            return Err(io::Error::other("more than the pixels of one image"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}
