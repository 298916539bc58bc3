//! The type of a column, decided by all of its cells, and the values of that type.
//!
//! Numbers are tried before days, and a number never becomes a day; the one exception is a column whose header speaks
//! of days and whose every value is a valid eight-digit day. A few stray cells do not spoil a long column: they become
//! missing values that are listed with their addresses.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};
use schemas::table::{ColumnType, Decision, UnparsedCell};

use crate::cell::{self, Identifier, TruthWords};
use crate::census::Census;
use crate::grid::{Cell, Grid};
use crate::header::Heading;
use crate::moment;
use crate::number::{Magnitude, Number};
use crate::unit::Unit;

/// The values of a column, one a row; `None` is a missing one.
#[derive(Debug, Clone, PartialEq)]
pub enum Values<'a> {
    /// Truth values.
    Bool(Vec<Option<bool>>),
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Finite numbers.
    Float(Vec<Option<f64>>),
    /// Days.
    Date(Vec<Option<NaiveDate>>),
    /// Moments, to the millisecond.
    Datetime(Vec<Option<NaiveDateTime>>),
    /// Texts.
    Text(Vec<Option<Cow<'a, str>>>),
}

impl Values<'_> {
    /// Their type.
    #[must_use]
    pub fn kind(&self) -> ColumnType {
        match self {
            Self::Bool(_) => ColumnType::Bool,
            Self::Int(_) => ColumnType::Int,
            Self::Float(_) => ColumnType::Float,
            Self::Date(_) => ColumnType::Date,
            Self::Datetime(_) => ColumnType::Datetime,
            Self::Text(_) => ColumnType::Text,
        }
    }
}

/// A column with its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Column<'a> {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Values<'a>,
    /// The unit of its numbers.
    pub unit: Option<String>,
    /// The first cells that did not fit.
    pub unparsed: Vec<UnparsedCell>,
    /// How many did not fit.
    pub unparsed_count: u64,
    /// Why it has this type, and what else was decided about it.
    pub decisions: Vec<Decision>,
}

/// Cells listed as unparsed, at most.
pub(crate) const LISTED: usize = 100;
/// Letters of an unparsed cell's text, at most.
const LISTED_LETTERS: usize = 200;

/// How the cells of a column are read, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reading {
    Int,
    Float,
    EightDigitDate,
    Date { month_first: bool },
    Datetime { month_first: bool },
    Bool(TruthWords),
    Text,
}

/// Decides the type of one column and reads it.
#[must_use]
pub fn read<'a>(grid: &'a Grid, heading: &Heading, rows: &[usize]) -> Column<'a> {
    let census = Census::take(grid, heading.column, rows);
    let (reading, because) = decide(&census, heading);
    let mut reader = Reader {
        grid,
        column: heading.column,
        unparsed: Vec::new(),
        unparsed_count: 0,
        unit: census.unit,
    };
    let values = reader.values(reading, rows);
    let kind = values.kind();
    let mut decisions = vec![Decision {
        about: format!("type of {}", heading.name),
        chosen: name_of(kind).into(),
        because,
    }];
    let numbers = kind.is_number();
    let own = census
        .unit
        .filter(|_| numbers)
        .map(|unit| unit.as_str().to_owned());
    let unit = own.or_else(|| heading.unit.clone().filter(|_| numbers));
    if let Some(unit) = &unit {
        let because = match census.unit {
            Some(Unit::PERCENT) => "the cells show it; 12% is kept as 12, as shown".to_owned(),
            Some(_) => "the cells show it".to_owned(),
            None => "the header names it; the numbers are kept as written".to_owned(),
        };
        decisions.push(Decision {
            about: format!("unit of {}", heading.name),
            chosen: unit.clone(),
            because,
        });
    }
    if let Reading::Date { month_first } | Reading::Datetime { month_first } = reading
        && census.two_ways > 0
    {
        decisions.push(Decision {
            about: format!("date order of {}", heading.name),
            chosen: if month_first { "month first" } else { "day first" }.into(),
            because: census.order_because(),
        });
    }
    if let (Reading::Datetime { .. }, Some(minutes)) = (reading, census.zone) {
        decisions.push(Decision {
            about: format!("time zone of {}", heading.name),
            chosen: "local time as written".into(),
            because: format!("every moment names the same zone, {minutes:+} minutes from UTC"),
        });
    }
    Column {
        name: heading.name.clone(),
        values,
        unit,
        unparsed: reader.unparsed,
        unparsed_count: reader.unparsed_count,
        decisions,
    }
}

