//! Numbers and constants as text.

use schemas::Language;
use schemas::value::Value;

/// Decimals that are shown at most, unless all of them were zero.
const DECIMALS: usize = 4;

/// A number as measures are shown: thousands separated by commas, at most four decimals, no zeros at the end.
#[must_use]
pub fn grouped(value: &Value) -> String {
    parted(&plain(value))
}

/// The digits of a number with commas between thousands.
#[must_use]
pub fn parted(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A number as identifiers and constants are shown: without separators, at most four decimals, no zeros at the end.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => decimal(*number),
        Value::Text(text) => text.clone(),
    }
}

/// A number with all the decimals that it has, as something was rounded to them: without separators.
#[must_use]
pub fn exact(number: f64) -> String {
    trimmed(&number.to_string())
}

/// To how many decimals figures are rounded.
#[must_use]
pub fn rounded_to(decimals: u8, language: Language) -> String {
    match (language, decimals) {
        (Language::Zh, 0) => "取整数".to_owned(),
        (Language::Zh, _) => format!("保留 {decimals} 位小数"),
        (Language::En, 0) => "round to whole numbers".to_owned(),
        (Language::En, 1) => "round to 1 decimal".to_owned(),
        (Language::En, _) => format!("round to {decimals} decimals"),
    }
}

fn decimal(number: f64) -> String {
    let rounded = trimmed(&format!("{number:.DECIMALS$}"));
    if number == 0.0 || rounded.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        return rounded;
    }
    // Too small for four decimals: as many as give four digits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 4 and 324"
    )]
    let leading = (-number.abs().log10()).floor().clamp(0.0, 324.0) as usize;
    let decimals = leading + DECIMALS;
    trimmed(&format!("{number:.decimals$}"))
}

fn trimmed(text: &str) -> String {
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    };
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// A number with its unit: `%` and Chinese units stand close, others behind a blank.
#[must_use]
pub fn with_unit(number: &str, unit: Option<&str>) -> String {
    match unit {
        Some(unit) if unit.starts_with(|first: char| first.is_ascii_alphabetic()) => {
            format!("{number} {unit}")
        }
        Some(unit) => format!("{number}{unit}"),
        None => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_trimmed() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1_234.5, "1,234.5"),
            (-1_234_567.0, "-1,234,567"),
            (999.99995, "1,000"),
            (1.0 / 3.0, "0.3333"),
            (0.000_012_346_7, "0.00001235"),
            (-0.000_02, "-0.00002"),
            (100_000.0, "100,000"),
        ] {
            assert_eq!(grouped(&Value::Float(number)), expected);
        }
        assert_eq!(grouped(&Value::Int(i64::MIN)), "-9,223,372,036,854,775,808");
        assert_eq!(plain(&Value::Int(1_001_234)), "1001234");
    }

    #[test]
    fn what_was_rounded_is_shown_whole() {
        for (number, expected) in [
            (1.234_567, "1.234567"),
            (35.0, "35"),
            (-0.0, "0"),
            (1e-7, "0.0000001"),
        ] {
            assert_eq!(exact(number), expected);
        }
    }

    #[test]
    fn units_stand_as_is_usual() {
        assert_eq!(with_unit("12.5", Some("%")), "12.5%");
        assert_eq!(with_unit("3", Some("万元")), "3万元");
        assert_eq!(with_unit("3", Some("kg")), "3 kg");
        assert_eq!(with_unit("3", None), "3");
    }
}
