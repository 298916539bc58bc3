//! Whether a text is one that can be judged at all: which language, and prose or something else.

use schemas::Language;
use schemas::judgement::Unjudged;

use super::normalize::Normalized;

/// What a text is, and how much of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sorted {
    /// The language that most of it is in, if it is one of ours.
    pub language: Option<Language>,
    /// Prose, or why it is not judged.
    pub kind: Kind,
    /// Characters (Chinese) or words (English) of that language.
    pub units: usize,
    /// Share of the units that are of the other language.
    pub foreign: f64,
}

/// Prose, or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sentences that can be judged.
    Prose,
    /// Anything else, and what.
    Other(Unjudged),
}

/// Characters of Chinese that say as much as one word of English, about.
const HAN_PER_WORD: f64 = 1.6;
/// Share of the other language beyond which a text is of both.
const MIXED: f64 = 0.4;

/// Sorts a text.
#[must_use]
pub fn sort(original: &str, text: &Normalized) -> Sorted {
    let (mut han, mut kana, mut latin, mut letters) = (0usize, 0usize, 0usize, 0usize);
    let (mut digits, mut visible) = (0usize, 0usize);
    for c in &text.chars {
        visible += usize::from(!c.is_whitespace());
        digits += usize::from(c.is_numeric());
        if !c.is_alphabetic() {
            continue;
        }
        letters += 1;
        match c {
            '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7af}' => kana += 1,
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' => han += 1,
            'a'..='z' | 'A'..='Z' => latin += 1,
            _ => {}
        }
    }
    let words = text
        .chars
        .chunk_by(|a, b| a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
        .filter(|run| run.first().is_some_and(char::is_ascii_alphabetic))
        .count();
    let (chinese, english) = (han as f64 / HAN_PER_WORD, words as f64);
    let language = match chinese.partial_cmp(&english) {
        Some(std::cmp::Ordering::Greater) => Language::Zh,
        _ => Language::En,
    };
    let (units, foreign) = match language {
        Language::Zh => (han, english / (chinese + english).max(1.0)),
        Language::En => (words, chinese / (chinese + english).max(1.0)),
    };
    let other = |why| Sorted {
        language: None,
        kind: Kind::Other(why),
        units,
        foreign,
    };
    if visible == 0 {
        return other(Unjudged::Empty);
    }
    if is_binary(original) {
        return other(Unjudged::Binary);
    }
    if letters == 0 {
        return other(Unjudged::NoWords);
    }
    if kana * 10 > letters || (han + latin) * 10 < letters * 8 {
        return other(Unjudged::OtherLanguage);
    }
    let kind = if is_code(original) {
        Kind::Other(Unjudged::Code)
    } else if is_list(original) || digits * 3 > visible {
        Kind::Other(Unjudged::List)
    } else if foreign > MIXED {
        Kind::Other(Unjudged::MixedLanguages)
    } else if language == Language::En && units >= 20 && !is_english(text) {
        return other(Unjudged::OtherLanguage);
    } else {
        Kind::Prose
    };
    Sorted {
        language: Some(language),
        kind,
        units,
        foreign,
    }
}

/// Bytes that are no text at all, read as text.
fn is_binary(text: &str) -> bool {
    let start = || text.chars().take(10_000);
    let odd = start()
        .filter(|c| *c == '\u{fffd}' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
        .count();
    odd * 20 > start().count()
}

/// Lines that end or begin as only programs do.
fn is_code(text: &str) -> bool {
    const STARTS: [&str; 22] = [
        "def ",
        "class ",
        "import ",
        "from ",
        "return ",
        "fn ",
        "let ",
        "const ",
        "var ",
        "function ",
        "public ",
        "private ",
        "#include",
        "if (",
        "for (",
        "while (",
        "SELECT ",
        "select ",
        "} else",
        "elif ",
        "package ",
        "using ",
    ];
    let (mut lines, mut code, mut fenced) = (0usize, 0usize, false);
    for line in text.lines().take(2_000) {
        let line = line.trim();
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if line.is_empty() {
            continue;
        }
        lines += 1;
        let ends = [';', '{', '}', ')', ':', '\\']
            .iter()
            .any(|end| line.ends_with(*end));
        let begins = STARTS.iter().any(|start| line.starts_with(start));
        let signs = line
            .chars()
            .filter(|c| matches!(c, '{' | '}' | '(' | ')' | '=' | ';' | '[' | ']' | '<' | '>'))
            .count();
        let dense = signs * 10 > line.chars().count();
        code += usize::from(fenced || (ends && (begins || dense)) || (begins && dense));
    }
    lines >= 1 && code * 2 > lines
}

/// Many short lines, hardly a sentence.
fn is_list(text: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(2_000)
        .collect();
    if lines.len() < 5 {
        return false;
    }
    let short = lines
        .iter()
        .filter(|line| {
            let ended = line.ends_with([
                '.', '!', '?', '。', '！', '？', '…', '"', '”', ';', '；', '，', ',',
            ]);
            !ended && line.split_whitespace().count() <= 8 && line.chars().count() <= 40
        })
        .count();
    short * 10 > lines.len() * 8
}

/// English has its small words everywhere; other languages in Latin letters have others.
fn is_english(text: &Normalized) -> bool {
    const SMALL: [&str; 30] = [
        "the", "of", "and", "to", "a", "in", "is", "it", "that", "for", "was", "on", "with", "as", "at", "i",
        "you", "be", "are", "this", "by", "my", "he", "she", "they", "we", "not", "have", "from", "or",
    ];
    let (mut words, mut small) = (0usize, 0usize);
    let mut word = String::new();
    for run in text
        .chars
        .chunk_by(|a, b| a.is_alphabetic() && b.is_alphabetic())
        .take(4_000)
    {
        if !run.first().is_some_and(|c| c.is_alphabetic()) {
            continue;
        }
        words += 1;
        word.clear();
        word.extend(run.iter().take(8).map(char::to_ascii_lowercase));
        small += usize::from(SMALL.contains(&word.as_str()));
    }
    // Prose has 30 to 45 %; French and German have under 8 % by accident ("on", "in", "was", "a").
    small * 100 >= words * 14
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalize;

    fn check(text: &str, language: Option<Language>, kind: Kind) {
        let sorted = sort(text, &normalize(text));
        assert_eq!((sorted.language, sorted.kind), (language, kind), "{text:?}");
    }

    #[test]
    fn prose_has_its_language() {
        check(
            "今天的天气很好，我们去公园散步吧。",
            Some(Language::Zh),
            Kind::Prose,
        );
        check(
            "The plane was late, so we had to wait at the gate for an hour.",
            Some(Language::En),
            Kind::Prose,
        );
        check(
            "我们用 Rust 写了一个 pipeline，跑得很快，大家都很满意。",
            Some(Language::Zh),
            Kind::Prose,
        );
    }

    #[test]
    fn what_is_no_prose_is_named() {
        use Unjudged::*;
        check("", None, Kind::Other(Empty));
        check(" \n\u{200b}", None, Kind::Other(Empty));
        check("😀😀😀 12 !!", None, Kind::Other(NoWords));
        check(
            "\u{0}\u{1}\u{2}PK\u{3}\u{4}\u{fffd}\u{fffd}",
            None,
            Kind::Other(Binary),
        );
        check(
            "Привет, как дела? Сегодня хорошая погода.",
            None,
            Kind::Other(OtherLanguage),
        );
        check(
            "これは日本語の文章です。とても良い天気ですね。",
            None,
            Kind::Other(OtherLanguage),
        );
        check(
            "Der schnelle braune Fuchs springt über den faulen Hund, und die Sonne scheint hell auf das weite Feld, während \
             die Kinder draußen spielen und lachen.",
            None,
            Kind::Other(OtherLanguage),
        );
        check(
            "fn main() {\n    let x = 1;\n    println!(\"{}\", x);\n}\n",
            Some(Language::En),
            Kind::Other(Code),
        );
        check(
            "milk\nbread\ntwo eggs\nbutter\ncheese\napples\n",
            Some(Language::En),
            Kind::Other(List),
        );
        check(
            "今天我们去公园 but then it was raining very hard 所以我们回家了 and had some tea together 然后看电影",
            Some(Language::En),
            Kind::Other(MixedLanguages),
        );
    }
}
