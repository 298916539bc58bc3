//! A search, as it is asked for and as the engine is asked.

use chrono::DateTime;
use schemas::calls::{LegRanks, SearchFilter};
use schemas::document::Passage;
use schemas::{ContentId, FileId, TenantId};

use crate::engine::{Condition, Field, Leg, LegVector, Scope};
use crate::error::IndexError;
use crate::point::kind_name;
use crate::sparse::{self, SparseVector};
use crate::text;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The question, or some words. Empty: it is looked for by the vector alone.
    pub text: String,
    /// The question's vector, as long as those of the space. None: it is looked for by words and codes alone.
    pub dense: Option<Vec<f32>>,
    /// Which passages may be returned.
    pub only: SearchFilter,
    /// How many passages.
    pub limit: usize,
    /// How many each leg finds, 100 for instance; at least `limit`.
    pub depth: usize,
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its file.
    pub file: FileId,
    /// The file's logical name.
    pub name: String,
    /// The bytes that it was read from.
    pub content: ContentId,
    /// The document that it is a passage of.
    pub document: ContentId,
    /// The passage.
    pub passage: Passage,
    /// How well it fits, by the rule that all legs were put together with. Higher is better; comparable within one search alone.
    pub score: f32,
    /// Its place in each leg that found it, and its similarity to the question.
    pub ranks: LegRanks,
}

/// The legs of a search, in the order in which the engine is asked.
pub(crate) struct Legs {
    /// By meaning.
    pub dense: Option<Leg>,
    /// By words.
    pub words: Option<Leg>,
    /// By codes: passages with all of the question's, then passages with any; best words first.
    pub codes: Vec<Leg>,
}

impl Legs {
    pub(crate) fn of(query: &Query, tenant: &TenantId) -> Result<Self, IndexError> {
        let scope = scope(tenant, &query.only)?;
        let limit = query.depth.max(query.limit);
        let words = sparse::of_query(&query.text);
        Ok(Self {
            dense: query.dense.clone().map(|vector| Leg {
                vector: LegVector::Dense(vector),
                scope: scope.clone(),
                limit,
            }),
            codes: by_codes(&query.text, &words, &scope, limit),
            words: Some(words).filter(|words| !words.is_empty()).map(|words| Leg {
                vector: LegVector::Words(words),
                scope,
                limit,
            }),
        })
    }
}

/// Codes are terms too, so that a passage with one of them always shares a term with the question.
fn by_codes(text: &str, words: &SparseVector, scope: &Scope, limit: usize) -> Vec<Leg> {
    let codes = text::codes(text);
    let leg = |conditions: Vec<Condition>| Leg {
        vector: LegVector::Words(words.clone()),
        scope: Scope {
            must: scope.must.iter().cloned().chain(conditions).collect(),
            must_not: scope.must_not.clone(),
        },
        limit,
    };
    let has = |codes: Vec<String>| Condition::Any(Field::Codes, codes);
    match codes.len() {
        0 => Vec::new(),
        1 => vec![leg(vec![has(codes)])],
        _ => {
            let each = codes.iter().map(|code| has(vec![code.clone()])).collect();
            vec![leg(each), leg(vec![has(codes)])]
        }
    }
}

/// What is the tenant's.
pub(crate) fn of_tenant(tenant: &TenantId) -> Scope {
    Scope {
        must: vec![Condition::Any(Field::Tenant, vec![tenant.to_string()])],
        must_not: Vec::new(),
    }
}

fn scope(tenant: &TenantId, only: &SearchFilter) -> Result<Scope, IndexError> {
    let mut scope = of_tenant(tenant);
    if !only.files.is_empty() {
        let files = only.files.iter().map(ToString::to_string).collect();
        scope.must.push(Condition::Any(Field::File, files));
    }
    if !only.kinds.is_empty() {
        let kinds = only
            .kinds
            .iter()
            .map(|kind| kind_name(*kind).to_owned())
            .collect();
        scope.must.push(Condition::Any(Field::Kind, kinds));
    }
    if let Some(since) = &only.since {
        let moment = DateTime::parse_from_rfc3339(since).map_err(|source| IndexError::Moment {
            text: since.clone(),
            source,
        })?;
        // A part of a second after: the next whole one.
        let seconds = moment.timestamp() + i64::from(moment.timestamp_subsec_nanos() > 0);
        scope.must.push(Condition::AtLeast(Field::Received, seconds));
    }
    Ok(scope)
}
