//! What a tenant has kept for long enough goes: files by the very job that a person would send, answers and judgements at once.

use std::time::Duration;

use bus::Bus;
use bus::fault::reason;
use bus::ids::output_id;
use bus::retention::Letters;
use chrono::{DateTime, TimeDelta, Utc};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use schemas::file::{FileRecord, FileState};
use schemas::jobs::{DeleteFile, IngestJob};
use schemas::{Retention, TenantId};
use tokio_util::sync::CancellationToken;

use crate::contents::Contents;
use crate::error::IngestError;

/// Between two looks for what was kept long enough: a day is the shortest that anything is kept.
const LOOK: Duration = Duration::from_secs(60 * 60);

/// What has been kept for as long as a tenant keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expired {
    /// Files, as their records are.
    pub files: Vec<FileRecord>,
    /// Names of objects of the bucket of answers: answers, and what people said of them.
    pub answers: Vec<String>,
}

/// What was removed, or is about to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Files whose deletion was asked for.
    pub files: usize,
    /// Answers, and what people said of them.
    pub answers: usize,
    /// Facts about answers and judgements, and dead letters.
    pub messages: usize,
    /// Objects that belong to no file, such as texts that were judged: they go with the next bytes that are released.
    pub objects: usize,
}

impl Removed {
    fn counted(self) -> [(&'static str, usize); 4] {
        let Self {
            files,
            answers,
            messages,
            objects,
        } = self;
        [
            ("files", files),
            ("answers", answers),
            ("messages", messages),
            ("objects", objects),
        ]
    }
}

/// The moment before which things are too old; none: they are kept until somebody deletes them.
fn limit(days: Option<u32>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    now.checked_sub_signed(TimeDelta::days(i64::from(days?)))
}

/// Whether a file has been kept long enough. A moment that can't be read is none to go by.
fn is_over(record: &FileRecord, before: DateTime<Utc>) -> bool {
    let since = DateTime::parse_from_rfc3339(&record.updated_at);
    record.state != FileState::Deleted && since.is_ok_and(|since| since < before)
}

/// What a tenant would lose at this moment if it kept things for so long.
///
/// # Errors
/// When the bus does not answer.
pub async fn expired(
    bus: &Bus,
    tenant: &TenantId,
    retention: Retention,
    now: DateTime<Utc>,
) -> Result<Expired, IngestError> {
    let mut expired = Expired::default();
    if let Some(before) = limit(retention.files_days, now) {
        let records = bus.file_records(tenant).await?.list().await?.into_iter();
        let records = records.map(|(_, record)| record);
        expired.files = records.filter(|record| is_over(record, before)).collect();
    }
    if let Some(before) = limit(retention.answers_days, now) {
        let listed = bus.answers(tenant).await?.list().await?.into_iter();
        let old = listed.filter(|answer| answer.stored_at < before);
        expired.answers = old.map(|answer| answer.name).collect();
    }
    Ok(expired)
}

/// Removes what a tenant has kept for as long as it keeps it, as of `now`. Files go by a job of ours, which leaves what a newer job has
/// brought meanwhile; to repeat it is to ask for the same.
///
/// # Errors
/// When the bus does not answer; the rest goes the next time.
pub async fn enforce(bus: &Bus, tenant: &TenantId, now: DateTime<Utc>) -> Result<Removed, IngestError> {
    let retention = bus.retention(tenant).await?;
    let mut removed = Removed::default();
    if retention.is_for_ever() {
        return Ok(removed);
    }
    let expired = expired(bus, tenant, retention, now).await?;
    for record in &expired.files {
        let job = IngestJob::Delete(DeleteFile {
            file: record.file.clone(),
            expired: Some(record.order),
        });
        // Several processes look, and each again before the job is done.
        let id = output_id(&record.job, "expired", 0);
        bus.publish(tenant, &id, &job).await?;
        removed.files += 1;
    }
    let answers = bus.answers(tenant).await?;
    for answer in &expired.answers {
        answers.delete(answer).await?;
        removed.answers += 1;
    }
    let (files, answers) = (
        limit(retention.files_days, now),
        limit(retention.answers_days, now),
    );
    if let Some(before) = answers {
        removed.messages += bus.forget_judged(tenant, before).await?;
        removed.messages += bus
            .forget_old_letters(tenant, Letters::OfQuestions, before)
            .await?;
    }
    if let Some(before) = files {
        removed.messages += bus.forget_old_letters(tenant, Letters::OfFiles, before).await?;
    }
    // What nobody ever added to the files came with a question or a text, or was never made use of.
    if let Some(before) = files.into_iter().chain(answers).max() {
        removed.objects = Contents::open(bus, tenant).await?.disown(before).await?;
    }
    Ok(removed)
}

/// Enforces what every tenant has set, at once and from time to time, until it is told to stop.
pub(crate) async fn regularly(bus: Bus, stop: CancellationToken) {
    let counter = counter();
    loop {
        let round = stop.run_until_cancelled(round(&bus, &counter)).await;
        if round.is_none() {
            return;
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return;
        }
    }
}

async fn round(bus: &Bus, counter: &Counter<u64>) {
    let tenants = match bus.tenants().await {
        Ok(tenants) => tenants,
        Err(error) => {
            tracing::warn!(
                error = reason(&error),
                "can't list tenants; what was kept long enough stays for now"
            );
            return;
        }
    };
    for tenant in tenants {
        match enforce(bus, &tenant, Utc::now()).await {
            Ok(removed) => tell(&tenant, removed, counter),
            Err(error) => tracing::warn!(
                %tenant,
                error = reason(&error),
                "can't remove all that was kept long enough; trying again later"
            ),
        }
    }
}

fn tell(tenant: &TenantId, removed: Removed, counter: &Counter<u64>) {
    if removed == Removed::default() {
        return;
    }
    let Removed {
        files,
        answers,
        messages,
        objects,
    } = removed;
    tracing::info!(%tenant, files, answers, messages, objects, "what was kept long enough goes");
    for (what, count) in removed.counted() {
        counter.add(count as u64, &[KeyValue::new("what", what)]);
    }
}

fn counter() -> Counter<u64> {
    opentelemetry::global::meter("ingest")
        .u64_counter("contrail.retention.removed")
        .with_description(
            "Files, answers, messages and objects that went because their tenant keeps them no longer.",
        )
        .build()
}

#[cfg(test)]
mod tests {
    use schemas::FileId;

