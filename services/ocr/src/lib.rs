//! The ocr service: images of pages in, their text with its places out.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`], [`limits`] | what can be set from outside; how large an image may be |
//! | [`handler`] | the flow of one job |
//! | `known` | pages that were read not long ago |
//! | `decoding`, [`worker`], [`decode`] | from a stored image to pixels, in a process that can do nothing else |
//! | [`engine`] | pixels in, lines out: detection, direction and recognition by models |
//! | `direction`, `turn` | which way up a line is; a page that lies on its side or stands on its head |
//! | `strips` | lines cut out, as they may have to be held |
//! | [`quad`] | where a line stands, and its rectangle |
//! | `letters` | what is written in full width |
//! | [`page`] | lines to headings, paragraphs and tables, in reading order |
//! | `rows`, `columns`, `tables`, `paragraphs` | which lines belong together |
//! | [`vision`], `agreement` | a vision model that reads too, and how far it is believed |
//! | [`measure`] | how well images are read |
//! | [`problem`], [`error`] | what is wrong with an image; why a job fails, and what that means for it |

mod agreement;
mod columns;
mod decoding;
mod direction;
mod known;
mod letters;
mod paragraphs;
mod rows;
mod strips;
mod tables;
mod turn;

pub mod config;
pub mod decode;
pub mod engine;
pub mod error;
pub mod handler;
pub mod limits;
pub mod measure;
pub mod page;
pub mod problem;
pub mod quad;
pub mod vision;
pub mod worker;

use std::sync::Arc;

use bus::Bus;
use models::OnnxConfig;
use sandbox::{Pool, SandboxConfig};
use schemas::jobs::OcrJob;
use tokio_util::sync::CancellationToken;

pub use config::OcrConfig;
pub use decode::decode;
pub use engine::Engine;
pub use limits::Limits;
pub use worker::WORKER;

use crate::error::StartError;
use crate::handler::Ocr;
use crate::vision::Vision;

/// Starts the workers that decode images.
///
/// # Errors
/// Where the machine doesn't give the layers of a sandbox: the service must not start then.
pub async fn start_workers(config: &OcrConfig, sandbox: &SandboxConfig) -> Result<Pool, StartError> {
    let limits = sandbox::Limits {
        bulk: config.limits().pixel_bytes(),
        ..sandbox::Limits::decode()
    };
    let settings = sandbox.pool(&WORKER, limits)?;
    let pool = tokio::task::spawn_blocking(|| Pool::start(settings)).await??;
    if pool.mode().stamp().is_some() {
        tracing::warn!(
            "images are decoded without a sandbox where this machine gives none: --insecure-no-sandbox"
        );
    }
    Ok(pool)
}

/// Loads the models.
///
/// # Errors
/// Where the settings don't say where they are, or they can't be used: the service must not start then.
pub async fn load_engine(config: &OcrConfig, onnx: &OnnxConfig) -> Result<Engine, StartError> {
    let set = config.models.clone();
    let folder = set
        .filter(|path| !path.as_os_str().is_empty())
        .ok_or(StartError::NoModels)?;
    let onnx = onnx.clone();
    let load = move || -> Result<Engine, StartError> { Engine::load(&folder, onnx.load()?) };
    tokio::task::spawn_blocking(load).await?
}

/// Serves ocr jobs until `shutdown`.
///
/// # Errors
/// When the queue is not there, the settings of the vision model can't be used, or the models can't be used any longer.
pub async fn run(
    bus: Bus,
    config: &OcrConfig,
    workers: Pool,
    engine: Engine,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let handler = Ocr::new(bus.clone(), config.limits(), Arc::new(workers), Arc::new(engine));
    let handler = handler.with_vision(Vision::open(config)?);
    Ok(bus
        .serve::<OcrJob, _>(handler, &config.delivery(), shutdown)
        .await?)
}
