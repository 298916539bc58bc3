//! What the legs have found, put together: one rule and one setting for all data and both engines.
//!
//! The rule is a convex combination of scores (Bruch, Gai and Ingber, *An Analysis of Fusion Functions for Hybrid Retrieval*, 2023).
//! Each leg's scores are brought to 0..1 so that what a leg has not found, and the last that it has, count the same:
//!
//! - meaning: (cosine − last) / (1 − last), where `last` is the cosine of the last passage of a full leg, or 0. The best one gets
//!   as much as it is like the question, and not 1 whatever it is: a weak model, or a question beside the point, says little.
//! - meaning in whatever language: as meaning;
//! - words: (score − last) / (best − last);
//! - codes: 1 for a passage with all codes of the question, half of that for one with some.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::f32::consts::SQRT_2;

use schemas::calls::LegRanks;
use uuid::Uuid;

use crate::engine::Scored;

/// What each leg counts.
///
/// Meaning and words count the same. How the scores of a leg are brought to one scale was chosen among six ways by looking at CMRC 2018, so that
/// the figure there is not independent. On CMRC 2018 (bge-small-zh-v1.5, nDCG@10) that gives 0.992, as much
/// as any share of meaning from 0.4 to 0.7 within 0.001, where words alone give 0.989 and meaning alone 0.950; fusion by reciprocal
/// ranks (k = 60) gives 0.973, less than words alone. Codes count half of all that: a passage with the codes asked for comes before
/// one without, unless it is beside the point in all else. Names of genes are codes too: on SciFact any weight up to 1 gives words
/// alone between 0.692 and 0.695, where 0.693 is without.
const WEIGHTS: Weights = Weights {
    dense: 0.5,
    across: 0.25,
    words: 0.5,
    codes: 0.5,
};

struct Weights {
    dense: f32,
    across: f32,
    words: f32,
    codes: f32,
}

/// What each leg found, in any order.
#[derive(Debug, Default)]
pub(crate) struct LegResults {
    /// By meaning; scores are cosines.
    pub dense: Vec<Scored>,
    /// By meaning in whatever language; scores are cosines.
    pub across: Vec<Scored>,
    /// By words.
    pub words: Vec<Scored>,
    /// By codes: with all of them, then with some; best words first. One list where there is one code.
    pub codes: Vec<Vec<Scored>>,
    /// How many a leg finds at most.
    pub depth: usize,
}

impl LegResults {
    /// What an engine gives for one half of a vector of length 1 is a cosine times √½, the half's length.
    pub(crate) fn rescale_meaning(&mut self) {
        for scored in self.dense.iter_mut().chain(&mut self.across) {
            scored.score *= SQRT_2;
        }
    }
}

/// A point with its place among all.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fused {
    pub id: Uuid,
    pub score: f32,
    pub ranks: LegRanks,
}

/// All points that any leg found, the best first; of equals the smaller id.
pub(crate) fn fuse(legs: LegResults) -> Vec<Fused> {
    let LegResults {
        dense,
        across,
        words,
        codes,
        depth,
    } = legs;
    let mut fused = Fusion::default();

    for (rank, id, share) in by_meaning(dense, depth) {
        fused.add(id, WEIGHTS.dense * share).dense = Some(rank);
    }
    for (rank, id, share) in by_meaning(across, depth) {
        fused.add(id, WEIGHTS.across * share).across = Some(rank);
    }
    let (words, last) = ordered(words, depth);
    let best = words.first().map_or(0.0, |scored| scored.score);
    for (rank, scored) in (1..).zip(words) {
        // All of a full leg may have the same score.
        let share = if best > last {
            (scored.score - last) / (best - last)
        } else {
            1.0
        };
        fused.add(scored.id, WEIGHTS.words * share).sparse = Some(rank);
    }
    let (mut rank, mut share) = (0, 1.0);
    for list in codes {
        for scored in ordered(list, depth).0 {
            if fused.has_codes(scored.id) {
                continue;
            }
            rank += 1;
            fused.add(scored.id, WEIGHTS.codes * share).codes = Some(rank);
        }
        share /= 2.0;
    }
    fused.sorted()
}

/// Place, point and share of what a leg by meaning found.
fn by_meaning(mut found: Vec<Scored>, depth: usize) -> impl Iterator<Item = (u32, Uuid, f32)> {
    // At a right angle there is nothing in common: a model that does not know the question's language says that of all.
    found.retain(|scored| scored.score > 0.0);
    let (found, last) = ordered(found, depth);
    (1..).zip(found).map(move |(rank, scored)| {
        let share = (scored.score - last) / (1.0 - last).max(f32::EPSILON);
        (rank, scored.id, share.min(1.0))
    })
}

