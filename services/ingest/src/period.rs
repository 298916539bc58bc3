//! Spans of time in text: `2024年3月`, `2024-03`, `Mar 2024`, `2024Q1`, `2024年第3季度`, `2024W05`; and days that need
//! something else to be whole: `3月5日`, `113/3/5`.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::moment;

/// How long a span of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Seven days from Monday, as ISO 8601 counts them.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
}

impl Grain {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }
}

/// A span of time, by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first day.
    pub first: NaiveDate,
    /// How long it is.
    pub grain: Grain,
}

/// Reads a span of time with a year of four digits, or `None`: this text is something else.
#[must_use]
pub fn parse(text: &str) -> Option<Period> {
    if !(6..=24).contains(&text.len()) || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    chinese(text)
        .or_else(|| numeric(text))
        .or_else(|| lettered(text))
        .or_else(|| worded(text))
}

/// `2024年3月`, `2024年03月份`, `2024年第3季度`, `2024年三季度`, `2024年Q3`, `2024年第5周`.
fn chinese(text: &str) -> Option<Period> {
    let (year, rest) = text
        .split_once(['年', '/', '-'])
        .filter(|_| text.contains('年') || text.contains('季') || text.contains('周'))?;
    let year = year_of(year.trim().trim_end_matches('年'))?;
    let rest = rest.trim();
    let rest = rest.strip_prefix('第').unwrap_or(rest);
    if let Some(month) = rest.strip_suffix("月份").or_else(|| rest.strip_suffix('月')) {
        return month_of(year, small(month)?);
    }
    if let Some(quarter) = rest.strip_suffix("季度").or_else(|| rest.strip_suffix('季')) {
        return quarter_of(year, small(quarter)?);
    }
    if let Some(quarter) = rest.strip_prefix(['Q', 'q']) {
        return quarter_of(year, small(quarter)?);
    }
    let week = rest.strip_suffix('周').or_else(|| rest.strip_suffix("週"))?;
    week_of(year, small(week)?)
}

/// `2024-03`, `2024/3`.
fn numeric(text: &str) -> Option<Period> {
    let (year, month) = text.split_once(['-', '/'])?;
    month_of(year_of(year)?, small(month).filter(|_| month.is_ascii())?)
}

/// `2024Q1`, `2024-Q1`, `Q1 2024`, `1Q2024`, `2024W05`, `2024-W05`.
fn lettered(text: &str) -> Option<Period> {
    if !text.is_ascii() {
        return None;
    }
    let place = text.find(['Q', 'q', 'W', 'w'])?;
    let (before, rest) = text.split_at(place);
    let (letter, after) = rest.split_at(1);
    let mark = |letter: char| matches!(letter, ' ' | '-' | '/' | '_');
    let (before, after) = (before.trim_matches(mark), after.trim_matches(mark));
    let (year, number) = if before.is_empty() {
        let (number, year) = after.split_once(mark)?;
        (year.trim_matches(mark), number)
    } else if let Some(year) = year_of(after).filter(|_| before.len() == 1) {
        return quarter_of(year, small(before)?).filter(|_| letter.eq_ignore_ascii_case("q"));
    } else {
        (before, after)
    };
    let (year, number) = (year_of(year)?, small(number)?);
    if letter.eq_ignore_ascii_case("q") {
        quarter_of(year, number)
    } else {
        week_of(year, number)
    }
}

/// `Mar 2024`, `March, 2024`, `2024 Mar`, `Mar-2024`.
fn worded(text: &str) -> Option<Period> {
    let mut words = text
        .split([' ', ',', '.', '-', '/'])
        .filter(|word| !word.is_empty());
    let (one, other) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    match (moment::month_named(one), moment::month_named(other)) {
        (Some(month), None) => month_of(year_of(other)?, month),
        (None, Some(month)) => month_of(year_of(one)?, month),
        _ => None,
    }
}

/// A month written as six digits, `202403`; only a header can tell that it is none of the numbers.
#[must_use]
pub fn six_digits(text: &str) -> Option<NaiveDate> {
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(month_of(year_of(text.get(..4)?)?, text.get(4..)?.parse().ok()?)?.first)
}

/// A day without a year, `3月5日`: its month and day.
#[must_use]
pub fn day_of_some_year(text: &str) -> Option<(u32, u32)> {
    let (month, rest) = text.split_once('月')?;
    let day = rest.strip_suffix(['日', '号', '號'])?;
    let (month, day) = (small(month)?, small(day)?);
    // A leap year, so that 2月29日 is a day.
    NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
}

