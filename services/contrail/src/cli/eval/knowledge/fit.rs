//! When a question is refused, fitted to questions of which it is known whether they have an answer.
//!
//! A logistic regression with a penalty on its weights. In cross-validation each question is judged by weights that were fitted without
//! it; the threshold is the one that refuses no more of the answerable questions there than it may.

use std::path::Path;

use anyhow::{Context, ensure};
use detector::hashing::Draws;
use retrieve::answerable::{Signals, Weights};
use retrieve::counterparts::WordVectors;

use super::candidates::{Found, find};
use super::questions::Question;
use crate::client::Client;
use crate::output;
use crate::progress::Reporter;

/// The share of answerable questions that may be refused.
const REFUSED: f32 = 0.02;
/// Parts of the cross-validation, and how often it is done anew.
const PARTS: usize = 10;
const TIMES: usize = 5;
/// The penalty on the squares of weights, for signals of spread 1.
const PENALTY: f32 = 0.01;
/// Steps of the descent. The problem is convex, and these are far more than it takes.
const STEPS: usize = 1_000;
/// Questions of either kind without which nothing is fitted.
const ENOUGH: usize = PARTS;

/// The offset and the weight of each signal.
type Line = [f32; Signals::COUNT + 1];

/// A question that can't be decided by its codes.
#[derive(Debug, Clone, Copy)]
struct Case {
    signals: Signals,
    has_answer: bool,
}

/// Fits, prints what came of it, and writes the weights.
pub(super) async fn write(
    path: &Path,
    client: &Client,
    questions: &[Question],
    words: &WordVectors,
    seed: u64,
    reporter: &Reporter,
) -> anyhow::Result<()> {
    let mut cases = Vec::new();
    let mut task = reporter.task("signals");
    for (done, question) in (1..).zip(questions) {
        let Found {
            hits,
            evidence,
            counterparts,
        } = find(client, words, question).await?;
        let best = hits
            .iter()
            .zip(&evidence)
            .find(|(_, evidence)| evidence.missing.is_empty());
        if let (Some((best, _)), Some(counterparts)) = (best, &counterparts) {
            cases.push(Case {
                signals: Signals::of(&question.question, best, counterparts),
                has_answer: question.kind != "unanswerable",
            });
        }
        task.update("comparing", done, questions.len() as u64);
    }
    drop(task);
    let answerable = cases.iter().filter(|case| case.has_answer).count();
    ensure!(
        answerable >= ENOUGH && cases.len() - answerable >= ENOUGH,
        "{answerable} answerable and {} unanswerable questions are too few to fit: {ENOUGH} of each are needed",
        cases.len() - answerable
    );
    let chances = cross_validated(&cases, seed);
    // What a threshold on the first signal alone would do, for comparison.
    let shares: Vec<f32> = cases.iter().map(|case| case.signals.share).collect();
    let weights = weights(&cases, threshold(&cases, &chances));
    for (name, chances) in [
        ("fitted, in cross-validation", &chances),
        ("share of words alone", &shares),
    ] {
        let refused = |has_answer| refused(&cases, chances, threshold(&cases, chances), has_answer);
        output::line(&format!(
            "{name}: {} of {} unanswerable questions refused, and {} of {answerable} answerable ones",
            refused(false),
            cases.len() - answerable,
            refused(true)
        ))?;
    }
    let text = serde_json::to_string_pretty(&weights).context("the weights can't be written")?;
    std::fs::write(path, text + "\n").with_context(|| format!("can't write {}", path.display()))
}

/// For each case how likely it has an answer, by what was fitted without it: the mean over [`TIMES`] ways to part them.
fn cross_validated(cases: &[Case], seed: u64) -> Vec<f32> {
    let mut draws = Draws::new(seed);
    let mut sums = vec![0.0; cases.len()];
    for _ in 0..TIMES {
        // Both kinds go through the parts in turns, in a drawn order, so that each part has its share of both.
        let mut order: Vec<(bool, u64, usize)> = cases
            .iter()
            .enumerate()
            .map(|(at, case)| (case.has_answer, draws.draw(), at))
            .collect();
        order.sort_unstable();
        for part in 0..PARTS {
            let is_out = |place: usize| place % PARTS == part;
            let rest = order.iter().enumerate().filter(|(place, _)| !is_out(*place));
            let rest: Vec<Case> = rest.filter_map(|(_, (.., at))| cases.get(*at).copied()).collect();
            let line = fitted(&rest);
            for (_, (.., at)) in order.iter().enumerate().filter(|(place, _)| is_out(*place)) {
                if let (Some(sum), Some(case)) = (sums.get_mut(*at), cases.get(*at)) {
                    *sum += chance(&line, &case.signals) / TIMES as f32;
                }
            }
        }
    }
    sums
}

