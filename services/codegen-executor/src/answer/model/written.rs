//! A written query or script with its result, and the answer that it makes.

use schemas::answer::{Answer, AnswerStatus, ConfidenceLabel, Tier};
use schemas::model::Votes;
use schemas::table::Decision;
use schemas::trail::{Assumption, Check, Code, LedgerStep, LedgerStepKind, Trail};
use schemas::{Language, Value};

use super::super::agreement::alike;
use super::super::{Asked, assemble};
use super::attempt::Failed;
use super::form;
use super::reply::code;
use crate::engines::{Engines, Queried, ScriptError, Scripted, named_in_script, sources};
use crate::error::ExecutorError;
use crate::sql::Rows;
use crate::tables::{self, Table};
use crate::words::asked::Said;
use crate::words::{self, Phrases, result};

/// Names of the checks in the trail.
const VOTES: &str = "votes";
const SECOND_PROGRAM: &str = "second_program";
/// What is said of a program whose result is missing.
const NOTHING: &str = "the result has missing values alone: no row may fulfil the conditions, or a name, a day or a text is written otherwise in the data";
/// What is said of a program that found none.
const NO_ROWS: &str =
    "no row fulfils the conditions: the data writes a value otherwise than the query, or holds none";
/// Rows of results that differ, for the model.
const SHOWN: usize = 3;

/// What a program is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sql,
    Python,
}

impl Dialect {
    fn code(self, text: &str) -> Code {
        let language = match self {
            Self::Sql => "sql",
            Self::Python => "python",
        };
        code(language, text)
    }
}

/// A written query or script with its result.
pub(super) struct Written<'a> {
    dialect: Dialect,
    program: String,
    /// A query that gave the same as the script.
    check: Option<String>,
    rows: Rows,
    /// The result in the form that the question prescribes.
    formed: Option<String>,
    /// The tables that it reads.
    tables: Vec<&'a Table>,
    /// The columns of each that it may read.
    columns: Vec<Vec<String>>,
    stamp: Option<&'static str>,
}

