//! The users that `permissions` writes, on the real server: each can do its work, and is refused everything else.

use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::{ConnectOptions, Event};
use bus::delivery::{DeliverySettings, Outputs};
use bus::ids::new_job_id;
use bus::permissions::{
    Keys, OPERATOR, PROVISIONER, User, producer_of, server_configuration, services, users,
};
use bus::provision::{QUEUES, Topology};
use bus::server::NatsServer;
use bus::{Bus, BusConfig};
use bytes::Bytes;
use schemas::calls::Embedded;
use schemas::file::{FileRecord, FileState};
use schemas::jobs::AskJob;
use schemas::progress::{Progress, ProgressState};
use schemas::{ContentId, FileId, TenantId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::calls::{Lengths, embed as embed_call};
use crate::harness::{Call, Does, Mishap, answer_to, binary, next, question_of, until};

/// A server whose users are those of `red` and `local`, made ready by the provisioner.
struct Guarded {
    server: NatsServer,
    keys: Keys,
    users: Vec<User>,
    _folder: tempfile::TempDir,
}

fn red() -> TenantId {
    "red".parse().unwrap()
}

impl Guarded {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(&folder.path().join("keys"));
        let tenants = [TenantId::local(), red()];
        let text = server_configuration(&keys, &tenants, None).unwrap();
        let store = folder.path().join("store");
        std::fs::create_dir(&store).unwrap();
        let server = NatsServer::start_with_users(&binary().await, &store, &text)
            .await
            .unwrap();
        let guarded = Self {
            server,
            keys,
            users: users(&tenants),
            _folder: folder,
        };
        let provisioner = guarded.bus(PROVISIONER).await;
        let topology = Topology::default();
        provisioner.provision(&topology).await.unwrap();
        provisioner.create_tenant(&red(), &topology).await.unwrap();
        // What is there already is looked at and left alone.
        provisioner.provision(&topology).await.unwrap();
        guarded
    }

    /// A connection of a user.
    async fn bus(&self, user: &str) -> Bus {
        let name = services()
            .into_iter()
            .find(|service| *service == user)
            .unwrap_or("contrail");
        let config = BusConfig {
            inbox: Some(format!("_INBOX_{user}")),
            ..BusConfig::with_key(self.server.url(), self.keys.seed_file(user))
        };
        Bus::connect(&config, name).await.unwrap()
    }

    /// A plain connection of a user, and what the server says against it.
    async fn raw(&self, user: &str) -> (async_nats::Client, mpsc::UnboundedReceiver<String>) {
        let (said, objections) = mpsc::unbounded_channel();
        let seed = std::fs::read_to_string(self.keys.seed_file(user)).unwrap();
        let client = ConnectOptions::with_nkey(seed)
            .custom_inbox_prefix(format!("_INBOX_{user}"))
            .event_callback(move |event| {
                let said = said.clone();
                async move {
                    if let Event::ServerError(error) = event {
                        // The receiver may be gone at the end of a test.
                        let _ = said.send(error.to_string());
                    }
                }
            })
            .connect(self.server.url())
            .await
            .unwrap();
        (client, objections)
    }
}

/// What the server refuses of some subjects. It takes them in their order, so that the refusal of a last one, which nobody may,
/// means that all before it have been looked at.
async fn refused(guarded: &Guarded, user: &str, publish: &[&str], subscribe: &[&str]) -> Vec<String> {
    let (client, mut objections) = guarded.raw(user).await;
    for subject in publish {
        client.publish((*subject).to_owned(), Bytes::new()).await.unwrap();
    }
    let mut held = Vec::new();
    for subject in subscribe {
        held.push(client.subscribe((*subject).to_owned()).await.unwrap());
    }
    client.publish("nobody.may", Bytes::new()).await.unwrap();
    let mut refused = Vec::new();
    loop {
        let said = tokio::time::timeout(Duration::from_secs(10), objections.recv());
        let said = said.await.expect("the server said nothing").unwrap();
        // The client makes all that the server says lower-case, or does not.
        let subject = said.split('"').nth(1).unwrap_or_default().to_owned();
        if subject == "nobody.may" {
            return refused;
        }
        refused.push(subject);
    }
}

