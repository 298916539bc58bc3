//! Serves `job.ask`: looks up the files, lets [`router::decide`] decide, forwards or refuses.

use std::time::Duration;

use bus::{Bus, Delivery, Handler, Outputs, Records};
use chrono::Datelike;
use futures::future::try_join_all;
use schemas::events::AnswerReady;
use schemas::file::{FileRecord, FileState};
use schemas::jobs::AskJob;
use schemas::{AnswerId, Date, FileId, TenantId};

use crate::error::AskError;
use crate::router::{self, Route};

/// How long a question waits for a file that it names and that no record knows: its upload may still be queued.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves `job.ask`.
pub struct Router {
    bus: Bus,
    today: fn() -> Date,
    patience: Duration,
}

impl Router {
    /// A router by the system's clock.
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self {
            bus,
            today: today_in_utc,
            patience: PATIENCE,
        }
    }

    /// The same by another clock, and with another patience for named files that are not there yet.
    #[must_use]
    pub fn with(self, today: fn() -> Date, patience: Duration) -> Self {
        Self {
            today,
            patience,
            ..self
        }
    }

    /// The records that [`router::decide`] needs: those of the named files, or all.
    async fn records(&self, job: &AskJob, tenant: &TenantId) -> Result<Vec<FileRecord>, AskError> {
        let records = self.bus.file_records(tenant).await.map_err(AskError::Files)?;
        if job.files.is_empty() {
            let all = records.list().await.map_err(AskError::Files)?;
            return Ok(all.into_iter().map(|(_, record)| record).collect());
        }
        let named = job.files.iter().map(|file| self.record(&records, file));
        Ok(try_join_all(named).await?.into_iter().flatten().collect())
    }

    async fn record(
        &self,
        records: &Records<FileRecord>,
        file: &FileId,
    ) -> Result<Option<FileRecord>, AskError> {
        let there = |record: Option<&FileRecord>| record.is_some_and(|r| r.state != FileState::Deleted);
        let waited = records
            .wait(file.as_str(), self.patience, there)
            .await
            .map_err(AskError::Files)?;
        if waited.is_some() {
            return Ok(waited);
        }
        let found = records.get(file.as_str()).await.map_err(AskError::Files)?;
        Ok(found.map(|record| record.value))
    }
}

impl Handler<AskJob> for Router {
    type Error = AskError;

    async fn handle(&self, job: AskJob, delivery: &Delivery) -> Result<Outputs, AskError> {
        delivery.report(&delivery.id, "routing", 0, 0).await;
        router::check(&job)?;
        let tenant = &delivery.tenant;
        if !self.bus.has_tenant(tenant).await.map_err(AskError::Tenant)? {
            return Err(AskError::UnknownTenant(tenant.clone()));
        }
        let records = self.records(&job, tenant).await?;
        let id = AnswerId::from(delivery.id.clone());
        match router::decide(&job, &id, &records, (self.today)()) {
            Route::Tables(forwarded) => Ok(Outputs::none().with(&forwarded)),
            Route::Documents(forwarded) => Ok(Outputs::none().with(&forwarded)),
            Route::Refused(refusal) => {
                let answer = refusal.answer(&job, id.clone(), delivery.trace_id.clone());
                let json = serde_json::to_vec(&answer).map_err(AskError::Encode)?;
                // It names one of them.
                let files = records.iter().map(|record| record.file.clone()).collect();
                let answers = self.bus.answers(tenant).await.map_err(AskError::Answer)?;
                answers
                    .put_resting_on(&files, id.as_str(), &mut &json[..])
                    .await
                    .map_err(AskError::Answer)?;
                let ready = AnswerReady {
                    answer: id,
                    conversation: answer.conversation_id,
                    kind: answer.kind,
                    status: answer.status,
                };
                Ok(Outputs::none().with(&ready).finished(&delivery.id))
            }
        }
    }
}

fn today_in_utc() -> Date {
    let now = chrono::Utc::now().date_naive();
    // The calendar of the machine ends the years that `Date` can hold long after all of them.
    Date {
        year: u16::try_from(now.year()).unwrap_or(9999).min(9999),
        month: u8::try_from(now.month()).unwrap_or(1),
        day: u8::try_from(now.day()).unwrap_or(1),
    }
}
