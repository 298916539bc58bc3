//! Which words of a question have a counterpart in a passage: the same word, or one that means the same, in whatever language.
//!
//! "Where can I smoke?" has one in "全部禁烟". What a question is about and nothing that was found has a counterpart of, no passage
//! tells of, however near the rest of the words may be.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use bus::{Bus, CallFailure};
use index::text;
use quick_cache::sync::Cache;
use schemas::TenantId;
use schemas::calls::{EmbedCall, EmbedPurpose, Embedded, Hit};

use crate::closer::{AT_ONCE, dot};
use crate::evidence::readable;
use crate::search::VECTOR;

/// Passages whose words are compared by meaning; in the others the same word alone counts.
const PASSAGES: usize = 20;
/// Words of a question, and of a passage, that are compared.
const WORDS: usize = 200;
/// Cosines of two words between which they go from having nothing to do with each other to meaning the same.
const RANGE: (f32, f32) = (0.35, 0.95);
/// Vectors of words that are kept, 2 KiB each.
const KEPT: usize = 16_384;

/// Vectors of words, kept from question to question: by hashes with a key of this process, so that no word of a passage is kept.
#[derive(Clone)]
pub struct WordVectors {
    bus: Bus,
    kept: Arc<Cache<u64, Arc<[f32]>>>,
    hashes: RandomState,
}

/// How far each word of a question has a counterpart in each of some passages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counterparts {
    words: Vec<String>,
    /// For each passage how far it has one of each word, 0 to 1.
    shares: Vec<Vec<f32>>,
    /// How rare each word's counterparts are among the passages, 0 to 1.
    weights: Vec<f32>,
}

impl WordVectors {
    /// With vectors of whoever answers [`EmbedCall`] on the bus.
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self {
            bus,
            kept: Arc::new(Cache::new(KEPT)),
            hashes: RandomState::new(),
        }
    }

    /// Compares a question with passages. `first`: places of those that come first, the best first. `model`: the model of the
    /// space that is searched.
    ///
    /// # Errors
    /// When a word has no vector: the model compares texts of one language alone, or there is none.
    pub async fn compare(
        &self,
        tenant: &TenantId,
        model: &str,
        question: &str,
        hits: &[Hit],
        first: &[usize],
    ) -> Result<Counterparts, CallFailure> {
        let mut asked = text::words(question);
        asked.truncate(WORDS);
        let passages: Vec<Vec<String>> = hits.iter().map(|hit| text::words(&readable(hit))).collect();
        let near: HashSet<usize> = first.iter().take(PASSAGES).copied().collect();
        let is_near = |(at, words): (usize, &Vec<String>)| near.contains(&at).then_some(words.clone());
        let compared = passages.iter().enumerate().filter_map(is_near);
        let all = compared.flat_map(|words| words.into_iter().take(WORDS));
        let vectors = self
            .vectors(tenant, model, asked.iter().cloned().chain(all))
            .await?;
        let nearest = |word: &String, words: &[String]| -> f32 {
            let Some(vector) = vectors.get(word) else {
                return 0.0;
            };
            let others = words.iter().take(WORDS).filter_map(|other| vectors.get(other));
            others.map(|other| dot(vector, other)).fold(0.0, f32::max)
        };
        let shares = passages.iter().enumerate().map(|(at, words)| {
            let share = |word: &String| match (words.contains(word), near.contains(&at)) {
                (true, _) => 1.0,
                (false, true) => ((nearest(word, words) - RANGE.0) / (RANGE.1 - RANGE.0)).clamp(0.0, 1.0),
                (false, false) => 0.0,
            };
            asked.iter().map(share).collect()
        });
        Ok(Counterparts::of(asked.clone(), shares.collect()))
    }

    /// The vector of each word.
    async fn vectors(
        &self,
        tenant: &TenantId,
        model: &str,
        words: impl Iterator<Item = String>,
    ) -> Result<HashMap<String, Arc<[f32]>>, CallFailure> {
        let mut vectors = HashMap::new();
        let mut unknown = BTreeSet::new();
        for word in words {
            match self.kept.get(&self.hashes.hash_one((model, &word))) {
                Some(vector) => {
                    vectors.insert(word, vector);
                }
                None => {
                    unknown.insert(word);
                }
            }
        }
        let unknown: Vec<String> = unknown.into_iter().collect();
        for words in unknown.chunks(AT_ONCE) {
            let call = EmbedCall {
                texts: words.to_vec(),
                purpose: EmbedPurpose::Sentence,
            };
            let embedded: Embedded = self.bus.call(tenant, &call, VECTOR).await?;
            for (word, vector) in words.iter().zip(embedded.vectors) {
                let vector: Arc<[f32]> = vector.into();
                let key = self.hashes.hash_one((model, word));
                self.kept.insert(key, Arc::clone(&vector));
                vectors.insert(word.clone(), vector);
            }
        }
        Ok(vectors)
    }
}