/// The points so far.
#[derive(Default)]
struct Fusion {
    points: HashMap<Uuid, Fused>,
}

impl Fusion {
    fn add(&mut self, id: Uuid, score: f32) -> &mut LegRanks {
        let point = self.points.entry(id).or_insert_with(|| Fused {
            id,
            score: 0.0,
            ranks: LegRanks::default(),
        });
        point.score += score;
        &mut point.ranks
    }

    fn has_codes(&self, id: Uuid) -> bool {
        self.points
            .get(&id)
            .is_some_and(|point| point.ranks.codes.is_some())
    }

    fn sorted(self) -> Vec<Fused> {
        let mut points: Vec<_> = self.points.into_values().collect();
        points.sort_by_key(|point| (Reverse(rounded(point.score)), point.id));
        points
    }
}

/// The best first, of equals the smaller id; and the score that counts as nothing.
///
/// Which ones of several equals are the last of a full leg, each engine decides for itself: none of them is kept, unless there
/// are no others.
fn ordered(mut found: Vec<Scored>, depth: usize) -> (Vec<Scored>, f32) {
    found.sort_by_key(|scored| (Reverse(rounded(scored.score)), scored.id));
    let Some(last) = found
        .last()
        .filter(|_| found.len() >= depth)
        .map(|last| last.score)
    else {
        return (found, 0.0);
    };
    if found
        .first()
        .is_some_and(|best| rounded(best.score) > rounded(last))
    {
        found.retain(|scored| rounded(scored.score) > rounded(last));
    }
    (found, last)
}

/// Engines add up in different orders: scores that differ by less than that are the same.
fn rounded(score: f32) -> i64 {
    (f64::from(score) * 10_000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(found: &[(u8, f32)]) -> Vec<Scored> {
        found
            .iter()
            .map(|(number, score)| Scored {
                id: Uuid::from_u128(u128::from(*number)),
                score: *score,
            })
            .collect()
    }

    fn check(legs: LegResults, expect: &[(u8, f32)]) {
        let fused: Vec<_> = fuse(legs)
            .into_iter()
            .map(|point| {
                (
                    point.id.as_u128() as u8,
                    (point.score * 1_000.0).round() / 1_000.0,
                )
            })
            .collect();
        assert_eq!(fused, expect);
    }

    #[test]
    fn one_leg_keeps_its_order() {
        let words = list(&[(3, 2.0), (1, 8.0), (2, 4.0)]);
        check(
            LegResults {
                words,
                depth: 10,
                ..LegResults::default()
            },
            &[(1, 0.5), (2, 0.25), (3, 0.125)],
        );
        let dense = list(&[(1, 0.4), (2, 0.8), (3, 0.0), (4, -0.5)]);
        check(
            LegResults {
                dense,
                depth: 10,
                ..LegResults::default()
            },
            &[(2, 0.4), (1, 0.2)],
        );
    }

    #[test]
    fn the_last_of_a_full_leg_counts_like_what_is_not_found() {
        let legs = LegResults {
            dense: list(&[(1, 0.6), (2, 0.2)]),
            words: list(&[(3, 9.0), (4, 1.0)]),
            depth: 2,
            ..LegResults::default()
        };
        check(legs, &[(3, 0.5), (1, 0.25)]);
        let equal = list(&[(2, 1.0), (1, 1.0)]);
        check(
            LegResults {
                words: equal,
                depth: 2,
                ..LegResults::default()
            },
            &[(1, 0.5), (2, 0.5)],
        );
    }

    #[test]
    fn codes_come_first_and_all_of_them_before_some() {
        let legs = LegResults {
            words: list(&[(1, 10.0), (2, 9.0), (3, 5.0), (4, 2.0)]),
            codes: vec![list(&[(4, 2.0)]), list(&[(3, 5.0), (4, 2.0)])],
            depth: 10,
            ..LegResults::default()
        };
        let fused = fuse(legs);
        let order: Vec<_> = fused.iter().map(|point| point.id.as_u128()).collect();
        assert_eq!(order, [4, 1, 3, 2]);
        let codes: Vec<_> = fused.iter().map(|point| point.ranks.codes).collect();
        assert_eq!(codes, [Some(1), None, Some(2), None]);
    }

    #[test]
    fn equals_are_in_the_order_of_their_ids() {
        let words = list(&[(9, 1.000_001), (3, 1.0), (7, 0.999_999)]);
        check(
            LegResults {
                words,
                depth: 10,
                ..LegResults::default()
            },
            &[(3, 0.5), (7, 0.5), (9, 0.5)],
        );
    }

    #[test]
    fn nothing_is_nothing() {
        check(LegResults::default(), &[]);
    }
}
