//! Progress reports: sent on core NATS, kept in a bucket for late joiners.

use std::time::Duration;

use async_nats::jetstream::kv::{Operation, Store};
use async_nats::{HeaderMap, Subscriber};
use futures::stream::{BoxStream, Stream, StreamExt, unfold};
use schemas::progress::{Progress, ProgressState};
use schemas::{JobId, TenantId};

use crate::connection::Bus;
use crate::fault::{Source, reason};
use crate::headers::set;
use crate::publish::now;

/// The bucket.
const BUCKET: &str = "progress";
/// Header of a report on core NATS: the revision that it is kept under.
const REVISION: &str = "Contrail-Revision";
/// How often a follower looks into the bucket: core NATS may lose a report.
const LOOK: Duration = Duration::from_secs(2);

/// Why progress can't be followed.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// A report is not kept, or was not sent.
    #[error("can't report progress on {id}")]
    Report {
        /// The job.
        id: JobId,
        /// What happened.
        #[source]
        source: Source,
    },
    /// Nothing can be read about the job.
    #[error("can't follow the progress of {id}")]
    Follow {
        /// The job.
        id: JobId,
        /// What happened.
        #[source]
        source: Source,
    },
}

impl Bus {
    /// Sends and keeps a report.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn report(&self, tenant: &TenantId, progress: &Progress) -> Result<(), ProgressError> {
        let failed = |source: Source| ProgressError::Report {
            id: progress.id.clone(),
            source,
        };
        let body = bytes::Bytes::from(serde_json::to_vec(progress).map_err(|error| failed(error.into()))?);

        let key = format!("$KV.{BUCKET}.{tenant}.{}", progress.id);
        let kept = match self.jetstream().publish(key, body.clone()).await {
            Ok(ack) => ack.await,
            Err(error) => Err(error),
        };
        // Kept first: who joins now finds it, or gets it by subscription, or both with the same revision.
        let mut headers = HeaderMap::new();
        if let Ok(ack) = &kept {
            set(&mut headers, REVISION, &ack.sequence.to_string());
        }
        let subject = Progress::subject(tenant, &progress.id);
        self.client()
            .publish_with_headers(subject, headers, body)
            .await
            .map_err(|error| failed(error.into()))?;
        kept.map(drop).map_err(|error| failed(error.into()))
    }

    /// The last kept report on a job; `None` when nothing is known of it (any more).
    ///
    /// # Errors
    /// When the bucket is missing or the server does not answer.
    pub async fn last_report(
        &self,
        tenant: &TenantId,
        id: &JobId,
    ) -> Result<Option<Progress>, ProgressError> {
        let failed = |source: Source| ProgressError::Follow {
            id: id.clone(),
            source,
        };
        let store = self.store(BUCKET).await.map_err(|error| failed(error.into()))?;
        let entry = store
            .entry(format!("{tenant}.{id}"))
            .await
            .map_err(|error| failed(error.into()))?;
        match entry {
            Some(entry) if entry.operation == Operation::Put => serde_json::from_slice(&entry.value)
                .map(Some)
                .map_err(|error| failed(error.into())),
            Some(_) | None => Ok(None),
        }
    }

    /// Follows one job: the last kept report first, then what comes; ends after `finished` or `failed`.
    ///
    /// # Errors
    /// When the bucket is missing or the server does not answer.
    pub async fn follow(
        &self,
        tenant: &TenantId,
        id: &JobId,
    ) -> Result<impl Stream<Item = Progress> + Send + Unpin + use<>, ProgressError> {
        let failed = |source: Source| ProgressError::Follow {
            id: id.clone(),
            source,
        };
        let store = self.store(BUCKET).await.map_err(|error| failed(error.into()))?;
        let live = self
            .client()
            .subscribe(Progress::subject(tenant, id))
            .await
            .map_err(|error| failed(error.into()))?;
        // The subscription must stand before the bucket is read, or a report may fall between the two.
        self.client()
            .flush()
            .await
            .map_err(|error| failed(error.into()))?;
        let mut follower = Follower {
            store,
            key: format!("{tenant}.{id}"),
            live,
            revision: 0,
            over: false,
        };
        let kept = follower.look().await.map_err(failed)?;
        let stream: BoxStream<'static, Progress> = futures::stream::iter(kept.clone())
            .chain(unfold((follower, kept), |(mut follower, kept)| async move {
                if kept.is_some_and(|kept| is_final(&kept)) {
                    return None;
                }
                let progress = follower.next().await?;
                Some((progress, (follower, None)))
            }))
            .boxed();
        Ok(stream)
    }

    /// Reports, and logs what can't be reported.
    pub(crate) async fn tell(
        &self,
        tenant: &TenantId,
        id: &JobId,
        stage: &str,
        (done, total): (u64, u64),
        state: ProgressState,
    ) {
        let progress = Progress {
            id: id.clone(),
            service: self.service().to_owned(),
            stage: stage.to_owned(),
            done,
            total,
            state,
            at: now(),
        };
        if let Err(error) = self.report(tenant, &progress).await {
            tracing::warn!(%id, error = reason(&error), "a progress report is lost");
        }
    }
}

struct Follower {
    store: Store,
    key: String,
    live: Subscriber,
    /// The newest revision that was told.
    revision: u64,
    over: bool,
}

impl Follower {
    /// The next report that is newer than all before; `None` after the last.
    async fn next(&mut self) -> Option<Progress> {
        while !self.over {
            let progress = match tokio::time::timeout(LOOK, self.live.next()).await {
                Ok(None) => return None,
                Ok(Some(message)) => {
                    let headers = message.headers.as_ref();
                    let revision =
                        headers.and_then(|headers| headers.get(REVISION)?.as_str().parse::<u64>().ok());
                    match revision {
                        Some(revision) if revision <= self.revision => continue,
                        Some(revision) => self.revision = revision,
                        None => {}
                    }
                    serde_json::from_slice(&message.payload).ok()
                }
                // When the server is away, the next look tells.
                Err(_) => self.look().await.unwrap_or(None),
            };
            if let Some(progress) = progress {
                self.over = is_final(&progress);
                return Some(progress);
            }
        }
        None
    }

    /// What is kept, if that is newer than what was told.
    async fn look(&mut self) -> Result<Option<Progress>, Source> {
        let Some(entry) = self.store.entry(self.key.clone()).await? else {
            return Ok(None);
        };
        if entry.operation != Operation::Put || entry.revision <= self.revision {
            return Ok(None);
        }
        self.revision = entry.revision;
        Ok(serde_json::from_slice(&entry.value)?)
    }
}

fn is_final(progress: &Progress) -> bool {
    match progress.state {
        ProgressState::Running => false,
        ProgressState::Finished | ProgressState::Failed { .. } => true,
    }
}
