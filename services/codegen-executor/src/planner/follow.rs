//! A question that goes on from earlier ones: "那华南呢", "by month instead". What it leaves unsaid is what was said
//! before.

use std::collections::BTreeSet;

use schemas::Date;
use schemas::plan::{Aggregate, Condition};

use super::assemble::assemble;
use super::atoms::Atoms;
use super::calendar::Calendar;
use super::chart::Chart;
use super::gather::{Gathered, Misfit, gather};
use super::grammar::grammar;
use super::lexicon::{Following, lexicon};
use super::linking::Words;
use super::part::MeasureOf;
use super::table::Table;
use super::{DETOUR, Question};
use crate::engine::columns::columns_of;

/// What is carried on from.
#[derive(Debug)]
pub struct Before {
    /// What was said, all in all.
    pub said: Gathered,
    /// The last question that said something of it.
    pub text: String,
}

/// What the earlier questions of a conversation say over a table; none where the last ones can't be understood.
#[must_use]
pub fn before(question: &Question<'_>, table: &Table<'_>) -> Option<Before> {
    let calendar = Calendar::new(question.today);
    let phrases = crate::words::phrases(question.language);
    let mut said: Option<Before> = None;
    for text in question.history {
        let atoms = Atoms::new(text);
        let words = Words::new(&atoms, &calendar).going_on(said.is_some());
        let covers = Chart::new(grammar(), table, &atoms, &words.link(table)).covers();
        let best = covers.first().map_or(0, |cover| cover.cost);
        let known = covers
            .iter()
            .filter(|cover| cover.unknown.is_empty() && cover.cost <= best + DETOUR);
        let makes_plan = |said: &Gathered| assemble(table, said.clone(), phrases).is_ok();
        let now: Vec<Gathered> = known.filter_map(|cover| gather(cover).ok()).collect();
        let alone = now.iter().find(|said| makes_plan(said)).cloned();
        let going_on = said.as_ref().and_then(|before| {
            let merged = now
                .iter()
                .filter_map(|now| merged(table, before, now.clone(), text).ok());
            merged.into_iter().find(|said| makes_plan(said))
        });
        let carries_on = now.first().is_some_and(|now| carries_on(&atoms, now));
        let whole = if said.is_some() && carries_on {
            going_on
        } else {
            alone.or(going_on)
        };
        said = whole.map(|said| Before {
            said,
            text: text.clone(),
        });
    }
    said
}

/// Whether a question can only be understood from what was said before: its words say so, or it says too little.
#[must_use]
pub fn carries_on(atoms: &Atoms, now: &Gathered) -> bool {
    let says = |what: Following| {
        let begins = |phrase: &String| atoms.reads(0, phrase).is_some();
        let holds = |phrase: &String| (0..atoms.list.len()).any(|at| atoms.reads(at, phrase).is_some());
        let phrases = lexicon().following(what).iter();
        match what {
            Following::First => phrases.into_iter().any(begins),
            Following::Anywhere => phrases.into_iter().any(holds),
            Following::Last => {
                let words = atoms.list.iter().rev();
                let mut words = words.filter(|atom| atom.text.chars().any(char::is_alphanumeric));
                let last = words.next().map(|atom| &atom.text);
                phrases.into_iter().any(|phrase| Some(phrase) == last)
            }
        }
    };
    let asks = now.which || now.who || now.list || now.how_much || now.rows;
    // Which rows count, or what to group by, and not what of.
    let too_little = now.columns.is_empty() && now.measures.is_empty() && now.pick.is_none();
    says(Following::First) || says(Following::Anywhere) || !asks && (too_little || says(Following::Last))
}

/// What was said before, with what is said now in its place.
///
/// # Errors
/// [`Misfit`] when what is said now has no place in it.
pub fn merged(table: &Table<'_>, before: &Before, now: Gathered, text: &str) -> Result<Gathered, Misfit> {
    let mut said = before.said.clone();
    if now.comparing.is_asked() || now.rank.is_some() {
        return Err(Misfit::Unconnected);
    }
    if let Some(function) = now.superlative {
        turn(&mut said, function)?;
    }
    replace_conditions(&mut said, &now, &before.text, text)?;
    if !now.keys.is_empty() {
        said.keys.clone_from(&now.keys);
        said.bare_spans = false;
    }
    if !now.measures.is_empty() {
        said.measures.clone_from(&now.measures);
        said.columns.clone_from(&now.columns);
        said.floating.clear();
    } else if !now.floating.is_empty() {
        // "the average instead": of what was measured.
        let measured: Vec<usize> = said
            .measures
            .iter()
            .filter_map(|measure| measure.column)
            .collect();
        if said.columns.is_empty() {
            said.columns = measured;
        }
        said.measures.clear();
        said.floating.clone_from(&now.floating);
    } else if !now.columns.is_empty() {
        replace_columns(table, &mut said, &now.columns)?;
    }
    if now.pick.is_some() {
        said.pick = now.pick;
        (said.limit, said.counted) = (None, None);
    }
    if !now.order.is_empty() {
        said.order.clone_from(&now.order);
    }
    if let Some(rows) = now.counted.or(now.limit.map(|(rows, _)| rows)) {
        match (&mut said.pick, &mut said.limit) {
            (Some(pick), _) => pick.rows = Some(rows),
            (None, Some((limit, _))) => *limit = rows,
            (None, None) => said.limit = Some((rows, now.limit.is_some_and(|(_, last)| last))),
        }
    }
    if !now.having.is_empty() {
        said.having.clone_from(&now.having);
    }
    if !now.editions.is_empty() {
        said.editions.clone_from(&now.editions);
    }
    said.decimals = now.decimals.or(said.decimals);
    Ok(said)
}

