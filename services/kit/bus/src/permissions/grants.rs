//! The subjects of what a user does: those of JetStream's API (NATS ADR-1), of key-value buckets (ADR-8), of object stores
//! (ADR-20) and of services (ADR-32), as async-nats 0.51 and this crate use them.

use schemas::Message;
use schemas::TenantId;
use schemas::calls::SearchCall;
use schemas::events::{AnswerReady, FileIndexed, FileReceived, FileRejected, TableReady, TextJudged};
use schemas::jobs::{AskJob, DetectorJob, IngestJob};

use super::roles::{May, Role};
use super::{OPERATOR, PROVISIONER, User, producer_of};
use crate::topology::{ADVISORIES, DEAD, DEAD_BUCKET, EVENTS, QUEUES, stream_of, sweeper_of};

/// The bucket of progress reports.
const PROGRESS: &str = "progress";
/// Every tenant.
const ALL: &str = "*";

/// Collects what a user may do.
struct Grants {
    user: User,
}

impl Grants {
    fn of(name: &str) -> Self {
        Self {
            user: User {
                name: name.to_owned(),
                publish: Vec::new(),
                subscribe: vec![format!("_INBOX_{name}.>")],
                answers: false,
            },
        }
    }

    fn publish(&mut self, subject: impl Into<String>) {
        self.user.publish.push(subject.into());
    }

    fn subscribe(&mut self, subject: impl Into<String>) {
        self.user.subscribe.push(subject.into());
    }

    /// A request to JetStream's API.
    fn api(&mut self, request: &str) {
        self.publish(format!("$JS.API.{request}"));
    }

    /// Takes messages from a durable consumer.
    fn consume(&mut self, stream: &str, consumer: &str) {
        self.api(&format!("CONSUMER.INFO.{stream}.{consumer}"));
        self.api(&format!("CONSUMER.MSG.NEXT.{stream}.{consumer}"));
        self.publish(format!("$JS.ACK.{stream}.{consumer}.>"));
        // With a domain and the account's hash in front, as newer servers write it.
        self.publish(format!("$JS.ACK.*.*.{stream}.{consumer}.>"));
    }

    /// Reads a stream through consumers of its own, with this filter and no other. They have names that nobody guesses
    /// (UUIDv7), so that taking from any consumer of the stream reaches no other's.
    fn scan(&mut self, stream: &str, filter: &str) {
        self.api(&format!("CONSUMER.CREATE.{stream}.*.{filter}"));
        self.api(&format!("CONSUMER.MSG.NEXT.{stream}.*"));
        self.api(&format!("CONSUMER.DELETE.{stream}.*"));
    }

    /// Follows facts.
    fn hear(&mut self, filter: &str) {
        self.api(&format!("STREAM.INFO.{EVENTS}"));
        self.scan(EVENTS, filter);
    }

    /// Records of a bucket, of one tenant or of all.
    fn records(&mut self, bucket: &str, tenant: &str, may: May) {
        let (stream, keys) = (format!("KV_{bucket}"), format!("$KV.{bucket}.{tenant}"));
        self.api(&format!("STREAM.INFO.{stream}"));
        self.api(&format!("DIRECT.GET.{stream}.{keys}.>"));
        // Who waits for a record hears of it where it is written.
        self.subscribe(format!("{keys}.>"));
        if may != May::Read {
            self.scan(&stream, &format!("{keys}.>"));
        }
        if may == May::Write {
            self.publish(format!("{keys}.>"));
        }
    }

    /// Objects of a bucket. Chunks are read by a request that names its subject in its body, so that the grant is for the
    /// stream; a bucket is one tenant's.
    fn objects(&mut self, bucket: &str, may: May) {
        let stream = format!("OBJ_{bucket}");
        self.api(&format!("STREAM.INFO.{stream}"));
        self.api(&format!("DIRECT.GET.{stream}"));
        self.api(&format!("DIRECT.GET.{stream}.>"));
        self.api(&format!("STREAM.MSG.GET.{stream}"));
        if may == May::Write {
            self.publish(format!("$O.{bucket}.C.*"));
            self.publish(format!("$O.{bucket}.M.*"));
            // What is replaced or was broken off takes its chunks with it.
            self.api(&format!("STREAM.PURGE.{stream}"));
        }
    }

    /// Reports progress.
    fn report(&mut self) {
        self.publish(format!("$KV.{PROGRESS}.*.*"));
        self.publish("progress.*.*");
    }

    /// Removes what is said of a file that goes: facts and dead letters about it, and answers that rest on it; and answers and
    /// judgements that were kept long enough.
    fn erase(&mut self, tenants: &[TenantId]) {
        for subject in [
            FileReceived::SUBJECT,
            TableReady::SUBJECT,
            FileIndexed::SUBJECT,
            FileRejected::SUBJECT,
            AnswerReady::SUBJECT,
            TextJudged::SUBJECT,
        ] {
            self.scan(EVENTS, &format!("{subject}.{ALL}"));
        }
        self.api(&format!("STREAM.MSG.DELETE.{EVENTS}"));
        self.scan(DEAD, "dead.*.*.*");
        self.api(&format!("STREAM.MSG.DELETE.{DEAD}"));
        for tenant in tenants {
            let bucket = format!("answers_{tenant}");
            self.scan(&format!("OBJ_{bucket}"), &format!("$O.{bucket}.M.>"));
            // Bytes that belong to no file.
            let bucket = format!("files_{tenant}");
            self.scan(&format!("OBJ_{bucket}"), &format!("$O.{bucket}.M.>"));
        }
    }

