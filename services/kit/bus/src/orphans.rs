//! Chunks that nobody refers to: a process died while it wrote an object, before the metadata.

use std::collections::HashSet;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::stream::Stream;
use chrono::Utc;
use futures::TryStreamExt;
use serde::Deserialize;

use crate::chunks::forget;
use crate::fault::Source;
use crate::objects::{Objects, ObjectsError};
use crate::scan;

/// The metadata of an object, as far as we need it.
#[derive(Deserialize)]
struct Metadata {
    nuid: String,
    #[serde(default)]
    deleted: bool,
}

impl Objects {
    /// Removes chunks that belong to no object and that nothing was added to for `age`; how many objects they were
    /// meant for. With an age of an hour no write that is under way is disturbed.
    ///
    /// # Errors
    /// When the server does not answer in time.
    pub async fn collect_orphans(&self, age: Duration) -> Result<u64, ObjectsError> {
        self.collect(age)
            .await
            .map_err(|source| self.unreachable("*", source))
    }

    async fn collect(&self, age: Duration) -> Result<u64, Source> {
        let stream_name = format!("OBJ_{}", self.bucket);
        let (chunks, metadata) = (
            format!("$O.{}.C.", self.bucket),
            format!("$O.{}.M.>", self.bucket),
        );
        let stream: Stream<()> = self.bus.jetstream().get_stream_no_info(&stream_name).await?;
        // The chunks first: an object that is finished meanwhile is found among the metadata.
        let subjects = stream.info_with_subjects(format!("{chunks}>")).await?;
        let subjects: Vec<(String, usize)> = subjects.try_collect().await?;
        let known = scan::all(
            &self.bus,
            &stream_name,
            &metadata,
            DeliverPolicy::LastPerSubject,
            usize::MAX,
        )
        .await?;
        let known: HashSet<String> = known
            .iter()
            .filter_map(|found| serde_json::from_slice::<Metadata>(&found.payload).ok())
            .filter(|metadata| !metadata.deleted)
            .map(|metadata| metadata.nuid)
            .collect();

        let mut collected = 0;
        let now = Utc::now().timestamp();
        for (subject, _) in subjects {
            if subject
                .strip_prefix(&chunks)
                .is_none_or(|nuid| known.contains(nuid))
            {
                continue;
            }
            let Ok(last) = stream.get_last_raw_message_by_subject(&subject).await else {
                continue;
            };
            let idle = u64::try_from(now - last.time.unix_timestamp()).unwrap_or(0);
            if idle >= age.as_secs() {
                tracing::info!(
                    bucket = self.bucket,
                    subject,
                    "chunks of an object that was never finished are removed"
                );
                forget(self, &subject).await;
                collected += 1;
            }
        }
        Ok(collected)
    }
}
