//! A folded text as runs of characters that belong together.

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run<'a> {
    /// Letters and digits of scripts that part words by spaces, with the signs that hold an identifier together.
    Word {
        text: &'a str,
        /// The Chinese character right after it, as in `3号`.
        counts: Option<char>,
    },
    /// Chinese characters.
    Han(&'a str),
    /// Other scripts that are written without spaces.
    Pairs(&'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Han,
    Pairs,
    Other,
}

/// The runs of a text, in order; what is neither letter nor digit parts them.
pub(super) fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        let class = class(first);
        if class == Class::Other {
            continue;
        }
        let mut end = start + first.len_utf8();
        let mut last = first;
        while let Some(&(place, c)) = rest.peek() {
            let joined = class == Class::Word && joins(last, c, text.get(place + c.len_utf8()..));
            if self::class(c) != class && !joined {
                break;
            }
            end = place + c.len_utf8();
            last = c;
            rest.next();
        }
        let Some(run) = text.get(start..end) else { continue };
        runs.push(match class {
            Class::Word => Run::Word {
                text: run,
                counts: rest
                    .peek()
                    .map(|(_, c)| *c)
                    .filter(|c| last.is_ascii_digit() && self::class(*c) == Class::Han),
            },
            Class::Han => Run::Han(run),
            Class::Pairs | Class::Other => Run::Pairs(run),
        });
    }
    runs
}

/// Whether a sign holds together what is before and after it, as in `ca-1234`, `gb/t`, `3.5`, `1,234`, `10:30` and `o'hare`.
fn joins(before: char, sign: char, after: Option<&str>) -> bool {
    let Some(after) = after.and_then(|text| text.chars().next()) else {
        return false;
    };
    if class(before) != Class::Word || class(after) != Class::Word {
        return false;
    }
    match sign {
        '-' | '/' | '_' | '.' | '\'' | '&' | '+' | '@' => true,
        ',' | ':' => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    }
}

fn class(c: char) -> Class {
    match c {
        '々' | '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => {
            Class::Han
        }
        '\u{20000}'..='\u{323af}' => Class::Han,
        // Kana, Hangul, Thai, Lao, Burmese, Khmer.
        '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{ac00}'..='\u{d7a3}' => Class::Pairs,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Class::Pairs,
        c if c.is_alphanumeric() => Class::Word,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<_> = runs(text)
            .into_iter()
            .map(|run| match run {
                Run::Word { text, counts: None } => text.to_owned(),
                Run::Word {
                    text,
                    counts: Some(c),
                } => format!("{text}+{c}"),
                Run::Han(text) | Run::Pairs(text) => format!("[{text}]"),
            })
            .collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn signs_join_only_between_letters_and_digits() {
        check("ca-1234 - gb/t.", &["ca-1234", "gb/t"]);
        check("1,234.5, a,b 10:30", &["1,234.5", "a", "b", "10:30"]);
        check("3号航站楼t3", &["3+号", "[号航站楼]", "t3"]);
        check("日本の空港", &["[日本]", "[の]", "[空港]"]);
        check("-a-", &["a"]);
    }
}
