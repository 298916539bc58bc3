//! What headers say beside the thing that a column holds: the unit that it is counted in, its scale, a year.

use super::super::fold::fold;
use super::super::lexicon::lexicon;
use super::{HeaderWord, pieces, without_unit, words};

/// `price_usd`, `weight_kg`, `gdp_usd_bn`: units at the end say how it is counted and not what.
pub(super) fn without_trailing_unit(mut words: Vec<HeaderWord>) -> Vec<HeaderWord> {
    // "opened since 2000" compares with the year that `OpenSince` tells.
    if words.len() > 1 && words.last().is_some_and(|word| word.text == "since") {
        words.pop();
    }
    while words.len() > 1 && words.last().is_some_and(is_unit) {
        words.pop();
        // `price_usd_per_kwh` is a price.
        if words.len() > 1 && words.last().is_some_and(|word| word.text == "per") {
            words.pop();
        }
    }
    words
}

/// The unit that a header ends in: the metres of `Height (m)`, the kilograms of `weight_kg`.
#[must_use]
pub fn unit(header: &str) -> Option<String> {
    let bracket = header.rfind(['(', '[', '（', '【']);
    let bracketed = bracket.and_then(|at| header.get(at..)).map(|unit| {
        let signs = ['(', ')', '[', ']', '（', '）', '【', '】', ' '];
        fold(unit.trim_matches(|c| signs.contains(&c)))
    });
    bracketed.or_else(|| {
        let last = words(header).pop()?;
        is_unit(&last).then_some(last.text)
    })
}

fn is_unit(word: &HeaderWord) -> bool {
    const SCALES: [&str; 16] = [
        "bn", "mn", "mm", "k", "ugm3", "kt", "mt", "mtoe", "pct", "ppm", "mo", "thousand", "million", "mil",
        "mln", "billion",
    ];
    let measures = lexicon().is_measuring_unit(&word.text);
    let text = word.text.as_str();
    text.is_ascii() && (SCALES.contains(&text) || measures && (text.len() <= 4 || word.concepts.is_empty()))
}

/// Words at the beginning of a header that state something.
const STATING: [&str; 12] = [
    "is", "has", "was", "can", "does", "sells", "offers", "accepts", "allows", "includes", "uses", "owns",
];

/// What a header says to be so or not: the 进口 of 是否进口, the active of `is_active`.
pub(super) fn stated(words: &[HeaderWord]) -> Option<&[HeaderWord]> {
    let (first, thing) = words.split_first()?;
    let states = matches!(
        first.text.as_str(),
        "is" | "has" | "was" | "是否" | "有无" | "是否为" | "是否有"
    );
    (states && !thing.is_empty()).then_some(thing)
}

/// Whether a header says that its numbers are truth values: `is_coop`, `fraud_flag`.
#[must_use]
pub fn says_truth(header: &str) -> bool {
    let pieces = pieces(header);
    let first = pieces.first().map(String::as_str);
    let last = pieces.last().map(String::as_str);
    pieces.len() > 1 && (first.is_some_and(|first| STATING.contains(&first)) || last == Some("flag"))
}

/// What one stands for in a column whose header says so: `gdp_usd_bn`, `Budget (USD m)`, `sales in thousands`.
#[must_use]
pub fn scale(header: &str) -> f64 {
    let pieces = pieces(header);
    let scale = |piece: &str| match piece {
        "bn" | "billion" | "billions" => Some(1e9),
        "mn" | "mm" | "mil" | "mln" | "million" | "millions" => Some(1e6),
        "thousand" | "thousands" => Some(1e3),
        _ => None,
    };
    // An m alone is a metre, unless it counts money.
    let money = |piece: &String| matches!(piece.as_str(), "usd" | "eur" | "gbp" | "cny" | "rmb");
    let millions = pieces
        .windows(2)
        .any(|pair| pair.first().is_some_and(money) && pair.get(1).is_some_and(|piece| piece == "m"));
    let said = pieces.iter().find_map(|piece| scale(piece));
    said.unwrap_or(if millions { 1e6 } else { 1.0 })
}

/// The year that a header ends in: `pop_2020`.
#[must_use]
pub fn edition(header: &str) -> Option<u16> {
    let words = without_trailing_unit(words(without_unit(header)));
    let (last, rest) = words.split_last()?;
    let year: u16 = last.text.parse().ok()?;
    (!rest.is_empty() && (1900..=2100).contains(&year)).then_some(year)
}
