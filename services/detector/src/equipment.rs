//! The detector with its weights, and the language models that they want.

use std::path::{Path, PathBuf};

use models::{ConfigError, OnnxConfig, ScorerError};

use crate::config::EquipmentConfig;
use crate::judge::{Detector, Uncalibrated};
use crate::likelihood::Endpoint;
use crate::model::{StoreError, store};

/// Why there is no detector.
#[derive(Debug, thiserror::Error)]
pub enum EquipmentError {
    /// The weights that are built in are damaged.
    #[error("the built-in weights can't be used")]
    BuiltIn(#[source] StoreError),
    /// The file of weights can't be read.
    #[error("can't read the weights in {path}", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file of weights is another one.
    #[error("can't use the weights in {path}", path = .path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: StoreError,
    },
    /// The endpoint of the language model is not set as it should be.
    #[error(
        "the endpoint of the detector's language model can't be used: look at DETECTOR_BASE_URL, DETECTOR_MODEL and DETECTOR_API_KEY_FILE"
    )]
    Endpoint(#[from] ConfigError),
    /// The endpoint's model has no calibration.
    #[error(transparent)]
    Uncalibrated(#[from] Uncalibrated),
    /// The endpoint does not tell what is needed.
    #[error("DETECTOR_UNSCORED: the endpoint of DETECTOR_BASE_URL is of no use to the detector")]
    Unscored(#[from] ScorerError),
}

/// The detector with the weights of a file, or with those that are built in. No language model reads for it yet.
///
/// # Errors
/// [`EquipmentError`]: the weights can't be read or used.
pub fn detector(weights: Option<&Path>) -> Result<Detector, EquipmentError> {
    let Some(path) = weights.filter(|path| !path.as_os_str().is_empty()) else {
        return Detector::built_in().map_err(EquipmentError::BuiltIn);
    };
    let bytes = std::fs::read(path).map_err(|source| EquipmentError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let model = store::read(&bytes).map_err(|source| EquipmentError::Weights {
        path: path.to_owned(),
        source,
    })?;
    Ok(Detector::new(model))
}

/// The same with language models: those of this process that are set, which are not loaded yet, and the one behind an endpoint,
/// which is asked about a sentence.
///
/// # Errors
/// [`EquipmentError`]: the endpoint can't be used, or the weights were not fitted with its model. One that does not answer now is
/// no error.
pub async fn equip(
    detector: Detector,
    config: &EquipmentConfig,
    onnx: &OnnxConfig,
) -> Result<Detector, EquipmentError> {
    let endpoint = Endpoint::configured(&config.endpoint)?;
    let readers = config.language_models.readers(onnx).with_endpoint(endpoint);
    let detector = detector.with_readers(readers)?;
    if let Some(endpoint) = detector.readers().endpoint() {
        endpoint.look().await?;
    }
    Ok(detector)
}
