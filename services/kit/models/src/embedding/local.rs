//! The local default: a model for Chinese, one for English and one for both, side by side in one vector.
//!
//! The vector has two halves, which are compared each for itself.
//!
//! - The first half tells apart what is said in the same language. Each of its two models is the best of its size in its language and of
//!   no use in the other one. A text in one language fills its own part and leaves the other one empty, so that only the model that
//!   knows the language is run. A text in both fills both, each in proportion to its share, so that the length stays the same.
//! - The second half finds what is said in the other language, and what is said in other words.
//!
//! Measured by `contrail eval retrieval` with the first half alone (nDCG@10 by meaning, by words, by both): SciFact 0.657, 0.692, 0.731;
//! CMRC 2018 0.950, 0.991, 0.993.

use std::f32::consts::FRAC_1_SQRT_2;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use quick_cache::sync::Cache;

use super::bert::{Bert, Pooling, Recipe};
use super::config::EmbeddingConfig;
use super::universal::{self, Universal};
use super::{EncoderError, Purpose, Vectors};
use crate::onnx::OnnxConfig;

/// Changes with whatever changes the vectors.
pub(super) const NAME: &str = "bge-small-zh-v1.5+all-MiniLM-L6-v2+USE-multilingual-v3@1";

/// Numbers of the second half.
pub(super) const ACROSS: u32 = universal::DIMENSION as u32;

/// Numbers of a vector.
pub(super) const DIMENSION: u32 = (CHINESE.dimension + ENGLISH.dimension) as u32 + ACROSS;

/// The model's authors give a prefix for questions too. With it, questions found no more than without (nDCG@10 on CMRC 2018:
/// 0.940 against 0.943). With capitals, which its vocabulary lacks, they found less (0.943 against 0.950).
const CHINESE: Recipe = Recipe {
    tokens: 512,
    pooling: Pooling::First,
    lowercase: true,
    dimension: 512,
};

const ENGLISH: Recipe = Recipe {
    tokens: 256,
    pooling: Pooling::Mean,
    lowercase: false,
    dimension: 384,
};

/// Below this share, the Chinese in a text is but names.
const ENGLISH_ALONE: f32 = 0.15;
/// Above this share, the English in a text is but names, which the model for Chinese reads too.
const CHINESE_ALONE: f32 = 0.6;

/// Vectors of sentences that are kept, 2 KiB each: the passages that are often found are looked at again and again.
const KEPT: usize = 16_384;

/// All three models.
#[derive(Debug)]
pub(super) struct Local {
    chinese: Bert,
    english: Bert,
    universal: Universal,
    /// By hashes of sentences, with a key of this process: no text is kept, and nobody can make two that are mixed up.
    kept: Cache<u64, Arc<[f32]>>,
    hashes: RandomState,
}

impl Local {
    /// Sets it up; none where the models are not there.
    pub fn open(config: &EmbeddingConfig, onnx: &OnnxConfig) -> Option<Self> {
        let set =
            |path: &'_ Option<std::path::PathBuf>| path.clone().filter(|path| !path.as_os_str().is_empty());
        Some(Self {
            chinese: Bert::new(&set(&config.chinese)?, onnx, CHINESE),
            english: Bert::new(&set(&config.english)?, onnx, ENGLISH),
            universal: Universal::new(&set(&config.universal)?),
            kept: Cache::new(KEPT),
            hashes: RandomState::new(),
        })
    }

    /// Vectors of texts. Blocks.
    pub fn embed(&self, texts: &[String], purpose: Purpose) -> Result<Vectors, EncoderError> {
        let mut all = Vectors::default();
        for text in texts {
            let chinese = chinese_share(text);
            let mut vector = Vec::with_capacity(DIMENSION as usize);
            for (model, recipe, share) in [
                (&self.chinese, CHINESE, chinese),
                (&self.english, ENGLISH, 1.0 - chinese),
            ] {
                if share > 0.0 {
                    let (part, tokens) = model.embed(text, purpose)?;
                    vector.extend(part.into_iter().map(|x| x * share.sqrt()));
                    all.tokens += tokens;
                } else {
                    vector.extend(std::iter::repeat_n(0.0, recipe.dimension));
                }
            }
            let (part, tokens) = self.universal.embed(text)?;
            vector.extend(part);
            all.tokens += tokens;
            // Two halves of the same length, together of length 1.
            vector.iter_mut().for_each(|x| *x *= FRAC_1_SQRT_2);
            all.vectors.push(vector);
        }
        Ok(all)
    }

    /// The second half alone, of length 1. Blocks.
    pub fn embed_across(&self, texts: &[String]) -> Result<Vectors, EncoderError> {
        let mut all = Vectors::default();
        for text in texts {
            let key = self.hashes.hash_one(text);
            let vector = match self.kept.get(&key) {
                Some(vector) => vector.to_vec(),
                None => {
                    let (vector, tokens) = self.universal.embed(text)?;
                    all.tokens += tokens;
                    self.kept.insert(key, vector.as_slice().into());
                    vector
                }
            };
            all.vectors.push(vector);
        }
        Ok(all)
    }
}

/// How much of a text is Chinese, 0 to 1: a Han character counts as half a word. What has no words at all counts as English.
fn chinese_share(text: &str) -> f32 {
    let (mut han, mut words) = (0_u32, 0_u32);
    let mut word: Option<bool> = None;
    for c in text.chars().chain([' ']) {
        if c.is_alphanumeric() && !is_han(c) {
            // A code such as CA1234 or T2 is of no language.
            word = Some(word.unwrap_or(true) && !c.is_numeric());
        } else {
            words += u32::from(word.take() == Some(true));
            han += u32::from(is_han(c));
        }
    }
    let chinese = han as f32 / 2.0;
    match chinese / (chinese + words as f32).max(f32::MIN_POSITIVE) {
        share if share < ENGLISH_ALONE => 0.0,
        share if share > CHINESE_ALONE => 1.0,
        share => share,
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: f32) {
        let share = chinese_share(text);
        assert!((share - expected).abs() < 0.01, "{text:?}: {share}");
    }

    #[test]
    fn a_language_is_known_by_its_words() {
        check("2号航站楼几点关门", 1.0);
        check("CA1234在哪个航站楼", 1.0);
        check("When does the last metro leave?", 0.0);
        check(
            "The airport (机场) has three terminals, two of which are open all night.",
            0.0,
        );
        check("请在 Gate T2-15 的 Air China 柜台办理托运和登机手续", 1.0);
        check("登机口 Boarding gate", 0.43);
        check("", 0.0);
        check("CA1234 T2 15:30", 0.0);
    }
}
