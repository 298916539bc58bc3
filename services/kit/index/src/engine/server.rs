//! A Qdrant server, over gRPC.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qdrant_client::qdrant::{
    CountPointsBuilder, DeletePointsBuilder, GetPointsBuilder, QueryBatchPointsBuilder, UpsertPointsBuilder,
    VectorsSelector, points_selector, with_vectors_selector,
};
use qdrant_client::{Qdrant, QdrantError};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{BATCH, DENSE, Entry, Field, Leg, Record, Scope, Scored, wire};
use crate::config::IndexConfig;
use crate::error::IndexError;
use crate::space::Space;

/// gRPC status codes that decide what an error means (google.rpc.Code).
mod code {
    /// Also what the client says when its own time limit is over.
    pub const CANCELLED: i32 = 1;
    /// What the client makes of a broken connection.
    pub const UNKNOWN: i32 = 2;
    pub const DEADLINE_EXCEEDED: i32 = 4;
    pub const NOT_FOUND: i32 = 5;
    pub const ALREADY_EXISTS: i32 = 6;
    pub const PERMISSION_DENIED: i32 = 7;
    pub const RESOURCE_EXHAUSTED: i32 = 8;
    pub const ABORTED: i32 = 10;
    pub const INTERNAL: i32 = 13;
    pub const UNAVAILABLE: i32 = 14;
    pub const UNAUTHENTICATED: i32 = 16;
}

/// A client of the server.
#[derive(Clone)]
pub(crate) struct Server {
    client: Qdrant,
    url: Arc<str>,
    quantized: bool,
    /// Spaces that are known to be there with all their indexes.
    made: Arc<Mutex<HashSet<Space>>>,
}

impl Server {
    /// Connects to the server and asks it for its spaces, so that a wrong address or key shows at once.
    pub(crate) async fn open(
        url: &str,
        key: Option<&SecretString>,
        config: &IndexConfig,
    ) -> Result<Self, IndexError> {
        let timeout = Duration::from_secs(config.timeout_seconds);
        let client = Qdrant::from_url(url)
            .api_key(key.map(|key| key.expose_secret().to_owned()))
            .timeout(timeout)
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            // It would print to standard output.
            .skip_compatibility_check()
            .build()
            .map_err(|source| IndexError::Address {
                url: url.to_owned(),
                source: Box::new(source),
            })?;
        let server = Self {
            client,
            url: url.into(),
            quantized: config.quantized,
            made: Arc::default(),
        };
        server.spaces().await?;
        Ok(server)
    }

    pub(crate) async fn spaces(&self) -> Result<Vec<Space>, IndexError> {
        let list = self.client.list_collections().await;
        let list = list.map_err(|source| self.failed("list spaces", source))?;
        Ok(list
            .collections
            .iter()
            .filter_map(|collection| Space::parse(&collection.name))
            .collect())
    }

    /// The server's version.
    pub(crate) async fn version(&self) -> Result<String, IndexError> {
        let told = self.client.health_check().await;
        Ok(told
            .map_err(|source| self.failed("tell its version", source))?
            .version)
    }

