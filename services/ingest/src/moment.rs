//! Days and moments in text: `2024年3月5日`, `2024/3/5`, `2024-03-05 10:00:00`, `March 5, 2024`, `31.12.2024`.
//!
//! A year has four digits and a day needs all of year, month and day: `2024`, `3月` and `2024-03` are no days.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

mod clock;

/// A day that one cell names, with what its column must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// The time of day, if there is one.
    pub time: Option<NaiveTime>,
    /// Minutes east of UTC, if the cell names a time zone.
    pub zone: Option<i32>,
}

/// A day, or two: `03/04/2024` is read in one way or the other by the column that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// There is one way to read it.
    Certain(NaiveDate),
    /// Two numbers and a year.
    Either {
        /// Read as month, day, year; `None`: there is no such day.
        month_first: Option<NaiveDate>,
        /// Read as day, month, year; `None`: there is no such day.
        day_first: Option<NaiveDate>,
        /// Whether a slash parts them: the custom of who writes the month first.
        slashes: bool,
    },
}

impl Moment {
    /// The day when months stand first, or when days do.
    #[must_use]
    pub fn date(&self, month_first: bool) -> Option<NaiveDate> {
        match self.day {
            Day::Certain(day) => Some(day),
            Day::Either {
                month_first: first,
                day_first: second,
                ..
            } => {
                if month_first {
                    first
                } else {
                    second
                }
            }
        }
    }

    /// The moment; a day without a time begins at midnight.
    #[must_use]
    pub fn at(&self, month_first: bool) -> Option<NaiveDateTime> {
        Some(
            self.date(month_first)?
                .and_time(self.time.unwrap_or(NaiveTime::MIN)),
        )
    }
}

/// Reads a day or moment, or `None`: this text is something else.
#[must_use]
pub fn parse(text: &str) -> Option<Moment> {
    if !(6..=48).contains(&text.len()) || text.bytes().filter(u8::is_ascii_digit).count() < 4 {
        return None;
    }
    let (day, rest) = iso(text)
        .or_else(|| chinese(text))
        .or_else(|| numeric(text))
        .or_else(|| worded(text))?;
    let (time, zone) = clock::parse(rest)?;
    Some(Moment { day, time, zone })
}

/// A day written as eight digits, `20240305`; only a header can tell that it is none of the numbers.
#[must_use]
pub fn eight_digits(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..)?);
    let year: i32 = year.parse().ok()?;
    (1000..=2999).contains(&year).then_some(())?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

/// `2024-03-05`, as most days are written: read without looking for its parts.
fn iso(text: &str) -> Option<(Day, &str)> {
    let (written, rest) = text.split_at_checked(10)?;
    let [y1, y2, y3, y4, mark @ (b'-' | b'/' | b'.'), m1, m2, other, d1, d2] = *written.as_bytes() else {
        return None;
    };
    if mark != other || rest.starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let year = digits([y1, y2])? * 100 + digits([y3, y4])?;
    let day = date(i32::try_from(year).ok()?, digits([m1, m2])?, digits([d1, d2])?)?;
    Some((Day::Certain(day), rest))
}

