//! How well a passage answers a question, and how good is good enough.
//!
//! What is looked at: how many of the question's words have a counterpart in the passage, each weighed by how rare it is among what
//! was found; how near the two are in meaning, and the nearest sentence; and whether every code of the question stands there. The
//! last one is no matter of degree.

use std::collections::{HashMap, HashSet};

use index::text;
use schemas::calls::{Hit, LegRanks};
use serde::Serialize;

use crate::counterparts::Counterparts;

/// How good a passage has to be. With it 2 of 142 answerable development questions of the project's own corpus are refused. What nothing
/// answers is seldom below: see [`crate::answerable`].
pub const THRESHOLD: f32 = 0.3;

/// Below this, an answer says that it may be none: among the development questions the first passage is the right one for nearly half.
pub const SURE: f32 = 0.6;

/// What each signal adds, before the logistic function. The order of passages was fitted on the development questions of the project's
/// own corpus (a softmax over the passages of a question, by maximum likelihood with a penalty of 0.0005 on squares; in cross-validation
/// the right page is among the first three for 96 of 100), scale and offset so that the score is the chance, on the same questions with
/// the unanswerable ones among them, that the first passage is the right one.
const COVERAGE: f32 = 3.19;
const ACROSS: f32 = 0.76;
const SENTENCE: f32 = 1.36;
const OFFSET: f32 = -2.47;
/// For places in the legs by meaning in the same language, by meaning across languages, and by words: see [`early`].
const RANKS: (f32, f32, f32) = (1.38, 0.96, 0.33);
/// For passages in the question's language, which have a place in one leg more.
const SAME: f32 = -0.62;
/// For passages without vectors: rows of sheets.
const BARE: f32 = 0.48;
/// For passages with all codes of the question, where it has any: few have by chance.
const CODES: f32 = 1.79;

/// The same for vectors that are compared as a whole: those of a configured model. Set by hand, for no model in particular.
const WHOLE: (f32, f32, f32) = (6.0, 6.0, -5.64);

/// How rare each word is among the passages that were found.
#[derive(Debug, Clone, Default)]
struct Rarity {
    passages: f32,
    holding: HashMap<String, f32>,
}

impl Rarity {
    /// Counts in how many of the passages each word of a question stands.
    fn of(words: &[String], hits: &[Hit]) -> Self {
        let mut holding: HashMap<String, f32> = words.iter().map(|word| (word.clone(), 0.0)).collect();
        for hit in hits {
            let found = words_of(hit);
            for (word, count) in &mut holding {
                if found.contains(word) {
                    *count += 1.0;
                }
            }
        }
        Self {
            passages: hits.len() as f32,
            holding,
        }
    }

    /// The share of a question's words, by weight, that stand in a passage, 0 to 1.
    fn coverage(&self, words: &[String], hit: &Hit) -> f32 {
        let found = words_of(hit);
        let unique: HashSet<&String> = words.iter().collect();
        let weigh = |is_counted: &dyn Fn(&String) -> bool| -> f32 {
            let counted = unique.iter().filter(|word| is_counted(word));
            counted.map(|word| self.weight(word)).sum()
        };
        let all = weigh(&|_| true);
        if all > 0.0 {
            weigh(&|word| found.contains(word)) / all
        } else {
            0.0
        }
    }

    /// The weight of a word: that of BM25's inverse document frequency (Robertson and Zaragoza 2009), over what was found.
    fn weight(&self, word: &str) -> f32 {
        let holding = self.holding.get(word).copied().unwrap_or_default();
        // Words that stand nowhere may be politeness as well as what matters: they weigh as if they stood in one in ten.
        let holding = if holding == 0.0 {
            self.passages / 10.0
        } else {
            holding
        };
        (1.0 + (self.passages - holding + 0.5) / (holding + 0.5)).ln()
    }
}

/// What speaks for a passage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// All of it in one number, 0 to 1.
    pub score: f32,
    /// Share of the question's words that have a counterpart in the passage, by weight, 0 to 1: one of the same meaning, or, where
    /// words can't be compared by meaning, of the same spelling.
    pub coverage: f32,
    /// Codes of the question that don't stand in the passage.
    pub missing: Vec<String>,
}

impl Evidence {
    /// Weighs one passage.
    fn of(coverage: f32, codes: &[String], hit: &Hit) -> Self {
        let standing: HashSet<String> = text::codes(&readable(hit)).into_iter().collect();
        let missing: Vec<String> = codes
            .iter()
            .filter(|code| !standing.contains(*code))
            .cloned()
            .collect();
        let coded = if codes.is_empty() { 0.0 } else { CODES };
        let score = logistic(meaning(&hit.ranks, coverage) + coded);
        Self {
            score: if missing.is_empty() { score } else { 0.0 },
            coverage,
            missing,
        }
    }

    /// Whether it is good enough to be cited.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.missing.is_empty() && self.score >= THRESHOLD
    }
}

