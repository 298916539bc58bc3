//! Why a job fails, and what that means for it.

use std::path::PathBuf;

use bus::{Fault, Faulty, ObjectsError};
use models::OnnxError;
use oar_ocr::core::OCRError;
use sandbox::{ConfigError, SandboxError};

/// Why the service refuses to start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings of the sandbox contradict each other, or can't be read.
    #[error("the settings of the sandbox can't be used")]
    Config(#[from] ConfigError),
    /// The machine doesn't give what a worker needs.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// Nobody said where the models are.
    #[error(
        "the models for text in images are needed: set CONTRAIL_OCR_MODELS (--ocr-models) to their folder"
    )]
    NoModels,
    /// There is nothing that runs models, or a model is none.
    #[error(transparent)]
    Onnx(#[from] OnnxError),
    /// The models can't be used.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// It was stopped meanwhile.
    #[error("starting was stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Why an image is not read: the models fail.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A model can't be loaded.
    #[error("can't load the model {path}", path = .path.display())]
    Model {
        /// Its file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: Box<OCRError>,
    },
    /// The model that reads doesn't say what its characters are.
    #[error("the model {path} has no list of characters (metadata `character`)", path = .path.display())]
    NoCharacters {
        /// Its file.
        path: PathBuf,
    },
    /// The models of detection or recognition fail.
    #[error("can't {action}")]
    Run {
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: Box<OCRError>,
    },
    /// The model of directions fails.
    #[error("can't tell which way up the lines are")]
    Direction(#[source] ort::Error),
    /// A run before has panicked.
    #[error("the model of directions is in no state to be used")]
    Poisoned,
}

/// Why a job could not be done. An image that can't be read is no error: its page says why.
#[derive(Debug, thiserror::Error)]
pub enum OcrError {
    /// The objects can't be read or written.
    #[error("can't use the stored files")]
    Objects(#[from] ObjectsError),
    /// No worker can decode the image, through no fault of its own.
    #[error("the image can't be decoded in the sandbox now")]
    Sandbox(#[from] SandboxError),
    /// What was read can't be written as JSON.
    #[error("can't write what was read as JSON")]
    Json(#[from] serde_json::Error),
    /// The models fail on any image, so that this process is of no use.
    #[error("the models that read images can't be used any longer")]
    Engine(#[from] EngineError),
    /// The thread was stopped before it was done.
    #[error("reading was stopped")]
    Stopped(#[source] tokio::task::JoinError),
}

impl Faulty for OcrError {
    fn fault(&self) -> Fault {
        match self {
            Self::Sandbox(SandboxError::Unavailable(_)) | Self::Engine(_) => Fault::Fatal,
            Self::Json(_) => Fault::Reject { pointer: None },
            Self::Objects(_) | Self::Sandbox(_) | Self::Stopped(_) => Fault::Retry { after: None },
        }
    }
}
