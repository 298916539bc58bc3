//! Whether a column that is asked for behind "and" is asked for beside the rows themselves.

use std::rc::Rc;

use super::chart::{Constituent, Cover};
use super::gather::Gathered;
use super::part::Part;
use super::role::Role;

/// Whether the item with this number names what is shown beside the rows; `said` is what stands before it, and `asked`
/// whether "which" does.
#[must_use]
pub fn shows_rows_too(cover: &Cover, at: usize, said: &Gathered, asked: bool) -> bool {
    let Some(item) = cover.items.get(at) else {
        return false;
    };
    if !matches!(item.part, Part::Column(_) | Part::Columns(_)) || !said.rows {
        return false;
    }
    let stands = |back: usize| at.checked_sub(back).and_then(|place| cover.items.get(place));
    let word = |item: &Rc<Constituent>, name: &str| match item.part {
        Part::Role(Role::Word(word)) => word == name,
        _ => false,
    };
    let and = |back: usize| stands(back).is_some_and(|item| word(item, "and"));
    // "in which country" begins with a preposition.
    let begins = |name: &str| {
        let mut first = item.words.iter().take(2);
        first.any(|word| matches!(word.part, Part::Role(Role::Word(word)) if word == name))
    };
    // "the universities with more than 30,000 students and the county": the universities as well.
    let beside_condition = and(1)
        && stands(2).is_some_and(|item| matches!(item.part, Part::Condition(_)))
        && said.list
        && said.columns.is_empty();
    // "Which film is the longest, and who directed it": the film as well.
    let who = begins("who") && and(1) || stands(1).is_some_and(|item| word(item, "who")) && and(2);
    // 最便宜的是哪个，在哪个国家: which one, and its country.
    let which = begins("which") || stands(1).is_some_and(|item| word(item, "which"));
    let again = asked && which && said.columns.is_empty() && (1..4).any(and);
    beside_condition || who && said.which || again
}

/// Whether the last thing that is said is a measure of this column, with nothing but small words behind it.
pub fn measures(items: &[Rc<Constituent>], column: usize) -> bool {
    let said = items.iter().rev().find(|item| match &item.part {
        Part::Role(role) => matches!(role.name(), "and" | "and_its"),
        _ => true,
    });
    said.is_some_and(|item| match &item.part {
        Part::Measures(measures) => measures.iter().all(|measure| measure.column == Some(column)),
        _ => false,
    })
}
