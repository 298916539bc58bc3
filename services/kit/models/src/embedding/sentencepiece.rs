//! A tokenizer out of a model of SentencePiece (Kudo and Richardson 2018): a list of pieces with their scores, and a table that
//! says what characters are written as others.

use std::path::Path;

use prost::Message;
use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{Precompiled, Replace, Sequence, Strip};
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::{NormalizerWrapper, Tokenizer};

/// The token of what no piece says.
pub(super) const UNKNOWN: u32 = 0;
/// The token that a text begins with.
pub(super) const BEGIN: u32 = 1;
/// The token that a text ends with.
pub(super) const END: u32 = 2;

/// What is read of the file: `sentencepiece_model.proto` has more.
#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, repeated, tag = "1")]
    pieces: Vec<Piece>,
    #[prost(message, optional, tag = "3")]
    normalizer: Option<Normalizer>,
}

#[derive(Clone, PartialEq, Message)]
struct Piece {
    #[prost(string, tag = "1")]
    piece: String,
    #[prost(float, tag = "2")]
    score: f32,
}

#[derive(Clone, PartialEq, Message)]
struct Normalizer {
    #[prost(bytes = "vec", tag = "2")]
    characters: Vec<u8>,
}

/// Reads it.
pub(super) fn tokenizer(path: &Path) -> Result<Tokenizer, Box<dyn std::error::Error + Send + Sync>> {
    let model = Model::decode(std::fs::read(path)?.as_slice())?;
    let pieces = model.pieces.into_iter();
    let pieces = pieces
        .map(|piece| (piece.piece, f64::from(piece.score)))
        .collect();
    let mut tokenizer = Tokenizer::new(Unigram::from(pieces, Some(UNKNOWN as usize), false)?);
    let mut steps: Vec<NormalizerWrapper> = Vec::new();
    if let Some(normalizer) = model
        .normalizer
        .filter(|normalizer| !normalizer.characters.is_empty())
    {
        steps.push(Precompiled::from(&normalizer.characters)?.into());
    }
    steps.push(Strip::new(true, true).into());
    steps.push(Replace::new(ReplacePattern::Regex(" {2,}".to_owned()), " ")?.into());
    tokenizer.with_normalizer(Some(Sequence::new(steps)))?;
    tokenizer.with_pre_tokenizer(Some(Metaspace::new('▁', PrependScheme::Always, true)));
    Ok(tokenizer)
}
