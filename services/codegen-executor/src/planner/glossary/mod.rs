//! A tenant's own words: each is put in the place of what it stands for before the question is read, and what was read is
//! told in the words of the question again.
//!
//! | module | what is in it |
//! |---|---|
//! | [`rewritten`] | a text with other words in some places, and the way back |
//! | [`kept`] | whether a plan computes what an entry says |

mod kept;
mod rewritten;

use schemas::Glossary;
use schemas::glossary::formula::{Formula, Operator};
use schemas::glossary::{Entry, Meaning};
use schemas::trail::{Assumption, Chip, ChipRole};

use super::fold::{fold, fold_char};
use super::{Question, TableView, Understanding, Understood, explain};
use rewritten::{Place, Rewritten};

/// Terms that stand for terms are followed so far.
const DEPTH: usize = 8;

/// What the rules make of an entry over some tables.
#[derive(Debug, Clone, PartialEq)]
enum Reading {
    /// Words that say the same.
    Words {
        /// As they are put into the question.
        text: String,
        /// What a plan must compute; none: nothing in particular.
        must: Option<kept::Must>,
    },
    /// The tables have it, and plans can't say it.
    Beyond,
}

/// Reads a question over some tables with the words of a glossary; `read` knows no glossary.
pub(super) fn understand(
    question: &Question<'_>,
    tables: &[TableView<'_>],
    read: impl Fn(&Question<'_>) -> Understanding,
) -> Understanding {
    let folded = |text: &str| text.trim().chars().map(fold_char).collect::<String>();
    let said: Vec<String> = question
        .history
        .iter()
        .map(String::as_str)
        .chain([question.text])
        .map(folded)
        .collect();
    let known: Vec<(&Entry, Reading)> = question
        .glossary
        .entries
        .iter()
        // Looking through all names of all tables takes its time: only for what is said.
        .filter(|entry| said.iter().any(|text| text.contains(&folded(&entry.term))))
        .filter(|entry| !is_named(&entry.term, tables))
        .filter_map(|entry| Some((entry, reading(entry, question, tables, DEPTH)?)))
        .collect();
    let rewrite = |text: &str| {
        let terms: Vec<(&str, &str)> = known
            .iter()
            .map(|(entry, reading)| (entry.term.as_str(), words(reading)))
            .collect();
        Rewritten::new(text, &terms, |stretch| is_named(stretch, tables))
    };
    let asked = rewrite(question.text);
    let before: Vec<Rewritten> = question.history.iter().map(|text| rewrite(text)).collect();
    if asked.places.is_empty() && before.iter().all(|text| text.places.is_empty()) {
        return read(question);
    }
    let used = |text: &Rewritten| text.places.iter().map(|place| place.term).collect::<Vec<_>>();
    let mut used: Vec<usize> = std::iter::once(&asked).chain(&before).flat_map(used).collect();
    used.sort_unstable();
    used.dedup();
    let entries: Vec<&(&Entry, Reading)> = used.iter().filter_map(|term| known.get(*term)).collect();
    if let Some((entry, _)) = entries.iter().find(|(_, reading)| *reading == Reading::Beyond) {
        return Understanding::Abstained {
            reason: explain::beyond_rules(entry, question.language),
            unexplained: Vec::new(),
            chips: Vec::new(),
        };
    }
    let history: Vec<String> = before.iter().map(|text| text.text.clone()).collect();
    let understanding = read(&Question {
        text: &asked.text,
        history: &history,
        glossary: &Glossary { entries: Vec::new() },
        ..*question
    });
    let telling = Telling {
        question,
        asked: &asked,
        before: &before,
        known: &known,
        entries: &entries,
    };
    telling.tell(understanding)
}

/// The words of an entry; what can't be said is not replaced.
fn words(reading: &Reading) -> &str {
    match reading {
        Reading::Words { text, .. } => text,
        Reading::Beyond => "",
    }
}

/// Whether a word is a table's own: then that is what is meant.
fn is_named(word: &str, tables: &[TableView<'_>]) -> bool {
    let word = fold(word);
    let holds =
        |view: &TableView<'_>| column(view, &word).is_some() || view.values.of_text(&word).next().is_some();
    tables.iter().any(holds)
}

/// A column by its folded name.
fn column<'a>(view: &TableView<'a>, folded: &str) -> Option<&'a str> {
    let columns = view.profile.columns.iter();
    let mut names = columns.map(|column| column.name.as_str());
    names.find(|name| fold(name) == folded)
}

/// What an entry says over some tables; none where they have nothing of it.
fn reading(
    entry: &Entry,
    question: &Question<'_>,
    tables: &[TableView<'_>],
    depth: usize,
) -> Option<Reading> {
    match &entry.meaning {
        Meaning::Value { of, column } => {
            let folded = fold(of);
            let held = |view: &TableView<'_>| {
                let mut held = view.values.of_text(&folded);
                held.any(|held| {
                    column
                        .as_ref()
                        .is_none_or(|column| fold(held.column) == fold(column))
                })
            };
            tables.iter().any(held).then(|| Reading::Words {
                text: of.clone(),
                must: column.as_ref().map(|column| kept::Must::Hold {
                    value: fold(of),
                    column: fold(column),
                }),
            })
        }
        Meaning::Alias { of } => named(of, question, tables, depth),
        Meaning::Metric { formula } => {
            let formula = Formula::parse(formula).ok()?;
            let names = formula.names();
            let all: Option<Vec<Reading>> = names
                .iter()
                .map(|name| named(name, question, tables, depth))
                .collect();
            // What is computed of things that the tables don't have is about other tables.
            all?;
            Some(computed(&formula, question, tables, depth).unwrap_or(Reading::Beyond))
        }
    }
}

/// What a name in an entry says: a column, or another entry.
fn named(name: &str, question: &Question<'_>, tables: &[TableView<'_>], depth: usize) -> Option<Reading> {
    let folded = fold(name);
    if let Some(column) = tables.iter().find_map(|view| column(view, &folded)) {
        return Some(Reading::Words {
            text: column.to_owned(),
            must: None,
        });
    }
    let other = question.glossary.get(name)?;
    reading(other, question, tables, depth.checked_sub(1)?)
}