/// What speaks for each of the passages that were found for a question, in their order. `counterparts`: of the question's words in
/// these passages; none: words are compared by spelling.
#[must_use]
pub fn weigh(question: &str, hits: &[Hit], counterparts: Option<&Counterparts>) -> Vec<Evidence> {
    let (words, codes) = (text::terms(question), text::codes(question));
    let rarity = Rarity::of(&words, hits);
    let weighed = hits.iter().enumerate().map(|(at, hit)| {
        let coverage = counterparts.and_then(|counterparts| counterparts.coverage(at));
        let coverage = coverage.unwrap_or_else(|| rarity.coverage(&words, hit));
        Evidence::of(coverage, &codes, hit)
    });
    weighed.collect()
}

/// What words and meaning say, before the logistic function.
fn meaning(ranks: &LegRanks, coverage: f32) -> f32 {
    if let (Some(near), None) = (ranks.similarity, ranks.across_similarity) {
        let (words, whole, offset) = WHOLE;
        return words * coverage + whole * near.clamp(0.0, 1.0) + offset;
    }
    let across = ranks.across_similarity.unwrap_or_default();
    let sentence = ranks.sentence_similarity.unwrap_or(across);
    let (own, other, words) = RANKS;
    let kind = match (ranks.similarity, ranks.across_similarity) {
        (Some(_), _) => SAME,
        (None, Some(_)) => 0.0,
        (None, None) => BARE,
    };
    let places = own * early(ranks.dense) + other * early(ranks.across) + words * early(ranks.sparse);
    COVERAGE * coverage + ACROSS * across + SENTENCE * sentence + places + kind + OFFSET
}

/// How early a place comes: a half for the first, less and less for later ones, nothing for none.
fn early(rank: Option<u32>) -> f32 {
    rank.map_or(0.0, |rank| 1.0 / (1.0 + rank as f32))
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// What a reader of the citation sees.
pub(crate) fn readable(hit: &Hit) -> String {
    format!("{}\n{}", hit.passage.context, hit.passage.text)
}

fn words_of(hit: &Hit) -> HashSet<String> {
    text::terms(&readable(hit)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use schemas::calls::LegRanks;
    use schemas::document::{Passage, PassageKind, Place};
    use schemas::{ContentId, FileId};

    use super::*;

    fn hit(words: &str, similarity: f32) -> Hit {
        Hit {
            file: FileId::new("0199f1d2-7c3a-7def-8123-456789abcdef").unwrap(),
            name: "handbook.pdf".to_owned(),
            content: ContentId::new("a".repeat(64)).unwrap(),
            passage: Passage {
                index: 0,
                text: words.to_owned(),
                context: "Handbook".to_owned(),
                place: Place::default(),
                kind: PassageKind::Text,
                language: None,
                duplicate_of: None,
            },
            score: 1.0,
            ranks: LegRanks {
                similarity: Some(similarity),
                ..LegRanks::default()
            },
        }
    }

    #[test]
    fn a_passage_without_a_code_of_the_question_is_none() {
        let hits = [
            hit("ZX-4819 applies to cargo stands.", 0.9),
            hit("ZX-49 applies to tow bars.", 0.6),
        ];
        let found = weigh("What does ZX-49 apply to?", &hits, None);
        assert_eq!(found[0].score, 0.0);
        assert!(!found[0].is_enough() && !found[0].missing.is_empty());
        assert!(found[1].missing.is_empty());
        assert!(found[1].score > 0.0);
    }

    fn scored(question: &str, ranks: LegRanks) -> f32 {
        let hits = [Hit {
            ranks,
            ..hit("A pod costs 45 yuan an hour.", 0.0)
        }];
        weigh(question, &hits, None)[0].score
    }

    #[test]
    fn what_is_near_across_languages_counts_without_a_common_word() {
        let across = |passage, sentence| LegRanks {
            across: Some(1),
            across_similarity: Some(passage),
            sentence_similarity: sentence,
            ..LegRanks::default()
        };
        let question = "睡眠舱一个小时多少钱";
        let far = scored(question, across(0.0, None));
        let near = scored(question, across(0.4, None));
        let nearest = scored(question, across(0.4, Some(0.7)));
        assert!(
            far < THRESHOLD && far < near && near < nearest,
            "{far} {near} {nearest}"
        );
        assert!(nearest > THRESHOLD, "{nearest}");
        // A row of a sheet has no vector, and its sentence may be near all the same.
        let bare = |sentence| LegRanks {
            sentence_similarity: sentence,
            ..LegRanks::default()
        };
        assert!(scored(question, bare(None)) < scored(question, bare(Some(0.5))));
    }

    #[test]
    fn more_of_the_question_and_nearer_in_meaning_is_better() {
        let hits = [
            hit("The last metro leaves at 23:10.", 0.8),
            hit("The metro has three lines.", 0.8),
            hit("The metro has three lines.", 0.3),
        ];
        let found = weigh("When does the last metro leave?", &hits, None);
        assert!(found[0].coverage > found[1].coverage);
        assert!(found[0].score > found[1].score && found[1].score > found[2].score);
    }
}
