//! The type of a column, decided by all of its cells, and the values of that type.
//!
//! Numbers are tried before days, and a number never becomes a day; the one exception is a column whose header speaks
//! of days and whose every value is a valid eight-digit day. A few stray cells do not spoil a long column: they become
//! missing values that are listed with their addresses.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use schemas::overrides::ColumnOverride;
use schemas::table::{ColumnType, Decision, UnparsedCell};

use crate::cell;
use crate::census::Census;
use crate::grid::{Cell, Grid};
use crate::header::Heading;
use crate::moment;
use crate::number::{self, Magnitude, Number};
use crate::period;
use crate::unit::Unit;

mod absent;
mod deciding;

use absent::Absent;
use deciding::Reading;

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

    /// One of them as people read it; a missing one is blank.
    #[must_use]
    pub fn text(&self, row: usize) -> String {
        let text = match self {
            Self::Bool(values) => values.get(row).and_then(|value| Some((*value)?.to_string())),
            Self::Int(values) => values.get(row).and_then(|value| Some((*value)?.to_string())),
            Self::Float(values) => values.get(row).and_then(|value| Some((*value)?.to_string())),
            Self::Date(values) => values.get(row).and_then(|value| Some((*value)?.to_string())),
            Self::Datetime(values) => values.get(row).and_then(|value| Some(cell::iso((*value)?))),
            Self::Text(values) => values
                .get(row)
                .and_then(|value| Some(value.as_deref()?.trim().to_owned())),
        };
        text.unwrap_or_default()
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

/// What is known of a column besides its cells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The year that the title or the sheet's name says.
    pub year: Option<i32>,
    /// The column of the table that says a year for each row.
    pub years: Option<usize>,
    /// What somebody has decided about it.
    pub overrides: Option<&'a ColumnOverride>,
}

/// Decides the type of one column and reads it.
#[must_use]
pub fn read<'a>(grid: &'a Grid, heading: &Heading, rows: &[usize], context: &Context<'_>) -> Column<'a> {
    let census = Census::take(grid, heading.column, rows);
    let (reading, because) = deciding::decide(&census, heading, context);
    let absent = if reading == Reading::Text && census.maybe_missing > 0 {
        Absent::in_column(grid, heading.column, rows)
    } else {
        Absent::default()
    };
    let mut reader = Reader {
        grid,
        column: heading.column,
        unparsed: Vec::new(),
        unparsed_count: 0,
        unit: census.unit,
        absent: &absent,
    };
    let values = reader.values(reading, rows);
    let (unparsed, unparsed_count) = (reader.unparsed, reader.unparsed_count);
    let set = context.overrides;
    let name = set
        .and_then(|set| set.rename.clone())
        .unwrap_or_else(|| heading.name.clone());
    let kind = values.kind();
    let mut decisions = vec![Decision {
        about: format!("type of {name}"),
        chosen: name_of(kind).into(),
        because,
    }];
    if name != heading.name {
        decisions.push(Decision {
            about: format!("name of {name}"),
            chosen: name.clone(),
            because: format!("it was set; the file says {:?}", heading.name),
        });
    }
    decisions.extend(absent.decision(&name));
    let unit = unit(kind, &census, heading, set, &name, &mut decisions);
    if kind.is_number()
        && let Some(multiple) = census.multiple
    {
        decisions.push(Decision {
            about: format!("multiples of {name}"),
            chosen: "multiplied out".into(),
            because: format!("cells are written with {multiple}: 1.2万 is kept as 12000"),
        });
    }
    let month_first = deciding::month_first(&census, set);
    if kind.is_time() && census.two_ways > 0 {
        let because = match set.and_then(|set| set.date_order) {
            Some(_) => "it was set".to_owned(),
            None => census.order_because(),
        };
        decisions.push(Decision {
            about: format!("date order of {name}"),
            chosen: if month_first { "month first" } else { "day first" }.into(),
            because,
        });
    }
    if let (ColumnType::Datetime, Some(minutes)) = (kind, census.zone) {
        decisions.push(Decision {
            about: format!("time zone of {name}"),
            chosen: "local time as written".into(),
            because: format!("every moment names the same zone, {minutes:+} minutes from UTC"),
        });
    }
    Column {
        name,
        values,
        unit,
        unparsed,
        unparsed_count,
        decisions,
    }
}

/// The unit of a column's numbers: what was set, what its cells show, what its header names.
fn unit(
    kind: ColumnType,
    census: &Census,
    heading: &Heading,
    set: Option<&ColumnOverride>,
    name: &str,
    decisions: &mut Vec<Decision>,
) -> Option<String> {
    if !kind.is_number() {
        return None;
    }
    let set = set.and_then(|set| set.unit.clone());
    let (unit, because) = match (set, census.unit, &heading.unit) {
        (Some(unit), ..) => (unit, "it was set; the numbers are kept as written"),
        (None, Some(Unit::PERCENT), _) => (
            Unit::PERCENT.as_str().to_owned(),
            "the cells show it; 12% is kept as 12, as shown",
        ),
        (None, Some(unit), _) => (unit.as_str().to_owned(), "the cells show it"),
        (None, None, Some(unit)) => (
            unit.clone(),
            "the header names it; the numbers are kept as written",
        ),
        (None, None, None) => return None,
    };
    decisions.push(Decision {
        about: format!("unit of {name}"),
        chosen: unit.clone(),
        because: because.to_owned(),
    });
    Some(unit)
}

