//! A producer on the bus: gives a file, follows how it is read, asks about it, and hears how a job fails.
//!
//! usage: `cargo run -p tests --bin producer -- NATS_URL FILE QUESTION [TENANT [SEED_FILE]]`
//!
//! Needs async-nats with `jetstream`, `object-store` and, where the server knows its users, `nkeys`: then the tenant's key is
//! `<keys>/producer-<tenant>/seed`. The types of the messages are in the crate `schemas`; here they are plain JSON, as for a program
//! that has nothing to do with this workspace.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example of a program for people"
)]
#![expect(clippy::indexing_slicing, reason = "JSON gives null where there is no member")]

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use async_nats::jetstream::Context as JetStream;
use async_nats::jetstream::message::PublishMessage;
use async_nats::{Client, Message, Subscriber};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use futures::StreamExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(120);

struct Producer {
    client: Client,
    jetstream: JetStream,
    tenant: String,
}

impl Producer {
    /// Sends a job. The same id twice is kept once: what is sent again after a lost ack is done once.
    async fn submit(&self, subject: &str, body: &Value) -> anyhow::Result<String> {
        let id = Uuid::now_v7().to_string();
        let subject = format!("{subject}.{}", self.tenant);
        let message = PublishMessage::build()
            .message_id(&id)
            .payload(body.to_string().into());
        self.jetstream.send_publish(subject, message).await?.await?;
        Ok(id)
    }

    /// What is said from now on: to be called before the job that it is said of is sent.
    async fn listen(&self, subject: &str) -> anyhow::Result<Subscriber> {
        let subscriber = self.client.subscribe(subject.to_owned()).await?;
        self.client.flush().await?;
        Ok(subscriber)
    }

    /// Bytes lie in the tenant's object store under their SHA-256; the same bytes lie there once.
    async fn put(&self, content: &[u8]) -> anyhow::Result<String> {
        let name = hex::encode(Sha256::digest(content));
        let files = self
            .jetstream
            .get_object_store(format!("files_{}", self.tenant))
            .await?;
        files.put(name.as_str(), &mut &*content).await?;
        Ok(name)
    }

    /// Reads an object by direct gets: `ObjectStore::get` makes a consumer, which the user of a tenant's programs may not.
    async fn get(&self, bucket: &str, name: &str) -> anyhow::Result<Vec<u8>> {
        let direct = format!("$JS.API.DIRECT.GET.OBJ_{bucket}");
        let key = URL_SAFE.encode(name);
        let found = self.request(format!("{direct}.$O.{bucket}.M.{key}"), "").await?;
        ensure!(found.status.is_none(), "no object {name} in {bucket}");
        let known: Value = serde_json::from_slice(&found.payload)?;
        let (mut content, mut last) = (Vec::new(), 0u64);
        for _ in 0..known["chunks"].as_u64().unwrap_or_default() {
            let nuid = known["nuid"].as_str().unwrap_or_default();
            let wanted = json!({ "seq": last + 1, "next_by_subj": format!("$O.{bucket}.C.{nuid}") });
            let chunk = self.request(direct.clone(), &wanted.to_string()).await?;
            let sequence = chunk
                .headers
                .as_ref()
                .and_then(|headers| headers.get("Nats-Sequence"));
            last = sequence.context("a chunk is missing")?.as_str().parse()?;
            content.extend_from_slice(&chunk.payload);
        }
        let digest = format!("SHA-256={}", URL_SAFE.encode(Sha256::digest(&content)));
        ensure!(known["digest"] == *digest, "object {name} in {bucket} is damaged");
        Ok(content)
    }

    async fn request(&self, subject: String, body: &str) -> anyhow::Result<Message> {
        Ok(self.client.request(subject, body.to_owned().into()).await?)
    }

