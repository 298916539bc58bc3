//! Places that are numbered: `gate 12`, `12号登机口`, `Terminal 2`, `B区`.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, group, plain};

/// What is numbered: its name in a code, its English words, its Chinese words, and which values it may have in Chinese.
struct Kind {
    name: &'static str,
    english: &'static str,
    chinese: &'static str,
    values: Values,
}

/// What may stand before a Chinese word and number it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    /// Digits, a letter, both, or a Chinese numeral.
    Any,
    /// No Chinese numeral: `同一室` is no room 1.
    Written,
    /// Digits with `号` only: `三门` is no door 3.
    Counted,
}

const KINDS: &[Kind] = &[
    kind("gate", "gates?", "登机口|登机门", Values::Any),
    kind("t", "terminals?", "航站楼|候机楼|航厦", Values::Any),
    kind(
        "counter",
        "counters?|check-in desks?",
        "值机柜台|柜台|值机岛",
        Values::Any,
    ),
    kind(
        "belt",
        "carousels?|belts?",
        "行李转盘|转盘|行李传送带",
        Values::Any,
    ),
    kind("stand", "stands?|bays?", "停机位|机位", Values::Any),
    kind("exit", "exits?", "出口", Values::Any),
    kind("room", "rooms?", "房间|会议室|室", Values::Written),
    kind("zone", "zones?|areas?", "区域|区", Values::Written),
    kind("door", "doors?", "门", Values::Counted),
];

const fn kind(name: &'static str, english: &'static str, chinese: &'static str, values: Values) -> Kind {
    Kind {
        name,
        english,
        chinese,
        values,
    }
}

/// What counts something else: `航站楼3层` is no terminal 3, and `登机口12:30` no gate 12.
const COUNTS: &str = "楼层元米分年月日个点时条人次公小间台处家只座块种名位:.%";

/// Places of the patterns of a kind; the third one is Chinese with the value after.
const ENGLISH: usize = 0;
const BEFORE: usize = 1;

/// The patterns of each kind.
static PATTERNS: LazyLock<Vec<(&'static Kind, Vec<Regex>)>> = LazyLock::new(|| {
    KINDS
        .iter()
        .map(|kind| {
            let patterns = kind.patterns();
            (
                kind,
                patterns.iter().filter_map(|text| Regex::new(text).ok()).collect(),
            )
        })
        .collect()
});

impl Kind {
    fn patterns(&self) -> Vec<String> {
        let Self { english, chinese, .. } = self;
        let value = "(?P<value>[a-z]{0,2}-?[0-9]{1,4}[a-z]?|[a-z])";
        let before = match self.values {
            Values::Any => {
                "第?(?P<value>(?-u:\\b)[a-z]{0,2}-?[0-9]{1,4}[a-z]?|(?-u:\\b)[a-z]|[一二三四五六七八九十百]{1,4})\\s*号?"
            }
            Values::Written => "(?-u:\\b)(?P<value>[a-z]{0,2}-?[0-9]{1,4}[a-z]?|[a-z])\\s*号?",
            Values::Counted => "(?-u:\\b)(?P<value>[0-9]{1,4})\\s*号",
        };
        let mut patterns = vec![
            format!("(?-u:\\b)(?:{english})(?-u:\\b)\\s*(?:no\\.?\\s*|number\\s*|#\\s*)?{value}(?-u:\\b)"),
            format!("{before}\\s*(?:{chinese})"),
        ];
        if self.values == Values::Any {
            patterns.push(format!("(?:{chinese})\\s*:?\\s*{value}(?-u:\\b)"));
        }
        patterns
    }

    /// The code of one place.
    fn code(&self, value: &str) -> Option<String> {
        let value = value.replace('-', "");
        let digits = numeral(&value).map_or(value, |number| number.to_string());
        let first_digit = digits.find(|c: char| c.is_ascii_digit());
        Some(match (first_digit, self.name) {
            // Terminals are known by T: `T2` and `2` are one.
            (Some(1), "t") if digits.starts_with('t') => digits,
            (Some(0), name) => format!("{name}{}", plain(&digits)),
            // With a letter it is a name of its own: gate A12 is written A12 elsewhere.
            (Some(_), _) => digits,
            (None, "t") => format!("terminal{digits}"),
            (None, name) => format!("{name}{digits}"),
        })
    }
}

pub(super) fn find(found: &mut Found) {
    for (kind, patterns) in PATTERNS.iter() {
        for (way, pattern) in patterns.iter().enumerate() {
            found.each(pattern, |captures, around| {
                let value = group(captures, "value");
                // The value at the end of the match may belong to what follows.
                let counts = way != BEFORE && around.after.starts_with(|next| COUNTS.contains(next));
                // `area a large` has an article.
                let next = around.after.trim_start();
                let article =
                    way == ENGLISH && matches!(value, "a" | "i") && next.starts_with(char::is_alphabetic);
                // `统一柜台` is no counter 1: a numeral says that it is one.
                let whole = captures.get(0).map_or("", |whole| whole.as_str());
                let accident = numeral(value).is_some() && !whole.contains(['第', '号']);
                if counts || article || accident {
                    return Vec::new();
                }
                kind.code(value).into_iter().collect()
            });
        }
    }
}

/// The codes of a range of places, for instance of gates 12 to 14.
pub(super) fn code_of(word: &str, number: u32) -> Option<String> {
    PATTERNS
        .iter()
        .find(|(kind, _)| {
            kind.english
                .split('|')
                .any(|known| known.trim_end_matches("s?") == word.trim_end_matches('s'))
                || kind.chinese.split('|').any(|known| known == word)
        })
        .and_then(|(kind, _)| kind.code(&number.to_string()))
}

/// A Chinese numeral up to 199 as a number.
pub(super) fn numeral(text: &str) -> Option<u32> {
    let (mut total, mut digit) = (0, None);
    for c in text.chars() {
        let unit = match c {
            '百' => 100,
            '十' => 10,
            _ => {
                let value = "零一二三四五六七八九".chars().position(|known| known == c)?;
                digit = u32::try_from(value).ok();
                continue;
            }
        };
        total += digit.take().unwrap_or(1) * unit;
    }
    Some(total + digit.unwrap_or(0)).filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        for (kind, patterns) in PATTERNS.iter() {
            assert_eq!(patterns.len(), kind.patterns().len(), "{}", kind.name);
        }
    }

    #[test]
    fn numerals() {
        for (text, expect) in [
            ("二", Some(2)),
            ("十", Some(10)),
            ("十二", Some(12)),
            ("三十", Some(30)),
            ("二十一", Some(21)),
            ("一百零五", Some(105)),
            ("12", None),
            ("", None),
        ] {
            assert_eq!(numeral(text), expect, "{text}");
        }
    }
}