/// The highest threshold that refuses no more answerable questions than [`REFUSED`].
fn threshold(cases: &[Case], chances: &[f32]) -> f32 {
    let answerable = cases.iter().zip(chances).filter(|(case, _)| case.has_answer);
    let mut chances: Vec<f32> = answerable.map(|(_, chance)| *chance).collect();
    chances.sort_by(f32::total_cmp);
    let most = (chances.len() as f32 * REFUSED) as usize;
    chances.get(most).copied().unwrap_or_default()
}

fn refused(cases: &[Case], chances: &[f32], threshold: f32, has_answer: bool) -> usize {
    let of_kind = cases
        .iter()
        .zip(chances)
        .filter(|(case, _)| case.has_answer == has_answer);
    of_kind.filter(|(_, chance)| **chance < threshold).count()
}

fn weights(cases: &[Case], threshold: f32) -> Weights {
    let [offset, signals @ ..] = fitted(cases);
    Weights {
        signals,
        offset,
        threshold,
    }
}

fn chance(line: &Line, signals: &Signals) -> f32 {
    let [offset, signs @ ..] = *line;
    let weights = Weights {
        signals: signs,
        offset,
        threshold: 0.0,
    };
    weights.chance(signals)
}

/// The weights of most likelihood, less the penalty: by descent along the gradient.
fn fitted(cases: &[Case]) -> Line {
    let count = cases.len() as f32;
    let mean: [f32; Signals::COUNT] =
        std::array::from_fn(|at| cases.iter().map(|case| number(case, at)).sum::<f32>() / count);
    let spread: [f32; Signals::COUNT] = std::array::from_fn(|at| {
        let middle = mean.get(at).copied().unwrap_or_default();
        let squares = cases.iter().map(|case| (number(case, at) - middle).powi(2));
        (squares.sum::<f32>() / count).sqrt().max(1e-3)
    });
    let scaled: Vec<([f32; Signals::COUNT], f32)> = cases
        .iter()
        .map(|case| {
            let mut numbers = case.signals.numbers();
            for ((number, mean), spread) in numbers.iter_mut().zip(mean).zip(spread) {
                *number = (*number - mean) / spread;
            }
            (numbers, f32::from(u8::from(case.has_answer)))
        })
        .collect();
    let (mut offset, mut along) = (0.0, [0.0; Signals::COUNT]);
    for _ in 0..STEPS {
        let (mut of_offset, mut slope) = (0.0, along.map(|weight| PENALTY * weight));
        for (numbers, is) in &scaled {
            let sum: f32 = offset
                + along
                    .iter()
                    .zip(numbers)
                    .map(|(weight, number)| weight * number)
                    .sum::<f32>();
            let off = (1.0 / (1.0 + (-sum).exp()) - is) / count;
            of_offset += off;
            for (slope, number) in slope.iter_mut().zip(numbers) {
                *slope += off * number;
            }
        }
        offset -= of_offset;
        for (weight, slope) in along.iter_mut().zip(slope) {
            *weight -= slope;
        }
    }
    // Back to the signals as they are.
    let mut line = [0.0; Signals::COUNT + 1];
    let [first, rest @ ..] = &mut line;
    *first = offset;
    for (((out, weight), mean), spread) in rest.iter_mut().zip(along).zip(mean).zip(spread) {
        *out = weight / spread;
        *first -= weight * mean / spread;
    }
    line
}

fn number(case: &Case, at: usize) -> f32 {
    case.signals.numbers().get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(share: f32, kind_absent: bool, has_answer: bool) -> Case {
        Case {
            signals: Signals { share, kind_absent },
            has_answer,
        }
    }

    /// A hundred answerable questions most of whose words have counterparts, and thirty others that lack them or the kind.
    fn cases() -> Vec<Case> {
        let with = (0..100).map(|at| case(0.5 + at as f32 / 200.0, at % 20 == 0, true));
        let without = (0..30).map(|at| case(0.3 + at as f32 / 60.0, at % 2 == 0, false));
        with.chain(without).collect()
    }

    #[test]
    fn weights_point_to_what_answers() {
        let [_, share, kind] = fitted(&cases());
        assert!(share > 1.0, "{share}");
        assert!(kind < -1.0, "{kind}");
    }

    #[test]
    fn no_more_answerable_questions_are_refused_than_may_be() {
        let cases = cases();
        let chances = cross_validated(&cases, 7);
        assert_eq!(chances, cross_validated(&cases, 7));
        let threshold = threshold(&cases, &chances);
        assert!(refused(&cases, &chances, threshold, true) <= 2);
        let shares: Vec<f32> = cases.iter().map(|case| case.signals.share).collect();
        let by_share = refused(&cases, &shares, super::threshold(&cases, &shares), false);
        assert!(
            refused(&cases, &chances, threshold, false) > by_share,
            "{by_share}"
        );
    }
}
