//! `/mcp`: the same for agents that speak the Model Context Protocol, over streamable HTTP without sessions.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::{Extension, schema_for_output};
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolResult, ContentBlock, Implementation, ServerCapabilities, ServerConfig};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, ServerHandler, schemars, tool, tool_handler, tool_router};
use schemas::answer::AnswerKind;
use schemas::calls::{SearchCall, SearchFilter, SearchHits};
use schemas::file::FileRecord;
use schemas::jobs::{AskJob, DetectorInput};
use schemas::{Answer, FileId, Judgement, Language, TenantId};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::answers::{Standing, load, outcome};
use super::ask::enqueue;
use super::detect::judge;
use super::links::{Links, Site};
use super::openai::markdown;
use super::problem::{Problem, Told};
use super::tenant::Tenant;
use super::{App, files, search};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// Bytes of a request.
const MAX_BODY: usize = 1024 * 1024;

/// What is told to a model that may use the tools.
const INSTRUCTIONS: &str = "Contrail answers questions, in Chinese and English, over the spreadsheets and documents of one \
    tenant. Figures are computed by two engines and never by a model; quote them as they are. Every answer has an id, and \
    get_trail says how it came about: the plan, the rows that were counted, what was checked and assumed. A refusal is an \
    answer: do not replace it with a guess.";

/// The service of one request.
#[derive(Clone)]
pub struct Tools {
    app: Arc<App>,
    tool_router: ToolRouter<Self>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct AskTables {
    /// The question in Chinese or English, for instance `2024年3月华东的销售额是多少？`.
    question: String,
    /// The ids of the files that may answer it, from `list_files`; by default all.
    #[serde(default)]
    files: Vec<FileId>,
    /// Earlier questions of the conversation, oldest first.
    #[serde(default)]
    history: Vec<String>,
    /// The language of the answer; by default that of the question.
    #[serde(default)]
    language: Option<Language>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct SearchKnowledge {
    /// A question or some words; codes such as `T2` or `CA1234` are found exactly.
    query: String,
    /// How many passages, 1 to 100; by default 8.
    #[serde(default)]
    limit: Option<u32>,
    /// The ids of the files to search; by default all.
    #[serde(default)]
    files: Vec<FileId>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct DetectText {
    /// The text; the more, the better: some hundred words.
    text: String,
    /// How likely it is held to be machine-written beforehand, above 0 and below 1; by default 0.5.
    #[serde(default)]
    prior: Option<f64>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct GetTrail {
    /// The id of an answer.
    answer: String,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct FileList {
    /// By name.
    files: Vec<FileRecord>,
}

/// Whose request it is, and where it came in.
#[derive(Debug, Clone)]
struct Caller {
    tenant: TenantId,
    site: Site,
}

#[tool_router]
impl Tools {
    fn new(app: Arc<App>) -> Self {
        Self {
            app,
            tool_router: Self::tool_router(),
        }
    }

    #[tool(
        description = "Answers a question by computing over the tables, with the result, the chips of what was understood, and a trail.",
        output_schema = schema_for_output::<Answer>(),
        annotations(title = "Ask the tables", read_only_hint = true, open_world_hint = false)
    )]
    async fn ask_tables(
        &self,
        Parameters(asked): Parameters<AskTables>,
        Extension(parts): Extension<http::request::Parts>,
    ) -> Result<CallToolResult, ErrorData> {
        let caller = caller(&parts)?;
        told(self.answer(&caller, asked).await)
    }

    #[tool(
        description = "Finds the passages of documents and the rows of tables that fit a question best, with file, page and place. Answers nothing.",
        output_schema = schema_for_output::<SearchHits>(),
        annotations(title = "Search the documents", read_only_hint = true, open_world_hint = false)
    )]
    async fn search_knowledge(
        &self,
        Parameters(wanted): Parameters<SearchKnowledge>,
        Extension(parts): Extension<http::request::Parts>,
    ) -> Result<CallToolResult, ErrorData> {
        let caller = caller(&parts)?;
        let call = SearchCall {
            query: wanted.query,
            limit: wanted.limit.unwrap_or(8),
            only: SearchFilter {
                files: wanted.files,
                ..SearchFilter::default()
            },
            closely: true,
        };
        let found = search::find(&self.app, &caller.tenant, &call).await;
        told(found.map(|hits| {
            let passages = hits
                .hits
                .iter()
                .map(|hit| format!("{} — {}", hit.name, hit.passage.text));
            (passages.collect::<Vec<_>>().join("\n\n"), hits)
        }))
    }

    #[tool(
        description = "Judges how likely it is that a machine wrote a text, with its bounds and what each sentence adds. No verdict on a person.",
        output_schema = schema_for_output::<Judgement>(),
        annotations(title = "Judge a text", read_only_hint = true, open_world_hint = false)
    )]
    async fn detect_text(
        &self,
        Parameters(DetectText { text, prior }): Parameters<DetectText>,
        Extension(parts): Extension<http::request::Parts>,
    ) -> Result<CallToolResult, ErrorData> {
        let caller = caller(&parts)?;
        let id = bus::ids::new_job_id();
        let language = Language::of(&text);
        let input = DetectorInput::Text { text: text.clone() };
        let judged = judge(&self.app, &caller.tenant, &id, input, prior, |_| {}).await;
        told(judged.map(|judgement| (super::openai::judgement(&judgement, &text, language), judgement)))
    }

    #[tool(
        description = "Lists the files with their ids, their state and their tables.",
        output_schema = schema_for_output::<FileList>(),
        annotations(title = "List the files", read_only_hint = true, open_world_hint = false)
    )]
    async fn list_files(
        &self,
        Extension(parts): Extension<http::request::Parts>,
    ) -> Result<CallToolResult, ErrorData> {
        let caller = caller(&parts)?;
        let all = files::all(&self.app, &caller.tenant).await;
        told(all.map(|files| {
            let lines = files
                .iter()
                .map(|record| format!("{} {}", record.file, record.name));
            (lines.collect::<Vec<_>>().join("\n"), FileList { files })
        }))
    }

    #[tool(
        description = "An earlier answer with its trail: how each word was read, the plan, the code, what became of the rows, checks, assumptions and other readings.",
        output_schema = schema_for_output::<Answer>(),
        annotations(title = "Get the trail of an answer", read_only_hint = true, open_world_hint = false)
    )]
    async fn get_trail(
        &self,
        Parameters(GetTrail { answer }): Parameters<GetTrail>,
        Extension(parts): Extension<http::request::Parts>,
    ) -> Result<CallToolResult, ErrorData> {
        let caller = caller(&parts)?;
        let answer = load(&self.app, &caller.tenant, answer).await;
        told(answer.map(|answer| self.with_text(&caller, answer)))
    }

    async fn answer(&self, caller: &Caller, asked: AskTables) -> Result<(String, Answer), Problem> {
        let job = AskJob {
            files: asked.files,
            history: asked.history,
            language: asked.language,
            only: Some(AnswerKind::Table),
            ..AskJob::about(asked.question)
        };
        let id = bus::ids::new_job_id();
        enqueue(&self.app, &caller.tenant, &id, &job).await?;
        let outcome = tokio::select! {
            outcome = tokio::time::timeout(PATIENCE, outcome(&self.app, &caller.tenant, &id)) => outcome,
            () = self.app.stop.cancelled() => return Err(Problem::NotReady),
        };
        match outcome.map_err(|_| Problem::Timeout)?? {
            Standing::Answered(json) => {
                let answer =
                    serde_json::from_slice(&json).map_err(|error| Problem::Internal(error.into()))?;
                Ok(self.with_text(caller, answer))
            }
            Standing::Failed(reason) => Err(Problem::JobFailed { reason }),
            Standing::Running(_) => Err(Problem::Timeout),
            Standing::Unknown => Err(Problem::UnknownAnswer(id)),
        }
    }

    fn with_text(&self, caller: &Caller, answer: Answer) -> (String, Answer) {
        let links = Links::new(&self.app, &caller.site, &caller.tenant, answer.id.as_str());
        (markdown::answer(&answer, &links), answer)
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        let mut config = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        config.server_info = Implementation::new("contrail", env!("CARGO_PKG_VERSION"));
        config.instructions = Some(INSTRUCTIONS.to_owned());
        config
    }
}

