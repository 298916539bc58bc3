//! Which meanings of a word rule out others.

use super::super::fold::{fold, is_han};
use super::super::headers::{self, Closeness};
use super::super::lexicon::{lexicon, stem_phrase};
use super::super::role::{Role, Unit};
use super::super::table::{Column, Table};
use super::{Edge, Meaning, Words};
use schemas::table::ColumnType;

/// Classifiers that are so in any table.
const CLASSIFIERS: [&str; 20] = [
    "个", "名", "位", "条", "次", "人", "件", "张", "场", "家", "只", "本", "台", "间", "分", "票", "笔",
    "份", "种", "项",
];

/// Roles that only stand behind something else, and rule out nothing.
const WEAK: [&str; 8] = [
    "id_alone",
    "class_after",
    "id_word",
    "amount_word",
    "price_word",
    "reckoned",
    "kind_word",
    "name_word",
];

impl Words<'_> {
    /// Drops meanings of a word that others of its meanings rule out.
    pub(super) fn settle(&self, at: usize, edge: &mut Edge, table: &Table<'_>) {
        let closest = edge.meanings.iter().filter_map(|meaning| match meaning {
            Meaning::Column(_, closeness) => Some(*closeness),
            _ => None,
        });
        let closest = closest.min();
        let text = self.atoms.folded(at, edge.end);
        // 20 floors, where a column holds their number.
        let counts = closest.is_some_and(|closest| closest <= Closeness::Named)
            && !CLASSIFIERS.contains(&text.as_str());
        let role = edge.meanings.iter().any(|meaning| match meaning {
            Meaning::Role(Role::Word(word)) => !WEAK.contains(word),
            Meaning::Role(Role::Unit(Unit::Plain)) => !counts,
            Meaning::Role(_) => true,
            _ => false,
        });
        // "chain", where a column is called so and the rows only by another word for it: the column.
        let spelt = edge
            .meanings
            .iter()
            .any(|meaning| matches!(meaning, Meaning::Column(number, _) if self.spells(at, edge.end, table, *number)));
        let called = stem_phrase(&self.atoms.folded(at, edge.end));
        let own_name = table.subjects.iter().any(|words| {
            let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
            stems.join(" ") == called
        });
        if spelt && !own_name && called.is_ascii() {
            edge.meanings.retain(|meaning| *meaning != Meaning::Subject);
        }
        let has = |test: fn(&Meaning) -> bool| edge.meanings.iter().any(test);
        let subject = has(|meaning| matches!(meaning, Meaning::Subject));
        let number = has(|meaning| matches!(meaning, Meaning::Number(_)));
        let time = has(|meaning| matches!(meaning, Meaning::Time(_))) && !table.times.is_empty();
        let short = text.chars().count() < 2
            || (text.chars().count() < 3
                && !text.chars().any(is_han)
                && !text.chars().any(|c| c.is_ascii_digit()));
        let written_as_name = self.atoms.is_capitalised(at) || self.atoms.in_capitals(at);
        let verb = has(|meaning| matches!(meaning, Meaning::Verb(_)));
        // "vote ids" are no votes.
        let numbered = headers::says_number(&text);
        let tells_rows = edge.meanings.iter().any(|meaning| match meaning {
            Meaning::Column(number, closeness) => table.column(*number).is_some_and(|column| {
                column.tells_rows() || *closeness != Closeness::Exact && !numbered && numbers_rows(column)
            }),
            _ => false,
        });
        let named = closest.is_some();
        // "houses", where one of the types is house: that type. 房源, where it is one: the rows.
        let stemmed = stem_phrase(&text);
        let held_so = edge.meanings.iter().any(|meaning| match meaning {
            Meaning::Value(number, texts) => {
                let shared = table.column(*number).is_some_and(|column| !column.unique);
                shared && texts.iter().any(|value| stem_phrase(&fold(value)) == stemmed)
            }
            _ => false,
        });
        let totals: Vec<usize> = edge
            .meanings
            .iter()
            .filter_map(|meaning| match meaning {
                Meaning::Total(column) => Some(*column),
                _ => None,
            })
            .collect();
        edge.meanings.retain(|meaning| match meaning {
            // "sold" says something where a column of sales is there, and "take" where nothing is.
            Meaning::Role(Role::Filler) if verb => false,
            Meaning::Verb(_) => !named,
            // "flights", where a column of flight numbers is there that come back on other days: the rows.
            Meaning::Column(number, _)
                if subject && table.column(*number).is_some_and(Column::tells_rows) =>
            {
                false
            }
            Meaning::Column(number, closeness)
                if subject
                    && *closeness != Closeness::Exact
                    && !numbered
                    && table.column(*number).is_some_and(numbers_rows) =>
            {
                false
            }
            // 总人口, where a column of people is there: their sum.
            Meaning::Column(number, closeness)
                if *closeness != Closeness::Exact && totals.contains(number) =>
            {
                false
            }
            Meaning::Column(_, Closeness::Exact) => true,
            Meaning::Column(number, Closeness::Idea | Closeness::Own) => {
                !role
                    || text == "人均"
                    || (table.column(*number).is_some()
                        && text.chars().count() > 1
                        && !function_word(edge_roles(&text)))
            }
            Meaning::Column(_, closeness) => !role && !subject && Some(*closeness) == closest,
            Meaning::Value(..) if subject && !held_so => false,
            Meaning::Value(_, texts) => {
                let verbatim = texts.iter().any(|value| fold(value) == text);
                let written_out = verbatim && (text.starts_with('0') || text.chars().count() > 4);
                (!(time || number) || written_out)
                    && (!(role || (short && !text.chars().any(is_han))) || (written_as_name && verbatim))
                    && (verbatim || closest.is_none_or(|closest| closest > Closeness::Idea))
            }
            Meaning::Subject if held_so => false,
            Meaning::Subject => {
                tells_rows && !numbered || closest.is_none_or(|closest| closest > Closeness::Own)
            }
            // 四缸, where a column holds the cylinders: no classifier of something else.
            Meaning::Role(Role::Unit(Unit::Plain)) if counts => false,
            Meaning::Role(role) => match closest {
                Some(Closeness::Exact) => function_word(Some(*role)),
                Some(Closeness::Idea | Closeness::Own) => {
                    function_word(Some(*role)) || text.chars().count() == 1
                }
                _ => true,
            },
            Meaning::Total(_)
            | Meaning::Within(..)
            | Meaning::Supposed
            | Meaning::Names(_)
            | Meaning::Edition(_)
            | Meaning::Number(_)
            | Meaning::Time(_)
            | Meaning::Quoted(_) => true,
        });
    }
}

