//! A function in the middle of a column's name: 胜者的平均年龄 over a column of 胜者年龄, "the winner's average age".

use schemas::plan::Aggregate;

use super::super::actions::is_rank;
use super::super::headers::{Closeness, HeaderWord};
use super::super::role::Role;
use super::super::table::{Table, same_words};
use super::{Meaning, Words};

impl Words<'_> {
    /// Adds what is computed where a name of several words has a function between two of them.
    pub(super) fn link_within(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        for (number, words) in names(table) {
            for cut in 1..words.len() {
                let (first, last) = words.split_at(cut);
                let Some(end) = self.sequence(at, first, 0) else {
                    continue;
                };
                for (end, function) in self.function_over(end, last) {
                    let whole = !self.second_of_two(at, last, table);
                    if whole && suits(function, table, number) {
                        add(end, Meaning::Within(function, vec![number]));
                    }
                }
                // 败者和胜者的平均年龄: of both.
                for (other, words) in names(table).filter(|(other, _)| *other != number) {
                    let Some((more, same)) = words.split_at_checked(cut) else {
                        continue;
                    };
                    if !same_words(same, last) || !self.joins(end) {
                        continue;
                    }
                    let both = self.sequence(end + 1, more, 0).into_iter();
                    for (end, function) in both.flat_map(|end| self.function_over(end, last)) {
                        if suits(function, table, number) && suits(function, table, other) {
                            add(end, Meaning::Within(function, vec![number, other]));
                        }
                    }
                }
            }
        }
    }

    /// Functions at a place with the end of a name behind them.
    fn function_over(&self, at: usize, last: &[HeaderWord]) -> Vec<(usize, Aggregate)> {
        let known = self.known.get(self.behind_joiner(at)).into_iter().flatten();
        known
            .flat_map(|known| {
                let end = self.sequence(self.behind_joiner(known.end), last, 0);
                let functions = known.entry.roles.iter().filter_map(function);
                functions.filter_map(move |function| Some((end?, function)))
            })
            .collect()
    }

    fn joins(&self, at: usize) -> bool {
        let text = self.atoms.list.get(at).map_or("", |atom| atom.text.as_str());
        matches!(text, "和" | "与" | "及" | "、" | "and")
    }

    /// Whether another name that ends so is begun before.
    fn second_of_two(&self, at: usize, last: &[HeaderWord], table: &Table<'_>) -> bool {
        let Some(before) = at.checked_sub(1).filter(|before| self.joins(*before)) else {
            return false;
        };
        names(table).any(|(_, words)| {
            let begun = words
                .len()
                .checked_sub(last.len())
                .and_then(|cut| words.split_at_checked(cut));
            begun.is_some_and(|(first, same)| {
                !first.is_empty()
                    && same_words(same, last)
                    && (before.saturating_sub(8)..before)
                        .any(|start| self.sequence(start, first, 0) == Some(before))
            })
        })
    }
}

/// Names of several words, of columns of numbers.
fn names<'t>(table: &'t Table<'_>) -> impl Iterator<Item = (usize, &'t [HeaderWord])> {
    let numbers = table.columns.iter().enumerate();
    let numbers = numbers
        .filter(|(_, column)| column.kind().is_number() && !column.identifies && !column.numbers_things);
    numbers.flat_map(|(number, column)| {
        let whole = column
            .forms
            .iter()
            .filter(|form| form.closeness <= Closeness::Idea);
        let long = whole.filter(|form| form.words.len() > 1);
        long.map(move |form| (number, form.words.as_slice()))
    })
}

/// The highest rank is the smallest number to some, and the largest to others.
fn suits(function: Aggregate, table: &Table<'_>, column: usize) -> bool {
    !(matches!(function, Aggregate::Max | Aggregate::Min) && is_rank(table, column))
}

/// What a word before a thing computes.
fn function(role: &Role) -> Option<Aggregate> {
    match role {
        Role::Aggregate(function) => Some(*function),
        Role::Extreme { descending } | Role::Most { descending } => Some(if *descending {
            Aggregate::Max
        } else {
            Aggregate::Min
        }),
        _ => None,
    }
}
