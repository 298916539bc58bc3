//! A chart parser: every stretch of the question that the grammar can make something of, from right to left, so that
//! whatever a rule needs behind its first part is there already. Then the cheapest ways to cover the whole question.

use std::rc::Rc;

use schemas::plan::Aggregate;

use super::atoms::{Atom, AtomKind, Atoms};
use super::grammar::{Grammar, Rule, Symbol};
use super::headers::Closeness;
use super::linking::{Edge, Meaning};
use super::part::{MeasureOf, Part};
use super::role::Role;
use super::table::Table;

/// Names of what the table and the question's text give; all others are roles.
#[cfg(test)]
pub const TERMINALS: [&str; 10] = [
    "verb", "column", "value", "number", "time", "edition", "names", "quoted", "subject", "literal",
];

/// What a word costs, however long it is: long words win.
const WORD: u32 = 10;
/// What a word without meaning costs.
const FILLER: u32 = 3;
/// What a piece costs that nothing explains; dearer than any sentence.
const UNKNOWN: u32 = 1_000;
/// Readings of one stretch under one name that are kept.
const READINGS: usize = 12;
/// Ways to cover the question up to a piece that are kept.
const COVERS: usize = 48;
/// What it costs more that the rows are only supposed to be called so.
const SUPPOSED: u32 = 5;
/// Pieces of a text that is looked for without quotation marks.
const LITERAL: usize = 4;

/// A stretch of the question with its meaning.
#[derive(Debug, Clone)]
pub struct Constituent {
    /// Its name in the grammar.
    pub symbol: Symbol,
    /// Its first piece.
    pub start: usize,
    /// Behind its last piece.
    pub end: usize,
    /// What it means.
    pub part: Part,
    /// How unlikely it is.
    pub cost: u32,
    /// The words that it is made of.
    pub words: Vec<Word>,
}

/// A word with the meaning that it was used in.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Its first piece.
    pub start: usize,
    /// Behind its last piece.
    pub end: usize,
    /// What it means.
    pub part: Part,
}

/// One way to cover the question.
#[derive(Debug, Clone, Default)]
pub struct Cover {
    /// Items and glue, in order.
    pub items: Vec<Rc<Constituent>>,
    /// How unlikely it is.
    pub cost: u32,
    /// Pieces that nothing explains.
    pub unknown: Vec<(usize, usize)>,
}

/// All constituents of a question over a table.
pub struct Chart<'a> {
    grammar: &'a Grammar,
    table: &'a Table<'a>,
    /// By their first piece.
    found: Vec<Vec<Rc<Constituent>>>,
    /// Where one may go on behind words without meaning, by piece: (piece, cost).
    skips: Vec<Vec<(usize, u32)>>,
}

impl<'a> Chart<'a> {
    /// Parses.
    #[must_use]
    pub fn new(grammar: &'a Grammar, table: &'a Table<'a>, atoms: &Atoms, edges: &[Vec<Edge>]) -> Self {
        let count = atoms.list.len();
        let mut chart = Self {
            grammar,
            table,
            found: vec![Vec::new(); count + 1],
            skips: vec![Vec::new(); count + 1],
        };
        if let Some(end) = chart.skips.last_mut() {
            end.push((count, 0));
        }
        for at in (0..count).rev() {
            chart.skip_from(at, edges);
            let mut agenda = chart.terminals(at, atoms, edges);
            while let Some(constituent) = cheapest(&mut agenda) {
                if let Some(constituent) = chart.keep(at, constituent) {
                    for rule in grammar.starting_with(constituent.symbol) {
                        chart.apply(rule, &constituent, &mut agenda);
                    }
                }
            }
        }
        chart
    }

