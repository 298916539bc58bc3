//! What the words of a question may name in a table: columns, values, its rows. Every place where a word could stand
//! becomes an edge from a piece to a later one; which of them make up the question is decided in `chart`.

mod indirect;
mod makers;
mod naming;
mod settling;
mod speaking;
mod supposed;
mod whole;
mod widened;
mod within;

use super::atoms::{AtomKind, Atoms};
use super::calendar::Calendar;
use super::headers::{Closeness, Form};
use super::lexicon::{Entry, Following, lexicon, stem_phrase};
use super::number::{Number, numbers};
use super::role::Role;
use super::table::Table;
use super::time::{self, Said};
use schemas::plan::Aggregate;
use schemas::table::ColumnType;
use settling::keep_times;
use speaking::verb_columns;

/// What a word may mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A part in the sentence.
    Role(Role),
    /// A column.
    Column(usize, Closeness),
    /// The sum of a column, in one word: 门票总收入.
    Total(usize),
    /// A function in the middle of a column's name: 胜者的平均年龄 of 胜者年龄.
    Within(Aggregate, Vec<usize>),
    /// A verb that speaks of what a column holds.
    Verb(usize),
    /// Values of a column, as written in the table.
    Value(usize, Vec<String>),
    /// A number.
    Number(Number),
    /// A date or period.
    Time(Said),
    /// First and last name together.
    Names(Vec<usize>),
    /// The year of columns that are named by one: `pop_2020`.
    Edition(u16),
    /// Text in quotation marks.
    Quoted(String),
    /// What the rows are.
    Subject,
    /// What the rows may be, for want of another meaning.
    Supposed,
}

/// A word that could stand between two pieces.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Behind its last piece.
    pub end: usize,
    /// What it may mean.
    pub meanings: Vec<Meaning>,
}

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
    /// Whether there are earlier questions, so that "only" and "instead" say something.
    follows: bool,
    /// Whether there is one table alone, so that a word that nothing explains can only name its rows.
    alone: bool,
}

impl<'a> Words<'a> {
    /// Finds the words of the lexicon, numbers and times at every piece.
    #[must_use]
    pub fn new(atoms: &'a Atoms, calendar: &Calendar) -> Self {
        let count = atoms.list.len();
        Self {
            atoms,
            known: (0..count).map(|at| known_at(atoms, at)).collect(),
            numbers: numbers(&atoms.list),
            times: (0..count).map(|at| time::times_at(atoms, at, calendar)).collect(),
            follows: false,
            alone: false,
        }
    }

    /// The same words behind earlier questions.
    #[must_use]
    pub fn going_on(mut self, follows: bool) -> Self {
        self.follows = follows;
        self
    }

