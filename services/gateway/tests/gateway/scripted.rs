//! Services that play their parts: files are read at once, and each question has its answer written down.

use bus::{Answerer, Bus, Delivery, Handler, Outputs};
use schemas::answer::AnswerKind;
use schemas::calls::{CallError, EmbedCall, Embedded, SearchCall, SearchHits};
use schemas::document::{Document, Page, PageText};
use schemas::events::{AnswerReady, Judged, TextJudged};
use schemas::file::{FileState, FileVersion, StoredDocument, StoredTable};
use schemas::jobs::{CodegenExecutorJob, DetectorInput, DetectorJob, IngestJob, RetrieveJob};
use schemas::judgement::SentenceScore;
use schemas::{Answer, AnswerId, ContentId, JobId, Judgement, TenantId};
use serde_json::{Value as Json, json};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::harness::{Gateway, Never, Server, Serving};

const PAGE: &[u8] = include_bytes!("../fixtures/page.png");
const CHART: &str = include_str!("../fixtures/chart.svg");

/// All services behind the gateway, until this is dropped.
pub struct Cast {
    _serving: Vec<Serving>,
    _calls: Vec<DropGuard>,
}

impl Cast {
    /// Puts them on.
    pub async fn on(gateway: &Gateway) -> Self {
        let server = &gateway.server;
        let serving = vec![
            server
                .serve("ingest", Reads(server.connect("ingest").await))
                .await,
            server
                .serve(
                    "codegen-executor",
                    Tables(server.connect("codegen-executor").await),
                )
                .await,
            server
                .serve("retrieve", Documents(server.connect("retrieve").await))
                .await,
            server.serve("detector", Judges).await,
        ];
        let calls = vec![
            answer_calls(server, "embed", Vectors).await,
            answer_calls(server, "retrieve", Finds).await,
        ];
        Self {
            _serving: serving,
            _calls: calls,
        }
    }
}

async fn answer_calls<C: schemas::Message, A: Answerer<C>>(
    server: &Server,
    service: &'static str,
    answerer: A,
) -> DropGuard {
    let (bus, stop) = (server.connect(service).await, CancellationToken::new());
    let token = stop.clone();
    tokio::spawn(async move { bus.answer(answerer, 4, token).await });
    stop.drop_guard()
}

/// Reads every file as one table and one page.
struct Reads(Bus);

impl Handler<IngestJob> for Reads {
    type Error = Never;

    async fn handle(&self, job: IngestJob, delivery: &Delivery) -> Result<Outputs, Never> {
        let tenant = &delivery.tenant;
        let records = self.0.file_records(tenant).await.unwrap();
        match job {
            IngestJob::Add(add) => {
                for (done, stage) in (0..).zip(["reading the file", "reading table 1", "cutting passages"]) {
                    delivery.report(&delivery.id, stage, done, 3).await;
                }
                let objects = self.0.files(tenant).await.unwrap();
                let image = objects.put(PAGE.into()).await.unwrap();
                let document = Document {
                    pages: vec![Page {
                        number: 1,
                        size: None,
                        image: Some(image),
                        text: PageText::Embedded,
                    }],
                    ..Document::default()
                };
                let json = serde_json::to_vec(&document).unwrap();
                let version = FileVersion {
                    size: objects.size(add.content.as_str()).await.unwrap().unwrap(),
                    tables: vec![StoredTable {
                        index: 0,
                        name: "明细".to_owned(),
                        rows: 18240,
                        columns: 9,
                        parquet: add.content.clone(),
                        profile: add.content.clone(),
                    }],
                    content: add.content,
                    document: Some(StoredDocument {
                        headed: None,
                        document: objects.put(json.into()).await.unwrap(),
                        pages: 1,
                        passages: 24,
                        parts: Vec::new(),
                        notices: 0,
                    }),
                    searchable: true,
                    overrides: Vec::new(),
                };
                let file = self.0.name_file(tenant, &add.name).await.unwrap();
                let mut record = crate::harness::record(&file, FileState::Indexed);
                (record.name, record.active, record.order) = (add.name, Some(version), delivery.order);
                records
                    .update(file.as_str(), |_| Some(record.clone()))
                    .await
                    .unwrap();
            }
            IngestJob::Delete(delete) => {
                let gone = |known: Option<&schemas::file::FileRecord>| {
                    let mut record = known?.clone();
                    (record.state, record.active) = (FileState::Deleted, None);
                    Some(record)
                };
                records.update(delete.file.as_str(), gone).await.unwrap();
            }
            IngestJob::Set(_) | IngestJob::Recognized(_) | IngestJob::Embedded(_) | IngestJob::GivenUp(_) => {
            }
        }
        Ok(Outputs::none().finished(&delivery.id))
    }
}

