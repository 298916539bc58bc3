//! What the words of a question may name in a table: columns, values, its rows. Every place where a word could stand
//! becomes an edge from a piece to a later one; which of them make up the question is decided in `chart`.

use super::atoms::{AtomKind, Atoms};
use super::calendar::Calendar;
use super::fold::{fold, is_han};
use super::headers::{Closeness, Form, HeaderWord};
use super::lexicon::{Concept, Entry, lexicon, stem_phrase};
use super::number::{Number, numbers_at};
use super::role::Role;
use super::table::{Column, Table};
use super::time::{self, Said};
use schemas::table::ColumnType;

/// What a word may mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A part in the sentence.
    Role(Role),
    /// A column.
    Column(usize, Closeness),
    /// A verb that speaks of what a column holds.
    Verb(usize),
    /// Values of a column, as written in the table.
    Value(usize, Vec<String>),
    /// A number.
    Number(Number),
    /// A date or period.
    Time(Said),
    /// Text in quotation marks.
    Quoted(String),
    /// What the rows are.
    Subject,
}

/// A word that could stand between two pieces.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Behind its last piece.
    pub end: usize,
    /// What it may mean.
    pub meanings: Vec<Meaning>,
}

/// Pieces before a bracket that it may explain.
const GLOSSED: usize = 4;

/// A word or phrase of the lexicon in the question.
#[derive(Debug, Clone)]
struct Known {
    end: usize,
    stem: String,
    entry: Entry,
}

/// The words of a question before any table is looked at.
#[derive(Debug)]
pub struct Words<'a> {
    atoms: &'a Atoms,
    known: Vec<Vec<Known>>,
    numbers: Vec<Vec<(usize, Number)>>,
    times: Vec<Vec<(usize, Said)>>,
}

impl<'a> Words<'a> {
    /// Finds the words of the lexicon, numbers and times at every piece.
    #[must_use]
    pub fn new(atoms: &'a Atoms, calendar: &Calendar) -> Self {
        let count = atoms.list.len();
        let mut words = Self {
            atoms,
            known: (0..count).map(|at| known_at(atoms, at)).collect(),
            numbers: (0..count).map(|at| numbers_at(&atoms.list, at)).collect(),
            times: (0..count).map(|at| time::times_at(atoms, at, calendar)).collect(),
        };
        // A lone 一 or "one" is a number only where a number must follow.
        for at in 0..count {
            let lone = atoms
                .list
                .get(at)
                .is_some_and(|atom| matches!(atom.text.as_str(), "一" | "one"));
            let before = at
                .checked_sub(1)
                .and_then(|at| atoms.list.get(at))
                .map_or("", |atom| atom.text.as_str());
            let wanted = matches!(
                before,
                "前" | "后" | "过" | "于" | "少" | "多" | "第" | "than" | "top" | "least" | "most"
            );
            if lone
                && !wanted
                && let Some(numbers) = words.numbers.get_mut(at)
            {
                numbers.retain(|(end, _)| *end > at + 1);
            }
        }
        words
    }

    /// All edges over one table, by the piece that they start at.
    #[must_use]
    pub fn link(&self, table: &Table<'_>) -> Vec<Vec<Edge>> {
        let mut edges: Vec<Vec<Edge>> = (0..self.atoms.list.len())
            .map(|at| self.edges_at(at, table))
            .collect();
        self.gloss(&mut edges);
        edges
    }

