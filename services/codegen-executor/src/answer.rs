//! A question over tables becomes an answer with its trail.

use schemas::answer::{Answer, AnswerKind, AnswerStatus, Confidence, ConfidenceLabel, Tier};
use schemas::plan::Condition;
use schemas::table::{Decision, TableProfile};
use schemas::trail::{Assumption, Check, Reading, Trail};
use schemas::value::Value;
use schemas::{AnswerId, ConversationId, Date, Language};

use crate::code;
use crate::engine::{self, Outcome, PlanError, ResultLimit};
use crate::ledger;
use crate::planner::{self, Question, TableView, Understanding, Understood};
use crate::tables::{self, Table, Unavailable};
use crate::words::{self, Phrases, result};

/// Relative difference of two results that count as the same.
const SAME: f64 = 1e-9;

/// A question with everything that its answer repeats.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Under which id the answer is kept.
    pub id: AnswerId,
    /// The conversation that it belongs to.
    pub conversation: Option<ConversationId>,
    /// As asked.
    pub question: String,
    /// The language of the answer.
    pub language: Language,
    /// What "today" means.
    pub today: Date,
    /// The W3C trace id of the flow.
    pub trace_id: String,
}

/// Answers a question over some tables. Pure, and heavy on the processor.
#[must_use]
pub fn answer(asked: &Asked, tables: &[Table], limit: ResultLimit) -> Answer {
    let question = Question {
        text: &asked.question,
        language: asked.language,
        today: asked.today,
    };
    let views: Vec<TableView<'_>> = tables
        .iter()
        .map(|table| TableView {
            reference: &table.reference,
            file_name: &table.source.name,
            profile: &table.data.profile,
            values: &table.data.values,
        })
        .collect();
    conclude(asked, planner::understand(&question, &views), tables, limit)
}

/// The answer to a question whose tables can't be read.
#[must_use]
pub fn unavailable(asked: &Asked, why: &Unavailable) -> Answer {
    let text = words::phrases(asked.language).unavailable(why);
    refused(asked, text, Trail::default())
}

/// Computes what a planner understood. Pure, and heavy on the processor.
#[must_use]
pub fn conclude(asked: &Asked, understanding: Understanding, tables: &[Table], limit: ResultLimit) -> Answer {
    let phrases = words::phrases(asked.language);
    match understanding {
        Understanding::Understood(understood) => match Computed::of(*understood, tables, limit) {
            Ok(computed) => computed.answer(asked, Vec::new()),
            Err(why) => failed(asked, tables, &why.0, &why.1),
        },
        Understanding::Ambiguous { readings } => choose(asked, readings, tables, limit),
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
            refused(
                asked,
                text,
                Trail {
                    chips,
                    unexplained,
                    sources,
                    ..Trail::default()
                },
            )
        }
    }
}

