//! What the cells of one column may be, counted.

use chrono::NaiveDate;

use crate::cell::{self, Identifier, TruthWords};
use crate::grid::{Cell, Grid};
use crate::moment::{self, Day};
use crate::number::{self, Magnitude, Number};
use crate::period::{self, Grain};
use crate::unit::Unit;

/// Rows from which on a column is not looked at to its end when it is settled that it is text.
const LONG: usize = 10_000;

/// The counts that decide a column's type.
#[derive(Debug, Default)]
pub(crate) struct Census {
    /// Cells with a value.
    pub values: u64,
    /// Numbers.
    pub numbers: u64,
    /// Whole numbers.
    pub whole: u64,
    /// Texts of nothing but digits, and numbers without a fraction.
    pub digits: u64,
    /// Digits that look like mobile numbers.
    pub mobiles: u64,
    /// Digits that are a valid `yyyymmdd`.
    pub eight_digit_days: u64,
    /// Digits that are a valid `yyyymm`.
    pub six_digit_months: u64,
    /// Numbers that may be what a spreadsheet keeps for a day.
    pub serials: u64,
    /// Texts that are a number when a comma stands before the fraction, plain numbers among them.
    pub european: u64,
    surely_european: u64,
    /// Texts that may stand for a missing value.
    pub maybe_missing: u64,
    /// A multiple that is multiplied out.
    pub multiple: Option<&'static str>,
    /// Spans of time, if all of them are as long.
    pub periods: u64,
    /// How long they are.
    pub grain: Option<Grain>,
    mixed_grains: bool,
    /// Cells that are none of all this.
    others: u64,
    /// Whether the rest of a long column was not looked at, since it can't be anything but text.
    pub cut_short: bool,
    /// Days without a year.
    pub days_of_some_year: u64,
    /// Days with a year of the Republic of China.
    pub days_of_the_republic: u64,
    /// The first text that is digits and no number.
    pub identifier: Option<(Identifier, String)>,
    /// The unit that the numbers' own cells name.
    pub unit: Option<Unit>,
    /// Whether they name several, or percentages stand among plain numbers.
    pub mixed_units: bool,
    /// Days and moments that can be read in one way.
    certain: u64,
    /// Days that depend on the order of month and day.
    pub two_ways: u64,
    /// Those that are days with the month first.
    month_first: u64,
    /// Those that are days with the day first.
    day_first: u64,
    /// Those written with slashes.
    slashes: u64,
    /// Moments with a time of day.
    pub times: u64,
    /// The time zone that moments name, in minutes.
    pub zone: Option<i32>,
    /// Whether they name several, or only some name one.
    pub mixed_zones: bool,
    zoned: u64,
    bare: u64,
    percents: u64,
    truths: u64,
    trues: u64,
    /// Cells that say 无: nothing, or no.
    wu: u64,
    words: Option<TruthWords>,
    mixed_words: bool,
}

impl Census {
    /// Counts the cells of some rows.
    pub(crate) fn take(grid: &Grid, column: usize, rows: &[usize]) -> Self {
        let mut census = Self::default();
        for row in rows {
            let cell = grid.cell(*row, column);
            if census.cut_short {
                census.pass(cell);
                continue;
            }
            if !cell::is_missing_among_values(cell) {
                census.count(cell);
            } else if let Cell::Text(text) = cell
                && cell::may_be_missing(text)
            {
                census.maybe_missing += 1;
                census.wu += u64::from(matches!(text, "无" | "無"));
            }
            // More than one in 20 of all cells there are: whatever follows, it is text.
            census.cut_short = rows.len() >= LONG && census.others * 20 > rows.len() as u64;
        }
        if census.mixed_grains {
            census.grain = None;
        }
        // Whether `1.234` is one is told by the cells that can't be anything else.
        if census.surely_european > 0 {
            let read = |row: &&usize| match grid.cell(**row, column) {
                missing if cell::is_missing_among_values(missing) => false,
                Cell::Text(text) => number::parse_european(text).is_some(),
                other => cell::number(other).is_some(),
            };
            census.european = rows.iter().filter(read).count() as u64;
        }
        census.mixed_units |= census.percents > 0 && census.bare > 0;
        census.mixed_zones |= census.zoned > 0 && census.zoned < census.times;
        census
    }

    /// Counts a cell of a column that is text.
    fn pass(&mut self, cell: Cell<'_>) {
        if let Cell::Text(text) = cell
            && cell::may_be_missing(text)
        {
            self.maybe_missing += 1;
        } else if !cell::is_missing(cell) {
            self.values += 1;
        }
    }

    fn count(&mut self, cell: Cell<'_>) {
        self.values += 1;
        match cell {
            Cell::Text(text) => self.count_digits(text),
            Cell::Number(stored, None) if stored.fract() == 0.0 => self.count_whole(stored, cell),
            Cell::Number(..) | Cell::Bool(_) | Cell::Moment(_) | Cell::Error(_) | Cell::Empty => {}
        }
        if let Some(number) = cell::number(cell) {
            self.count_number(number);
        } else if let Some(moment) = cell::moment(cell) {
            self.times += u64::from(moment.time.is_some());
            if let Some(zone) = moment.zone {
                self.zoned += 1;
                self.mixed_zones |= self.zone.is_some_and(|known| known != zone);
                self.zone = Some(zone);
            }
            self.count_day(moment.day);
        } else if let Some(period) = cell::period(cell) {
            self.periods += 1;
            self.mixed_grains |= self.grain.is_some_and(|known| known != period.grain);
            self.grain = Some(period.grain);
            self.count_days_of_the_republic(cell);
        } else if let Some((truth, words)) = cell::truth(cell) {
            self.truths += 1;
            self.trues += u64::from(truth);
            self.mixed_words |= self.words.is_some_and(|known| known != words);
            self.words = Some(words);
        } else if let Cell::Text(text) = cell {
            self.count_rest(text);
        }
    }

