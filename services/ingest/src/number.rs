//! Numbers in text: `1,234.5`, `(1,234)`, `¥12`, `12%`, `1.2万`, `３５ kg`.

use std::borrow::Cow;

use crate::unit::{self, Unit};

/// A number and the unit written with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its size.
    pub value: Magnitude,
    /// The unit that the cell itself names.
    pub unit: Option<Unit>,
    /// The multiple that was written behind it and is multiplied out, for instance 万.
    pub multiple: Option<&'static str>,
}

/// Multiples behind a number and their powers of ten, longer ones first.
const MULTIPLES: [(&str, i32); 6] = [
    ("百万", 6),
    ("千万", 7),
    ("万亿", 12),
    ("万", 4),
    ("亿", 8),
    ("千", 3),
];

/// A number as it is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Magnitude {
    /// Whole.
    Int(i64),
    /// Finite.
    Float(f64),
}

impl Magnitude {
    /// As a float; whole numbers above 2⁵³ lose their last digits.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "whole numbers from text have at most 15 digits, unless grouped"
    )]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

/// Reads a number, or `None`: this text is something else. Never a date, and no date is a number.
#[must_use]
pub fn parse(text: &str) -> Option<Number> {
    if text.len() > 80 {
        return None;
    }
    if let Some(value) = plain(text) {
        return Some(Number {
            value,
            unit: None,
            multiple: None,
        });
    }
    let is_digit = |letter: char| letter.is_ascii_digit() || ('０'..='９').contains(&letter);
    if begins_otherwise(text) || !text.contains(is_digit) {
        return None;
    }
    let narrow: Cow<'_, str> = if text.is_ascii() {
        text.into()
    } else {
        text.chars().map(to_narrow).collect()
    };
    let (inner, negated) = match narrow.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (narrow.trim(), false),
    };
    let (inner, sign) = strip_sign(inner);
    let (currency, inner) = match unit::currency_before(inner) {
        Some((currency, rest)) => (Some(currency), rest),
        None => (None, inner),
    };
    // The sign may stand on either side of the currency, once.
    let (inner, inner_sign) = strip_sign(inner);
    let negative = match (negated, sign, inner_sign) {
        (false, None, None) => false,
        (true, None, None) => true,
        (false, Some(negative), None) | (false, None, Some(negative)) => negative,
        (true, _, _) | (false, Some(_), Some(_)) => return None,
    };
    let end = inner.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, ',' | '.')));
    let (body, behind) = end.map_or((inner, ""), |end| inner.split_at(end));
    let (exponent, behind) = split_exponent(body, behind);
    let behind = behind.trim();
    let unit_alone = unit::behind(behind);
    // `千克` and `千米` are units, `千` before another one is a multiple.
    let multiple = MULTIPLES
        .into_iter()
        .find(|(written, _)| unit_alone.is_none() && behind.starts_with(written));
    let (power, behind) = multiple.map_or((0, behind), |(written, power)| {
        (power, behind.get(written.len()..).unwrap_or_default())
    });
    let unit = match (currency, behind.trim()) {
        (currency, "") => currency,
        (None, behind) => Some(unit::behind(behind)?),
        // `¥12元` names its currency twice.
        (Some(currency), "元") if matches!(currency.as_str(), "¥" | "元") => Some(currency),
        (Some(_), _) => return None,
    };
    let value = magnitude(body, exponent, power, negative)?;
    Some(Number {
        value,
        unit,
        multiple: multiple.map(|(written, _)| written),
    })
}

/// Digits, perhaps with a sign and a point, as most numbers are written: read without building other texts.
fn plain(text: &str) -> Option<Magnitude> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    let point = digits.iter().position(|byte| *byte == b'.');
    let all_digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    match point {
        None => (digits.len() <= 18 && all_digits(digits))
            .then(|| text.parse().ok().map(Magnitude::Int))
            .flatten(),
        Some(point) => {
            let whole = all_digits(digits.get(..point)?) && all_digits(digits.get(point + 1..)?);
            whole.then(|| finite(text)).flatten()
        }
    }
}

/// Whether the first letters show that a text is no number. Nearly all words and days end here.
fn begins_otherwise(text: &str) -> bool {
    let in_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b',' | b'.');
    match text.as_bytes().first() {
        // Those that codes of currencies begin with may stand before a number.
        Some(letter) if letter.is_ascii_alphabetic() => !b"CEGHJRU".contains(letter),
        // No unit begins with what parts days and times.
        Some(digit) if digit.is_ascii_digit() => {
            matches!(
                text.as_bytes().iter().find(|byte| !in_number(byte)),
                Some(b'-' | b'/' | b':')
            )
        }
        _ => false,
    }
}

