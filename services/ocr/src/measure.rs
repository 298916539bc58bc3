//! How well images are read, against what is known to stand in them.

use unicode_normalization::UnicodeNormalization;

/// Wrong letters among all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Errors {
    /// Letters that would have to be put in, taken out or changed (Levenshtein).
    pub wrong: usize,
    /// Letters that stand in the image.
    pub letters: usize,
}

impl Errors {
    /// Of both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            wrong: self.wrong + other.wrong,
            letters: self.letters + other.letters,
        }
    }

    /// The character error rate; 0 where nothing stands in the image and nothing was read.
    #[must_use]
    pub fn rate(self) -> f64 {
        self.wrong as f64 / self.letters.max(1) as f64
    }
}

/// Compares letters, without spaces and line breaks, in the spelling that Unicode calls NFKC: wide and narrow forms are the
/// same.
#[must_use]
pub fn errors(truth: &str, read: &str) -> Errors {
    let plain = |text: &str| -> String { text.nfkc().filter(|letter| !letter.is_whitespace()).collect() };
    let (truth, read) = (plain(truth), plain(read));
    Errors {
        wrong: strsim::levenshtein(&truth, &read),
        letters: truth.chars().count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_compared_and_not_their_width_or_spaces() {
        let check = |truth: &str, read: &str, wrong: usize, letters: usize| {
            assert_eq!(
                errors(truth, read),
                Errors { wrong, letters },
                "{truth:?} {read:?}"
            );
        };
        check("T2 登机口\nA12", "Ｔ２登机口 A12", 0, 8);
        check("登机口 A12", "登机囗 A1", 2, 6);
        check("", "x", 1, 0);
        check("出口（左）", "出口(左)", 0, 5);
        assert!((errors("abcd", "abxd").rate() - 0.25).abs() < 1e-9);
    }
}