/// The caller that [`admit`] has put beside the request.
fn caller(parts: &http::request::Parts) -> Result<Caller, ErrorData> {
    let caller = parts.extensions.get::<Caller>().cloned();
    caller.ok_or_else(|| ErrorData::internal_error("the request has no tenant", None))
}

/// What a tool gives: words for the model, and the whole as the schema says. A problem is the tool's, not the protocol's, so
/// that the model reads it.
fn told<T: Serialize>(result: Result<(String, T), Problem>) -> Result<CallToolResult, ErrorData> {
    match result {
        Ok((text, whole)) => {
            let json = serde_json::to_value(&whole)
                .map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
            let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
            result.structured_content = Some(json);
            Ok(result)
        }
        Err(problem) => {
            let response = axum::response::IntoResponse::into_response(problem);
            let told = response.extensions().get::<Told>();
            let text = told.map(|told| format!("{}: {}", told.code, told.detail));
            Ok(CallToolResult::error(vec![ContentBlock::text(
                text.unwrap_or_default(),
            )]))
        }
    }
}

/// Puts the caller beside the request, for the tools, which get no state of axum's.
pub async fn admit(
    State(_): State<Arc<App>>,
    Tenant(tenant): Tenant,
    site: Site,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(Caller { tenant, site });
    next.run(request).await
}

/// The service. Its own checks of host and origin are off: [`super::origin::guard`] does that for everything.
pub fn service(app: Arc<App>, stop: CancellationToken) -> StreamableHttpService<Tools, NeverSessionManager> {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(MAX_BODY)
        .with_cancellation_token(stop)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    StreamableHttpService::new(
        move || Ok(Tools::new(Arc::clone(&app))),
        Arc::new(NeverSessionManager::default()),
        config,
    )
}
