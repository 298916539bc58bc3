//! HTTP: routes, limits, and what every request passes through.
//!
//! | module | what is in it |
//! |---|---|
//! | [`files`] | uploads, the list of files, deletion |
//! | [`tables`] | what was found in the tables of a file |
//! | [`spool`] | an upload on its way to the disk |
//! | [`ask`] | questions, and waiting for their answers |
//! | [`answers`] | answers, and what is there until then |
//! | [`progress`] | progress as server-sent events |
//! | [`openai`] | the same as clients of OpenAI's interface speak it |
//! | [`mcp`] | the same for agents |
//! | [`page`] | the page |
//! | [`openapi`] | the interface as an OpenAPI document |
//! | [`uploads`] | uploads in parts, which go on where they were cut |
//! | [`stored`] | bytes of a file as uploaded, images of its pages |
//! | [`parts`] | chart, result, evidence and citations of an answer |
//! | [`feedback`] | what people say of answers |
//! | [`glossary`] | what words mean to a tenant |
//! | [`search`] | passages that fit some words |
//! | [`detect`] | texts to be judged |
//! | [`settings`] | what the page has to know |
//! | [`links`] | links into answers |
//! | [`rate`] | how many requests a key may make |
//! | [`health`] | alive, ready, metrics |
//! | [`tenant`] | whose request it is |
//! | [`origin`] | keeps other web sites out of a gateway without keys |
//! | [`job_id`] | new job ids, and those that clients choose |
//! | [`problem`] | errors as RFC 9457 problem details |
//! | [`trace`] | one server span for each request |
//! | [`waterfall`] | the spans of an answer |

mod answers;
mod ask;
mod detect;
mod feedback;
mod files;
mod glossary;
mod health;
mod job_id;
mod links;
mod mcp;
mod openai;
pub mod openapi;
mod origin;
mod page;
mod parts;
mod problem;
mod progress;
mod rate;
mod search;
mod settings;
mod spool;
mod stored;
mod tables;
mod tenant;
mod trace;
mod uploads;
mod waterfall;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use bus::Bus;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::config::GatewayConfig;
use crate::keys::Keyring;
use openai::Transcription;
use problem::Problem;

/// Bytes of the JSON of a question: its characters as escapes of surrogate pairs, and its files.
const MAX_QUESTION_BYTES: usize = 128 * 1024;

/// What the handlers share.
struct App {
    bus: Bus,
    keys: Option<Keyring>,
    max_upload_bytes: u64,
    upload_idle: Duration,
    uploads: Semaphore,
    spool_dir: Option<PathBuf>,
    shelf: uploads::shelf::Shelf,
    turns: uploads::turns::Turns,
    request_limit: Duration,
    public_url: Option<String>,
    trace_url: Option<String>,
    transcription: Option<Transcription>,
    voice: bool,
    requests_per_minute: u32,
    rates: rate::Rates,
    durations: trace::Durations,
    stop: CancellationToken,
}