/// Computes several readings: where all of them give the same, that is the answer; else the asker must say.
fn choose(asked: &Asked, readings: Vec<Understood>, tables: &[Table], limit: ResultLimit) -> Answer {
    let phrases = words::phrases(asked.language);
    let mut computed = Vec::new();
    let mut failure = None;
    for reading in readings {
        match Computed::of(reading, tables, limit) {
            Ok(reading) => computed.push(reading),
            // What makes no sense over the table was not meant.
            Err(why) if why.1.is_misfit() => failure = failure.or(Some(why.1)),
            Err(why) => return failed(asked, tables, &why.0, &why.1),
        }
    }
    let mut rest = computed.into_iter();
    let Some(first) = rest.next() else {
        let text = failure.map_or_else(String::new, |error| phrases.plan_error(&error));
        return refused(asked, text, Trail::default());
    };
    let others: Vec<Computed<'_>> = rest.collect();
    if others
        .iter()
        .all(|other| same(&first.outcome.rows, &other.outcome.rows))
    {
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
    assemble(
        asked,
        status,
        phrases.which(&told),
        (Vec::new(), Vec::new()),
        ConfidenceLabel::None,
        trail,
    )
}

fn sources(all: &[&Computed<'_>]) -> Vec<schemas::trail::Source> {
    let mut sources = Vec::new();
    for computed in all {
        if !sources.contains(&computed.table.source) {
            sources.push(computed.table.source.clone());
        }
    }
    sources
}

/// A reading with its result.
struct Computed<'a> {
    understood: Understood,
    table: &'a Table,
    outcome: Outcome,
}

impl<'a> Computed<'a> {
    fn of(
        understood: Understood,
        tables: &'a [Table],
        limit: ResultLimit,
    ) -> Result<Self, Box<(Understood, PlanError)>> {
        let plan = &understood.plan;
        let Some(table) = tables.iter().find(|table| table.reference == plan.table) else {
            let column = plan.table.index.to_string();
            return Err(Box::new((understood, PlanError::UnknownColumn { column })));
        };
        match engine::execute(plan, &table.data.frame, &table.data.profile, limit) {
            Ok(outcome) => Ok(Self {
                understood,
                table,
                outcome,
            }),
            Err(error) => Err(Box::new((understood, error))),
        }
    }

    fn profile(&self) -> &TableProfile {
        &self.table.data.profile
    }

    fn sentence(&self, phrases: &dyn Phrases) -> String {
        phrases.sentence(&self.understood.plan, &self.table.source.table)
    }

    fn text(&self, phrases: &dyn Phrases) -> String {
        result::tell(phrases, &self.understood.plan, &self.outcome, self.profile())
    }

    fn reading(&self, phrases: &dyn Phrases) -> Reading {
        Reading {
            text: self.sentence(phrases),
            plan: self.understood.plan.clone(),
            columns: self.outcome.columns.clone(),
            rows: self.outcome.rows.clone(),
        }
    }

    /// What was taken for granted: by the planner, by ingest, and by us.
    fn assumptions(&self, asked: &Asked, phrases: &dyn Phrases) -> Vec<Assumption> {
        let plan = &self.understood.plan;
        let mut assumptions = self.understood.assumptions.clone();
        let assumption = |about: &str, text: String| Assumption {
            about: about.to_owned(),
            text,
        };
        let dated = plan.filter.as_ref().is_some_and(has_time_range);
        if dated && !assumptions.iter().any(|assumption| assumption.about == "today") {
            assumptions.push(assumption("today", phrases.today(&asked.today.to_string())));
        }
        let used = engine::columns_read(plan, self.profile()).unwrap_or_default();
        for decision in &self.profile().decisions {
            // Decisions about the whole table, and those about the columns that the answer hangs on. No column can hide
            // the stamp of a file that was read without a sandbox.
            let of_a_column = self
                .profile()
                .columns
                .iter()
                .any(|column| decision.about.contains(&column.name));
            if decision.about == Decision::SANDBOX
                || !of_a_column
                || used.iter().any(|column| decision.about.contains(column.as_str()))
            {
                let text = phrases.decision(&decision.about, &decision.chosen, &decision.because);
                assumptions.push(assumption(&decision.about, text));
            }
        }
        for column in self
            .profile()
            .columns
            .iter()
            .filter(|column| used.contains(&column.name))
        {
            if column.unparsed_count > 0 {
                assumptions.push(assumption(
                    "unparsed",
                    phrases.unparsed(&column.name, column.unparsed_count),
                ));
            }
        }
        if let Some(rejection) = &self.table.newer_rejected {
            let text = phrases.older_version(&self.table.source.name, &tables::told(rejection));
            assumptions.push(assumption("version", text));
        }
        if self.outcome.rows_in_all > self.outcome.rows.len() as u64 {
            assumptions.push(assumption(
                "limit",
                phrases.cut(self.outcome.rows_in_all, self.outcome.rows.len()),
            ));
        }
        assumptions
    }

    fn answer(self, asked: &Asked, readings: Vec<Reading>) -> Answer {
        let phrases = words::phrases(asked.language);
        let text = self.text(phrases);
        let broken = self
            .outcome
            .findings
            .iter()
            .find(|finding| finding.is_internal() && !finding.held());
        let broken = broken.map(|finding| phrases.failed_check(&phrases.finding(finding)));
        let label = if readings.is_empty() {
            ConfidenceLabel::Unverified
        } else {
            ConfidenceLabel::Consistent
        };
        let profile = &self.table.data.profile;
        let trail = Trail {
            sentence: self.sentence(phrases),
            sources: vec![self.table.source.clone()],
            checks: self
                .outcome
                .findings
                .iter()
                .map(|finding| Check {
                    name: finding.name().to_owned(),
                    passed: finding.held(),
                    detail: phrases.finding(finding),
                })
                .collect(),
            assumptions: self.assumptions(asked, phrases),
            readings,
            code: Some(code::of(&self.understood.plan, profile, &self.table.source.table)),
            ledger: ledger::tell(phrases, &self.understood.plan, self.outcome.steps, profile),
            chips: self.understood.chips,
            unexplained: Vec::new(),
            plan: Some(self.understood.plan),
        };
        match broken {
            Some(text) => refused(asked, text, trail),
            None => {
                let result = (self.outcome.columns, self.outcome.rows);
                assemble(asked, AnswerStatus::Answered, text, result, label, trail)
            }
        }
    }
}

/// The answer to a question whose plan can't run.
fn failed(asked: &Asked, tables: &[Table], understood: &Understood, error: &PlanError) -> Answer {
    let phrases = words::phrases(asked.language);
    if let PlanError::Engine(source) = error {
        tracing::error!(answer = %asked.id, error = %source, "a plan failed in the engine");
    }
    let table = tables
        .iter()
        .find(|table| table.reference == understood.plan.table);
    let trail = Trail {
        chips: understood.chips.clone(),
        plan: Some(understood.plan.clone()),
        sentence: table.map_or_else(String::new, |table| {
            phrases.sentence(&understood.plan, &table.source.table)
        }),
        sources: table.iter().map(|table| table.source.clone()).collect(),
        assumptions: understood.assumptions.clone(),
        ..Trail::default()
    };
    refused(asked, phrases.plan_error(error), trail)
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
    trail: Trail,
) -> Answer {
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
        confidence: Confidence {
            label,
            precision: None,
            n: 0,
        },
        trail,
        trace_id: asked.trace_id.clone(),
    }
}

fn has_time_range(condition: &Condition) -> bool {
    match condition {
        Condition::And { all: parts } | Condition::Or { any: parts } => parts.iter().any(has_time_range),
        Condition::Not { condition } => has_time_range(condition),
        Condition::TimeRange { .. } => true,
        Condition::Compare { .. }
        | Condition::CompareColumns { .. }
        | Condition::Between { .. }
        | Condition::In { .. }
        | Condition::Contains { .. }
        | Condition::Missing { .. }
        | Condition::CompareAggregate { .. } => false,
    }
}

/// Whether two results are the same but for the last digits of floats.
fn same(left: &[Vec<Value>], right: &[Vec<Value>]) -> bool {
    let cell = |(left, right): (&Value, &Value)| match (left.as_f64(), right.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= SAME * a.abs().max(b.abs()),
        _ => left == right,
    };
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| left.len() == right.len() && left.iter().zip(right).all(cell))
}
