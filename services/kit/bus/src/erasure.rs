//! What is said of a file on the bus besides its records and objects: facts, dead letters, progress. It goes with the file.

use std::collections::BTreeSet;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{RetentionPolicy, Stream};
use bytes::Bytes;
use futures::TryStreamExt;
use schemas::dead::{DeadLetter, DeadPayload};
use schemas::events::{FileIndexed, FileReceived, FileRejected, TableReady, TextJudged};
use schemas::file::FileState;
use schemas::{FileId, JobId, Message, TenantId};
use serde_json::Value;

use crate::connection::Bus;
use crate::fault::{Source, no_such_message};
use crate::headers::set;
use crate::records::RecordsError;
use crate::scan;
use crate::topology::{DEAD, EVENTS};

/// Bytes of a dead letter's payload that are looked through.
const PAYLOAD: u64 = 8 << 20;

/// Why what is said of a file can't be removed.
#[derive(Debug, thiserror::Error)]
#[error("can't {action}")]
pub struct ErasureError {
    action: &'static str,
    #[source]
    source: Source,
}

pub(crate) fn failed(action: &'static str) -> impl FnOnce(Source) -> ErasureError {
    move |source| ErasureError { action, source }
}

impl Bus {
    /// Removes facts about a file, dead letters of its jobs and of questions that named it, and the progress of all of those.
    /// `jobs` are further ones that are known to be about it. How many messages were removed. Repeating it removes nothing
    /// more.
    ///
    /// # Errors
    /// When the server does not answer; some may be gone then.
    pub async fn forget_file(
        &self,
        tenant: &TenantId,
        file: &FileId,
        name: &str,
        mut jobs: BTreeSet<JobId>,
    ) -> Result<usize, ErasureError> {
        let facts = self.forget_facts(tenant, file, &mut jobs).await;
        let facts = facts.map_err(failed("remove the facts about a file"))?;
        let letters = self.forget_letters(tenant, file, name, &mut jobs).await;
        let letters = letters.map_err(failed("remove the dead letters about a file"))?;
        for job in jobs {
            let forgotten = self.forget_progress(tenant, &job).await;
            forgotten.map_err(failed("remove the progress of a file's jobs"))?;
        }
        Ok(facts + letters)
    }

