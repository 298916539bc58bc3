//! How the cells of a column are read, and why.

use schemas::overrides::{ColumnOverride, DateOrder};
use schemas::table::ColumnType;

use super::Context;
use crate::cell::{Identifier, TruthWords};
use crate::census::Census;
use crate::header::Heading;
use crate::period::Grain;

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reading {
    Int,
    Float,
    /// With a comma before the fraction.
    European {
        whole: bool,
    },
    EightDigitDate,
    SixDigitMonth,
    Serial,
    Date {
        month_first: bool,
    },
    Datetime {
        month_first: bool,
    },
    Periods(Grain),
    /// Days without a year, in this year.
    DaysOf(i32),
    /// Days without a year, in the years of another column.
    DaysOfYearsIn(usize),
    DaysOfTheRepublic,
    /// A day in any spelling: somebody has said that these are days.
    AnyDate {
        month_first: bool,
    },
    AnyDatetime {
        month_first: bool,
    },
    /// Any number, whatever its unit.
    AnyNumber {
        whole: bool,
    },
    AnyBool,
    Bool(TruthWords),
    Text,
}

pub(super) fn decide(census: &Census, heading: &Heading, context: &Context<'_>) -> (Reading, String) {
    match context.overrides.and_then(|set| Some((set, set.kind?))) {
        Some((set, kind)) => (forced(kind, census, set), "it was set".to_owned()),
        None => found(census, heading, context),
    }
}

/// Whether the month stands first where that is not certain.
pub(super) fn month_first(census: &Census, set: Option<&ColumnOverride>) -> bool {
    match set.and_then(|set| set.date_order) {
        Some(DateOrder::MonthFirst) => true,
        Some(DateOrder::DayFirst) => false,
        None => census.month_first(),
    }
}

fn forced(kind: ColumnType, census: &Census, set: &ColumnOverride) -> Reading {
    let month_first = month_first(census, Some(set));
    match kind {
        ColumnType::Bool => Reading::AnyBool,
        ColumnType::Int if census.is_european() => Reading::European { whole: true },
        ColumnType::Float if census.is_european() => Reading::European { whole: false },
        ColumnType::Int => Reading::AnyNumber { whole: true },
        ColumnType::Float => Reading::AnyNumber { whole: false },
        ColumnType::Date => Reading::AnyDate { month_first },
        ColumnType::Datetime => Reading::AnyDatetime { month_first },
        ColumnType::Text => Reading::Text,
    }
}

fn found(census: &Census, heading: &Heading, context: &Context<'_>) -> (Reading, String) {
    let text = |because: String| (Reading::Text, because);
    let total = census.values;
    if total == 0 {
        return text("there are no values".into());
    }
    if let Some((identifier, example)) = &census.identifier {
        return text(match identifier {
            Identifier::LeadingZeros => {
                format!("{example:?} begins with zero: identifiers are kept as written")
            }
            Identifier::ManyDigits => {
                format!("{example:?} has more than 15 digits: identifiers are kept as written")
            }
            Identifier::Phone => format!("{example:?} is a telephone number"),
        });
    }
    if census.digits == total && says(&heading.name, PHONE_WORDS) {
        return text("the header says telephone numbers".into());
    }
    if census.mobiles == total && total >= 5 {
        return text(format!("all {total} values look like mobile numbers"));
    }
    if let Some(found) = digits_as_days(census, heading) {
        return found;
    }
    if census.cut_short {
        return text("more than one in 20 values is neither a number nor a day".into());
    }
    let numbers = census.numbers;
    if nearly_all(numbers, total) {
        if census.mixed_units {
            return text("the cells name different units: adding them up would be wrong".into());
        }
        let because = format!("{numbers} of {total} values are numbers");
        return if census.whole == numbers {
            (Reading::Int, format!("{because}, all of them whole"))
        } else {
            (Reading::Float, because)
        };
    }
    if census.is_european() && nearly_all(census.european, total) {
        let because = format!(
            "{} of {total} values are numbers with a comma before the fraction",
            census.european
        );
        return (Reading::European { whole: false }, because);
    }
    let month_first = month_first(census, context.overrides);
    let days = census.days(month_first);
    if nearly_all(days, total) {
        if census.mixed_zones {
            return text("the moments name different time zones".into());
        }
        let because = format!("{days} of {total} values are days");
        return if census.times > 0 {
            (
                Reading::Datetime { month_first },
                format!("{because}, with a time of day"),
            )
        } else {
            (Reading::Date { month_first }, because)
        };
    }
    if let Some(found) = incomplete_days(census, heading, context) {
        return found;
    }
    if let Some(words) = census.truths() {
        return (
            Reading::Bool(words),
            format!("all {} values are truth values", census.truth_values()),
        );
    }
    text(match (numbers, days) {
        (0, 0) => format!("none of {total} values is a number or a day"),
        (0, _) => format!("only {days} of {total} values are days"),
        _ => format!("only {numbers} of {total} values are numbers"),
    })
}

