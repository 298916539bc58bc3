//! Headers cut into words, and the ways in which a question may name a column.

mod chinese;
mod units;

use super::fold::{fold, is_han};
use super::lexicon::{Concept, lexicon, stem_phrase};
use super::stem::stem;
pub use chinese::tail;
use units::without_trailing_unit;
pub use units::{edition, says_truth, scale, unit};

/// A word of a header.
#[derive(Debug, Clone, PartialEq)]
pub struct HeaderWord {
    /// Folded.
    pub text: String,
    /// Without its plural ending.
    pub stem: String,
    /// The ideas that it names.
    pub concepts: Vec<Concept>,
}

/// How well a question names a column; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Closeness {
    /// By the header's own words.
    Exact,
    /// By words for the same ideas.
    Idea,
    /// Without the words that say what the rows are.
    Own,
    /// The thing, where the header says its name: `country` for `country name`.
    Named,
    /// The thing, where the header says its number: `country` for `country code`.
    Numbered,
    /// By a part of the header.
    Part,
}

/// One way to name a column.
#[derive(Debug, Clone)]
pub struct Form {
    /// The words, in order.
    pub words: Vec<HeaderWord>,
    /// How well it names the column.
    pub closeness: Closeness,
}

/// Words that say nothing in a header.
const SILENT: [&str; 8] = ["of", "the", "in", "a", "an", "for", "s", "的"];
/// Participles at the end of a header that say what becomes of a thing: awards won.
const DONE: [&str; 20] = [
    "won",
    "sold",
    "made",
    "taken",
    "given",
    "earned",
    "paid",
    "received",
    "played",
    "scored",
    "produced",
    "served",
    "used",
    "spent",
    "raised",
    "issued",
    "signed",
    "caught",
    "awarded",
    "completed",
];
/// Words at the end of a header that say which of several it is, as adjectives do.
const WHICH: [&str; 10] = [
    "std", "standard", "rapid", "total", "avg", "ave", "average", "mean", "net", "gross",
];
/// Words at the end of a header that say that what stands before them is so or not.
const TRUTHS: [&str; 1] = ["flag"];

/// Participles at the end of a header that say that there is such a thing, where it holds no number.
const STATED: [&str; 8] = [
    "charged",
    "included",
    "allowed",
    "required",
    "accepted",
    "provided",
    "offered",
    "available",
];

/// Words at the end of a header that say that something is counted.
const COUNTED: [&str; 12] = [
    "人数", "个数", "次数", "count", "number", "amount", "value", "volume", "quantity", "数", "量", "数量",
];

/// A header without the unit in its brackets: `金额(万元)`, `weight [kg]`.
#[must_use]
pub fn without_unit(header: &str) -> &str {
    let cut = header
        .char_indices()
        .find(|(at, c)| *at > 0 && matches!(c, '(' | '[' | '（' | '【'))
        .map(|(at, _)| at);
    cut.and_then(|at| header.get(..at)).unwrap_or(header).trim()
}

/// The words of a header or a file's name: cut at blanks, signs, changes of case and script, Chinese by the lexicon.
#[must_use]
pub fn words(header: &str) -> Vec<HeaderWord> {
    let mut words = Vec::new();
    let pieces = pieces(header);
    for (at, piece) in pieces.iter().enumerate() {
        // "check in date": the little word belongs to a phrase.
        let in_phrase = || {
            let before = at.checked_sub(1).and_then(|at| pieces.get(at));
            before.is_some_and(|before| {
                lexicon()
                    .get(&format!("{before} {piece}"))
                    .is_some_and(|entry| !entry.concepts.is_empty())
            })
        };
        if piece.chars().any(is_han) {
            chinese::cut(piece, &mut words);
        } else if !SILENT.contains(&piece.as_str()) || in_phrase() {
            words.push(english(piece));
        }
    }
    words
}

/// The same words with those joined that the lexicon knows as one: `unit` `price`.
#[must_use]
pub fn joined(words: &[HeaderWord]) -> Vec<HeaderWord> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = (2..=3.min(words.len() - at)).rev().find_map(|length| {
            let slice = words.get(at..at + length)?;
            if slice.iter().any(|word| word.text.chars().any(is_han)) {
                return None;
            }
            let stem = slice
                .iter()
                .map(|word| word.stem.as_str())
                .collect::<Vec<_>>()
                .join(" ");
            let text = slice
                .iter()
                .map(|word| word.text.as_str())
                .collect::<Vec<_>>()
                .join(" ");
            let concepts = lexicon()
                .get(&stem)
                .map(|entry| entry.concepts.clone())
                .unwrap_or_default();
            (!concepts.is_empty()).then_some((length, HeaderWord { text, stem, concepts }))
        });
        match longest {
            Some((length, word)) => {
                out.push(word);
                at += length;
            }
            None => {
                out.extend(words.get(at).cloned());
                at += 1;
            }
        }
    }
    out
}