#[tokio::test]
async fn the_server_refuses_what_is_not_granted_and_nothing_else() {
    let guarded = Guarded::new().await;
    // One of each kind of thing that somebody may.
    const PUBLISH: &[&str] = &[
        "job.ask.v1.red",
        "job.embed.v1.red",
        "job.ingest.v1.red",
        "job.ocr.v1.red",
        "job.ask.v1.local",
        "event.answer-ready.v1.red",
        "event.file-indexed.v1.red",
        "event.text-judged.v1.red",
        "call.embed.v1.red",
        "call.retrieve.v1.red",
        "dead.ocr.v1.red",
        "dead.ingest.v1.red",
        "progress.red.x",
        "$KV.files.red.x",
        "$KV.contents.red.x",
        "$KV.names.red.x",
        "$KV.names.local.x",
        "$KV.progress.red.x",
        "$O.files_red.C.x",
        "$O.answers_red.C.x",
        "$O.answers_local.C.x",
        "$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.INFO.JOBS_ASK",
        "$JS.API.STREAM.PURGE.JOBS_ASK",
        "$JS.API.STREAM.MSG.GET.JOBS_OCR",
        "$JS.API.STREAM.MSG.GET.DEAD",
        "$JS.API.CONSUMER.MSG.NEXT.JOBS_ASK.gateway",
        "$JS.API.CONSUMER.MSG.NEXT.JOBS_OCR.ocr",
        "$JS.API.CONSUMER.CREATE.EVENTS.x.event.*.v1.red",
        "$JS.API.CONSUMER.CREATE.EVENTS.x.event.*.v1.local",
        "$JS.API.CONSUMER.CREATE.JOBS_OCR.x.job.ocr.>",
        "$JS.API.DIRECT.GET.KV_files",
        "$JS.API.DIRECT.GET.KV_files.$KV.files.red.x",
        "$JS.API.DIRECT.GET.OBJ_files_red",
        "$JS.ACK.JOBS_OCR.ocr.1.1.1.1.0",
        "$SYS.REQ.SERVER.PING",
        "_INBOX_ingest.x",
    ];
    const SUBSCRIBE: &[&str] = &[
        ">",
        "job.>",
        "event.>",
        "event.*.v1.red",
        "event.*.v1.local",
        "progress.*.*",
        "progress.red.*",
        "call.embed.v1.*",
        "call.retrieve.v1.*",
        "$KV.files.*.>",
        "$KV.files.red.>",
        "$KV.files.local.>",
        "$JS.ACK.>",
        "$JS.API.>",
        "$SRV.PING",
        "_INBOX_ingest.>",
        "_INBOX_>",
    ];
    let mut somebody = 0;
    for user in &guarded.users {
        let refused = refused(&guarded, &user.name, PUBLISH, SUBSCRIBE).await;
        for subject in PUBLISH {
            let expect = !user.may_publish(subject);
            assert_eq!(
                refused.iter().any(|said| said == subject),
                expect,
                "{} publish {subject}",
                user.name
            );
            somebody += usize::from(!expect);
        }
        for subject in SUBSCRIBE {
            let expect = !user.may_subscribe(subject);
            assert_eq!(
                refused.iter().any(|said| said == subject),
                expect,
                "{} subscribe {subject}",
                user.name
            );
        }
    }
    assert!(somebody > PUBLISH.len(), "nobody may anything");
}

#[tokio::test]
async fn without_a_key_or_with_another_nobody_comes_in() {
    let guarded = Guarded::new().await;
    let nobody = Bus::connect(&BusConfig::at(guarded.server.url()), "gateway").await;
    assert!(nobody.is_err());
    let folder = tempfile::tempdir().unwrap();
    let strange = Keys::in_folder(folder.path());
    strange.public_key("gateway").unwrap();
    let config = BusConfig::with_key(guarded.server.url(), strange.seed_file("gateway"));
    assert!(Bus::connect(&config, "gateway").await.is_err());
    let missing = BusConfig::with_key(guarded.server.url(), strange.seed_file("ocr"));
    let error = Bus::connect(&missing, "ocr").await.unwrap_err();
    assert!(
        bus::fault::reason(&error).contains("can't read the seed"),
        "{error}"
    );
}

#[tokio::test]
async fn every_service_takes_from_its_queue_acks_and_watches_for_lost_jobs() {
    let guarded = Guarded::new().await;
    let (operator, _) = guarded.raw(OPERATOR).await;
    let operator = async_nats::jetstream::new(operator);
    for (queue, service) in QUEUES {
        let subject = format!("job.{queue}.v1.red");
        operator
            .publish(subject, "{}".into())
            .await
            .unwrap()
            .await
            .unwrap();
        let (client, _objections) = guarded.raw(service).await;
        let jetstream = async_nats::jetstream::new(client);
        let stream = format!("JOBS_{}", queue.to_uppercase().replace('-', "_"));
        let consumer: PullConsumer = jetstream
            .get_consumer_from_stream(*service, &stream)
            .await
            .unwrap();
        let mut messages = consumer.fetch().max_messages(1).messages().await.unwrap();
        let message = next(&mut messages).await.unwrap();
        message.double_ack().await.unwrap();
        let sweeper: Result<PullConsumer, _> = jetstream
            .get_consumer_from_stream(format!("sweep-{queue}"), "ADVISORIES")
            .await;
        assert!(sweeper.is_ok(), "{service} can't see lost jobs");
    }
}

