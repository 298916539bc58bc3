//! A result as a picture: what is drawn hangs on the shape of the result alone.
//!
//! | result | chart |
//! |---|---|
//! | one key that is no time, with a measure | bars in the order of the answer, the first 30 |
//! | calendar spans | lines in the order of time; a running total as an area |
//! | calendar spans and another key | a line for each of its values, at most 8 |
//! | two other keys | bars side by side; sums and counts of more than three series one behind the other |
//! | a share | bars in percent |
//! | the first so many of anything | bars in the order of the answer |
//! | texts with a number each, listed in the order of that number | bars |
//! | one row, other listings, more than two keys | none: see [`NoChart`] |
//!
//! | module | what is in it |
//! |---|---|
//! | [`shape`] | which columns are keys and which are values |
//! | [`span`] | calendar spans as positions |
//! | [`figure`] | everything that is shown, in the words of the answer |
//! | [`svg`] | a figure as SVG |
//! | [`vega`] | a figure as a Vega-Lite specification |
//! | [`text`] | how wide a text is, and how it is made to fit |
//! | [`words`] | the few words that only charts need |

pub mod figure;
pub mod shape;
pub mod span;
pub mod svg;
pub mod text;
pub mod vega;
pub mod words;

use schemas::answer::{Answer, AnswerStatus, Chart};
use schemas::plan::Plan;
use schemas::table::TableProfile;

use crate::engine::Outcome;
use crate::words::Phrases;
use figure::Figure;
use schemas::Language;
pub use shape::NoChart;

/// Draws a result; `title` says what it is.
///
/// # Errors
/// [`NoChart`] says why there is no picture of it.
pub fn draw(
    language: Language,
    phrases: &dyn Phrases,
    plan: &Plan,
    outcome: &Outcome,
    profile: &TableProfile,
    title: String,
) -> Result<Chart, NoChart> {
    let shape = shape::of(plan, &outcome.columns, &outcome.rows)?;
    let figure = Figure::of(language, phrases, plan, outcome, profile, &shape, title)?;
    let svg = svg::render(&figure).map_err(|error| {
        tracing::warn!(%error, "a chart could not be drawn");
        NoChart::Undrawable
    })?;
    Ok(Chart {
        kind: figure.kind,
        spec: vega::spec(&figure),
        svg,
    })
}

/// Why an answer has no chart; none where its result has one.
#[must_use]
pub fn missing(answer: &Answer) -> Option<NoChart> {
    match &answer.trail.plan {
        Some(plan) if answer.status == AnswerStatus::Answered => {
            shape::of(plan, &answer.columns, &answer.rows).err()
        }
        _ => Some(NoChart::NotAnswered),
    }
}
