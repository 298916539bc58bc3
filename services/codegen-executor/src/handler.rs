//! From a job to an answer in the bucket and a fact about it.

use std::sync::Arc;

use bus::{Bus, Delivery, Handler, ObjectsError, Outputs};
use schemas::JobId;
use schemas::answer::{Answer, AnswerStatus};
use schemas::events::AnswerReady;
use schemas::jobs::{CodegenExecutorJob, RetrieveJob};

use crate::answer::model::Model;
use crate::answer::{self, Asked};
use crate::config::Limits;
use crate::engines::{Locked, Workers};
use crate::error::ExecutorError;
use crate::memory;
use crate::planner::Understanding;
use crate::tables::{Table, Tables};

/// Characters of a question.
const QUESTION: usize = 4_000;
/// Bytes of a stored answer: its rows, and its trail with the rows of other readings.
const ANSWER: u64 = 256 << 20;

/// Answers questions over tables.
pub struct Executor {
    bus: Bus,
    tables: Tables,
    workers: Arc<Workers>,
    limits: Limits,
    model: Option<Model>,
}

impl Executor {
    /// Reads tables from and writes answers to a bus, has everything computed by workers, and asks a model where the
    /// planner abstains, if there is one.
    #[must_use]
    pub fn new(bus: Bus, limits: Limits, workers: Workers, model: Option<Model>) -> Self {
        let workers = Arc::new(workers);
        Self {
            tables: Tables::new(bus.clone(), limits, Arc::clone(&workers)),
            bus,
            workers,
            limits,
            model,
        }
    }

    /// The answer that an earlier delivery stored.
    async fn stored(
        &self,
        job: &CodegenExecutorJob,
        delivery: &Delivery,
    ) -> Result<Option<Answer>, ExecutorError> {
        let answers = self.bus.answers(&delivery.tenant).await?;
        match answers.get(job.answer.as_str(), ANSWER).await {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(ExecutorError::Answer),
            Err(ObjectsError::Missing { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What the tables answer, and whether the language model has written programs for it. Where there are documents too, it
    /// is asked first which of them the question is about.
    async fn computed(
        &self,
        asked: &Asked,
        job: &CodegenExecutorJob,
        tables: &[Table],
        delivery: &Delivery,
    ) -> Result<(Answer, bool), ExecutorError> {
        let id = JobId::from(job.answer.clone());
        delivery.report(&id, "computing", 0, 0).await;
        let understanding = tokio::task::spawn_blocking({
            let (asked, tables) = (asked.clone(), tables.to_vec());
            move || answer::understand(&asked, &tables)
        });
        let engines = Locked {
            workers: &self.workers,
            limit: self.limits.result(),
        };
        let (model, abstained) = match (&self.model, understanding.await?) {
            (Some(model), abstained @ Understanding::Abstained { .. }) => (model, abstained),
            (_, understanding) => {
                let answer = answer::conclude(asked, understanding, tables, &engines).await?;
                return Ok((answer, false));
            }
        };
        delivery.report(&id, "asking the language model", 0, 0).await;
        let belongs = match job.otherwise {
            Some(_) => Some(model.where_it_belongs(asked, tables).await),
            None => None,
        };
        if belongs.as_ref().is_some_and(|belongs| !belongs.to_tables) {
            let refusal = answer::conclude(asked, abstained, tables, &engines).await?;
            return Ok((refusal, false));
        }
        let mut answer = model.answer(asked, abstained, tables, &engines).await?;
        if let Some(belongs) = belongs {
            belongs.tell(&mut answer, asked);
        }
        Ok((answer, true))
    }

    /// Answers the question, or sends it on to the documents if there are any and the tables don't answer it.
    async fn answer(&self, job: &CodegenExecutorJob, delivery: &Delivery) -> Result<Ended, ExecutorError> {
        let id = JobId::from(job.answer.clone());
        let glossary = Arc::new(self.bus.glossary(&delivery.tenant).await?);
        let before = match (&self.model, &job.conversation, job.history.last()) {
            (Some(_), Some(conversation), Some(last)) => {
                memory::recall(&self.bus, &delivery.tenant, conversation, last).await?
            }
            _ => None,
        };
        let asked = Asked {
            id: job.answer.clone(),
            conversation: job.conversation.clone(),
            question: job.question.clone(),
            history: job.history.clone(),
            language: job.language,
            today: job.today,
            trace_id: delivery.trace_id.clone(),
            glossary,
            before,
        };
        let (answer, has_written) = match self.tables.load(&job.files, &id, delivery).await? {
            Err(unavailable) => (answer::unavailable(&asked, &unavailable), false),
            Ok(tables) => self.computed(&asked, job, &tables, delivery).await?,
        };
        if let (AnswerStatus::Refused, Some(otherwise)) = (answer.status, &job.otherwise) {
            // Programs of the model are for what the documents don't answer either, unless it has written its own already.
            let model = self.model.as_ref().filter(|_| !has_written);
            let again = model.map(|_| {
                Box::new(CodegenExecutorJob {
                    otherwise: None,
                    ..job.clone()
                })
            });
            return Ok(Ended::GoesOn(Box::new(RetrieveJob {
                tables_said: Some(answer.text),
                tables: job.files.clone(),
                again,
                ..(**otherwise).clone()
            })));
        }
        let mut files = answer.files();
        if answer.status != AnswerStatus::Answered {
            // It may tell what any of them holds: their columns, or what it could mean in each.
            files.extend(job.files.iter().cloned());
        }
        let bytes = serde_json::to_vec(&answer).map_err(ExecutorError::Answer)?;
        let answers = self.bus.answers(&delivery.tenant).await?;
        answers
            .put_resting_on(&files, job.answer.as_str(), &mut &bytes[..])
            .await?;
        // Who reads it is the model alone.
        let remembered = job.conversation.as_ref().filter(|_| self.model.is_some());
        if let Some(conversation) = remembered {
            memory::remember(&self.bus, &delivery.tenant, conversation, &answer).await?;
        }
        if self.bus.is_any_deleted(&delivery.tenant, &answer.files()).await? {
            answers.delete(job.answer.as_str()).await?;
            if let Some(conversation) = remembered {
                memory::forget(&self.bus, &delivery.tenant, conversation).await?;
            }
            return Err(ExecutorError::Deleted);
        }
        Ok(Ended::Answered(Box::new(answer)))
    }
}

/// How a job ends.
enum Ended {
    /// With an answer, or a refusal.
    Answered(Box<Answer>),
    /// With the question going on to the documents.
    GoesOn(Box<RetrieveJob>),
}

impl Handler<CodegenExecutorJob> for Executor {
    type Error = ExecutorError;

    async fn handle(&self, job: CodegenExecutorJob, delivery: &Delivery) -> Result<Outputs, ExecutorError> {
        if job.files.is_empty() {
            return Err(ExecutorError::NoFiles);
        }
        let length = job.question.chars().count();
        if length == 0 || length > QUESTION {
            return Err(ExecutorError::QuestionLength {
                length,
                limit: QUESTION,
            });
        }
        // A redelivery does not compute anew: the files may have changed since, and an answer does not.
        let answer = match self.stored(&job, delivery).await? {
            Some(answer) => answer,
            None => match self.answer(&job, delivery).await? {
                Ended::Answered(answer) => *answer,
                Ended::GoesOn(job) => return Ok(Outputs::none().with(&*job)),
            },
        };
        let ready = AnswerReady {
            answer: job.answer.clone(),
            conversation: job.conversation,
            kind: answer.kind,
            status: answer.status,
        };
        Ok(Outputs::none().with(&ready).finished(&JobId::from(job.answer)))
    }
}
