//! A question over tables becomes an answer with its trail.
//!
//! | module | what is in it |
//! |---|---|
//! | `computed` | a reading with its result, and the answer that it makes |
//! | [`agreement`] | two results held against each other |
//! | [`model`] | what a language model is asked where the planner abstains, and what is made of its replies |

pub mod agreement;
mod computed;
pub mod model;

use std::sync::Arc;

use futures::future::join_all;
use schemas::answer::{Answer, AnswerKind, AnswerStatus, Confidence, ConfidenceLabel, Tier};
use schemas::trail::{Context, Source, Trail};
use schemas::value::Value;
use schemas::{AnswerId, ConversationId, Date, Glossary, Language};

use crate::engine::PlanError;
use crate::engines::{Engines, RunError};
use crate::error::ExecutorError;
use crate::memory::Remembered;
use crate::planner::{self, Question, TableView, Understanding, Understood};
use crate::tables::{Relation, Table, Unavailable};
use crate::words;
use agreement::{same, shows};
use computed::Computed;

/// A question with everything that its answer repeats.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Under which id the answer is kept.
    pub id: AnswerId,
    /// The conversation that it belongs to.
    pub conversation: Option<ConversationId>,
    /// As asked.
    pub question: String,
    /// Earlier questions of the conversation, oldest first.
    pub history: Vec<String>,
    /// The language of the answer.
    pub language: Language,
    /// What "today" means.
    pub today: Date,
    /// The W3C trace id of the flow.
    pub trace_id: String,
    /// What words mean to the asker's house.
    pub glossary: Arc<Glossary>,
    /// What the question before it was answered by, where that is known.
    pub before: Option<Remembered>,
}

/// What a question over some tables asks for. Pure, and heavy on the processor.
#[must_use]
pub fn understand(asked: &Asked, tables: &[Table]) -> Understanding {
    let question = Question {
        text: &asked.question,
        language: asked.language,
        today: asked.today,
        history: &asked.history,
        glossary: &asked.glossary,
    };
    let views: Vec<TableView<'_>> = tables
        .iter()
        .map(|table| TableView {
            reference: &table.reference,
            file_name: &table.source.name,
            profile: &table.data.profile,
            values: &table.data.values,
            joined: None,
        })
        .collect();
    planner::understand(&question, &views)
}

/// The answer to a question whose tables can't be read.
#[must_use]
pub fn unavailable(asked: &Asked, why: &Unavailable) -> Answer {
    let text = words::phrases(asked.language).unavailable(why);
    refused(asked, text, Trail::default())
}

/// Computes what a planner understood, every reading of it at once.
///
/// # Errors
/// When the machine fails that computes it.
pub async fn conclude(
    asked: &Asked,
    understanding: Understanding,
    tables: &[Table],
    engines: &impl Engines,
) -> Result<Answer, ExecutorError> {
    let phrases = words::phrases(asked.language);
    match understanding {
        Understanding::Understood(understood) => {
            Ok(match Computed::of(*understood, tables, engines).await? {
                Ok(computed) => computed.answer(asked, Vec::new()),
                Err(why) => failed(asked, tables, &why.0, &why.1),
            })
        }
        Understanding::Ambiguous { readings } => choose(asked, readings, tables, engines).await,
        Understanding::Abstained {
            reason,
            unexplained,
            chips,
        } => {
            let unnamed: Vec<String> = unexplained
                .iter()
                .map(|span| span.text.clone())
                .filter(|word| !reason.contains(word.as_str()))
                .collect();
            let text = if unnamed.is_empty() {
                reason
            } else {
                format!("{reason}\n{}", phrases.not_understood(&unnamed))
                    .trim()
                    .to_owned()
            };
            let sources = tables.iter().map(|table| table.source.clone()).collect();
            let trail = Trail {
                chips,
                unexplained,
                sources,
                ..Trail::default()
            };
            Ok(refused(asked, text, trail))
        }
    }
}

/// Computes several readings: where all of them give the same, that is the answer; else the asker must say.
async fn choose(
    asked: &Asked,
    readings: Vec<Understood>,
    tables: &[Table],
    engines: &impl Engines,
) -> Result<Answer, ExecutorError> {
    let phrases = words::phrases(asked.language);
    let running = readings
        .into_iter()
        .map(|reading| Computed::of(reading, tables, engines));
    let mut computed = Vec::new();
    let mut failure = None;
    for ran in join_all(running).await {
        match ran? {
            Ok(reading) => computed.push(reading),
            // What makes no sense over the table was not meant.
            Err(why) => match &why.1 {
                RunError::Plan(error) if error.is_misfit() => {
                    failure = failure.or_else(|| Some(phrases.plan_error(error)));
                }
                error => return Ok(failed(asked, tables, &why.0, error)),
            },
        }
    }
    if computed.is_empty() {
        return Ok(refused(asked, failure.unwrap_or_default(), Trail::default()));
    }
    Ok(settle(asked, computed))
}

