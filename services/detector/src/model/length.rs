//! Ranges of lengths: how much a score says hangs on how much text it was made of.

use schemas::Language;
use schemas::judgement::LengthUnit;

/// What a language's length is counted in.
#[must_use]
pub fn unit(language: Language) -> LengthUnit {
    match language {
        Language::Zh => LengthUnit::Characters,
        Language::En => LengthUnit::Words,
    }
}

/// Where ranges begin. Below the first one a text is too short: scores of so little text were right little more often than
/// a coin.
#[must_use]
pub fn starts(language: Language) -> &'static [usize] {
    match language {
        Language::Zh => &[50, 100, 200, 400],
        Language::En => &[50, 100, 200],
    }
}

/// The number of the range that a length is in; none below the first.
#[must_use]
pub fn bucket(language: Language, units: usize) -> Option<usize> {
    starts(language).iter().rposition(|start| units >= *start)
}

/// The range in figures, for instance `100-199` or `400+`.
#[must_use]
pub fn name(language: Language, bucket: usize) -> String {
    let starts = starts(language);
    match (starts.get(bucket), starts.get(bucket + 1)) {
        (Some(start), Some(next)) => format!("{start}-{}", next - 1),
        (Some(start), None) => format!("{start}+"),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_has_one_range() {
        assert_eq!(bucket(Language::Zh, 49), None);
        assert_eq!(bucket(Language::Zh, 50), Some(0));
        assert_eq!(bucket(Language::Zh, 100_000), Some(3));
        assert_eq!(name(Language::Zh, 1), "100-199");
        assert_eq!(name(Language::En, 2), "200+");
    }
}