    /// "orthopaedics (骨科)": what stands in brackets says what the words before them mean.
    fn gloss(&self, edges: &mut [Vec<Edge>]) {
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
                let start = (open.saturating_sub(GLOSSED)..open)
                    .rev()
                    .take_while(unexplained)
                    .last()
                    .unwrap_or(open);
                if let Some(list) = edges.get_mut(start) {
                    list.push(Edge {
                        end,
                        meanings: meanings.clone(),
                    });
                }
            }
        }
    }

    fn edges_at(&self, at: usize, table: &Table<'_>) -> Vec<Edge> {
        let mut edges: Vec<Edge> = Vec::new();
        let mut add = |end: usize, meaning: Meaning| match edges.iter_mut().find(|edge| edge.end == end) {
            Some(edge) if edge.meanings.contains(&meaning) => {}
            Some(edge) => edge.meanings.push(meaning),
            None => edges.push(Edge {
                end,
                meanings: vec![meaning],
            }),
        };
        self.link_columns(at, table, &mut add);
        self.link_values(at, table, &mut add);
        for subject in &table.subjects {
            if let Some(end) = self.sequence(at, subject, 0) {
                add(end, Meaning::Subject);
            }
        }
        for column in self.derived(at, table) {
            add(at + 1, Meaning::Verb(column));
        }
        for known in self.known.get(at).into_iter().flatten() {
            for column in verb_columns(table, &known.entry.verbs) {
                add(known.end, Meaning::Verb(column));
            }
            let about_rows = known.entry.verbs.iter().any(|verb| {
                !lexicon().is("restricting", *verb)
                    && table
                        .subjects
                        .iter()
                        .flatten()
                        .any(|word| word.concepts.contains(verb))
            });
            let unless = &known.entry.unless;
            let neutral = !unless.is_empty() && !unless.iter().any(|concept| table.knows(*concept));
            if about_rows || neutral || (known.entry.first && at == 0) {
                add(known.end, Meaning::Role(Role::Filler));
            }
            for role in &known.entry.roles {
                let people = *role == Role::Word("person") && table.of_people;
                add(
                    known.end,
                    if people {
                        Meaning::Subject
                    } else {
                        Meaning::Role(*role)
                    },
                );
            }
        }
        for (end, number) in self.numbers.get(at).into_iter().flatten() {
            add(*end, Meaning::Number(*number));
        }
        for (end, said) in self.times.get(at).into_iter().flatten() {
            add(*end, Meaning::Time(*said));
        }
        if let Some(atom) = self.atoms.list.get(at)
            && atom.kind == AtomKind::Quoted
        {
            let text = self.atoms.literal(atom.start, atom.end);
            if !text.is_empty() {
                add(at + 1, Meaning::Quoted(text));
            }
        }
        for edge in &mut edges {
            self.settle(at, edge, table);
        }
        edges
    }

    /// Columns of times whose header a verb comes from: "sailed" of a sailing date.
    fn derived(&self, at: usize, table: &Table<'_>) -> Vec<usize> {
        let word = self
            .atoms
            .list
            .get(at)
            .filter(|atom| atom.kind == AtomKind::Word)
            .map_or("", |atom| &atom.text);
        let Some(root) = root(word) else { return Vec::new() };
        let comes_from = |column: &Column<'_>| {
            column.kind().is_time()
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

    /// Keeps the closest columns for each end.
    fn link_columns(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        let mut links: Vec<(usize, usize, Closeness)> = Vec::new();
        for (number, column) in table.columns.iter().enumerate() {
            for header in &column.headers {
                if let Some(end) = self.atoms.reads(at, header) {
                    links.push((end, number, Closeness::Exact));
                }
            }
            // A part of its name is too little to say that a truth value holds.
            let partial =
                |form: &&Form| column.kind() != ColumnType::Bool || form.closeness <= Closeness::Named;
            for form in column.forms.iter().filter(partial) {
                for end in [self.sequence(at, &form.words, 0), self.turned(at, &form.words)]
                    .into_iter()
                    .flatten()
                {
                    let verbatim = form.closeness == Closeness::Idea
                        && form
                            .words
                            .iter()
                            .map(|word| word.stem.as_str())
                            .collect::<Vec<_>>()
                            .join(" ")
                            == stem_phrase(&self.atoms.folded(at, end));
                    links.push((
                        end,
                        number,
                        if verbatim {
                            Closeness::Exact
                        } else {
                            form.closeness
                        },
                    ));
                }
            }
        }
        for (end, number, closeness) in &links {
            let best = links
                .iter()
                .filter(|(other, ..)| other == end)
                .map(|(.., closeness)| *closeness)
                .min();
            let already = links
                .iter()
                .any(|(other, same, closer)| other == end && same == number && closer < closeness);
            if best == Some(*closeness) && !already {
                add(*end, Meaning::Column(*number, *closeness));
            }
        }
    }

    fn link_values(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        let index = table.view.values;
        let Some(first) = self.atoms.list.get(at) else {
            return;
        };
        for end in at + 1..=self.atoms.list.len() {
            let Some(last) = self.atoms.list.get(end - 1) else {
                break;
            };
            if last.end - first.start > index.longest() + 4 {
                break;
            }
            let text = self.atoms.folded(at, end);
            if text.chars().all(|c| !c.is_alphanumeric()) {
                continue;
            }
            for held in index.of_text(&text) {
                if let Some(column) = table.number(held.column) {
                    add(end, Meaning::Value(column, vec![held.text.to_owned()]));
                }
            }
        }
        for known in self.known.get(at).into_iter().flatten() {
            let mut by_column: Vec<(usize, Vec<String>)> = Vec::new();
            let text = self.atoms.folded(at, known.end);
            for concept in known.entry.concepts.iter().chain(&known.entry.verbs) {
                for held in index.of_concept(*concept) {
                    let Some(column) = table.number(held.column) else {
                        continue;
                    };
                    // A value that is there in these very words is meant, and no other word for it.
                    if index.in_column(held.column, &text).is_some() {
                        continue;
                    }
                    match by_column.iter_mut().find(|(other, _)| *other == column) {
                        Some((_, texts)) if texts.iter().any(|text| text == held.text) => {}
                        Some((_, texts)) => texts.push(held.text.to_owned()),
                        None => by_column.push((column, vec![held.text.to_owned()])),
                    }
                }
            }
            for (column, texts) in by_column {
                add(known.end, Meaning::Value(column, texts));
            }
        }
    }

    /// Behind the pieces that name some header words in order, "of" and 的 between them allowed.
    fn sequence(&self, at: usize, words: &[HeaderWord], depth: usize) -> Option<usize> {
        let (first, rest) = words.split_first()?;
        let start = if depth > 0 { self.behind_joiner(at) } else { at };
        self.ends_of(start, first)
            .into_iter()
            .filter_map(|end| {
                if rest.is_empty() {
                    Some(end)
                } else {
                    self.sequence(end, rest, depth + 1)
                }
            })
            .max()
    }

    /// The same with the last word first: "name of the country", "date of birth".
    fn turned(&self, at: usize, words: &[HeaderWord]) -> Option<usize> {
        let (last, rest) = words.split_last()?;
        if rest.is_empty() {
            return None;
        }
        self.ends_of(at, last).into_iter().find_map(|end| {
            let text = |at: usize| self.atoms.list.get(at).map_or("", |atom| atom.text.as_str());
            if text(end) != "of" {
                return None;
            }
            let start = if text(end + 1) == "the" || text(end + 1) == "each" {
                end + 2
            } else {
                end + 1
            };
            // "the name of each country" still asks for each.
            if text(end + 1) == "each" {
                None
            } else {
                self.sequence(start, rest, 0)
            }
        })
    }

    fn behind_joiner(&self, at: usize) -> usize {
        let joins = self
            .atoms
            .list
            .get(at)
            .is_some_and(|atom| matches!(atom.text.as_str(), "的" | "-" | "_" | "/" | "'s" | "of"));
        if joins { at + 1 } else { at }
    }

    fn ends_of(&self, at: usize, word: &HeaderWord) -> Vec<usize> {
        let mut ends: Vec<usize> = self
            .known
            .get(at)
            .into_iter()
            .flatten()
            .filter(|known| {
                known.stem == word.stem
                    || known
                        .entry
                        .concepts
                        .iter()
                        .any(|concept| word.concepts.contains(concept))
            })
            .map(|known| known.end)
            .collect();
        ends.extend(self.atoms.reads(at, &word.text));
        ends
    }

    /// Drops meanings of a word that others of its meanings rule out.
    fn settle(&self, at: usize, edge: &mut Edge, table: &Table<'_>) {
        let closest = edge.meanings.iter().filter_map(|meaning| match meaning {
            Meaning::Column(_, closeness) => Some(*closeness),
            _ => None,
        });
        let closest = closest.min();
        let has = |test: fn(&Meaning) -> bool| edge.meanings.iter().any(test);
        let role = has(|meaning| matches!(meaning, Meaning::Role(_)));
        let subject = has(|meaning| matches!(meaning, Meaning::Subject));
        let number = has(|meaning| matches!(meaning, Meaning::Number(_)));
        let time = has(|meaning| matches!(meaning, Meaning::Time(_))) && !table.times.is_empty();
        let text = self.atoms.folded(at, edge.end);
        let short = text.chars().count() < 2
            || (text.chars().count() < 3
                && !text.chars().any(is_han)
                && !text.chars().any(|c| c.is_ascii_digit()));
        let written_as_name = self.atoms.is_capitalised(at) || self.atoms.in_capitals(at);
        let verb = has(|meaning| matches!(meaning, Meaning::Verb(_)));
        let named = closest.is_some();
        edge.meanings.retain(|meaning| match meaning {
            // "sold" says something where a column of sales is there, and "take" where nothing is.
            Meaning::Role(Role::Filler) if verb => false,
            Meaning::Verb(_) => !named,
            Meaning::Column(_, Closeness::Exact) => true,
            Meaning::Column(number, Closeness::Idea | Closeness::Own) => {
                !role
                    || (table.column(*number).is_some()
                        && text.chars().count() > 1
                        && !function_word(edge_roles(&text)))
            }
            Meaning::Column(_, closeness) => !role && !subject && Some(*closeness) == closest,
            Meaning::Value(_, texts) => {
                let verbatim = texts.iter().any(|value| fold(value) == text);
                let written_out = verbatim && (text.starts_with('0') || text.chars().count() > 4);
                (!(time || number) || written_out)
                    && (!(role || (short && !text.chars().any(is_han))) || (written_as_name && verbatim))
                    && (verbatim || closest.is_none_or(|closest| closest > Closeness::Idea))
            }
            Meaning::Subject => closest.is_none_or(|closest| closest > Closeness::Own),
            Meaning::Role(role) => match closest {
                Some(Closeness::Exact) => function_word(Some(*role)),
                Some(Closeness::Idea | Closeness::Own) => {
                    function_word(Some(*role)) || text.chars().count() == 1
                }
                _ => true,
            },
            Meaning::Number(_) | Meaning::Time(_) | Meaning::Quoted(_) => true,
        });
    }
}

