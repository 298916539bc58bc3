//! What one cell may be: a number, a day, a truth value, an identifier, nothing, or text.

use chrono::{NaiveDateTime, NaiveTime, Timelike};

use crate::grid::Cell;
use crate::moment::{self, Day, Moment};
use crate::number::{self, Number};
use crate::period::{self, Period};

/// Spellings of "nothing here" that nobody uses for something.
const MISSING: &[&str] = &[
    "-", "--", "—", "——", "–", "N/A", "n/a", "#N/A", "NULL", "null", "Null", "<NA>", "(null)", "N.A.",
];

/// Spellings that may also be words, names or codes: missing among numbers, days and truth values; in a column of text
/// the other cells decide.
const MAYBE_MISSING: &[&str] = &[
    "NA", "na", "nan", "NaN", "NAN", "无", "空", "暂无", "缺失", "缺", "/", "\\", "?", "？", ".", "..",
    "...", "…", "未填", "不详", "無", "暫無", "不詳", "／",
];

/// Spellings that are missing among numbers, days and truth values, and words like others in a column of text: how many
/// are unknown may be asked.
const MISSING_AMONG_VALUES: &[&str] = &[
    "None", "none", "NONE", "nil", "Nil", "*", "未知", "unknown", "Unknown", "TBD", "tbd", "待定",
];

/// Bytes of the longest of them.
const LONGEST_MISSING: usize = 7;

/// Whether a cell has no value, whatever stands around it.
#[must_use]
pub fn is_missing(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Empty | Cell::Error(_) => true,
        Cell::Text(text) => begins_as_missing(text) && MISSING.contains(&text),
        Cell::Number(..) | Cell::Bool(_) | Cell::Moment(_) => false,
    }
}

/// Whether a text may stand for a missing one in a column of text.
#[must_use]
pub fn may_be_missing(text: &str) -> bool {
    begins_as_missing(text) && MAYBE_MISSING.contains(&text)
}

/// Whether a text is as short as all these spellings and begins like one of them: few others do.
fn begins_as_missing(text: &str) -> bool {
    let first = text.as_bytes().first();
    let begins = first.is_some_and(|first| !first.is_ascii() || b"-#<(/\\?.*NnUuTt".contains(first));
    begins && text.len() <= LONGEST_MISSING
}

/// The spelling itself, for as long as anybody may need it.
pub(crate) fn spelling(text: &str) -> Option<&'static str> {
    MAYBE_MISSING.iter().copied().find(|known| *known == text)
}

/// Whether a cell has no value if its column is not one of text.
#[must_use]
pub fn is_missing_among_values(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Text(text) => {
            begins_as_missing(text)
                && (MISSING.contains(&text)
                    || MAYBE_MISSING.contains(&text)
                    || MISSING_AMONG_VALUES.contains(&text))
        }
        cell => is_missing(cell),
    }
}

/// The number in a cell.
#[must_use]
pub fn number(cell: Cell<'_>) -> Option<Number> {
    match cell {
        Cell::Number(stored, unit) => number::from_workbook(stored, unit),
        Cell::Text(text) => number::parse(text),
        Cell::Empty | Cell::Bool(_) | Cell::Moment(_) | Cell::Error(_) => None,
    }
}

/// The day or moment in a cell; a number is none.
#[must_use]
pub fn moment(cell: Cell<'_>) -> Option<Moment> {
    match cell {
        Cell::Moment(moment) => Some(Moment {
            day: Day::Certain(moment.date()),
            time: (moment.time() != NaiveTime::MIN).then(|| moment.time()),
            zone: None,
        }),
        Cell::Text(text) => moment::parse(text),
        Cell::Empty | Cell::Bool(_) | Cell::Number(..) | Cell::Error(_) => None,
    }
}

/// The span of time in a cell.
#[must_use]
pub fn period(cell: Cell<'_>) -> Option<Period> {
    match cell {
        Cell::Text(text) => period::parse(text),
        Cell::Empty | Cell::Bool(_) | Cell::Number(..) | Cell::Moment(_) | Cell::Error(_) => None,
    }
}

