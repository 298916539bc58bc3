//! Codes that are known by their form alone: regulations, telephone numbers, flights with a space.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Around, Found, group, identifiers, numbered, plain};

/// English words of two letters, and units: with a space and a number after them they are no airline.
const NO_AIRLINES: &[&str] = &[
    "ad", "ah", "am", "an", "as", "at", "bc", "be", "by", "cm", "do", "ed", "eg", "ft", "go", "he", "hi",
    "hz", "id", "ie", "if", "in", "is", "it", "kg", "km", "lb", "me", "mg", "ml", "mm", "ms", "my", "nm",
    "no", "of", "oh", "ok", "on", "or", "oz", "pc", "ph", "pm", "re", "so", "st", "th", "to", "tv", "up",
    "us", "vs", "we",
];

/// What makes a number before it a quantity: as one character, and as a word after a space.
const UNITS: &str = "元米年月日个人次名公千万亿吨克斤升度秒分小天岁辆架台件平%";
const UNIT_WORDS: &[&str] = &[
    "cm",
    "cny",
    "dollars",
    "feet",
    "ft",
    "g",
    "kg",
    "km",
    "m",
    "meters",
    "metres",
    "mg",
    "ml",
    "mm",
    "passengers",
    "people",
    "rmb",
    "tonnes",
    "usd",
    "yuan",
];

type Rule = fn(&Captures<'_>, Around<'_>) -> Vec<String>;

/// In this order.
const RULES: &[(&str, Rule)] = &[
    (
        r"[〔\[(【](?P<year>(?:19|20)[0-9]{2})[〕\])】]\s*第?(?P<number>[0-9]{1,4})号",
        document,
    ),
    (
        r"第\s*(?P<number>[0-9]{1,4}|[一二三四五六七八九十百零]{1,5})\s*条",
        article,
    ),
    (
        r"(?-u:\b)(?P<body>(?:gb|mh|ga|jt|jgj|cjj|db[0-9]{2})(?:/t)?|iso(?:/iec)?|iec|ccar|annex|doc)[ -]?(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?)(?P<part>-[a-z][0-9]{1,2})?(?:-(?:19|20)[0-9]{2})?(?-u:\b)",
        regulation,
    ),
    (
        r"(?-u:\b)(?:\+?86[ -]?)?(?P<number>0[0-9]{2,3}[ -]?[0-9]{3,4}[ -]?[0-9]{4}|1[3-9][0-9]{9}|[48]00[ -]?[0-9]{3}[ -]?[0-9]{4})(?-u:\b)",
        telephone,
    ),
    (
        r"(?-u:\b)(?P<exchange>[2-9][0-9]{3})-(?P<line>[0-9]{4})(?-u:\b)",
        local_telephone,
    ),
    (
        r"(?-u:\b)(?P<number>12[0-9]{3}|9[56][0-9]{3,4}|[0-9]{7,12})(?-u:\b)",
        hotline,
    ),
    (
        r"(?-u:\b)(?P<airline>[a-z]{2}|[0-9][a-z]) (?P<number>[0-9]{3,4}[a-z]?)(?-u:\b)",
        flight,
    ),
    (r"(?-u:\b)[a-z0-9]+(?:-[a-z0-9]+)*(?-u:\b)", |found, _| {
        identifiers::of(found.get(0).map_or("", |whole| whole.as_str()))
    }),
];

static PATTERNS: LazyLock<Vec<(Regex, Rule)>> = LazyLock::new(|| {
    RULES
        .iter()
        .filter_map(|(pattern, rule)| Some((Regex::new(pattern).ok()?, *rule)))
        .collect()
});

pub(super) fn find(found: &mut Found) {
    for (pattern, rule) in PATTERNS.iter() {
        found.each(pattern, rule);
    }
}

/// The number of an official document, as in `民航发〔2023〕12号`.
fn document(found: &Captures<'_>, _: Around<'_>) -> Vec<String> {
    vec![format!(
        "{}-{}",
        group(found, "year"),
        plain(group(found, "number"))
    )]
}

/// `第十二条`
fn article(found: &Captures<'_>, _: Around<'_>) -> Vec<String> {
    let number = group(found, "number");
    let number =
        numbered::numeral(number).map_or_else(|| plain(number).to_owned(), |number| number.to_string());
    vec![format!("article{number}")]
}

/// Standards and regulations; the year of their edition is left out.
fn regulation(found: &Captures<'_>, _: Around<'_>) -> Vec<String> {
    let body = group(found, "body").replace('/', "");
    let part = group(found, "part").replace('-', "");
    vec![format!("{body}{}{part}", group(found, "number"))]
}

/// Landlines with their area, mobiles, 400: digits alone.
fn telephone(found: &Captures<'_>, _: Around<'_>) -> Vec<String> {
    vec![
        group(found, "number")
            .chars()
            .filter(char::is_ascii_digit)
            .collect(),
    ]
}

/// A landline without its area; years from one to another are none.
fn local_telephone(found: &Captures<'_>, _: Around<'_>) -> Vec<String> {
    let (exchange, line) = (group(found, "exchange"), group(found, "line"));
    let is_year = |number: &str| number.starts_with("20") || number.starts_with("19");
    if is_year(exchange) && is_year(line) {
        return Vec::new();
    }
    vec![format!("{exchange}{line}")]
}

/// Hotlines, and other numbers that are too long for a quantity without commas.
fn hotline(found: &Captures<'_>, around: Around<'_>) -> Vec<String> {
    let fraction = around.before.ends_with(['.', ','])
        || (around.after.starts_with(['.', ',']) && around.after.get(1..).is_some_and(starts_with_digit));
    let word = around
        .after
        .trim_start()
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    let quantity =
        around.after.trim_start().starts_with(|next| UNITS.contains(next)) || UNIT_WORDS.contains(&word);
    if fraction || quantity {
        Vec::new()
    } else {
        vec![group(found, "number").to_owned()]
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// With a space; without one it is an identifier like others.
fn flight(found: &Captures<'_>, _: Around<'_>) -> Vec<String> {
    let airline = group(found, "airline");
    if NO_AIRLINES.contains(&airline) {
        return Vec::new();
    }
    vec![format!("{airline}{}", group(found, "number"))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        assert_eq!(PATTERNS.len(), RULES.len());
    }
}
