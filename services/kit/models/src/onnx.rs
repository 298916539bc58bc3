//! Models that run in this process, by ONNX Runtime.
//!
//! The runtime is a shared library that is loaded once, by whoever comes first, and stays. Nothing else may touch `ort` before:
//! it would look for a library by itself, and panic where it finds none. So whoever runs a model asks for a [`Runtime`].

mod config;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

use ort::session::Session;
use ort::session::builder::SessionBuilder;

pub use config::OnnxConfig;

/// Threads of a model where nobody says how many: more of them seldom make small models faster.
const MOST_THREADS: usize = 4;

/// The library that is loaded.
static LOADED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The runtime is loaded, and these are its settings.
#[derive(Debug, Clone, Copy)]
pub struct Runtime {
    threads: usize,
}

/// Why no model can be run.
#[derive(Debug, thiserror::Error)]
pub enum OnnxError {
    /// Nobody said where the library is.
    #[error("ONNX Runtime is needed: set CONTRAIL_ONNXRUNTIME (--onnxruntime) to its shared library")]
    NoLibrary,
    /// The library can't be loaded, or is too old.
    #[error("can't load ONNX Runtime from {path}, see CONTRAIL_ONNXRUNTIME (--onnxruntime)", path = .path.display())]
    Library {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        #[source]
        source: ort::LoadDynamicError,
    },
    /// A process has one runtime.
    #[error("ONNX Runtime is loaded from {loaded} already, so not from {asked}", loaded = .loaded.display(), asked = .asked.display())]
    Another {
        /// What is loaded.
        loaded: PathBuf,
        /// What was asked for.
        asked: PathBuf,
    },
    /// The model can't be loaded.
    #[error("can't load the model {path}", path = .path.display())]
    Model {
        /// Its file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: ort::Error,
    },
}

impl OnnxConfig {
    /// Loads the library, unless the process has it already. Blocks for some 50 ms.
    ///
    /// # Errors
    /// Where the library is not set, can't be loaded, or another one is loaded.
    pub fn load(&self) -> Result<Runtime, OnnxError> {
        let set = self
            .library
            .as_deref()
            .filter(|path| !path.as_os_str().is_empty());
        load(set.ok_or(OnnxError::NoLibrary)?)?;
        Ok(Runtime {
            threads: self.threads(),
        })
    }

    fn threads(&self) -> usize {
        let processors = || available_parallelism().map_or(1, usize::from);
        self.threads
            .unwrap_or_else(|| processors().min(MOST_THREADS))
            .max(1)
    }
}

fn load(path: &Path) -> Result<(), OnnxError> {
    // A path and a link to it are the same library.
    let asked = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut held = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    match &*held {
        Some(loaded) if *loaded == asked => Ok(()),
        Some(loaded) => Err(OnnxError::Another {
            loaded: loaded.clone(),
            asked,
        }),
        None => {
            let environment = ort::init_from(&asked).map_err(|source| OnnxError::Library {
                path: asked.clone(),
                source,
            })?;
            environment.with_name("contrail").with_telemetry(false).commit();
            *held = Some(asked);
            Ok(())
        }
    }
}

impl Runtime {
    /// Threads that one model may use.
    #[must_use]
    pub fn threads(self) -> usize {
        self.threads
    }

    /// Loads a model. Blocks.
    ///
    /// Its threads sleep between runs: spinning ones take the processors from the models and services beside it.
    ///
    /// # Errors
    /// Where there is no such file, or it is no model that the runtime knows.
    pub fn session(self, model: &Path) -> Result<Session, OnnxError> {
        let built = || self.builder()?.commit_from_file(model);
        built().map_err(|source| OnnxError::Model {
            path: model.to_owned(),
            source,
        })
    }

    /// Loads a model from the bytes of an ONNX file that was made from another one, which an error names. Blocks.
    ///
    /// # Errors
    /// Where they are no model that the runtime knows.
    pub fn session_of(self, made_from: &Path, model: &[u8]) -> Result<Session, OnnxError> {
        let built = || self.builder()?.commit_from_memory(model);
        built().map_err(|source| OnnxError::Model {
            path: made_from.to_owned(),
            source,
        })
    }

    fn builder(self) -> Result<SessionBuilder, ort::Error> {
        Ok(Session::builder()?
            .with_intra_threads(self.threads)?
            .with_inter_threads(1)?
            .with_intra_op_spinning(false)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(library: Option<&str>) -> String {
        let config = OnnxConfig {
            library: library.map(PathBuf::from),
            threads: None,
        };
        config.load().unwrap_err().to_string()
    }

    #[test]
    fn a_library_that_is_not_there_is_named_with_its_setting() {
        for unset in [None, Some("")] {
            assert!(failure(unset).contains("CONTRAIL_ONNXRUNTIME"));
        }
        let missing = failure(Some("/not/there.so"));
        assert!(missing.contains("/not/there.so"), "{missing}");
        assert!(missing.contains("CONTRAIL_ONNXRUNTIME"), "{missing}");
    }

    #[test]
    fn there_is_one_thread_at_least() {
        let threads = |threads| {
            OnnxConfig {
                library: None,
                threads,
            }
            .threads()
        };
        assert_eq!(threads(Some(0)), 1);
        assert_eq!(threads(Some(7)), 7);
        assert!((1..=MOST_THREADS).contains(&threads(None)));
    }
}
