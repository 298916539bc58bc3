//! `/v1/embeddings`: vectors of texts, by a call to the embed service.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use schemas::calls::{EmbedCall, EmbedPurpose, Embedded};
use serde::{Deserialize, Serialize};

use crate::http::App;
use crate::http::problem::Problem;
use crate::http::tenant::Tenant;

/// Texts of one call.
const BATCH: usize = 64;
/// Texts of one request, as OpenAI allows.
const MAX_TEXTS: usize = 2048;
/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
struct EmbeddingsRequest {
    input: Input,
    #[serde(default)]
    encoding_format: Option<Encoding>,
    /// `query` for texts that look for passages; by default they are passages. Others have this member too.
    #[serde(default)]
    input_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Input {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Encoding {
    #[default]
    Float,
    Base64,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Vector {
    Numbers(Vec<f32>),
    Base64(String),
}

impl Vector {
    fn new(numbers: Vec<f32>, encoding: Encoding) -> Self {
        match encoding {
            Encoding::Float => Self::Numbers(numbers),
            Encoding::Base64 => {
                let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
                Self::Base64(STANDARD.encode(bytes))
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    embedding: Vector,
}

/// The vectors, in the order of the texts.
#[derive(Debug, Serialize)]
pub struct Embeddings {
    object: &'static str,
    data: Vec<Embedding>,
    model: String,
    usage: Usage,
}

#[derive(Debug, Serialize)]
struct Usage {
    prompt_tokens: u64,
    total_tokens: u64,
}

/// `POST /v1/embeddings`. The model is the embed service's own, whatever name is sent, and is named in the reply.
pub async fn embed(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    body: Bytes,
) -> Result<Json<Embeddings>, Problem> {
    let request: EmbeddingsRequest = serde_json::from_slice(&body)?;
    let texts = match request.input {
        Input::One(text) => vec![text],
        Input::Many(texts) => texts,
    };
    let refused = |message: &str| Problem::CallRefused {
        message: message.to_owned(),
        pointer: Some("/input".to_owned()),
    };
    if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        return Err(refused("there is no text, or an empty one"));
    }
    if texts.len() > MAX_TEXTS {
        return Err(refused("more than 2048 texts"));
    }
    let purpose = match request.input_type.as_deref() {
        Some("query" | "search_query") => EmbedPurpose::Query,
        _ => EmbedPurpose::Passage,
    };
    let encoding = request.encoding_format.unwrap_or_default();
    let (mut data, mut model, mut tokens) = (Vec::with_capacity(texts.len()), String::new(), 0_u64);
    for texts in texts.chunks(BATCH) {
        let call = EmbedCall {
            texts: texts.to_vec(),
            purpose,
        };
        let embedded: Embedded = app.bus.call(&tenant, &call, PATIENCE).await?;
        for vector in embedded.vectors {
            let embedding = Vector::new(vector, encoding);
            data.push(Embedding {
                object: "embedding",
                index: data.len(),
                embedding,
            });
        }
        model = embedded.model;
        tokens = tokens.saturating_add(embedded.tokens);
    }
    Ok(Json(Embeddings {
        object: "list",
        data,
        model,
        usage: Usage {
            prompt_tokens: tokens,
            total_tokens: tokens,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_little_endian_floats() {
        let Vector::Base64(text) = Vector::new(vec![1.0, -2.0], Encoding::Base64) else {
            panic!("not base64");
        };
        assert_eq!(text, "AACAPwAAAMA=");
    }
}
