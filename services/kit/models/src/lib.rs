//! Models: language models behind OpenAI-compatible endpoints (vLLM, SGLang, MindIE, llama.cpp, Ollama, hosted ones), and
//! small ones that run in this process.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | where the endpoints are, which models they serve, their keys, and what a reply may take |
//! | [`request`] | what is asked: messages, and the shape that the reply shall have |
//! | [`chat`] | asks: one endpoint after the other, with retries, within a number of requests at once |
//! | `endpoint` | one endpoint, and what it has turned out not to offer |
//! | `wire` | requests and replies as JSON |
//! | `reading` | a reply as it comes in, piece by piece or whole |
//! | `patience` | which failures are worth another try, and when |
//! | [`usage`], `metrics` | what was asked and what that took, counted |
//! | [`json`] | JSON out of replies that have more in them, or not quite JSON |
//! | `tape` | replies kept in a file, to be repeated without the model |
//! | [`probe`] | what an endpoint offers, found out by asking it |
//! | [`fence`] | data in a prompt, which nothing in it can end |
//! | [`error`] | why there is no reply |
//! | [`embedding`] | texts as vectors: local models, or an endpoint |
//! | [`rerank`] | passages in a better order, by an endpoint |
//! | [`scoring`] | how likely a text is, token by token, by an endpoint |
//! | [`transcription`] | speech as text, by an endpoint |
//! | `client`, `call` | the client of all endpoints; one JSON document asked of one |
//! | [`onnx`] | ONNX Runtime, which runs models in this process |
//!
//! What models say is text of a stranger: nothing here runs or trusts it. Keys are never shown nor logged.

mod call;
pub mod chat;
mod client;
pub mod config;
pub mod embedding;
mod endpoint;
pub mod error;
pub mod fence;
pub mod json;
mod metrics;
pub mod onnx;
mod patience;
pub mod probe;
mod reading;
pub mod request;
pub mod rerank;
pub mod scoring;
mod tape;
pub mod transcription;
pub mod usage;
mod wire;

pub use chat::{Chat, Completion, Delta};
pub use config::ModelsConfig;
pub use embedding::{EmbeddingConfig, Encoder, EncoderError, Purpose, Vectors};
pub use error::{ChatError, ConfigError};
pub use onnx::{OnnxConfig, OnnxError, Runtime};
pub use request::{Message, Request, Role, Shape};
pub use rerank::{RerankConfig, RerankError, RerankTemplate, Reranker};
pub use scoring::{ScoredToken, Scorer, ScorerConfig, ScorerError};
pub use transcription::{NoSound, Sound, Transcriber, TranscriptionConfig};
pub use usage::{Tokens, Usage};
