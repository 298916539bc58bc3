//! How likely a small language model finds a text, token by token: machines choose what models expect more often than people do.
//!
//! | module | what is in it |
//! |---|---|
//! | [`session`] | from tokens to what the model expects behind each |
//! | [`llama`], [`gguf`], [`onnx`] | a Llama in a GGUF file as a network that ONNX Runtime runs |
//! | [`endpoint`] | a model behind an endpoint |
//! | [`readers`] | which models there are, loaded when they are needed |
//! | [`vocabulary`] | from text to tokens |
//! | [`traits`] | from expectations to a few numbers for a text |

pub mod endpoint;
pub mod gguf;
pub mod llama;
pub mod onnx;
pub mod readers;
pub mod session;
pub mod traits;
pub mod vocabulary;

use std::path::{Path, PathBuf};

pub use endpoint::Endpoint;
use gguf::Gguf;
use models::{OnnxError, Runtime, ScorerError};
pub use readers::{Place, Readers};
use schemas::Language;
use session::Network;
pub use traits::{LIKELIHOODS, Likelihoods, likelihoods, of_token};
use vocabulary::Vocabulary;

/// The language model in this process that reads texts of a language, as weights are fitted with it: its name, and which weights of it.
#[must_use]
pub fn identity(language: Language) -> [&'static str; 2] {
    match language {
        Language::Zh => ["MiniMind2-Small", "int8"],
        Language::En => ["SmolLM2-135M-Instruct", "Q4_1"],
    }
}

/// Tokens of a text that a model reads: its beginning. The larger model reads fewer, since they cost ten times as much each.
#[must_use]
pub fn tokens(language: Language) -> usize {
    match language {
        Language::Zh => 256,
        Language::En => 128,
    }
}

/// Characters of a text that are cut into tokens: those have four on average, and rarely more than ten.
pub const CHARACTERS: usize = 4_096;

/// Why the language model can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LikelihoodError {
    /// The file can't be read.
    #[error("can't read the language model {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is another model than those that are known here.
    #[error("the language model is of another kind: expected a GGUF file with {key}")]
    Untold {
        /// What it does not tell, or tells otherwise.
        key: &'static str,
    },
    /// The vocabulary of the file can't be used.
    #[error("the vocabulary of the language model can't be used")]
    Vocabulary(#[source] tokenizers::Error),
    /// The network can't be loaded.
    #[error("the network of the language model can't be loaded")]
    Onnx(#[from] OnnxError),
    /// The network can't be run.
    #[error("the network of the language model can't be run")]
    Run(#[from] ort::Error),
    /// The file is not whole, or written in another way than is known here.
    #[error("the language model {path} can't be used: {what} can't be read")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What of it.
        what: String,
    },
    /// The endpoint of the language model tells nothing.
    #[error("the endpoint of the language model tells nothing of the text")]
    Endpoint(#[from] ScorerError),
    /// The process is ending.
    #[error("asking the endpoint of the language model broke off")]
    BrokeOff,
}

/// What the model expected where a token stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    /// The byte of the text that the token begins with.
    pub start: usize,
    /// The natural logarithm of the probability that the model gave to the token.
    pub log_probability: f32,
    /// All that it expected there; none by an endpoint, which does not tell it.
    pub distribution: Option<Distribution>,
}

/// All that the model expected where a token stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// How many tokens it held likelier than the one that came.
    pub rank: u32,
    /// The entropy of all that it expected, in nats: what is lost on average by what it would have written itself.
    pub entropy: f32,
    /// The variance of the logarithm of the probability of what it would have written itself.
    pub variance: f32,
}

/// A language model that reads texts.
#[derive(Debug)]
pub struct Reader {
    network: Network,
    vocabulary: Vocabulary,
    most: usize,
}

impl Reader {
    /// The model of a GGUF file. Takes about a byte for each weight, and four times that while it is loaded.
    ///
    /// # Errors
    /// [`LikelihoodError`]: it can't be read, or is of another kind.
    pub fn gguf(path: &Path, runtime: Runtime) -> Result<Self, LikelihoodError> {
        let gguf = Gguf::open(path)?;
        let vocabulary = Vocabulary::read(&gguf)?;
        let network = llama::network(&gguf)?;
        drop(gguf);
        Ok(Self {
            network: Network::new(runtime.session_of(path, &network)?),
            vocabulary,
            most: tokens(Language::En),
        })
    }

