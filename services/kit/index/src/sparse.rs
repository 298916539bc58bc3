//! BM25 as sparse vectors: each term is a dimension, a passage holds the weights of its terms, a question counts them, and
//! the engine multiplies by the inverse document frequency (Qdrant's `Modifier::Idf`).
//!
//! Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond* (2009).

use std::collections::BTreeMap;

use crate::text;

/// How soon a further occurrence of a term says little. This and the next are the defaults of Anserini, for passages.
pub const K1: f32 = 0.9;
/// How much a passage's length counts, 0 to 1.
pub const B: f32 = 0.4;
/// Terms of an average passage. A constant, because the real average moves with each file, and with it would move the weights of
/// all passages that are in the index already. It matters little: nDCG@10 on SciFact (164 terms in an abstract) is 0.693 with the
/// real average, 0.694 with 100 and 0.691 with 200; on CMRC 2018 (372 terms) 0.990, 0.989 and 0.989.
pub const AVERAGE_LENGTH: f32 = 150.0;

/// A sparse vector: dimensions in ascending order, each once, and their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseVector {
    /// Hashes of terms.
    pub indices: Vec<u32>,
    /// A weight for each.
    pub values: Vec<f32>,
}

impl SparseVector {
    /// Whether no term is in it: nothing finds it, and it finds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    fn of(weights: BTreeMap<u32, f32>) -> Self {
        let (indices, values) = weights.into_iter().unzip();
        Self { indices, values }
    }
}

/// The vector of a passage.
#[must_use]
pub fn of_passage(text: &str) -> SparseVector {
    let terms = text::terms(text);
    let length = terms.len() as f32;
    let norm = K1 * (1.0 - B + B * length / AVERAGE_LENGTH);
    let mut weights = counts(&terms);
    for weight in weights.values_mut() {
        *weight = *weight * (K1 + 1.0) / (*weight + norm);
    }
    SparseVector::of(weights)
}

/// The vector of a question.
#[must_use]
pub fn of_query(text: &str) -> SparseVector {
    SparseVector::of(counts(&text::terms(text)))
}

fn counts(terms: &[String]) -> BTreeMap<u32, f32> {
    let mut counts = BTreeMap::new();
    for term in terms {
        *counts.entry(dimension(term)).or_insert(0.0) += 1.0;
    }
    counts
}

/// The dimension of a term: FNV-1a of its bytes, 32 bits. It is part of what is stored: another hash needs a new index.
///
/// Of 100,000 different terms, one in some 40,000 shares its dimension with another.
fn dimension(term: &str) -> u32 {
    term.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_never_change() {
        assert_eq!(dimension(""), 0x811c_9dc5);
        assert_eq!(dimension("a"), 0xe40c_292c);
        assert_eq!(dimension("foobar"), 0xbf9c_f968);
    }

    #[test]
    fn questions_count_and_passages_saturate() {
        let query = of_query("gate gate B12");
        assert_eq!(query.indices.len(), 2);
        assert!(query.indices.is_sorted());
        assert!(query.values.contains(&2.0) && query.values.contains(&1.0));
        let passage = of_passage("gate gate B12");
        let (few, many) = (
            passage.values.iter().copied().fold(f32::MAX, f32::min),
            passage.values.iter().copied().fold(0.0, f32::max),
        );
        assert!(few < many && many < 2.0 * few, "{few} {many}");
        assert!(many < K1 + 1.0);
    }

    #[test]
    fn longer_passages_weigh_less() {
        let short = of_passage("gate");
        let long = of_passage(&format!("gate {}", "hall ".repeat(100)));
        let at = short.indices[0];
        let place = long.indices.iter().position(|index| *index == at).unwrap();
        assert!(long.values[place] < short.values[0]);
    }

    #[test]
    fn nothing_is_empty() {
        assert!(of_query("的 了 …").is_empty());
        assert!(of_passage("").is_empty());
    }
}
