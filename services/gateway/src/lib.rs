//! The way in: routes questions from the bus to the service that answers them, and speaks HTTP.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | listening address, limits, API keys |
//! | [`router`] | which service answers a question, or why none can: pure |
//! | [`refusal`] | the refusals made here, in words |
//! | [`handler`] | serves `job.ask` |
//! | [`error`] | what can be wrong with a `job.ask`, and what becomes of it |
//! | [`keys`] | API keys: each belongs to one tenant, and may have limits of its own |
//! | [`http`] | uploads, files, questions, answers, progress, health |
//!
//! A question over HTTP takes the same way as one from a bus producer: it becomes a `job.ask`.

pub mod config;
pub mod error;
pub mod handler;
pub mod http;
pub mod keys;
pub mod refusal;
pub mod router;

use anyhow::Context;
use bus::{Bus, DeliverySettings};
use schemas::jobs::AskJob;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use config::GatewayConfig;

/// Routes questions and serves HTTP on `listener` until `shutdown`, then finishes what is under way.
///
/// # Errors
/// When `listener` is open to other machines and there are no API keys, when the key file or the settings of the transcription
/// endpoint can't be used, when the bus lacks the queue of questions, or when the listener fails.
pub async fn run(
    bus: Bus,
    config: &GatewayConfig,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let keys = config
        .api_keys_file
        .as_deref()
        .map(keys::Keyring::open)
        .transpose()?;
    let address = listener
        .local_addr()
        .context("can't tell the listening address")?;
    keys::check_bind(address.ip(), keys.is_some())?;

    let settings = DeliverySettings::default();
    // Either half ends the other: a gateway that answers HTTP and routes nothing would look healthy.
    let stop = shutdown.child_token();
    let app = http::app(bus.clone(), config, keys, stop.clone())?;
    let routing = async {
        let ended = bus
            .serve::<AskJob, _>(handler::Router::new(bus.clone()), &settings, stop.clone())
            .await;
        stop.cancel();
        ended
    };
    let serving = async {
        let ended = http::serve(listener, app, stop.clone(), settings.drain).await;
        stop.cancel();
        ended
    };
    tracing::info!(%address, "gateway is up");
    let measuring = bus.measure_queues(&stop);
    let (routed, served, ()) = tokio::join!(routing, serving, measuring);
    routed.context("can't route questions")?;
    served.context("can't serve HTTP")
}
