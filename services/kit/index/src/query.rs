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
    /// How many numbers at the end of the vector are compared for themselves, by a leg of their own, as are those before them: they
    /// tell what is near in whatever language. Both parts of all vectors of the space have the same length then. 0: none.
    pub across: usize,
    /// Which passages may be returned.
    pub only: SearchFilter,
    /// How many passages, of those that come first by the rule that puts the legs together.
    pub limit: usize,
    /// How many of those that come first in each leg are returned besides.
    pub each: usize,
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
    /// By meaning in whatever language.
    pub across: Option<Leg>,
    /// By words.
    pub words: Option<Leg>,
    /// By codes: passages with all of the question's, then passages with any; best words first.
    pub codes: Vec<Leg>,
}

impl Query {
    /// How many passages each leg is to find.
    pub(crate) fn depth(&self) -> usize {
        self.depth.max(self.limit).max(self.each)
    }

    /// Whether a passage of this place, from 1, and these ranks is returned.
    pub(crate) fn wants(&self, place: usize, ranks: &LegRanks) -> bool {
        let LegRanks {
            dense,
            across,
            sparse,
            codes,
            ..
        } = ranks;
        let mut ranks = [dense, across, sparse, codes].into_iter().flatten();
        place <= self.limit || ranks.any(|rank| *rank as usize <= self.each)
    }
}

impl Legs {
    pub(crate) fn of(query: &Query, tenant: &TenantId) -> Result<Self, IndexError> {
        let scope = scope(tenant, &query.only)?;
        let limit = query.depth();
        let words = sparse::of_query(&query.text);
        let by_meaning = |vector| Leg {
            vector: LegVector::Dense(vector),
            scope: scope.clone(),
            limit,
        };
        let (dense, across) = query.parts();
        Ok(Self {
            dense: dense.map(by_meaning),
            across: across.map(by_meaning),
            codes: by_codes(&query.text, &words, &scope, limit),
            words: Some(words).filter(|words| !words.is_empty()).map(|words| Leg {
                vector: LegVector::Words(words),
                scope,
                limit,
            }),
        })
    }
}

impl Query {
    /// The vector, with zeros for what is compared for itself, and that with zeros for the rest. A part of zeros alone is none.
    fn parts(&self) -> (Option<Vec<f32>>, Option<Vec<f32>>) {
        let Some(vector) = &self.dense else {
            return (None, None);
        };
        let (mut own, mut across) = (vector.clone(), vector.clone());
        let from = vector.len().saturating_sub(self.across);
        own.iter_mut().skip(from).for_each(|x| *x = 0.0);
        across.iter_mut().take(from).for_each(|x| *x = 0.0);
        let is_any = |vector: &Vec<f32>| vector.iter().any(|x| *x != 0.0);
        (Some(own).filter(is_any), Some(across).filter(is_any))
    }

    /// The cosines of the vector's two parts with those of a passage; none where one has only zeros there.
    pub(crate) fn similarities(&self, passage: &[f32]) -> (Option<f32>, Option<f32>) {
        let Some(vector) = &self.dense else {
            return (None, None);
        };
        let from = vector.len().saturating_sub(self.across);
        let (own, across) = vector.split_at(from);
        let (passage, across_passage) = passage.split_at(from.min(passage.len()));
        (cosine(own, passage), cosine(across, across_passage))
    }
}

/// Cosine of two vectors; none where one of them is all zeros.
fn cosine(a: &[f32], b: &[f32]) -> Option<f32> {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    // Where two languages share a vector, a part of one may be there in traces.
    let product = dot(a, b);
    (lengths > 0.0 && product != 0.0).then(|| (product / lengths).clamp(-1.0, 1.0))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_first_in_any_leg_is_returned_besides() {
        let query = Query {
            limit: 2,
            each: 3,
            ..Query::default()
        };
        let across = |rank| LegRanks {
            dense: Some(40),
            across: Some(rank),
            ..LegRanks::default()
        };
        assert!(query.wants(2, &across(9)) && query.wants(50, &across(3)));
        assert!(!query.wants(3, &across(4)));
        let alone = Query { each: 0, ..query };
        assert!(!alone.wants(3, &across(1)));
    }
}