/// "The lowest instead": the other end of what was ranked, or the smallest of what was averaged. Of sums of groups it could be
/// either the smallest in each or the smallest of them.
fn turn(said: &mut Gathered, function: Aggregate) -> Result<(), Misfit> {
    if let Some(pick) = &mut said.pick {
        pick.ranked.descending = function == Aggregate::Max;
        return Ok(());
    }
    match said.measures.as_mut_slice() {
        [measure] if measure.column.is_some() && (said.keys.is_empty() || !adds_up(measure.function)) => {
            measure.function = function;
            Ok(())
        }
        _ => Err(Misfit::Unconnected),
    }
}

/// Whether groups have so much of it, rather than such a one among theirs.
const fn adds_up(function: Aggregate) -> bool {
    match function {
        Aggregate::Sum | Aggregate::Count | Aggregate::CountDistinct => true,
        Aggregate::Mean | Aggregate::Median | Aggregate::Min | Aggregate::Max => false,
    }
}

/// Conditions take the place of those on the same columns, times that of times.
fn replace_conditions(said: &mut Gathered, now: &Gathered, earlier: &str, text: &str) -> Result<(), Misfit> {
    if shortens(&said.conditions, &now.conditions) {
        return Err(Misfit::Unconnected);
    }
    let timed = now.comparing.conditions.iter().any(|placed| placed.timed);
    let of_years = |text: &str| {
        text.chars().filter(char::is_ascii_digit).count() >= 4 || text.contains('年') || text.contains("year")
    };
    let was_timed = said.comparing.conditions.iter().any(|placed| placed.timed);
    if timed && was_timed && of_years(earlier) && !of_years(text) {
        // "2023年3月…", "那4月呢": the April of that year, or of this one?
        return Err(Misfit::Unconnected);
    }
    let columns: BTreeSet<&str> = now.conditions.iter().flat_map(columns_of).collect();
    let replaced: Vec<Condition> = said
        .comparing
        .conditions
        .iter()
        .filter(|placed| timed && placed.timed || columns_of(&placed.condition).is_subset(&columns))
        .map(|placed| placed.condition.clone())
        .collect();
    said.conditions.retain(|condition| !replaced.contains(condition));
    said.comparing
        .conditions
        .retain(|placed| !replaced.contains(&placed.condition));
    said.conditions.extend(now.conditions.iter().cloned());
    let last = said.comparing.conditions.last().map_or(0, |placed| placed.at);
    said.comparing
        .conditions
        .extend(now.comparing.conditions.iter().map(|placed| {
            let mut placed = placed.clone();
            placed.at += last + 1;
            placed
        }));
    Ok(())
}

/// "in March 2024", "what about 2023": the March of that year, or all of it?
fn shortens(before: &[Condition], now: &[Condition]) -> bool {
    let range = |condition: &Condition| match condition {
        Condition::TimeRange {
            from: Some(from),
            until: Some(until),
            ..
        } => Some((*from, *until)),
        _ => None,
    };
    let year = |(from, until): (Date, Date)| {
        (from.month, from.day, until.month, until.day) == (1, 1, 1, 1) && until.year > from.year
    };
    before.iter().filter_map(range).any(|range| !year(range)) && now.iter().filter_map(range).any(year)
}

/// Another column takes the place of what was shown or measured.
fn replace_columns(table: &Table<'_>, said: &mut Gathered, columns: &[usize]) -> Result<(), Misfit> {
    let number = |column: usize| {
        table
            .column(column)
            .is_some_and(|column| column.kind().is_number() && !column.identifies)
    };
    match (said.measures.as_mut_slice(), columns) {
        ([], _) => {
            said.columns = columns.to_vec();
            said.apart = columns.to_vec();
        }
        (
            [
                MeasureOf {
                    column: Some(measured),
                    ..
                },
            ],
            [column],
        ) if number(*column) => {
            *measured = *column;
            said.columns.clear();
        }
        _ => return Err(Misfit::Unconnected),
    }
    Ok(())
}