/// The answer to a question.
fn scripted(question: &str, kind: AnswerKind) -> Json {
    let text = match kind {
        AnswerKind::Knowledge => include_str!("../fixtures/knowledge.json"),
        _ if question.contains("attack") => include_str!("../fixtures/hostile.json"),
        _ if question.contains("moon") => include_str!("../fixtures/refused.json"),
        _ if question.contains('各') => include_str!("../fixtures/regions.json"),
        _ => include_str!("../fixtures/sales.json"),
    };
    serde_json::from_str(text).unwrap()
}

async fn give(bus: &Bus, delivery: &Delivery, id: AnswerId, question: &str, kind: AnswerKind) -> Outputs {
    let asked = JobId::from(id.clone());
    delivery.report(&asked, "understanding the question", 0, 0).await;
    delivery.report(&asked, "computing", 1, 2).await;
    let mut json = scripted(question, kind);
    json["id"] = json!(id);
    json["question"] = json!(question);
    json["trace_id"] = json!(delivery.trace_id);
    if json.pointer("/chart/svg").is_some() {
        json["chart"]["svg"] = json!(CHART);
    }
    if kind == AnswerKind::Knowledge {
        let objects = bus.files(&delivery.tenant).await.unwrap();
        json["citations"][0]["image"] = json!(objects.put(PAGE.into()).await.unwrap());
        json["trail"]["search"]["passages"] = json["citations"].clone();
    }
    let answer: Answer = serde_json::from_value(json).unwrap();
    let answers = bus.answers(&delivery.tenant).await.unwrap();
    let bytes = serde_json::to_vec(&answer).unwrap();
    answers.put_named(id.as_str(), bytes.into()).await.unwrap();
    let ready = AnswerReady {
        answer: id,
        conversation: None,
        kind: answer.kind,
        status: answer.status,
    };
    Outputs::none().with(&ready).finished(&asked)
}

struct Tables(Bus);

impl Handler<CodegenExecutorJob> for Tables {
    type Error = Never;

    async fn handle(&self, job: CodegenExecutorJob, delivery: &Delivery) -> Result<Outputs, Never> {
        Ok(give(&self.0, delivery, job.answer, &job.question, AnswerKind::Table).await)
    }
}

struct Documents(Bus);

impl Handler<RetrieveJob> for Documents {
    type Error = Never;

    async fn handle(&self, job: RetrieveJob, delivery: &Delivery) -> Result<Outputs, Never> {
        Ok(give(
            &self.0,
            delivery,
            job.answer,
            &job.question,
            AnswerKind::Knowledge,
        )
        .await)
    }
}

/// Judges texts by the number of a sentence.
struct Judges;

impl Handler<DetectorJob> for Judges {
    type Error = Never;

    async fn handle(&self, job: DetectorJob, delivery: &Delivery) -> Result<Outputs, Never> {
        delivery.report(&delivery.id, "judging", 0, 1).await;
        let mut judgement: Judgement =
            serde_json::from_str(include_str!("../fixtures/judgement.json")).unwrap();
        if let DetectorInput::Text { text } = job.input {
            let mut start = 0;
            for (number, sentence) in text.split_inclusive(['。', '.']).enumerate() {
                let end = start + sentence.len() as u64;
                let contribution = [0.7, -0.3, 0.35, 0.02, -0.6][number % 5];
                judgement.sentences.push(SentenceScore {
                    start,
                    end,
                    contribution,
                });
                start = end;
            }
        }
        let judged = TextJudged {
            job: delivery.id.clone(),
            file: None,
            result: Judged::Text {
                judgement: Box::new(judgement),
            },
        };
        Ok(Outputs::none().with(&judged).finished(&delivery.origin))
    }
}

/// The length of each text as its vector.
struct Vectors;

impl Answerer<EmbedCall> for Vectors {
    type Reply = Embedded;

    async fn answer(&self, call: EmbedCall, _: &TenantId) -> Result<Embedded, CallError> {
        Ok(Embedded {
            across: 0,
            model: "lengths-1".to_owned(),
            vectors: call
                .texts
                .iter()
                .map(|text| vec![text.chars().count() as f32, 0.5])
                .collect(),
            tokens: 7,
        })
    }
}

/// Finds the passage of the scripted answer.
struct Finds;

impl Answerer<SearchCall> for Finds {
    type Reply = SearchHits;

    async fn answer(&self, call: SearchCall, _: &TenantId) -> Result<SearchHits, CallError> {
        if call.query.trim().is_empty() {
            return Err(CallError {
                message: "the query is blank".to_owned(),
                pointer: Some("/query".to_owned()),
                temporary: false,
            });
        }
        let content = ContentId::new("a".repeat(64)).unwrap();
        let hit = json!({
            "file": "0199f1d2-7c3a-7def-8123-456789abcdef", "name": "旅客手册.pdf", "content": content, "score": 0.9,
            "ranks": { "codes": 1 },
            "passage": { "index": 3, "text": "CA1234 航班自 T2 航站楼出发。", "context": "", "place": { "page": 7 }, "kind": "text" },
        });
        Ok(SearchHits {
            hits: vec![serde_json::from_value(hit).unwrap()],
            codes: vec!["CA1234".to_owned()],
            engine: "scripted".to_owned(),
        })
    }
}
