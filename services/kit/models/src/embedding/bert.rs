//! A small model that runs in this process: BERT, from tokens to one vector.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use flate2::read::GzDecoder;
use ort::session::{Session, SessionInputValue};
use ort::value::Tensor;
use tokenizers::{Tokenizer, TruncationParams};

use super::{EncoderError, Purpose, normalize};
use crate::onnx::OnnxConfig;

/// Characters for each token that are looked at: no text of a language has more, and what has is cut before it costs time.
const CHARACTERS: usize = 16;

/// How a model is used, as its authors say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipe {
    /// Tokens that it reads, its marks for beginning and end included.
    pub tokens: usize,
    /// How the vectors of the tokens become one.
    pub pooling: Pooling,
    /// Whether it knows small letters alone, while its tokenizer leaves capitals as they are.
    pub lowercase: bool,
    /// Numbers of its vectors.
    pub dimension: usize,
}

/// How the vectors of the tokens become one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pooling {
    /// That of the first token stands for all.
    First,
    /// Their mean.
    Mean,
}

/// A model, loaded when it is used first.
#[derive(Debug)]
pub(super) struct Bert {
    onnx: OnnxConfig,
    path: PathBuf,
    recipe: Recipe,
    /// One for questions and one for passages: a question must not wait behind a document.
    loaded: [Mutex<Option<Loaded>>; 2],
}

#[derive(Debug)]
struct Loaded {
    tokenizer: Tokenizer,
    session: Session,
}

impl Bert {
    pub fn new(path: &Path, onnx: &OnnxConfig, recipe: Recipe) -> Self {
        Self {
            onnx: onnx.clone(),
            path: path.to_owned(),
            recipe,
            loaded: [Mutex::new(None), Mutex::new(None)],
        }
    }

    /// The vector of a text, of length 1, and how many tokens it has. Blocks.
    ///
    /// One text at a time: on a processor a batch is no faster (measured: 64 abstracts took 5.1 s alone and 5.4 s by 32), and what
    /// the 8-bit model computes with would hang on whatever else is in the batch.
    pub fn embed(&self, text: &str, purpose: Purpose) -> Result<(Vec<f32>, u64), EncoderError> {
        let [queries, passages] = &self.loaded;
        let place = match purpose {
            Purpose::Query => queries,
            Purpose::Passage => passages,
        };
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = match &mut *place {
            Some(loaded) => loaded,
            None => place.insert(self.load()?),
        };
        let ids = self.tokens(loaded, text)?;
        let count = ids.len();
        let hidden = loaded.run(ids)?;
        let vector = self.pooled(&hidden.values, &hidden.shape, count)?;
        Ok((vector, count as u64))
    }

    fn load(&self) -> Result<Loaded, EncoderError> {
        let session = self.onnx.load()?.session(&self.path)?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let (plain, packed) = (folder.join("tokenizer.json"), folder.join("tokenizer.json.gz"));
        let path = if plain.exists() { plain } else { packed };
        let tokenizer = tokenizer(&path, self.recipe.tokens).map_err(|source| EncoderError::Tokenizer {
            path: path.clone(),
            source,
        })?;
        tracing::info!(model = %self.path.display(), threads = ?self.onnx.threads, "loaded a model of embeddings");
        Ok(Loaded { tokenizer, session })
    }

    fn tokens(&self, loaded: &Loaded, text: &str) -> Result<Vec<i64>, EncoderError> {
        let most = self.recipe.tokens * CHARACTERS;
        let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
        let text = text.get(..end).unwrap_or_default();
        let lowered = self.recipe.lowercase.then(|| text.to_lowercase());
        let encoding = loaded
            .tokenizer
            .encode_fast(lowered.as_deref().unwrap_or(text), true);
        let encoding = encoding.map_err(EncoderError::Tokens)?;
        Ok(encoding.get_ids().iter().map(|id| i64::from(*id)).collect())
    }

    fn pooled(&self, values: &[f32], shape: &[i64], count: usize) -> Result<Vec<f32>, EncoderError> {
        let width = self.recipe.dimension;
        let expected = [1, count as i64, width as i64];
        if *shape != expected || values.len() != count * width || count == 0 {
            return Err(EncoderError::Shape {
                path: self.path.clone(),
                given: format!("{shape:?}"),
                expected: format!("{expected:?}"),
            });
        }
        let mut vector = match self.recipe.pooling {
            Pooling::First => values.iter().take(width).copied().collect(),
            Pooling::Mean => {
                let mut sum = vec![0.0; width];
                for token in values.chunks_exact(width) {
                    sum.iter_mut().zip(token).for_each(|(sum, x)| *sum += x);
                }
                sum
            }
        };
        normalize(&mut vector);
        Ok(vector)
    }
}

/// What a model gives: a vector for each token.
struct Hidden {
    shape: Vec<i64>,
    values: Vec<f32>,
}

impl Loaded {
    fn run(&mut self, ids: Vec<i64>) -> Result<Hidden, EncoderError> {
        let shape = [1, ids.len()];
        let (ones, zeros) = (vec![1_i64; ids.len()], vec![0_i64; ids.len()]);
        let mut inputs: Vec<(String, SessionInputValue<'_>)> = Vec::new();
        for input in self.session.inputs() {
            let values = match input.name() {
                "input_ids" => &ids,
                "attention_mask" => &ones,
                _ => &zeros,
            };
            let tensor = Tensor::from_array((shape, values.clone()))?;
            inputs.push((input.name().to_owned(), tensor.into()));
        }
        let outputs = self.session.run(inputs)?;
        // The first output is that of the last layer.
        let Some((_, hidden)) = outputs.iter().next() else {
            return Ok(Hidden {
                shape: Vec::new(),
                values: Vec::new(),
            });
        };
        let (shape, values) = hidden.try_extract_tensor::<f32>()?;
        Ok(Hidden {
            shape: shape.to_vec(),
            values: values.to_vec(),
        })
    }
}

fn tokenizer(path: &Path, tokens: usize) -> Result<Tokenizer, Box<dyn std::error::Error + Send + Sync>> {
    let mut tokenizer = Tokenizer::from_bytes(unpacked(path)?)?;
    let truncation = TruncationParams {
        max_length: tokens,
        ..TruncationParams::default()
    };
    tokenizer.with_padding(None).with_truncation(Some(truncation))?;
    Ok(tokenizer)
}

fn unpacked(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(file).read_to_end(&mut bytes)?;
    } else {
        io::BufReader::new(file).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
