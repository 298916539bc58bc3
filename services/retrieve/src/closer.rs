//! A closer look at the passages that come first: each of their sentences, and of their words, is held against the question.
//!
//! The vector of a passage tells what all of it is about. A question is mostly about one sentence.

use schemas::TenantId;
use schemas::calls::{EmbedCall, EmbedPurpose, Embedded};

use crate::counterparts::Counterparts;
use crate::evidence;
use crate::quote;
use crate::search::{Searched, Searcher, VECTOR};

/// Passages that are looked at: behind them, the right one is hardly ever.
const PASSAGES: usize = 20;
/// Sentences of one passage.
const SENTENCES: usize = 16;
/// Texts of one call, which is answered within the server's limit for a message.
pub(crate) const AT_ONCE: usize = 96;

/// What a closer look has shown.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// For each passage how near each of [`quote::sentences`] is to the question; nothing for those that were not looked at.
    pub nearness: Vec<Vec<f32>>,
    /// The words; none where they can't be compared by meaning.
    pub counterparts: Option<Counterparts>,
}

impl Searcher {
    /// Looks at sentences and words of the best passages, and notes the nearest sentence's similarity with each.
    ///
    /// What can't be embedded stays as it is.
    pub async fn look_closer(&self, tenant: &TenantId, question: &str, searched: &mut Searched) -> Looked {
        let Some(vector) = searched.across.clone() else {
            return Looked {
                nearness: vec![Vec::new(); searched.hits.len()],
                counterparts: None,
            };
        };
        let order = order(question, searched);
        let compared = self
            .words
            .compare(tenant, &searched.model, question, &searched.hits, &order);
        let counterparts = compared.await.inspect_err(
            |failure| tracing::warn!(%failure, "the words of passages are compared by spelling alone"),
        );
        Looked {
            nearness: self.sentences(tenant, &vector, &order, searched).await,
            counterparts: counterparts.ok(),
        }
    }

    async fn sentences(
        &self,
        tenant: &TenantId,
        vector: &[f32],
        order: &[usize],
        searched: &mut Searched,
    ) -> Vec<Vec<f32>> {
        let mut nearness = vec![Vec::new(); searched.hits.len()];
        let mut places = Vec::new();
        let mut texts = Vec::new();
        for &at in order.iter().take(PASSAGES) {
            let Some(hit) = searched.hits.get(at) else {
                continue;
            };
            for (_, sentence) in quote::sentences(&hit.passage).take(SENTENCES) {
                places.push(at);
                texts.push(sentence.trim().to_owned());
            }
        }
        let mut similarities = Vec::with_capacity(texts.len());
        for texts in texts.chunks(AT_ONCE) {
            let call = EmbedCall {
                texts: texts.to_vec(),
                purpose: EmbedPurpose::Sentence,
            };
            match self.bus.call::<_, Embedded>(tenant, &call, VECTOR).await {
                Ok(embedded) => {
                    similarities.extend(embedded.vectors.iter().map(|sentence| dot(vector, sentence)));
                }
                // All of them or none: some alone would come before the others for that.
                Err(failure) => {
                    tracing::warn!(%failure, "passages are not looked at sentence by sentence");
                    return nearness;
                }
            }
        }
        for (at, similarity) in places.into_iter().zip(similarities) {
            if let (Some(all), Some(hit)) = (nearness.get_mut(at), searched.hits.get_mut(at)) {
                all.push(similarity);
                let nearest = hit.ranks.sentence_similarity.get_or_insert(similarity);
                *nearest = nearest.max(similarity);
            }
        }
        nearness
    }
}

/// Places of the passages, the best first, as far as can be told before the closer look.
fn order(question: &str, searched: &Searched) -> Vec<usize> {
    let weighed = evidence::weigh(question, &searched.hits, None);
    let mut order: Vec<usize> = (0..weighed.len()).collect();
    order.sort_by(|left, right| {
        let score = |at: usize| weighed.get(at).map_or(0.0, |evidence| evidence.score);
        score(*right).total_cmp(&score(*left))
    });
    order
}

/// The cosine of vectors of length 1.
pub(crate) fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