/// "so far" of "so far this month" belongs to the time: without it another time is meant.
pub(super) fn keep_times(edges: &mut [Vec<Edge>]) {
    let mut times: Vec<(usize, usize)> = Vec::new();
    for (at, list) in edges.iter().enumerate() {
        let timed = |edge: &&Edge| {
            edge.meanings
                .iter()
                .any(|meaning| matches!(meaning, Meaning::Time(_)))
        };
        times.extend(list.iter().filter(timed).map(|edge| (at, edge.end)));
    }
    for (at, list) in edges.iter_mut().enumerate() {
        for edge in list.iter_mut().filter(|edge| edge.end > at + 1) {
            let inside = times
                .iter()
                .any(|(start, end)| *start <= at && edge.end <= *end && (*start, *end) != (at, edge.end));
            if inside {
                edge.meanings
                    .retain(|meaning| !matches!(meaning, Meaning::Role(Role::Filler)));
            }
        }
        list.retain(|edge| !edge.meanings.is_empty());
    }
}

/// Whether its numbers only tell rows apart: "matches" are rows, where each has its number.
fn numbers_rows(column: &Column<'_>) -> bool {
    column.identifies && column.kind() == ColumnType::Int
}

fn edge_roles(text: &str) -> Option<Role> {
    lexicon().get(text).and_then(|entry| entry.roles.first().copied())
}

/// Whether a role is more likely than a column of that name: "average" asks for an average.
fn function_word(role: Option<Role>) -> bool {
    match role {
        Some(Role::Filler | Role::Unit(_) | Role::Bucket(_)) | None => false,
        Some(Role::Word(word)) => {
            !matches!(word, "person" | "row" | "list" | "count") && !WEAK.contains(&word)
        }
        Some(_) => true,
    }
}
