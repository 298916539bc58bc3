//! Answers questions over tables: a planner understands the question, an engine runs the plan, words tell the result.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | settings |
//! | [`handler`] | from a job to an answer in the bucket and a fact about it |
//! | [`tables`] | the tables of the files that a question names |
//! | [`planner`] | from a question to a typed plan, or to the reason why not |
//! | [`engine`] | runs a plan as Polars expressions |
//! | [`sql`] | the same plan as SQL, run by DataFusion |
//! | [`worker`] | the workers: the engines, in processes that can do nothing else |
//! | [`engines`] | has both engines run a plan, in workers |
//! | [`precision`] | computed floats by the digits that they can be trusted for |
//! | [`checks`] | results compared with the rows that they came from |
//! | [`memory`] | the last answer of a conversation |
//! | [`ledger`] | what became of the rows |
//! | [`code`] | the program as text |
//! | [`words`] | plans, results and refusals in words |
//! | [`chart`] | results as pictures |
//! | [`confidence`] | how often answers of this shape were right |
//! | [`answer`](mod@answer) | all of it together: a question over tables becomes an answer with its trail |
//! | [`bare`] | what the engines alone do, to be measured against |
//! | [`error`] | why a job failed, and what that means for it |

pub mod answer;
pub mod bare;
pub mod chart;
pub mod checks;
pub mod code;
pub mod confidence;
pub mod config;
pub mod engine;
pub mod engines;
pub mod error;
pub mod handler;
pub mod ledger;
pub mod memory;
pub mod planner;
pub mod precision;
pub mod sql;
pub mod tables;
pub mod words;
pub mod worker;

use answer::model::Model;
use anyhow::Context;
use bus::{Bus, DeliverySettings};
use schemas::jobs::CodegenExecutorJob;
use tokio_util::sync::CancellationToken;

use config::ExecutorConfig;
pub use engines::Workers;
use handler::Executor;
pub use worker::WORKERS;

/// Answers questions until `shutdown`.
///
/// # Errors
/// When the queue is not there or this process can't work.
pub async fn run(
    bus: Bus,
    config: &ExecutorConfig,
    workers: Workers,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let settings = DeliverySettings {
        concurrency: config.concurrency,
        ..DeliverySettings::default()
    };
    let model = Model::open(&config.models, config.effort).context("the language model can't be used")?;
    let executor = Executor::new(bus.clone(), config.limits, workers, model);
    bus.serve::<CodegenExecutorJob, _>(executor, &settings, shutdown)
        .await
        .context("answering questions over tables stopped")
}