fn digits(bytes: [u8; 2]) -> Option<u32> {
    let [tens, ones] = bytes;
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// `2024年3月5日` or `…号`.
fn chinese(text: &str) -> Option<(Day, &str)> {
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let end = rest.find(['日', '号'])?;
    let (day, rest) = rest.split_at(end);
    let rest = rest.strip_prefix(['日', '号'])?;
    let year = year.trim();
    let year = match year.strip_prefix("中华").unwrap_or(year).strip_prefix("民国") {
        Some(year) => year_of_the_republic(year.trim())?,
        None => four(year)?,
    };
    let day = date(year, small(month.trim())?, small(day.trim())?)?;
    Some((Day::Certain(day), rest))
}

/// Years of the Republic of China count from 1912.
pub(crate) fn year_of_the_republic(year: &str) -> Option<i32> {
    let short = (1..=3).contains(&year.len()) && year.bytes().all(|byte| byte.is_ascii_digit());
    let year: i32 = short.then(|| year.parse().ok()).flatten()?;
    (year > 0).then_some(year + 1911)
}

/// `2024-03-05`, `2024/3/5`, `2024.3.5`, and the other ways round with the year last.
fn numeric(text: &str) -> Option<(Day, &str)> {
    let mark = text.chars().find(|letter| !letter.is_ascii_digit())?;
    if !matches!(mark, '-' | '/' | '.') {
        return None;
    }
    let (first, rest) = text.split_once(mark)?;
    let (second, rest) = rest.split_once(mark)?;
    let end = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    let (third, rest) = rest.split_at(end);
    if let Some(year) = four(first) {
        return Some((Day::Certain(date(year, small(second)?, small(third)?)?), rest));
    }
    let (year, first, second) = (four(third)?, small(first)?, small(second)?);
    let (month_first, day_first) = (date(year, first, second), date(year, second, first));
    let day = match (month_first, day_first) {
        (None, None) => return None,
        (Some(one), Some(other)) if one == other => Day::Certain(one),
        _ => Day::Either {
            month_first,
            day_first,
            slashes: mark == '/',
        },
    };
    Some((day, rest))
}

/// `March 5, 2024`, `5 March 2024`, `5-Mar-2024`, `Mar. 5th 2024`, `Tuesday, 5 March 2024`.
fn worded(text: &str) -> Option<(Day, &str)> {
    let mut rest = text;
    let mut month = None;
    let mut number = None;
    for _ in 0..4 {
        rest = rest.trim_start_matches([' ', ',', '-', '.']);
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if let (Some(month), Some(day), Some(year)) = (month, number, four(word)) {
            return Some((Day::Certain(date(year, month, day)?), rest));
        }
        if let Some(named) = month_named(word) {
            if month.replace(named).is_some() {
                return None;
            }
        } else if let Some(day) = small(word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic())) {
            let ending = word
                .trim_start_matches(|letter: char| letter.is_ascii_digit())
                .to_ascii_lowercase();
            if !matches!(ending.as_str(), "" | "st" | "nd" | "rd" | "th") || number.replace(day).is_some() {
                return None;
            }
        } else if !is_weekday(word) {
            return None;
        }
    }
    None
}

fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