/// How a truth value is written: words of one way only make a column of truth values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TruthWords {
    /// The workbook's own.
    Native,
    /// true, false
    TrueFalse,
    /// yes, no
    YesNo,
    /// 是, 否
    ShiFou,
    /// Y, N
    YN,
    /// T, F
    TF,
    /// 有, 无
    YouWu,
    /// √, ×
    Marks,
}

impl TruthWords {
    /// Whether both letters must occur before they mean true and false: a column of nothing but `F` is something else.
    #[must_use]
    pub fn is_single_letter(self) -> bool {
        match self {
            Self::YN | Self::TF | Self::YouWu | Self::Marks => true,
            Self::Native | Self::TrueFalse | Self::YesNo | Self::ShiFou => false,
        }
    }
}

/// The truth value in a cell; 0 and 1 are numbers.
#[must_use]
pub fn truth(cell: Cell<'_>) -> Option<(bool, TruthWords)> {
    let text = match cell {
        Cell::Bool(truth) => return Some((truth, TruthWords::Native)),
        Cell::Text(text) if text.len() <= 5 => text,
        Cell::Text(_) | Cell::Empty | Cell::Number(..) | Cell::Moment(_) | Cell::Error(_) => return None,
    };
    let mut lower = [0u8; 5];
    let lower = lower.get_mut(..text.len())?;
    lower.copy_from_slice(text.as_bytes());
    lower.make_ascii_lowercase();
    match std::str::from_utf8(lower).ok()? {
        "true" => Some((true, TruthWords::TrueFalse)),
        "false" => Some((false, TruthWords::TrueFalse)),
        "yes" => Some((true, TruthWords::YesNo)),
        "no" => Some((false, TruthWords::YesNo)),
        "是" => Some((true, TruthWords::ShiFou)),
        "否" => Some((false, TruthWords::ShiFou)),
        "y" => Some((true, TruthWords::YN)),
        "n" => Some((false, TruthWords::YN)),
        "t" => Some((true, TruthWords::TF)),
        "f" => Some((false, TruthWords::TF)),
        "有" => Some((true, TruthWords::YouWu)),
        "无" | "無" => Some((false, TruthWords::YouWu)),
        "√" | "✓" | "✔" => Some((true, TruthWords::Marks)),
        "×" | "✗" | "✘" => Some((false, TruthWords::Marks)),
        _ => None,
    }
}

/// Why digits are an identifier and no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identifier {
    /// `007`: as a number it would lose its zeros.
    LeadingZeros,
    /// More than 15 digits: as a number it could lose its last ones.
    ManyDigits,
    /// `+86 138…` or such.
    Phone,
}

/// Whether the text of a cell is digits that must be kept as written.
#[must_use]
pub fn identifier(text: &str) -> Option<Identifier> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && text.len() > 15 {
        return Some(Identifier::ManyDigits);
    }
    if digits && text.len() > 1 && text.starts_with('0') {
        return Some(Identifier::LeadingZeros);
    }
    let phone = text
        .strip_prefix('+')
        .is_some_and(|rest| (8..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit()));
    phone.then_some(Identifier::Phone)
}

/// Whether digits look like a mobile number of mainland China.
#[must_use]
pub fn is_mobile_number(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() == 11
        && bytes.next() == Some(b'1')
        && bytes.next().is_some_and(|byte| (b'3'..=b'9').contains(&byte))
        && bytes.all(|byte| byte.is_ascii_digit())
}

