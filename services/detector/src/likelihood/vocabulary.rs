//! From text to the tokens of a model.

use std::path::Path;

use tokenizers::Tokenizer;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;

use super::LikelihoodError;
use super::gguf::Gguf;

/// A vocabulary of pairs of bytes.
#[derive(Debug)]
pub struct Vocabulary {
    tokenizer: Tokenizer,
    start: u32,
}

/// One token of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its number.
    pub token: u32,
    /// The byte of the text that it begins with.
    pub start: usize,
}

/// What stands between texts in what the model was trained on.
const BETWEEN: &str = "<|endoftext|>";
/// What stands before what somebody says in what the model was trained on.
const BEFORE: &str = "<|im_start|>";

impl Vocabulary {
    /// The vocabulary of a GGUF file.
    ///
    /// # Errors
    /// [`LikelihoodError`]: there is none, or one of another kind.
    pub(super) fn read(gguf: &Gguf) -> Result<Self, LikelihoodError> {
        if gguf.texts("tokenizer.ggml.pre")? != ["smollm"] {
            return Err(LikelihoodError::Untold {
                key: "tokenizer.ggml.pre = smollm",
            });
        }
        let tokens = gguf.texts("tokenizer.ggml.tokens")?;
        let merges = gguf.texts("tokenizer.ggml.merges")?;
        let start = tokens.iter().position(|token| token == BETWEEN);
        let start = start.ok_or(LikelihoodError::Untold { key: BETWEEN })? as u32;
        let numbered = tokens.iter().cloned().zip(0..);
        let pairs = merges
            .iter()
            .filter_map(|merge| merge.split_once(' '))
            .map(|(a, b)| (a.to_owned(), b.to_owned()));
        let model = BPE::builder()
            .vocab_and_merges(numbered.collect::<Vocab>(), pairs.collect())
            .build()
            .map_err(LikelihoodError::Vocabulary)?;
        let mut tokenizer = Tokenizer::new(model);
        tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![
            PreTokenizerWrapper::Digits(Digits::new(true)),
            PreTokenizerWrapper::ByteLevel(ByteLevel::new(false, false, true)),
        ])));
        Ok(Self { tokenizer, start })
    }

    /// The vocabulary of a `tokenizer.json`.
    ///
    /// # Errors
    /// [`LikelihoodError`]: there is none, or one of another kind.
    pub(super) fn open(path: &Path) -> Result<Self, LikelihoodError> {
        let tokenizer = Tokenizer::from_file(path).map_err(LikelihoodError::Vocabulary)?;
        let start = tokenizer
            .token_to_id(BEFORE)
            .ok_or(LikelihoodError::Untold { key: BEFORE })?;
        Ok(Self { tokenizer, start })
    }

    /// The token before a text.
    #[must_use]
    pub fn start(&self) -> u32 {
        self.start
    }

    /// The tokens of a text.
    ///
    /// # Errors
    /// [`LikelihoodError::Vocabulary`]; a vocabulary of bytes knows every text.
    pub fn pieces(&self, text: &str) -> Result<Vec<Piece>, LikelihoodError> {
        let encoding = self
            .tokenizer
            .encode(text, false)
            .map_err(LikelihoodError::Vocabulary)?;
        let pieces = encoding.get_ids().iter().zip(encoding.get_offsets());
        Ok(pieces
            .map(|(token, (start, _))| Piece {
                token: *token,
                start: *start,
            })
            .collect())
    }
}
