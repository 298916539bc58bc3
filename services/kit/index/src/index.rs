//! The index, and what a tenant can do with it.

use std::path::Path;
use std::sync::Arc;

use schemas::{ContentId, FileId, TenantId};
use secrecy::SecretString;
use tokio::task::spawn_blocking;

use crate::config::IndexConfig;
use crate::engine::{Condition, Embedded, Engine, Field, Scope, Scored, Server};
use crate::error::IndexError;
use crate::fusion::{self, LegResults};
use crate::point::{Point, Stored};
use crate::query::{self, Found, Legs, Query};
use crate::space::Space;

/// The index of all tenants. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Index {
    engine: Arc<Engine>,
}

/// One tenant's part of the index: the only way to passages, so that nobody forgets whose they are.
#[derive(Clone)]
pub struct TenantIndex {
    engine: Arc<Engine>,
    tenant: TenantId,
}

/// The version of the embedded engine, as the workspace pins it.
const EDGE_VERSION: &str = "0.7.2";

impl Index {
    /// Opens the server's index, or without a server the embedded one in `folder`, which is made if it is not there. One process at
    /// a time can have that folder.
    ///
    /// # Errors
    /// When the server can't be reached or refuses the key, when another process has the folder or it can't be read, and when
    /// there is neither.
    pub async fn open(config: &IndexConfig, folder: Option<&Path>) -> Result<Self, IndexError> {
        let url = config.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let engine = match (url, folder) {
            (Some(url), _) => {
                let key = key(config).await?;
                Engine::Server(Server::open(url, key.as_ref(), config).await?)
            }
            (None, Some(folder)) => Engine::Embedded(Embedded::open(folder, config.quantized).await?),
            (None, None) => return Err(IndexError::NoPlace),
        };
        Ok(Self {
            engine: Arc::new(engine),
        })
    }

    /// What is this tenant's.
    #[must_use]
    pub fn tenant(&self, tenant: &TenantId) -> TenantIndex {
        TenantIndex {
            engine: Arc::clone(&self.engine),
            tenant: tenant.clone(),
        }
    }

    /// The spaces that there are, in the order of their models.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn spaces(&self) -> Result<Vec<Space>, IndexError> {
        self.engine.spaces().await
    }

    /// The version of the Qdrant server; none where the index is embedded.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn version(&self) -> Result<Option<String>, IndexError> {
        self.engine.version().await
    }

    /// What passages are kept in, with its version, for people.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn described(&self) -> Result<String, IndexError> {
        Ok(match self.version().await? {
            Some(version) => format!("Qdrant server {version}"),
            None => format!("embedded qdrant-edge {EDGE_VERSION}"),
        })
    }

    /// How many passages of all tenants are in each space, duplicates included: for whoever measures.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn sizes(&self) -> Result<Vec<(Space, u64)>, IndexError> {
        let everything = || Scope {
            must: Vec::new(),
            must_not: Vec::new(),
        };
        let mut sizes = Vec::new();
        for space in self.engine.spaces().await? {
            let count = self.engine.count(&space, everything()).await?;
            sizes.push((space, count));
        }
        Ok(sizes)
    }

    /// Removes a space with the passages of all tenants; one that is not there is no error.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn drop_space(&self, space: &Space) -> Result<(), IndexError> {
        self.engine.drop_space(space).await
    }

    /// Waits until the embedded engine has put in order what was written, which it does by and by anyway; a server does it
    /// by itself. For measurements, which should not be taken meanwhile.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn settle(&self) -> Result<(), IndexError> {
        match self.engine.as_ref() {
            Engine::Server(_) => Ok(()),
            Engine::Embedded(embedded) => embedded.settle().await,
        }
    }
}

impl TenantIndex {
    /// Writes passages; those that are there already are written over. They are durable when this returns, and found from then on.
    /// The space is made if it is not there.
    ///
    /// # Errors
    /// [`IndexError::Dimension`] and [`IndexError::NotFinite`] before anything is written; else when the engine fails, and then
    /// some may be written.
    pub async fn upsert(&self, space: &Space, points: Vec<Point>) -> Result<(), IndexError> {
        for point in &points {
            fits(space, point.dense.as_deref())?;
        }
        if points.is_empty() {
            return Ok(());
        }
        // Cutting texts into terms is work for a thread of its own.
        let (tenant, wanted) = (self.tenant.clone(), space.clone());
        let entries = spawn_blocking(move || {
            points
                .into_iter()
                .map(|point| point.entry(&tenant, &wanted))
                .collect::<Result<Vec<_>, _>>()
        })
        .await
        .map_err(IndexError::Broken)??;
        self.engine.upsert(space, entries).await
    }

