//! A written query with its result, and the answer that it makes.

use schemas::Value;
use schemas::answer::{Answer, AnswerStatus, ConfidenceLabel, Tier};
use schemas::model::Votes;
use schemas::table::Decision;
use schemas::trail::{Assumption, Check, Code, LedgerStep, LedgerStepKind, Trail};

use super::super::{Asked, assemble};
use super::attempt::Failed;
use super::reply::code;
use crate::engines::{Engines, Queried, sources};
use crate::error::ExecutorError;
use crate::sql::Rows;
use crate::tables::{self, Table};
use crate::words::asked::Said;
use crate::words::{self, Phrases, result};

/// The name of the check in the trail.
const VOTES: &str = "votes";

/// A written query with its result.
pub(super) struct Written<'a> {
    pub sql: String,
    pub rows: Rows,
    /// The tables that it reads.
    tables: Vec<&'a Table>,
    /// The columns of each that it may read.
    columns: Vec<Vec<String>>,
    stamp: Option<&'static str>,
}

impl<'a> Written<'a> {
    /// Runs a query. The inner error is about the query.
    pub async fn of(
        sql: String,
        tables: &'a [Table],
        engines: &impl Engines,
    ) -> Result<Result<Self, Failed>, ExecutorError> {
        let Queried { result, stamp } = engines.query(&sql, tables).await?;
        let failed = |error: String| Failed {
            program: Some(code("sql", &sql)),
            error,
        };
        let rows = match result {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(failed(error.to_string()))),
        };
        let (sources, tables) = sources(&sql, tables);
        if tables.is_empty() {
            return Ok(Err(failed(
                "the query reads no table, so that its result is made up".to_owned(),
            )));
        }
        if rows.columns.is_empty() {
            return Ok(Err(failed("the query gives no columns".to_owned())));
        }
        let columns = sources.into_iter().map(|source| {
            let names = source.columns.into_iter().map(|(name, _)| name);
            names.collect()
        });
        Ok(Ok(Self {
            columns: columns.collect(),
            sql,
            rows,
            tables,
            stamp,
        }))
    }

    pub fn code(&self) -> Code {
        code("sql", &self.sql)
    }

    /// The result in words.
    pub fn text(&self, phrases: &dyn Phrases) -> String {
        result::listed(phrases, &self.rows)
    }

    /// The answer, with so many programs that gave the same.
    pub fn answer(self, asked: &Asked, votes: Votes) -> Answer {
        let phrases = words::phrases(asked.language);
        let label = if votes.agreeing > 1 {
            ConfidenceLabel::Consistent
        } else {
            ConfidenceLabel::Unverified
        };
        let told = Said::Votes {
            samples: votes.samples as usize,
            agreeing: votes.agreeing as usize,
        };
        let trail = Trail {
            sources: self.tables.iter().map(|table| table.source.clone()).collect(),
            ledger: self.ledger(phrases),
            checks: vec![Check {
                name: VOTES.to_owned(),
                passed: votes.agreeing > 1,
                detail: told.tell(asked.language),
            }],
            assumptions: self.assumptions(phrases),
            code: Some(self.code()),
            ..Trail::default()
        };
        let text = self.text(phrases);
        let result = (self.rows.columns, self.rows.rows);
        Answer {
            tier: Tier::Sql,
            ..assemble(asked, AnswerStatus::Answered, text, result, label, trail)
        }
    }

    fn ledger(&self, phrases: &dyn Phrases) -> Vec<LedgerStep> {
        let read = self.tables.iter().map(|table| LedgerStep {
            step: LedgerStepKind::Read,
            description: phrases.quoted(&table.source.table),
            rows_in: table.data.profile.rows,
            rows_out: table.data.profile.rows,
            excluded_cells: Vec::new(),
            sample: None,
        });
        read.collect()
    }

    /// What was taken for granted about the columns that the query may read, and about the tables as a whole.
    fn assumptions(&self, phrases: &dyn Phrases) -> Vec<Assumption> {
        let assumption = |about: &str, text: String| Assumption {
            about: about.to_owned(),
            text,
        };
        let mut assumptions = Vec::new();
        for (table, columns) in self.tables.iter().zip(&self.columns) {
            let profile = &table.data.profile;
            for decision in &profile.decisions {
                let of_a_column = profile
                    .columns
                    .iter()
                    .any(|column| decision.about.contains(&column.name));
                let of_ours = columns
                    .iter()
                    .any(|column| decision.about.contains(column.as_str()));
                if decision.about == Decision::SANDBOX || !of_a_column || of_ours {
                    let text = phrases.decision(&decision.about, &decision.chosen, &decision.because);
                    assumptions.push(assumption(&decision.about, text));
                }
            }
            for column in profile
                .columns
                .iter()
                .filter(|column| columns.contains(&column.name))
            {
                if column.unparsed_count > 0 {
                    let text = phrases.unparsed(&column.name, column.unparsed_count);
                    assumptions.push(assumption("unparsed", text));
                }
            }
            if let Some(rejection) = &table.newer_rejected {
                let text = phrases.older_version(&table.source.name, &tables::told(rejection));
                assumptions.push(assumption("version", text));
            }
        }
        if self.rows.rows_in_all > self.rows.rows.len() as u64 {
            let text = phrases.cut(self.rows.rows_in_all, self.rows.rows.len());
            assumptions.push(assumption("limit", text));
        }
        if let Some(stamp) = self.stamp {
            assumptions.push(assumption(Decision::SANDBOX, phrases.unlocked(stamp)));
        }
        assumptions
    }

    /// Its result.
    pub fn result(&self) -> &[Vec<Value>] {
        &self.rows.rows
    }
}