    /// The cheapest ways to cover the whole question, cheapest first.
    #[must_use]
    pub fn covers(&self) -> Vec<Cover> {
        let count = self.found.len() - 1;
        let mut best: Vec<Vec<Cover>> = vec![Vec::new(); count + 1];
        if let Some(first) = best.first_mut() {
            first.push(Cover::default());
        }
        for at in 0..count {
            let mut here = best.get_mut(at).map(std::mem::take).unwrap_or_default();
            here.sort_by_key(|cover| cover.cost);
            here.truncate(COVERS);
            let mut steps: Vec<(usize, u32, Option<&Rc<Constituent>>)> = Vec::new();
            for constituent in self.found.get(at).into_iter().flatten() {
                let alone = [
                    self.grammar.item(constituent.symbol),
                    self.grammar.glue(constituent.symbol),
                ];
                for cost in alone.into_iter().flatten() {
                    steps.push((constituent.end, constituent.cost + cost, Some(constituent)));
                }
            }
            for (end, cost) in self
                .skips
                .get(at)
                .into_iter()
                .flatten()
                .filter(|(end, _)| *end > at)
            {
                steps.push((*end, *cost, None));
            }
            steps.push((at + 1, UNKNOWN, None));
            for cover in &here {
                for (end, cost, constituent) in &steps {
                    let mut next = cover.clone();
                    next.cost += cost;
                    next.items.extend(constituent.map(Rc::clone));
                    if *cost == UNKNOWN && constituent.is_none() {
                        next.unknown.push((at, *end));
                    }
                    if let Some(list) = best.get_mut(*end) {
                        list.push(next);
                    }
                }
            }
        }
        let mut whole = best.pop().unwrap_or_default();
        whole.sort_by_key(|cover| cover.cost);
        whole.truncate(COVERS);
        whole
    }

    /// Adds a constituent unless it is there already as cheap, or too many cheaper ones are.
    fn keep(&mut self, at: usize, constituent: Constituent) -> Option<Rc<Constituent>> {
        let list = self.found.get_mut(at)?;
        let same_place =
            |other: &Constituent| other.symbol == constituent.symbol && other.end == constituent.end;
        let mut readings = 0;
        for other in list.iter().filter(|other| same_place(other)) {
            readings += 1;
            if other.part == constituent.part {
                return None;
            }
        }
        if readings >= READINGS {
            return None;
        }
        let constituent = Rc::new(constituent);
        list.push(Rc::clone(&constituent));
        Some(constituent)
    }

    /// Applies a rule whose first part is `first`.
    fn apply(&self, rule: &Rule, first: &Rc<Constituent>, agenda: &mut Vec<Constituent>) {
        let mut open: Vec<(Vec<Rc<Constituent>>, u32)> =
            vec![(vec![Rc::clone(first)], first.cost + rule.cost)];
        for symbol in rule.of.iter().skip(1) {
            let mut next = Vec::new();
            for (parts, cost) in &open {
                let Some(last) = parts.last() else { continue };
                for (start, skipped) in self.skips.get(last.end).into_iter().flatten() {
                    let here = self.found.get(*start).into_iter().flatten();
                    for constituent in here.filter(|constituent| constituent.symbol == *symbol) {
                        let mut parts = parts.clone();
                        parts.push(Rc::clone(constituent));
                        next.push((parts, cost + skipped + constituent.cost));
                    }
                }
            }
            open = next;
        }
        for (constituents, cost) in open {
            let parts: Vec<&Part> = constituents.iter().map(|constituent| &constituent.part).collect();
            let (Some(start), Some(end)) = (constituents.first(), constituents.last()) else {
                continue;
            };
            for part in rule.action.run(self.table, &parts) {
                agenda.push(Constituent {
                    symbol: rule.makes,
                    start: start.start,
                    end: end.end,
                    part,
                    cost,
                    words: constituents
                        .iter()
                        .flat_map(|constituent| constituent.words.iter().cloned())
                        .collect(),
                });
            }
        }
    }