impl<'a> Written<'a> {
    /// Runs a query. The inner error is about the query.
    pub async fn of_query(
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
            Ok(rows) if says_nothing(&rows) => return Ok(Err(failed(NOTHING.to_owned()))),
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
            dialect: Dialect::Sql,
            columns: columns.collect(),
            program: sql,
            check: None,
            rows,
            formed: None,
            tables,
            stamp,
        }))
    }

    /// The same, where there are rows: what a small model looks for may stand otherwise in the data, and nobody can tell.
    pub fn with_rows(self) -> Result<Self, Failed> {
        if self.rows.rows_in_all > 0 {
            return Ok(self);
        }
        Err(Failed {
            program: Some(self.code()),
            error: NO_ROWS.to_owned(),
        })
    }

    /// Runs a script, and the query that is to give the same if there is one. The inner error is about either of them.
    pub async fn of_script(
        python: String,
        check: Option<String>,
        tables: &'a [Table],
        engines: &impl Engines,
    ) -> Result<Result<Self, Failed>, ExecutorError> {
        let failed = |error: String| Failed {
            program: Some(Dialect::Python.code(&python)),
            error,
        };
        if !engines.runs_scripts() {
            return Ok(Err(failed(
                "no scripts run here; reply with a plan or a query".to_owned(),
            )));
        }
        let named = named_in_script(&python, tables);
        if named.is_empty() {
            return Ok(Err(failed(
                "the script uses none of the tables, so that its result is made up".to_owned(),
            )));
        }
        let Scripted { result, stamp } = engines.script(&python, tables).await?;
        let rows = match result {
            Ok(rows) if says_nothing(&rows) => return Ok(Err(failed(NOTHING.to_owned()))),
            Ok(rows) => rows,
            Err(error) => return Ok(Err(failed(complaint(&error)))),
        };
        // A check that does not run says nothing of the script.
        let checked = match &check {
            Some(sql) => engines.query(sql, tables).await?.result.ok(),
            None => None,
        };
        if let Some(second) = &checked
            && !alike(&second.rows, &rows.rows)
        {
            return Ok(Err(failed(format!(
                "the script and the query in \"sql\" give different results: {} and {}",
                shown(&rows),
                shown(second)
            ))));
        }
        let tables: Vec<&Table> = named.into_iter().map(|(_, table)| table).collect();
        let columns = tables.iter().map(|table| {
            let names = table
                .data
                .profile
                .columns
                .iter()
                .map(|column| column.name.clone());
            names.filter(|name| python.contains(name.as_str())).collect()
        });
        Ok(Ok(Self {
            dialect: Dialect::Python,
            columns: columns.collect(),
            program: python,
            check: check.filter(|_| checked.is_some()),
            rows,
            formed: None,
            tables,
            stamp,
        }))
    }

    /// The same, with its result in the form that the question prescribes. The error is about the form.
    pub fn formed(self, form: Option<&str>, question: &str) -> Result<Self, Failed> {
        let Some(form) = form else { return Ok(self) };
        match form::fill(form, &self.rows.columns, &self.rows.rows, question) {
            Ok(formed) => Ok(Self {
                formed: Some(formed),
                ..self
            }),
            Err(error) => Err(Failed {
                program: Some(self.code()),
                error,
            }),
        }
    }

    /// Whether a second program of another kind gave the same.
    pub const fn is_checked(&self) -> bool {
        self.check.is_some()
    }

    pub fn code(&self) -> Code {
        self.dialect.code(&self.program)
    }

    /// The tier of its answer.
    pub const fn tier(&self) -> Tier {
        match self.dialect {
            Dialect::Sql => Tier::Sql,
            Dialect::Python => Tier::Python,
        }
    }

    /// The program on one line, cut to so many characters.
    pub fn told(&self, characters: usize, language: Language) -> String {
        let line = self.program.split_whitespace().collect::<Vec<_>>().join(" ");
        let line: String = line.chars().take(characters).collect();
        match self.dialect {
            Dialect::Sql => Said::Query(&line).tell(language),
            Dialect::Python => Said::Script(&line).tell(language),
        }
    }

    /// The result in words.
    pub fn text(&self, phrases: &dyn Phrases) -> String {
        result::listed(phrases, &self.rows)
    }

    /// The answer, with so many programs that gave the same.
    pub fn answer(self, asked: &Asked, votes: Option<Votes>) -> Answer {
        let phrases = words::phrases(asked.language);
        let agreeing = votes.map_or(0, |votes| votes.agreeing);
        let label = match (&self.check, agreeing) {
            (Some(_), _) => ConfidenceLabel::Verified,
            (None, 2..) => ConfidenceLabel::Consistent,
            (None, _) => ConfidenceLabel::Unverified,
        };
        let checked = self.check.as_ref().map(|_| Check {
            name: SECOND_PROGRAM.to_owned(),
            passed: true,
            detail: Said::SameInSql.tell(asked.language),
        });
        let voted = votes.map(|votes| Check {
            name: VOTES.to_owned(),
            passed: votes.agreeing > 1,
            detail: Said::Votes {
                samples: votes.samples as usize,
                agreeing: votes.agreeing as usize,
            }
            .tell(asked.language),
        });
        let trail = Trail {
            sources: self.tables.iter().map(|table| table.source.clone()).collect(),
            ledger: self.ledger(phrases),
            checks: checked.into_iter().chain(voted).collect(),
            assumptions: self.assumptions(phrases),
            code: Some(self.code()),
            sql: self.check.as_deref().map(|sql| Dialect::Sql.code(sql)),
            ..Trail::default()
        };
        let tier = self.tier();
        let text = self.formed.clone().unwrap_or_else(|| self.text(phrases));
        let result = (self.rows.columns, self.rows.rows);
        Answer {
            tier,
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

    /// What was taken for granted about the columns that the program may read, and about the tables as a whole.
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

    /// Its result: names of columns, and rows.
    pub fn result(&self) -> (&[String], &[Vec<Value>]) {
        (&self.rows.columns, &self.rows.rows)
    }

    /// Its result in the form that the question prescribes.
    pub fn formed_text(&self) -> Option<&str> {
        self.formed.as_deref()
    }
}

/// Whether a result has rows, and missing values alone in them: no answer that anybody could check.
fn says_nothing(rows: &Rows) -> bool {
    !rows.rows.is_empty() && rows.rows.iter().flatten().all(|cell| *cell == Value::Null)
}

/// What a script did wrong, with the line where it did.
fn complaint(error: &ScriptError) -> String {
    match error {
        ScriptError::Raised(complaint) => match complaint.line {
            Some(line) => format!("line {line}: {error}"),
            None => error.to_string(),
        },
        ScriptError::Breach(_) | ScriptError::Unfit(_) => error.to_string(),
    }
}

/// The beginning of a result, for the model.
fn shown(rows: &Rows) -> String {
    let first = &rows.rows.get(..rows.rows.len().min(SHOWN)).unwrap_or_default();
    serde_json::to_string(first).unwrap_or_default()
}
