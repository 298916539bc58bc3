//! The embed service: passages in, what can be found out; and vectors of questions.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | settings |
//! | [`handler`] | the flow of one job, step by step repeatable |
//! | [`calls`] | vectors for whoever asks at once |
//! | [`passages`] | a document's passages on their way into the index |
//! | [`standing`] | whether passages are still wanted |
//! | [`spaces`] | which space of the index is written, and which one is searched |
//! | [`rebuild`] | everything again, after another model was configured |
//! | [`size`] | how many passages there are |
//! | [`stored`] | documents and moments as they are stored |
//! | [`error`] | why a job or a call failed, and what that means for it |

pub mod calls;
pub mod config;
pub mod error;
pub mod handler;
pub mod passages;
pub mod rebuild;
pub mod size;
pub mod spaces;
pub mod standing;
pub mod stored;

use std::sync::Arc;

use anyhow::Context;
use bus::Bus;
use index::Index;
use models::{EmbeddingConfig, Encoder, OnnxConfig};
use schemas::calls::EmbedCall;
use schemas::jobs::EmbedJob;
use tokio_util::sync::CancellationToken;

use calls::Embedder;
pub use config::EmbedConfig;
use handler::Embed;
use spaces::Spaces;

/// Calls answered at once: a model that runs here does one text after the other.
const CALLS: usize = 8;

/// Embeds passages and answers calls until `shutdown`. Without a model, passages are found by words and codes alone.
///
/// # Errors
/// When the queue is not there, the settings of the model can't be used, or the connection ends.
pub async fn run(
    bus: Bus,
    config: &EmbedConfig,
    embedding: &EmbeddingConfig,
    onnx: &OnnxConfig,
    index: Index,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let encoders = Encoder::configured(embedding, onnx)
        .context("the settings of the model of embeddings can't be used")?;
    if encoders.is_empty() {
        tracing::warn!("no model of embeddings is configured: passages are found by words and codes alone");
    }
    // What can't be told now matters only if it can't be used either.
    if let Ok(engine) = index.described().await {
        bus.describe("index", engine);
    }
    let spaces = Spaces::open(&bus, index, encoders).await;
    let spaces = Arc::new(spaces.context("can't look into the index")?);
    // Either half ends the other: a service that does half of its work would look healthy.
    let stop = shutdown.child_token();
    let calling = async {
        let embedder = Embedder::new(Arc::clone(&spaces));
        let ended = bus.answer::<EmbedCall, _>(embedder, CALLS, stop.clone()).await;
        stop.cancel();
        ended
    };
    let serving = async {
        let handler = Embed::new(bus.clone(), Arc::clone(&spaces), config.passages);
        let ended = bus
            .serve::<EmbedJob, _>(handler, &config.delivery(), stop.clone())
            .await;
        stop.cancel();
        ended
    };
    let rebuilding = rebuild::until_done(&bus, &spaces, config.passages, &stop);
    let measuring = size::measure(spaces.index(), &stop);
    let (called, served, (), ()) = tokio::join!(calling, serving, rebuilding, measuring);
    called.context("answering calls stopped")?;
    served.context("embedding passages stopped")
}
