//! An answer or a refusal with its trail.

use std::collections::HashSet;

use schemas::answer::{Answer, AnswerKind, AnswerStatus, Confidence, ConfidenceLabel, Tier};
use schemas::calls::Hit;
use schemas::citation::Citation;
use schemas::jobs::RetrieveJob;
use schemas::trail::{Assumption, Check, SearchTrail, Source, Trail};

use crate::answerable::Answerable;
use crate::closer::Looked;
use crate::evidence::{self, Evidence, SURE, THRESHOLD};
use crate::follow::Standalone;
use crate::grounded::Grounded;
use crate::quote;
use crate::search::Searched;
use crate::words;

/// Passages that an answer cites, or a refusal offers, and the pages that they are of.
const CITED: usize = 6;
const PAGES: usize = 3;
/// Passages that the trail shows.
const SHOWN: usize = 10;

/// A question, what was found for it, and what speaks for each passage.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// The question on its own.
    pub asked: Standalone,
    /// What was found.
    pub searched: Searched,
    /// The passages, the best first.
    pub ranked: Vec<Ranked>,
    /// Whether what was found can answer it at all; none where words can't be compared by meaning, and where nothing can be cited.
    pub answerable: Option<Answerable>,
}

/// A passage with what speaks for it.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// The passage.
    pub hit: Hit,
    /// What speaks for it.
    pub evidence: Evidence,
    /// How near each of its sentences is to the question: see [`Looked::nearness`].
    pub nearness: Vec<f32>,
}

impl Weighed {
    /// Weighs what was found.
    #[must_use]
    pub fn of(asked: Standalone, searched: Searched, looked: Looked) -> Self {
        let Looked {
            nearness,
            counterparts,
        } = looked;
        let weighed = evidence::weigh(&asked.query, &searched.hits, counterparts.as_ref());
        let mut ranked: Vec<Ranked> = searched
            .hits
            .iter()
            .zip(weighed)
            .zip(nearness)
            .map(|((hit, evidence), nearness)| Ranked {
                hit: hit.clone(),
                evidence,
                nearness,
            })
            .collect();
        // What a model has ranked again stays in its order, but for what can't be cited.
        let is_reranked = ranked.iter().any(|ranked| ranked.hit.ranks.reranked.is_some());
        ranked.sort_by(|left, right| {
            let enough = right.evidence.is_enough().cmp(&left.evidence.is_enough());
            if is_reranked {
                enough
            } else {
                right.evidence.score.total_cmp(&left.evidence.score)
            }
        });
        let best = ranked.iter().find(|ranked| ranked.evidence.missing.is_empty());
        let answerable = best
            .zip(counterparts)
            .map(|(best, counterparts)| Answerable::of(&asked.query, &best.hit, &counterparts));
        Self {
            asked,
            searched,
            ranked,
            answerable,
        }
    }

    /// The best evidence of any passage.
    #[must_use]
    pub fn evidence(&self) -> f32 {
        self.ranked
            .iter()
            .map(|ranked| ranked.evidence.score)
            .fold(0.0, f32::max)
    }

    /// The passages that can be cited, numbered, the best first, at most [`CITED`]. Their images are added by who can fetch
    /// documents.
    #[must_use]
    pub fn citations(&self) -> Vec<Citation> {
        if self.beside().is_some() {
            return Vec::new();
        }
        let enough = self.ranked.iter().filter(|ranked| ranked.evidence.is_enough());
        numbered(of_first_pages(enough), &self.searched.words)
    }

    /// The passages that come nearest, whether or not they can be cited.
    #[must_use]
    pub fn nearest(&self) -> Vec<Citation> {
        numbered(of_first_pages(self.ranked.iter()), &self.searched.words)
    }

    /// Why what was found is taken to be beside the question, where it is.
    fn beside(&self) -> Option<&Answerable> {
        self.answerable
            .as_ref()
            .filter(|answerable| !answerable.is_enough())
    }

    /// The codes of the question that no passage has.
    fn codes_nowhere(&self) -> Vec<String> {
        let codes = self.searched.codes.iter();
        codes
            .filter(|code| {
                self.ranked
                    .iter()
                    .all(|ranked| ranked.evidence.missing.contains(code))
            })
            .cloned()
            .collect()
    }