fn decide(census: &Census, heading: &Heading) -> (Reading, String) {
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
    if census.eight_digit_days == total && says(&heading.name, DAY_WORDS) {
        return (
            Reading::EightDigitDate,
            format!("the header says days, and all {total} values are valid yyyymmdd"),
        );
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
    let month_first = census.month_first();
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
    if let Some(words) = census.truths(total) {
        return (
            Reading::Bool(words),
            format!("all {total} values are truth values"),
        );
    }
    text(match (numbers, days) {
        (0, 0) => format!("none of {total} values is a number or a day"),
        (0, _) => format!("only {days} of {total} values are days"),
        _ => format!("only {numbers} of {total} values are numbers"),
    })
}

/// All, or in a column of at least 20 values all but one in 20.
fn nearly_all(fitting: u64, total: u64) -> bool {
    fitting == total || (total >= 20 && (total - fitting) * 20 <= total)
}

/// English words match whole, Chinese ones anywhere.
fn says(header: &str, words: &[&str]) -> bool {
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

fn name_of(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Bool => "bool",
        ColumnType::Int => "int",
        ColumnType::Float => "float",
        ColumnType::Date => "date",
        ColumnType::Datetime => "datetime",
        ColumnType::Text => "text",
    }
}

struct Reader<'a> {
    grid: &'a Grid,
    column: usize,
    unparsed: Vec<UnparsedCell>,
    unparsed_count: u64,
    unit: Option<Unit>,
}

impl<'a> Reader<'a> {
    fn values(&mut self, reading: Reading, rows: &[usize]) -> Values<'a> {
        match reading {
            Reading::Int => Values::Int(self.each(
                rows,
                |cell, unit| match fitting_number(cell, unit)?.value {
                    Magnitude::Int(number) => Some(number),
                    Magnitude::Float(_) => None,
                },
            )),
            Reading::Float => Values::Float(self.each(rows, |cell, unit| {
                Some(fitting_number(cell, unit)?.value.as_f64())
            })),
            Reading::EightDigitDate => {
                Values::Date(self.each(rows, |cell, _| moment::eight_digits(&cell::text(cell))))
            }
            Reading::Date { month_first } => {
                Values::Date(self.each(rows, |cell, _| cell::moment(cell)?.date(month_first)))
            }
            Reading::Datetime { month_first } => {
                Values::Datetime(self.each(rows, |cell, _| cell::moment(cell)?.at(month_first)))
            }
            Reading::Bool(_) => Values::Bool(self.each(rows, |cell, _| Some(cell::truth(cell)?.0))),
            Reading::Text => Values::Text(self.texts(rows)),
        }
    }

    fn each<T>(
        &mut self,
        rows: &[usize],
        read: impl Fn(Cell<'a>, Option<Unit>) -> Option<T>,
    ) -> Vec<Option<T>> {
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let cell = self.grid.cell(*row, self.column);
            let value = read(cell, self.unit);
            let broken = matches!(cell, Cell::Error(_));
            if broken || (value.is_none() && !cell::is_missing_among_values(cell)) {
                self.list(*row, cell);
            }
            values.push(value);
        }
        values
    }

    fn texts(&mut self, rows: &[usize]) -> Vec<Option<Cow<'a, str>>> {
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let cell = self.grid.cell(*row, self.column);
            if matches!(cell, Cell::Error(_)) {
                self.list(*row, cell);
            }
            values.push(match cell {
                missing if cell::is_missing(missing) => None,
                Cell::Text(text) => Some(Cow::Borrowed(text)),
                other => Some(Cow::Owned(cell::text(other))),
            });
        }
        values
    }

    fn list(&mut self, row: usize, cell: Cell<'_>) {
        self.unparsed_count += 1;
        if self.unparsed.len() < LISTED {
            let text = cell::text(cell).chars().take(LISTED_LETTERS).collect();
            self.unparsed.push(UnparsedCell {
                cell: self.grid.place(row, self.column),
                text,
            });
        }
    }
}

/// A number counts where its unit is the column's; without a unit it counts too, except among percentages.
pub(crate) fn fitting_number(cell: Cell<'_>, unit: Option<Unit>) -> Option<Number> {
    let number = cell::number(cell)?;
    let fits = match (number.unit, unit) {
        (None, Some(Unit::PERCENT)) => number.value.as_f64() == 0.0,
        (None, _) => true,
        (own, column) => own == column,
    };
    fits.then_some(number)
}
