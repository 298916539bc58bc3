//! One spelling for what people write in several ways.

use unicode_normalization::UnicodeNormalization;

/// Full-width and compatibility forms (Unicode NFKC), capitals, traditional characters, accents of Latin letters and the
/// kinds of hyphens and apostrophes, each folded into one.
pub(super) fn fold(text: &str) -> String {
    let folded: String = text
        .nfkd()
        // Combining accents of Latin, Greek and Cyrillic; the marks of kana and other scripts are letters of their own.
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .nfkc()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '﹣' => '-',
            '\u{2018}' | '\u{2019}' => '\'',
            other => other,
        })
        .collect();
    fast2s::convert(&folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        for (text, expect) in [
            ("ＣＡ１２３４", "ca1234"),
            ("機場航廈", "机场航厦"),
            ("MU–5101", "mu-5101"),
            ("Zürich", "zurich"),
            ("がぎ", "がぎ"),
            ("①", "1"),
        ] {
            assert_eq!(fold(text), expect);
        }
    }
}