/// A day with a year of the Republic of China: `113/3/5`, `113年3月5日`, `民國113.3.5`; only a header or the word itself
/// tells that it is one.
#[must_use]
pub fn day_of_the_republic(text: &str) -> Option<NaiveDate> {
    let text = text.trim_start_matches(['中', '华', '華', '民', '国', '國', ' ']);
    let mut parts = text.split(['年', '月', '日', '/', '-', '.']).map(str::trim);
    let year = moment::year_of_the_republic(parts.next()?)?;
    let (month, day) = (small(parts.next()?)?, small(parts.next()?)?);
    parts
        .all(str::is_empty)
        .then(|| NaiveDate::from_ymd_opt(year, month, day))
        .flatten()
}

/// The one year that texts name, if it is one.
#[must_use]
pub fn year_in<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<i32> {
    let mut found = None;
    for text in texts {
        let digits = text.split(|letter: char| !letter.is_ascii_digit());
        for year in digits.filter_map(year_of) {
            if found.is_some_and(|known| known != year) {
                return None;
            }
            found = Some(year);
        }
    }
    found
}

fn year_of(text: &str) -> Option<i32> {
    let year: i32 = (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()?;
    (1900..2100).contains(&year).then_some(year)
}

fn month_of(year: i32, month: u32) -> Option<Period> {
    Some(Period {
        first: NaiveDate::from_ymd_opt(year, month, 1)?,
        grain: Grain::Month,
    })
}

fn quarter_of(year: i32, quarter: u32) -> Option<Period> {
    let month = (1..=4).contains(&quarter).then(|| quarter * 3 - 2)?;
    Some(Period {
        first: NaiveDate::from_ymd_opt(year, month, 1)?,
        grain: Grain::Quarter,
    })
}

fn week_of(year: i32, week: u32) -> Option<Period> {
    Some(Period {
        first: NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?,
        grain: Grain::Week,
    })
}

/// One or two digits, or a Chinese numeral up to twelve.
fn small(text: &str) -> Option<u32> {
    const NUMERALS: [&str; 12] = [
        "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
    ];
    let text = text.trim();
    if (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let place = NUMERALS.iter().position(|numeral| *numeral == text)?;
    u32::try_from(place + 1).ok()
}

/// The day that a spreadsheet's number stands for, where its header speaks of days: 1954 to 2118.
#[must_use]
pub fn serial(number: f64) -> Option<NaiveDate> {
    #[expect(clippy::cast_possible_truncation, reason = "within the range of days")]
    let days = (number.fract() == 0.0 && (20_000.0..80_000.0).contains(&number)).then_some(number as i32)?;
    // 1899-12-30 is day 0 of spreadsheets.
    NaiveDate::from_num_days_from_ce_opt(NaiveDate::from_ymd_opt(1899, 12, 30)?.num_days_from_ce() + days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_by_their_first_day() {
        let check = |text: &str, first: &str, grain: Grain| {
            let period = parse(text).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!(
                (period.first.to_string().as_str(), period.grain),
                (first, grain),
                "{text:?}"
            );
        };
        for text in [
            "2024年3月",
            "2024年03月份",
            "2024-03",
            "2024/3",
            "Mar 2024",
            "March, 2024",
            "2024 Mar",
            "2024年三月",
        ] {
            check(text, "2024-03-01", Grain::Month);
        }
        for text in [
            "2024Q3",
            "2024-Q3",
            "2024 q3",
            "Q3 2024",
            "Q3-2024",
            "3Q2024",
            "2024年第3季度",
            "2024年三季度",
            "2024年第三季度",
            "2024年Q3",
            "2024年3季度",
        ] {
            check(text, "2024-07-01", Grain::Quarter);
        }
        for text in ["2024W05", "2024-W05", "2024年第5周"] {
            check(text, "2024-01-29", Grain::Week);
        }
    }

    #[test]
    fn other_things_are_no_spans() {
        for text in [
            "",
            "2024",
            "2024-13",
            "2024Q5",
            "2024W60",
            "Q1",
            "3月",
            "三季度",
            "1/2",
            "12/2024",
            "2024-03-05",
            "2024.3",
            "3024-03",
            "Quarter",
            "SW-2024",
            "24-03",
            "WQ2024",
            "May",
            "May Lin",
            "March April",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn days_that_need_a_year() {
        assert_eq!(day_of_some_year("3月5日"), Some((3, 5)));
        assert_eq!(day_of_some_year("2月30日"), None);
        assert_eq!(day_of_some_year("2024年3月5日"), None);
        for text in [
            "113/3/5",
            "113年3月5日",
            "民国113年3月5日",
            "民國113.3.5",
            "113-03-05",
        ] {
            assert_eq!(
                day_of_the_republic(text).map(|day| day.to_string()).as_deref(),
                Some("2024-03-05"),
                "{text}"
            );
        }
        assert_eq!(day_of_the_republic("2024/3/5"), None);
        assert_eq!(year_in(["2024年销售", "1-3月"]), Some(2024));
        assert_eq!(year_in(["2023-2024"]), None);
        assert_eq!(
            serial(45_000.0).map(|day| day.to_string()).as_deref(),
            Some("2023-03-15")
        );
        assert_eq!(serial(12.0), None);
    }
}