/// All ideas of a header that is one word or phrase of the lexicon.
#[must_use]
pub fn concepts(header: &str) -> Vec<Concept> {
    match joined(&words(without_unit(header))).as_slice() {
        [word] => word.concepts.clone(),
        _ => Vec::new(),
    }
}

/// The ways to name a column, in a table whose rows are `subject`.
#[must_use]
pub fn forms(header: &str, subject: &[Concept], subject_stems: &[String], is_number: bool) -> Vec<Form> {
    let single = words(&without_unit(header).replace(['#', '№'], " number "));
    let single = without_trailing_unit(single);
    let phrase = joined(&single);
    let mut forms: Vec<Form> = Vec::new();
    let mut add = |words: &[HeaderWord], closeness| {
        if !words.is_empty() && !forms.iter().any(|form| form.words == words) {
            forms.push(Form {
                words: words.to_vec(),
                closeness,
            });
        }
    };
    let is_subject = |word: &HeaderWord| {
        word.concepts.iter().any(|concept| subject.contains(concept)) || subject_stems.contains(&word.stem)
    };
    for words in [&phrase, &single] {
        add(words, Closeness::Idea);
        let own: Vec<HeaderWord> = words
            .iter()
            .skip_while(|word| is_subject(word))
            .cloned()
            .collect();
        if own.len() < words.len() {
            add(&own, Closeness::Own);
        }
        // `cost_of_treatment` of treatments.
        let of = fold(header).replace(['_', '-'], " ").contains(" of ");
        if let (true, Some((last, thing))) = (of, words.split_last())
            && is_subject(last)
        {
            add(thing, Closeness::Own);
        }
    }
    // `TollCharged`: whether there is a toll.
    if let Some((last, thing)) = single.split_last()
        && STATED.contains(&last.text.as_str())
        && !thing.is_empty()
        && !is_number
    {
        add(thing, Closeness::Own);
    }
    // `is_active` and 是否进口 say that it is so or not.
    if let Some(thing) = units::stated(&single) {
        add(thing, Closeness::Own);
    }
    // `amt_claimed` is the claimed amount, `Elo_Std` the standard Elo.
    if let [thing, kind] = single.as_slice()
        && (says_which(kind) || DONE.contains(&kind.text.as_str()))
        && !counts(thing)
    {
        // What was done names what it is the date of: arrivals, where they arrived.
        let mut kind = kind.clone();
        let spoken = lexicon().get(&kind.text).map(|entry| entry.verbs.clone());
        kind.concepts.extend(spoken.unwrap_or_default());
        add(&[kind, thing.clone()], Closeness::Idea);
    }
    for words in [&phrase, &single] {
        if let Some((last, thing)) = words.split_last()
            && !thing.is_empty()
            && !thing.iter().any(is_decisive)
        {
            if lexicon().any_is("naming", &last.concepts) {
                add(thing, Closeness::Named);
            } else if lexicon().any_is("identifier", &last.concepts) && !is_number_word(last, is_number) {
                add(thing, Closeness::Numbered);
            } else if is_number && COUNTED.contains(&last.stem.as_str()) {
                add(thing, Closeness::Named);
            }
        }
    }
    // 小票号 is one word to the lexicon, and the number of a thing all the same.
    if let [word] = phrase.as_slice()
        && !is_generic(word)
    {
        for thing in word
            .concepts
            .iter()
            .filter_map(|concept| lexicon().thing(*concept))
        {
            let closeness = if thing.named {
                Closeness::Named
            } else {
                Closeness::Numbered
            };
            let word = HeaderWord {
                text: thing.head.clone(),
                stem: stem_phrase(&thing.head),
                concepts: vec![thing.concept],
            };
            add(&[word], closeness);
        }
    }
    if let [word] = phrase.as_slice() {
        for (words, closeness) in chinese::inside(word, is_number) {
            add(&words, closeness);
        }
        add(&chinese::halves(&word.text), Closeness::Part);
        if let Some(tail) = tail(&word.text) {
            add(&[tail], Closeness::Part);
        }
    }
    if let (Some((_, thing)), Some(_)) = (phrase.split_last(), edition(header)) {
        add(thing, Closeness::Part);
    }
    for words in [&phrase, &single] {
        if let Some((last, thing)) = words.split_last()
            && DONE.contains(&last.text.as_str())
            && !thing.iter().all(is_generic)
        {
            add(thing, Closeness::Part);
        }
    }
    for words in [&phrase, &single] {
        for cut in 1..words.len() {
            let (dropped, kept) = words.split_at(cut);
            if dropped.iter().any(|word| is_decisive(word) && !is_mean(word)) || kept.iter().all(is_generic) {
                continue;
            }
            // `Ave_Price` and `num_seats`, where nothing else is called so.
            let closeness = if dropped.iter().all(is_mean) {
                Closeness::Own
            } else if is_number && dropped.iter().all(counts) && !kept.iter().all(is_subject) {
                Closeness::Named
            } else {
                Closeness::Part
            };
            add(kept, closeness);
        }
        // `fraud_flag`: whether it is fraud.
        if let Some((last, thing)) = words.split_last()
            && TRUTHS.contains(&last.text.as_str())
            && !thing.iter().all(|word| is_subject(word) || is_generic(word))
        {
            add(thing, Closeness::Part);
        }
    }
    forms
}