/// The answer that several readings make: where all of them give the same, that is it; else the asker must say.
fn settle(asked: &Asked, mut computed: Vec<Computed<'_>>) -> Answer {
    let phrases = words::phrases(asked.language);
    if let Some(place) = computed
        .iter()
        .position(|reading| reading.contradicted().is_some())
    {
        return computed.swap_remove(place).disagreement(asked);
    }
    let shown = |one: &Computed<'_>, other: &Computed<'_>| {
        same(&one.outcome.rows, &other.outcome.rows) || shows(&one.outcome.rows, &other.outcome.rows)
    };
    // The reading that shows what all others show comes first.
    let widest = computed
        .iter()
        .position(|reading| computed.iter().all(|other| shown(reading, other)));
    if let Some(place) = widest {
        computed.swap(0, place);
    }
    let mut rest = computed.into_iter();
    let Some(first) = rest.next() else {
        return refused(asked, String::new(), Trail::default());
    };
    let others: Vec<Computed<'_>> = rest.collect();
    if widest.is_some() {
        let readings = others.iter().map(|other| other.reading(phrases)).collect();
        return first.answer(asked, readings);
    }
    let all: Vec<&Computed<'_>> = std::iter::once(&first).chain(&others).collect();
    let told: Vec<String> = all
        .iter()
        .map(|reading| {
            format!(
                "{}\n   {}",
                reading.sentence(phrases),
                reading.text(phrases).replace('\n', "\n   ")
            )
        })
        .collect();
    let trail = Trail {
        chips: first.understood.chips.clone(),
        sources: sources(&all),
        assumptions: first.assumptions(asked, phrases),
        readings: all.iter().map(|reading| reading.reading(phrases)).collect(),
        ..Trail::default()
    };
    let status = AnswerStatus::NeedsClarification;
    let nothing = (Vec::new(), Vec::new());
    let text = phrases.which(&told);
    assemble(asked, status, text, nothing, ConfidenceLabel::None, trail)
}

fn sources(all: &[&Computed<'_>]) -> Vec<Source> {
    let mut sources = Vec::new();
    for computed in all {
        for source in computed.relation.sources() {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    sources
}

/// The answer to a question whose plan can't run.
fn failed(asked: &Asked, tables: &[Table], understood: &Understood, error: &RunError) -> Answer {
    let phrases = words::phrases(asked.language);
    let text = match error {
        RunError::Plan(error) => {
            if let PlanError::Engine(source) = error {
                tracing::error!(answer = %asked.id, error = %source, "a plan failed in the engine");
            }
            phrases.plan_error(error)
        }
        RunError::Breach(breach) => phrases.breach(breach),
    };
    let relation = Relation::of(&understood.plan, tables).ok();
    let trail = Trail {
        chips: understood.chips.clone(),
        plan: Some(understood.plan.clone()),
        sentence: relation.as_ref().map_or_else(String::new, |relation| {
            phrases.sentence(&understood.plan, &relation.called(phrases))
        }),
        sources: relation.as_ref().map(Relation::sources).unwrap_or_default(),
        assumptions: understood.assumptions.clone(),
        ..Trail::default()
    };
    refused(asked, text, trail)
}

fn refused(asked: &Asked, text: String, trail: Trail) -> Answer {
    assemble(
        asked,
        AnswerStatus::Refused,
        text,
        (Vec::new(), Vec::new()),
        ConfidenceLabel::None,
        trail,
    )
}

fn assemble(
    asked: &Asked,
    status: AnswerStatus,
    text: String,
    (columns, rows): (Vec<String>, Vec<Vec<Value>>),
    label: ConfidenceLabel,
    mut trail: Trail,
) -> Answer {
    trail.context = Some(Context {
        today: asked.today,
        history: asked.history.clone(),
    });
    Answer {
        id: asked.id.clone(),
        conversation_id: asked.conversation.clone(),
        question: asked.question.clone(),
        language: asked.language,
        kind: AnswerKind::Table,
        tier: Tier::Rules,
        status,
        text,
        columns,
        rows,
        chart: None,
        citations: Vec::new(),
        confidence: Confidence {
            label,
            precision: None,
            n: 0,
            shape: None,
        },
        trail,
        trace_id: asked.trace_id.clone(),
    }
}
