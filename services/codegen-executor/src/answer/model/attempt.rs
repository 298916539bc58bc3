//! A reply that is run.

use schemas::model::Attempt;
use schemas::plan::Plan;
use schemas::trail::{Assumption, Code};

use super::super::Asked;
use super::super::computed::Computed;
use super::form;
use super::grounding::Ground;
use super::reply::{self, Program, Unusable};
use super::stated;
use super::written::Written;
use crate::engines::{Engines, RunError};
use crate::error::ExecutorError;
use crate::planner::Understood;
use crate::tables::Table;
use crate::words::asked::Said;

/// What a reply gave.
pub(super) enum Given<'a> {
    /// Results of plans, at least one; of one alone also in the form that the question prescribes.
    Plans(Vec<Computed<'a>>, Option<String>),
    /// The result of a query or of a script.
    Written(Box<Written<'a>>),
    /// The tables can't answer it.
    Impossible,
}

/// Why a reply gave nothing, for the model and for the trail.
#[derive(Debug)]
pub(super) struct Failed {
    pub program: Option<Code>,
    pub error: String,
}

impl Failed {
    pub fn attempt(&self) -> Attempt {
        Attempt {
            program: self.program.clone(),
            error: Some(self.error.clone()),
        }
    }
}

impl From<Unusable> for Failed {
    fn from(unusable: Unusable) -> Self {
        Self {
            error: unusable.reason,
            program: unusable.program,
        }
    }
}

/// What was asked over which tables, by which engines it is run.
pub(super) struct Ring<'a, E> {
    pub asked: &'a Asked,
    pub tables: &'a [Table],
    pub engines: &'a E,
    /// Whether queries are held against the question, as those of small models have to be.
    pub is_strict: bool,
}

impl<'a, E: Engines> Ring<'a, E> {
    /// Runs what a reply gives, and tells whether the question asks for words. The inner error is about the reply, the
    /// outer one about the machine.
    pub async fn run(&self, text: &str) -> Result<Result<(Given<'a>, bool), Failed>, ExecutorError> {
        let reply = match reply::read(text, self.tables) {
            Ok(reply) => reply,
            Err(unusable) => return Ok(Err(unusable.into())),
        };
        let form = reply.form.as_deref();
        let given = match reply.program {
            Program::Impossible => Given::Impossible,
            Program::Plans(plans) => {
                let mut computed = Vec::with_capacity(plans.len());
                for plan in plans {
                    match self.plan(plan).await? {
                        Ok(reading) => computed.push(reading),
                        Err(failed) => return Ok(Err(failed)),
                    }
                }
                match formed(form, &computed, &self.asked.question) {
                    Ok(formed) => Given::Plans(computed, formed),
                    Err(failed) => return Ok(Err(failed)),
                }
            }
            Program::Query(sql) => {
                if self.is_strict
                    && let Some(fault) = stated::fault(&sql, &self.asked.question, self.tables)
                {
                    return Ok(Err(Failed {
                        program: Some(reply::code("sql", &sql)),
                        error: fault,
                    }));
                }
                let written = Written::of_query(sql, self.tables, self.engines).await?;
                let written = if self.is_strict {
                    written.and_then(Written::with_rows)
                } else {
                    written
                };
                match written.and_then(|written| written.formed(form, &self.asked.question)) {
                    Ok(written) => Given::Written(Box::new(written)),
                    Err(failed) => return Ok(Err(failed)),
                }
            }
            Program::Script { python, check } => {
                let written = Written::of_script(python, check, self.tables, self.engines).await?;
                match written.and_then(|written| written.formed(form, &self.asked.question)) {
                    Ok(written) => Given::Written(Box::new(written)),
                    Err(failed) => return Ok(Err(failed)),
                }
            }
        };
        Ok(Ok((given, reply.words)))
    }

    async fn plan(&self, plan: Plan) -> Result<Result<Computed<'a>, Failed>, ExecutorError> {
        let failed = |plan: &Plan, error: String| Failed {
            program: Some(plan_code(plan)),
            error,
        };
        let Some(table) = self.tables.iter().find(|table| table.reference == plan.table) else {
            return Ok(Err(failed(&plan, "there is no such table".to_owned())));
        };
        let ground = Ground {
            profile: &table.data.profile,
            values: &table.data.values,
            question: &self.asked.question,
        };
        if let Some(fault) = ground.fault(&plan) {
            return Ok(Err(failed(&plan, fault)));
        }
        let assumptions = ground
            .not_in_question(&plan)
            .into_iter()
            .map(|number| Assumption {
                about: "constant".to_owned(),
                text: Said::NotInQuestion(&number).tell(self.asked.language),
            });
        let understood = Understood {
            assumptions: assumptions.collect(),
            chips: Vec::new(),
            plan,
        };
        Ok(match Computed::of(understood, self.tables, self.engines).await? {
            Ok(computed) if computed.contradicted().is_some() => {
                let plan = &computed.understood.plan;
                Err(failed(
                    plan,
                    "two engines gave different results for this plan".to_owned(),
                ))
            }
            Ok(computed) => Ok(computed),
            Err(why) => {
                let (understood, error) = *why;
                let error = match error {
                    RunError::Plan(error) => error.to_string(),
                    RunError::Breach(breach) => breach.to_string(),
                };
                Err(failed(&understood.plan, error))
            }
        })
    }
}

/// The result of one plan in the form that the question prescribes.
fn formed(form: Option<&str>, computed: &[Computed<'_>], question: &str) -> Result<Option<String>, Failed> {
    let (Some(form), [computed]) = (form, computed) else {
        return Ok(None);
    };
    form::fill(form, &computed.outcome.columns, &computed.outcome.rows, question)
        .map(Some)
        .map_err(|error| Failed {
            program: Some(plan_code(&computed.understood.plan)),
            error,
        })
}

/// A plan as the trail shows it.
pub(super) fn plan_code(plan: &Plan) -> Code {
    reply::code("plan", &serde_json::to_string(plan).unwrap_or_default())
}
