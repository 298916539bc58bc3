//! `kill -9` of each service in the middle of 500 jobs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use artifacts::Cache;
use bus::ids::new_job_id;
use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, DeliverySettings};
use futures::StreamExt;
use schemas::events::{AnswerReady, FileIndexed};
use schemas::file::FileState;
use schemas::jobs::{AddFile, AskJob, IngestJob};
use schemas::{AnswerId, FileId, JobId};

use crate::harness::process::Process;
use crate::harness::{local, soon};

const FILES: usize = 500;
const QUESTIONS: usize = 500;

struct Stage {
    server: NatsServer,
    bus: Bus,
    _store: tempfile::TempDir,
}

impl Stage {
    /// A server whose jobs are given to another process soon after theirs was killed, as often as it takes.
    async fn set() -> Self {
        let store = tempfile::tempdir().unwrap();
        let binary = tokio::task::spawn_blocking(|| Cache::new(None).ensure("nats-server"))
            .await
            .unwrap()
            .unwrap();
        let server = NatsServer::start(&binary, store.path()).await.unwrap();
        let bus = Bus::connect(&BusConfig::at(server.url()), "tests").await.unwrap();
        let delivery = DeliverySettings {
            ack_wait: Duration::from_secs(2),
            max_deliver: 50,
            ..DeliverySettings::default()
        };
        bus.provision(&Topology {
            delivery,
            ..Topology::default()
        })
        .await
        .unwrap();
        Self {
            server,
            bus,
            _store: store,
        }
    }

    /// A table of its own for each file, so that none is a copy of another.
    async fn submit(&self, number: usize) -> JobId {
        let tenant = local();
        let bytes = format!("city,amount\nA,{number}\nB,{}\n", number * 2);
        let content = self
            .bus
            .files(&tenant)
            .await
            .unwrap()
            .put(bytes.into())
            .await
            .unwrap();
        let job = new_job_id();
        let add = IngestJob::Add(AddFile {
            name: format!("file-{number}.csv"),
            content,
        });
        self.bus.publish(&tenant, &job, &add).await.unwrap();
        job
    }

    async fn ask(&self, file: &FileId) -> JobId {
        let job = new_job_id();
        let ask = AskJob {
            files: vec![file.clone()],
            ..AskJob::about("What is the sum of amount?")
        };
        self.bus.publish(&local(), &job, &ask).await.unwrap();
        job
    }

    /// Waits until the queues of some services, the ones that run, hold no job: whatever comes twice has come by then.
    async fn drained(&self, services: &[&str]) {
        soon("the queues", async {
            let mut pause = tokio::time::interval(Duration::from_millis(50));
            loop {
                let queues = self.bus.queues().await.unwrap();
                let mut watched = queues.iter().filter(|queue| services.contains(&queue.service));
                assert!(watched.clone().count() >= services.len(), "{queues:?}");
                if watched.all(|queue| queue.waiting + queue.running == 0) {
                    break;
                }
                pause.tick().await;
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ingest_is_killed_in_the_middle_of_500_jobs() {
    let stage = Stage::set().await;
    let tenant = local();
    let mut facts = stage.bus.events::<FileIndexed>(&tenant).await.unwrap();
    let mut submitted = BTreeSet::new();
    for number in 0..FILES {
        submitted.insert(stage.submit(number).await);
    }

    let mut process = Process::start("ingest", stage.server.url());
    let mut kills = [40, 41, 150, 300, 450].into_iter().peekable();
    let mut indexed: BTreeMap<JobId, usize> = BTreeMap::new();
    let mut files = BTreeMap::new();
    while indexed.len() < FILES {
        let fact = soon("file-indexed", facts.next()).await.unwrap().message;
        *indexed.entry(fact.job).or_default() += 1;
        files.insert(fact.file.clone(), fact.content);
        if kills.next_if(|count| indexed.len() >= *count).is_some() {
            process.kill();
            process = Process::start("ingest", stage.server.url());
        }
    }
    assert_eq!(kills.next(), None, "every kill happened in the middle");
    stage.drained(&["ingest"]).await;

    assert_eq!(
        indexed.keys().cloned().collect::<BTreeSet<_>>(),
        submitted,
        "none is lost"
    );
    assert!(indexed.values().all(|times| *times == 1), "none is indexed twice");
    // Facts come in order: what is read next, behind whatever was repeated, must be that of one more file.
    let last = stage.submit(FILES).await;
    assert_eq!(
        soon("file-indexed", facts.next()).await.unwrap().message.job,
        last,
        "and no late repetition"
    );
    assert!(stage.bus.dead_letters(None, 10).await.unwrap().is_empty());
    let records = stage
        .bus
        .file_records(&tenant)
        .await
        .unwrap()
        .list()
        .await
        .unwrap();
    assert_eq!(records.len(), FILES + 1);
    for (_, record) in records {
        assert_eq!(record.state, FileState::Indexed);
        let active = record.active.unwrap();
        assert!(
            record.job == last || Some(&active.content) == files.get(&record.file),
            "{}",
            record.name
        );
        assert_eq!(active.tables.len(), 1, "{}", record.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_and_executor_are_killed_in_the_middle_of_500_questions() {
    let stage = Stage::set().await;
    let tenant = local();
    let mut facts = stage.bus.events::<FileIndexed>(&tenant).await.unwrap();
    let mut ready = stage.bus.events::<AnswerReady>(&tenant).await.unwrap();
    let _ingest = Process::start("ingest", stage.server.url());
    stage.submit(7).await;
    let file = soon("file-indexed", facts.next()).await.unwrap().message.file;

    let mut asked = BTreeSet::new();
    for _ in 0..QUESTIONS {
        asked.insert(AnswerId::from(stage.ask(&file).await));
    }
    let mut gateway = Process::start("gateway", stage.server.url());
    let mut executor = Process::start("codegen-executor", stage.server.url());
    // Each alone, and both at once.
    let mut kills = [
        (20, true, false),
        (100, false, true),
        (101, true, true),
        (250, false, true),
        (400, true, false),
    ]
    .into_iter()
    .peekable();
    let mut answers: BTreeMap<AnswerId, usize> = BTreeMap::new();
    while answers.len() < QUESTIONS {
        let fact = soon("answer-ready", ready.next()).await.unwrap().message;
        *answers.entry(fact.answer).or_default() += 1;
        let Some((_, of_gateway, of_executor)) = kills.next_if(|(count, ..)| answers.len() >= *count) else {
            continue;
        };
        if of_gateway {
            gateway.kill();
            gateway = Process::start("gateway", stage.server.url());
        }
        if of_executor {
            executor.kill();
            executor = Process::start("codegen-executor", stage.server.url());
        }
    }
    assert_eq!(kills.next(), None, "every kill happened in the middle");
    stage.drained(&["ingest", "gateway", "codegen-executor"]).await;

    assert_eq!(
        answers.keys().cloned().collect::<BTreeSet<_>>(),
        asked,
        "none is lost"
    );
    assert!(
        answers.values().all(|times| *times == 1),
        "none is answered twice"
    );
    let last = AnswerId::from(stage.ask(&file).await);
    assert_eq!(
        soon("answer-ready", ready.next()).await.unwrap().message.answer,
        last,
        "and no late repetition"
    );
    assert!(stage.bus.dead_letters(None, 10).await.unwrap().is_empty());
    let store = stage.bus.answers(&tenant).await.unwrap();
    for answer in asked {
        let bytes = store.get(answer.as_str(), 1 << 20).await.unwrap();
        let answer: schemas::Answer = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(answer.rows, [[schemas::Value::Int(21)]]);
    }
}
