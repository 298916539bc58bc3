//! The two engines, and what is said to both of them: vectors, conditions and payloads, but nothing of passages, legs or fusion.

mod edge;
mod embedded;
mod server;
mod shard;
mod wire;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::error::IndexError;
use crate::space::Space;
use crate::sparse::SparseVector;

pub(crate) use embedded::Embedded;
pub(crate) use server::Server;

/// Names of the vectors of a point.
const DENSE: &str = "dense";
const WORDS: &str = "words";

/// Points that are written at once.
const BATCH: usize = 256;

/// How many neighbours a search keeps in sight, at least: more is more exact and slower.
const BEAM: usize = 128;

/// A field of the payload that can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Tenant,
    File,
    Document,
    Kind,
    Codes,
    Received,
}

impl Field {
    pub(crate) const ALL: [Self; 6] = [
        Self::Tenant,
        Self::File,
        Self::Document,
        Self::Kind,
        Self::Codes,
        Self::Received,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::File => "file",
            Self::Document => "document",
            Self::Kind => "kind",
            Self::Codes => "codes",
            Self::Received => "received",
        }
    }
}

/// A condition on a point's payload.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// A text field has one of these values.
    Any(Field, Vec<String>),
    /// A number field is at least this.
    AtLeast(Field, i64),
}

/// Which points an operation is about: all conditions hold, and none of the others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scope {
    pub must: Vec<Condition>,
    pub must_not: Vec<Condition>,
}

/// A point as both engines store it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub id: Uuid,
    pub dense: Option<Vec<f32>>,
    pub words: SparseVector,
    pub payload: Map<String, Value>,
}

/// One search by one vector.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub vector: LegVector,
    pub scope: Scope,
    pub limit: usize,
}

/// What a leg searches by.
#[derive(Debug, Clone)]
pub(crate) enum LegVector {
    Dense(Vec<f32>),
    Words(SparseVector),
}

/// A point that a leg found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    pub id: Uuid,
    pub score: f32,
}

/// What is stored of a point.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub id: Uuid,
    pub payload: Map<String, Value>,
    /// Its dense vector, of length 1.
    pub dense: Option<Vec<f32>>,
}

/// Where the points are.
pub(crate) enum Engine {
    Server(Server),
    Embedded(Embedded),
}

impl Engine {
    /// The spaces that there are, in the order of their names.
    pub(crate) async fn spaces(&self) -> Result<Vec<Space>, IndexError> {
        let mut spaces = match self {
            Self::Server(server) => server.spaces().await,
            Self::Embedded(embedded) => embedded.spaces().await,
        }?;
        spaces.sort();
        Ok(spaces)
    }

    /// The version of the server; the embedded engine is of this build.
    pub(crate) async fn version(&self) -> Result<Option<String>, IndexError> {
        match self {
            Self::Server(server) => server.version().await.map(Some),
            Self::Embedded(_) => Ok(None),
        }
    }

    /// Removes a space with all that is in it; one that is not there is no error.
    pub(crate) async fn drop_space(&self, space: &Space) -> Result<(), IndexError> {
        match self {
            Self::Server(server) => server.drop_space(space).await,
            Self::Embedded(embedded) => embedded.drop_space(space).await,
        }
    }

    /// Writes points into a space, which is made if it is not there; they are durable when this returns.
    pub(crate) async fn upsert(&self, space: &Space, entries: Vec<Entry>) -> Result<(), IndexError> {
        match self {
            Self::Server(server) => server.upsert(space, entries).await,
            Self::Embedded(embedded) => embedded.upsert(space, entries).await,
        }
    }

    /// What each leg finds, the best first; nothing in a space that is not there.
    pub(crate) async fn search(&self, space: &Space, legs: Vec<Leg>) -> Result<Vec<Vec<Scored>>, IndexError> {
        if legs.is_empty() {
            return Ok(Vec::new());
        }
        match self {
            Self::Server(server) => server.search(space, legs).await,
            Self::Embedded(embedded) => embedded.search(space, legs).await,
        }
    }

    /// What is stored of these points; those that are gone are left out.
    pub(crate) async fn fetch(
        &self,
        space: &Space,
        ids: Vec<Uuid>,
        dense: bool,
    ) -> Result<Vec<Record>, IndexError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        match self {
            Self::Server(server) => server.fetch(space, ids, dense).await,
            Self::Embedded(embedded) => embedded.fetch(space, ids, dense).await,
        }
    }

    /// Deletes points; they are gone for good when this returns.
    pub(crate) async fn delete(&self, space: &Space, scope: Scope) -> Result<(), IndexError> {
        match self {
            Self::Server(server) => server.delete(space, scope).await,
            Self::Embedded(embedded) => embedded.delete(space, scope).await,
        }
    }

    /// Counts points, exactly.
    pub(crate) async fn count(&self, space: &Space, scope: Scope) -> Result<u64, IndexError> {
        match self {
            Self::Server(server) => server.count(space, scope).await,
            Self::Embedded(embedded) => embedded.count(space, scope).await,
        }
    }
}