/// A number as much of Europe writes it, with a comma before its fraction: `1.234,50`, `1 234,5`. Only a whole column
/// can tell that `1,234` is one.
#[must_use]
pub fn parse_european(text: &str) -> Option<Number> {
    if !text.contains([',', '.', ' ', '\u{a0}', '\u{202f}']) {
        return parse(text);
    }
    let mut swapped = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let inside = swapped.ends_with(|last: char| last.is_ascii_digit())
            && letters.peek().is_some_and(char::is_ascii_digit);
        swapped.push(match letter {
            '.' => ',',
            ',' => '.',
            ' ' | '\u{a0}' | '\u{202f}' if inside => ',',
            other => other,
        });
    }
    parse(&swapped)
}

/// Whether a text shows by itself that its comma stands before a fraction.
#[must_use]
pub fn is_surely_european(text: &str) -> bool {
    text.rsplit_once(',').is_some_and(|(whole, fraction)| {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        digits != 3 && digits > 0 && whole.contains(['.', ' ', '\u{a0}', '\u{202f}']) || digits == 2
    })
}

/// A number of a workbook: whole where nothing stands behind its point, and as shown where it is shown as a percentage.
#[must_use]
pub fn from_workbook(stored: f64, unit: Option<Unit>) -> Option<Number> {
    let shown = if unit == Some(Unit::PERCENT) {
        // Shifting the decimal text gives 7 for 0.07; multiplying would give 7.000000000000001.
        format!("{stored}e2").parse().ok()?
    } else {
        stored
    };
    shown.is_finite().then(|| Number {
        value: whole_or_float(shown),
        unit,
        multiple: None,
    })
}

fn magnitude(body: &str, exponent: &str, power: i32, negative: bool) -> Option<Magnitude> {
    let digits = ungrouped(body)?;
    let sign = if negative { "-" } else { "" };
    if exponent.is_empty() && power == 0 && !digits.contains('.') {
        return match format!("{sign}{digits}").parse() {
            Ok(number) => Some(Magnitude::Int(number)),
            Err(_) => finite(&format!("{sign}{digits}")),
        };
    }
    if power == 0 {
        return finite(&format!("{sign}{digits}{exponent}"));
    }
    if !exponent.is_empty() {
        return None;
    }
    match finite(&format!("{sign}{digits}e{power}"))? {
        Magnitude::Float(number) => Some(whole_or_float(number)),
        whole @ Magnitude::Int(_) => Some(whole),
    }
}

fn finite(text: &str) -> Option<Magnitude> {
    let number: f64 = text.parse().ok()?;
    // Minus nothing is nothing.
    number.is_finite().then_some(Magnitude::Float(number + 0.0))
}

/// Beyond 2⁵³ a float that looks whole may have lost digits: it stays a float.
fn whole_or_float(number: f64) -> Magnitude {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within ±2⁵³")]
    if number.fract() == 0.0 && number.abs() <= EXACT {
        Magnitude::Int(number as i64)
    } else {
        Magnitude::Float(number)
    }
}

/// The digits without their separators; `None` where the commas do not part groups of three.
fn ungrouped(body: &str) -> Option<String> {
    let (whole, fraction) = match body.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (body, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.is_some_and(|fraction| fraction.is_empty() && whole.is_empty() || !all_digits(fraction)) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut digits = first.to_owned();
    let mut grouped = false;
    for group in groups {
        if group.len() != 3 || !all_digits(group) {
            return None;
        }
        grouped = true;
        digits.push_str(group);
    }
    if !all_digits(first)
        || grouped && !(1..=3).contains(&first.len())
        || first.is_empty() && fraction.is_none()
    {
        return None;
    }
    if first.is_empty() {
        digits.push('0');
    }
    match fraction {
        Some("") => digits.push_str(".0"),
        Some(fraction) => {
            digits.push('.');
            digits.push_str(fraction);
        }
        None => {}
    }
    Some(digits)
}

/// `e+05` or `E-3` behind the digits. Without a sign it must follow a fraction, since `12E3` is rather a gate or a code.
fn split_exponent<'a>(body: &str, behind: &'a str) -> (&'a str, &'a str) {
    let Some(rest) = behind.strip_prefix(['e', 'E']) else {
        return ("", behind);
    };
    let signed = rest.starts_with(['+', '-']);
    let digits = rest.trim_start_matches(['+', '-']);
    let end = digits
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(digits.len());
    let shape = rest.len() - digits.len() <= 1 && (1..=3).contains(&end) && (signed || body.contains('.'));
    if shape && !body.contains(',') {
        behind.split_at(1 + rest.len() - digits.len() + end)
    } else {
        ("", behind)
    }
}

