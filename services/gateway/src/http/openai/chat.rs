//! Chat completions: the last question of a conversation is asked, and its answer comes back as a message.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::StreamExt;
use http::HeaderMap;
use schemas::jobs::{AskJob, DetectorInput};
use schemas::progress::{Progress, ProgressState};
use schemas::{Answer, JobId, Language, TenantId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::http::answers::{Standing, standing};
use crate::http::ask::enqueue;
use crate::http::detect::judge;
use crate::http::job_id::job_id;
use crate::http::links::{Links, Site};
use crate::http::problem::Problem;
use crate::http::tenant::{Tenant, UploadLimit};
use crate::http::{App, files, stored};
use crate::router;

use super::models::Model;
use super::request::{ChatRequest, Turn, turn};
use super::{MAX_CHAT_BYTES, attached, judged, markdown, stream};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// A question of a chat, with what its answer needs.
pub struct Asked {
    pub app: Arc<App>,
    pub tenant: TenantId,
    pub site: Site,
    /// Bytes that each file in the messages may have.
    pub upload_limit: u64,
    pub id: JobId,
    pub model: Model,
    /// As the client named it.
    pub model_name: String,
    pub turn: Turn,
}

/// The answer to a chat.
pub struct Reply {
    /// As Markdown.
    pub text: String,
    /// The whole answer.
    pub whole: Value,
    pub usage: Usage,
}

/// Tokens of a language model, where one took part.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
}

/// `POST /v1/chat/completions`.
pub async fn complete(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    site: Site,
    UploadLimit(upload_limit): UploadLimit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|rejection| Problem::of_body(rejection, MAX_CHAT_BYTES))?;
    let request: ChatRequest = serde_json::from_slice(&body)?;
    let model = Model::named(&request.model)?;
    let turn = turn(request.messages)?;
    if model != Model::Detector {
        router::check(&job(&turn, model)).map_err(Problem::InvalidQuestion)?;
    }
    let asked = Asked {
        app,
        tenant,
        site,
        upload_limit,
        // A client that chooses its keys by another rule than ours has a new question each time.
        id: job_id(&headers).unwrap_or_else(|_| bus::ids::new_job_id()),
        model,
        model_name: request.model,
        turn,
    };
    if request.stream == Some(true) {
        let usage = request.stream_options.and_then(|options| options.include_usage);
        return Ok(stream::respond(asked, usage == Some(true)));
    }
    let (id, model) = (asked.id.clone(), asked.model_name.clone());
    let reply = answer(asked, |_| {}).await?;
    Ok(Json(json!({
        "id": format!("chatcmpl-{id}"),
        "object": "chat.completion",
        "created": chrono::Utc::now().timestamp(),
        "model": model,
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": reply.text, "refusal": null },
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": reply.usage,
        "x_contrail": reply.whole,
    }))
    .into_response())
}

fn job(turn: &Turn, model: Model) -> AskJob {
    AskJob {
        history: turn.history.clone(),
        only: model.only(),
        ..AskJob::about(&turn.question)
    }
}

/// Has a question answered; `tell` hears what is being done.
///
/// # Errors
/// Whatever keeps it from being answered. A refusal is an answer.
pub async fn answer(asked: Asked, mut tell: impl FnMut(&str) + Send) -> Result<Reply, Problem> {
    let Asked {
        app,
        tenant,
        site,
        upload_limit,
        id,
        model,
        turn,
        ..
    } = asked;
    let mut last = String::new();
    let mut report = |progress: &Progress| {
        let stage = stage(progress);
        if progress.state == ProgressState::Running && stage != last {
            tell(&stage);
            last = stage;
        }
    };
    if model == Model::Detector {
        // What is attached is judged; without it, what is said.
        let attached = attached::files(&app, &tenant, turn.attached, upload_limit).await?;
        let (input, text) = match attached.into_iter().next_back() {
            Some(file) => {
                let record = files::existing(&app, &tenant, file.to_string()).await?;
                let text = stored::document(&app, &tenant, &record).await?.prose();
                (DetectorInput::Document { file }, text)
            }
            None => {
                let text = turn.question;
                (DetectorInput::Text { text: text.clone() }, text)
            }
        };
        let judgement = judge(&app, &tenant, &id, input, None, report).await?;
        let language = judgement.language.unwrap_or_else(|| Language::of(&text));
        return Ok(Reply {
            text: judged::judgement(&judgement, &text, language),
            whole: json!({ "id": id, "kind": "detection", "judgement": judgement }),
            usage: Usage::default(),
        });
    }
    let mut job = job(&turn, model);
    job.files = attached::files(&app, &tenant, turn.attached, upload_limit).await?;
    enqueue(&app, &tenant, &id, &job).await?;
    let mut reports = app.bus.follow(&tenant, &id).await?;
    let following = async {
        while let Some(progress) = reports.next().await {
            report(&progress);
        }
    };
    tokio::select! {
        ended = tokio::time::timeout(PATIENCE, following) => ended.map_err(|_| Problem::Timeout)?,
        () = app.stop.cancelled() => return Err(Problem::NotReady),
    }
    let json = match standing(&app, &tenant, &id).await? {
        Standing::Answered(json) => json,
        Standing::Failed(reason) => return Err(Problem::JobFailed { reason }),
        Standing::Running(_) => return Err(Problem::Timeout),
        Standing::Unknown => return Err(Problem::UnknownAnswer(id)),
    };
    let damaged = |error: serde_json::Error| Problem::Internal(error.into());
    let answer: Answer = serde_json::from_slice(&json).map_err(damaged)?;
    let links = Links::new(&app, &site, &tenant, id.as_str());
    let usage = answer.trail.model.as_ref().map(|part| Usage {
        prompt_tokens: part.prompt_tokens,
        completion_tokens: part.completion_tokens,
        total_tokens: part.prompt_tokens.saturating_add(part.completion_tokens),
    });
    Ok(Reply {
        text: markdown::answer(&answer, &links),
        whole: serde_json::from_slice(&json).map_err(damaged)?,
        usage: usage.unwrap_or_default(),
    })
}

/// What is being done, in one line.
fn stage(progress: &Progress) -> String {
    let Progress {
        stage, done, total, ..
    } = progress;
    if *total > 0 {
        format!("{stage} ({done}/{total})")
    } else {
        stage.clone()
    }
}
