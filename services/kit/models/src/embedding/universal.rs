//! A small model of sixteen languages, whose vectors of texts that mean the same are near each other whatever the language:
//! Universal Sentence Encoder, multilingual, the convolutional one (Yang et al., *Multilingual Universal Sentence Encoder for
//! Semantic Retrieval*, 2019).
//!
//! It is so small that it is computed here, from its published weights: tokens become vectors, three convolutions look at 2, 3 and 5
//! neighbours each, what they find is summed up, and four layers make the text's vector of it.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Ix1, Ix2, s};
use ndarray_npy::{ReadNpyError, ReadNpyExt};
use tokenizers::Tokenizer;
use zip::ZipArchive;

use super::sentencepiece;
use super::{EncoderError, normalize};

/// Numbers of its vectors.
pub(super) const DIMENSION: usize = 512;

/// Tokens that are read of a text: of longer ones the sum says ever less.
const TOKENS: usize = 256;
/// Characters for each token that are looked at.
const CHARACTERS: usize = 16;
/// Rows of the table of tokens stand in so many parts, each row in the part of its remainder.
const PARTS: usize = 17;
/// Neighbours that a convolution looks at, and how many of them stand before the token.
const CONVOLUTIONS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Numbers that a convolution gives for a token.
const WIDTH: usize = 256;

/// The model, loaded when it is used first.
#[derive(Debug)]
pub(super) struct Universal {
    path: PathBuf,
    loaded: Mutex<Option<Arc<Loaded>>>,
}

#[derive(Debug)]
struct Loaded {
    tokenizer: Tokenizer,
    weights: Weights,
}

#[derive(Debug)]
struct Weights {
    table: Vec<Array2<u8>>,
    scale: Array1<f32>,
    least: Array1<f32>,
    projection: Layer,
    projected: Norm,
    convolutions: Vec<[Layer; 2]>,
    found: Norm,
    sum: Layer,
    layers: [Array2<f32>; 4],
    shortcuts: [Array2<f32>; 2],
    epsilon: f32,
}

#[derive(Debug)]
struct Layer {
    weights: Array2<f32>,
    offset: Array1<f32>,
}

/// Brings rows to a mean and a spread (Ba et al., *Layer Normalization*, 2016).
#[derive(Debug)]
struct Norm {
    spread: Array1<f32>,
    mean: Array1<f32>,
}

impl Universal {
    /// With the weights of this file, `weights.npz`, and `sp.model` beside it.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            loaded: Mutex::new(None),
        }
    }

    /// The vector of a text, of length 1, and how many tokens it has. Blocks.
    pub fn embed(&self, text: &str) -> Result<(Vec<f32>, u64), EncoderError> {
        let loaded = self.loaded()?;
        let end = text.char_indices().nth(TOKENS * CHARACTERS);
        let text = end.map_or(text, |(end, _)| text.get(..end).unwrap_or_default());
        let encoding = loaded.tokenizer.encode_fast(text, false);
        let encoding = encoding.map_err(EncoderError::Tokens)?;
        let mut tokens = vec![sentencepiece::BEGIN];
        tokens.extend(encoding.get_ids().iter().take(TOKENS));
        if tokens.len() == 1 {
            tokens.push(sentencepiece::UNKNOWN);
        }
        tokens.push(sentencepiece::END);
        let mut vector = loaded.weights.vector(&tokens).to_vec();
        normalize(&mut vector);
        Ok((vector, tokens.len() as u64))
    }

    fn loaded(&self) -> Result<Arc<Loaded>, EncoderError> {
        let mut place = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = &*place {
            return Ok(Arc::clone(loaded));
        }
        let pieces = self.path.with_file_name("sp.model");
        let tokenizer = sentencepiece::tokenizer(&pieces).map_err(|source| EncoderError::Tokenizer {
            path: pieces.clone(),
            source,
        })?;
        let weights = Weights::read(&self.path).map_err(|source| EncoderError::Weights {
            path: self.path.clone(),
            source,
        })?;
        tracing::info!(model = %self.path.display(), "loaded a model of embeddings");
        let loaded = Arc::new(Loaded { tokenizer, weights });
        *place = Some(Arc::clone(&loaded));
        Ok(loaded)
    }
}