/// An English verb without its ending; none of what is too short to tell.
fn root(word: &str) -> Option<&str> {
    let root = ["ing", "ed", "es", "s", "e"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .unwrap_or(word);
    (root.len() > 3 && root.is_ascii()).then_some(root)
}

/// The columns that hold what a verb speaks of.
fn verb_columns(table: &Table<'_>, verbs: &[Concept]) -> Vec<usize> {
    let speaks = |column: &Column<'_>| {
        column.forms.iter().any(|form| {
            form.closeness <= Closeness::Named
                && matches!(form.words.as_slice(), [word] if word.concepts.iter().any(|concept| verbs.contains(concept)))
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

fn edge_roles(text: &str) -> Option<Role> {
    lexicon().get(text).and_then(|entry| entry.roles.first().copied())
}

/// Whether a role is more likely than a column of that name: "average" asks for an average.
fn function_word(role: Option<Role>) -> bool {
    match role {
        Some(Role::Filler | Role::Unit(_) | Role::Bucket(_)) | None => false,
        Some(Role::Word(word)) => !matches!(word, "person" | "row" | "list" | "count"),
        Some(_) => true,
    }
}

fn known_at(atoms: &Atoms, at: usize) -> Vec<Known> {
    let mut found = Vec::new();
    let Some(first) = atoms.list.get(at) else {
        return found;
    };
    if matches!(first.kind, AtomKind::Quoted) {
        // What is quoted names a value, perhaps in the other language, and plays no part in the sentence.
        if let Some(entry) = lexicon().find(&first.text, &stem_phrase(&first.text), true) {
            let entry = Entry {
                concepts: entry.concepts,
                ..Entry::default()
            };
            found.push(Known {
                end: at + 1,
                stem: first.text.clone(),
                entry,
            });
        }
        return found;
    }
    let (characters, phrase) = lexicon().longest();
    for end in at + 1..=atoms.list.len() {
        let Some(last) = atoms.list.get(end - 1) else {
            break;
        };
        if last.kind == AtomKind::Quoted || end - at > characters.max(phrase) {
            break;
        }
        let text = atoms.folded(at, end);
        let stem = stem_phrase(&text);
        let capitals = (at..end).all(|at| atoms.in_capitals(at));
        // "check-in" is "check in".
        let apart = || {
            lexicon().find(
                &text.replace('-', " "),
                &stem_phrase(&text.replace('-', " ")),
                capitals,
            )
        };
        let entry = lexicon()
            .find(&text, &stem, capitals)
            .or_else(|| if text.contains('-') { apart() } else { None });
        if entry.is_some() || (end == at + 1 && matches!(first.kind, AtomKind::Word)) {
            found.push(Known {
                end,
                stem,
                entry: entry.unwrap_or_default(),
            });
        }
    }
    found
}
