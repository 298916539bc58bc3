//! From a job to judgements.

use std::sync::Arc;

use bus::{Bus, Delivery, Handler, Outputs};
use schemas::events::{Judged, TextJudged};
use schemas::jobs::{DetectorInput, DetectorJob};
use schemas::{ContentId, JobId, Judgement};

use crate::batch;
use crate::decode::{decode, is_text};
use crate::document;
use crate::error::DetectorError;
use crate::judge::{Detector, MAX_BYTES, Options};

/// Judges texts.
pub struct Judge {
    bus: Bus,
    detector: Arc<Detector>,
    batch_bytes: u64,
}

impl Judge {
    /// Fetches texts from and stores results on a bus; a batch has at most `batch_bytes`.
    #[must_use]
    pub fn new(bus: Bus, detector: Detector, batch_bytes: u64) -> Self {
        Self {
            bus,
            detector: Arc::new(detector),
            batch_bytes,
        }
    }

    async fn text(&self, text: String, options: Options) -> Result<Judged, DetectorError> {
        let detector = Arc::clone(&self.detector);
        let judging = tokio::task::spawn_blocking(move || detector.judge(&text, options));
        let judgement: Judgement = judging.await?;
        Ok(Judged::Text {
            judgement: Box::new(judgement),
        })
    }

    async fn file(
        &self,
        content: &ContentId,
        name: &str,
        delivery: &Delivery,
        options: Options,
    ) -> Result<Judged, DetectorError> {
        if !is_text(name) {
            return Err(DetectorError::Kind {
                name: name.to_owned(),
            });
        }
        let files = self.bus.files(&delivery.tenant).await?;
        let bytes = files.get(content.as_str(), MAX_BYTES as u64).await?;
        self.text(decode(&bytes), options).await
    }
}

/// How a text is judged that comes with this prior.
///
/// # Errors
/// [`DetectorError::Prior`].
pub fn options(prior: Option<f64>) -> Result<Options, DetectorError> {
    match prior {
        None => Ok(Options::default()),
        Some(prior) if prior > 0.0 && prior < 1.0 => Ok(Options { prior }),
        Some(given) => Err(DetectorError::Prior { given }),
    }
}

impl Handler<DetectorJob> for Judge {
    type Error = DetectorError;

    async fn handle(&self, job: DetectorJob, delivery: &Delivery) -> Result<Outputs, DetectorError> {
        let options = options(job.prior)?;
        let mut of = None;
        let result = match job.input {
            DetectorInput::Text { text } => self.text(text, options).await?,
            DetectorInput::File { content, name } => self.file(&content, &name, delivery, options).await?,
            DetectorInput::Document { file } => {
                let text = document::text(&self.bus, &file, delivery).await?;
                of = Some(file);
                self.text(text, options).await?
            }
            DetectorInput::Batch { content } => {
                let files = self.bus.files(&delivery.tenant).await?;
                let batch = batch::Batch {
                    detector: &self.detector,
                    options,
                    limit: self.batch_bytes,
                };
                batch.judge(&files, &content, delivery).await?
            }
        };
        let id: JobId = delivery.id.clone();
        let judged = TextJudged {
            job: id,
            file: of.clone(),
            result,
        };
        // What a deletion has not seen must not come after it.
        if self
            .bus
            .is_any_deleted(&delivery.tenant, &of.into_iter().collect())
            .await?
        {
            return Err(DetectorError::Deleted);
        }
        Ok(Outputs::none().with(&judged).finished(&delivery.origin))
    }
}

#[cfg(test)]
mod tests {
    use bus::{Fault, Faulty};

    use super::*;

    #[test]
    fn a_prior_is_a_probability() {
        assert_eq!(options(None).unwrap(), Options { prior: 0.5 });
        assert_eq!(options(Some(0.1)).unwrap(), Options { prior: 0.1 });
        for bad in [0.0, 1.0, -1.0, f64::NAN] {
            let pointer = Some("/prior".to_owned());
            assert_eq!(options(Some(bad)).unwrap_err().fault(), Fault::Reject { pointer });
        }
    }
}
