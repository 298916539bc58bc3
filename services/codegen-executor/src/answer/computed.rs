//! A reading with its result, and the answer that it makes.

use schemas::Language;
use schemas::answer::{Answer, AnswerStatus, Chart, ConfidenceLabel};
use schemas::plan::Condition;
use schemas::table::{Decision, TableProfile};
use schemas::trail::{Assumption, Check, Code, Reading, Trail};

use super::agreement::Verdict;
use super::{Asked, assemble, refused};
use crate::engine::{self, Outcome};
use crate::engines::{Engines, Ran, RunError};
use crate::error::ExecutorError;
use crate::planner::Understood;
use crate::sql::Rows;
use crate::tables::{self, Relation, Table};
use crate::words::{Phrases, result};
use crate::{chart, code, confidence, ledger, words};

/// The name of the check in the trail.
const SECOND_ENGINE: &str = "second engine";

/// A reading with its result.
pub(super) struct Computed<'a> {
    pub(super) understood: Understood,
    pub(super) relation: Relation<'a>,
    /// Of its tables, with what the plan computes.
    profile: TableProfile,
    pub(super) outcome: Outcome,
    verdict: Verdict,
    query: Option<String>,
    stamp: Option<&'static str>,
}

/// A reading that gave no result, and why.
pub(super) type Unrunnable = Box<(Understood, RunError)>;

impl<'a> Computed<'a> {
    /// Runs a reading's plan. The inner error is about the reading.
    pub(super) async fn of(
        understood: Understood,
        tables: &'a [Table],
        engines: &impl Engines,
    ) -> Result<Result<Self, Unrunnable>, ExecutorError> {
        let plan = &understood.plan;
        let relation = match Relation::of(plan, tables) {
            Ok(relation) => relation,
            Err(error) => return Ok(Err(Box::new((understood, error.into())))),
        };
        let Ran {
            first,
            query,
            second,
            stamp,
        } = engines.run(plan, &relation).await?;
        let profile = match engine::computed::extended(plan, &relation.profile) {
            Ok(profile) => profile.into_owned(),
            Err(error) => return Ok(Err(Box::new((understood, error.into())))),
        };
        Ok(match first {
            Ok(outcome) => Ok(Self {
                verdict: Verdict::of(plan, &profile, &outcome, second),
                outcome: outcome.rounded(plan.decimals),
                understood,
                relation,
                profile,
                query,
                stamp,
            }),
            Err(error) => Err(Box::new((understood, error))),
        })
    }

    /// What the second engine gave, where that is something else.
    pub(super) fn contradicted(&self) -> Option<&Rows> {
        match &self.verdict {
            Verdict::Different(rows) => Some(rows),
            Verdict::Same { .. } | Verdict::Silent(_) => None,
        }
    }

    fn profile(&self) -> &TableProfile {
        &self.profile
    }

    pub(super) fn sentence(&self, phrases: &dyn Phrases) -> String {
        phrases.sentence(&self.understood.plan, &self.relation.called(phrases))
    }

    pub(super) fn text(&self, phrases: &dyn Phrases) -> String {
        result::tell(phrases, &self.understood.plan, &self.outcome, self.profile())
    }

    pub(super) fn reading(&self, phrases: &dyn Phrases) -> Reading {
        Reading {
            text: self.sentence(phrases),
            plan: self.understood.plan.clone(),
            columns: self.outcome.columns.clone(),
            rows: self.outcome.rows.clone(),
        }
    }

    /// What was taken for granted: by the planner, by ingest, and by us.
    pub(super) fn assumptions(&self, asked: &Asked, phrases: &dyn Phrases) -> Vec<Assumption> {
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
        let used = engine::columns_read(plan, &self.relation.profile).unwrap_or_default();
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
        for table in self.relation.tables() {
            if let Some(rejection) = &table.newer_rejected {
                let text = phrases.older_version(&table.source.name, &tables::told(rejection));
                assumptions.push(assumption("version", text));
            }
        }
        if self.outcome.rows_in_all > self.outcome.rows.len() as u64 {
            assumptions.push(assumption(
                "limit",
                phrases.cut(self.outcome.rows_in_all, self.outcome.rows.len()),
            ));
        }
        if let Some(stamp) = self.stamp {
            assumptions.push(assumption(Decision::SANDBOX, phrases.unlocked(stamp)));
        }
        assumptions
    }

