//! Words that speak of columns without naming them: verbs, and what brackets explain.

use super::super::atoms::AtomKind;
use super::super::fold::is_han;
use super::super::headers::{Closeness, HeaderWord};
use super::super::lexicon::{Concept, lexicon};
use super::super::role::Role;
use super::super::table::{Column, Table};
use super::{Edge, Known, Meaning, Words};

/// Pieces before a bracket that it may explain.
const GLOSSED: usize = 5;

impl Words<'_> {
    /// "orthopaedics (骨科)": what stands in brackets says what the words before them mean.
    pub(super) fn gloss(&self, edges: &mut [Vec<Edge>]) {
        let text = |at: usize| self.atoms.list.get(at).map_or("", |atom| atom.text.as_str());
        for open in (1..self.atoms.list.len()).filter(|at| text(*at) == "(") {
            let inner = edges.get(open + 1).into_iter().flatten();
            let glosses: Vec<(usize, Vec<Meaning>)> = inner
                .filter(|edge| text(edge.end) == ")")
                .map(|edge| {
                    let named =
                        |meaning: &&Meaning| matches!(meaning, Meaning::Value(..) | Meaning::Column(..));
                    (
                        edge.end + 1,
                        edge.meanings.iter().filter(named).cloned().collect(),
                    )
                })
                .collect();
            for (end, meanings) in glosses.into_iter().filter(|(_, meanings)| !meanings.is_empty()) {
                let unexplained = |at: &usize| {
                    let word = self
                        .atoms
                        .list
                        .get(*at)
                        .is_some_and(|atom| matches!(atom.kind, AtomKind::Word | AtomKind::Han));
                    word && edges.get(*at).is_none_or(Vec::is_empty)
                };
                let near = (open.saturating_sub(GLOSSED)..open).rev();
                // 层状火山: a word that ends in what the rows are.
                let weak = |at: &usize| edges.get(*at).into_iter().flatten().all(is_part_of_a_word);
                let covered = |at: usize| {
                    let before = (at.saturating_sub(GLOSSED)..at)
                        .flat_map(|start| edges.get(start).into_iter().flatten());
                    before.into_iter().any(|edge| edge.end > at)
                };
                let dark = near
                    .take_while(weak)
                    .filter(|at| unexplained(at) && !covered(*at))
                    .last();
                let start = dark.map_or(open, |dark| self.beginning(dark, open, edges));
                if let Some(list) = edges.get_mut(start) {
                    list.push(Edge {
                        end,
                        meanings: meanings.clone(),
                    });
                }
            }
        }
    }

    /// Where a word begins that ends before a bracket and has an unexplained piece: before it, as far as nothing is said.
    fn beginning(&self, dark: usize, open: usize, edges: &[Vec<Edge>]) -> usize {
        let han = |at: usize| {
            self.atoms
                .list
                .get(at)
                .is_some_and(|atom| atom.kind == AtomKind::Han)
        };
        let silent = |at: &usize| {
            han(*at)
                && edges
                    .get(*at)
                    .into_iter()
                    .flatten()
                    .flat_map(|edge| &edge.meanings)
                    .all(|meaning| {
                        matches!(meaning, Meaning::Role(Role::Unit(_) | Role::Word("class_after")))
                    })
        };
        (open.saturating_sub(GLOSSED)..dark)
            .rev()
            .take_while(silent)
            .last()
            .unwrap_or(dark)
    }

    /// Columns of times and years whose header a verb comes from: "sailed" of a sailing date.
    pub(super) fn derived(&self, at: usize, table: &Table<'_>) -> Vec<usize> {
        let word = self
            .atoms
            .list
            .get(at)
            .filter(|atom| atom.kind == AtomKind::Word)
            .map_or("", |atom| &atom.text);
        let Some(root) = root(word) else { return Vec::new() };
        let comes_from = |column: &Column<'_>| {
            (column.kind().is_time() || column.holds_years())
                && column
                    .forms
                    .iter()
                    .flat_map(|form| &form.words)
                    .any(|word| self::root(&word.text) == Some(root))
        };
        table
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| comes_from(column))
            .map(|(at, _)| at)
            .collect()
    }

    /// 支付 where 支付方式 is a column that each row has: the verb leaves no row out.
    pub(super) fn repeats_header(&self, at: usize, known: &Known, table: &Table<'_>) -> bool {
        if known.entry.verbs.is_empty() {
            return false;
        }
        let text = self.atoms.folded(at, known.end);
        let verb = text.trim_end_matches(['了', '过', '的']);
        let names = |column: &Column<'_>| {
            column.profile.nulls == 0 && column.headers.iter().any(|header| header.contains(verb))
        };
        verb.chars().count() > 1 && verb.chars().all(is_han) && table.columns.iter().any(names)
    }
}

/// Whether an edge may lie within a longer word: it names the rows or counts, and says nothing of its own.
fn is_part_of_a_word(edge: &Edge) -> bool {
    edge.meanings.iter().all(|meaning| {
        matches!(
            meaning,
            Meaning::Subject
                | Meaning::Supposed
                | Meaning::Column(_, Closeness::Named | Closeness::Part)
                | Meaning::Role(Role::Unit(_) | Role::Filler | Role::Word("class_after"))
        )
    })
}

/// The columns that hold what a verb speaks of.
pub(super) fn verb_columns(table: &Table<'_>, verbs: &[Concept]) -> Vec<usize> {
    // "born" of the rider's birth year: a time is whose it is by the words before it.
    let speaks = |column: &Column<'_>| {
        let dated = column.kind().is_time() || column.holds_years();
        column.forms.iter().any(|form| {
            let spoken = |word: &HeaderWord| word.concepts.iter().any(|concept| verbs.contains(concept));
            // "bought" of a purchase date, 购置日期.
            let done = || match form.words.as_slice() {
                [first, last] => {
                    dated
                        && !of_amounts(verbs)
                        && spoken(first)
                        && lexicon().any_is("generic", &last.concepts)
                }
                _ => false,
            };
            form.closeness <= Closeness::Named
                && match form.words.as_slice() {
                    [word] => spoken(word),
                    [.., word] => dated && spoken(word),
                    [] => false,
                }
                || done()
        })
    };
    if verbs.is_empty() {
        return Vec::new();
    }
    table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| speaks(column))
        .map(|(at, _)| at)
        .collect()
}

/// Whether verbs speak of how much there is: what is sold is asked for, and not when.
pub(super) fn of_amounts(verbs: &[Concept]) -> bool {
    ["additive", "earned", "spent"]
        .iter()
        .any(|kind| lexicon().any_is(kind, verbs))
}

/// An English verb without its ending; none of what is too short to tell.
fn root(word: &str) -> Option<&str> {
    let root = ["ing", "ed", "es", "s", "e"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .unwrap_or(word);
    (root.len() > 3 && root.is_ascii()).then_some(root)
}
