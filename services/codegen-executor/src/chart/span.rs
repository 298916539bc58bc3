//! Calendar spans as positions on an axis of time.

use chrono::{Datelike, NaiveDate, Weekday};
use schemas::plan::Bucket;
use schemas::value::Value;

/// The years that a whole number may stand for.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2100;

/// A span as the answer shows it (`2024`, `2024-Q1`, `2024-03`, `2024-W05`, `2024-03-05`): what it is, and where it
/// lies among its like, one apart from its neighbours. A whole number counts where it may be a year.
#[must_use]
pub fn of(value: &Value) -> Option<(Bucket, i64)> {
    match value {
        Value::Int(year) if YEARS.contains(year) => Some((Bucket::Year, *year)),
        Value::Text(text) => written(text),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Null => None,
    }
}

fn written(text: &str) -> Option<(Bucket, i64)> {
    let number = |text: &str, digits: usize| -> Option<i64> {
        let all = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        all.then(|| text.parse().ok()).flatten()
    };
    let Some((year, rest)) = text.split_once('-') else {
        return number(text, 4)
            .filter(|year| YEARS.contains(year))
            .map(|year| (Bucket::Year, year));
    };
    let year = number(year, 4)?;
    if let Some(quarter) = rest.strip_prefix('Q') {
        let quarter = number(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
        return Some((Bucket::Quarter, year * 4 + quarter - 1));
    }
    if let Some(week) = rest.strip_prefix('W') {
        let week = u32::try_from(number(week, 2)?).ok()?;
        let monday = NaiveDate::from_isoywd_opt(i32::try_from(year).ok()?, week, Weekday::Mon)?;
        return Some((Bucket::Week, i64::from(monday.num_days_from_ce()).div_euclid(7)));
    }
    match rest.split_once('-') {
        None => {
            let month = number(rest, 2).filter(|month| (1..=12).contains(month))?;
            Some((Bucket::Month, year * 12 + month - 1))
        }
        Some(_) => {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some((Bucket::Day, i64::from(day.num_days_from_ce())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_lie_one_apart() {
        for (before, after) in [
            ("2023", "2024"),
            ("2023-Q4", "2024-Q1"),
            ("2023-12", "2024-01"),
            ("2020-W53", "2021-W01"),
            ("2024-02-28", "2024-02-29"),
        ] {
            let place = |text: &str| of(&text.into()).unwrap();
            let (kind, first) = place(before);
            assert_eq!(place(after), (kind, first + 1), "{before} {after}");
        }
        assert_eq!(of(&Value::Int(2024)), Some((Bucket::Year, 2024)));
    }

    #[test]
    fn what_is_no_span_has_no_place() {
        for text in [
            "",
            "T1",
            "2024-Q5",
            "2024-13",
            "2024-W60",
            "2024-02-30",
            "0001",
            "20240101",
            "+024",
        ] {
            assert_eq!(of(&text.into()), None, "{text}");
        }
        for value in [
            Value::Null,
            Value::Int(7),
            Value::Float(2024.0),
            Value::Bool(true),
        ] {
            assert_eq!(of(&value), None);
        }
    }
}