impl Weights {
    fn read(path: &Path) -> io::Result<Self> {
        let mut file = Npz(ZipArchive::new(BufReader::new(File::open(path)?))?);
        let sizes = CONVOLUTIONS.map(|(neighbours, _)| neighbours);
        let mut projections: Vec<Array2<f32>> = Vec::new();
        let mut offsets = Vec::new();
        let mut spreads = Vec::new();
        let mut means = Vec::new();
        let mut convolutions = Vec::new();
        for n in sizes {
            projections.push(file.matrix(&format!("proj{n}"), [DIMENSION, WIDTH])?);
            offsets.push(file.vector(&format!("proj_b{n}"), WIDTH)?);
            spreads.push(file.vector(&format!("ln_g{n}"), WIDTH)?);
            means.push(file.vector(&format!("ln_b{n}"), WIDTH)?);
            let mut layer = |number: usize| -> io::Result<Layer> {
                Ok(Layer {
                    weights: file.matrix(&format!("w{number}_{n}"), [n * WIDTH, WIDTH])?,
                    offset: file.vector(&format!("b{number}_{n}"), WIDTH)?,
                })
            };
            convolutions.push([layer(1)?, layer(2)?]);
        }
        let features = DIMENSION + sizes.len() * WIDTH;
        let epsilon: ndarray::Array0<f64> = file.read("eps")?;
        let joined = |parts: &[Array1<f32>]| -> Array1<f32> { parts.iter().flatten().copied().collect() };
        let side_by_side: Vec<ArrayView2<'_, f32>> =
            projections.iter().map(|projection| projection.view()).collect();
        Ok(Self {
            table: (1..=PARTS)
                .map(|part| file.read(&format!("q{part}")))
                .collect::<io::Result<_>>()?,
            scale: file.vector("scale", PARTS)?,
            least: file.vector("lo", PARTS)?,
            projection: Layer {
                weights: ndarray::concatenate(Axis(1), &side_by_side).map_err(io::Error::other)?,
                offset: joined(&offsets),
            },
            projected: Norm {
                spread: joined(&spreads),
                mean: joined(&means),
            },
            convolutions,
            found: Norm {
                spread: file.vector("ln_g", features)?,
                mean: file.vector("ln_b", features)?,
            },
            sum: Layer {
                weights: file.matrix("cnn_W", [features, DIMENSION])?,
                offset: file.vector("cnn_b", DIMENSION)?,
            },
            layers: [
                file.matrix("d0", [DIMENSION, 320])?,
                file.matrix("d1", [320, 320])?,
                file.matrix("d2", [320, DIMENSION])?,
                file.matrix("d3", [DIMENSION, DIMENSION])?,
            ],
            shortcuts: [
                file.matrix("p1", [DIMENSION, 320])?,
                file.matrix("p3", [320, DIMENSION])?,
            ],
            epsilon: epsilon.into_scalar() as f32,
        })
    }

    /// The vector of a text with at least one token; not yet of length 1.
    fn vector(&self, tokens: &[u32]) -> Array1<f32> {
        let embedded = self.embedded(tokens);
        let projected = self.projection.of(embedded.view());
        let projected = self.projected.of(projected, self.epsilon);
        let mut features = Array2::zeros((tokens.len(), DIMENSION + CONVOLUTIONS.len() * WIDTH));
        features.slice_mut(s![.., ..DIMENSION]).assign(&embedded);
        for (number, ((neighbours, before), layers)) in
            CONVOLUTIONS.iter().zip(&self.convolutions).enumerate()
        {
            let mut seen = projected
                .slice(s![.., number * WIDTH..(number + 1) * WIDTH])
                .to_owned();
            for layer in layers {
                let found = layer.of(windows(seen.view(), *neighbours, *before).view());
                seen += &found.mapv_into(positive);
            }
            let from = DIMENSION + number * WIDTH;
            features.slice_mut(s![.., from..from + WIDTH]).assign(&seen);
        }
        let features = self.found.of(features, self.epsilon);
        // Summing up and the layer behind it may change places, and so it is done once for all tokens.
        let count = tokens.len() as f32;
        let sum = features.sum_axis(Axis(0)).dot(&self.sum.weights) + &self.sum.offset * count;
        self.told(&(sum / count.sqrt()).view())
    }

