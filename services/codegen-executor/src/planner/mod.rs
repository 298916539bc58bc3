//! From a question in Chinese or English to a typed plan, or to the reason why not. No model takes part.
//!
//! | module | what is in it |
//! |---|---|
//! | [`atoms`], [`fold`], [`stem`] | a question in its smallest pieces, and how they are compared |
//! | [`lexicon`], [`role`] | the words that are known, from data files |
//! | [`number`], [`time`], [`calendar`] | numbers, dates and periods in a question |
//! | [`headers`], [`table`], [`values`] | how the columns, rows and values of a table may be named |
//! | [`linking`] | what each stretch of the question may name |
//! | [`grammar`], [`chart`], [`actions`], [`part`] | rules from a data file, the parser that applies them, what they make |
//! | [`gather`], [`also`], [`assemble`] | from the parts of a question to plans |
//! | [`heeded`] | whether a plan heeds all that is named |
//! | [`heard`] | what a question says, for programs that somebody else wrote |
//! | [`follow`] | questions that go on from earlier ones |
//! | [`join`] | two tables of which one points into the other |
//! | [`preference`] | which of several readings another one outdoes |
//! | [`glossary`] | the words of a tenant's own |
//! | [`explain`] | chips, assumptions and reasons in words |

mod actions;
mod also;
mod assemble;
mod atoms;
mod calendar;
mod chart;
mod explain;
mod fold;
mod follow;
mod gather;
mod glossary;
mod grammar;
mod headers;
pub mod heard;
mod heeded;
mod join;
mod lexicon;
mod linking;
mod number;
mod part;
mod preference;
mod role;
mod stem;
mod table;
mod time;
mod values;

use schemas::plan::{Condition, Plan, TableRef};
use schemas::table::TableProfile;
use schemas::trail::{Assumption, Chip, ChipRole, Span};
use schemas::{Date, Glossary, Language};

use crate::engine::columns::named_by;
use crate::engine::computed::operands;
use assemble::{Draft, Taken, assemble};
use atoms::Atoms;
use calendar::Calendar;
use chart::{Chart, Cover};
use gather::{Misfit, ends_open, gather};
use grammar::grammar;
pub use join::Joined;
use linking::{Edge, Meaning, Words};
use part::Part;
use table::Table;
pub use values::{Held, ValueIndex};

/// A question with everything that its meaning hangs on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// As asked.
    pub text: &'a str,
    /// The language of the answer.
    pub language: Language,
    /// What "today" means.
    pub today: Date,
    /// Earlier questions of the conversation, oldest first.
    pub history: &'a [String],
    /// What words mean to the asker's house.
    pub glossary: &'a Glossary,
}

/// A table as the planner sees it.
#[derive(Debug, Clone, Copy)]
pub struct TableView<'a> {
    /// Which table it is.
    pub reference: &'a TableRef,
    /// The logical name of its file.
    pub file_name: &'a str,
    /// Its columns.
    pub profile: &'a TableProfile,
    /// Its text values.
    pub values: &'a ValueIndex,
    /// The table that is read as one with it, where one is.
    pub joined: Option<&'a Joined<'a>>,
}

/// What the planner made of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Understanding {
    /// One reading.
    Understood(Box<Understood>),
    /// Several plausible readings; the caller computes all and answers if they agree.
    Ambiguous {
        /// At least two.
        readings: Vec<Understood>,
    },
    /// It abstains.
    Abstained {
        /// Why, in the language of the answer, naming the words.
        reason: String,
        /// Content words that nothing explains.
        unexplained: Vec<Span>,
        /// What was understood so far.
        chips: Vec<Chip>,
    },
}

/// One reading of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// The computation.
    pub plan: Plan,
    /// What each word was taken to mean.
    pub chips: Vec<Chip>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
}

/// Understands a question over some tables, or abstains rather than guesses.
#[must_use]
pub fn understand(question: &Question<'_>, tables: &[TableView<'_>]) -> Understanding {
    glossary::understand(question, tables, |question| read(question, tables))
}