/// The name of a type, as records write it.
pub(crate) fn name_of(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Bool => "bool",
        ColumnType::Int => "int",
        ColumnType::Float => "float",
        ColumnType::Date => "date",
        ColumnType::Datetime => "datetime",
        ColumnType::Text => "text",
    }
}

struct Reader<'a, 'b> {
    grid: &'a Grid,
    column: usize,
    unparsed: Vec<UnparsedCell>,
    unparsed_count: u64,
    unit: Option<Unit>,
    absent: &'b Absent,
}

impl<'a> Reader<'a, '_> {
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
            Reading::European { whole: false } => {
                Values::Float(self.each(rows, |cell, _| Some(european(cell)?.value.as_f64())))
            }
            Reading::European { whole: true } => {
                Values::Int(self.each(rows, |cell, _| whole(european(cell)?)))
            }
            Reading::AnyNumber { whole: false } => {
                Values::Float(self.each(rows, |cell, _| Some(cell::number(cell)?.value.as_f64())))
            }
            Reading::AnyNumber { whole: true } => {
                Values::Int(self.each(rows, |cell, _| whole(cell::number(cell)?)))
            }
            Reading::EightDigitDate => {
                Values::Date(self.each(rows, |cell, _| moment::eight_digits(&cell::text(cell))))
            }
            Reading::SixDigitMonth => {
                Values::Date(self.each(rows, |cell, _| period::six_digits(&cell::text(cell))))
            }
            Reading::Serial => Values::Date(self.each(rows, |cell, _| serial(cell))),
            Reading::Periods(grain) => Values::Date(self.each(rows, |cell, _| {
                let period = cell::period(cell).filter(|period| period.grain == grain)?;
                Some(period.first)
            })),
            Reading::DaysOf(year) => Values::Date(self.each(rows, |cell, _| day_of(cell, year))),
            Reading::DaysOfYearsIn(column) => {
                let grid = self.grid;
                Values::Date(self.each_row(rows, |row, cell, _| day_of(cell, year(grid.cell(row, column))?)))
            }
            Reading::DaysOfTheRepublic => Values::Date(self.each(rows, |cell, _| match cell {
                Cell::Text(text) => period::day_of_the_republic(text),
                _ => None,
            })),
            Reading::AnyDate { month_first } => {
                Values::Date(self.each(rows, |cell, _| Some(any_moment(cell, month_first)?.date())))
            }
            Reading::AnyDatetime { month_first } => {
                Values::Datetime(self.each(rows, |cell, _| any_moment(cell, month_first)))
            }
            Reading::AnyBool => Values::Bool(self.each(rows, |cell, _| any_truth(cell))),
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
        self.each_row(rows, |_, cell, unit| read(cell, unit))
    }

    fn each_row<T>(
        &mut self,
        rows: &[usize],
        read: impl Fn(usize, Cell<'a>, Option<Unit>) -> Option<T>,
    ) -> Vec<Option<T>> {
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let cell = self.grid.cell(*row, self.column);
            let value = read(*row, cell, self.unit);
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
                Cell::Text(text) if self.absent.contains(text) => None,
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

/// A day without a year, in a year.
fn day_of(cell: Cell<'_>, year: i32) -> Option<NaiveDate> {
    let Cell::Text(text) = cell else {
        return cell::moment(cell)?.date(true);
    };
    let (month, day) = period::day_of_some_year(text)?;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn year(cell: Cell<'_>) -> Option<i32> {
    let year = whole(cell::number(cell)?)?;
    i32::try_from(year)
        .ok()
        .filter(|year| (1900..2100).contains(year))
}

fn whole(number: Number) -> Option<i64> {
    match number.value {
        Magnitude::Int(number) => Some(number),
        Magnitude::Float(_) => None,
    }
}

fn european(cell: Cell<'_>) -> Option<Number> {
    match cell {
        Cell::Text(text) => number::parse_european(text),
        other => cell::number(other),
    }
}

fn serial(cell: Cell<'_>) -> Option<NaiveDate> {
    period::serial(cell::number(cell)?.value.as_f64())
}

/// A day in any spelling that is known.
fn any_moment(cell: Cell<'_>, month_first: bool) -> Option<NaiveDateTime> {
    if let Some(moment) = cell::moment(cell) {
        return moment.at(month_first);
    }
    let text = cell::text(cell);
    let day = moment::eight_digits(&text)
        .or_else(|| Some(period::parse(&text)?.first))
        .or_else(|| period::day_of_the_republic(&text).filter(|day| day.year() > 1911))
        .or_else(|| serial(cell))?;
    day.and_hms_opt(0, 0, 0)
}

fn any_truth(cell: Cell<'_>) -> Option<bool> {
    if let Some((truth, _)) = cell::truth(cell) {
        return Some(truth);
    }
    match cell::number(cell)?.value {
        Magnitude::Int(1) => Some(true),
        Magnitude::Int(0) => Some(false),
        Magnitude::Int(_) | Magnitude::Float(_) => None,
    }
}
