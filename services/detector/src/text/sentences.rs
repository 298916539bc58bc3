//! Where sentences begin and end.

use super::normalize::Normalized;

/// A stretch of a normalized text: characters `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// Behind the last one.
    pub end: usize,
}

/// Characters that a sentence may have: one that never ends is cut, so that its parts can be told from each other.
const LONGEST: usize = 600;

/// Cuts a text into sentences: together they hold every character that is not white space, in order.
#[must_use]
pub fn sentences(text: &Normalized) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = None;
    let mut before = ' ';
    let mut word = 0;
    let mut chars = text.chars.iter().copied().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        if start.is_none() && !c.is_whitespace() {
            start = Some(at);
        }
        let next = chars.peek().map(|(_, next)| *next);
        let ended = match c {
            // A line that was broken because it was full goes on in the next one.
            '\n' => !(next.is_some_and(char::is_lowercase) || matches!(before, ',' | '、')),
            '。' | '！' | '？' | '!' | '?' | '…' => true,
            ';' | '；' => false,
            // `3.14`, `e.g. this`, `J. Smith`: no end.
            '.' => next.is_none_or(char::is_whitespace) && word > 1 && before != '.',
            _ => false,
        };
        word = if c.is_alphanumeric() { word + 1 } else { 0 };
        before = c;
        // Closing marks belong to the sentence that they close.
        let closing = |c: char| matches!(c, '。' | '!' | '?' | '"' | '\'' | ')' | '）' | '…' | '.' | '」');
        if ended && start.is_some() {
            let mut end = at + 1;
            while c != '\n'
                && let Some((at, _)) = chars.next_if(|(_, c)| closing(*c))
            {
                end = at + 1;
            }
            close(&mut spans, &mut start, end, c == '\n');
            word = 0;
        } else if start.is_some_and(|start| at + 1 - start >= LONGEST) {
            close(&mut spans, &mut start, at + 1, false);
        }
    }
    close(&mut spans, &mut start, text.chars.len(), false);
    spans
}

fn close(spans: &mut Vec<Span>, start: &mut Option<usize>, end: usize, break_included: bool) {
    if let Some(start) = start.take() {
        let end = if break_included { end - 1 } else { end };
        if end > start {
            spans.push(Span { start, end });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalize;

    fn cut(text: &str) -> Vec<String> {
        let normalized = normalize(text);
        let of = |span: &Span| normalized.chars[span.start..span.end].iter().collect::<String>();
        sentences(&normalized)
            .iter()
            .map(|span| of(span).trim().to_owned())
            .collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(
            cut("你好。今天（周一）很好！真的吗？"),
            ["你好。", "今天(周一)很好!", "真的吗?"]
        );
        assert_eq!(
            cut("It costs 3.14 dollars. \"Really?\" she said."),
            ["It costs 3.14 dollars.", "\"Really?\"", "she said."]
        );
        assert_eq!(cut("First line\nSecond line"), ["First line", "Second line"]);
        assert_eq!(
            cut("A line that is full\ngoes on, in\nthe next."),
            ["A line that is full\ngoes on, in\nthe next."]
        );
        assert_eq!(cut(""), Vec::<String>::new());
    }

    #[test]
    fn an_endless_sentence_is_cut() {
        assert_eq!(cut(&"字".repeat(1_500)).len(), 3);
    }

    proptest::proptest! {
        #[test]
        fn every_character_is_in_one_sentence(text in "[a-c 。.!?\n\"]{0,80}") {
            let normalized = normalize(&text);
            let spans = sentences(&normalized);
            let mut at = 0;
            for span in &spans {
                proptest::prop_assert!(span.start >= at && span.end > span.start);
                proptest::prop_assert!(normalized.chars[at..span.start].iter().all(|c| c.is_whitespace()));
                at = span.end;
            }
            proptest::prop_assert!(normalized.chars[at..].iter().all(|c| c.is_whitespace()));
        }
    }
}
