//! Chinese headers, which stand without blanks: cut by the lexicon.

use super::super::fold::is_han;
use super::super::lexicon::lexicon;
use super::{COUNTED, Closeness, HeaderWord, is_decisive, is_generic};

/// Longest match over the lexicon; what it does not know stays together.
pub(super) fn cut(piece: &str, words: &mut Vec<HeaderWord>) {
    let chars: Vec<char> = piece.chars().collect();
    let mut unknown = String::new();
    let mut at = 0;
    let word = |text: String, concepts| HeaderWord {
        stem: text.clone(),
        text,
        concepts,
    };
    let whole = lexicon()
        .get(piece)
        .is_some_and(|entry| !entry.concepts.is_empty());
    if !whole && piece.starts_with("是否") && chars.len() > 2 {
        words.push(word("是否".to_owned(), Vec::new()));
        at = 2;
    }
    while at < chars.len() {
        let longest = lexicon().longest().0.min(chars.len() - at);
        let found = (1..=longest).rev().find_map(|length| {
            let text: String = chars.get(at..at + length)?.iter().collect();
            let entry = lexicon().get(&text)?;
            let known = !entry.concepts.is_empty() || lexicon().is_table_word(&text);
            // A single character is a word of its own at the end only: 名 of 商品名, but not in 名额.
            (known && (length > 1 || at + 1 == chars.len())).then(|| (length, text, entry.concepts.clone()))
        });
        match found {
            Some((length, text, concepts)) => {
                if !unknown.is_empty() {
                    words.push(word(std::mem::take(&mut unknown), Vec::new()));
                }
                words.push(word(text, concepts));
                at += length;
            }
            None => {
                unknown.extend(chars.get(at).filter(|c| **c != '的'));
                at += 1;
            }
        }
    }
    if !unknown.is_empty() {
        words.push(word(unknown, Vec::new()));
    }
}

/// What a Chinese word that the lexicon knows whole has inside: the thing that 评论数 counts, and the 费 that 电费 is.
pub(super) fn inside(word: &HeaderWord, is_number: bool) -> Vec<(Vec<HeaderWord>, Closeness)> {
    let text = word.text.as_str();
    if !text.chars().all(is_han) || text.chars().count() < 2 {
        return Vec::new();
    }
    let counted = COUNTED
        .iter()
        .filter(|_| is_number)
        .filter_map(|count| text.strip_suffix(count))
        .filter(|thing| thing.chars().count() > 1);
    let kind = text.char_indices().next_back().and_then(|(at, _)| text.get(at..));
    let kind = kind.filter(|kind| !COUNTED.contains(kind));
    let known = |part: &str| -> Option<Vec<HeaderWord>> {
        let concepts = lexicon().get(part)?.concepts.clone();
        let word = HeaderWord {
            stem: part.to_owned(),
            text: part.to_owned(),
            concepts,
        };
        (!word.concepts.is_empty() && !is_generic(&word) && !is_decisive(&word)).then(|| vec![word])
    };
    let counted = counted.filter_map(|thing| Some((known(thing)?, Closeness::Named)));
    let kind = kind.and_then(|kind| Some((known(kind)?, Closeness::Part)));
    counted.chain(kind).collect()
}

/// The two words that a header is made of which the lexicon has as one: 故障类型 is a type of 故障 as well.
pub(super) fn halves(header: &str) -> Vec<HeaderWord> {
    let chars: Vec<char> = header.chars().collect();
    if chars.len() < 4 || !chars.iter().copied().all(is_han) {
        return Vec::new();
    }
    let two = |at: usize| {
        let (first, last) = chars.split_at_checked(at)?;
        Some(vec![known(first)?, known(last)?])
    };
    (2..chars.len() - 1).find_map(two).unwrap_or_default()
}

/// The word that a longer one ends in: 供应商 of 中标供应商.
pub fn tail(header: &str) -> Option<HeaderWord> {
    let chars: Vec<char> = header.chars().collect();
    if chars.len() < 4 || !chars.iter().copied().all(is_han) {
        return None;
    }
    (2..chars.len() - 1).find_map(|at| {
        let (first, last) = chars.split_at_checked(at)?;
        let first: String = first.iter().collect();
        let last = known(last)?;
        (!is_generic(&last) && !lexicon().is_decisive(&first)).then_some(last)
    })
}

fn known(part: &[char]) -> Option<HeaderWord> {
    let text: String = part.iter().collect();
    let concepts = lexicon().get(&text)?.concepts.clone();
    (!concepts.is_empty()).then(|| HeaderWord {
        stem: text.clone(),
        text,
        concepts,
    })
}
