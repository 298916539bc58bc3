//! Passages in a better order: an endpoint that reads the question together with each passage, which vectors can't.
//!
//! `POST <base>/rerank` as Jina, Cohere, vLLM and SGLang have it; text-embeddings-inference and Voyage differ in names that are
//! read too.

mod config;
mod template;

use serde::{Deserialize, Serialize};

pub use config::RerankConfig;
pub use template::RerankTemplate;

use crate::call::{Caller, Place};
use crate::error::{ChatError, ConfigError};

/// Why there are no scores.
pub type RerankError = ChatError;

/// Ranks passages.
#[derive(Debug)]
pub struct Reranker {
    caller: Caller,
    model: String,
    qwen3: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    query: &'a str,
    documents: &'a [String],
    top_n: usize,
    return_documents: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Reply {
    Named {
        #[serde(alias = "data")]
        results: Vec<Item>,
    },
    Bare(Vec<Item>),
}

#[derive(Deserialize)]
struct Item {
    index: usize,
    #[serde(alias = "score")]
    relevance_score: f32,
}

impl Reranker {
    /// Sets it up without asking anything; none where no endpoint is configured.
    ///
    /// # Errors
    /// When the settings contradict each other or a file of keys can't be read.
    pub fn open(config: &RerankConfig) -> Result<Option<Self>, ConfigError> {
        let given = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let Some(base) = given(&config.base_url) else {
            return Ok(None);
        };
        let Some(model) = given(&config.model) else {
            return Err(ConfigError::Models {
                endpoints: 1,
                models: 0,
            });
        };
        let caller = Caller::new(&Place {
            base: &base,
            path: "/rerank",
            key: config.api_key.as_ref(),
            key_file: config.api_key_file.as_ref(),
            limit: config.timeout(),
            retries: config.retries,
        })?;
        Ok(Some(Self {
            caller,
            qwen3: config.template.is_qwen3(&model),
            model,
        }))
    }

    /// The model, as the endpoint names it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How well each passage answers a question, in the order of the passages. Higher is better; what the numbers mean hangs
    /// on the model.
    ///
    /// # Errors
    /// When the endpoint gives no scores, or not one for each passage.
    pub async fn scores(&self, query: &str, passages: &[String]) -> Result<Vec<f32>, RerankError> {
        if passages.is_empty() {
            return Ok(Vec::new());
        }
        let templated = self.qwen3.then(|| {
            let passages = passages.iter().map(|passage| template::passage(passage));
            (template::query(query), passages.collect::<Vec<_>>())
        });
        let (query, documents) = match &templated {
            Some((query, documents)) => (query.as_str(), documents.as_slice()),
            None => (query, passages),
        };
        let reply: Reply = self
            .caller
            .ask(&Body {
                model: &self.model,
                query,
                documents,
                top_n: documents.len(),
                return_documents: false,
            })
            .await?;
        let items = match reply {
            Reply::Named { results } => results,
            Reply::Bare(items) => items,
        };
        let mut scores = vec![None; passages.len()];
        for item in items {
            let place = scores
                .get_mut(item.index)
                .filter(|_| item.relevance_score.is_finite());
            *place.ok_or_else(|| {
                self.caller.unreadable(format!(
                    "score {} for passage {}",
                    item.relevance_score, item.index
                ))
            })? = Some(item.relevance_score);
        }
        let found: Option<Vec<f32>> = scores.iter().copied().collect();
        found.ok_or_else(|| {
            let missing = scores.iter().filter(|score| score.is_none()).count();
            self.caller
                .unreadable(format!("no score for {missing} of {} passages", passages.len()))
        })
    }
}