    fn count_rest(&mut self, text: &str) {
        let day = period::day_of_some_year(text).is_some();
        let republic = period::day_of_the_republic(text).is_some();
        let european = text.contains([',', ' ', '\u{a0}']) && number::parse_european(text).is_some();
        self.days_of_some_year += u64::from(day);
        self.days_of_the_republic += u64::from(republic);
        self.surely_european += u64::from(european && number::is_surely_european(text));
        self.others += u64::from(!day && !republic && !european);
    }

    fn count_days_of_the_republic(&mut self, cell: Cell<'_>) {
        if let Cell::Text(text) = cell {
            self.days_of_the_republic += u64::from(period::day_of_the_republic(text).is_some());
        }
    }

    /// The same as for the digits of the number, without writing them where they mean nothing.
    fn count_whole(&mut self, stored: f64, cell: Cell<'_>) {
        let telling = [1e5..1e6, 1e7..1e8, 1e10..1e11, 1e15..f64::INFINITY];
        if telling.iter().any(|range| range.contains(&stored)) {
            self.count_digits(&cell::text(cell));
        } else {
            self.digits += u64::from(stored >= 0.0);
        }
    }

    fn count_digits(&mut self, text: &str) {
        if !text.starts_with(|first: char| first.is_ascii_digit() || first == '+') {
            return;
        }
        if self.identifier.is_none() {
            self.identifier = cell::identifier(text).map(|identifier| (identifier, text.to_owned()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        self.digits += 1;
        self.mobiles += u64::from(cell::is_mobile_number(text));
        self.eight_digit_days += u64::from(moment::eight_digits(text).is_some());
        self.six_digit_months += u64::from(period::six_digits(text).is_some());
    }

    fn count_number(&mut self, number: Number) {
        self.numbers += 1;
        self.whole += u64::from(matches!(number.value, Magnitude::Int(_)));
        self.serials += u64::from(number.unit.is_none() && period::serial(number.value.as_f64()).is_some());
        self.multiple = self.multiple.or(number.multiple);
        match number.unit {
            Some(unit) => {
                self.percents += u64::from(unit == Unit::PERCENT);
                self.mixed_units |= self.unit.is_some_and(|known| known != unit);
                self.unit = Some(unit);
            }
            // Nothing is nothing in every unit.
            None => self.bare += u64::from(number.value.as_f64() != 0.0),
        }
    }

    fn count_day(&mut self, day: Day) {
        match day {
            Day::Certain(_) => self.certain += 1,
            Day::Either {
                month_first,
                day_first,
                slashes,
            } => {
                let one = |day: Option<NaiveDate>| u64::from(day.is_some());
                self.two_ways += 1;
                self.month_first += one(month_first);
                self.day_first += one(day_first);
                self.slashes += u64::from(slashes);
            }
        }
    }

    /// Whether months stand first where days could: what fits more cells; else the custom that goes with the mark.
    pub(crate) fn month_first(&self) -> bool {
        match self.month_first.cmp(&self.day_first) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => self.slashes * 2 >= self.two_ways,
        }
    }

    /// Why that order.
    pub(crate) fn order_because(&self) -> String {
        let (all, month, day) = (self.two_ways, self.month_first, self.day_first);
        if month == day {
            let custom = if self.month_first() {
                "slashes"
            } else {
                "points or dashes"
            };
            format!("both orders fit {month} of {all} values: an assumption, from the custom with {custom}")
        } else {
            format!("month first fits {month} of {all} values, day first {day}")
        }
    }

    /// Days and moments, read in one order.
    pub(crate) fn days(&self, month_first: bool) -> u64 {
        self.certain
            + if month_first {
                self.month_first
            } else {
                self.day_first
            }
    }

    /// The words, if all values are truth values written in one way.
    pub(crate) fn truths(&self) -> Option<TruthWords> {
        let words = self
            .words
            .filter(|_| self.truths == self.values && !self.mixed_words)?;
        let falses = self.truth_values() - self.trues;
        let both = self.trues > 0 && falses > 0;
        (both || !words.is_single_letter()).then_some(words)
    }

    /// How many truth values there are, 无 among them where 有 is its opposite.
    pub(crate) fn truth_values(&self) -> u64 {
        let wu = if self.words == Some(TruthWords::YouWu) {
            self.wu
        } else {
            0
        };
        self.truths + wu
    }

    /// Whether the column says that commas stand before fractions: some cells can't be read otherwise, and no cell can't
    /// be read so.
    pub(crate) fn is_european(&self) -> bool {
        self.surely_european > 0 && self.european > self.numbers
    }
}
