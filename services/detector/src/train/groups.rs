//! Which texts belong together: those on the same matter, and near-duplicates. They must not be parted by a split.

use std::collections::HashMap;

use crate::hashing::mix;
use crate::text::tokens::Token;

/// Sets that are joined step by step (disjoint-set forest with path halving, Tarjan and van Leeuwen 1984).
#[derive(Debug, Clone, Default)]
pub struct Sets {
    parents: Vec<usize>,
}

impl Sets {
    /// So many sets of one member each.
    #[must_use]
    pub fn new(members: usize) -> Self {
        Self {
            parents: (0..members).collect(),
        }
    }

    /// Adds a set of one member.
    pub fn push(&mut self) {
        self.parents.push(self.parents.len());
    }

    /// The member that stands for the set of another one.
    pub fn root(&mut self, mut member: usize) -> usize {
        loop {
            let parent = self.parents.get(member).copied().unwrap_or(member);
            if parent == member {
                return member;
            }
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(entry) = self.parents.get_mut(member) {
                *entry = above;
            }
            member = above;
        }
    }

    /// Joins the sets of two members; the smaller root stands for both, whatever the order of joining.
    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(entry) = self.parents.get_mut(a.max(b)) {
            *entry = a.min(b);
        }
    }
}

/// Bands of a signature.
const BANDS: usize = 8;
/// Hashes in a band: texts that share half of their word sequences agree in some band nine times in ten.
const ROWS: usize = 2;
/// Tokens of a sequence.
const SEQUENCE: usize = 4;

/// Numbers of which near-duplicates share some (MinHash with bands, Broder 1997): that many, or none of a very short text.
#[must_use]
pub fn signature(tokens: &[Token]) -> Vec<u64> {
    let mut least = [u64::MAX; BANDS * ROWS];
    for sequence in tokens.windows(SEQUENCE) {
        let hash = sequence
            .iter()
            .fold(0u64, |hash, token| mix(hash.rotate_left(23) ^ token.word));
        for (seed, least) in (1u64..).zip(&mut least) {
            *least = (*least).min(mix(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        }
    }
    if tokens.len() < SEQUENCE * 3 {
        return Vec::new();
    }
    (0u64..)
        .zip(least.chunks(ROWS))
        .map(|(band, hashes)| {
            hashes
                .iter()
                .fold(mix(band + 1), |hash, next| mix(hash.rotate_left(23) ^ next))
        })
        .collect()
}

/// Joins texts that share a key: a band of a signature, or a pair within a source.
#[derive(Debug, Default)]
pub struct Keys {
    first: HashMap<u64, usize>,
}

impl Keys {
    /// Joins a text with the first one of the same key.
    pub fn join(&mut self, sets: &mut Sets, key: u64, member: usize) {
        let first = *self.first.entry(key).or_insert(member);
        sets.join(first, member);
    }
}

#[cfg(test)]
mod tests {
    use schemas::Language;

    use super::*;
    use crate::features::measure;
    use crate::text::normalize;

    #[test]
    fn near_duplicates_share_a_band_and_others_none() {
        let of = |text: &str| signature(&measure(Language::En, &normalize(text)).tokens);
        let text = "The old bridge over the river was closed in spring, since a crack had been found in one of its arches, and it \
                    was opened again only in the autumn of the year after, when the last of the stones had been replaced.";
        let changed = text.replace("autumn", "winter").replace("crack", "fault");
        let other = "Nobody in the village could say who had rung the bell that night, but everyone remembered how cold it had been \
                     and how the dogs had barked until the sun came up behind the hills.";
        let shared = |a: &[u64], b: &[u64]| a.iter().zip(b).any(|(a, b)| a == b);
        assert!(shared(&of(text), &of(&changed)));
        assert!(!shared(&of(text), &of(other)));
        assert!(of("too short").is_empty());
    }

    #[test]
    fn joined_sets_have_one_root() {
        let mut sets = Sets::new(5);
        sets.join(3, 4);
        sets.join(1, 3);
        assert_eq!((0..5).map(|i| sets.root(i)).collect::<Vec<_>>(), [0, 1, 2, 1, 1]);
    }
}
