//! Models as bytes: a header of JSON with everything but the large rows of numbers, which follow; all of it deflated.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use schemas::Language;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Calibration, Informed, LanguageModel, Linear, Model};
use crate::features::grams;
use crate::report::FitReport;

/// What a file of weights begins with; another format has another one.
const MAGIC: &[u8; 8] = b"CTRLDET1";
/// Bytes that an unpacked file may have.
const LIMIT: u64 = 64 << 20;

/// Why bytes are no model.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// They begin with something else.
    #[error("not a file of detector weights, or one of another format")]
    Format,
    /// They can't be unpacked.
    #[error("the weights can't be unpacked")]
    Packed(#[source] std::io::Error),
    /// The header can't be read.
    #[error("the header of the weights can't be read")]
    Header(#[source] serde_json::Error),
    /// There are fewer or more numbers than the header tells.
    #[error("the weights of {language} are incomplete")]
    Incomplete {
        /// Which language.
        language: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: String,
    languages: BTreeMap<String, Part>,
}

#[derive(Serialize, Deserialize)]
struct Part {
    language: Language,
    places: usize,
    scale: f32,
    intercept: f32,
    style: Vec<[f32; 3]>,
    calibration: Calibration,
    report: FitReport,
    #[serde(default)]
    informed: Option<Informed>,
}

/// The version of a model: the beginning of the SHA-256 of its numbers.
#[must_use]
pub fn version(model: &Model) -> String {
    let mut digest = Sha256::new();
    for (name, language) in &model.languages {
        digest.update(name);
        digest.update(
            language
                .linear
                .weights
                .iter()
                .map(|weight| weight.cast_unsigned())
                .collect::<Vec<u8>>(),
        );
        digest.update(&language.linear.rarity);
        for number in language.linear.style.iter().flatten() {
            digest.update(number.to_le_bytes());
        }
        let informed = language.informed.as_ref();
        if let Some(informed) = informed {
            digest.update(informed.reader.concat());
            for number in [informed.base, informed.intercept]
                .iter()
                .chain(informed.likelihoods.iter().flatten())
            {
                digest.update(number.to_le_bytes());
            }
        }
        let curves = informed.map(|informed| &informed.calibration.curves);
        for curve in language
            .calibration
            .curves
            .iter()
            .chain(curves.into_iter().flatten())
        {
            for number in curve.probability.iter().chain(&curve.low).chain(&curve.high) {
                digest.update(number.to_le_bytes());
            }
        }
    }
    hex::encode(digest.finalize()).chars().take(12).collect()
}

/// A model as bytes.
///
/// # Errors
/// [`StoreError::Header`], [`StoreError::Packed`]: both only when memory is short.
pub fn write(model: &Model) -> Result<Vec<u8>, StoreError> {
    let languages = model.languages.iter().map(|(name, one)| {
        let part = Part {
            language: one.language,
            places: one.linear.weights.len(),
            scale: one.linear.scale,
            intercept: one.linear.intercept,
            style: one.linear.style.clone(),
            calibration: one.calibration.clone(),
            report: one.report.clone(),
            informed: one.informed.clone(),
        };
        (name.clone(), part)
    });
    let header = Header {
        version: model.version.clone(),
        languages: languages.collect(),
    };
    let header = serde_json::to_vec(&header).map_err(StoreError::Header)?;
    let mut packed = ZlibEncoder::new(MAGIC.to_vec(), Compression::best());
    let mut put = |bytes: &[u8]| packed.write_all(bytes).map_err(StoreError::Packed);
    put(&(header.len() as u64).to_le_bytes())?;
    put(&header)?;
    for one in model.languages.values() {
        put(&one
            .linear
            .weights
            .iter()
            .map(|weight| weight.cast_unsigned())
            .collect::<Vec<u8>>())?;
        put(&one.linear.rarity)?;
    }
    packed.finish().map_err(StoreError::Packed)
}

/// A model from bytes.
///
/// # Errors
/// [`StoreError`]: what is wrong with them.
pub fn read(bytes: &[u8]) -> Result<Model, StoreError> {
    let packed = bytes.strip_prefix(MAGIC.as_slice()).ok_or(StoreError::Format)?;
    let mut unpacked = ZlibDecoder::new(packed).take(LIMIT);
    let mut length = [0; 8];
    unpacked.read_exact(&mut length).map_err(StoreError::Packed)?;
    let mut header = Vec::new();
    let length = u64::from_le_bytes(length);
    unpacked
        .by_ref()
        .take(length)
        .read_to_end(&mut header)
        .map_err(StoreError::Packed)?;
    let header: Header = serde_json::from_slice(&header).map_err(StoreError::Header)?;
    let mut languages = BTreeMap::new();
    for (name, part) in header.languages {
        if part.places != grams::places(part.language) || part.style.len() != crate::features::STYLES.len() {
            return Err(StoreError::Incomplete { language: name });
        }
        let mut row = || {
            let mut row = vec![0; part.places];
            unpacked
                .read_exact(&mut row)
                .map(|()| row)
                .map_err(StoreError::Packed)
        };
        let (weights, rarity) = (row()?, row()?);
        let linear = Linear {
            language: part.language,
            weights: weights.into_iter().map(u8::cast_signed).collect(),
            scale: part.scale,
            rarity,
            style: part.style,
            intercept: part.intercept,
        };
        languages.insert(
            name,
            LanguageModel {
                language: part.language,
                linear,
                calibration: part.calibration,
                report: part.report,
                informed: part.informed,
            },
        );
    }
    Ok(Model {
        version: header.version,
        languages,
    })
}
