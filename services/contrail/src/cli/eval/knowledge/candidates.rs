//! What is found for each question, weighed as answers weigh it.

use std::path::Path;

use anyhow::Context;
use retrieve::counterparts::{Counterparts, WordVectors};
use retrieve::evidence::{self, Evidence};
use schemas::Language;
use schemas::calls::{Hit, LegRanks, SearchCall, SearchFilter};
use serde::Serialize;

use super::questions::{Question, Stand};
use super::{ANSWERING, write as write_lines};
use crate::client::Client;

/// Passages that are looked at for each question, of those that answers look at.
const CANDIDATES: u32 = 100;

/// A passage that was found for a question.
#[derive(Debug, Clone, Serialize)]
struct Candidate<'a> {
    id: &'a str,
    kind: &'a str,
    language: Language,
    name: String,
    page: Option<u32>,
    context: String,
    text: String,
    /// Whether it stands on a right page, and whether it has the answer.
    right: bool,
    answers: bool,
    score: f32,
    #[serde(flatten)]
    ranks: LegRanks,
    evidence: Evidence,
    /// Of the question: see [`Counterparts::overall`] and [`Counterparts::lacking`].
    overall: Option<f32>,
    lacking: Option<f32>,
}

/// What was found for one question.
pub(super) struct Found {
    /// The passages, the best first.
    pub hits: Vec<Hit>,
    /// What speaks for each.
    pub evidence: Vec<Evidence>,
    /// Of the question's words in them; none where words can't be compared by meaning.
    pub counterparts: Option<Counterparts>,
}

/// Looks for what answers a question.
pub(super) async fn find(client: &Client, words: &WordVectors, question: &Question) -> anyhow::Result<Found> {
    let call = SearchCall {
        query: question.question.clone(),
        limit: CANDIDATES,
        only: SearchFilter::default(),
        closely: true,
    };
    let hits = client.search(&call, ANSWERING).await?.hits;
    let first: Vec<usize> = (0..hits.len()).collect();
    let counterparts = words.compare(client.tenant(), "", &question.question, &hits, &first);
    let counterparts = counterparts.await.ok();
    Ok(Found {
        evidence: evidence::weigh(&question.question, &hits, counterparts.as_ref()),
        hits,
        counterparts,
    })
}

/// Writes what is found for each question, a JSON document a line.
pub(super) async fn write(
    path: &Path,
    client: &Client,
    questions: &[Question],
    words: &WordVectors,
) -> anyhow::Result<()> {
    let mut candidates = Vec::new();
    for question in questions {
        let Found {
            hits,
            evidence,
            counterparts,
        } = find(client, words, question).await?;
        let stands = question.stands();
        let overall = counterparts.as_ref().and_then(Counterparts::overall);
        let lacking = counterparts
            .as_ref()
            .and_then(Counterparts::lacking)
            .map(|(_, lacks)| lacks);
        for (hit, evidence) in hits.into_iter().zip(evidence) {
            let on = |stand: &&Stand| stand.is_at(&hit.name, hit.passage.place.page);
            candidates.push(Candidate {
                id: &question.id,
                kind: &question.kind,
                language: question.language,
                right: stands.iter().any(|stand| on(&stand)),
                answers: question.is_in(&hit.passage.text, stands.iter().filter(on)),
                page: hit.passage.place.page,
                name: hit.name,
                context: hit.passage.context,
                text: hit.passage.text,
                score: hit.score,
                ranks: hit.ranks,
                evidence,
                overall,
                lacking,
            });
        }
    }
    write_lines(path, &candidates).with_context(|| format!("can't write {}", path.display()))
}
