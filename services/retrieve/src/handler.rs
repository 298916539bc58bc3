//! From a job to an answer in the bucket and a fact about it.

use std::collections::HashMap;
use std::time::Duration;

use bus::{Bus, Delivery, Handler, Objects, ObjectsError, Outputs};
use models::Chat;
use schemas::answer::{Answer, AnswerStatus};
use schemas::calls::SearchFilter;
use schemas::citation::Citation;
use schemas::document::Document;
use schemas::events::AnswerReady;
use schemas::file::{FileRecord, FileVersion};
use schemas::jobs::RetrieveJob;
use schemas::{ContentId, FileId, JobId, TenantId};

use crate::answer::{self, Weighed};
use crate::error::RetrieveError;
use crate::search::Searcher;
use crate::{follow, grounded};

/// Characters of a question.
const QUESTION: usize = 4_000;
/// How long a file is waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// Bytes of a stored answer.
const ANSWER: u64 = 64 << 20;
/// Bytes of a document's passages.
const DOCUMENT: u64 = 512 << 20;

/// Answers questions over documents.
pub struct Retriever {
    bus: Bus,
    searcher: Searcher,
    chat: Option<Chat>,
}

/// Whether a question has a length that one may have.
///
/// # Errors
/// [`RetrieveError::QuestionLength`].
pub fn check_length(question: &str) -> Result<(), RetrieveError> {
    let length = question.chars().count();
    if question.trim().is_empty() || length > QUESTION {
        return Err(RetrieveError::QuestionLength {
            length,
            limit: QUESTION,
        });
    }
    Ok(())
}

impl Retriever {
    /// Searches with `searcher`; puts what is found into words with `chat`, if there is one.
    #[must_use]
    pub fn new(bus: Bus, searcher: Searcher, chat: Option<Chat>) -> Self {
        Self { bus, searcher, chat }
    }

    async fn answer(&self, job: &RetrieveJob, delivery: &Delivery) -> Result<Answer, RetrieveError> {
        let id = JobId::from(job.answer.clone());
        self.settled(job, &id, delivery).await?;
        delivery.report(&id, "searching", 0, 0).await;
        let asked = follow::standalone(&job.question, &job.history);
        let only = SearchFilter {
            files: job.files.clone(),
            ..SearchFilter::default()
        };
        let tenant = &delivery.tenant;
        let mut searched = self.searcher.candidates(tenant, &asked.query, &only).await?;
        delivery.report(&id, "looking closer", 0, 0).await;
        let looked = self
            .searcher
            .look_closer(tenant, &asked.query, &mut searched)
            .await;
        let weighed = Weighed::of(asked, searched, looked);
        let mut citations = weighed.citations();
        if citations.is_empty() {
            let mut nearest = weighed.nearest();
            self.illustrate(tenant, &mut nearest).await?;
            return Ok(answer::refused(job, &weighed, nearest, None, &delivery.trace_id));
        }
        self.illustrate(tenant, &mut citations).await?;
        if let Some(chat) = &self.chat {
            delivery.report(&id, "asking the language model", 0, 0).await;
            let written = grounded::write(chat, job.answer.as_str(), &weighed.asked.query, &citations).await;
            if written.finds_nothing {
                return Ok(answer::refused(
                    job,
                    &weighed,
                    citations,
                    Some(written),
                    &delivery.trace_id,
                ));
            }
            if !written.text.is_empty() {
                return Ok(answer::grounded(
                    job,
                    &weighed,
                    citations,
                    written,
                    &delivery.trace_id,
                ));
            }
        }
        Ok(answer::quoted(job, &weighed, citations, &delivery.trace_id))
    }

    /// Waits for the named files that are still being read. What takes longer is searched as it is.
    async fn settled(&self, job: &RetrieveJob, id: &JobId, delivery: &Delivery) -> Result<(), RetrieveError> {
        let records = self.bus.file_records(&delivery.tenant).await?;
        for file in &job.files {
            let found = records.get(file.as_str()).await?;
            let Some(record) = found
                .map(|record| record.value)
                .filter(|record| !is_searchable(record))
            else {
                continue;
            };
            let stage = format!("waiting for {} to be indexed", record.name);
            delivery.report(id, &stage, 0, 0).await;
            let done = |record: Option<&FileRecord>| record.is_none_or(is_searchable);
            records.wait(file.as_str(), PATIENCE, done).await?;
        }
        Ok(())
    }

    /// Adds the images of the pages that are cited.
    async fn illustrate(&self, tenant: &TenantId, citations: &mut [Citation]) -> Result<(), RetrieveError> {
        let records = self.bus.file_records(tenant).await?;
        let objects = self.bus.files(tenant).await?;
        let mut documents: HashMap<FileId, Option<Document>> = HashMap::new();
        for citation in citations {
            let Some(page) = citation.place.page else { continue };
            if !documents.contains_key(&citation.file) {
                let record = records.get(citation.file.as_str()).await?;
                let id = record.and_then(|record| document_of(record.value));
                let document = match id {
                    Some(id) => fetch(&objects, &id).await?,
                    None => None,
                };
                documents.insert(citation.file.clone(), document);
            }
            let document = documents.get(&citation.file).and_then(Option::as_ref);
            let pages = document
                .map(|document| document.pages.as_slice())
                .unwrap_or_default();
            citation.image = pages
                .iter()
                .find(|known| known.number == page)
                .and_then(|page| page.image.clone());
        }
        Ok(())
    }

    /// The answer that an earlier delivery stored.
    async fn stored(&self, answers: &Objects, job: &RetrieveJob) -> Result<Option<Answer>, RetrieveError> {
        match answers.get(job.answer.as_str(), ANSWER).await {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(ObjectsError::Missing { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether the search finds all of a file that it will find without a further job.
fn is_searchable(record: &FileRecord) -> bool {
    // Rows that could not be made findable are not waited for.
    let found = |version: &FileVersion| version.is_found() || record.rejection.is_some();
    record.state.is_settled() && record.active.as_ref().is_none_or(found)
}

fn document_of(record: FileRecord) -> Option<ContentId> {
    Some(record.active?.document?.document)
}

/// A document; none where it was removed meanwhile.
async fn fetch(objects: &Objects, id: &ContentId) -> Result<Option<Document>, RetrieveError> {
    match objects.get(id.as_str(), DOCUMENT).await {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(ObjectsError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Handler<RetrieveJob> for Retriever {
    type Error = RetrieveError;

    async fn handle(&self, job: RetrieveJob, delivery: &Delivery) -> Result<Outputs, RetrieveError> {
        check_length(&job.question)?;
        let answers = self.bus.answers(&delivery.tenant).await?;
        // A redelivery does not search anew: the files may have changed since, and an answer does not.
        let answer = match self.stored(&answers, &job).await? {
            Some(answer) => answer,
            None => {
                let answer = self.answer(&job, delivery).await?;
                if let (AnswerStatus::Refused, Some(again)) = (answer.status, &job.again) {
                    return Ok(Outputs::none().with(&**again));
                }
                let bytes = serde_json::to_vec(&answer)?;
                let mut files = answer.files();
                if answer.status != AnswerStatus::Answered {
                    // It tells what the tables have said.
                    files.extend(job.tables.iter().cloned());
                }
                answers
                    .put_resting_on(&files, job.answer.as_str(), &mut &bytes[..])
                    .await?;
                if self.bus.is_any_deleted(&delivery.tenant, &answer.files()).await? {
                    answers.delete(job.answer.as_str()).await?;
                    return Err(RetrieveError::Deleted);
                }
                answer
            }
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
