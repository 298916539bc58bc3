//! Jobs on a real bus.

use std::time::Duration;

use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, Delivery, DeliverySettings, Handler, Outputs};
use bytes::Bytes;
use codegen_executor::Workers;
use codegen_executor::config::ExecutorConfig;
use codegen_executor::error::ExecutorError;
use futures::StreamExt;
use models::ModelsConfig;
use schemas::answer::{Answer, AnswerStatus, Tier};
use schemas::events::AnswerReady;
use schemas::file::{FileRecord, FileState, FileVersion, StoredTable};
use schemas::glossary::Entry;
use schemas::jobs::{CodegenExecutorJob, RetrieveJob};
use schemas::progress::ProgressState;
use schemas::value::Value;
use schemas::{AnswerId, ContentId, FileId, JobId, Language, TenantId};
use scripted_llm::{ScriptedLlm, Turn};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::model::{QUESTION, plan};
use super::shop::{frame, parquet, shop_profile};
use super::workers::sandbox;

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

struct House {
    bus: Bus,
    tenant: TenantId,
    shutdown: CancellationToken,
    service: JoinHandle<anyhow::Result<()>>,
    server: NatsServer,
    _store: TempDir,
}

impl House {
    async fn open() -> Self {
        Self::open_with(ModelsConfig::default()).await
    }

    /// With a language model behind the planner.
    async fn open_with(models: ModelsConfig) -> Self {
        let binary = tokio::task::spawn_blocking(|| artifacts::Cache::new(None).ensure("nats-server"));
        let binary = binary.await.unwrap().unwrap();
        let store = tempfile::tempdir().unwrap();
        let server = NatsServer::start(&binary, store.path()).await.unwrap();
        let mut config = ExecutorConfig::at(BusConfig::at(server.url()));
        config.sandbox = sandbox();
        config.models = models;
        let workers = Workers::start(&config.sandbox).await.unwrap();
        let bus = Bus::connect(&config.bus, "codegen-executor").await.unwrap();
        bus.provision(&Topology::default()).await.unwrap();
        let shutdown = CancellationToken::new();
        let service = tokio::spawn({
            let (bus, shutdown) = (bus.clone(), shutdown.clone());
            async move { codegen_executor::run(bus, &config, workers, shutdown).await }
        });
        Self {
            bus,
            tenant: TenantId::local(),
            shutdown,
            service,
            server,
            _store: store,
        }
    }

    async fn close(self) {
        self.shutdown.cancel();
        self.service.await.unwrap().unwrap();
        self.server.stop().await;
    }

    /// Stores the shop's table as ingest would.
    async fn stored(&self) -> FileVersion {
        let parquet = parquet(&frame());
        let profile = serde_json::to_vec(&shop_profile()).unwrap();
        let files = self.bus.files(&self.tenant).await.unwrap();
        let table = StoredTable {
            index: 0,
            name: "orders".to_owned(),
            rows: 7,
            columns: 8,
            parquet: files.put(Bytes::from(parquet)).await.unwrap(),
            profile: files.put(Bytes::from(profile)).await.unwrap(),
        };
        FileVersion {
            content: ContentId::new("ab".repeat(32)).unwrap(),
            size: 100,
            tables: vec![table],
            document: None,
            searchable: false,
            overrides: Vec::new(),
        }
    }

    /// Puts the record of a file.
    async fn record(&self, file: &FileId, state: FileState, active: Option<FileVersion>) {
        let record = FileRecord {
            file: file.clone(),
            name: "shop.csv".to_owned(),
            state,
            order: 1,
            job: bus::ids::new_job_id(),
            active,
            pending: None,
            rejection: None,
            updated_at: "2024-05-06T00:00:00Z".to_owned(),
        };
        let records = self.bus.file_records(&self.tenant).await.unwrap();
        records
            .update(file.as_str(), |_| Some(record.clone()))
            .await
            .unwrap();
    }

    fn job(&self, id: &JobId, file: &FileId, question: &str) -> CodegenExecutorJob {
        CodegenExecutorJob {
            answer: AnswerId::from(id.clone()),
            question: question.to_owned(),
            files: vec![file.clone()],
            conversation: None,
            history: Vec::new(),
            language: Language::En,
            today: "2024-05-06".parse().unwrap(),
            otherwise: None,
        }
    }