    /// All edges over one table, by the piece that they start at.
    #[must_use]
    pub fn link(&self, table: &Table<'_>) -> Vec<Vec<Edge>> {
        let mut edges: Vec<Vec<Edge>> = (0..self.atoms.list.len())
            .map(|at| self.edges_at(at, table))
            .collect();
        self.choose_units(&mut edges, table);
        self.gloss(&mut edges);
        self.widen(&mut edges, table);
        self.keep_scaled(&mut edges);
        self.keep_whole(&mut edges);
        self.keep_named(&mut edges, table);
        keep_times(&mut edges);
        self.suppose(&mut edges, table);
        edges
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
        self.link_names(at, table, &mut add);
        self.link_sizes(at, table, &mut add);
        self.link_totals(at, table, &mut add);
        self.link_whole_totals(at, table, &mut add);
        self.link_money(at, table, &mut add);
        self.link_within(at, table, &mut add);
        self.link_makers(at, table, &mut add);
        self.link_values(at, table, &mut add);
        for subject in &table.subjects {
            let end = self.sequence(at, subject, 0);
            if let Some(end) = end.filter(|end| !self.asks_how_many(at, *end)) {
                add(end, Meaning::Subject);
            }
        }
        for column in self.derived(at, table) {
            add(at + 1, Meaning::Verb(column));
        }
        for known in self.known.get(at).into_iter().flatten() {
            let spoken_of = verb_columns(table, &known.entry.verbs);
            // "cost", "spent": of the only column of money, where no other one is named so.
            let verbs = &known.entry.verbs;
            let summed = table
                .money
                .and_then(|money| table.column(money))
                .is_some_and(|money| money.additive);
            let of_money = !verbs.is_empty()
                && verbs
                    .iter()
                    // A price is paid for each thing that is sold, and not what was earned.
                    .all(|verb| lexicon().is("spent", *verb) || summed && lexicon().is("earned", *verb))
                && !self.repeats_header(at, known, table);
            let money = table.money.filter(|_| spoken_of.is_empty() && of_money);
            for column in spoken_of.into_iter().chain(money) {
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
            let about_rows = about_rows || self.repeats_header(at, known, table);
            let unless = &known.entry.unless;
            let in_header = || {
                let mut words = table
                    .columns
                    .iter()
                    .flat_map(|column| &column.forms)
                    .flat_map(|form| &form.words);
                words.any(|word| word.stem == known.stem)
            };
            let neutral =
                !unless.is_empty() && !unless.iter().any(|concept| table.knows(*concept)) && !in_header();
            let idle = known.entry.activity && !self.concerns(known, table);
            if about_rows || neutral || idle || (known.entry.first && at == 0) {
                add(known.end, Meaning::Role(Role::Filler));
            }
            for role in &known.entry.roles {
                if let (true, Role::Extreme { descending } | Role::Most { descending }) = (self.follows, role)
                {
                    let end = if *descending { "highest" } else { "lowest" };
                    add(known.end, Meaning::Role(Role::Word(end)));
                }
                // "Which is the longest": what is asked for, and no clause.
                if *role == Role::Filler && at == 0 && known.stem.starts_with("wh") {
                    continue;
                }
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
        if self.follows {
            let first = lexicon().following(Following::First).iter().filter(|_| at == 0);
            for end in first
                .chain(lexicon().following(Following::Anywhere))
                .filter_map(|phrase| self.atoms.reads(at, phrase))
            {
                add(end, Meaning::Role(Role::Filler));
            }
        }
        for (end, number) in self.numbers.get(at).into_iter().flatten() {
            add(*end, Meaning::Number(*number));
        }
        for (end, said) in self.times.get(at).into_iter().flatten() {
            add(*end, Meaning::Time(*said));
            if let Said::Span { span, .. } = said
                && let Some(year) = span.as_year().filter(|year| table.has_edition(*year))
            {
                add(*end, Meaning::Edition(year));
            }
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

    /// Keeps the closest columns for each end.
    fn link_columns(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        let mut links: Vec<(usize, usize, Closeness)> = Vec::new();
        let asks_how_many = ["number of", "count of"]
            .iter()
            .any(|words| self.atoms.reads(at, words).is_some());
        for (number, column) in table.columns.iter().enumerate() {
            for header in &column.headers {
                if let Some(end) = self.atoms.reads(at, header) {
                    links.push((end, number, Closeness::Exact));
                }
            }
            // A part of its name is too little to say that a truth value holds.
            let partial =
                |form: &&Form| column.kind() != ColumnType::Bool || form.closeness <= Closeness::Named;
            // "animals without a keeper": those that point at none.
            let pointless = column.profile.nulls > 0 && self.lacks(at);
            let own = |form: &&Form| {
                pointless
                    || !column.foreign
                    || !matches!(form.closeness, Closeness::Named | Closeness::Numbered)
            };
            for form in column.forms.iter().filter(partial).filter(own) {
                // "number of tickets" asks how many; a ticket number is said the other way round.
                if column.identifies && asks_how_many {
                    continue;
                }
                let turned = self.turned(at, &form.words);
                for end in [self.sequence(at, &form.words, 0), turned].into_iter().flatten() {
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
        // A word that stands in a header is that one, and no other word for something else.
        let spelt: Vec<usize> = links
            .iter()
            .filter(|(end, number, _)| self.spells(at, *end, table, *number))
            .map(|(end, ..)| *end)
            .collect();
        links.retain(|(end, number, _)| !spelt.contains(end) || self.spells(at, *end, table, *number));
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

    /// Whether what stands before a place says that something is not there.
    fn lacks(&self, at: usize) -> bool {
        let text = |back: usize| {
            let atom = at.checked_sub(back).and_then(|at| self.atoms.list.get(at));
            atom.map_or("", |atom| atom.text.as_str())
        };
        match text(1) {
            "no" | "without" | "无" => true,
            "有" => matches!(text(2), "没" | "未"),
            "a" | "any" => text(2) == "without",
            _ => false,
        }
    }

    /// Whether a stretch is a word of a column's header.
    fn spells(&self, at: usize, end: usize, table: &Table<'_>, column: usize) -> bool {
        let text = self.atoms.folded(at, end);
        let stem = stem_phrase(&text);
        table.column(column).is_some_and(|column| {
            column.headers.contains(&text)
                || column.forms.iter().any(|form| {
                    let stems: Vec<&str> = form.words.iter().map(|word| word.stem.as_str()).collect();
                    stems.join(" ") == stem || stems.concat() == stem
                })
        })
    }

    /// Whether a column or a value is about what a word names.
    fn concerns(&self, known: &Known, table: &Table<'_>) -> bool {
        let entry = &known.entry;
        entry
            .concepts
            .iter()
            .chain(&entry.verbs)
            .any(|concept| table.knows(*concept))
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