    fn trail(&self, job: &RetrieveJob, citations: &[Citation]) -> Trail {
        let language = job.language;
        let mut checks = vec![Check {
            name: "evidence".to_owned(),
            passed: self.evidence() >= THRESHOLD,
            detail: words::evidence_check(self.evidence(), THRESHOLD, language),
        }];
        if !self.searched.codes.is_empty() {
            let passed = self
                .ranked
                .first()
                .is_some_and(|ranked| ranked.evidence.missing.is_empty());
            checks.push(Check {
                name: "codes".to_owned(),
                passed,
                detail: words::codes_check(&self.searched.codes, language),
            });
        }
        if let Some(answerable) = &self.answerable {
            checks.push(Check {
                name: "answerable".to_owned(),
                passed: answerable.is_enough(),
                detail: words::answerable_check(answerable, language),
            });
        }
        let mut assumptions = Vec::new();
        if self.asked.after.is_some() {
            assumptions.push(Assumption {
                about: "conversation".to_owned(),
                text: words::went_on(&self.asked.query, language),
            });
        }
        let mut sources: Vec<Source> = Vec::new();
        for citation in citations {
            if sources.iter().all(|source| source.file != citation.file) {
                sources.push(Source {
                    file: citation.file.clone(),
                    name: citation.name.clone(),
                    table: citation.place.table.clone().unwrap_or_default(),
                    content: citation.content.clone(),
                });
            }
        }
        Trail {
            sources,
            checks,
            assumptions,
            search: Some(SearchTrail {
                query: self.asked.query.clone(),
                words: self.searched.words.clone(),
                codes: self.searched.codes.clone(),
                engine: self.searched.engine.clone(),
                passages: numbered(self.ranked.iter().take(SHOWN), &self.searched.words),
                threshold: THRESHOLD,
                evidence: self.evidence(),
            }),
            ..Trail::default()
        }
    }
}

/// The first passages, of as many pages as are cited. What has no pages counts for itself.
fn of_first_pages<'a>(ranked: impl Iterator<Item = &'a Ranked>) -> impl Iterator<Item = &'a Ranked> {
    let mut seen = HashSet::new();
    let pages = ranked.take_while(move |Ranked { hit, .. }| {
        let of_page = hit.passage.place.page.is_some();
        seen.insert((
            &hit.file,
            hit.passage.place.page,
            (!of_page).then_some(hit.passage.index),
        ));
        seen.len() <= PAGES
    });
    pages.take(CITED)
}

fn numbered<'a>(ranked: impl Iterator<Item = &'a Ranked>, words: &[String]) -> Vec<Citation> {
    let numbered = (1..).zip(ranked);
    numbered
        .map(
            |(
                number,
                Ranked {
                    hit,
                    evidence,
                    nearness,
                },
            )| Citation {
                number,
                file: hit.file.clone(),
                name: hit.name.clone(),
                content: hit.content.clone(),
                passage: hit.passage.index,
                context: hit.passage.context.clone(),
                place: hit.passage.place.clone(),
                quote: quote::best(&hit.passage, words, nearness).to_owned(),
                text: hit.passage.text.clone(),
                image: None,
                ranks: hit.ranks,
                score: evidence.score,
            },
        )
        .collect()
}

/// The best passage as it stands.
#[must_use]
pub fn quoted(job: &RetrieveJob, weighed: &Weighed, citations: Vec<Citation>, trace_id: &str) -> Answer {
    let text = citations.first().map_or_else(String::new, |best| {
        let place = words::place(&best.name, &best.place, job.language);
        let quote = format!("{} [{}]\n— {place}", best.quote, best.number);
        if weighed.evidence() < SURE {
            format!("{}\n{quote}", words::perhaps(job.language))
        } else {
            quote
        }
    });
    let trail = weighed.trail(job, &citations);
    Answer {
        status: AnswerStatus::Answered,
        text,
        citations,
        confidence: Confidence {
            label: ConfidenceLabel::Unverified,
            precision: None,
            n: 0,
            shape: None,
        },
        trail,
        ..refusal(job, trace_id)
    }
}

/// The sentences of a language model.
#[must_use]
pub fn grounded(
    job: &RetrieveJob,
    weighed: &Weighed,
    citations: Vec<Citation>,
    written: Grounded,
    trace_id: &str,
) -> Answer {
    let cited: Vec<Citation> = citations
        .into_iter()
        .filter(|citation| written.cited.contains(&citation.number))
        .collect();
    let mut answer = quoted(job, weighed, cited, trace_id);
    answer.text = written.text;
    if written.cut > 0 {
        answer.text.push('\n');
        answer.text.push_str(&words::cut(written.cut, job.language));
    }
    answer.tier = Tier::Grounded;
    answer.trail.model = Some(written.part);
    answer
}