    /// The model of an ONNX file, with `tokenizer.json` beside it.
    ///
    /// # Errors
    /// [`LikelihoodError`]: one of them can't be read.
    pub fn onnx(path: &Path, runtime: Runtime) -> Result<Self, LikelihoodError> {
        Ok(Self {
            network: Network::new(runtime.session(path)?),
            vocabulary: Vocabulary::open(&path.with_file_name("tokenizer.json"))?,
            most: tokens(Language::Zh),
        })
    }

    /// What the model expected at each of the first tokens of a text, [`tokens`] of them at most. Blocks for some tenths of a second.
    ///
    /// # Errors
    /// [`LikelihoodError`]; of a whole model, none.
    pub fn read(&self, text: &str) -> Result<Vec<Expectation>, LikelihoodError> {
        let end = text
            .char_indices()
            .nth(CHARACTERS)
            .map_or(text.len(), |(end, _)| end);
        let pieces = self.vocabulary.pieces(text.get(..end).unwrap_or_default())?;
        let pieces = pieces.get(..pieces.len().min(self.most)).unwrap_or_default();
        let Some((_, behind)) = pieces.split_last() else {
            return Ok(Vec::new());
        };
        let mut tokens = vec![self.vocabulary.start()];
        tokens.extend(behind.iter().map(|piece| piece.token));
        let logits = self.network.logits(&tokens)?;
        let rows = logits.chunks_exact((logits.len() / tokens.len()).max(1));
        Ok(rows
            .zip(pieces)
            .map(|(row, piece)| expectation(row, *piece))
            .collect())
    }
}

/// What logits say of the token that came.
fn expectation(logits: &[f32], piece: vocabulary::Piece) -> Expectation {
    let own = logits.get(piece.token as usize).copied().unwrap_or(f32::MIN);
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let (mut sum, mut first, mut second, mut rank) = (0.0f64, 0.0f64, 0.0f64, 0u32);
    // Rows of numbers that fit a register at once; the sums of many small numbers need more digits.
    for some in logits.chunks(64) {
        let (mut sum_of, mut first_of, mut second_of) = (0.0f32, 0.0f32, 0.0f32);
        for logit in some {
            let below = logit - most;
            let likely = below.exp();
            sum_of += likely;
            first_of += likely * below;
            second_of += likely * below * below;
            rank += u32::from(*logit > own);
        }
        sum += f64::from(sum_of);
        first += f64::from(first_of);
        second += f64::from(second_of);
    }
    let (mean, square) = (first / sum, second / sum);
    Expectation {
        start: piece.start,
        log_probability: (f64::from(own - most) - sum.ln()) as f32,
        distribution: Some(Distribution {
            rank,
            entropy: (sum.ln() - mean) as f32,
            variance: (square - mean * mean).max(0.0) as f32,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_are_read_as_a_distribution() {
        // Halves, quarters and eighths, with the token that came at the second place.
        let logits = [0.5f32, 0.25, 0.125, 0.125].map(|likely| likely.ln() + 3.0);
        let piece = vocabulary::Piece { token: 1, start: 7 };
        let read = expectation(&logits, piece);
        let ln2 = std::f32::consts::LN_2;
        let whole = read.distribution.unwrap();
        assert_eq!((read.start, whole.rank), (7, 1));
        assert!((read.log_probability + 2.0 * ln2).abs() < 1e-5, "{read:?}");
        assert!((whole.entropy - 1.75 * ln2).abs() < 1e-5, "{read:?}");
        // Of 1, 2 and 3 bits: 0.5 + 4 / 4 + 9 / 4 less 1.75 squared.
        assert!(
            (whole.variance - (3.75 - 1.75 * 1.75) * ln2 * ln2).abs() < 1e-5,
            "{read:?}"
        );
    }
}
