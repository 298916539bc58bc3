//! Passages for a question: the question's vector from embed, the legs of the index, and what of it is still active.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, CallFailure};
use index::{Found, Index, Query, Space, text};
use models::Reranker;
use schemas::TenantId;
use schemas::calls::{EmbedCall, EmbedPurpose, Embedded, Hit, SearchFilter};
use schemas::file::{FileRecord, FileState};
use schemas::{ContentId, FileId};

use crate::counterparts::WordVectors;
use crate::error::RetrieveError;

/// Passages that each leg gives. More change the first ten of no set that was measured.
const DEPTH: usize = 100;
/// Passages of each leg that may answer, and of all legs together.
const FIRST: usize = 30;
/// Passages that are ranked again, where something does that: gains fade behind 50.
const RERANKED: usize = 50;
/// How long the vector of a question may take: the model may have to be loaded first.
pub(crate) const VECTOR: Duration = Duration::from_secs(60);
/// Passages that are looked at beyond those wanted: some may be of versions that were replaced just now.
const SPARE: usize = 20;

/// Searches the passages of tenants.
#[derive(Clone)]
pub struct Searcher {
    pub(crate) bus: Bus,
    pub(crate) words: WordVectors,
    index: Index,
    reranker: Option<Arc<Reranker>>,
}

/// The vector of a question, and the model that it is of.
struct QuestionVector {
    model: String,
    vector: Vec<f32>,
    /// See [`Embedded::across`].
    across: usize,
}

/// What a search gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Searched {
    /// The best passages, the best first.
    pub hits: Vec<Hit>,
    /// The question's words as the index knows them.
    pub words: Vec<String>,
    /// The question's codes in their normal form.
    pub codes: Vec<String>,
    /// What was searched, and how.
    pub engine: String,
    /// The part of the question's vector that tells what is near in whatever language, of length 1.
    pub across: Option<Vec<f32>>,
    /// The model of the space that was searched; empty: none.
    pub model: String,
}

impl Searcher {
    /// Over an index, with vectors of whoever answers [`EmbedCall`] on the bus.
    #[must_use]
    pub fn new(bus: Bus, index: Index, reranker: Option<Reranker>) -> Self {
        Self {
            words: WordVectors::new(bus.clone()),
            bus,
            index,
            reranker: reranker.map(Arc::new),
        }
    }

    /// The best `limit` passages for a question.
    ///
    /// # Errors
    /// When the index, the vectors or the records can't be had.
    pub async fn search(
        &self,
        tenant: &TenantId,
        question: &str,
        only: &SearchFilter,
        limit: usize,
    ) -> Result<Searched, RetrieveError> {
        let wanted = limit.max(if self.reranker.is_some() { RERANKED } else { 0 });
        let mut searched = self.find(tenant, question, only, wanted + SPARE, 0).await?;
        searched.hits.truncate(wanted);
        self.rank_again(question, &mut searched).await;
        searched.hits.truncate(limit);
        Ok(searched)
    }

    /// All passages that may answer a question: those that come first by the rule that puts the legs together, and those that come
    /// first in any leg. What is said in another language, or in other words, comes first in one of them alone.
    ///
    /// # Errors
    /// See [`Searcher::search`].
    pub async fn candidates(
        &self,
        tenant: &TenantId,
        question: &str,
        only: &SearchFilter,
    ) -> Result<Searched, RetrieveError> {
        let mut searched = self.find(tenant, question, only, FIRST, FIRST).await?;
        self.rank_again(question, &mut searched).await;
        Ok(searched)
    }

    /// The first `limit` passages that the index finds, and the first of each leg, of those that are still active.
    async fn find(
        &self,
        tenant: &TenantId,
        question: &str,
        only: &SearchFilter,
        limit: usize,
        each: usize,
    ) -> Result<Searched, RetrieveError> {
        let embedded = self.vector(tenant, question).await?;
        let (space, dense, across) = match embedded {
            Some(QuestionVector {
                model,
                vector,
                across,
            }) => {
                let dimension = u32::try_from(vector.len()).unwrap_or(u32::MAX);
                (Space { model, dimension }, Some(vector), across)
            }
            None => match self.fullest(tenant).await? {
                Some(space) => (space, None, 0),
                None => return Ok(Searched::none(question)),
            },
        };
        let query = Query {
            text: question.to_owned(),
            dense,
            across,
            only: only.clone(),
            limit,
            each,
            depth: DEPTH,
        };
        let found = self.index.tenant(tenant).search(&space, &query).await?;
        let engine = match &query.dense {
            Some(_) => format!("{} + bm25 + codes", space.model),
            None => "bm25 + codes; there is no vector for the question now".to_owned(),
        };
        Ok(Searched {
            hits: self.active(tenant, found).await?,
            engine,
            across: query.dense.as_deref().and_then(|vector| end_of(vector, across)),
            model: space.model,
            ..Searched::none(question)
        })
    }

