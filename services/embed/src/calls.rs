//! Vectors for whoever asks at once, above all for questions that are searched with.

use std::sync::Arc;

use bus::Answerer;
use models::Purpose;
use schemas::TenantId;
use schemas::calls::{CallError, EmbedCall, EmbedPurpose, Embedded};

use crate::error::{EmbedError, MOST_TEXTS};
use crate::spaces::Spaces;

/// Embeds texts with the model of the space that is searched.
#[derive(Clone)]
pub struct Embedder {
    spaces: Arc<Spaces>,
}

impl Embedder {
    /// With the models of these spaces.
    #[must_use]
    pub fn new(spaces: Arc<Spaces>) -> Self {
        Self { spaces }
    }

    /// The vectors of a call's texts.
    ///
    /// # Errors
    /// When there are no texts or too many, no model, or the model fails.
    pub async fn embed(&self, call: &EmbedCall) -> Result<Embedded, EmbedError> {
        if call.texts.is_empty() || call.texts.len() > MOST_TEXTS {
            return Err(EmbedError::Texts {
                given: call.texts.len(),
            });
        }
        let Some(model) = self.spaces.model() else {
            return Err(EmbedError::NoModel);
        };
        let target = self.spaces.searched().await?;
        let Some(encoder) = target.encoder else {
            return Err(EmbedError::Rebuilding {
                model: model.to_owned(),
            });
        };
        let vectors = match call.purpose {
            EmbedPurpose::Query => encoder.embed(&call.texts, Purpose::Query).await?,
            EmbedPurpose::Passage => encoder.embed(&call.texts, Purpose::Passage).await?,
            EmbedPurpose::Sentence => {
                let vectors = encoder.embed_across(&call.texts).await?;
                vectors.ok_or_else(|| EmbedError::OneLanguage {
                    model: encoder.name().to_owned(),
                })?
            }
        };
        Ok(Embedded {
            model: encoder.name().to_owned(),
            vectors: vectors.vectors,
            across: encoder.across(),
            tokens: vectors.tokens,
        })
    }
}

impl Answerer<EmbedCall> for Embedder {
    type Reply = Embedded;

    async fn answer(&self, call: EmbedCall, _: &TenantId) -> Result<Embedded, CallError> {
        self.embed(&call).await.map_err(|error| {
            tracing::warn!(error = bus::fault::reason(&error), "a call for vectors failed");
            error.told()
        })
    }
}