/// A formula of two columns in words that the rules understand.
fn computed(
    formula: &Formula,
    question: &Question<'_>,
    tables: &[TableView<'_>],
    depth: usize,
) -> Option<Reading> {
    let Formula::Binary {
        operator,
        left,
        right,
    } = formula
    else {
        return None;
    };
    let column = |part: &Formula| match part {
        Formula::Name(name) => match named(name, question, tables, depth)? {
            Reading::Words { text, must: None } => Some(text),
            Reading::Words { must: Some(_), .. } | Reading::Beyond => None,
        },
        Formula::Number(_) | Formula::Binary { .. } => None,
    };
    let (left, right) = (column(left)?, column(right)?);
    let says = match operator {
        Operator::Over => ["除以", "divided by"],
        Operator::Times => ["乘以", "multiplied by"],
        Operator::Minus => ["减去", "minus"],
        Operator::Plus => ["加上", "plus"],
    };
    let text = if question.text.chars().any(super::fold::is_han) {
        format!("{left}{}{right}", says[0])
    } else {
        format!("{left} {} {right}", says[1])
    };
    let must = Some(kept::Must::Compute {
        operator: *operator,
        left,
        right,
    });
    Some(Reading::Words { text, must })
}

/// What is needed to tell what was read in the words of the question.
struct Telling<'a> {
    question: &'a Question<'a>,
    asked: &'a Rewritten,
    before: &'a [Rewritten],
    /// All entries that say something of the tables.
    known: &'a [(&'a Entry, Reading)],
    /// Those that were used.
    entries: &'a [&'a (&'a Entry, Reading)],
}

impl Telling<'_> {
    fn tell(&self, understanding: Understanding) -> Understanding {
        match understanding {
            Understanding::Understood(understood) => match self.reading(*understood) {
                Ok(reading) => Understanding::Understood(Box::new(reading)),
                Err(entry) => self.not_kept(entry),
            },
            Understanding::Ambiguous { readings } => {
                let mut broken = None;
                let mut told: Vec<Understood> = Vec::new();
                for reading in readings {
                    match self.reading(reading) {
                        Ok(reading) => told.push(reading),
                        Err(entry) => broken = Some(entry),
                    }
                }
                match (told.len(), broken) {
                    (0, Some(entry)) => self.not_kept(entry),
                    (1, _) => told.pop().map_or_else(
                        || Understanding::Ambiguous { readings: Vec::new() },
                        |reading| Understanding::Understood(Box::new(reading)),
                    ),
                    _ => Understanding::Ambiguous { readings: told },
                }
            }
            Understanding::Abstained {
                reason,
                unexplained,
                chips,
            } => Understanding::Abstained {
                reason,
                unexplained: unexplained.iter().map(|span| self.asked.back(span)).collect(),
                chips: self.chips(chips),
            },
        }
    }

    fn not_kept(&self, entry: &Entry) -> Understanding {
        Understanding::Abstained {
            reason: explain::beyond_rules(entry, self.question.language),
            unexplained: Vec::new(),
            chips: Vec::new(),
        }
    }

    /// A reading in the words of the question, or the entry that it does not keep to.
    fn reading(&self, understood: Understood) -> Result<Understood, &Entry> {
        let Understood {
            mut plan,
            chips,
            mut assumptions,
        } = understood;
        for (entry, reading) in self.entries.iter().copied() {
            let Reading::Words { must: Some(must), .. } = reading else {
                continue;
            };
            if !must.is_kept(&plan) {
                return Err(entry);
            }
            must.name(&entry.term, &mut plan);
        }
        for assumption in &mut assumptions {
            for (rewritten, original) in self.before.iter().zip(self.question.history) {
                assumption.text = assumption.text.replace(&rewritten.text, original);
            }
        }
        let used = self.entries.iter().map(|(entry, _)| Assumption {
            about: "glossary".to_owned(),
            text: explain::by_glossary(entry, self.question.language),
        });
        let assumptions = used.chain(assumptions).collect();
        Ok(Understood {
            plan,
            chips: self.chips(chips),
            assumptions,
        })
    }

    /// Chips on the words of the question: those on the words of one entry become one.
    fn chips(&self, chips: Vec<Chip>) -> Vec<Chip> {
        let mut told: Vec<Chip> = Vec::new();
        let mut last: Option<&Place> = None;
        for chip in chips {
            let span = self.asked.back(&chip.span);
            let Some(place) = self.asked.place(&chip.span) else {
                last = None;
                told.push(Chip { span, ..chip });
                continue;
            };
            let Some((entry, _)) = self.known.get(place.term) else {
                continue;
            };
            if last.is_some_and(|last| last.start == place.start)
                && told.last().is_some_and(|chip| chip.span == span)
            {
                continue;
            }
            last = Some(place);
            let (role, meaning) = match &entry.meaning {
                Meaning::Metric { .. } => (ChipRole::Aggregate, entry.line()),
                Meaning::Alias { .. } | Meaning::Value { .. } => (chip.role, chip.meaning),
            };
            let meaning = explain::with_entry(&meaning, entry, self.question.language);
            told.push(Chip { span, role, meaning });
        }
        told
    }
}