fn four(text: &str) -> Option<i32> {
    (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn two(text: &str) -> Option<u32> {
    small(text.trim())
}

fn small(text: &str) -> Option<u32> {
    ((1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

pub(crate) fn month_named(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if !(3..=9).contains(&word.len()) {
        return None;
    }
    let is = |written: &str| word.eq_ignore_ascii_case(written);
    let place = MONTHS.iter().position(|month| {
        is(month) || month.get(..3).is_some_and(is) || (*month == "september" && is("sept"))
    })?;
    u32::try_from(place + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let is = |written: &str| word.eq_ignore_ascii_case(written);
    DAYS.iter().any(|day| is(day) || day.get(..3).is_some_and(is))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &str) {
        let moment = parse(text).unwrap_or_else(|| panic!("{text:?} is no day"));
        let date = match moment.day {
            Day::Certain(date) => date.to_string(),
            Day::Either {
                month_first,
                day_first,
                ..
            } => {
                let show = |day: Option<NaiveDate>| day.map_or("-".to_owned(), |day| day.to_string());
                format!("{}|{}", show(month_first), show(day_first))
            }
        };
        let time = moment.time.map_or_else(String::new, |time| format!(" {time}"));
        let zone = moment.zone.map_or_else(String::new, |zone| format!(" {zone:+}"));
        assert_eq!(format!("{date}{time}{zone}"), expect, "{text:?}");
    }

    #[test]
    fn days() {
        check("2024年3月5日", "2024-03-05");
        check("2024年03月05号", "2024-03-05");
        check("2024/3/5", "2024-03-05");
        check("2024-03-05", "2024-03-05");
        check("2024.3.5", "2024-03-05");
        check("March 5, 2024", "2024-03-05");
        check("Mar 5 2024", "2024-03-05");
        check("Mar. 5th, 2024", "2024-03-05");
        check("5 March 2024", "2024-03-05");
        check("5-Mar-2024", "2024-03-05");
        check("Tuesday, 5 March 2024", "2024-03-05");
        check("14 April 1205", "1205-04-14");
        check("Sept 9, 1999", "1999-09-09");
    }

    #[test]
    fn the_column_decides_between_two_days() {
        check("03/04/2024", "2024-03-04|2024-04-03");
        check("12/31/2024", "2024-12-31|-");
        check("31/12/2024", "-|2024-12-31");
        check("31.12.2024", "-|2024-12-31");
        check("05/05/2024", "2024-05-05");
    }

    #[test]
    fn moments() {
        check("2024-03-05 10:00:00", "2024-03-05 10:00:00");
        check("2024-03-05T10:00:00Z", "2024-03-05 10:00:00 +0");
        check("2024-03-05T10:00:00.250+08:00", "2024-03-05 10:00:00.250 +480");
        check("2024-03-05 10:00", "2024-03-05 10:00:00");
        check("2024年3月5日 10时30分", "2024-03-05 10:30:00");
        check("2024年3月5日 8时", "2024-03-05 08:00:00");
        check("3/15/2024 1:05 PM", "2024-03-15|- 13:05:00");
        check("March 5, 2024 12:00 AM", "2024-03-05 00:00:00");
        check("2024年3月5日 下午3:05", "2024-03-05 15:05:00");
        check("2024年3月5日下午3时5分", "2024-03-05 15:05:00");
        check("2024/3/5 上午 9:30:00", "2024-03-05 09:30:00");
        check("民国113年3月5日", "2024-03-05");
    }

    #[test]
    fn other_things_are_no_days() {
        for text in [
            "",
            "2024",
            "1001",
            "20240305",
            "2024-03",
            "2024年3月",
            "3月5日",
            "2024-02-30",
            "2023-13-01",
            "10:30",
            "1-2-3",
            "1.2.3",
            "192.168.1.1",
            "T2-2024",
            "March 2024",
            "March 32, 2024",
            "May",
            "2024-03-05x",
            "2024-03-05 25:00",
            "2024-03-05 10",
            "5 March",
            "A-2024-03-05",
            "March April 5 2024",
            "12-34-5678",
            "5 5 March 2024",
            "2024-03-05-01",
            "5 x March 2024",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn eight_digits_are_a_day_only_where_there_is_one() {
        assert_eq!(eight_digits("20240229"), NaiveDate::from_ymd_opt(2024, 2, 29));
        for text in [
            "20230229",
            "20241301",
            "99991231",
            "2024030",
            "202403055",
            "2024-3-5",
        ] {
            assert_eq!(eight_digits(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_number_is_a_day(number in any::<f64>(), whole in any::<i64>()) {
            prop_assert_eq!(parse(&number.to_string()), None);
            prop_assert_eq!(parse(&whole.to_string()), None);
        }

        #[test]
        fn no_text_is_both(text in "[0-9年月日/.:,%万 -]{0,14}") {
            prop_assert!(parse(&text).is_none() || crate::number::parse(&text).is_none(), "{}", text);
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = parse(&text);
            let _ = crate::number::parse(&text);
        }

        #[test]
        fn what_is_written_is_read(days in 0i64..2_000_000) {
            let day = NaiveDate::from_ymd_opt(1000, 1, 1).unwrap() + chrono::Days::new(u64::try_from(days).unwrap() % 3_000_000);
            for format in ["%Y-%m-%d", "%Y/%-m/%-d", "%Y年%-m月%-d日", "%B %-d, %Y", "%-d %b %Y"] {
                let text = day.format(format).to_string();
                prop_assert_eq!(parse(&text).and_then(|moment| moment.date(true)), Some(day), "{}", text);
            }
        }
    }
}
