//! Passages that say nearly the same: SimHash (Charikar 2002) of runs of three words or Chinese letters, as Manku et al. (2007)
//! use it to find near duplicates of web pages: 64 bits, of which at most three differ.
//!
//! Passages that differ in a number or a code don't say the same, however alike they are; so those have to be equal. Rows of
//! tables differ in little else and have to be equal throughout.

use std::collections::HashMap;
use std::hash::Hasher;

use schemas::document::{Passage, PassageKind};

use super::is_wide;

/// Bits that may differ.
const DIFFERENT: u32 = 3;
/// Words of a run.
const RUN: usize = 3;
/// Words of a passage that is compared by its hash; shorter ones have to be equal.
const SHORT: usize = 12;
/// Parts of a hash: where at most three bits differ, one of four parts is the same.
const PARTS: u32 = 4;

/// A passage as it is compared.
struct Seen {
    hash: u64,
    codes: Vec<String>,
    index: u32,
}

/// Marks each passage that says nearly what an earlier one says.
pub(crate) fn mark(passages: &mut [Passage]) {
    let mut equal: HashMap<Vec<String>, u32> = HashMap::new();
    let mut alike: HashMap<(u32, u16), Vec<Seen>> = HashMap::new();
    for passage in passages {
        let words = words(&passage.text);
        if let Some(first) = equal.get(&words) {
            passage.duplicate_of = Some(*first);
            continue;
        }
        let running = matches!(passage.kind, PassageKind::Text | PassageKind::Recognized);
        if running && words.len() >= SHORT {
            let hash = simhash(&words);
            let codes = codes(&words);
            let found = (0..PARTS)
                .filter_map(|part| alike.get(&(part, piece(hash, part))))
                .flatten();
            let first = found
                .filter(|seen| (hash ^ seen.hash).count_ones() <= DIFFERENT && seen.codes == codes)
                .map(|seen| seen.index)
                .min();
            if first.is_some() {
                passage.duplicate_of = first;
                continue;
            }
            for part in 0..PARTS {
                let known = alike.entry((part, piece(hash, part))).or_default();
                known.push(Seen {
                    hash,
                    codes: codes.clone(),
                    index: passage.index,
                });
            }
        }
        equal.insert(words, passage.index);
    }
}

fn piece(hash: u64, part: u32) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lower 16 bits are what is meant"
    )]
    let piece = (hash >> (part * 16)) as u16;
    piece
}

/// Words in small letters, wide letters each for itself; marks are nothing.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_alphanumeric() && !is_wide(letter) {
            word.extend(letter.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            words.push(letter.to_string());
        }
    }
    words
}

/// The words with digits, in their order.
fn codes(words: &[String]) -> Vec<String> {
    let coded = words.iter().filter(|word| word.chars().any(char::is_numeric));
    coded.cloned().collect()
}

fn simhash(words: &[String]) -> u64 {
    let mut weights = [0i32; 64];
    for run in words.windows(RUN) {
        let hash = fnv(run);
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    let bits = weights.iter().enumerate().filter(|(_, weight)| **weight > 0);
    bits.fold(0, |hash, (bit, _)| hash | 1 << bit)
}

/// FNV-1a with a last mix (that of splitmix64): a hash that is the same on all machines and in all versions.
fn fnv(words: &[String]) -> u64 {
    struct Fnv(u64);
    impl Hasher for Fnv {
        fn finish(&self) -> u64 {
            let mut hash = self.0;
            hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            hash ^ (hash >> 31)
        }
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
    }
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    for word in words {
        hasher.write(word.as_bytes());
        hasher.write(&[0xff]);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use schemas::document::Place;

    use super::*;

    fn marked(texts: &[&str], kind: PassageKind) -> Vec<Option<u32>> {
        let passage = |(index, text): (u32, &&str)| Passage {
            index,
            text: (*text).to_owned(),
            context: String::new(),
            place: Place::default(),
            kind,
            language: None,
            duplicate_of: None,
        };
        let mut passages: Vec<Passage> = (0u32..).zip(texts).map(passage).collect();
        mark(&mut passages);
        passages.into_iter().map(|passage| passage.duplicate_of).collect()
    }

    const LONG: &str = "Passengers of international flights are asked to be at the counter two hours before departure, with \
                        their passports and everything that the country of arrival wants to see of them, since counters \
                        close one hour before departure and nobody is let through afterwards, whatever the reason is.";

    #[test]
    fn what_is_the_same_but_for_marks_is_marked() {
        let again = LONG.replace(',', ";").to_uppercase();
        assert_eq!(
            marked(&[LONG, "something else", &again], PassageKind::Text),
            [None, None, Some(0)]
        );
    }

    #[test]
    fn one_word_of_many_may_differ_and_no_code() {
        let other = format!("{LONG} Gate A12 is next to the stairs.");
        let another = other.replace("A12", "A13");
        let worded = other.replace("whatever the reason is", "whatever a reason is");
        assert_eq!(marked(&[&other, &another], PassageKind::Text), [None, None]);
        let hashes = (simhash(&words(&other)), simhash(&words(&worded)));
        assert!((hashes.0 ^ hashes.1).count_ones() < 16, "{hashes:?}");
    }

    #[test]
    fn rows_have_to_be_equal() {
        let rows = [
            "Flight: CA1; Gate: A1",
            "Flight: CA2; Gate: A1",
            "Flight: CA1; Gate: A1",
        ];
        assert_eq!(marked(&rows, PassageKind::Row), [None, None, Some(0)]);
        let near = LONG.replace("nobody", "no one");
        assert_eq!(marked(&[LONG, &near], PassageKind::Row), [None, None]);
    }
}
