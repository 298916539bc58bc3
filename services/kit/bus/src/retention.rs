//! How long a tenant's data is kept, and what goes then besides its files: answers, judgements, and dead letters.

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::stream::Stream;
use chrono::{DateTime, Utc};
use schemas::dead::DeadLetter;
use schemas::events::{AnswerReady, TextJudged};
use schemas::{Message, Retention, TenantId};

use crate::connection::Bus;
use crate::erasure::{ErasureError, failed};
use crate::fault::Source;
use crate::records::{Records, RecordsError};
use crate::scan;
use crate::topology::{DEAD, EVENTS, SETTINGS};

/// The key of the record, behind the tenant.
const KEY: &str = "retention";

/// The services whose jobs are about files.
const OF_FILES: [&str; 3] = ["embed", "ingest", "ocr"];
/// Those whose jobs are questions, and texts to be judged.
const OF_QUESTIONS: [&str; 4] = ["codegen-executor", "detector", "gateway", "retrieve"];

/// Whose dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// Those of jobs about files.
    OfFiles,
    /// Those of questions, and of texts to be judged.
    OfQuestions,
}

impl Bus {
    /// How long a tenant's data is kept.
    ///
    /// # Errors
    /// When the bucket is missing or the server does not answer.
    pub async fn retention(&self, tenant: &TenantId) -> Result<Retention, RecordsError> {
        let kept = self.settings(tenant).await?.get(KEY).await?;
        Ok(kept.map(|kept| kept.value).unwrap_or_default())
    }

    /// Changes how long a tenant's data is kept; what holds from now on.
    ///
    /// # Errors
    /// See [`Bus::retention`].
    pub async fn change_retention(
        &self,
        tenant: &TenantId,
        change: impl Fn(Retention) -> Retention + Send + Sync,
    ) -> Result<Retention, RecordsError> {
        let settings = self.settings(tenant).await?;
        let kept = settings
            .update(KEY, |known| Some(change(known.copied().unwrap_or_default())))
            .await?;
        Ok(kept.unwrap_or_default())
    }

    async fn settings(&self, tenant: &TenantId) -> Result<Records<Retention>, RecordsError> {
        self.records(SETTINGS, tenant).await
    }

    /// Removes facts about answers and judgements that are older than `before`; how many. A judgement is in its fact.
    ///
    /// # Errors
    /// When the server does not answer; some may be gone then.
    pub async fn forget_judged(
        &self,
        tenant: &TenantId,
        before: DateTime<Utc>,
    ) -> Result<usize, ErasureError> {
        let forget = async {
            let stream: Stream<()> = self.jetstream().get_stream_no_info(EVENTS).await?;
            let mut removed = 0;
            for subject in [AnswerReady::subject(tenant), TextJudged::subject(tenant)] {
                for found in scan::all(self, EVENTS, &subject, DeliverPolicy::All, usize::MAX).await? {
                    if found.at < before {
                        removed += usize::from(stream.delete_message(found.sequence).await?);
                    }
                }
            }
            Ok::<usize, Source>(removed)
        };
        forget.await.map_err(failed("remove facts about answers"))
    }

    /// Removes dead letters that are older than `before`, with their payloads; how many.
    ///
    /// # Errors
    /// When the server does not answer; some may be gone then.
    pub async fn forget_old_letters(
        &self,
        tenant: &TenantId,
        whose: Letters,
        before: DateTime<Utc>,
    ) -> Result<usize, ErasureError> {
        let services: &[&str] = match whose {
            Letters::OfFiles => &OF_FILES,
            Letters::OfQuestions => &OF_QUESTIONS,
        };
        let forget = async {
            let stream: Stream<()> = self.jetstream().get_stream_no_info(DEAD).await?;
            let mut removed = 0;
            // The one filter that its user may read by.
            let filter = format!("dead.*.*.{tenant}");
            for found in scan::all(self, DEAD, &filter, DeliverPolicy::All, usize::MAX).await? {
                let service = found.subject.split('.').nth(1).unwrap_or_default();
                if found.at >= before || !services.contains(&service) {
                    continue;
                }
                let gone = match serde_json::from_slice::<DeadLetter>(&found.payload) {
                    Ok(letter) => self.forget_letter(&stream, &letter, found.sequence).await?,
                    Err(_) => stream.delete_message(found.sequence).await?,
                };
                removed += usize::from(gone);
            }
            Ok::<usize, Source>(removed)
        };
        forget.await.map_err(failed("remove dead letters"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::topology::QUEUES;

    #[test]
    fn every_service_has_its_letters_in_one_of_both() {
        let known: BTreeSet<&str> = OF_FILES.into_iter().chain(OF_QUESTIONS).collect();
        let all: BTreeSet<&str> = QUEUES.iter().map(|(_, service)| *service).collect();
        assert_eq!(known, all);
        assert_eq!(known.len(), OF_FILES.len() + OF_QUESTIONS.len());
    }
}
