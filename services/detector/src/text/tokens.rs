//! Words and signs of English, characters of Chinese: what n-grams are made of.

use super::normalize::Normalized;

/// One token: its letters are in the text, what counts of it is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Of its letters in lower case.
    pub word: u64,
    /// Of its part in the sentence: a small word or sign is itself, anything else its ending and whether it is capital.
    pub shape: u64,
    /// The first character of the text that it stands for.
    pub start: usize,
    /// Behind the last one.
    pub end: usize,
}

/// What a number, a foreign word and a start are counted as.
const NUMBER: &str = "0";
const FOREIGN: &str = "A";

/// A hash that will be the same in every version and on every machine, since fitted weights are found by it: FNV-1a.
#[must_use]
pub fn hash(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(0xcbf2_9ce4_8422_2325, |hash, c| {
        (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
    })
}

fn hash_of(text: &str) -> u64 {
    hash(text.chars())
}

/// The tokens of English text.
#[must_use]
pub fn english(text: &Normalized) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.chars.len() / 5);
    let mut start = 0;
    let mut letters = String::new();
    let kind = |c: &char| match c {
        c if c.is_alphabetic() => 0,
        c if c.is_numeric() => 1,
        c if c.is_whitespace() => 2,
        _ => 3,
    };
    for run in text.chars.chunk_by(|a, b| kind(a) == kind(b) && kind(a) != 3) {
        let end = start + run.len();
        let Some(first) = run.first() else { continue };
        let (word, shape) = match kind(first) {
            0 => {
                letters.clear();
                letters.extend(run.iter().take(40).flat_map(|c| c.to_lowercase()));
                // What is left of line breaks that were escaped and then lost their backslash.
                if matches!(letters.as_str(), "n" | "nn") {
                    start = end;
                    continue;
                }
                (hash_of(&letters), shape(&letters, first.is_uppercase()))
            }
            1 => (hash_of(NUMBER), hash_of(NUMBER)),
            2 => {
                start = end;
                continue;
            }
            _ => (
                hash_of(first.encode_utf8(&mut [0; 4])),
                hash_of(first.encode_utf8(&mut [0; 4])),
            ),
        };
        tokens.push(Token {
            word,
            shape,
            start,
            end,
        });
        start = end;
    }
    tokens
}

/// The tokens of Chinese text: characters; foreign words and numbers are one token each, blanks none.
#[must_use]
pub fn chinese(text: &Normalized) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.chars.len());
    let mut start = 0;
    let kind = |c: &char| match c {
        c if c.is_ascii_alphabetic() => 0,
        c if c.is_numeric() => 1,
        c if c.is_whitespace() => 2,
        _ => 3,
    };
    for run in text.chars.chunk_by(|a, b| kind(a) == kind(b) && kind(a) != 3) {
        let end = start + run.len();
        let Some(first) = run.first() else { continue };
        let word = match kind(first) {
            0 => hash_of(FOREIGN),
            1 => hash_of(NUMBER),
            2 => {
                start = end;
                continue;
            }
            _ => hash_of(first.encode_utf8(&mut [0; 4])),
        };
        tokens.push(Token {
            word,
            shape: word,
            start,
            end,
        });
        start = end;
    }
    tokens
}

fn shape(word: &str, capital: bool) -> u64 {
    const ENDINGS: [&str; 15] = [
        "ing", "ed", "ly", "tion", "ment", "ness", "ity", "ous", "ive", "al", "able", "er", "est", "s", "e",
    ];
    if SMALL_WORDS.binary_search(&word).is_ok() {
        return hash_of(word);
    }
    let ending = ENDINGS
        .iter()
        .find(|ending| word.len() > ending.len() + 2 && word.ends_with(**ending))
        .copied()
        .unwrap_or("x");
    let prefix = if capital { "C-" } else { "-" };
    hash(prefix.chars().chain(ending.chars()))
}

/// The closed classes of English, and verbs and adverbs that carry as little of the matter; sorted.
pub const SMALL_WORDS: [&str; 261] = [
    "a",
    "about",
    "above",
    "across",
    "actually",
    "after",
    "again",
    "against",
    "all",
    "almost",
    "alone",
    "along",
    "already",
    "also",
    "although",
    "always",
    "am",
    "among",
    "an",
    "and",
    "another",
    "any",
    "anyone",
    "anything",
    "are",
    "around",
    "as",
    "at",
    "away",
    "back",
    "be",
    "became",
    "because",
    "become",
    "been",
    "before",
    "began",
    "being",
    "below",
    "best",
    "better",
    "between",
    "both",
    "but",
    "by",
    "came",
    "can",
    "cannot",
    "come",
    "could",
    "d",
    "did",
    "didn",
    "do",
    "does",
    "doesn",
    "doing",
    "don",
    "done",
    "down",
    "during",
    "each",
    "either",
    "else",
    "enough",
    "even",
    "ever",
    "every",
    "everyone",
    "everything",
    "few",
    "finally",
    "first",
    "for",
    "from",
    "further",
    "get",
    "getting",
    "go",
    "going",
    "gone",
    "got",
    "had",
    "has",
    "have",
    "having",
    "he",
    "her",
    "here",
    "hers",
    "herself",
    "him",
    "himself",
    "his",
    "how",
    "however",
    "i",
    "if",
    "in",
    "indeed",
    "instead",
    "into",
    "is",
    "isn",
    "it",
    "its",
    "itself",
    "just",
    "know",
    "last",
    "least",
    "less",
    "like",
    "ll",
    "long",
    "m",
    "made",
    "make",
    "making",
    "many",
    "may",
    "maybe",
    "me",
    "might",
    "mine",
    "more",
    "moreover",
    "most",
    "much",
    "must",
    "my",
    "myself",
    "near",
    "need",
    "never",
    "new",
    "next",
    "no",
    "nobody",
    "none",
    "nor",
    "not",
    "nothing",
    "now",
    "of",
    "off",
    "often",
    "on",
    "once",
    "one",
    "only",
    "onto",
    "or",
    "other",
    "others",
    "our",
    "ours",
    "ourselves",
    "out",
    "over",
    "own",
    "perhaps",
    "put",
    "quite",
    "rather",
    "re",
    "really",
    "s",
    "said",
    "same",
    "saw",
    "say",
    "says",
    "second",
    "see",
    "seem",
    "seemed",
    "several",
    "shall",
    "she",
    "should",
    "since",
    "so",
    "some",
    "someone",
    "something",
    "sometimes",
    "soon",
    "still",
    "such",
    "t",
    "take",
    "than",
    "that",
    "the",
    "their",
    "theirs",
    "them",
    "themselves",
    "then",
    "there",
    "therefore",
    "these",
    "they",
    "thing",
    "things",
    "think",
    "this",
    "those",
    "though",
    "through",
    "thus",
    "time",
    "to",
    "together",
    "told",
    "too",
    "took",
    "toward",
    "towards",
    "two",
    "under",
    "unless",
    "until",
    "up",
    "upon",
    "us",
    "use",
    "used",
    "ve",
    "very",
    "was",
    "wasn",
    "way",
    "we",
    "well",
    "went",
    "were",
    "weren",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "why",
    "will",
    "with",
    "within",
    "without",
    "won",
    "would",
    "yes",
    "yet",
    "you",
    "your",
    "yours",
    "yourself",
];