/// Numbers that are days because the header says so, and every one of them can be.
fn digits_as_days(census: &Census, heading: &Heading) -> Option<(Reading, String)> {
    let total = census.values;
    if census.eight_digit_days == total && says(&heading.name, DAY_WORDS) {
        let because = format!("the header says days, and all {total} values are valid yyyymmdd");
        return Some((Reading::EightDigitDate, because));
    }
    if census.six_digit_months == total && says(&heading.name, MONTH_WORDS) {
        let because = format!("the header says months, and all {total} values are valid yyyymm");
        return Some((Reading::SixDigitMonth, because));
    }
    if census.serials == total && says(&heading.name, DATE_WORDS) {
        let because = format!(
            "the header says dates, and all {total} values are the numbers that spreadsheets keep for days"
        );
        return Some((Reading::Serial, because));
    }
    None
}

/// Spans of time, and days that the header or the title completes.
fn incomplete_days(census: &Census, heading: &Heading, context: &Context<'_>) -> Option<(Reading, String)> {
    let total = census.values;
    if let Some(grain) = census.grain
        && nearly_all(census.periods, total)
        && !says(&heading.name, ID_WORDS)
    {
        let because = format!(
            "{} of {total} values are a {}; each is kept as its first day",
            census.periods,
            grain.as_str()
        );
        return Some((Reading::Periods(grain), because));
    }
    let republic = heading.name.contains("民国") || heading.name.contains("民國");
    if republic && nearly_all(census.days_of_the_republic, total) {
        let because = format!(
            "the header says the calendar of the Republic of China, in which all {total} values are days"
        );
        return Some((Reading::DaysOfTheRepublic, because));
    }
    if census.days_of_some_year > 0 && nearly_all(census.days_of_some_year, total) {
        return Some(match (context.years, context.year) {
            (Some(column), _) => (
                Reading::DaysOfYearsIn(column),
                format!(
                    "all {total} values are days without a year; another column says the year of each row"
                ),
            ),
            (None, Some(year)) => (
                Reading::DaysOf(year),
                format!(
                    "all {total} values are days without a year; the title or the sheet's name says {year}"
                ),
            ),
            (None, None) => (
                Reading::Text,
                format!(
                    "all {total} values are days without a year, and nothing above the table says which it is"
                ),
            ),
        });
    }
    None
}

/// All, or in a column of at least 20 values all but one in 20.
fn nearly_all(fitting: u64, total: u64) -> bool {
    fitting == total || (total >= 20 && (total - fitting.min(total)) * 20 <= total)
}

/// English words match whole, Chinese ones anywhere.
pub(super) fn says(header: &str, words: &[&str]) -> bool {
    let lower = header.to_lowercase();
    words.iter().any(|word| {
        if word.is_ascii() {
            lower
                .split(|letter: char| !letter.is_ascii_alphabetic())
                .any(|part| part == *word)
        } else {
            lower.contains(word)
        }
    })
}

const DAY_WORDS: &[&str] = &[
    "date", "day", "dates", "birthday", "dob", "日期", "时间", "生日", "日",
];
/// Words for dates and nothing else: a number of days is no date.
const DATE_WORDS: &[&str] = &[
    "date",
    "dates",
    "birthday",
    "dob",
    "日期",
    "生日",
    "出生年月日",
    "时间",
    "時間",
];
const MONTH_WORDS: &[&str] = &["month", "months", "月份", "年月", "月"];
/// What `2024-03` is the beginning of where the header says so.
const ID_WORDS: &[&str] = &[
    "id", "no", "code", "batch", "number", "编号", "編號", "号码", "批次", "批号", "代码", "单号",
];
const PHONE_WORDS: &[&str] = &[
    "phone",
    "tel",
    "telephone",
    "mobile",
    "cell",
    "fax",
    "电话",
    "手机",
    "传真",
    "联系方式",
];