/// Understands a question by what everybody's words mean.
fn read(question: &Question<'_>, tables: &[TableView<'_>]) -> Understanding {
    let atoms = Atoms::new(question.text);
    let words = Words::new(&atoms, &Calendar::new(question.today))
        .going_on(!question.history.is_empty())
        .alone(tables.len() == 1);
    let mut read = Vec::new();
    let mut failed: Option<Failure> = None;
    for view in tables {
        match over_table(question, &atoms, &words, *view, &beside(*view, tables)) {
            Ok(readings) => read.extend(readings),
            Err(failure) => {
                if failed.as_ref().is_none_or(|other| failure.cost < other.cost) {
                    failed = Some(failure);
                }
            }
        }
    }
    if read.is_empty() && tables.len() > 1 {
        let pairs = join::pairs(tables);
        let (repeating, joined): (Vec<_>, Vec<_>) = pairs.iter().partition(|pair| pair.repeats);
        let over = |pair: &Joined<'_>| over_joined(question, &atoms, &words, pair, tables);
        read.extend(joined.into_iter().flat_map(over));
        if read.is_empty()
            && let Some(pair) = repeating.into_iter().find(|pair| !over(pair).is_empty())
        {
            failed = Some(Failure {
                reason: explain::repeats(&pair.join, question.language),
                ..Failure::default()
            });
        }
    }
    read.sort_by_key(|(cost, _)| *cost);
    let cheapest = read.first().map_or(0, |(cost, _)| *cost);
    let mut readings: Vec<Understood> = Vec::new();
    for (cost, reading) in read {
        if cost <= cheapest + MARGIN && !readings.iter().any(|other| other.plan == reading.plan) {
            readings.push(reading);
        }
    }
    preference::prefer(&mut readings);
    match (readings.len(), failed) {
        (0, failed) => {
            let failed = failed.unwrap_or_default();
            Understanding::Abstained {
                reason: if failed.reason.is_empty() {
                    explain::not_understood(question.language)
                } else {
                    failed.reason
                },
                unexplained: failed.unexplained,
                chips: failed.chips,
            }
        }
        (1, _) => readings.pop().map_or_else(
            || Understanding::Ambiguous { readings: Vec::new() },
            |reading| Understanding::Understood(Box::new(reading)),
        ),
        _ => Understanding::Ambiguous { readings },
    }
}