    fn skip_from(&mut self, at: usize, edges: &[Vec<Edge>]) {
        let mut reached = vec![(at, 0)];
        for edge in edges.get(at).into_iter().flatten() {
            if edge.meanings.contains(&Meaning::Role(Role::Filler)) {
                for (end, cost) in self.skips.get(edge.end).into_iter().flatten() {
                    let cost = cost + FILLER;
                    match reached.iter_mut().find(|(other, _)| other == end) {
                        Some((_, cheapest)) => *cheapest = cost.min(*cheapest),
                        None => reached.push((*end, cost)),
                    }
                }
            }
        }
        if let Some(skips) = self.skips.get_mut(at) {
            *skips = reached;
        }
    }

    fn terminals(&self, at: usize, atoms: &Atoms, edges: &[Vec<Edge>]) -> Vec<Constituent> {
        let mut found = Vec::new();
        let mut add = |name: &str, end: usize, part: Part, cost: u32| {
            if let Some(symbol) = self.grammar.symbol(name) {
                let words = vec![Word {
                    start: at,
                    end,
                    part: part.clone(),
                }];
                found.push(Constituent {
                    symbol,
                    start: at,
                    end,
                    part,
                    cost: WORD + cost,
                    words,
                });
            }
        };
        for edge in edges.get(at).into_iter().flatten() {
            for meaning in &edge.meanings {
                match meaning {
                    Meaning::Role(role) => add(role.name(), edge.end, Part::Role(*role), 0),
                    Meaning::Column(column, closeness) => {
                        add("column", edge.end, Part::Column(*column), distance(*closeness));
                    }
                    Meaning::Total(column) => {
                        let sum = MeasureOf::over(Aggregate::Sum, *column);
                        add("measure", edge.end, Part::Measures(vec![sum]), 1);
                    }
                    Meaning::Within(function, columns) => {
                        let over = |column: &usize| MeasureOf::over(*function, *column);
                        let measures = columns.iter().map(over).collect();
                        add("measure", edge.end, Part::Measures(measures), 1);
                    }
                    Meaning::Verb(column) => add("verb", edge.end, Part::Column(*column), 1),
                    Meaning::Value(column, texts) => {
                        add("value", edge.end, Part::Values(*column, texts.clone()), 0);
                    }
                    Meaning::Number(number) => add("number", edge.end, Part::Number(*number), 0),
                    Meaning::Time(said) => add("time", edge.end, Part::Time(*said), 0),
                    Meaning::Names(columns) => add("names", edge.end, Part::Columns(columns.clone()), 0),
                    Meaning::Edition(year) => add("edition", edge.end, Part::Edition(*year), 0),
                    Meaning::Quoted(text) => add("quoted", edge.end, Part::Text(text.clone()), 0),
                    Meaning::Subject => add("subject", edge.end, Part::Rows, 0),
                    Meaning::Supposed => add("subject", edge.end, Part::Rows, SUPPOSED),
                }
            }
        }
        // Any words may be a text that is looked for, where a rule wants one.
        for end in at + 1..=(at + LITERAL).min(atoms.list.len()) {
            let pieces = atoms.list.get(at..end).unwrap_or_default();
            let no_text = |piece: &Atom| {
                matches!(piece.kind, AtomKind::Mark | AtomKind::Quoted)
                    || matches!(piece.text.as_str(), "的" | "以")
            };
            if pieces.iter().any(no_text) {
                break;
            }
            if let (Some(first), Some(last)) = (pieces.first(), pieces.last()) {
                add(
                    "literal",
                    end,
                    Part::Text(atoms.literal(first.start, last.end)),
                    6,
                );
            }
        }
        found
    }
}

/// The cheapest comes first, so that what is kept needs no second look.
fn cheapest(agenda: &mut Vec<Constituent>) -> Option<Constituent> {
    let (at, _) = agenda
        .iter()
        .enumerate()
        .min_by_key(|(_, constituent)| constituent.cost)?;
    Some(agenda.swap_remove(at))
}

/// What it costs that a column is not named by its own words.
fn distance(closeness: Closeness) -> u32 {
    match closeness {
        Closeness::Exact => 0,
        Closeness::Idea | Closeness::Own => 1,
        Closeness::Named => 2,
        Closeness::Numbered => 3,
        Closeness::Part => 4,
    }
}
