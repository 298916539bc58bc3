//! The search for whoever only wants passages.

use bus::Answerer;
use schemas::TenantId;
use schemas::calls::{CallError, SearchCall, SearchHits};

use crate::answer::Weighed;
use crate::error::RetrieveError;
use crate::follow;
use crate::handler::check_length;
use crate::search::{Searched, Searcher};

/// Passages that one call may ask for.
const MOST: u32 = 100;

/// Answers [`SearchCall`].
pub struct Search {
    searcher: Searcher,
}

impl Search {
    /// By this searcher.
    #[must_use]
    pub fn new(searcher: Searcher) -> Self {
        Self { searcher }
    }
}

impl Answerer<SearchCall> for Search {
    type Reply = SearchHits;

    async fn answer(&self, call: SearchCall, tenant: &TenantId) -> Result<SearchHits, CallError> {
        check_length(&call.query).map_err(|error| CallError {
            pointer: Some("/query".to_owned()),
            ..error.told()
        })?;
        if call.limit == 0 || call.limit > MOST {
            let error = RetrieveError::Limit {
                wanted: call.limit,
                limit: MOST,
            };
            return Err(error.told());
        }
        let limit = usize::try_from(call.limit).unwrap_or(1);
        let searched = if call.closely {
            self.searcher.candidates(tenant, &call.query, &call.only).await
        } else {
            self.searcher.search(tenant, &call.query, &call.only, limit).await
        };
        let mut searched = searched.map_err(|error| {
            tracing::warn!(error = bus::fault::reason(&error), "a search failed");
            error.told()
        })?;
        if call.closely {
            self.order(tenant, &call.query, &mut searched).await;
            searched.hits.truncate(limit);
        }
        let Searched {
            hits, codes, engine, ..
        } = searched;
        Ok(SearchHits { hits, codes, engine })
    }
}

impl Search {
    /// Brings what was found into the order in which an answer would cite it.
    async fn order(&self, tenant: &TenantId, query: &str, searched: &mut Searched) {
        let looked = self.searcher.look_closer(tenant, query, searched).await;
        let asked = follow::standalone(query, &[]);
        let weighed = Weighed::of(asked, std::mem::take(searched), looked);
        *searched = Searched {
            hits: weighed.ranked.into_iter().map(|ranked| ranked.hit).collect(),
            ..weighed.searched
        };
    }
}