    pub(super) fn answer(self, asked: &Asked, readings: Vec<Reading>) -> Answer {
        let phrases = words::phrases(asked.language);
        if self.contradicted().is_some() {
            return self.disagreement(asked);
        }
        let text = self.text(phrases);
        let broken = self
            .outcome
            .findings
            .iter()
            .find(|finding| finding.is_internal() && !finding.held());
        let broken = broken.map(|finding| phrases.failed_check(&phrases.finding(finding)));
        let label = match &self.verdict {
            _ if !readings.is_empty() => ConfidenceLabel::Consistent,
            Verdict::Same { .. } => ConfidenceLabel::Verified,
            Verdict::Different(_) | Verdict::Silent(_) => ConfidenceLabel::Unverified,
        };
        if let Verdict::Silent(silence) = &self.verdict {
            tracing::warn!(answer = %asked.id, %silence, "the second engine gave nothing");
        }
        if let Some(text) = broken {
            return refused(asked, text, self.trail(asked, readings));
        }
        let result = (self.outcome.columns.clone(), self.outcome.rows.clone());
        let chart = self.chart(asked.language, phrases);
        let confidence = confidence::of(&self.understood.plan, asked.language, label);
        let trail = self.trail(asked, readings);
        Answer {
            chart,
            citations: Vec::new(),
            confidence,
            ..assemble(asked, AnswerStatus::Answered, text, result, label, trail)
        }
    }

    /// The result as a picture, where its shape has one.
    fn chart(&self, language: Language, phrases: &dyn Phrases) -> Option<Chart> {
        let (plan, title) = (&self.understood.plan, self.sentence(phrases));
        chart::draw(language, phrases, plan, &self.outcome, self.profile(), title).ok()
    }

    /// The refusal to choose between two results: both are shown.
    pub(super) fn disagreement(self, asked: &Asked) -> Answer {
        let phrases = words::phrases(asked.language);
        tracing::error!(answer = %asked.id, "two engines gave different results for one plan");
        let Some(second) = self.contradicted() else {
            return refused(asked, String::new(), self.trail(asked, Vec::new()));
        };
        let other = Outcome {
            rows: second.rows.clone(),
            columns: second.columns.clone(),
            rows_in_all: second.rows_in_all,
            ..self.outcome.clone()
        };
        let told = [
            self.text(phrases),
            result::tell(phrases, &self.understood.plan, &other, self.profile()),
        ];
        let reading = |engine: &str, outcome: &Outcome| Reading {
            text: engine.to_owned(),
            plan: self.understood.plan.clone(),
            columns: outcome.columns.clone(),
            rows: outcome.rows.clone(),
        };
        let readings = vec![reading("Polars", &self.outcome), reading("DataFusion", &other)];
        let trail = self.trail(asked, readings);
        refused(asked, phrases.engines_differ(&told), trail)
    }

    fn trail(self, asked: &Asked, readings: Vec<Reading>) -> Trail {
        let phrases = words::phrases(asked.language);
        let profile = self.profile.clone();
        let mut checks = vec![Check {
            name: SECOND_ENGINE.to_owned(),
            passed: matches!(self.verdict, Verdict::Same { .. }),
            detail: phrases.second_engine(&self.verdict),
        }];
        checks.extend(self.outcome.findings.iter().map(|finding| Check {
            name: finding.name().to_owned(),
            passed: finding.held(),
            detail: phrases.finding(finding),
        }));
        Trail {
            sentence: self.sentence(phrases),
            sources: self.relation.sources(),
            checks,
            assumptions: self.assumptions(asked, phrases),
            readings,
            code: Some(code::of(&self.understood.plan, &profile, &self.relation.names())),
            sql: self.query.map(|text| Code {
                language: "sql".to_owned(),
                text,
            }),
            ledger: ledger::tell(phrases, &self.understood.plan, self.outcome.steps, &profile),
            search: None,
            chips: self.understood.chips,
            unexplained: Vec::new(),
            model: None,
            context: None,
            plan: Some(self.understood.plan),
        }
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
