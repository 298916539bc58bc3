//! Which language models read labelled texts.

use std::thread::available_parallelism;

use schemas::Language;

use crate::likelihood::{Endpoint, Expectation, LikelihoodError, Readers, endpoint, identity};

/// Who reads.
#[derive(Debug)]
pub enum Source<'a> {
    /// The models of this process, each its language.
    Local(&'a Readers),
    /// The model behind an endpoint, which reads all languages.
    Endpoint(&'a Endpoint),
}

impl Source<'_> {
    /// Whether texts of a language are read.
    #[must_use]
    pub fn reads(&self, language: Language) -> bool {
        match self {
            Self::Local(readers) => readers.of(language).is_some(),
            Self::Endpoint(_) => true,
        }
    }

    /// The model that reads a language: its name, then which weights of it.
    #[must_use]
    pub fn identity(&self, language: Language) -> [String; 2] {
        self.by().unwrap_or_else(|| identity(language).map(str::to_owned))
    }

    /// The model that reads all languages, where one does.
    #[must_use]
    pub fn by(&self) -> Option<[String; 2]> {
        match self {
            Self::Local(_) => None,
            Self::Endpoint(endpoint) => Some(endpoint.identity()),
        }
    }

    /// How many texts are best read at once.
    #[must_use]
    pub fn at_once(&self) -> usize {
        match self {
            Self::Local(_) => available_parallelism().map_or(1, usize::from),
            Self::Endpoint(_) => endpoint::AT_ONCE,
        }
    }

    /// What the model of a language expects in a text; nothing without one.
    ///
    /// # Errors
    /// [`LikelihoodError`].
    pub fn read(&self, language: Language, text: &str) -> Result<Vec<Expectation>, LikelihoodError> {
        match self {
            Self::Local(readers) => readers
                .of(language)
                .map_or(Ok(Vec::new()), |reader| reader.read(text)),
            Self::Endpoint(endpoint) => endpoint.read(text),
        }
    }
}
