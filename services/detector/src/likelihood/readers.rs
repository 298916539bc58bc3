//! Which language models there are, loaded when the first text of their language comes.

use std::path::PathBuf;
use std::sync::OnceLock;

use models::OnnxConfig;
use schemas::Language;

use super::endpoint;
use super::{Endpoint, Expectation, LikelihoodError, Reader, identity};

/// Where a language model is.
#[derive(Debug, Clone, Default)]
pub enum Place {
    /// There is none.
    #[default]
    Nowhere,
    /// A GGUF file, and what runs it.
    Gguf(PathBuf, OnnxConfig),
    /// An ONNX file, with `tokenizer.json` beside it, and what runs it.
    Onnx(PathBuf, OnnxConfig),
}

/// The language models that there are.
#[derive(Debug, Default)]
pub struct Readers {
    chinese: Loaded,
    english: Loaded,
    endpoint: Option<Endpoint>,
}

#[derive(Debug, Default)]
struct Loaded {
    place: Place,
    reader: OnceLock<Option<Reader>>,
}

impl Readers {
    /// Those of these places, for Chinese and for English. Nothing is loaded yet.
    #[must_use]
    pub fn new(chinese: Place, english: Place) -> Self {
        let unloaded = |place| Loaded {
            place,
            reader: OnceLock::new(),
        };
        Self {
            chinese: unloaded(chinese),
            english: unloaded(english),
            endpoint: None,
        }
    }

    /// The same with one behind an endpoint.
    #[must_use]
    pub fn with_endpoint(self, endpoint: Option<Endpoint>) -> Self {
        Self { endpoint, ..self }
    }

    /// The one behind an endpoint.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.endpoint.as_ref()
    }

    /// How many texts are best read at once.
    #[must_use]
    pub fn at_once(&self) -> usize {
        self.endpoint.as_ref().map_or(1, |_| endpoint::AT_ONCE)
    }

    /// What the language model `wanted`, as weights name it, expects in a text; none where it is not here, or fails. No other one
    /// ever answers for it.
    #[must_use]
    pub fn hear(&self, language: Language, wanted: &[String; 2], text: &str) -> Option<Vec<Expectation>> {
        if let Some(endpoint) = self.endpoint.as_ref().filter(|one| one.identity() == *wanted) {
            return endpoint.hear(text);
        }
        if identity(language) != *wanted {
            return None;
        }
        // A whole model reads every text, which a test holds.
        self.of(language)?.read(text).ok()
    }

    /// Loads what is not loaded yet. Blocks for about a second.
    ///
    /// # Errors
    /// [`LikelihoodError`]: a file can't be read, or is another model.
    pub fn load(&self) -> Result<(), LikelihoodError> {
        for loaded in [&self.chinese, &self.english] {
            if loaded.reader.get().is_none() {
                // Somebody else may have been faster, with the same model.
                let _ = loaded.reader.set(loaded.place.open()?);
            }
        }
        Ok(())
    }

    /// The one in this process that reads a language, loaded now if it was not before. One that can't be loaded is as good as none; the log
    /// says why, once.
    #[must_use]
    pub fn of(&self, language: Language) -> Option<&Reader> {
        let loaded = match language {
            Language::Zh => &self.chinese,
            Language::En => &self.english,
        };
        let open = || match loaded.place.open() {
            Ok(reader) => reader,
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "texts are judged without the language model");
                None
            }
        };
        loaded.reader.get_or_init(open).as_ref()
    }
}

impl Place {
    fn open(&self) -> Result<Option<Reader>, LikelihoodError> {
        match self {
            Self::Nowhere => Ok(None),
            Self::Gguf(path, onnx) => Reader::gguf(path, onnx.load()?).map(Some),
            Self::Onnx(path, onnx) => Reader::onnx(path, onnx.load()?).map(Some),
        }
    }
}
