//! All of it together: plan, else query, else script, with repairs; a vote where no second engine checks; words where they
//! are asked for.

use futures::future::join_all;
use schemas::answer::{Answer, AnswerStatus, Confidence, ConfidenceLabel, Tier};
use schemas::model::{Attempt, ModelPart};
use schemas::trail::{Assumption, Trail};

use super::super::computed::Computed;
use super::super::{Asked, assemble, conclude, settle, sources};
use super::attempt::{Failed, Given, Ring, plan_code};
use super::conversation::Conversation;
use super::vote::{self, Candidate, Outcome};
use super::written::Written;
use super::{Model, prompt, prose};
use crate::config::Prompt;
use crate::engines::Engines;
use crate::error::ExecutorError;
use crate::planner::Understanding;
use crate::tables::Table;
use crate::words;
use crate::words::asked::Said;

/// Characters of a program that are told as a reading.
const TOLD: usize = 300;

impl Model {
    /// Answers a question that the planner abstains from. What the model can't do either stays as it is, and says so.
    ///
    /// # Errors
    /// When the machine fails that computes it; an endpoint that fails is no error.
    pub async fn answer(
        &self,
        asked: &Asked,
        abstained: Understanding,
        tables: &[Table],
        engines: &impl Engines,
    ) -> Result<Answer, ExecutorError> {
        let ring = Ring {
            asked,
            tables,
            engines,
            is_strict: self.effort.prompt == Prompt::Short,
        };
        let first = prompt::first(asked, tables, engines.runs_scripts(), self.effort.prompt);
        let mut talk = Conversation::new(self, prompt::fence(asked), first);
        let (given, wants_words) = match self.repaired(&ring, &mut talk).await? {
            Ok(given) => given,
            Err(said) => {
                let refusal = conclude(asked, abstained, tables, engines).await?;
                return Ok(with_part(also(refusal, asked, said), talk.part, false));
            }
        };
        let mut answer = match given {
            Given::Impossible => {
                let refusal = conclude(asked, abstained, tables, engines).await?;
                return Ok(with_part(
                    also(refusal, asked, Said::Impossible),
                    talk.part,
                    false,
                ));
            }
            Given::Plans(computed, formed) => {
                for computed in &computed {
                    talk.note(succeeded(plan_code(&computed.understood.plan)));
                }
                of_plans(settle(asked, computed), formed)
            }
            Given::Written(written) if written.is_checked() => {
                talk.note(succeeded(written.code()));
                written.answer(asked, None)
            }
            Given::Written(written) => self.voted(&ring, &mut talk, *written).await?,
        };
        assume(&mut answer, asked, &talk.part.name);
        if wants_words && answer.status == AnswerStatus::Answered {
            prose::add(&mut answer, asked, &mut talk).await;
        }
        Ok(with_part(answer, talk.part, true))
    }

    /// The first reply that gives something. The inner error is what there is to say where none does.
    async fn repaired<'a, E: Engines>(
        &self,
        ring: &Ring<'a, E>,
        talk: &mut Conversation<'_>,
    ) -> Result<Result<(Given<'a>, bool), Said<'static>>, ExecutorError> {
        let mut before = None;
        for _ in 0..=self.effort.repairs {
            let text = match talk.next().await {
                Ok(text) => text,
                Err(error) => {
                    tracing::warn!(answer = %ring.asked.id, %error, "the language model can't be asked");
                    return Ok(Err(Said::Unreachable));
                }
            };
            match ring.run(&text).await? {
                Ok(given) => return Ok(Ok(given)),
                Err(failed) => talk.complain(&failed),
            }
            // Small models write the same fault again and again, each time at the price of a long prompt.
            if before.replace(text.clone()) == Some(text) {
                break;
            }
        }
        let tries = talk.part.requests as usize;
        Ok(Err(Said::GaveUp { tries }))
    }

    /// Asks for more programs, and takes what most of them give.
    async fn voted<E: Engines>(
        &self,
        ring: &Ring<'_, E>,
        talk: &mut Conversation<'_>,
        first: Written<'_>,
    ) -> Result<Answer, ExecutorError> {
        let asked = ring.asked;
        let sampled = join_all((1..self.effort.samples).map(|number| talk.sample(number))).await;
        talk.note(succeeded(first.code()));
        let mut candidates = vec![Candidate::Written(Box::new(first))];
        for said in sampled {
            let text = match said {
                Ok(said) => talk.count(said),
                // One voice less; what is there is counted.
                Err(error) => {
                    tracing::warn!(answer = %asked.id, %error, "the language model gave no further program");
                    continue;
                }
            };
            match ring.run(&text).await? {
                Ok((Given::Written(written), _)) => {
                    talk.note(succeeded(written.code()));
                    candidates.push(Candidate::Written(written));
                }
                Ok((Given::Plans(computed, formed), _)) => match <[Computed<'_>; 1]>::try_from(computed) {
                    Ok([computed]) => {
                        talk.note(succeeded(plan_code(&computed.understood.plan)));
                        candidates.push(Candidate::Plan(Box::new(computed), formed));
                    }
                    Err(_) => talk.note(said_otherwise("several readings")),
                },
                Ok((Given::Impossible, _)) => talk.note(said_otherwise("the tables do not hold it")),
                Err(failed) => talk.note(failed.attempt()),
            }
        }
        Ok(match vote::count(candidates) {
            Outcome::Won(Candidate::Plan(computed, formed), votes) => {
                talk.part.votes = Some(votes);
                of_plans(settle(asked, vec![*computed]), formed)
            }
            Outcome::Won(Candidate::Written(written), votes) => {
                talk.part.votes = Some(votes);
                written.answer(asked, Some(votes))
            }
            Outcome::Differ(kinds, votes) => {
                talk.part.votes = Some(votes);
                differ(asked, &kinds)
            }
        })
    }
}

