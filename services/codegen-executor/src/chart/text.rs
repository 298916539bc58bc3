//! How wide a text is, and how it is made to fit: estimates, since the font is the reader's.

/// Stands for what was cut off.
const ELLIPSIS: char = '…';

/// The width of a character in font sizes, rather too large than too small.
fn advance(c: char) -> f64 {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.34,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' | '—' => 0.95,
        'A'..='Z' => 0.72,
        '\0'..='\u{10ff}' => 0.6,
        // Hangul, Han, kana, full-width forms, and everything beyond: a square each.
        _ => 1.0,
    }
}

/// The width of a text at a font size, in pixels.
#[must_use]
pub fn width(text: &str, size: f64) -> i32 {
    let ems: f64 = text.chars().map(advance).sum();
    pixels(ems * size)
}

/// A length as whole pixels.
#[must_use]
pub fn pixels(length: f64) -> i32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "far within the range, and saturating beyond"
    )]
    let whole = length.ceil() as i32;
    whole
}

/// A text without what XML can't hold or what would turn it around: control characters become blanks.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_control() => ' ',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
            '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// A text cut to a width, with an ellipsis where something is missing.
#[must_use]
pub fn fit(text: &str, size: f64, limit: i32) -> String {
    if width(text, size) <= limit {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        kept.push(ELLIPSIS);
        let fits = width(&kept, size) <= limit;
        kept.pop();
        if !fits {
            kept.pop();
            break;
        }
    }
    let mut kept = kept.trim_end().to_owned();
    kept.push(ELLIPSIS);
    kept
}

/// A text in lines no wider than a limit, at most so many; the last one is cut where there is more. Lines end at
/// blanks, or between two characters where one of them is wide.
#[must_use]
pub fn wrap(text: &str, size: f64, limit: i32, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = vec![String::new()];
    for word in words(text) {
        let line = match wrapped.last_mut() {
            Some(line) => line,
            None => break,
        };
        if width(&format!("{line}{}", word.trim_end()), size) <= limit || line.is_empty() {
            line.push_str(&word);
        } else {
            wrapped.push(word);
        }
    }
    let mut shown: Vec<String> = wrapped
        .iter()
        .take(lines)
        .map(|line| line.trim_end().to_owned())
        .collect();
    if wrapped.len() > lines
        && let Some(last) = shown.last_mut()
    {
        last.push(ELLIPSIS);
    }
    shown.iter().map(|line| fit(line, size, limit)).collect()
}

/// Stretches between which a line may end.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        let wide = |c: char| advance(c) >= 1.0;
        let closes = "，。、；：）」』》！？".contains(c);
        let opens = "（「『《".contains(before);
        let ends =
            (before == ' ' && c != ' ') || ((wide(before) || wide(c)) && c != ' ' && !closes && !opens);
        match words.last_mut() {
            Some(word) if !ends => word.push(c),
            _ => words.push(c.to_string()),
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_whole() {
        assert_eq!(width("免税商品", 12.0), 48);
        assert!(width("duty free", 12.0) < 64);
        assert_eq!(width("", 12.0), 0);
    }

    #[test]
    fn what_is_too_wide_is_cut_and_says_so() {
        assert_eq!(fit("免税商品", 12.0, 48), "免税商品");
        assert_eq!(fit("免税商品", 12.0, 47), "免税…");
        assert_eq!(fit("免税商品", 12.0, 1), "…");
    }

    #[test]
    fn lines_end_at_blanks_and_between_wide_characters() {
        assert_eq!(
            wrap("sum of stems by flower", 10.0, 80, 9),
            ["sum of stems", "by flower"]
        );
        assert_eq!(
            wrap("按品类，销售额之和", 10.0, 30, 9),
            ["按品", "类，销", "售额之", "和"]
        );
        assert_eq!(wrap("一二三四五六", 10.0, 30, 1), ["一二…"]);
        assert_eq!(wrap("", 10.0, 30, 2), [""]);
    }

    #[test]
    fn nothing_is_left_that_xml_can_not_hold() {
        assert_eq!(plain("a\u{0}b\nc\u{202e}d\u{ffff}"), "a b c d\u{fffd}");
    }
}