    /// Ranks the first passages again, where something does that.
    async fn rank_again(&self, question: &str, searched: &mut Searched) {
        let Some(reranker) = &self.reranker else { return };
        let rest = searched.hits.split_off(RERANKED.min(searched.hits.len()));
        match rerank(reranker, question, searched.hits.clone()).await {
            Ok(ranked) => {
                searched.hits = ranked;
                searched.engine.push_str(&format!(" → {}", reranker.model()));
            }
            Err(error) => {
                tracing::warn!(%error, "passages stay in the order of the index");
                searched.engine.push_str("; ranking again failed");
            }
        }
        searched.hits.extend(rest);
    }

    /// The space that has most of a tenant's passages: while passages are embedded again, that is the one that is complete.
    async fn fullest(&self, tenant: &TenantId) -> Result<Option<Space>, RetrieveError> {
        let tenant = self.index.tenant(tenant);
        let mut fullest: Option<(u64, Space)> = None;
        for space in self.index.spaces().await? {
            let count = tenant.count(&space).await?;
            if fullest.as_ref().is_none_or(|(most, _)| count > *most) {
                fullest = Some((count, space));
            }
        }
        Ok(fullest.map(|(_, space)| space))
    }

    /// The question's vector; none where nobody gives vectors: words and codes are searched all the same.
    async fn vector(
        &self,
        tenant: &TenantId,
        question: &str,
    ) -> Result<Option<QuestionVector>, RetrieveError> {
        let call = EmbedCall {
            texts: vec![question.to_owned()],
            purpose: EmbedPurpose::Query,
        };
        match self.bus.call::<_, Embedded>(tenant, &call, VECTOR).await {
            Ok(embedded) => {
                let vector = embedded.vectors.into_iter().next();
                Ok(vector
                    .filter(|vector| !vector.is_empty())
                    .map(|vector| QuestionVector {
                        model: embedded.model,
                        vector,
                        across: embedded.across as usize,
                    }))
            }
            Err(failure @ (CallFailure::NoService { .. } | CallFailure::Refused(_))) => {
                tracing::warn!(%failure, "searching without the question's vector");
                Ok(None)
            }
            Err(failure) => Err(RetrieveError::Embed(failure)),
        }
    }

    /// Those passages that are of their files' active versions. The index may be ahead of the records, or behind.
    async fn active(&self, tenant: &TenantId, found: Vec<Found>) -> Result<Vec<Hit>, RetrieveError> {
        let records = self.bus.file_records(tenant).await?;
        let mut known: HashMap<FileId, Option<(String, ContentId)>> = HashMap::new();
        let mut hits = Vec::with_capacity(found.len());
        for found in found {
            if !known.contains_key(&found.file) {
                let record = records.get(found.file.as_str()).await?;
                known.insert(found.file.clone(), record.and_then(|record| active(record.value)));
            }
            let Some((name, document)) = known.get(&found.file).and_then(Option::as_ref) else {
                continue;
            };
            if *document == found.document {
                hits.push(Hit {
                    file: found.file,
                    name: name.clone(),
                    content: found.content,
                    passage: found.passage,
                    score: found.score,
                    ranks: found.ranks,
                });
            }
        }
        Ok(hits)
    }
}

impl Searched {
    /// Nothing was found.
    fn none(question: &str) -> Self {
        Self {
            hits: Vec::new(),
            words: text::terms(question),
            codes: text::codes(question),
            engine: "the index is empty".to_owned(),
            across: None,
            model: String::new(),
        }
    }
}

/// The last `count` numbers of a vector, brought to length 1; none where there are none.
fn end_of(vector: &[f32], count: usize) -> Option<Vec<f32>> {
    let end = vector.get(vector.len().checked_sub(count)?..)?;
    let length = end.iter().map(|x| x * x).sum::<f32>().sqrt();
    (length > 0.0).then(|| end.iter().map(|x| x / length).collect())
}

/// The name and the document of a file's active version.
fn active(record: FileRecord) -> Option<(String, ContentId)> {
    if record.state == FileState::Deleted {
        return None;
    }
    let document = record.active?.document?.document;
    Some((record.name, document))
}

/// The hits in the order of a model that reads question and passage together.
async fn rerank(
    reranker: &Reranker,
    question: &str,
    mut hits: Vec<Hit>,
) -> Result<Vec<Hit>, models::RerankError> {
    let texts: Vec<String> = hits
        .iter()
        .map(|hit| format!("{}\n{}", hit.passage.context, hit.passage.text))
        .collect();
    let scores = reranker.scores(question, &texts).await?;
    let mut order: Vec<(usize, f32)> = scores.into_iter().enumerate().collect();
    order.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    let mut ranked = Vec::with_capacity(hits.len());
    for (place, (at, score)) in (1..).zip(order) {
        if let Some(hit) = hits.get_mut(at) {
            hit.ranks.reranked = Some(place);
            hit.score = score;
            ranked.push(hit.clone());
        }
    }
    Ok(ranked)
}
