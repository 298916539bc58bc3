//! `/v1`: what clients of OpenAI's interface speak, so that chat front ends and SDKs work unchanged.
//!
//! | module | what is in it |
//! |---|---|
//! | [`models`] | the models: ways to have a question answered |
//! | [`request`] | a chat request, and the question in it |
//! | [`attached`] | images and files in messages |
//! | [`chat`] | chat completions, whole |
//! | [`stream`] | chat completions, as they come |
//! | [`markdown`] | an answer as Markdown |
//! | [`judged`] | a judgement as Markdown |
//! | [`files`] | files |
//! | [`embeddings`] | vectors of texts |
//! | [`transcriptions`] | speech as text |
//! | [`errors`] | problems the way OpenAI tells them |
//!
//! Source: OpenAI API reference; what is read beyond it, is what Open WebUI, LibreChat and LobeChat send.

mod attached;
mod chat;
mod embeddings;
pub mod errors;
mod files;
mod judged;
pub mod markdown;
mod models;
mod request;
mod stream;
mod transcriptions;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::App;

pub use judged::judgement;
pub use transcriptions::Transcription;

/// Bytes of a chat request: all its messages, with their images.
const MAX_CHAT_BYTES: usize = 48 * 1024 * 1024;
/// Bytes of the texts of which vectors are wanted.
const MAX_EMBEDDING_BYTES: usize = 8 * 1024 * 1024;

/// The routes below `/v1`. `max_sound`: bytes of a form with sound.
pub fn routes(max_sound: usize) -> Router<Arc<App>> {
    Router::new()
        .route("/v1/models", get(models::list))
        .route("/v1/models/{model}", get(models::show))
        .route(
            "/v1/chat/completions",
            post(chat::complete).layer(DefaultBodyLimit::max(MAX_CHAT_BYTES)),
        )
        .route(
            "/v1/embeddings",
            post(embeddings::embed).layer(DefaultBodyLimit::max(MAX_EMBEDDING_BYTES)),
        )
        .route(
            "/v1/audio/transcriptions",
            post(transcriptions::transcribe).layer(DefaultBodyLimit::max(max_sound)),
        )
        .route(
            "/v1/files",
            get(files::list)
                .post(files::create)
                // The spool has a limit of its own.
                .layer(DefaultBodyLimit::disable()),
        )
        .route("/v1/files/{id}", get(files::show).delete(files::delete))
        .route("/v1/files/{id}/content", get(files::content))
}