    /// A question that the rules don't understand, where there are documents beside the tables.
    fn beside_documents(&self, id: &JobId, file: &FileId) -> CodegenExecutorJob {
        CodegenExecutorJob {
            otherwise: Some(Box::new(RetrieveJob {
                answer: AnswerId::from(id.clone()),
                question: QUESTION.to_owned(),
                files: Vec::new(),
                conversation: None,
                history: Vec::new(),
                language: Language::En,
                tables_said: None,
                tables: Vec::new(),
                again: None,
            })),
            ..self.job(id, file, QUESTION)
        }
    }

    async fn answer(&self, id: &JobId) -> Answer {
        let answers = self.bus.answers(&self.tenant).await.unwrap();
        serde_json::from_slice(&answers.get(id.as_str(), 1 << 20).await.unwrap()).unwrap()
    }

    /// Asks and waits for the fact about the answer.
    async fn ask(&self, file: &FileId, question: &str) -> Answer {
        self.ask_after(file, None, &[], question).await
    }

    /// The same in a conversation, after other questions.
    async fn ask_after(
        &self,
        file: &FileId,
        conversation: Option<&str>,
        history: &[&str],
        question: &str,
    ) -> Answer {
        let id = bus::ids::new_job_id();
        let mut ready = self.bus.events::<AnswerReady>(&self.tenant).await.unwrap();
        let job = CodegenExecutorJob {
            conversation: conversation.map(|id| id.parse().unwrap()),
            history: history.iter().map(|&earlier| earlier.to_owned()).collect(),
            ..self.job(&id, file, question)
        };
        self.bus.publish(&self.tenant, &id, &job).await.unwrap();
        let fact = tokio::time::timeout(PATIENCE, ready.next())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(fact.message.answer.as_str(), id.as_str());
        let answer = self.answer(&id).await;
        assert_eq!(answer.status, fact.message.status);
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_becomes_an_answer_and_a_redelivery_the_same() {
    let house = House::open().await;
    let file = bus::ids::new_file_id();
    let version = house.stored().await;
    house.record(&file, FileState::Indexed, Some(version)).await;

    let id = bus::ids::new_job_id();
    let mut ready = house.bus.events::<AnswerReady>(&house.tenant).await.unwrap();
    let job = house.job(&id, &file, "What is the sum of stems?");
    // The ack is lost once, so that the job comes again.
    house.bus.faults().fail_next(bus::inject::Point::Ack, 1);
    house.bus.publish(&house.tenant, &id, &job).await.unwrap();
    let first = tokio::time::timeout(PATIENCE, ready.next())
        .await
        .unwrap()
        .unwrap();
    let answer = house.answer(&id).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (AnswerStatus::Answered, "Sum of stems: 42")
    );
    assert_eq!(answer.rows, [[Value::Int(42)]]);
    assert_eq!(answer.trace_id.len(), 32);

    // The file changes; an answer that was given does not, whoever sends its job again.
    house.record(&file, FileState::Deleted, None).await;
    let again = bus::ids::new_job_id();
    house.bus.publish(&house.tenant, &again, &job).await.unwrap();
    let second = tokio::time::timeout(PATIENCE, ready.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(second.message, first.message);
    assert_ne!(second.id, first.id);
    assert_eq!(house.answer(&id).await, answer);

    let mut progress = house.bus.follow(&house.tenant, &id).await.unwrap();
    let last = async {
        let mut last = None;
        while let Some(report) = progress.next().await {
            last = Some(report.state);
        }
        last
    };
    let last = tokio::time::timeout(PATIENCE, last).await.unwrap();
    assert_eq!(last, Some(ProgressState::Finished));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_asked_are_refused_by_name() {
    let house = House::open().await;
    let unknown = bus::ids::new_file_id();
    let answer = house.ask(&unknown, "What is the sum of stems?").await;
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert!(answer.text.contains(unknown.as_str()), "{}", answer.text);

    let file = bus::ids::new_file_id();
    house.record(&file, FileState::Deleted, None).await;
    let answer = house.ask(&file, "What is the sum of stems?").await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (AnswerStatus::Refused, "The file \"shop.csv\" was deleted.")
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_table_is_refused_and_the_next_one_is_not() {
    let house = House::open().await;
    let good = house.stored().await;
    let mut bad = good.clone();
    let files = house.bus.files(&house.tenant).await.unwrap();
    let garbage = Bytes::from_static(b"PAR1 and nothing that follows from it PAR1");
    bad.tables[0].parquet = files.put(garbage).await.unwrap();
    for (version, status, words) in [
        (
            bad,
            AnswerStatus::Refused,
            "The table \"orders\" of the file \"shop.csv\" can't be read",
        ),
        (good, AnswerStatus::Answered, "Sum of stems: 42"),
    ] {
        let file = bus::ids::new_file_id();
        house.record(&file, FileState::Indexed, Some(version)).await;
        let answer = house.ask(&file, "What is the sum of stems?").await;
        assert_eq!(answer.status, status);
        assert!(answer.text.contains(words), "{}", answer.text);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_being_read_is_waited_for() {
    let house = House::open().await;
    let file = bus::ids::new_file_id();
    house.record(&file, FileState::Received, None).await;

    let id = bus::ids::new_job_id();
    let mut ready = house.bus.events::<AnswerReady>(&house.tenant).await.unwrap();
    let mut progress = house.bus.follow(&house.tenant, &id).await.unwrap();
    house
        .bus
        .publish(
            &house.tenant,
            &id,
            &house.job(&id, &file, "What is the sum of stems?"),
        )
        .await
        .unwrap();
    let waiting =
        async { while progress.next().await.unwrap().stage != "waiting for shop.csv to be read" {} };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();

    house.record(&file, FileState::Deleted, None).await;
    tokio::time::timeout(PATIENCE, ready.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(house.answer(&id).await.text, "The file \"shop.csv\" was deleted.");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_names_no_file_is_a_dead_letter() {
    let house = House::open().await;
    let id = bus::ids::new_job_id();
    let mut progress = house.bus.follow(&house.tenant, &id).await.unwrap();
    let mut job = house.job(&id, &bus::ids::new_file_id(), "What is the sum of stems?");
    job.files.clear();
    house.bus.publish(&house.tenant, &id, &job).await.unwrap();
    let failed = async {
        loop {
            if let ProgressState::Failed { reason } = progress.next().await.unwrap().state {
                return reason;
            }
        }
    };
    let reason = tokio::time::timeout(PATIENCE, failed).await.unwrap();
    assert!(reason.contains("names no file"), "{reason}");
    let dead = house
        .bus
        .dead_letters(Some("codegen-executor"), 10)
        .await
        .unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].letter.pointer.as_deref(), Some("/files"));
    house.close().await;
}

/// The documents: tells of each question that reaches them.
struct Documents(mpsc::UnboundedSender<RetrieveJob>);

impl Handler<RetrieveJob> for Documents {
    type Error = ExecutorError;

    async fn handle(&self, job: RetrieveJob, _: &Delivery) -> Result<Outputs, Self::Error> {
        self.0.send(job).unwrap();
        Ok(Outputs::none())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_says_first_whether_a_question_is_about_the_tables_or_about_documents() {
    let sum =
        || plan(&json!({ "table": 1, "measures": [{ "name": "s", "function": "sum", "column": "stems" }] }));
    let scripted = ScriptedLlm::start([
        Turn::json(&json!({ "stands_in": "tables" })),
        sum(),
        Turn::json(&json!({ "stands_in": "tables" })),
        Turn::json(&json!({ "decision": "impossible", "meaning": "m" })),
        Turn::json(&json!({ "stands_in": "documents" })),
        Turn::Status(500, None),
    ])
    .await;
    let house = House::open_with(ModelsConfig {
        base_url: vec![scripted.base_url()],
        model: vec!["scripted".to_owned()],
        retries: 0,
        ..ModelsConfig::default()
    })
    .await;
    let file = bus::ids::new_file_id();
    let version = house.stored().await;
    house.record(&file, FileState::Indexed, Some(version)).await;
    let (sender, mut documents) = mpsc::unbounded_channel();
    let config = BusConfig::at(house.server.url());
    let bus = Bus::connect(&config, "retrieve").await.unwrap();
    let stop = house.shutdown.clone();
    let serving = tokio::spawn(async move {
        let settings = DeliverySettings::default();
        bus.serve::<RetrieveJob, _>(Documents(sender), &settings, stop)
            .await
    });

    let id = bus::ids::new_job_id();
    let mut ready = house.bus.events::<AnswerReady>(&house.tenant).await.unwrap();
    house
        .bus
        .publish(&house.tenant, &id, &house.beside_documents(&id, &file))
        .await
        .unwrap();
    tokio::time::timeout(PATIENCE, ready.next())
        .await
        .unwrap()
        .unwrap();
    let answer = house.answer(&id).await;
    assert_eq!(answer.rows, [[Value::Int(42)]], "{}", answer.text);
    let routed = answer
        .trail
        .assumptions
        .iter()
        .find(|told| told.about == "routing");
    assert!(
        routed.unwrap().text.contains("scripted took the question"),
        "{routed:?}"
    );
    // Both requests are told of.
    let part = answer.trail.model.unwrap();
    assert_eq!((part.requests, part.prompt_tokens), (2, 22));

    // In tables that do not hold it, in documents, and where the model can't say; only tables that it has not written programs
    // for are asked again after the documents.
    for asks_again in [false, true, true] {
        let id = bus::ids::new_job_id();
        house
            .bus
            .publish(&house.tenant, &id, &house.beside_documents(&id, &file))
            .await
            .unwrap();
        let job = tokio::time::timeout(PATIENCE, documents.recv())
            .await
            .unwrap()
            .unwrap();
        assert_eq!((job.answer.as_str(), job.tables.len()), (id.as_str(), 1));
        assert!(job.tables_said.is_some());
        assert_eq!(job.again.is_some(), asks_again, "{:?}", job.tables_said);
    }
    assert_eq!(scripted.left(), 0);
    let first = scripted.asked().first().unwrap().text();
    assert!(first.contains("stands_in") && first.contains(QUESTION), "{first}");
    house.close().await;
    serving.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_goes_on_from_its_own_last_plan_and_reads_the_glossary() {
    let spread =
        json!({ "table": 1, "measures": [{ "name": "spread", "function": "max", "column": "price" }] });
    let sum = json!({ "table": 1, "measures": [{ "name": "s", "function": "sum", "column": "stems" }] });
    let scripted = ScriptedLlm::start([plan(&spread), plan(&sum), plan(&sum)]).await;
    let house = House::open_with(ModelsConfig {
        base_url: vec![scripted.base_url()],
        model: vec!["scripted".to_owned()],
        retries: 0,
        ..ModelsConfig::default()
    })
    .await;
    let file = bus::ids::new_file_id();
    house
        .record(&file, FileState::Indexed, Some(house.stored().await))
        .await;
    let entry = json!({ "term": "quux", "kind": "alias", "of": "stems" });
    let entry: Entry = serde_json::from_value(entry).unwrap();
    let changed = house
        .bus
        .change_glossary(&house.tenant, |glossary| glossary.with(entry.clone()));
    changed.await.unwrap();

    // Read by the rules, with the glossary.
    let read = house.ask(&file, "What is the sum of quux?").await;
    assert_eq!(
        (read.tier, &read.rows),
        (Tier::Rules, &vec![vec![Value::Int(42)]])
    );
    let context = read.trail.context.as_ref().unwrap();
    assert_eq!(context.today, "2024-05-06".parse().unwrap());

    let first = "Kindly blarfle the prices";
    let answer = house.ask_after(&file, Some("c-1"), &[], first).await;
    assert_eq!(answer.tier, Tier::Model, "{}", answer.text);
    let second = house
        .ask_after(&file, Some("c-1"), &[first], "wumple the quux likewise")
        .await;
    assert_eq!(second.tier, Tier::Model, "{}", second.text);
    assert_eq!(second.trail.context.as_ref().unwrap().history, [first]);
    // Another conversation knows nothing of it.
    house
        .ask_after(&file, Some("c-2"), &[first], "wumple the quux likewise")
        .await;
    let prompts: Vec<String> = scripted.asked().iter().map(scripted_llm::Asked::text).collect();
    let goes_on = |prompt: &String| prompt.contains("\"name\":\"spread\"");
    let told: Vec<bool> = prompts.iter().map(goes_on).collect();
    assert_eq!(told, [false, true, false]);
    assert!(prompts.iter().all(|prompt| prompt.contains("\"term\":\"quux\"")));

    // It goes with the file, as all answers do.
    let answers = house.bus.answers(&house.tenant).await.unwrap();
    let resting = answers.resting_on(&file).await.unwrap();
    assert!(resting.contains(&"conversation.c-1".to_owned()), "{resting:?}");
    house.close().await;
}