    fn told(&self, sum: &ArrayView1<'_, f32>) -> Array1<f32> {
        let [first, second, third, fourth] = &self.layers;
        let [early, late] = &self.shortcuts;
        let one = sum.dot(first).mapv_into(positive);
        let two = (sum.dot(early) + one.dot(second)).mapv_into(positive);
        let three = two.dot(third).mapv_into(positive);
        (two.dot(late) + three.dot(fourth)).mapv_into(f32::tanh)
    }

    /// The vectors of tokens, out of a table of bytes.
    fn embedded(&self, tokens: &[u32]) -> Array2<f32> {
        let mut rows = Array2::zeros((tokens.len(), DIMENSION));
        for (token, mut row) in tokens.iter().zip(rows.rows_mut()) {
            let (part, at) = (*token as usize % PARTS, *token as usize / PARTS);
            let (Some(table), Some(scale), Some(least)) =
                (self.table.get(part), self.scale.get(part), self.least.get(part))
            else {
                continue;
            };
            if at < table.nrows() {
                row.assign(&table.row(at).mapv(|byte| f32::from(byte) * scale + least));
            }
        }
        rows
    }
}

impl Layer {
    fn of(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        rows.dot(&self.weights) + &self.offset
    }
}

impl Norm {
    fn of(&self, mut rows: Array2<f32>, epsilon: f32) -> Array2<f32> {
        for mut row in rows.rows_mut() {
            let mean = row.mean().unwrap_or_default();
            row -= mean;
            let variance = row.dot(&row) / row.len().max(1) as f32;
            row *= 1.0 / (variance + epsilon).sqrt();
            row *= &self.spread;
            row += &self.mean;
        }
        rows
    }
}

/// For each row itself with its neighbours, side by side; zeros where there is none.
fn windows(rows: ArrayView2<'_, f32>, neighbours: usize, before: usize) -> Array2<f32> {
    let (count, width) = rows.dim();
    let mut windows = Array2::zeros((count, neighbours * width));
    for place in 0..neighbours {
        // Row t has in this place the row t + place − before.
        let (to, from) = (before.saturating_sub(place), place.saturating_sub(before));
        let Some(length) = count.checked_sub(to.max(from)) else {
            continue;
        };
        windows
            .slice_mut(s![to..to + length, place * width..(place + 1) * width])
            .assign(&rows.slice(s![from..from + length, ..]));
    }
    windows
}

fn positive(x: f32) -> f32 {
    x.max(0.0)
}

/// A file of arrays as NumPy writes it.
struct Npz(ZipArchive<BufReader<File>>);

impl Npz {
    fn read<A: ReadNpyExt>(&mut self, name: &str) -> io::Result<A> {
        let entry = self.0.by_name(&format!("{name}.npy"))?;
        A::read_npy(entry).map_err(|source: ReadNpyError| {
            io::Error::new(io::ErrorKind::InvalidData, format!("array {name}: {source}"))
        })
    }

    fn matrix(&mut self, name: &str, shape: [usize; 2]) -> io::Result<Array2<f32>> {
        let found: ndarray::Array<f32, Ix2> = self.read(name)?;
        if found.shape() == shape {
            Ok(found)
        } else {
            Err(unfit(name, found.shape(), &shape))
        }
    }

    fn vector(&mut self, name: &str, length: usize) -> io::Result<Array1<f32>> {
        let found: ndarray::Array<f32, Ix1> = self.read(name)?;
        if found.len() == length {
            Ok(found)
        } else {
            Err(unfit(name, found.shape(), &[length]))
        }
    }
}

fn unfit(name: &str, found: &[usize], expected: &[usize]) -> io::Error {
    let text = format!("array {name} has the shape {found:?}, expected {expected:?}");
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_window_is_a_row_with_its_neighbours() {
        let rows = array![[1.0], [2.0], [3.0]];
        assert_eq!(
            windows(rows.view(), 3, 1),
            array![[0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 0.0]]
        );
        assert_eq!(
            windows(rows.view(), 2, 0),
            array![[1.0, 2.0], [2.0, 3.0], [3.0, 0.0]]
        );
    }

    #[test]
    fn a_window_may_be_wider_than_the_text() {
        let rows = array![[7.0]];
        assert_eq!(windows(rows.view(), 5, 2), array![[0.0, 0.0, 7.0, 0.0, 0.0]]);
    }
}