fn succeeded(program: schemas::trail::Code) -> Attempt {
    Attempt {
        program: Some(program),
        error: None,
    }
}

fn said_otherwise(what: &str) -> Attempt {
    Failed {
        program: None,
        error: what.to_owned(),
    }
    .attempt()
}

/// An answer by plans that a model gave: what was measured of the planner's own readings says nothing of it.
fn of_plans(answer: Answer, formed: Option<String>) -> Answer {
    let label = answer.confidence.label;
    let formed = formed.filter(|_| answer.status == AnswerStatus::Answered);
    Answer {
        tier: Tier::Model,
        text: formed.unwrap_or(answer.text),
        confidence: Confidence {
            label,
            precision: None,
            n: 0,
            shape: None,
        },
        ..answer
    }
}

/// Asks back which of several programs is meant: each with its result.
fn differ(asked: &Asked, kinds: &[Candidate<'_>]) -> Answer {
    let phrases = words::phrases(asked.language);
    let indented = |text: String| text.replace('\n', "\n   ");
    let told: Vec<String> = kinds
        .iter()
        .map(|kind| match kind {
            Candidate::Plan(computed, _) => format!(
                "{}\n   {}",
                computed.sentence(phrases),
                indented(computed.text(phrases))
            ),
            Candidate::Written(written) => {
                let program = written.told(TOLD, asked.language);
                format!("{program}\n   {}", indented(written.text(phrases)))
            }
        })
        .collect();
    let plans: Vec<&Computed<'_>> = kinds
        .iter()
        .filter_map(|kind| match kind {
            Candidate::Plan(computed, _) => Some(&**computed),
            Candidate::Written(_) => None,
        })
        .collect();
    let trail = Trail {
        sources: sources(&plans),
        readings: plans.iter().map(|computed| computed.reading(phrases)).collect(),
        ..Trail::default()
    };
    let answer = assemble(
        asked,
        AnswerStatus::NeedsClarification,
        phrases.which(&told),
        (Vec::new(), Vec::new()),
        ConfidenceLabel::None,
        trail,
    );
    let mut tiers = kinds.iter().filter_map(|kind| match kind {
        Candidate::Plan(..) => None,
        Candidate::Written(written) => Some(written.tier()),
    });
    Answer {
        tier: tiers.next().unwrap_or(Tier::Model),
        ..answer
    }
}

/// A refusal with what else there is to say.
fn also(refusal: Answer, asked: &Asked, said: Said<'_>) -> Answer {
    let text = format!("{}\n{}", refusal.text, said.tell(asked.language));
    Answer {
        text: text.trim().to_owned(),
        ..refusal
    }
}

/// Says first of all who has read the question.
fn assume(answer: &mut Answer, asked: &Asked, model: &str) {
    let said = match answer.tier {
        Tier::Sql => Said::WrittenBy(model),
        Tier::Python => Said::ScriptedBy(model),
        Tier::Model | Tier::Rules | Tier::Quote | Tier::Grounded => Said::ReadBy(model),
    };
    let assumption = Assumption {
        about: "model".to_owned(),
        text: said.tell(asked.language),
    };
    answer.trail.assumptions.insert(0, assumption);
}

fn with_part(mut answer: Answer, part: ModelPart, took_part: bool) -> Answer {
    // A model that was never reached has no part in it.
    if took_part || part.requests > 0 {
        answer.trail.model = Some(part);
    }
    answer
}
