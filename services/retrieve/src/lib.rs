//! The retrieve service: questions in, answers with citations out.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | settings |
//! | [`handler`] | from a job to an answer in the bucket and a fact about it |
//! | [`calls`] | the same search for whoever only wants passages |
//! | [`search`] | passages for a question: vectors from embed, the index, what is still active |
//! | [`closer`] | which sentences of the best passages are nearest to the question |
//! | [`counterparts`] | which words of the question have a counterpart of the same meaning in a passage |
//! | [`follow`] | a question that goes on from earlier ones, on its own |
//! | [`evidence`] | how well a passage answers a question, and how good is good enough: pure |
//! | [`answerable`] | whether what was found can answer a question at all: pure |
//! | [`expected`] | what kind of answer a question asks for: pure |
//! | [`quote`] | the sentence or row of a passage that answers: pure |
//! | [`grounded`] | sentences of a language model that each cite a passage, checked |
//! | [`answer`] | an answer or a refusal with its trail: pure |
//! | [`words`] | what is said in Chinese and in English |
//! | [`error`] | why a job failed, and what that means for it |
//!
//! Nothing is said that no passage says: without a language model the best passage is quoted as it stands, with one each
//! sentence must cite passages that hold its figures and codes. Codes that are asked for must stand in what is cited.

pub mod answer;
pub mod answerable;
pub mod calls;
pub mod closer;
pub mod config;
pub mod counterparts;
pub mod error;
pub mod evidence;
pub mod expected;
pub mod follow;
pub mod grounded;
pub mod handler;
pub mod quote;
pub mod search;
pub mod words;

use anyhow::Context;
use bus::Bus;
use index::Index;
use models::{Chat, ModelsConfig};
use schemas::calls::SearchCall;
use schemas::jobs::RetrieveJob;
use tokio_util::sync::CancellationToken;

pub use config::RetrieveConfig;
use handler::Retriever;
use search::Searcher;

/// Answers questions and calls until `shutdown`.
///
/// # Errors
/// When the queue is not there, the settings of the language model can't be used, or the connection ends.
pub async fn run(
    bus: Bus,
    config: &RetrieveConfig,
    models: &ModelsConfig,
    index: Index,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let chat = Chat::open(models).context("the settings of the language model can't be used")?;
    let reranker =
        models::Reranker::open(&config.rerank).context("the settings of the reranker can't be used")?;
    // What can't be told now matters only if it can't be used either.
    if let Ok(engine) = index.described().await {
        bus.describe("index", engine);
    }
    let searcher = Searcher::new(bus.clone(), index, reranker);
    // Either half ends the other: a service that answers half of what it is asked would look healthy.
    let stop = shutdown.child_token();
    let calling = async {
        let ended = bus
            .answer::<SearchCall, _>(
                calls::Search::new(searcher.clone()),
                config.concurrency,
                stop.clone(),
            )
            .await;
        stop.cancel();
        ended
    };
    let serving = async {
        let handler = Retriever::new(bus.clone(), searcher.clone(), chat);
        let ended = bus
            .serve::<RetrieveJob, _>(handler, &config.delivery(), stop.clone())
            .await;
        stop.cancel();
        ended
    };
    let (called, served) = tokio::join!(calling, serving);
    called.context("answering calls stopped")?;
    served.context("answering questions stopped")
}
