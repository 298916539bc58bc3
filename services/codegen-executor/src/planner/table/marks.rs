//! Columns that stand out: of money, of times, of names in two parts, of keys into another table.

use schemas::Date;
use schemas::table::{ColumnType, TableProfile};

use super::super::TableView;
use super::super::atoms::Atoms;
use super::super::calendar::{Calendar, Span};
use super::super::fold::fold;
use super::super::headers::Closeness;
use super::super::lexicon::lexicon;
use super::super::role::{Role, Unit};
use super::super::time::{Said, times_at};
use super::{Column, same_words};

/// The columns of first and last names, where there is no column of whole names.
pub(super) fn names(columns: &[Column<'_>]) -> Option<[usize; 2]> {
    let of = |head: &str| {
        let concept = lexicon().concept(head)?;
        let named = |column: &Column<'_>| {
            column.forms.iter().any(|form| {
                form.closeness <= Closeness::Own
                    && matches!(form.words.as_slice(), [word] if word.concepts.contains(&concept))
            })
        };
        columns.iter().position(named)
    };
    let (first, last) = (of("first name")?, of("last name")?);
    (first != last && of("full name").is_none_or(|full| full == first || full == last))
        .then_some([first, last])
}

/// Marks columns that point at the rows of another table: in it their values tell rows apart, here they do not. Where that table
/// is read as one with this one, what both might be called is there.
pub(super) fn pointed<'a>(
    mut columns: Vec<Column<'a>>,
    view: &TableView<'_>,
    beside: &[&TableProfile],
) -> Vec<Column<'a>> {
    // What is taken over from another table points nowhere.
    let own = columns.len() - view.joined.map_or(0, |joined| joined.columns.len());
    for column in columns.iter_mut().take(own) {
        if let Some(joined) = view.joined.filter(|joined| joined.join.column == column.name()) {
            let theirs = || joined.columns.iter().flat_map(|column| &column.forms);
            column
                .forms
                .retain(|form| !theirs().any(|theirs| same_words(&form.words, &theirs.words)));
            let called_so = |header: &String| {
                joined
                    .columns
                    .iter()
                    .any(|column| column.headers.contains(header))
            };
            column
                .headers
                .iter_mut()
                .filter(|header| called_so(header))
                .for_each(String::clear);
            column.foreign = true;
            continue;
        }
        let key = |other: &&TableProfile| {
            other.columns.iter().any(|theirs| {
                fold(&theirs.name) == fold(&column.profile.name)
                    && theirs.distinct == other.rows
                    && other.columns.len() > 1
            })
        };
        column.foreign = !column.unique && beside.iter().any(key);
    }
    columns
}

/// Ends of headers that say what their numbers are counted in.
const CURRENCIES: [&str; 7] = [" usd", " eur", " gbp", " cny", " rmb", " jpy", " hkd"];

/// The only column that is counted in money, by its unit or by what it is called.
pub(super) fn money(columns: &[Column<'_>]) -> Option<usize> {
    let counts_money = |column: &Column<'_>| {
        let unit = column
            .profile
            .unit
            .as_deref()
            .map(|unit| fold(unit.trim_start_matches(['万', '亿', '千'])));
        let of_money = unit.is_some_and(|unit| {
            lexicon()
                .get(&unit)
                .is_some_and(|entry| entry.roles.contains(&Role::Unit(Unit::Money)))
        });
        let ends_in_money = CURRENCIES
            .iter()
            .any(|code| column.headers.iter().any(|header| header.ends_with(code)));
        column.kind().is_number()
            && (of_money || ends_in_money || lexicon().any_is("monetary", &column.concepts))
    };
    let all: Vec<usize> = (0..columns.len())
        .filter(|at| columns.get(*at).is_some_and(counts_money))
        .collect();
    // Beside an amount a price says what one thing costs.
    let summed: Vec<usize> = all
        .iter()
        .copied()
        .filter(|at| columns.get(*at).is_some_and(|column| column.additive))
        .collect();
    match (all.as_slice(), summed.as_slice()) {
        ([only], _) | (_, [only]) => Some(*only),
        _ => None,
    }
}

/// Of several columns of time the one that is named after the rows alone: the order date of orders.
pub(super) fn main_time(columns: &[Column<'_>], times: &[usize]) -> Option<usize> {
    let plain = |at: &&usize| {
        columns.get(**at).is_some_and(|column| {
            column.forms.iter().any(|form| {
                form.closeness <= Closeness::Own
                    && form
                        .words
                        .iter()
                        .all(|word| lexicon().any_is("generic", &word.concepts))
            })
        })
    };
    let mut found = times.iter().filter(plain);
    found.next().filter(|_| found.next().is_none()).copied()
}

/// A column of texts of which each is a period: 2023Q1, 2024-03, 2024年3月.
pub(super) fn periods(view: &TableView<'_>, columns: &[Column<'_>]) -> Option<(usize, Vec<(String, Span)>)> {
    // Whatever today is: these texts name their years.
    let calendar = Calendar::new(Date {
        year: 2000,
        month: 1,
        day: 1,
    });
    let read = |text: &str| {
        // The pieces of a question are whole words: 2023Q1 is one, 2023 Q1 are two.
        let atoms = Atoms::new(&text.replace(['Q', 'q'], " Q"));
        let whole = times_at(&atoms, 0, &calendar)
            .into_iter()
            .find(|(end, _)| *end == atoms.list.len());
        match whole {
            Some((
                _,
                Said::Span {
                    span,
                    relative: false,
                },
            )) => Some((text.to_owned(), span)),
            _ => None,
        }
    };
    columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.kind() == ColumnType::Text)
        .find_map(|(at, column)| {
            let spans: Option<Vec<(String, Span)>> = view.values.of_column(column.name()).map(read).collect();
            spans.filter(|spans| spans.len() > 1).map(|spans| (at, spans))
        })
}
