//! The terms of a run of Chinese: words as jieba cuts them for search, and overlapping pairs of characters.
//!
//! Words carry meaning, pairs find what was cut differently here and there.

use std::sync::LazyLock;

use jieba_rs::Jieba;

use super::{pairs, stop};

/// The dictionary takes a moment and some 50 MB, so that it is loaded by the first Chinese text only.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Adds the terms of a run.
pub(super) fn terms(run: &str, terms: &mut Vec<String>) {
    let mut stretch = Vec::new();
    for token in JIEBA.cut(run, true) {
        if stop::is_chinese(token.word) {
            end(&mut stretch, terms);
        } else {
            stretch.push(token.word);
        }
    }
    end(&mut stretch, terms);
}

/// The words of a run, without particles and what asks.
pub(super) fn words(run: &str) -> Vec<&str> {
    let words = JIEBA.cut(run, true).into_iter().map(|token| token.word);
    words
        .filter(|word| !stop::is_chinese(word) && !stop::is_asking(word))
        .collect()
}

/// Adds the terms of the words between two particles: pairs across a particle are accidents.
fn end(words: &mut Vec<&str>, terms: &mut Vec<String>) {
    let text = words.concat();
    for word in words.drain(..) {
        // Words of two characters are among the pairs.
        let parts = JIEBA.cut_for_search(word, true);
        terms.extend(
            parts
                .into_iter()
                .map(|part| part.word)
                .filter(|part| part.chars().count() != 2)
                .map(str::to_owned),
        );
    }
    if text.chars().count() > 1 {
        pairs(&text, terms);
    }
}
