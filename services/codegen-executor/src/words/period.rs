//! Time ranges by their everyday names.

use chrono::NaiveDate;
use schemas::Date;

/// A range of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A calendar year.
    Year(u16),
    /// A calendar quarter, 1 to 4.
    Quarter(u16, u8),
    /// A calendar month.
    Month(u16, u8),
    /// One day.
    Day(Date),
    /// From the first day to the last, both included.
    Days(Date, Date),
    /// From a day on.
    From(Date),
    /// Before a day.
    Before(Date),
    /// No bounds, or none that hold a day.
    Unbounded,
}

impl Period {
    /// The period from a day until before another.
    #[must_use]
    pub fn of(from: Option<Date>, until: Option<Date>) -> Self {
        let (from, until) = match (from, until) {
            (Some(from), Some(until)) => (from, until),
            (Some(from), None) => return Self::From(from),
            (None, Some(until)) => return Self::Before(until),
            (None, None) => return Self::Unbounded,
        };
        let months = i32::from(until.year) * 12 + i32::from(until.month)
            - i32::from(from.year) * 12
            - i32::from(from.month);
        let whole = from.day == 1 && until.day == 1;
        match (whole, months) {
            (true, 12) if from.month == 1 => Self::Year(from.year),
            (true, 3) if from.month % 3 == 1 => Self::Quarter(from.year, from.month / 3 + 1),
            (true, 1) => Self::Month(from.year, from.month),
            _ => match day_before(until) {
                Some(last) if last == from => Self::Day(from),
                Some(last) => Self::Days(from, last),
                None => Self::Unbounded,
            },
        }
    }
}

fn day_before(date: Date) -> Option<Date> {
    let day = NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))?;
    day.pred_opt()?.format("%Y-%m-%d").to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_calendar_spans_have_names() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        for (from, until, expected) in [
            ("2024-01-01", "2025-01-01", Period::Year(2024)),
            ("2024-10-01", "2025-01-01", Period::Quarter(2024, 4)),
            (
                "2024-02-01",
                "2024-05-01",
                Period::Days(date("2024-02-01"), date("2024-04-30")),
            ),
            ("2024-12-01", "2025-01-01", Period::Month(2024, 12)),
            ("2024-02-29", "2024-03-01", Period::Day(date("2024-02-29"))),
            (
                "2024-03-04",
                "2024-03-11",
                Period::Days(date("2024-03-04"), date("2024-03-10")),
            ),
        ] {
            assert_eq!(
                Period::of(Some(date(from)), Some(date(until))),
                expected,
                "{from} {until}"
            );
        }
        assert_eq!(
            Period::of(Some(date("2024-01-01")), None),
            Period::From(date("2024-01-01"))
        );
        assert_eq!(
            Period::of(None, Some(date("2024-01-01"))),
            Period::Before(date("2024-01-01"))
        );
    }
}
