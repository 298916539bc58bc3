//! One spelling for everything that is spelled in many ways: widths, quotes, dashes, markup, invisible characters and
//! letters of other scripts that look like Latin ones. What only somebody who hides something does is counted.

use schemas::judgement::{Tampering, TamperingKind};
use unicode_normalization::UnicodeNormalization;

/// A text after normalization. Every character knows where it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normalized {
    /// The characters. Line breaks are kept, other white space is one blank.
    pub chars: Vec<char>,
    /// For each character the byte of the original text that it came from.
    pub origins: Vec<usize>,
    /// What was found that hides something.
    pub tampering: Vec<Tampering>,
}

impl Normalized {
    /// A stretch of it: characters `start..end`.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        Self {
            chars: self.chars.get(start..end).unwrap_or_default().to_vec(),
            origins: self.origins.get(start..end).unwrap_or_default().to_vec(),
            tampering: Vec::new(),
        }
    }

    fn push(&mut self, c: char, origin: usize) {
        // White space in a row is one; a line break in it wins.
        if c == ' ' && self.chars.last().is_none_or(|last| last.is_whitespace()) {
            return;
        }
        if c == '\n' {
            match self.chars.last_mut() {
                None => return,
                Some(last) if last.is_whitespace() => {
                    *last = '\n';
                    return;
                }
                Some(_) => {}
            }
        }
        self.chars.push(c);
        self.origins.push(origin);
    }

    fn note(&mut self, kind: TamperingKind, count: u32) {
        if count == 0 {
            return;
        }
        match self.tampering.iter_mut().find(|known| known.kind == kind) {
            Some(known) => known.count += count,
            None => self.tampering.push(Tampering { kind, count }),
        }
    }
}

/// Normalizes a text, in time linear in its length.
#[must_use]
pub fn normalize(text: &str) -> Normalized {
    let mut out = Normalized::default();
    let mut rest = text.char_indices().peekable();
    let mut word_before = false;
    let (mut invisible, mut bidirectional) = (0, 0);
    let mut skip_to = 0;
    while let Some((at, c)) = rest.next() {
        if at < skip_to {
            continue;
        }
        if is_bidirectional(c) {
            bidirectional += 1;
            continue;
        }
        if is_invisible(c) {
            // Between emoji a joiner is spelling; within a word it hides something.
            let word_behind = rest.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            if word_before && word_behind {
                invisible += 1;
            }
            continue;
        }
        word_before = c.is_alphanumeric();
        match c {
            '<' => match tag_length(text.get(at..).unwrap_or_default()) {
                Some(length) => {
                    skip_to = at + length;
                    out.push(' ', at);
                }
                None => out.push(c, at),
            },
            // Line breaks that were escaped once too often.
            '\\' if rest
                .peek()
                .is_some_and(|(_, next)| matches!(next, 'n' | 'r' | 't')) =>
            {
                rest.next();
                out.push('\n', at);
            }
            'h' | 'H' | 'w' | 'W' => match address_length(text.get(at..).unwrap_or_default()) {
                Some(length) => {
                    skip_to = at + length;
                    out.push(' ', at);
                }
                None => out.push(c, at),
            },
            '#' | '*' | '_' | '`' | '|' | '>' | '~' => out.push(' ', at),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n', at),
            c if c.is_whitespace() => out.push(' ', at),
            c if c.is_control() => {}
            c => push_folded(&mut out, c, at),
        }
    }
    while out.chars.last().is_some_and(|last| last.is_whitespace()) {
        out.chars.pop();
        out.origins.pop();
    }
    out.note(TamperingKind::InvisibleCharacters, invisible);
    out.note(TamperingKind::BidirectionalControls, bidirectional);
    let replaced = replace_lookalikes(&mut out.chars);
    out.note(TamperingKind::Lookalikes, replaced);
    out
}

fn push_folded(out: &mut Normalized, c: char, at: usize) {
    if c.is_ascii() || ('\u{4e00}'..='\u{9fff}').contains(&c) {
        out.push(c, at);
        return;
    }
    let folded = match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」' | '『' | '』' | '＂' | '〝' | '〞' => {
            '"'
        }
        '‘' | '’' | '‚' | '‛' | '＇' | '´' | 'ʼ' => '\'',
        '–' | '—' | '―' | '‒' | '−' | '‐' | '‑' | '－' | '─' => '-',
        '•' | '●' | '▪' | '◦' | '·' | '■' | '◆' | '★' => ' ',
        other => other,
    };
    if folded != c {
        out.push(folded, at);
        return;
    }
    // A letter with many marks on it is one letter: marks that stand alone are dropped.
    if unicode_normalization::char::is_combining_mark(c) {
        return;
    }
    for part in std::iter::once(c).nfkc() {
        let part = if part.is_whitespace() { ' ' } else { part };
        out.push(part, at);
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}')
}

fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Bytes of the markup that the text begins with, if that is what it begins with.
fn tag_length(text: &str) -> Option<usize> {
    // Markup has a name and an end within reach; `a < b` has not. The reach keeps the whole linear.
    let mut chars = text.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if !(first.is_ascii_alphabetic() || matches!(first, '/' | '!')) {
        return None;
    }
    chars
        .take(200)
        .find(|(_, c)| matches!(c, '>' | '<'))
        .filter(|(_, c)| *c == '>')
        .map(|(at, _)| at + 1)
}

/// Bytes of the web address that the text begins with, if it does.
fn address_length(text: &str) -> Option<usize> {
    let begins = ["http://", "https://", "www."].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    begins.then(|| {
        let end = text
            .find(|c: char| c.is_whitespace() || !c.is_ascii() || matches!(c, ')' | ']' | '"' | '<' | '>'));
        end.unwrap_or(text.len())
    })
}

/// Replaces Cyrillic and Greek letters in words that also have Latin ones; returns how many.
fn replace_lookalikes(chars: &mut [char]) -> u32 {
    let mut replaced = 0;
    for word in chars.chunk_by_mut(|a, b| a.is_alphabetic() && b.is_alphabetic()) {
        let mixed = word.iter().any(char::is_ascii_alphabetic) && word.iter().any(|c| latin(*c).is_some());
        if mixed {
            for c in word {
                if let Some(plain) = latin(*c) {
                    *c = plain;
                    replaced += 1;
                }
            }
        }
    }
    replaced
}

/// The Latin letter that a Cyrillic or Greek one looks like. Source: the rows of Unicode's confusables.txt (UTS 39) that
/// map one letter of these scripts to one of ASCII.
fn latin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'с' | 'ϲ' => 'c',
        'С' | 'Ϲ' => 'C',
        'ԁ' => 'd',
        'е' => 'e',
        'Е' | 'Ε' => 'E',
        'һ' => 'h',
        'Н' | 'Η' => 'H',
        'і' | 'ι' => 'i',
        'І' | 'Ι' => 'I',
        'ј' | 'ϳ' => 'j',
        'Ј' => 'J',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'о' | 'ο' => 'o',
        'О' | 'Ο' => 'O',
        'р' | 'ρ' => 'p',
        'Р' | 'Ρ' => 'P',
        'ԛ' => 'q',
        'ѕ' => 's',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'υ' => 'u',
        'ν' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'Х' | 'Χ' => 'X',
        'у' | 'γ' => 'y',
        'Ү' | 'Υ' => 'Y',
        'Ζ' => 'Z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(given: &str) -> String {
        normalize(given).chars.iter().collect()
    }

    #[test]
    fn one_spelling_for_many() {
        for (given, expected) in [
            ("“Ｈｅｌｌｏ”　world", "\"Hello\" world"),
            ("a — b\t\tc", "a - b c"),
            ("**bold** and `code`", "bold and code"),
            ("<p class=\"x\">one</p> 1 < 2", "one 1 < 2"),
            ("see https://example.org/a?b=c now", "see now"),
            ("a\r\n\r\n b\\nc", "a\nb\nc"),
            ("e\u{301}\u{301}\u{301}te", "ete"),
            ("", ""),
        ] {
            assert_eq!(text(given), expected, "{given:?}");
        }
    }

    #[test]
    fn what_hides_something_is_undone_and_counted() {
        let check = |given: &str, expected: &str, kind, count| {
            let normalized = normalize(given);
            assert_eq!(normalized.chars.iter().collect::<String>(), expected);
            assert_eq!(normalized.tampering, [Tampering { kind, count }]);
        };
        check(
            "pa\u{200b}ss\u{200d}word",
            "password",
            TamperingKind::InvisibleCharacters,
            2,
        );
        check("раssword", "password", TamperingKind::Lookalikes, 2);
        check("a\u{202e}b", "ab", TamperingKind::BidirectionalControls, 1);
        // Emoji are joined by what would hide something in a word, and Russian is no disguise.
        assert_eq!(normalize("👩\u{200d}💻 привет").tampering, []);
    }

    #[test]
    fn characters_know_where_they_came_from() {
        let given = "“Ａ”　<b>中文</b> end";
        let normalized = normalize(given);
        assert_eq!(normalized.chars.len(), normalized.origins.len());
        for (c, origin) in normalized.chars.iter().zip(&normalized.origins) {
            let original = given.get(*origin..).unwrap().chars().next().unwrap();
            assert!(
                original == *c || !c.is_alphanumeric() || original == 'Ａ',
                "{c} from {original}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_breaks_it(given in "\\PC{0,200}|[ -~\u{200b}\u{202e}<>\\\\\n]{0,200}") {
            let normalized = normalize(&given);
            proptest::prop_assert_eq!(normalized.chars.len(), normalized.origins.len());
            proptest::prop_assert!(normalized.origins.is_sorted());
            proptest::prop_assert!(normalized.origins.iter().all(|at| given.is_char_boundary(*at)));
        }
    }
}