impl Counterparts {
    fn of(words: Vec<String>, shares: Vec<Vec<f32>>) -> Self {
        let passages = shares.len() as f32;
        // BM25's inverse document frequency (Robertson and Zaragoza 2009), with parts of passages; 1 for what stands in none.
        let weight = |holding: f32| (1.0 + (passages - holding + 0.5) / (holding + 0.5)).ln();
        let weights = (0..words.len()).map(|word| {
            let holding = shares.iter().filter_map(|shares| shares.get(word));
            weight(holding.map(|share| share * share).sum()) / weight(0.0)
        });
        Self {
            weights: weights.collect(),
            words,
            shares,
        }
    }

    /// The share of the question, by weight, that has a counterpart in a passage, 0 to 1; none where it has no words.
    #[must_use]
    pub fn coverage(&self, passage: usize) -> Option<f32> {
        self.covered(|word| self.share(passage, word))
    }

    /// The same of all passages together.
    #[must_use]
    pub fn overall(&self) -> Option<f32> {
        self.covered(|word| self.most(word))
    }

    /// How far a word of the question has a counterpart in any of the passages, 0 to 1; none where the question has no such word.
    #[must_use]
    pub fn anywhere(&self, word: &str) -> Option<f32> {
        let place = self.words.iter().position(|asked| asked == word)?;
        Some(self.most(place))
    }

    /// The word that most lacks a counterpart in whatever was found, and how much of its weight it lacks, 0 to 1.
    #[must_use]
    pub fn lacking(&self) -> Option<(&str, f32)> {
        let lacks = self.words.iter().zip(&self.weights).enumerate();
        let lacks = lacks.map(|(word, (text, weight))| (text.as_str(), weight * (1.0 - self.most(word))));
        lacks.max_by(|left, right| left.1.total_cmp(&right.1))
    }

    fn covered(&self, share: impl Fn(usize) -> f32) -> Option<f32> {
        let all: f32 = self.weights.iter().sum();
        let covered = self
            .weights
            .iter()
            .enumerate()
            .map(|(word, weight)| weight * share(word));
        (all > 0.0).then(|| covered.sum::<f32>() / all)
    }

    fn share(&self, passage: usize, word: usize) -> f32 {
        let share = self.shares.get(passage).and_then(|shares| shares.get(word));
        share.copied().unwrap_or_default()
    }

    fn most(&self, word: usize) -> f32 {
        let shares = (0..self.shares.len()).map(|passage| self.share(passage, word));
        shares.fold(0.0, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str], shares: &[&[f32]]) -> Counterparts {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Counterparts::of(words, shares.iter().map(|shares| shares.to_vec()).collect())
    }

    #[test]
    fn what_is_rare_among_the_passages_weighs_most() {
        let found = of(&["airport", "cinema"], &[&[1.0, 0.9], &[1.0, 0.0], &[1.0, 0.1]]);
        let coverage = |passage| found.coverage(passage).unwrap();
        assert!(coverage(0) > 0.8 && coverage(1) < 0.3, "{found:?}");
        assert!(coverage(1) < coverage(2) && coverage(2) < coverage(0));
        assert!(found.overall().unwrap() >= coverage(0));
    }

    #[test]
    fn the_word_that_nothing_has_is_named() {
        let found = of(
            &["airport", "cinema", "open"],
            &[&[1.0, 0.1, 0.4], &[1.0, 0.2, 1.0]],
        );
        let (word, lacks) = found.lacking().unwrap();
        assert_eq!(word, "cinema");
        assert!(lacks > 0.6 && lacks < 1.0, "{lacks}");
        assert!(of(&["open"], &[&[1.0]]).lacking().unwrap().1 < 0.01);
    }

    #[test]
    fn a_question_without_words_has_no_coverage() {
        let nothing = of(&[], &[&[]]);
        assert_eq!(
            (nothing.coverage(0), nothing.overall(), nothing.lacking()),
            (None, None, None)
        );
    }
}