/// The whole HTTP interface. Streams of progress and waiting requests end at `stop`.
///
/// # Errors
/// When there is no folder for uploads in parts, or the settings of the transcription endpoint are not usable.
pub fn app(
    bus: Bus,
    config: &GatewayConfig,
    keys: Option<Keyring>,
    stop: CancellationToken,
) -> anyhow::Result<Router> {
    let limits = uploads::shelf::Limits {
        each_tenant: config.max_partial_uploads,
        bytes: config.max_partial_bytes,
        keep: Duration::from_secs(config.keep_partial_seconds),
    };
    let shelf = uploads::shelf::Shelf::open(config.spool_dir.as_deref(), limits)
        .context("can't make a folder for uploads: name another with --spool-dir")?;
    let transcription =
        Transcription::configured(&config.transcription).context("can't use the transcription endpoint")?;
    let max_sound = transcription.as_ref().map_or(0, Transcription::max_form);
    let app = Arc::new(App {
        bus,
        keys,
        max_upload_bytes: config.max_upload_bytes,
        upload_idle: Duration::from_secs(config.upload_idle_seconds),
        uploads: Semaphore::new(config.max_uploads),
        spool_dir: config.spool_dir.clone(),
        shelf,
        turns: uploads::turns::Turns::default(),
        request_limit: Duration::from_secs(config.request_seconds),
        public_url: config.public_url.clone(),
        transcription,
        trace_url: config.trace_url.clone().filter(|url| !url.is_empty()),
        voice: !config.forbid_browser_speech,
        requests_per_minute: config.requests_per_minute,
        rates: rate::Rates::default(),
        durations: trace::Durations::default(),
        stop: stop.clone(),
    });
    tokio::spawn(uploads::sweep(app.clone(), stop.clone()));
    let quick = from_fn_with_state(app.clone(), limit_time);
    // A tower service of its own: axum's state reaches it through the request alone.
    let agents = Router::new()
        .route_service("/mcp", mcp::service(app.clone(), stop))
        .route_layer(from_fn_with_state(app.clone(), mcp::admit));
    let api = Router::new()
        .route(
            "/api/files",
            get(files::list)
                .route_layer(quick.clone())
                .merge(post(files::upload)),
        )
        // One pattern, because a name may have slashes: PUT takes a name there, the others take an id.
        .route(
            "/api/files/{*name}",
            get(files::show)
                .delete(files::delete)
                .route_layer(quick.clone())
                .merge(put(files::replace)),
        )
        .route(
            "/api/ask",
            post(ask::ask).layer(DefaultBodyLimit::max(MAX_QUESTION_BYTES)),
        )
        .route("/api/answers/{id}", get(answers::show).route_layer(quick.clone()))
        .route(
            "/api/answers/{id}/feedback",
            get(feedback::show)
                .post(feedback::say)
                .layer(DefaultBodyLimit::max(feedback::MAX_BODY))
                .route_layer(quick.clone()),
        )
        .route(
            "/api/glossary",
            get(glossary::list)
                .post(glossary::set)
                .layer(DefaultBodyLimit::max(glossary::MAX_BODY))
                .route_layer(quick.clone()),
        )
        .route(
            "/api/glossary/{*term}",
            delete(glossary::remove).route_layer(quick.clone()),
        )
        .route(
            "/api/answers/{id}/trace",
            get(waterfall::show).route_layer(quick.clone()),
        )
        .route(
            "/api/answers/{id}/{part}",
            get(parts::part).route_layer(quick.clone()),
        )
        .route(
            "/api/answers/{id}/citations/{number}",
            get(parts::citation).route_layer(quick.clone()),
        )
        .route(
            "/api/detect",
            post(detect::detect).layer(DefaultBodyLimit::max(detect::MAX_BODY)),
        )
        .route(
            "/api/search",
            post(search::search).layer(DefaultBodyLimit::max(search::MAX_BODY)),
        )
        .route("/api/progress/{id}", get(progress::follow))
        .merge(uploads::routes())
        .merge(openai::routes(max_sound))
        .merge(agents)
        .route_layer(from_fn_with_state(app.clone(), origin::guard));
    let routes = Router::new()
        .merge(api)
        .merge(page::routes())
        .route("/api/config", get(settings::show))
        .route("/api/openapi.json", get(openapi::show))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/problems/{code}", get(problem::explain))
        .fallback(|| async { Problem::UnknownRoute })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .layer(from_fn(openai::errors::translate))
        .layer(from_fn_with_state(app.clone(), trace::trace))
        .with_state(app);
    Ok(routes)
}

/// Serves `app` until `stop`, then gives the open connections `drain` to end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    stop: CancellationToken,
    drain: Duration,
) -> std::io::Result<()> {
    let server = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        ended = async { server.await } => ended,
        () = drained => {
            tracing::warn!("cut the connections that were still open");
            Ok(())
        }
    }
}

/// Ends requests that take too long.
async fn limit_time(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(app.request_limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Timeout.into_response(),
    }
}

/// This moment, RFC 3339 in UTC.
fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
