//! Days, months, quarters and years, counted from a stated "today".

use chrono::{Datelike, Days, Months, NaiveDate};
use schemas::Date;
use schemas::plan::Bucket;

/// What "today" means.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    today: NaiveDate,
}

/// `from <= day < until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first day.
    pub from: Date,
    /// The first day behind it.
    pub until: Date,
}

impl Span {
    /// The year that it is exactly.
    #[must_use]
    pub fn as_year(self) -> Option<u16> {
        self.as_years()
            .filter(|(first, last)| first == last)
            .map(|(first, _)| first)
    }

    /// The first and last year, where it is whole years.
    #[must_use]
    pub fn as_years(self) -> Option<(u16, u16)> {
        let starts = |date: Date| date.month == 1 && date.day == 1;
        (starts(self.from) && starts(self.until) && self.until.year > self.from.year)
            .then(|| (self.from.year, self.until.year - 1))
    }

    /// The year and month that it is exactly.
    #[must_use]
    pub fn as_month(self) -> Option<(u16, u8)> {
        (self == month_span(self.from.year, self.from.month, 1)?).then_some((self.from.year, self.from.month))
    }
}

impl Calendar {
    /// A calendar whose today is this day; days that chrono does not know are taken for the first one it knows.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self {
            today: naive(today).unwrap_or_default(),
        }
    }

    /// The span of a kind that today lies in, moved by some spans: -1 is the last one.
    #[must_use]
    pub fn whole(&self, bucket: Bucket, moved: i32) -> Option<Span> {
        let today = self.today;
        let month0 = i32::try_from(today.month0()).ok()?;
        match bucket {
            Bucket::Year => months_span(today.year() + moved, 0, 12),
            Bucket::Quarter => months_span(today.year(), month0 / 3 * 3 + moved * 3, 3),
            Bucket::Month => months_span(today.year(), month0 + moved, 1),
            Bucket::Week => {
                let monday =
                    today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday())))?;
                let start = shifted(monday, i64::from(moved) * 7)?;
                span(start, shifted(start, 7)?)
            }
            Bucket::Day => {
                let day = shifted(today, i64::from(moved))?;
                span(day, shifted(day, 1)?)
            }
        }
    }

    /// The last so many spans up to and with today, rolling.
    #[must_use]
    pub fn rolling(&self, bucket: Bucket, count: u32) -> Option<Span> {
        let behind = shifted(self.today, 1)?;
        let days = |days: u32| shifted(behind, -i64::from(days));
        let months = |months: u32| behind.checked_sub_months(Months::new(months));
        let start = match bucket {
            Bucket::Year => months(count.checked_mul(12)?)?,
            Bucket::Quarter => months(count.checked_mul(3)?)?,
            Bucket::Month => months(count)?,
            Bucket::Week => days(count.checked_mul(7)?)?,
            Bucket::Day => days(count)?,
        };
        span(start, behind)
    }

    /// From the start of this year, month and so on up to and with today.
    #[must_use]
    pub fn so_far(&self, bucket: Bucket) -> Option<Span> {
        let whole = self.whole(bucket, 0)?;
        Some(Span {
            until: date(shifted(self.today, 1)?)?,
            ..whole
        })
    }
}

/// Some months of a year, the first one counted from 1.
#[must_use]
pub fn month_span(year: u16, first: u8, count: u8) -> Option<Span> {
    months_span(i32::from(year), i32::from(first) - 1, i32::from(count))
}

/// One day.
#[must_use]
pub fn day_span(year: u16, month: u8, day: u8) -> Option<Span> {
    let day = naive(Date::new(year, month, day)?)?;
    span(day, shifted(day, 1)?)
}

/// Some months from the month `month0` of a year, which may lie outside of it.
fn months_span(year: i32, month0: i32, count: i32) -> Option<Span> {
    let first = |month0: i32| {
        let month = u32::try_from(month0.rem_euclid(12)).ok()? + 1;
        NaiveDate::from_ymd_opt(year + month0.div_euclid(12), month, 1)
    };
    span(first(month0)?, first(month0 + count)?)
}

fn shifted(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 {
        day.checked_sub_days(distance)
    } else {
        day.checked_add_days(distance)
    }
}

fn span(from: NaiveDate, until: NaiveDate) -> Option<Span> {
    Some(Span {
        from: date(from)?,
        until: date(until)?,
    })
}

fn naive(date: Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

fn date(day: NaiveDate) -> Option<Date> {
    Date::new(
        u16::try_from(day.year()).ok()?,
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_around_today() {
        let calendar = Calendar::new("2024-03-31".parse().unwrap());
        for (span, expected) in [
            (calendar.whole(Bucket::Year, -1), "2023-01-01 2024-01-01"),
            (calendar.whole(Bucket::Quarter, -1), "2023-10-01 2024-01-01"),
            (calendar.whole(Bucket::Month, -3), "2023-12-01 2024-01-01"),
            (calendar.whole(Bucket::Week, -1), "2024-03-18 2024-03-25"),
            (calendar.whole(Bucket::Day, 0), "2024-03-31 2024-04-01"),
            (calendar.rolling(Bucket::Month, 1), "2024-03-01 2024-04-01"),
            (calendar.rolling(Bucket::Day, 7), "2024-03-25 2024-04-01"),
            (calendar.so_far(Bucket::Year), "2024-01-01 2024-04-01"),
        ] {
            let span = span.unwrap();
            assert_eq!(format!("{} {}", span.from, span.until), expected);
        }
    }

    #[test]
    fn whole_years_and_months_are_known_as_such() {
        assert_eq!(month_span(2024, 1, 12).unwrap().as_year(), Some(2024));
        assert_eq!(month_span(2024, 2, 1).unwrap().as_month(), Some((2024, 2)));
        assert_eq!(month_span(2024, 2, 2).unwrap().as_month(), None);
        assert_eq!(day_span(2024, 1, 1).unwrap().as_year(), None);
    }
}