    /// Whether any of these files is deleted. To be looked at once an answer that rests on them is stored: what a deletion has not
    /// seen, whoever stored it has to take away.
    ///
    /// # Errors
    /// When the records can't be read.
    pub async fn is_any_deleted(
        &self,
        tenant: &TenantId,
        files: &BTreeSet<FileId>,
    ) -> Result<bool, RecordsError> {
        let records = self.file_records(tenant).await?;
        for file in files {
            let record = records.get(file.as_str()).await?;
            if record.is_some_and(|record| record.value.state == FileState::Deleted) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where a text stands in what the server holds, as `<stream> <subject>`: for whoever has to show that something is gone.
    /// Every message of every stream is read, one stream at a time in memory; what is compressed or in chunks is looked
    /// through as it lies there.
    ///
    /// # Errors
    /// When the server does not answer, or we may not read all of it.
    pub async fn traces_of(&self, text: &str) -> Result<Vec<String>, ErasureError> {
        let search = async {
            let names: Vec<String> = self.jetstream().stream_names().try_collect().await?;
            let mut traces = Vec::new();
            for name in names {
                for (subject, headers, payload) in self.everything(&name).await? {
                    let mut values = headers.iter().flat_map(|(_, values)| values);
                    if subject.contains(text)
                        || holds(&payload, text.as_bytes())
                        || values.any(|value| value.as_str().contains(text))
                    {
                        traces.push(format!("{name} {subject}"));
                    }
                }
            }
            Ok(traces)
        };
        search.await.map_err(failed("search all streams"))
    }

    /// Every message of a stream: subject, headers, payload.
    async fn everything(&self, stream: &str) -> Result<Vec<(String, HeaderMap, Bytes)>, Source> {
        let found = self.jetstream().get_stream(stream).await?;
        let info = found.cached_info();
        if info.config.retention != RetentionPolicy::WorkQueue {
            let all = scan::all(self, stream, "", DeliverPolicy::All, usize::MAX).await?;
            let whole =
                |found: scan::Found| (found.subject, found.headers.unwrap_or_default(), found.payload);
            return Ok(all.into_iter().map(whole).collect());
        }
        // A queue can't be read without taking from it.
        let mut all = Vec::new();
        let first = info.state.first_sequence.max(1);
        for sequence in first..=info.state.last_sequence {
            match found.get_raw_message(sequence).await {
                Ok(message) => all.push((message.subject.to_string(), message.headers, message.payload)),
                Err(error) if no_such_message(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(all)
    }

    async fn forget_facts(
        &self,
        tenant: &TenantId,
        file: &FileId,
        jobs: &mut BTreeSet<JobId>,
    ) -> Result<usize, Source> {
        let stream: Stream<()> = self.jetstream().get_stream_no_info(EVENTS).await?;
        let mut removed = 0;
        for subject in [
            FileReceived::subject(tenant),
            TableReady::subject(tenant),
            FileIndexed::subject(tenant),
            FileRejected::subject(tenant),
            TextJudged::subject(tenant),
        ] {
            for found in scan::all(self, EVENTS, &subject, DeliverPolicy::All, usize::MAX).await? {
                let Ok(fact) = serde_json::from_slice::<Value>(&found.payload) else {
                    continue;
                };
                if fact.get("file").and_then(Value::as_str) != Some(file.as_str()) {
                    continue;
                }
                let job = fact.get("job").and_then(Value::as_str);
                jobs.extend(job.and_then(|job| JobId::new(job).ok()));
                removed += usize::from(stream.delete_message(found.sequence).await?);
            }
        }
        Ok(removed)
    }

    async fn forget_letters(
        &self,
        tenant: &TenantId,
        file: &FileId,
        name: &str,
        jobs: &mut BTreeSet<JobId>,
    ) -> Result<usize, Source> {
        let stream: Stream<()> = self.jetstream().get_stream_no_info(DEAD).await?;
        let filter = format!("dead.*.*.{tenant}");
        let mut removed = 0;
        for found in scan::all(self, DEAD, &filter, DeliverPolicy::All, usize::MAX).await? {
            let Ok(letter) = serde_json::from_slice::<DeadLetter>(&found.payload) else {
                continue;
            };
            let object = apart(&letter);
            let body = match (&letter.payload, &object) {
                (DeadPayload::Text(text), _) => text.clone().into_bytes(),
                (_, Some(object)) => {
                    let got = self.dead_payloads().await?.get(object, PAYLOAD).await;
                    // What can't be read can't be sent again either.
                    got.map(|bytes| bytes.to_vec()).unwrap_or_default()
                }
                (_, None) => Vec::new(),
            };
            if !names(&body, file, name) {
                continue;
            }
            let ids = letter.headers.get("Nats-Msg-Id").into_iter().flatten();
            jobs.extend(ids.filter_map(|id| JobId::new(id.clone()).ok()));
            removed += usize::from(self.forget_letter(&stream, &letter, found.sequence).await?);
        }
        Ok(removed)
    }

    /// Removes a dead letter, and its payload where that lies apart; whether it was there.
    pub(crate) async fn forget_letter(
        &self,
        stream: &Stream<()>,
        letter: &DeadLetter,
        sequence: u64,
    ) -> Result<bool, Source> {
        if let Some(object) = apart(letter) {
            self.dead_payloads().await?.delete(&object).await?;
        }
        Ok(stream.delete_message(sequence).await?)
    }

    /// Removes the last report on a job.
    async fn forget_progress(&self, tenant: &TenantId, job: &JobId) -> Result<(), Source> {
        let mut headers = HeaderMap::new();
        set(&mut headers, "KV-Operation", "PURGE");
        set(&mut headers, "Nats-Rollup", "sub");
        let message = PublishMessage::build().headers(headers);
        let subject = format!("$KV.progress.{tenant}.{job}");
        self.jetstream().send_publish(subject, message).await?.await?;
        Ok(())
    }
}

/// Where the payload of a dead letter lies, if not in it.
fn apart(letter: &DeadLetter) -> Option<String> {
    match &letter.payload {
        DeadPayload::Object(object) => Some(object.clone()),
        DeadPayload::Text(_) | DeadPayload::Base64(_) => None,
    }
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    !text.is_empty() && bytes.windows(text.len()).any(|window| window == text)
}

/// Whether the body of a job has a file's id or name as one of its values.
fn names(body: &[u8], file: &FileId, name: &str) -> bool {
    fn any(value: &Value, file: &str, name: &str) -> bool {
        match value {
            Value::String(text) => text == file || (!name.is_empty() && text == name),
            Value::Array(list) => list.iter().any(|value| any(value, file, name)),
            Value::Object(members) => members.values().any(|value| any(value, file, name)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    serde_json::from_slice(body).is_ok_and(|value| any(&value, file.as_str(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_names_a_file_by_its_id_or_its_name() {
        let file = FileId::new("0199f1d2-7c3a-7def-8123-0000000000aa").unwrap();
        let check = |body: &str, expect: bool| {
            assert_eq!(names(body.as_bytes(), &file, "a.csv"), expect, "{body}");
        };
        check(r#"{"action":"add","name":"a.csv"}"#, true);
        check(
            r#"{"version":{"file":"0199f1d2-7c3a-7def-8123-0000000000aa"}}"#,
            true,
        );
        check(
            r#"{"question":"q","files":["0199f1d2-7c3a-7def-8123-0000000000aa"]}"#,
            true,
        );
        check(r#"{"name":"ba.csv"}"#, false);
        check("a.csv", false);
    }
}
