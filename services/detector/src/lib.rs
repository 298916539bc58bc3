//! Tells how likely it is that a text was written by a machine, and how sure that is.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | settings |
//! | [`handler`] | from a job to judgements |
//! | [`batch`] | JSON lines in, JSON lines out |
//! | [`equipment`] | the detector with its weights, and the language models that they want |
//! | [`judge`] | from a text to its judgement |
//! | [`evidence`] | what a score is made of |
//! | [`decode`] | bytes as characters |
//! | [`document`] | the running text of a file that was read as a document |
//! | [`text`] | one spelling, the language and kind, sentences, tokens |
//! | [`features`] | what is measured of a text: hashed n-grams, style |
//! | [`likelihood`] | how likely a language model finds it |
//! | [`model`] | fitted weights, curves of probability, bounds of false alarms |
//! | [`train`] | from labelled texts to a model |
//! | [`card`], [`report`] | what was measured while fitting, and the card that tells it |
//! | [`measure`] | figures of merit |
//! | [`hashing`] | numbers that look random and are always the same |
//! | [`error`] | why a job failed, and what that means for it |
//!
//! Judging and fitting are pure: no bus, no clock, and nothing that is drawn without a seed. A language model behind an endpoint, where
//! one is set, is the exception: what it does not tell in time is not heard.

pub mod batch;
pub mod card;
pub mod config;
pub mod decode;
pub mod document;
pub mod equipment;
pub mod error;
pub mod evidence;
pub mod features;
pub mod handler;
pub mod hashing;
pub mod judge;
pub mod likelihood;
pub mod measure;
pub mod model;
pub mod report;
pub mod text;
pub mod train;

use anyhow::Context;
use bus::Bus;
use models::OnnxConfig;
use schemas::jobs::DetectorJob;
use tokio_util::sync::CancellationToken;

use config::DetectorConfig;
use handler::Judge;
pub use judge::{Detector, Options};

/// Judges texts until `shutdown`.
///
/// # Errors
/// When the queue is not there, the weights can't be used, or were not fitted with the language model of the endpoint that is set.
pub async fn run(
    bus: Bus,
    config: &DetectorConfig,
    onnx: &OnnxConfig,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let detector = equipment::detector(config.equipment.weights.as_deref())?;
    let detector = equipment::equip(detector, &config.equipment, onnx).await?;
    let judge = Judge::new(bus.clone(), detector, config.detector_batch_bytes);
    bus.serve::<DetectorJob, _>(judge, &config.delivery(), shutdown)
        .await
        .context("judging texts stopped")
}