    async fn answer(&self, name: &str) -> anyhow::Result<Value> {
        let bytes = self.get(&format!("answers_{}", self.tenant), name).await?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

/// The first message whose body is wanted.
async fn first(messages: &mut Subscriber, wanted: impl Fn(&str, &Value) -> bool) -> anyhow::Result<Value> {
    let looking = async {
        while let Some(message) = messages.next().await {
            let body: Value = serde_json::from_slice(&message.payload)?;
            if wanted(&message.subject, &body) {
                return Ok(body);
            }
        }
        anyhow::bail!("the connection ended")
    };
    tokio::time::timeout(PATIENCE, looking)
        .await
        .context("nothing came in time")?
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (url, file, question, tenant, seed) = match arguments.as_slice() {
        [url, file, question] => (url, file, question, "local".to_owned(), None),
        [url, file, question, tenant] => (url, file, question, tenant.clone(), None),
        [url, file, question, tenant, seed] => (url, file, question, tenant.clone(), Some(seed)),
        _ => {
            eprintln!("usage: producer NATS_URL FILE QUESTION [TENANT [SEED_FILE]]");
            return Ok(ExitCode::from(2));
        }
    };
    let mut options = async_nats::ConnectOptions::new().name("producer in Rust");
    if let Some(seed) = seed {
        let seed = tokio::fs::read_to_string(seed).await?;
        // Replies come to an inbox that is the user's own.
        options = options
            .nkey(seed.trim().to_owned())
            .custom_inbox_prefix(format!("_INBOX_producer-{tenant}"));
    }
    let client = options.connect(url).await?;
    let jetstream = async_nats::jetstream::new(client.clone());
    let producer = Producer {
        client,
        jetstream,
        tenant,
    };
    let tenant = &producer.tenant;
    let mut events = producer.listen(&format!("event.*.v1.{tenant}")).await?;
    let mut progress = producer.listen(&format!("progress.{tenant}.*")).await?;
    let mut dead = producer.listen(&format!("dead.*.v1.{tenant}")).await?;

    let content = producer.put(&tokio::fs::read(file).await?).await?;
    let name = Path::new(file)
        .file_name()
        .context("it has no name")?
        .to_string_lossy();
    let add = json!({ "action": "add", "name": name, "content": content });
    let job = producer.submit("job.ingest.v1", &add).await?;

    first(&mut progress, |_, report| {
        let ours = report["id"] == *job;
        let state = &report["state"]["is"];
        if ours {
            println!("{}", json!({ "progress": report["stage"], "state": state }));
        }
        ours && state != "running"
    })
    .await?;
    let fact = first(&mut events, |subject, body| {
        let ends = ["event.file-indexed.", "event.file-rejected."];
        ends.iter().any(|end| subject.starts_with(end)) && body["job"] == *job
    })
    .await?;
    if let Some(rejection) = fact.get("rejection") {
        anyhow::bail!("{} is rejected: {}", fact["name"], rejection["message"]);
    }
    println!("{}", json!({ "indexed": fact["file"], "tables": fact["tables"] }));

    let ask = json!({ "question": question, "files": [fact["file"]] });
    let asked = producer.submit("job.ask.v1", &ask).await?;
    first(&mut events, |subject, body| {
        subject.starts_with("event.answer-ready.") && body["answer"] == *asked
    })
    .await?;
    let answer = producer.answer(&asked).await?;
    let told = json!({ "answer": answer["text"], "status": answer["status"], "rows": answer["rows"] });
    println!("{told}");

    // A name of two lines is none: the job goes to the dead letters, with the place of what was wrong.
    let wrong = json!({ "action": "add", "name": "two\nlines.csv", "content": content });
    let wrong = producer.submit("job.ingest.v1", &wrong).await?;
    let letter = first(&mut dead, |_, body| body["headers"]["Nats-Msg-Id"][0] == *wrong).await?;
    println!("{}", json!({ "dead": letter["reason"], "at": letter["pointer"] }));
    Ok(ExitCode::SUCCESS)
}
