//! A model behind an OpenAI-compatible `/v1/embeddings`: vLLM, SGLang, text-embeddings-inference, Ollama, hosted ones.

use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::config::EmbeddingConfig;
use super::{Purpose, Vectors, normalize};
use crate::call::{Caller, Place};
use crate::error::{ChatError, ConfigError};

/// What Qwen3-Embedding wants to read before a question (its model card); passages go as they are.
const QWEN3: &str =
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:";

#[derive(Debug)]
pub(super) struct Remote {
    caller: Caller,
    model: String,
    prefix: String,
    batch: usize,
    /// Learned from the first reply.
    dimension: OnceCell<u32>,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: &'a [String],
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct Reply {
    data: Vec<Item>,
    #[serde(default)]
    usage: Option<Counts>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    index: Option<usize>,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    prompt_tokens: u64,
}

impl Remote {
    /// Sets it up; none where no endpoint is configured.
    pub fn open(config: &EmbeddingConfig) -> Result<Option<Self>, ConfigError> {
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
            path: "/embeddings",
            key: config.api_key.as_ref(),
            key_file: config.api_key_file.as_ref(),
            limit: config.timeout(),
            retries: config.retries,
        })?;
        let usual = if model.to_lowercase().contains("qwen3-embedding") {
            QWEN3
        } else {
            ""
        };
        Ok(Some(Self {
            caller,
            prefix: config.query_prefix.clone().unwrap_or_else(|| usual.to_owned()),
            batch: config.batch.max(1),
            dimension: OnceCell::new(),
            model,
        }))
    }

    pub fn model(&self) -> &str {
        &self.model
    }

    pub async fn dimension(&self) -> Result<u32, ChatError> {
        if self.dimension.get().is_none() {
            self.embed(&["?".to_owned()], Purpose::Passage).await?;
        }
        Ok(self.dimension.get().copied().unwrap_or_default())
    }

    pub async fn embed(&self, texts: &[String], purpose: Purpose) -> Result<Vectors, ChatError> {
        let prefix = match purpose {
            Purpose::Query => self.prefix.as_str(),
            Purpose::Passage => "",
        };
        // Some servers refuse empty texts, and with them all others of the request.
        let sent = |text: &String| match text.trim() {
            "" => format!("{prefix} "),
            _ => format!("{prefix}{text}"),
        };
        let texts: Vec<String> = texts.iter().map(sent).collect();
        let mut all = Vectors::default();
        for batch in texts.chunks(self.batch) {
            let reply: Reply = self
                .caller
                .ask(&Body {
                    model: &self.model,
                    input: batch,
                    encoding_format: "float",
                })
                .await?;
            all.tokens += reply.usage.map_or(0, |counts| counts.prompt_tokens);
            all.vectors.extend(self.vectors(reply.data, batch.len())?);
        }
        Ok(all)
    }

    /// The vectors in the order of the texts.
    fn vectors(&self, data: Vec<Item>, wanted: usize) -> Result<Vec<Vec<f32>>, ChatError> {
        let unreadable = |reason: String| self.caller.unreadable(reason);
        if data.len() != wanted {
            return Err(unreadable(format!("{} vectors for {wanted} texts", data.len())));
        }
        let mut vectors = vec![Vec::new(); wanted];
        for (place, item) in data.into_iter().enumerate() {
            let index = item.index.unwrap_or(place);
            let mut vector = item.embedding;
            let size = u32::try_from(vector.len()).unwrap_or(u32::MAX);
            let known = self.dimension.get().copied().unwrap_or(size);
            if size == 0 || size != known {
                return Err(unreadable(format!(
                    "a vector of {size} numbers, expected {known}"
                )));
            }
            if !vector.iter().all(|x| x.is_finite()) {
                return Err(unreadable("a vector with what is no number".to_owned()));
            }
            // Whoever comes second has learned the same, or fails above the next time.
            let _ = self.dimension.set(size);
            normalize(&mut vector);
            match vectors.get_mut(index) {
                Some(place) if place.is_empty() => *place = vector,
                Some(_) | None => return Err(unreadable(format!("a vector for text {index} too many"))),
            }
        }
        Ok(vectors)
    }
}
