//! Ranges of places: `A12-A14`, `gates 12 to 14`, `12至14号登机口`. Who asks for gate 13 means one of them.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, group, numbered};

/// Longer ones are no ranges of places.
const LONGEST: u32 = 100;

/// In this order: with letters, in English, in Chinese.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let to = "\\s*(?:号\\s*)?(?:-|~|to|至|到)\\s*";
    let places = "登机口|登机门|值机柜台|柜台|行李转盘|转盘|停机位|机位";
    [
        format!("(?-u:\\b)(?P<first>[a-z])(?P<from>[0-9]{{1,3}}){to}(?P<last>[a-z])(?P<to>[0-9]{{1,3}})(?-u:\\b)"),
        format!(
            "(?-u:\\b)(?P<word>gates|counters|stands|carousels|belts)\\s+(?P<from>[0-9]{{1,3}}){to}(?P<to>[0-9]{{1,3}})(?-u:\\b)"
        ),
        format!("(?-u:\\b)(?P<from>[0-9]{{1,3}}){to}(?P<to>[0-9]{{1,3}})\\s*号?\\s*(?P<word>{places})"),
    ]
    .iter()
    .filter_map(|text| Regex::new(text).ok())
    .collect()
});

pub(super) fn find(found: &mut Found) {
    for pattern in PATTERNS.iter() {
        found.each(pattern, |captures, _| {
            let (first, last) = (group(captures, "first"), group(captures, "last"));
            let (Ok(from), Ok(to)) = (group(captures, "from").parse(), group(captures, "to").parse()) else {
                return Vec::new();
            };
            if first != last || from >= to || to - from > LONGEST {
                return Vec::new();
            }
            let word = group(captures, "word");
            (from..=to)
                .filter_map(|number: u32| {
                    if word.is_empty() {
                        Some(format!("{first}{number}"))
                    } else {
                        numbered::code_of(word, number)
                    }
                })
                .collect()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        assert_eq!(PATTERNS.len(), 3);
    }
}
