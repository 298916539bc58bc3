//! A language model behind an endpoint. Whoever has it read a text waits for it.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use models::{ConfigError, Scorer, ScorerConfig, ScorerError};
use tokio::runtime::Handle;

use super::{Expectation, LikelihoodError};

/// Characters of a text that are sent and read: its beginning.
pub const BEGINNING: usize = 2_000;
/// Texts that are asked about at once.
pub const AT_ONCE: usize = 8;
/// How long an endpoint that failed is left alone.
const REST: Duration = Duration::from_secs(30);
/// What stands in the place of weights, which an endpoint does not tell.
const VERSION: &str = "endpoint";
/// How long it may take to look at an endpoint.
const LOOK: Duration = Duration::from_secs(10);

/// A language model behind an endpoint.
#[derive(Debug)]
pub struct Endpoint {
    scorer: Arc<Scorer>,
    runtime: Handle,
    rests_until: Mutex<Option<Instant>>,
}

impl Endpoint {
    /// Sets it up without asking anything; none where none is configured. Requests run on the runtime that this is called in.
    ///
    /// # Errors
    /// [`ConfigError`] where the address, the model or the key is not usable.
    ///
    /// # Panics
    /// Outside of a runtime, where an endpoint is configured.
    pub fn configured(config: &ScorerConfig) -> Result<Option<Self>, ConfigError> {
        let scorer = Scorer::configured(config)?;
        Ok(scorer.map(|scorer| Self {
            scorer: Arc::new(scorer),
            runtime: Handle::current(),
            rests_until: Mutex::default(),
        }))
    }

    /// The model as weights that are fitted with it name it: what the endpoint calls it is all that is known of it.
    #[must_use]
    pub fn identity(&self) -> [String; 2] {
        [self.scorer.model().to_owned(), VERSION.to_owned()]
    }

    /// What the model expects at each token of a text's beginning, [`BEGINNING`] characters of it. Blocks until the endpoint has
    /// answered, or is given up; so no task of a runtime may call it that others wait for.
    ///
    /// # Errors
    /// [`LikelihoodError::Endpoint`], [`LikelihoodError::BrokeOff`].
    pub fn read(&self, text: &str) -> Result<Vec<Expectation>, LikelihoodError> {
        let text: String = text.chars().take(BEGINNING).collect();
        let scorer = Arc::clone(&self.scorer);
        let (answer, answered) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            // Whoever waits is there until this has come.
            let _ = answer.send(scorer.score(&text).await);
        });
        let scored = answered.recv().map_err(|_| LikelihoodError::BrokeOff)??;
        let expectations = scored.into_iter().map(|token| Expectation {
            start: token.start,
            log_probability: token.log_probability,
            distribution: None,
        });
        Ok(expectations.collect())
    }

    /// The same; none where it fails. It is left alone for a while then, so that a batch does not wait for it text by text.
    pub fn hear(&self, text: &str) -> Option<Vec<Expectation>> {
        if self.rests() {
            return None;
        }
        match self.read(text) {
            Ok(read) => Some(read),
            Err(error) => {
                if !self.rests() {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(
                        error,
                        seconds = REST.as_secs(),
                        "texts are judged without the endpoint's language model for a while"
                    );
                }
                *self.rest() = Some(Instant::now() + REST);
                None
            }
        }
    }

    /// Asks it about a sentence, to see whether it tells what is needed.
    ///
    /// # Errors
    /// [`ScorerError::Unscored`] alone: an endpoint that does not answer now may do so later, and the log says why it does not.
    pub async fn look(&self) -> Result<(), ScorerError> {
        const SENTENCE: &str = "It rained all night, and in the morning the river had reached the road.";
        let asked = tokio::time::timeout(LOOK, self.scorer.score(SENTENCE)).await;
        match asked {
            Ok(Ok(_)) => {}
            Ok(Err(error @ ScorerError::Unscored { .. })) => return Err(error),
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(
                    error,
                    "the endpoint of the detector's language model does not answer"
                );
            }
            Err(_) => {
                tracing::error!("the endpoint of the detector's language model does not answer in time");
            }
        }
        Ok(())
    }

    fn rests(&self) -> bool {
        self.rest().is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