    pub(crate) async fn drop_space(&self, space: &Space) -> Result<(), IndexError> {
        self.made().remove(space);
        match self.client.delete_collection(space.name()).await {
            Err(source) if status(&source) != Some(code::NOT_FOUND) => {
                Err(self.failed("drop a space", source))
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    pub(crate) async fn upsert(&self, space: &Space, entries: Vec<Entry>) -> Result<(), IndexError> {
        self.make(space).await?;
        let mut points = entries.into_iter().map(wire::point);
        loop {
            let batch: Vec<_> = points.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let request = UpsertPointsBuilder::new(space.name(), batch).wait(true).build();
            let mut written = self.client.upsert_points(request.clone()).await;
            if written.as_ref().err().and_then(status) == Some(code::NOT_FOUND) {
                // Another process has dropped the space since.
                self.made().remove(space);
                self.make(space).await?;
                written = self.client.upsert_points(request).await;
            }
            written.map_err(|source| self.failed("write points", source))?;
        }
    }

    pub(crate) async fn search(&self, space: &Space, legs: Vec<Leg>) -> Result<Vec<Vec<Scored>>, IndexError> {
        let queries: Vec<_> = legs.into_iter().map(|leg| wire::query(space, leg)).collect();
        let request = QueryBatchPointsBuilder::new(space.name(), queries);
        let Some(found) = self.there("search", self.client.query_batch(request).await)? else {
            return Ok(Vec::new());
        };
        let scored = |point: qdrant_client::qdrant::ScoredPoint| {
            Some(Scored {
                id: wire::uuid(point.id?)?,
                score: point.score,
            })
        };
        Ok(found
            .result
            .into_iter()
            .map(|leg| leg.result.into_iter().filter_map(scored).collect())
            .collect())
    }

    pub(crate) async fn fetch(
        &self,
        space: &Space,
        ids: Vec<Uuid>,
        dense: bool,
    ) -> Result<Vec<Record>, IndexError> {
        let ids: Vec<_> = ids.into_iter().map(wire::id).collect();
        let vectors = if dense {
            with_vectors_selector::SelectorOptions::Include(VectorsSelector {
                names: vec![DENSE.to_owned()],
            })
        } else {
            with_vectors_selector::SelectorOptions::Enable(false)
        };
        let request = GetPointsBuilder::new(space.name(), ids)
            .with_payload(true)
            .with_vectors(vectors);
        let found = self.there("read points", self.client.get_points(request).await)?;
        Ok(found
            .map(|found| found.result.into_iter().filter_map(wire::record).collect())
            .unwrap_or_default())
    }

    pub(crate) async fn delete(&self, space: &Space, scope: Scope) -> Result<(), IndexError> {
        let request = DeletePointsBuilder::new(space.name())
            .points(points_selector::PointsSelectorOneOf::Filter(wire::filter(scope)))
            .wait(true);
        self.there("delete points", self.client.delete_points(request).await)?;
        Ok(())
    }

    pub(crate) async fn count(&self, space: &Space, scope: Scope) -> Result<u64, IndexError> {
        let request = CountPointsBuilder::new(space.name())
            .filter(wire::filter(scope))
            .exact(true);
        let counted = self.there("count points", self.client.count(request).await)?;
        Ok(counted
            .and_then(|counted| counted.result)
            .map_or(0, |result| result.count))
    }

    /// Makes a space with its indexes, if this process does not know that it is there. Several may do so at once.
    async fn make(&self, space: &Space) -> Result<(), IndexError> {
        if self.made().contains(space) {
            return Ok(());
        }
        let exists = self.client.collection_exists(space.name()).await;
        if !exists.map_err(|source| self.failed("look for a space", source))? {
            let made = self
                .client
                .create_collection(wire::collection(space, self.quantized))
                .await;
            match made {
                // Another process was faster: some versions say so with one code, some with the other.
                Err(source)
                    if status(&source) != Some(code::ALREADY_EXISTS) && !says(&source, "already exists") =>
                {
                    return Err(self.failed("make a space", source));
                }
                Ok(_) | Err(_) => {}
            }
        }
        for field in Field::ALL {
            let indexed = self
                .client
                .create_field_index(wire::field_index(space, field))
                .await;
            indexed.map_err(|source| self.failed("index a field", source))?;
        }
        self.made().insert(space.clone());
        Ok(())
    }

    /// What the server answered; none: the space is not there.
    fn there<T>(
        &self,
        action: &'static str,
        answer: Result<T, QdrantError>,
    ) -> Result<Option<T>, IndexError> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(source) if status(&source) == Some(code::NOT_FOUND) => Ok(None),
            Err(source) => Err(self.failed(action, source)),
        }
    }

    fn failed(&self, action: &'static str, source: QdrantError) -> IndexError {
        let url = self.url.to_string();
        let status = status(&source);
        let exhausted = matches!(source, QdrantError::ResourceExhaustedError { .. });
        // The client has no code of its own for a connection that it does not get.
        let lost = says(&source, "Failed to connect") || matches!(source, QdrantError::Io(_));
        let source = Box::new(source);
        match status {
            _ if lost => IndexError::Unreachable { url, action, source },
            Some(code::UNAVAILABLE | code::DEADLINE_EXCEEDED | code::CANCELLED | code::UNKNOWN) => {
                IndexError::Unreachable { url, action, source }
            }
            Some(code::UNAUTHENTICATED | code::PERMISSION_DENIED) => {
                IndexError::Unauthorized { url, action, source }
            }
            Some(code::RESOURCE_EXHAUSTED | code::ABORTED | code::INTERNAL) => {
                IndexError::Busy { action, source }
            }
            _ if exhausted => IndexError::Busy { action, source },
            _ => IndexError::Refused { action, source },
        }
    }

    fn made(&self) -> MutexGuard<'_, HashSet<Space>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The gRPC status of an answer that is an error.
fn status(error: &QdrantError) -> Option<i32> {
    match error {
        QdrantError::ResponseError { status } => Some(status.code().into()),
        _ => None,
    }
}

fn says(error: &QdrantError, words: &str) -> bool {
    matches!(error, QdrantError::ResponseError { status } if status.message().contains(words))
}