/// That no document answers, with the nearest passages. `read`: what a language model made of them, where one has read them.
#[must_use]
pub fn refused(
    job: &RetrieveJob,
    weighed: &Weighed,
    nearest: Vec<Citation>,
    read: Option<Grounded>,
    trace_id: &str,
) -> Answer {
    let mut parts = vec![words::not_found(job.language, !nearest.is_empty())];
    if read.is_some() {
        parts.push(words::nothing_in_them(job.language));
    }
    let nowhere = weighed.codes_nowhere();
    if !nowhere.is_empty() {
        parts.push(words::codes_missing(&nowhere, job.language));
    }
    if let Some(beside) = weighed.beside() {
        parts.extend(beside.absent.map(|kind| words::absent(kind, job.language)));
        let lacking = beside.lacking.as_deref();
        parts.extend(lacking.map(|word| words::lacking(word, job.language)));
    }
    if let Some(said) = &job.tables_said {
        parts.push(words::tables_said(said, job.language));
    }
    let trail = Trail {
        model: read.map(|read| read.part),
        ..weighed.trail(job, &nearest)
    };
    Answer {
        text: parts.join("\n"),
        citations: nearest,
        trail,
        ..refusal(job, trace_id)
    }
}

fn refusal(job: &RetrieveJob, trace_id: &str) -> Answer {
    Answer {
        id: job.answer.clone(),
        conversation_id: job.conversation.clone(),
        question: job.question.clone(),
        language: job.language,
        kind: AnswerKind::Knowledge,
        tier: Tier::Quote,
        status: AnswerStatus::Refused,
        text: String::new(),
        columns: Vec::new(),
        rows: Vec::new(),
        chart: None,
        citations: Vec::new(),
        confidence: Confidence {
            label: ConfidenceLabel::None,
            precision: None,
            n: 0,
            shape: None,
        },
        trail: Trail::default(),
        trace_id: trace_id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use schemas::document::{Passage, PassageKind, Place};
    use schemas::{ContentId, FileId};

    use super::*;
    use crate::expected::Expected;

    fn ranked(index: u32, page: Option<u32>) -> Ranked {
        Ranked {
            hit: Hit {
                file: FileId::new("0199f1d2-7c3a-7def-8123-456789abcdef").unwrap(),
                name: "handbook.pdf".to_owned(),
                content: ContentId::new("a".repeat(64)).unwrap(),
                passage: Passage {
                    index,
                    text: String::new(),
                    context: String::new(),
                    place: Place {
                        page,
                        ..Place::default()
                    },
                    kind: PassageKind::Text,
                    language: None,
                    duplicate_of: None,
                },
                score: 0.0,
                ranks: Default::default(),
            },
            evidence: Evidence {
                score: 0.9,
                coverage: 0.0,
                missing: Vec::new(),
            },
            nearness: Vec::new(),
        }
    }

    fn check(pages: &[Option<u32>], expect: usize) {
        let all: Vec<Ranked> = (0..)
            .zip(pages)
            .map(|(index, page)| ranked(index, *page))
            .collect();
        assert_eq!(of_first_pages(all.iter()).count(), expect, "{pages:?}");
    }

    #[test]
    fn so_many_pages_are_cited_and_so_many_passages() {
        let page = Some;
        check(&[page(1), page(1), page(2), page(3), page(1), page(4)], 5);
        check(&[page(1); 9], CITED);
        check(&[None; 9], PAGES);
        check(&[], 0);
    }

    fn weighed(answerable: Option<Answerable>) -> (RetrieveJob, Weighed) {
        let job = serde_json::json!({
            "answer": "0199f1d2-7c3a-7def-8123-0000000000bb",
            "question": "How high is the fine?",
            "language": "en",
        });
        let weighed = Weighed {
            asked: crate::follow::standalone("How high is the fine?", &[]),
            searched: Searched::default(),
            ranked: vec![ranked(0, Some(1))],
            answerable,
        };
        (serde_json::from_value(job).unwrap(), weighed)
    }

    #[test]
    fn what_a_model_finds_no_answer_in_is_refused() {
        let (job, weighed) = weighed(None);
        let read = Grounded {
            finds_nothing: true,
            ..Grounded::default()
        };
        let answer = refused(&job, &weighed, weighed.citations(), Some(read), "");
        assert_eq!(
            (answer.status, answer.citations.len()),
            (AnswerStatus::Refused, 1)
        );
        assert!(
            answer.text.contains("The language model has read them"),
            "{}",
            answer.text
        );
        assert!(answer.trail.model.is_some());
    }

    #[test]
    fn what_is_unlikely_to_be_answered_is_refused_with_the_reason() {
        let (job, weighed) = weighed(Some(Answerable {
            chance: 0.2,
            threshold: 0.5,
            lacking: Some("fine".to_owned()),
            absent: Some(Expected::Money),
        }));
        assert!(weighed.citations().is_empty());
        let answer = refused(&job, &weighed, weighed.nearest(), None, "");
        assert!(
            answer.text.contains("asks for an amount of money"),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("“fine”"), "{}", answer.text);
        let check = answer
            .trail
            .checks
            .iter()
            .find(|check| check.name == "answerable");
        assert!(check.is_some_and(|check| !check.passed));
    }
}