/// "number" at the end of a numeric header counts; at the end of a text header it identifies.
fn is_number_word(word: &HeaderWord, is_number: bool) -> bool {
    is_number && COUNTED.contains(&word.stem.as_str())
}

fn is_decisive(word: &HeaderWord) -> bool {
    lexicon().is_decisive(&word.text) || lexicon().is_decisive(&word.stem)
}

/// Whether a header says that each of its values is a mean already.
#[must_use]
pub fn says_mean(header: &str) -> bool {
    words(without_unit(header)).iter().any(is_mean)
}

/// Means: a table that holds the mean of something alone is asked for it by that.
fn is_mean(word: &HeaderWord) -> bool {
    matches!(word.text.as_str(), "avg" | "ave" | "average" | "mean" | "平均")
}

/// Whether a word at the end of a header belongs before the others: amounts that are claimed.
fn says_which(word: &HeaderWord) -> bool {
    WHICH.contains(&word.text.as_str()) || word.text.len() > 4 && word.text.ends_with("ed")
}

/// Whether a word at the beginning of a header says that it counts what follows.
fn counts(word: &HeaderWord) -> bool {
    matches!(word.text.as_str(), "num" | "number" | "no" | "nbr" | "count")
}

fn is_generic(word: &HeaderWord) -> bool {
    lexicon().any_is("generic", &word.concepts)
}

fn english(piece: &str) -> HeaderWord {
    let stem = stem(piece);
    // A header may write TV as tv: what is known in capitals alone counts where nothing else is known.
    let mut concepts = [false, true]
        .into_iter()
        .filter_map(|capitals| lexicon().find(piece, &stem, capitals))
        .map(|entry| entry.concepts)
        .find(|concepts| !concepts.is_empty())
        .unwrap_or_default();
    if let Some(concept) = lexicon().abbreviation(piece)
        && !concepts.contains(&concept)
    {
        concepts.push(concept);
    }
    HeaderWord {
        text: piece.to_owned(),
        stem,
        concepts,
    }
}

/// Cuts at signs, blanks, changes of script, and between a small and a capital letter.
fn pieces(header: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut before: Option<char> = None;
    let chars: Vec<char> = header.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let next = chars.get(at + 1).copied();
        let cut = match before {
            Some(before) => {
                (before.is_lowercase() && c.is_uppercase())
                    || (before.is_uppercase() && c.is_uppercase() && next.is_some_and(char::is_lowercase))
                    || is_han(before) != is_han(c)
            }
            None => false,
        };
        if cut || !c.is_alphanumeric() {
            pieces.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
        }
        if c.is_alphanumeric() {
            current.push(c);
            before = Some(c);
        } else {
            before = None;
        }
    }
    pieces.extend((!current.is_empty()).then_some(current));
    pieces.iter().map(|piece| fold(piece)).collect()
}

/// Whether a name says that its numbers are names of things.
#[must_use]
pub fn says_number(name: &str) -> bool {
    words(name).last().is_some_and(|word| {
        matches!(
            word.text.as_str(),
            "id" | "ids" | "num" | "编号" | "代码" | "code" | "codes" | "编码" | "号" | "zip"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_in_words() {
        for (header, expected) in [
            ("song_release_year", "song|release|year"),
            ("OrderDate", "order|date"),
            ("HTTPCode", "http|code"),
            ("销售额(万元)", "销售额"),
            ("门店名称", "门店|名称"),
            ("Number of Passengers", "number|passengers"),
            ("weight [kg]", "weight"),
        ] {
            let words = words(without_unit(header));
            assert_eq!(
                words
                    .iter()
                    .map(|word| word.text.as_str())
                    .collect::<Vec<_>>()
                    .join("|"),
                expected
            );
        }
    }
}