fn strip_sign(text: &str) -> (&str, Option<bool>) {
    if let Some(rest) = text.strip_prefix(['-', '−']) {
        (rest.trim_start(), Some(true))
    } else if let Some(rest) = text.strip_prefix('+') {
        (rest.trim_start(), Some(false))
    } else {
        (text, None)
    }
}

/// Full-width digits and signs as typed with a Chinese input method.
fn to_narrow(letter: char) -> char {
    match letter {
        '！'..='～' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '\u{3000}' | '\u{a0}' | '\u{202f}' => ' ',
        '−' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        parse(text).map(|number| {
            let unit = number
                .unit
                .map_or_else(String::new, |unit| format!(" {}", unit.as_str()));
            match number.value {
                Magnitude::Int(value) => format!("{value}{unit}"),
                Magnitude::Float(value) => format!("{value:?}{unit}"),
            }
        })
    }

    fn check(text: &str, expect: &str) {
        assert_eq!(shown(text).as_deref(), Some(expect), "{text:?}");
    }

    #[test]
    fn numbers() {
        check("0", "0");
        check("-7", "-7");
        check("+7", "7");
        check("1,234", "1234");
        check("12,345,678.90", "12345678.9");
        check("(1,234)", "-1234");
        check("（1,234.5）", "-1234.5");
        check("3.0", "3.0");
        check(".5", "0.5");
        check("5.", "5.0");
        check("-.5", "-0.5");
        check("-0.0", "0.0");
        check("1.5e3", "1500.0");
        check("1E+05", "100000.0");
        check("2e-3", "0.002");
        check("１２３．５", "123.5");
        check("−4", "-4");
    }

    #[test]
    fn units_stand_before_or_behind() {
        check("12%", "12 %");
        check("12.5 %", "12.5 %");
        check("-3％", "-3 %");
        check("¥1,200", "1200 ¥");
        check("￥1,200元", "1200 ¥");
        check("-$5.50", "-5.5 $");
        check("$-5.50", "-5.5 $");
        check("($5)", "-5 $");
        check("USD 12", "12 $");
        check("12 USD", "12 $");
        check("35元", "35 元");
        check("3万", "30000");
        check("1.2万元", "12000 元");
        check("1.23456万", "12345.6");
        check("2.5亿", "250000000");
        check("78 kg", "78 kg");
        check("120平方米", "120 m²");
    }

    #[test]
    fn other_things_are_no_numbers() {
        for text in [
            "",
            "-",
            ".",
            ",",
            "%",
            "abc",
            "1,23",
            "1,2345",
            ",123",
            "1,,234",
            "1.2.3",
            "1.234,56",
            "--1",
            "-(5)",
            "(-5)",
            "-$-5",
            "12E3",
            "T2",
            "A12",
            "CA1234",
            "2024-03-05",
            "2024/3/5",
            "2024年3月5日",
            "10:30",
            "1/2",
            "1-2",
            "5 March 2024",
            "12 apples",
            "1 234",
            "0x1F",
            "1e400",
            "NaN",
            "inf",
            "infinity",
            "1_000",
            "12%%",
            "$",
            "¥",
            "$12 kg",
            "1e5.5",
            "１２月",
            "USDX 5",
            "第3",
        ] {
            assert_eq!(shown(text), None, "{text:?}");
        }
    }

    #[test]
    fn workbook_percentages_are_kept_as_shown() {
        for (stored, shown) in [
            (0.07, 7.0),
            (0.123, 12.3),
            (1.0, 100.0),
            (-0.005, -0.5),
            (0.2875, 28.75),
        ] {
            let number = from_workbook(stored, Some(Unit::PERCENT)).unwrap();
            assert_eq!(number.value.as_f64(), shown);
        }
        assert_eq!(from_workbook(3.0, None).unwrap().value, Magnitude::Int(3));
        assert_eq!(from_workbook(3.5, None).unwrap().value, Magnitude::Float(3.5));
        assert_eq!(from_workbook(f64::NAN, None), None);
    }
}
