//! Hashed n-grams: which numbered place each of them falls on.

use schemas::Language;

use crate::hashing::mix;
use crate::text::tokens::Token;

/// One occurrence of an n-gram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gram {
    /// Its place, below [`places`].
    pub place: u32,
    /// The token that it begins with.
    pub first: u32,
    /// How many tokens it has.
    pub length: u8,
}

/// How often something occurs, by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its place.
    pub place: u32,
    /// How often, at most 255.
    pub count: u8,
}

/// Places of n-grams of words or characters.
const WORDS: u32 = 1 << 20;
/// Places of n-grams of shapes, behind those of words.
const SHAPES: u32 = 1 << 19;

/// Where each kind of n-gram of a language begins, and behind them all how many places there are. N-grams of one kind have a
/// length of their own, so that a text of many words does not drown its shapes.
#[must_use]
pub fn blocks(language: Language) -> &'static [u32] {
    match language {
        Language::Zh => &[0, WORDS],
        Language::En => &[0, WORDS, WORDS + SHAPES],
    }
}

/// How many places there are for a language.
#[must_use]
pub fn places(language: Language) -> usize {
    blocks(language).last().map_or(0, |end| *end as usize)
}

/// The n-grams of a text: in Chinese one to three characters; in English one or two words, and one to three shapes.
#[must_use]
pub fn grams(language: Language, tokens: &[Token]) -> Vec<Gram> {
    let mut grams = Vec::new();
    match language {
        Language::Zh => push(&mut grams, tokens, |token| token.word, 3, 0, WORDS),
        Language::En => {
            push(&mut grams, tokens, |token| token.word, 2, 0, WORDS);
            push(&mut grams, tokens, |token| token.shape, 3, WORDS, SHAPES);
        }
    }
    grams
}

fn push(
    grams: &mut Vec<Gram>,
    tokens: &[Token],
    of: impl Fn(&Token) -> u64,
    longest: u8,
    start: u32,
    size: u32,
) {
    for (first, rest) in (0..tokens.len()).map(|first| (first, tokens.get(first..).unwrap_or_default())) {
        let mut hash = 0u64;
        for (length, token) in (1..=longest).zip(rest) {
            hash = mix(hash.rotate_left(23) ^ of(token) ^ u64::from(length));
            grams.push(Gram {
                // The remainder is below `size`, a power of two.
                place: start + (hash >> 20) as u32 % size,
                first: first as u32,
                length,
            });
        }
    }
}

/// Counts occurrences by place; places ascend.
#[must_use]
pub fn count(grams: &[Gram]) -> Vec<Counted> {
    let mut places: Vec<u32> = grams.iter().map(|gram| gram.place).collect();
    places.sort_unstable();
    places
        .chunk_by(|a, b| a == b)
        .filter_map(|same| {
            let place = *same.first()?;
            Some(Counted {
                place,
                count: u8::try_from(same.len()).unwrap_or(u8::MAX),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::measure;
    use crate::text::normalize;

    #[test]
    fn places_are_within_their_block_and_never_change() {
        for (language, text) in [(Language::Zh, "天气很好"), (Language::En, "It was raining.")] {
            let features = measure(language, &normalize(text));
            assert!(
                features
                    .grams
                    .iter()
                    .all(|gram| (gram.place as usize) < places(language))
            );
            // Weights that were fitted yesterday are found by these numbers.
            let sum: u64 = features.grams.iter().map(|gram| u64::from(gram.place)).sum();
            let expected = if language == Language::Zh { ZH } else { EN };
            assert_eq!(sum, expected, "{text}");
        }
    }
    const ZH: u64 = 4_720_931;
    const EN: u64 = 16_291_458;

    #[test]
    fn occurrences_are_counted_by_place() {
        let features = measure(Language::Zh, &normalize("好好好"));
        let counted = count(&features.grams);
        let total: usize = counted.iter().map(|counted| usize::from(counted.count)).sum();
        assert_eq!((features.grams.len(), total), (6, 6));
        assert!(counted.iter().any(|counted| counted.count == 3));
        assert!(counted.windows(2).all(|pair| pair[0].place < pair[1].place));
    }
}