    use super::*;

    fn record(state: FileState, updated_at: &str) -> FileRecord {
        let file = FileId::new("0199f1d2-7c3a-7def-8123-0000000000aa").unwrap();
        FileRecord {
            file,
            name: "a.csv".to_owned(),
            state,
            order: 1,
            job: bus::ids::new_job_id(),
            active: None,
            pending: None,
            rejection: None,
            updated_at: updated_at.to_owned(),
        }
    }

    #[test]
    fn what_is_as_old_as_the_limit_or_younger_stays() {
        let now = DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z")
            .unwrap()
            .to_utc();
        let before = limit(Some(30), now).unwrap();
        let check = |state, updated_at, over| {
            assert_eq!(is_over(&record(state, updated_at), before), over, "{updated_at}");
        };
        check(FileState::Indexed, "2026-03-01T11:59:59.999Z", true);
        check(FileState::Rejected, "2026-03-01T11:59:59.999Z", true);
        check(FileState::Received, "2026-03-01T11:59:59.999Z", true);
        check(FileState::Indexed, "2026-03-01T12:00:00Z", false);
        check(FileState::Indexed, "2026-03-31T00:00:00Z", false);
        // A tombstone is gone already; a moment that can't be read says nothing.
        check(FileState::Deleted, "2025-03-01T12:00:00Z", false);
        check(FileState::Indexed, "long ago", false);
    }

    #[test]
    fn without_a_number_of_days_there_is_no_limit() {
        assert_eq!(limit(None, Utc::now()), None);
        // Longer than the calendar is: nothing is that old.
        assert_eq!(limit(Some(u32::MAX), Utc::now()), None);
    }
}