#[tokio::test]
async fn a_question_of_a_producer_goes_all_the_way() {
    let guarded = Guarded::new().await;
    let gateway = guarded.bus("gateway").await;
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn({
        let (bus, shutdown) = (gateway.clone(), shutdown.clone());
        let handler = Does(|job: AskJob, call: Call| async move {
            if job.question.is_empty() {
                return Err(Mishap::Never { pointer: None });
            }
            Ok(Outputs::none().with(&answer_to(&call.id)).finished(&call.id))
        });
        async move { bus.serve(handler, &DeliverySettings::default(), shutdown).await }
    });

    let producer = guarded.bus(&producer_of(&red())).await;
    let mut answers = producer.events(&red()).await.unwrap();
    let id = new_job_id();
    producer
        .publish(&red(), &id, &question_of("How many?"))
        .await
        .unwrap();
    let answer: bus::publish::Received<schemas::events::AnswerReady> = next(&mut answers).await;
    assert_eq!(answer.message.answer.as_str(), id.as_str());
    let mut progress = producer.follow(&red(), &id).await.unwrap();
    assert_eq!(next(&mut progress).await.state, ProgressState::Finished);

    // What can't be right becomes a dead letter, which the operator sees and sends again.
    let id = new_job_id();
    producer.publish(&red(), &id, &question_of("")).await.unwrap();
    let operator = guarded.bus(OPERATOR).await;
    let letter = until("a dead letter", || async {
        operator.dead_letters(None, 10).await.unwrap().pop()
    })
    .await;
    assert_eq!(letter.letter.service, "gateway");
    operator.redrive(letter.sequence).await.unwrap();
    operator.queues().await.unwrap();
    guarded.bus("gateway").await.queues().await.unwrap();
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn files_and_records_are_for_those_who_keep_them() {
    let guarded = Guarded::new().await;
    let (ingest, ocr, retrieve, detector) = (
        guarded.bus("ingest").await,
        guarded.bus("ocr").await,
        guarded.bus("retrieve").await,
        guarded.bus("detector").await,
    );
    let producer = guarded.bus(&producer_of(&red())).await;
    let bytes = Bytes::from(vec![7; 300_000]);

    // A producer brings a file; services read it, ocr adds to it, retrieve keeps an answer that the producer reads.
    let file = producer.name_file(&red(), "report.pdf").await.unwrap();
    let content = producer
        .files(&red())
        .await
        .unwrap()
        .put(bytes.clone())
        .await
        .unwrap();
    for reader in [&ingest, &ocr, &retrieve, &detector] {
        let read = reader
            .files(&red())
            .await
            .unwrap()
            .get(content.as_str(), 1 << 20)
            .await
            .unwrap();
        assert_eq!(read, bytes, "{}", reader.service());
    }
    let pages = ocr.files(&red()).await.unwrap();
    let page = pages.put(Bytes::from_static(b"page")).await.unwrap();
    ingest
        .files(&red())
        .await
        .unwrap()
        .delete(page.as_str())
        .await
        .unwrap();
    let answers = retrieve.answers(&red()).await.unwrap();
    answers
        .put_named("answer", Bytes::from_static(b"twelve"))
        .await
        .unwrap();
    answers
        .put_named("answer", Bytes::from_static(b"thirteen"))
        .await
        .unwrap();
    let read = producer
        .answers(&red())
        .await
        .unwrap()
        .get("answer", 99)
        .await
        .unwrap();
    assert_eq!(read, "thirteen");

    let records = ingest.file_records(&red()).await.unwrap();
    let record = record(&file, &content);
    records
        .update(file.as_str(), |_| Some(record.clone()))
        .await
        .unwrap();
    assert_eq!(records.list().await.unwrap().len(), 1);
    for reader in [&ocr, &retrieve, &producer] {
        let records = reader.file_records(&red()).await.unwrap();
        assert!(
            records.get(file.as_str()).await.unwrap().is_some(),
            "{}",
            reader.service()
        );
    }
    assert_eq!(ingest.tenants().await.unwrap().len(), 2);

    let report = Progress {
        id: new_job_id(),
        service: "ingest".to_owned(),
        stage: "reading".to_owned(),
        done: 1,
        total: 2,
        state: ProgressState::Running,
        at: "2026-01-01T00:00:00Z".to_owned(),
    };
    for reporter in [&ingest, &ocr, &retrieve, &detector] {
        reporter.report(&red(), &report).await.unwrap();
    }
    let last = producer.last_report(&red(), &report.id).await.unwrap();
    assert_eq!(last.unwrap().stage, "reading");
}

#[tokio::test]
async fn calls_are_answered_across_users() {
    let guarded = Guarded::new().await;
    let (embed, retrieve) = (guarded.bus("embed").await, guarded.bus("retrieve").await);
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    let answering = tokio::spawn(async move { embed.answer(Lengths, 2, stop).await });
    let reply = until("somebody who answers", || async {
        retrieve
            .call::<_, Embedded>(&red(), &embed_call(&["a", "bcd"]), Duration::from_secs(10))
            .await
            .ok()
    })
    .await;
    assert_eq!(reply.vectors, [[1.0], [3.0]]);
    shutdown.cancel();
    answering.await.unwrap().unwrap();
}

fn record(file: &FileId, content: &ContentId) -> FileRecord {
    FileRecord {
        file: file.clone(),
        name: format!("report-{content}.pdf"),
        state: FileState::Received,
        order: 1,
        job: new_job_id(),
        active: None,
        pending: None,
        rejection: None,
        updated_at: "2026-01-01T00:00:00Z".to_owned(),
    }
}
