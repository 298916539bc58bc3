//! Texts as vectors, so that those that mean the same are near each other.
//!
//! | module | what is in it |
//! |---|---|
//! | `config` | which model, and where |
//! | `local` | the local default: models for Chinese, for English and for both, side by side in one vector |
//! | `bert` | a small model that ONNX Runtime runs in this process |
//! | `universal`, `sentencepiece` | a smaller one, computed here |
//! | `remote` | a model behind an OpenAI-compatible `/v1/embeddings` |

mod bert;
mod config;
mod local;
mod remote;
mod sentencepiece;
mod universal;

use std::path::PathBuf;
use std::sync::Arc;

pub use config::EmbeddingConfig;

use crate::embedding::local::Local;
use crate::embedding::remote::Remote;
use crate::error::{ChatError, ConfigError};
use crate::metrics::{self, Operation};
use crate::onnx::{OnnxConfig, OnnxError};
use crate::usage::Tokens;

/// What a text is that is turned into a vector. Some models want to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It looks for passages.
    Query,
    /// It may be found.
    Passage,
}

/// Vectors of some texts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vectors {
    /// One for each text, in their order, of length 1, all of the same dimension.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens that the model has read.
    pub tokens: u64,
}

/// Turns texts into vectors; cheap to clone.
///
/// A local model is loaded when the first text comes, so that nobody pays for what is not used.
#[derive(Debug, Clone)]
pub struct Encoder {
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Local(Arc<Local>),
    Remote(Arc<Remote>),
}

/// Why there are no vectors.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// A local model can't be loaded.
    #[error("the model of embeddings can't be loaded")]
    Load(#[from] OnnxError),
    /// The tokenizer that belongs to a local model can't be loaded.
    #[error("can't load the tokenizer {path}", path = .path.display())]
    Tokenizer {
        /// Its file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A text can't be cut into tokens.
    #[error("a text can't be cut into tokens")]
    Tokens(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A local model failed.
    #[error("the model of embeddings failed")]
    Run(#[from] ort::Error),
    /// A local model gave something else than the model that was expected gives.
    #[error("the model {path} gave {given}, expected {expected}", path = .path.display())]
    Shape {
        /// Its file.
        path: PathBuf,
        /// What came.
        given: String,
        /// What should have come.
        expected: String,
    },
    /// The weights of a local model can't be loaded.
    #[error("can't load the weights {path}", path = .path.display())]
    Weights {
        /// Their file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The thread was stopped.
    #[error("embedding was broken off")]
    BrokeOff(#[from] tokio::task::JoinError),
    /// The endpoint gave no vectors.
    #[error("no embeddings from the endpoint")]
    Endpoint(#[from] ChatError),
}

impl EncoderError {
    /// Whether the same texts may be embedded later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::BrokeOff(_) => true,
            Self::Endpoint(error) => error.is_temporary(),
            Self::Load(_)
            | Self::Tokenizer { .. }
            | Self::Weights { .. }
            | Self::Tokens(_)
            | Self::Run(_)
            | Self::Shape { .. } => false,
        }
    }

    /// Whether no text at all can be embedded before the settings or the model's files are others.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Load(_) | Self::Tokenizer { .. } | Self::Weights { .. } | Self::Shape { .. } => true,
            Self::Endpoint(ChatError::Status {
                status: 401 | 403 | 404,
                ..
            }) => true,
            Self::Tokens(_) | Self::Run(_) | Self::BrokeOff(_) | Self::Endpoint(_) => false,
        }
    }
}

impl Encoder {
    /// All that is configured, without loading or asking anything: the first one is the one to use, what comes behind it may
    /// still be asked about what was embedded with it before. None: there is no model.
    ///
    /// # Errors
    /// When the settings contradict each other or a file of keys can't be read.
    pub fn configured(config: &EmbeddingConfig, onnx: &OnnxConfig) -> Result<Vec<Self>, ConfigError> {
        let remote = Remote::open(config)?.map(|remote| Kind::Remote(Arc::new(remote)));
        let local = Local::open(config, onnx).map(|local| Kind::Local(Arc::new(local)));
        let kinds = remote.into_iter().chain(local);
        Ok(kinds.map(|kind| Self { kind }).collect())
    }

    /// The model, with its version. Vectors of models of different names must not be compared.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.kind {
            Kind::Local(_) => local::NAME,
            Kind::Remote(remote) => remote.model(),
        }
    }

    /// Numbers of a vector. A remote model is asked for one, the first time.
    ///
    /// # Errors
    /// See [`Encoder::embed`].
    pub async fn dimension(&self) -> Result<u32, EncoderError> {
        match &self.kind {
            Kind::Local(_) => Ok(local::DIMENSION),
            Kind::Remote(remote) => Ok(remote.dimension().await?),
        }
    }

    /// How many numbers at the end of each vector tell what is near in whatever language and words, and are to be compared for
    /// themselves, as are those before them; both parts of all vectors have the same length. 0: a vector is compared as a whole.
    #[must_use]
    pub fn across(&self) -> u32 {
        match &self.kind {
            Kind::Local(_) => local::ACROSS,
            Kind::Remote(_) => 0,
        }
    }

    /// Of the vectors of texts that part alone which tells what is near in whatever language, brought to length 1; none where the
    /// model has no such part.
    ///
    /// # Errors
    /// [`EncoderError`].
    pub async fn embed_across(&self, texts: &[String]) -> Result<Option<Vectors>, EncoderError> {
        match &self.kind {
            Kind::Remote(_) => Ok(None),
            Kind::Local(local) => {
                let (local, texts) = (Arc::clone(local), texts.to_vec());
                let vectors = tokio::task::spawn_blocking(move || local.embed_across(&texts)).await??;
                Ok(Some(vectors))
            }
        }
    }

    /// Turns texts into vectors. The same text gives the same vector, whatever comes with it. What is longer than the model
    /// reads is cut.
    ///
    /// # Errors
    /// [`EncoderError`].
    pub async fn embed(&self, texts: &[String], purpose: Purpose) -> Result<Vectors, EncoderError> {
        let vectors = match &self.kind {
            Kind::Remote(remote) => remote.embed(texts, purpose).await?,
            Kind::Local(local) => {
                let (local, texts) = (Arc::clone(local), texts.to_vec());
                tokio::task::spawn_blocking(move || local.embed(&texts, purpose)).await??
            }
        };
        let tokens = Tokens {
            prompt: vectors.tokens,
            completion: 0,
        };
        metrics::used(Operation::Embeddings, self.name(), tokens);
        Ok(vectors)
    }
}

/// Brings a vector to length 1.
fn normalize(vector: &mut [f32]) {
    let length = vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    if length > 0.0 {
        vector
            .iter_mut()
            .for_each(|x| *x = (f64::from(*x) / length) as f32);
    }
}
