//! Gives a job up: the letter is written, those who follow the job are told.

use std::collections::BTreeMap;

use async_nats::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use schemas::dead::{DeadCause, DeadLetter, DeadPayload};
use schemas::jobs::IngestJob;
use schemas::progress::ProgressState;
use schemas::{JobId, Message, TenantId};

use crate::connection::Bus;
use crate::envelope::tenant_of;
use crate::fault::reason;
use crate::ids::{output_id, place_id};
use crate::job::insist;
use crate::objects::ObjectsError;
use crate::publish::{MAX_BODY, Outgoing, PATIENCE, now};
use crate::topology::DEAD_BUCKET;

/// The longest reason that is kept, in characters.
const REASON: usize = 8000;
/// Bytes of headers that are kept whole.
const HEADERS: usize = 64 * 1024;
/// Bytes of one header that are kept when all are more than that.
const HEADER: usize = 512;

/// A job to give up.
pub(crate) struct Burial {
    pub cause: DeadCause,
    pub reason: String,
    pub pointer: Option<String>,
    pub subject: String,
    pub stream: String,
    pub sequence: u64,
    pub deliveries: u64,
    pub headers: HeaderMap,
    pub payload: Bytes,
    pub trace_id: Option<String>,
    /// The job that began its chain.
    pub origin: JobId,
    /// See [`Message::given_up`].
    pub consequence: Option<IngestJob>,
    /// The ids that submitters may follow it under.
    pub followed: Vec<JobId>,
}

/// What is told of a job with this payload; nothing where it can't be read.
pub(crate) fn consequence<J: Message>(payload: &[u8], reason: &str) -> Option<IngestJob> {
    serde_json::from_slice::<J>(payload).ok()?.given_up(reason)
}

impl Bus {
    /// Writes the dead letter, awaits its ack for as long as it takes, and reports the failure to those who follow or wait.
    pub(crate) async fn bury(&self, burial: Burial) {
        let tenant = tenant_of(&burial.subject);
        let token = tenant.as_ref().map_or(TenantId::UNKNOWN, TenantId::as_str);
        let subject = DeadLetter::subject(self.service(), token);
        // Of its place, so that a job that is given up twice (the first TERM was lost) leaves one letter.
        let place = place_id(&burial.stream, burial.sequence);
        let id = output_id(&place, DeadLetter::TYPE, 0);
        let mut letter = DeadLetter {
            service: self.service().to_owned(),
            cause: burial.cause,
            reason: burial.reason.chars().take(REASON).collect(),
            pointer: burial.pointer,
            subject: burial.subject,
            stream: burial.stream,
            sequence: burial.sequence,
            deliveries: burial.deliveries,
            headers: kept(&burial.headers),
            payload: match std::str::from_utf8(&burial.payload) {
                Ok(text) => DeadPayload::Text(text.to_owned()),
                Err(_) => DeadPayload::Base64(STANDARD.encode(&burial.payload)),
            },
            trace_id: burial.trace_id,
            at: now(),
        };
        let mut body = encode(&letter);
        if body.len() > MAX_BODY {
            letter.payload = DeadPayload::Object(self.keep_payload(burial.payload).await);
            body = encode(&letter);
        }

        tracing::error!(
            id = letter.headers.get("Nats-Msg-Id").and_then(|ids| ids.first()),
            subject = letter.subject,
            sequence = letter.sequence,
            cause = ?letter.cause,
            reason = letter.reason,
            "a job is given up and goes to the dead letters"
        );
        let outgoing = Outgoing {
            subject,
            template: "dead",
            kind: DeadLetter::TYPE,
            id: id.to_string(),
            tenant: token.to_owned(),
            origin: None,
            trace: None,
            body: body.into(),
        };
        if let Err(error) = insist(&outgoing.subject, || self.send(&outgoing)).await {
            // Can't be: payload, headers and reason have their limits.
            tracing::error!(error = reason(&error), "a dead letter can't be written");
        }

        let Some(tenant) = tenant else { return };
        if let Some(consequence) = &burial.consequence {
            self.pass_on(consequence, &place, &tenant, burial.origin).await;
        }
        let mut followed = burial.followed;
        followed.sort();
        followed.dedup();
        for id in followed {
            let state = ProgressState::Failed {
                reason: letter.reason.clone(),
            };
            self.tell(&tenant, &id, "", (0, 0), state).await;
        }
    }

    /// Tells `ingest` that a file waits in vain.
    async fn pass_on(&self, consequence: &IngestJob, place: &JobId, tenant: &TenantId, origin: JobId) {
        let outgoing = Outgoing {
            subject: IngestJob::subject(tenant),
            template: IngestJob::SUBJECT,
            kind: IngestJob::TYPE,
            id: output_id(place, IngestJob::TYPE, 0).to_string(),
            tenant: tenant.to_string(),
            origin: Some(origin),
            trace: None,
            // Text and numbers: there is nothing in it that JSON can't express.
            body: serde_json::to_vec(consequence).unwrap_or_default().into(),
        };
        if let Err(error) = insist(&outgoing.subject, || self.send(&outgoing)).await {
            tracing::error!(
                error = reason(&error),
                "nobody is told that a version was given up"
            );
        }
    }

    /// Puts a payload that is too large for a letter into its bucket; the name of the object.
    async fn keep_payload(&self, payload: Bytes) -> String {
        let (mut pause, longest) = PATIENCE;
        loop {
            let put = async {
                self.objects(DEAD_BUCKET.to_owned())
                    .await?
                    .put(payload.clone())
                    .await
            };
            let result: Result<_, ObjectsError> = put.await;
            match result {
                Ok(content) => return content.to_string(),
                Err(error) => {
                    tracing::warn!(
                        error = reason(&error),
                        "can't keep the payload of a dead letter yet; trying again"
                    );
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(longest);
                }
            }
        }
    }
}

/// The headers as text, each name with its values; when they are very many, the long ones cut short.
fn kept(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let size: usize = headers
        .iter()
        .flat_map(|(_, values)| values)
        .map(|value| value.as_str().len())
        .sum();
    let limit = if size > HEADERS { HEADER } else { HEADERS };
    let text = |value: &str| value.chars().take(limit).collect::<String>();
    headers
        .iter()
        .take(HEADERS / HEADER)
        .map(|(name, values)| {
            let values = values
                .iter()
                .take(HEADERS / HEADER)
                .map(|value| text(value.as_str()))
                .collect();
            (name.to_string(), values)
        })
        .collect()
}

fn encode(letter: &DeadLetter) -> Vec<u8> {
    // Text, numbers and maps with text keys: there is nothing in a letter that JSON can't express.
    serde_json::to_vec(letter).unwrap_or_default()
}
