//! How much a model reads in a text, without asking one; and its sentences.

/// Tokens of a text, about: one for each wide letter, 1.3 for each other word (English words are 1.3 tokens of usual
/// vocabularies on average; what is longer than 12 letters counts as several).
#[must_use]
pub fn estimate(text: &str) -> usize {
    let (mut wide, mut words, mut length) = (0usize, 0usize, 0usize);
    for letter in text.chars().chain([' ']) {
        let ends = letter.is_whitespace() || is_wide(letter);
        if ends && length > 0 {
            words += length.div_ceil(LONG);
            length = 0;
        }
        if is_wide(letter) {
            wide += 1;
        } else if !ends {
            length += 1;
        }
    }
    wide + (words * 13).div_ceil(10)
}

/// Letters of a word that is one.
const LONG: usize = 12;

/// Whether a letter is set without blanks around it: Chinese and Japanese letters, and the marks between them.
#[must_use]
pub fn is_wide(letter: char) -> bool {
    matches!(
        letter,
        '\u{2e80}'..='\u{312f}'
            | '\u{31a0}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe4f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{20000}'..='\u{3134f}'
    )
}

/// The sentences of a text. Together they are the text; blanks belong to the sentence before them.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((_, letter)) = letters.next() {
        let ends = match letter {
            '。' | '！' | '？' | '；' | '\n' => true,
            '.' | '!' | '?' | ';' => letters.peek().is_some_and(|(_, next)| next.is_whitespace()),
            _ => false,
        };
        if !ends {
            continue;
        }
        // What closes a sentence belongs to it.
        while letters
            .next_if(|(_, next)| next.is_whitespace() || "”’\"')）】」』".contains(*next))
            .is_some()
        {}
        let end = letters.peek().map_or(text.len(), |(end, _)| *end);
        sentences.extend(text.get(start..end));
        start = end;
    }
    if start < text.len() {
        sentences.extend(text.get(start..));
    }
    sentences
}

/// A text in pieces of at most so many tokens each, cut between words. Together they are the text.
pub(crate) fn pieces(text: &str, budget: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut end) = (0, 0);
    for word in words(text) {
        let next = end + word.len();
        if end > start && estimate(text.get(start..next).unwrap_or_default()) > budget {
            pieces.extend(text.get(start..end));
            start = end;
        }
        end = next;
    }
    if end > start {
        pieces.extend(text.get(start..end));
    }
    pieces
}

/// Words with the blanks behind them, wide letters each for itself, and long words in parts.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut length = 0;
    let mut blank = false;
    for (place, letter) in text.char_indices() {
        let begins = is_wide(letter) || blank && !letter.is_whitespace() || length >= LONG * 4;
        if begins && place > start {
            words.extend(text.get(start..place));
            start = place;
            length = 0;
        }
        length += 1;
        blank = letter.is_whitespace() || is_wide(letter);
    }
    words.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_and_wide_letters_are_counted() {
        assert_eq!(estimate(""), 0);
        assert_eq!(estimate("航站楼"), 3);
        assert_eq!(
            estimate("ten words make thirteen tokens as far as anybody knows"),
            13
        );
        assert_eq!(estimate("CA1234在T2"), 1 + 3);
    }

    #[test]
    fn sentences_end_where_they_end() {
        assert_eq!(
            sentences("Gate 3.5 is closed. See “A12.” Or ask!"),
            ["Gate 3.5 is closed. ", "See “A12.” Or ask!"]
        );
        assert_eq!(
            sentences("二楼开放。请走电梯！（谢谢。）好"),
            ["二楼开放。", "请走电梯！", "（谢谢。）", "好"]
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_piece_is_too_large(text in "[a-z0-9 .。航站楼\n]{0,400}", budget in 5usize..40) {
            prop_assert_eq!(sentences(&text).concat(), text.clone());
            let pieces = pieces(&text, budget);
            prop_assert_eq!(pieces.concat(), text.clone());
            for piece in pieces {
                prop_assert!(estimate(piece) <= budget, "{piece:?}");
            }
        }
    }
}
