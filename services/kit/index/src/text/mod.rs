//! What a text is found by: its terms, and the exact codes in it.
//!
//! | module | what is in it |
//! |---|---|
//! | [`fold`] | one spelling for what people write in several ways |
//! | [`runs`] | a text as runs of Chinese, of other scripts, and of words and identifiers |
//! | [`word`] | the terms of a word or an identifier |
//! | [`han`] | the terms of a run of Chinese |
//! | [`stop`] | words that say nothing about what a text is about |
//! | [`codes`] | flight numbers, gates, terminals, regulations, telephone numbers, in their normal form |
//!
//! Passages and questions go through the same two functions, so that what is equal here is found there.

mod codes;
mod fold;
mod han;
mod runs;
mod stop;
mod word;

use std::collections::HashSet;

pub use codes::codes;

use runs::Run;

/// The terms of a text, in the order in which they stand there, repeated as often as they do.
///
/// Words are stems; an identifier is itself and its parts (`mu-5101`: `mu5101`, `mu`, `5101`); Chinese is cut into words
/// and overlapping pairs; a number keeps the character it counts with (`3号`: `3`, `3号`). The codes of the text that are no
/// such term come last, so that `Terminal 2` and `2号航站楼` share `t2`.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let text = fold::fold(text);
    let mut terms = Vec::new();
    for run in runs::runs(&text) {
        match run {
            Run::Word { text, counts } => {
                let counts = counts.filter(|c| !stop::is_chinese(c.encode_utf8(&mut [0; 4])));
                word::terms(text, counts, &mut terms);
            }
            Run::Han(text) => han::terms(text, &mut terms),
            Run::Pairs(text) => pairs(text, &mut terms),
        }
    }
    for code in codes::of_folded(&text) {
        if !terms.contains(&code) {
            terms.push(code);
        }
    }
    terms
}

/// The words of a text, each once, in the order in which they first stand there: as they are written but for case and width, whole, and
/// without those that say nothing. What [`terms`] compares by spelling, these are compared by meaning.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let text = fold::fold(text);
    let mut words: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for run in runs::runs(&text) {
        let found = match run {
            Run::Word { text, .. } => word::whole(text).into_iter().collect(),
            Run::Han(text) => han::words(text),
            Run::Pairs(text) => vec![text],
        };
        for word in found {
            if seen.insert(word.to_owned()) {
                words.push(word.to_owned());
            }
        }
    }
    words
}

/// Overlapping pairs of characters, for scripts without spaces; one character alone is itself.
fn pairs(text: &str, terms: &mut Vec<String>) {
    let ends: Vec<usize> = text
        .char_indices()
        .map(|(place, _)| place)
        .chain([text.len()])
        .collect();
    if ends.len() == 2 {
        terms.push(text.to_owned());
    }
    for window in ends.windows(3) {
        if let [start, _, end] = window
            && let Some(pair) = text.get(*start..*end)
        {
            terms.push(pair.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(terms(text).join(" "), expect, "{text:?}");
    }

    #[test]
    fn identifiers_are_whole_joined_and_split() {
        check("MU5101", "mu5101 mu 5101");
        check("MU-5101", "mu5101 mu 5101");
        check("T3", "t3");
        check("A12", "a12");
        check("GB/T 50034", "gbt gb 50034 gbt50034");
        check("1,234.5 kg", "1234.5 kg");
    }

    #[test]
    fn numbers_keep_what_they_count() {
        check("3号", "3 3号 号");
        check("gate 12", "gate 12 gate12");
        check("12号登机口", "12 12号 号 登机口 号登 登机 机口 gate12");
    }

    #[test]
    fn chinese_is_words_and_pairs_without_particles() {
        check("母婴室在哪里？", "室 母婴 婴室");
        check("CA1234在哪个航站楼", "ca1234 ca 1234 航站楼 航站 站楼");
    }

    #[test]
    fn spellings_fold() {
        check("ＭＵ５１０１", "mu5101 mu 5101");
        assert_eq!(terms("登機門在二樓"), terms("登机门在二楼"));
        assert_eq!(terms("Café"), terms("cafe"));
        assert_eq!(terms("The gates were closing"), terms("gate closed"));
        check("ターミナル", "ター ーミ ミナ ナル");
    }

    #[test]
    fn words_are_whole_and_say_something() {
        let check = |text: &str, expect: &str| assert_eq!(words(text).join(" "), expect, "{text:?}");
        check(
            "Where are the airport's viewing decks? The decks!",
            "airport viewing decks",
        );
        check("观景平台在哪里，要门票吗？", "观景 平台 要 门票");
        check("MU-5101 几点到 T2？要多久？2小时？", "mu-5101 t2 要 2 小时");
        check("…", "");
    }

    #[test]
    fn nothing_gives_nothing() {
        check("", "");
        check(" …—！？ ", "");
    }
}