/// The other tables of a table's file.
fn beside<'a>(view: TableView<'a>, tables: &[TableView<'a>]) -> Vec<&'a TableProfile> {
    let others = tables
        .iter()
        .filter(|other| other.reference.file == view.reference.file && other.reference != view.reference);
    others.map(|other| other.profile).collect()
}

/// The readings over two tables as one that need both of them.
fn over_joined(
    question: &Question<'_>,
    atoms: &Atoms,
    words: &Words<'_>,
    joined: &Joined<'_>,
    tables: &[TableView<'_>],
) -> Vec<(u32, Understood)> {
    let view = joined.view();
    let readings = over_table(question, atoms, words, view, &beside(view, tables));
    let fitted = readings
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(cost, reading)| {
            // What is named has to be there: a column that makes no difference was read in a wrong place.
            let columns = reading.chips.iter().filter(|chip| chip.role == ChipRole::Column);
            let read = named_by(&reading.plan);
            let computed = reading.plan.computed.iter();
            let operands: Vec<&str> = computed
                .flat_map(|computed| operands(&computed.formula))
                .collect();
            let is_read = |chip: &Chip| {
                let mut names = read.iter().chain(&operands);
                names.any(|name| chip.meaning.ends_with(name))
            };
            if !columns.into_iter().all(is_read) {
                return None;
            }
            let plan = joined.fitted(reading.plan, question.text)?;
            Some((cost, Understood { plan, ..reading }))
        });
    fitted.collect()
}

/// Readings that cost so much more than the best one are not what was meant.
const MARGIN: u32 = 4;
/// How much more than the best cover of the words a cover may cost that makes a plan where the best one makes none.
const DETOUR: u32 = 8;

/// Why a question makes no plan over a table.
#[derive(Debug, Default)]
struct Failure {
    cost: u32,
    reason: String,
    unexplained: Vec<Span>,
    chips: Vec<Chip>,
}

/// The readings over one table, each with what it costs.
fn over_table(
    question: &Question<'_>,
    atoms: &Atoms,
    words: &Words<'_>,
    view: TableView<'_>,
    beside: &[&TableProfile],
) -> Result<Vec<(u32, Understood)>, Failure> {
    let table = Table::new(view, beside);
    let phrases = crate::words::phrases(question.language);
    let edges = words.link(&table);
    let covers = Chart::new(grammar(), &table, atoms, &edges).covers();
    let Some(best) = covers.first() else {
        return Err(Failure {
            cost: u32::MAX,
            ..Failure::default()
        });
    };
    let before = follow::before(question, &table);
    let chips_of = |cover| explain::chips(cover, &table, atoms, question.language);
    if !best.unknown.is_empty() {
        return Err(Failure {
            cost: best.cost,
            reason: String::new(),
            unexplained: explain::unexplained(best, atoms, &edges),
            chips: chips_of(best),
        });
    }
    let mut readings: Vec<(u32, Understood)> = Vec::new();
    let mut misfit = None;
    let of_the_future = |draft: &Draft| {
        draft
            .plan
            .filter
            .as_ref()
            .is_some_and(|filter| starts_after(filter, question.today))
    };
    for cover in covers
        .iter()
        .filter(|cover| cover.unknown.is_empty() && cover.cost <= best.cost + DETOUR)
    {
        let sorted = if ends_open(cover, atoms) {
            Err(Misfit::Unconnected)
        } else {
            gather(cover)
        };
        let read = sorted.and_then(|now| {
            let merged = |before| {
                let said = follow::merged(&table, before, now.clone(), question.text)?;
                let mut drafts = assemble(&table, said, phrases)?;
                for draft in &mut drafts {
                    draft.taken.push(Taken::Before(before.text.clone()));
                }
                Ok(drafts)
            };
            let alone = || assemble(&table, now.clone(), phrases);
            let carries_on = !question.history.is_empty() && follow::carries_on(atoms, &now);
            match &before {
                Some(before) if carries_on => merged(before),
                None if carries_on => Err(Misfit::Before),
                // What is no question by itself may be one from there.
                Some(before) => alone().or_else(|why| merged(before).map_err(|_: Misfit| why)),
                None => alone(),
            }
        });
        match read {
            Ok(drafts) if drafts.iter().any(of_the_future) => misfit = misfit.or(Some(Misfit::Future)),
            Ok(drafts)
                if !drafts
                    .iter()
                    .any(|draft| heeded::heeds(&table, cover, atoms, &draft.plan)) =>
            {
                misfit = misfit.or(Some(Misfit::Unconnected));
            }
            Ok(mut drafts) => readings.extend(
                drafts
                    .drain(..)
                    .filter(|draft| heeded::heeds(&table, cover, atoms, &draft.plan))
                    .map(|mut draft| {
                        draft.taken.extend(supposed(cover, atoms, &edges));
                        let cost = draft.cost();
                        let assumptions = draft
                            .taken
                            .iter()
                            .map(|taken| explain::assumption(taken, question.language))
                            .collect();
                        (
                            cover.cost + cost,
                            Understood {
                                plan: draft.plan,
                                chips: chips_of(cover),
                                assumptions,
                            },
                        )
                    }),
            ),
            Err(why) => misfit = misfit.or(Some(why)),
        }
    }
    if readings.is_empty() {
        let reason = misfit.map_or_else(String::new, |why| explain::misfit(why, &table, question.language));
        return Err(Failure {
            cost: best.cost,
            reason,
            unexplained: Vec::new(),
            chips: chips_of(best),
        });
    }
    Ok(readings)
}

/// Words of a cover that are only supposed to name the rows.
fn supposed(cover: &Cover, atoms: &Atoms, edges: &[Vec<Edge>]) -> Option<Taken> {
    let words = cover.items.iter().flat_map(|item| &item.words);
    let mut rows = words.filter(|word| word.part == Part::Rows);
    let word = rows.find(|word| {
        let from = edges.get(word.start).into_iter().flatten();
        let mut same = from.filter(|edge| edge.end == word.end);
        same.any(|edge| edge.meanings.contains(&Meaning::Supposed))
    })?;
    Some(Taken::Rows(atoms.folded(word.start, word.end)))
}

/// Whether all of a condition's time is still to come.
fn starts_after(condition: &Condition, today: Date) -> bool {
    match condition {
        Condition::And { all } => all.iter().any(|part| starts_after(part, today)),
        Condition::TimeRange { from: Some(from), .. } => *from > today,
        Condition::Or { .. }
        | Condition::Not { .. }
        | Condition::TimeRange { from: None, .. }
        | Condition::Compare { .. }
        | Condition::CompareColumns { .. }
        | Condition::Between { .. }
        | Condition::In { .. }
        | Condition::Contains { .. }
        | Condition::Missing { .. }
        | Condition::CompareAggregate { .. } => false,
    }
}