    /// The passages that fit best, the best first. Nothing in a space that is not there.
    ///
    /// # Errors
    /// [`IndexError::Dimension`] and [`IndexError::NotFinite`] for a vector, [`IndexError::Moment`] for a filter; else when the engine fails.
    pub async fn search(&self, space: &Space, query: &Query) -> Result<Vec<Found>, IndexError> {
        fits(space, query.dense.as_deref())?;
        let legs = Legs::of(query, &self.tenant)?;
        let mut found = self.run(space, legs, query.depth()).await?;
        if query.across > 0 {
            found.rescale_meaning();
        }
        let mut fused = fusion::fuse(found);
        let mut place = 0;
        fused.retain(|point| {
            place += 1;
            query.wants(place, &point.ranks)
        });

        let ids = fused.iter().map(|point| point.id).collect();
        let mut records = self.engine.fetch(space, ids, query.dense.is_some()).await?;
        let mut found = Vec::with_capacity(fused.len());
        for point in fused {
            // One that was deleted since is left out.
            let Some(place) = records.iter().position(|record| record.id == point.id) else {
                continue;
            };
            let record = records.swap_remove(place);
            let mut ranks = point.ranks;
            if let Some(passage) = &record.dense {
                (ranks.similarity, ranks.across_similarity) = query.similarities(passage);
            }
            let (stored, passage) = Stored::of(record, space)?;
            found.push(Found {
                file: stored.file,
                name: stored.name,
                content: stored.content,
                document: stored.document,
                passage,
                score: point.score,
                ranks,
            });
        }
        Ok(found)
    }

    /// Removes a file's passages from all spaces, except those of the document `keep`.
    ///
    /// # Errors
    /// When the engine fails; some may be gone then.
    pub async fn remove(&self, file: &FileId, keep: Option<&ContentId>) -> Result<(), IndexError> {
        let mut scope = query::of_tenant(&self.tenant);
        scope
            .must
            .push(Condition::Any(Field::File, vec![file.to_string()]));
        scope
            .must_not
            .extend(keep.map(|document| Condition::Any(Field::Document, vec![document.to_string()])));
        for space in self.engine.spaces().await? {
            self.engine.delete(&space, scope.clone()).await?;
        }
        Ok(())
    }

    /// How many passages are in a space, duplicates included.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn count(&self, space: &Space) -> Result<u64, IndexError> {
        self.engine.count(space, query::of_tenant(&self.tenant)).await
    }

    /// How many passages of a file's document are in a space, duplicates included.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn count_document(
        &self,
        space: &Space,
        file: &FileId,
        document: &ContentId,
    ) -> Result<u64, IndexError> {
        let mut scope = query::of_tenant(&self.tenant);
        scope
            .must
            .push(Condition::Any(Field::File, vec![file.to_string()]));
        scope
            .must
            .push(Condition::Any(Field::Document, vec![document.to_string()]));
        self.engine.count(space, scope).await
    }

    /// Removes everything of the tenant from all spaces.
    ///
    /// # Errors
    /// When the engine fails; some may be gone then.
    pub async fn erase(&self) -> Result<(), IndexError> {
        for space in self.engine.spaces().await? {
            self.engine.delete(&space, query::of_tenant(&self.tenant)).await?;
        }
        Ok(())
    }

    async fn run(&self, space: &Space, legs: Legs, depth: usize) -> Result<LegResults, IndexError> {
        let (dense, across, words) = (legs.dense.is_some(), legs.across.is_some(), legs.words.is_some());
        let asked = legs
            .dense
            .into_iter()
            .chain(legs.across)
            .chain(legs.words)
            .chain(legs.codes)
            .collect();
        let mut answers = self.engine.search(space, asked).await?.into_iter();
        let mut next = |asked: bool| -> Vec<Scored> {
            if asked {
                answers.next().unwrap_or_default()
            } else {
                Vec::new()
            }
        };
        Ok(LegResults {
            dense: next(dense),
            across: next(across),
            words: next(words),
            codes: answers.collect(),
            depth,
        })
    }
}

/// The server's key; a file is read anew at each start.
async fn key(config: &IndexConfig) -> Result<Option<SecretString>, IndexError> {
    let Some(path) = &config.api_key_file else {
        return Ok(config.api_key.clone());
    };
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|source| IndexError::Key {
            path: path.clone(),
            source,
        })?;
    Ok(Some(SecretString::from(text.trim().to_owned())))
}

fn fits(space: &Space, vector: Option<&[f32]>) -> Result<(), IndexError> {
    let Some(vector) = vector else { return Ok(()) };
    if vector.len() != space.dimension as usize || vector.is_empty() {
        return Err(IndexError::Dimension {
            space: space.clone(),
            got: vector.len(),
        });
    }
    if vector.iter().all(|number| number.is_finite()) {
        Ok(())
    } else {
        Err(IndexError::NotFinite { space: space.clone() })
    }
}