    /// Gives jobs up.
    fn bury(&mut self, service: &str) {
        // `unknown` stands for a tenant where the subject of the job names none.
        self.publish(format!("dead.{service}.v1.*"));
        self.objects(DEAD_BUCKET, May::Write);
    }

    fn done(mut self) -> User {
        for subjects in [&mut self.user.publish, &mut self.user.subscribe] {
            subjects.sort();
            subjects.dedup();
        }
        self.user
    }
}

pub(super) fn service(role: &Role, tenants: &[TenantId]) -> User {
    let mut grants = Grants::of(role.service);
    for (queue, _) in QUEUES.iter().filter(|(_, consumer)| *consumer == role.service) {
        let stream = stream_of(queue);
        grants.consume(&stream, role.service);
        // Jobs that were lost on their last delivery, and moving them.
        grants.consume(ADVISORIES, &sweeper_of(queue));
        grants.api(&format!("STREAM.MSG.GET.{stream}"));
        grants.api(&format!("STREAM.MSG.DELETE.{stream}"));
    }
    grants.report();
    grants.bury(role.service);
    for subject in role.sends.iter().chain(role.calls) {
        grants.publish(format!("{subject}.*"));
    }
    for subject in role.answers {
        grants.subscribe(format!("{subject}.*"));
    }
    // Each tells of itself to whoever asks which services there are.
    grants.user.answers = true;
    for verb in ["PING", "STATS", "INFO"] {
        grants.subscribe(format!("$SRV.{verb}"));
        grants.subscribe(format!("$SRV.{verb}.{}", role.service));
        grants.subscribe(format!("$SRV.{verb}.{}.*", role.service));
    }
    for subject in role.hears {
        grants.hear(&format!("{subject}.{ALL}"));
    }
    for (bucket, may) in role.records {
        grants.records(bucket, ALL, *may);
    }
    for tenant in tenants {
        for (bucket, may) in role.objects {
            grants.objects(&format!("{bucket}_{tenant}"), *may);
        }
    }
    if role.follows {
        grants.subscribe("progress.*.*");
    }
    if role.measures {
        for (queue, consumer) in QUEUES {
            let stream = stream_of(queue);
            grants.api(&format!("STREAM.INFO.{stream}"));
            grants.api(&format!("CONSUMER.INFO.{stream}.{consumer}"));
        }
    }
    if role.erases {
        grants.erase(tenants);
    }
    if role.tenants {
        grants.api("STREAM.NAMES");
    }
    grants.done()
}

/// All of JetStream's API. It removes what crashes left in the tenants' buckets, which exist before they are in the
/// configuration, so that nothing of it hangs on the tenants.
pub(super) fn provisioner() -> User {
    let mut grants = Grants::of(PROVISIONER);
    grants.publish("$JS.API.>");
    grants.done()
}

/// What a person with the command line does, for every tenant.
pub(super) fn operator() -> User {
    let mut grants = Grants::of(OPERATOR);
    for subject in [
        "$JS.API.>",
        "$JS.ACK.>",
        "$KV.>",
        "$O.>",
        "job.>",
        // Of a backup.
        "dead.>",
        "call.>",
        "progress.>",
        "$SRV.>",
    ] {
        grants.publish(subject);
    }
    for subject in ["event.>", "dead.>", "progress.>", "$KV.>"] {
        grants.subscribe(subject);
    }
    grants.done()
}

/// What a tenant's own programs do: submit files, questions and texts, follow them, read what came of them.
pub(super) fn producer(tenant: &TenantId) -> User {
    let mut grants = Grants::of(&producer_of(tenant));
    for subject in [
        IngestJob::SUBJECT,
        AskJob::SUBJECT,
        DetectorJob::SUBJECT,
        SearchCall::SUBJECT,
    ] {
        grants.publish(format!("{subject}.{tenant}"));
    }
    let token = tenant.as_str();
    for (bucket, may) in [
        ("files", May::List),
        ("contents", May::Read),
        ("names", May::Read),
        (PROGRESS, May::Read),
    ] {
        grants.records(bucket, token, may);
    }
    // A name's file, which it knows the key of. It lists none: who makes consumers has the server write what is in the stream to
    // subjects of their choosing, and here that would be their own.
    grants.publish(format!("$KV.names.{token}.>"));
    grants.objects(&format!("files_{tenant}"), May::Write);
    grants.objects(&format!("answers_{tenant}"), May::Read);
    for subject in [
        format!("event.*.v1.{tenant}"),
        format!("dead.*.v1.{tenant}"),
        format!("progress.{tenant}.*"),
    ] {
        grants.subscribe(subject);
    }
    grants.hear(&format!("event.*.v1.{tenant}"));
    grants.scan(DEAD, &format!("dead.*.v1.{tenant}"));
    grants.done()
}
