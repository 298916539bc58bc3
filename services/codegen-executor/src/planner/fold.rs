//! Characters made comparable: width, case, traditional forms and punctuation, one for one, so that a place in the
//! folded text is the same place in the original.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The ideographs that have a simplified form, each looked at alone: what stands beside it does not matter here.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    ('\u{3400}'..='\u{9fff}')
        .filter_map(|c| {
            let simplified = fast2s::convert(c.encode_utf8(&mut [0; 4])).chars().next()?;
            (simplified != c).then_some((c, simplified))
        })
        .collect()
});

/// One character, folded.
#[must_use]
pub fn fold_char(c: char) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\t' | '\n' | '\r' => ' ',
        '。' => '.',
        '、' => ',',
        '‘' | '’' | '′' => '\'',
        '“' | '”' | '「' | '」' | '『' | '』' | '《' | '》' => '"',
        '【' => '(',
        '】' => ')',
        '–' | '—' | '―' | '〜' => '~',
        '−' | '‐' | '‑' => '-',
        _ => c,
    };
    if narrow.is_ascii() {
        return narrow.to_ascii_lowercase();
    }
    if let Some(simplified) = SIMPLIFIED.get(&narrow) {
        return *simplified;
    }
    let mut lower = narrow.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => narrow,
    }
}

/// A text as it is compared: folded, blanks at the ends dropped, runs of blanks made one.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().map(fold_char) {
        if c != ' ' || !(folded.is_empty() || folded.ends_with(' ')) {
            folded.push(c);
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// Whether a character is written without blanks between words.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_form_do_not_matter() {
        for (given, expected) in [
            ("ＣＡ１２３４", "ca1234"),
            ("銷售額", "销售额"),
            ("銅鑼灣的護膚品與蛋捲", "铜锣湾的护肤品与蛋卷"),
            ("  New   York ", "new york"),
            ("２０２４年３月", "2024年3月"),
            ("“T2”", "\"t2\""),
            ("Île", "île"),
        ] {
            assert_eq!(fold(given), expected);
        }
    }

    #[test]
    fn places_stay() {
        for text in ["İstanbul 的銷售額？", "ẞ ﬁ ＡＢ"] {
            assert_eq!(text.chars().map(fold_char).count(), text.chars().count());
        }
    }
}