/// The cell as text, for a column of text or for people to read.
#[must_use]
pub fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Number(stored, unit) => {
            number::from_workbook(stored, unit).map_or_else(String::new, |number| {
                let digits = match number.value {
                    number::Magnitude::Int(value) => value.to_string(),
                    number::Magnitude::Float(value) => value.to_string(),
                };
                if number.unit == Some(crate::unit::Unit::PERCENT) {
                    format!("{digits}%")
                } else {
                    digits
                }
            })
        }
        Cell::Bool(truth) => if truth { "true" } else { "false" }.to_owned(),
        Cell::Moment(moment) if moment.time() == NaiveTime::MIN => moment.date().to_string(),
        Cell::Moment(moment) => iso(moment),
        Cell::Error(error) => error.to_owned(),
    }
}

/// A moment in ISO 8601, with thousandths only where there are any.
#[must_use]
pub fn iso(moment: NaiveDateTime) -> String {
    let format = if moment.nanosecond() == 0 {
        "%Y-%m-%dT%H:%M:%S"
    } else {
        "%Y-%m-%dT%H:%M:%S%.3f"
    };
    moment.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_many_spellings() {
        for text in ["-", "—", "N/A", "null", "#N/A"] {
            assert!(is_missing(Cell::Text(text)), "{text:?}");
        }
        for text in ["NA", "无", "空", "None", "unknown"] {
            assert!(!is_missing(Cell::Text(text)), "{text:?}");
            assert!(is_missing_among_values(Cell::Text(text)), "{text:?}");
        }
        for text in ["0", "no", "否", "nullable", "Nan", "a-b"] {
            assert!(!is_missing_among_values(Cell::Text(text)), "{text:?}");
        }
    }

    #[test]
    fn all_spellings_of_nothing_begin_as_they_are_told_to() {
        for text in [MISSING, MAYBE_MISSING, MISSING_AMONG_VALUES].concat() {
            assert!(begins_as_missing(text), "{text:?}");
        }
    }

    #[test]
    fn truth_is_a_word_and_no_number() {
        let check = |text: &str, expect: Option<bool>| {
            assert_eq!(
                truth(Cell::Text(text)).map(|(truth, _)| truth),
                expect,
                "{text:?}"
            );
        };
        for text in ["true", "TRUE", "Yes", "是", "Y", "t"] {
            check(text, Some(true));
        }
        for text in ["false", "No", "否", "n", "F"] {
            check(text, Some(false));
        }
        for text in ["0", "1", "on", "真的", "M", "", "truest"] {
            check(text, None);
        }
    }

    #[test]
    fn identifiers_keep_their_digits() {
        let check = |text: &str, expect: Option<Identifier>| assert_eq!(identifier(text), expect, "{text:?}");
        check("007", Some(Identifier::LeadingZeros));
        check("00", Some(Identifier::LeadingZeros));
        check("0", None);
        check("0.5", None);
        check("1001", None);
        check("123456789012345", None);
        check("1234567890123456", Some(Identifier::ManyDigits));
        check("110101199003071234", Some(Identifier::ManyDigits));
        check("+8613912345678", Some(Identifier::Phone));
        check("+5", None);
        assert!(is_mobile_number("13912345678"));
        assert!(!is_mobile_number("12912345678") && !is_mobile_number("1391234567"));
    }

    #[test]
    fn cells_read_as_people_see_them() {
        let moment = chrono::NaiveDate::from_ymd_opt(2024, 3, 5).unwrap();
        for (cell, expect) in [
            (Cell::Number(3.0, None), "3"),
            (Cell::Number(0.07, Some(crate::unit::Unit::PERCENT)), "7%"),
            (Cell::Number(2.5, None), "2.5"),
            (Cell::Bool(true), "true"),
            (Cell::Moment(moment.and_time(NaiveTime::MIN)), "2024-03-05"),
            (
                Cell::Moment(moment.and_hms_opt(10, 30, 0).unwrap()),
                "2024-03-05T10:30:00",
            ),
            (
                Cell::Moment(moment.and_hms_milli_opt(10, 30, 0, 5).unwrap()),
                "2024-03-05T10:30:00.005",
            ),
            (Cell::Error("#DIV/0!"), "#DIV/0!"),
        ] {
            assert_eq!(text(cell), expect);
        }
    }
}
